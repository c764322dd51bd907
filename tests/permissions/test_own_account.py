"""What concerns one's own account changes nobody else's, and nothing without a session or proof."""

from typing import Any

import pytest

from moothall.actions.session import open_session
from moothall.domain.account import Device
from moothall.forum import Forum
from moothall.web.session import csrf_token
from tests.support.api import ApiClient, outcome
from tests.support.builders import PASSWORD, a_person, a_signed_in_person
from tests.support.pages import Browser
from tests.support.rows import all_rows, changed_tables

OTHER = "another horse"
# Each with what makes it fail for want of a proof, None where the session is proof enough.
CALLS: dict[str, tuple[str, str, dict[str, Any], dict[str, Any] | None]] = {
    "log out": ("post", "/user/logout", {}, None),
    "change the password": (
        "put",
        "/user/change_password",
        {"old_password": PASSWORD, "new_password": OTHER, "new_password_verify": OTHER},
        {"old_password": OTHER},
    ),
    "leave": (
        "post",
        "/user/delete_account",
        {"password": PASSWORD, "delete_content": True},
        {"password": OTHER},
    ),
    "make a second factor": ("post", "/user/totp/generate", {}, None),
    "turn a second factor on": (
        "post",
        "/user/totp/update",
        {"totp_token": "000000", "enabled": True},
        {},
    ),
    "take over settings": (
        "post",
        "/user/import_settings",
        {"bio": "New here", "blocked_users": ["https://forum.example/u/other"]},
        None,
    ),
    "cease to be an admin": ("post", "/user/leave_admin", {}, None),
}
_OF_ACCOUNTS = ("person", "account", "session", "application", "mail_token")


@pytest.mark.parametrize("what", CALLS)
def test_only_ones_own_account_changes(forum: Forum, what: str) -> None:
    method, path, body, spoiled = CALLS[what]
    a_person(forum, "other", admin=True)
    _, token = a_signed_in_person(forum, "ann", admin=True)
    api = ApiClient(forum)

    def call(by: str | None, **fields: Any) -> tuple[int, str | None]:
        return outcome(getattr(api, method)(path, by, **fields))

    before = all_rows(forum)
    assert call(None, **body) == (401, "incorrect_login")
    assert call("a token of nobody", **body) == (401, "incorrect_login")
    if spoiled is not None:
        assert call(token, **{**body, **spoiled})[0] in (400, 401)
    assert changed_tables(before, all_rows(forum)) == set()
    if spoiled == {}:
        return
    assert call(token, **body) == (200, None)
    after = all_rows(forum)
    assert changed_tables(before, after) != set()
    for table in _OF_ACCOUNTS:
        assert _of_other(before, table) == _of_other(after, table)


# The same on pages: each with its fields, and whether these alone are proof enough.
PAGES: dict[str, tuple[dict[str, str], bool]] = {
    "/logout": ({}, True),
    "/settings/sessions/0": ({}, True),
    "/settings/second_factor/begin": ({}, True),
    "/settings/second_factor": ({"code": "000000"}, False),
    "/settings/second_factor/off": ({"password": OTHER}, False),
    "/settings/safety": ({"old": OTHER, "new": OTHER, "new_again": OTHER}, False),
    "/settings/leave": ({"password": OTHER}, False),
}


@pytest.mark.parametrize("address", PAGES)
def test_only_ones_own_account_changes_through_pages(forum: Forum, address: str) -> None:
    fields, is_enough = PAGES[address]
    a_person(forum, "other", admin=True)
    ann, token = a_signed_in_person(forum, "ann")
    forum.act_now(lambda tx: open_session(tx, ann.account_id, Device()))
    before = all_rows(forum)
    for key in ("a token of nobody", token):
        browser = Browser(forum, session=key)
        page = browser.post(address, {**fields, "csrf": csrf_token(key)})
        is_done = key == token and is_enough
        assert (page.status == 303) == is_done, page.text
        assert (changed_tables(before, all_rows(forum)) != set()) == is_done
    after = all_rows(forum)
    for table in _OF_ACCOUNTS:
        assert _of_other(before, table) == _of_other(after, table)


def _of_other(rows: dict[str, Any], table: str) -> set[Any]:
    """The rows of the person and account with the id 1; theirs is the session 1 too."""
    return {row for row in rows.get(table, ()) if row[0] == 1}
