"""The table of who may do what, through the JSON face and through the pages."""

import re
from typing import Any

import pytest

from moothall.api.v3 import all_routes
from moothall.door import Policy
from moothall.web import act
from moothall.web.build import all_routes as all_pages
from moothall.web.page import Table
from moothall.web.session import csrf_token
from tests.permissions.cases import CASES, Case
from tests.support.api import ApiClient, outcome
from tests.support.pages import Browser, Page
from tests.support.rows import Rows, all_rows, changed_tables
from tests.support.town import Town
from tests.support.verbs import ACTORS

NOBODY = "nobody"
# The rules are the same on both; on the slower database one of each kind shows that they are.
WHO = {
    "sqlite": (NOBODY, *ACTORS),
    "postgresql": (NOBODY, "author", "banned", "mod", "admin"),
}
# What moves by itself when somebody looks or tries.
_IGNORED = ("rate_bucket",)


@pytest.fixture(scope="module")
def api(town: Town) -> ApiClient:
    return ApiClient(town.forum)


@pytest.fixture(scope="module")
def browser(town: Town) -> Browser:
    return Browser(town.forum)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_who_may_through_the_api(
    town: Town, api: ApiClient, database_kind: str, case: Case
) -> None:
    for who in WHO[database_kind]:
        target = case.prepare(town, "user" if who == NOBODY else who)
        before = all_rows(town.forum, without=_IGNORED)
        status, code = outcome(case.call(api, town.tokens.get(who), town, target))
        expected = "incorrect_login" if who == NOBODY else case.refusals.get(who)
        assert code == expected, who
        assert status == (200 if code is None else 401 if who == NOBODY else 400), who
        _check_rows(town, case, who, before, is_done=code is None)


@pytest.mark.parametrize("case", [each for each in CASES if each.page], ids=lambda case: case.name)
def test_who_may_through_pages(
    town: Town, browser: Browser, database_kind: str, case: Case
) -> None:
    assert case.page is not None
    for who in WHO[database_kind]:
        target = case.prepare(town, "user" if who == NOBODY else who)
        address, fields = case.page(town, target)
        before = all_rows(town.forum, without=_IGNORED)
        page = _send(browser, town.tokens.get(who), address, fields)
        is_done = who != NOBODY and who not in case.refusals
        assert (page.status in (200, 303)) == is_done, (who, page.status)
        assert page.status < 500
        _check_rows(town, case, who, before, is_done=is_done)


def _send(browser: Browser, token: str | None, address: str, fields: dict[str, Any]) -> Page:
    key = token or "a key of a browser"
    browser.cookies = {"form_key" if token is None else "session": key}
    return browser.post(address, {**fields, "csrf": csrf_token(key)})


def _check_rows(town: Town, case: Case, who: str, before: Rows, *, is_done: bool) -> None:
    after = all_rows(town.forum, without=_IGNORED)
    changed = changed_tables(before, after)
    if not is_done:
        assert changed == set(), who
        return
    assert changed or case.name in _MAY_CHANGE_NOTHING, who
    logged = len(after["modlog"]) - len(before["modlog"])
    assert logged == case.is_logged, who


# Where there was nothing to mark, or it was so already.
_MAY_CHANGE_NOTHING = {"mark_all", "mark_post", "follow_community"}


# What anybody may ask for, and what concerns one's own sessions: `test_own_account` has these.
_ELSEWHERE = {
    "/user/register",
    "/user/login",
    "/user/password_reset",
    "/user/password_change",
    "/user/verify_email",
    "/user/logout",
    "/user/change_password",
    "/user/delete_account",
    "/user/totp/generate",
    "/user/totp/update",
    "/user/leave_admin",
    "/user/import_settings",
}
_PAGES_ELSEWHERE = {
    "/login",
    "/signup",
    "/setup",
    "/password_reset",
    "/password_change/{token}",
    "/verify_email/{token}",
    "/logout",
    "/settings/safety",
    "/settings/sessions/{session_id:int}",
    "/settings/leave",
    "/settings/second_factor",
    "/settings/second_factor/begin",
    "/settings/second_factor/off",
    # It fetches; tests/web/test_look_up.py says for whom.
    "/look_up",
}


class _Recorder:
    """Stands for a client; remembers where it was sent."""

    def __init__(self) -> None:
        self.asked: set[tuple[str, str]] = set()

    def post(self, path: str, *_: Any, **__: Any) -> None:
        self.asked.add(("POST", path))

    def put(self, path: str, *_: Any, **__: Any) -> None:
        self.asked.add(("PUT", path))


def test_every_route_that_changes_something_has_a_case(town: Town) -> None:
    recorder: Any = _Recorder()
    for case in CASES:
        case.call(recorder, None, town, 0)
    routes = {
        (route.method, route.path) for route in all_routes() if route.method in ("POST", "PUT")
    }
    missing = {each for each in routes - recorder.asked if each[1] not in _ELSEWHERE}
    assert missing == set()
    assert recorder.asked - routes == set()


def test_every_form_has_a_case(town: Town) -> None:
    sent = [case.page(town, 1) for case in CASES if case.page]
    known = Table(all_pages())
    asked = {known.find(each.address)[0]["POST"].path for each in sent}
    forms = {route.path for route in all_pages() if route.method == "POST"}
    assert forms - asked - _PAGES_ELSEWHERE == set()
    pressed = {tuple(each.fields["do"].split(":")[:2]) for each in sent if each.address == "/act"}
    assert pressed == set(act._ACTS)


def test_what_anybody_may_do_is_declared_so() -> None:
    open_routes = {r.path for r in all_routes() if r.who is Policy.ANYONE and r.method != "GET"}
    assert open_routes == {
        "/user/register",
        "/user/login",
        "/user/password_reset",
        "/user/password_change",
        "/user/verify_email",
    }
    open_pages = {r.path for r in all_pages() if r.who is Policy.ANYONE and r.method != "GET"}
    assert {re.sub(r"/\{.*", "", path) for path in open_pages} == {
        "/login",
        "/signup",
        "/setup",
        "/password_reset",
        "/password_change",
        "/verify_email",
    }
