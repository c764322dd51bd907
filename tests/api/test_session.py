"""Tokens, by whole requests: registering, signing in and out, passwords, second factor."""

import base64
from collections.abc import Callable
from typing import Any

import httpx
import pyotp
import pytest
from sqlalchemy import select

from moothall.actions.password import RESET_JOB, send_password_reset
from moothall.actions.site import ensure_site
from moothall.domain.time import DAY, HOUR, SECOND, Time
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.lib import captcha
from moothall.reads.user import list_sessions
from moothall.storage import account as accounts
from moothall.storage.site import update_site
from moothall.storage.statements import Statement
from moothall.storage.tables import captcha as captcha_table
from tests.support.api import ApiClient, outcome
from tests.support.builders import PASSWORD, a_person, a_signed_in_person
from tests.support.mailbox import jobs, mailed_token, mails
from tests.support.waiting import advance

FORM = {"username": "ann", "password": PASSWORD, "password_verify": PASSWORD}


@pytest.fixture
def api(forum: Forum) -> ApiClient:
    return ApiClient(forum)


def site_has(forum: Forum, **settings: Any) -> None:
    forum.act_now(lambda tx: update_site(tx.conn, **settings))


def test_who_registers_is_signed_in(api: ApiClient) -> None:
    answer = api.post("/user/register", **FORM)
    assert answer.status_code == 200
    assert list(answer.json()) == ["jwt", "registration_created", "verify_email_sent"]
    token = answer.json()["jwt"]
    assert api.get("/user/validate_auth", token).json() == {"success": True}


def test_who_applies_gets_no_token(forum: Forum, api: ApiClient) -> None:
    site_has(forum, registration_mode="RequireApplication")
    refused = api.post("/user/register", **FORM)
    assert outcome(refused) == (400, "registration_application_answer_required")
    answer = api.post("/user/register", **FORM, answer="because")
    assert answer.json() == {"registration_created": True, "verify_email_sent": False}
    login = api.post("/user/login", username_or_email="ann", password=PASSWORD)
    assert outcome(login) == (400, "registration_application_is_pending")


def test_who_has_to_prove_an_address_gets_no_token(forum: Forum, api: ApiClient) -> None:
    site_has(forum, require_email_verification=True)
    answer = api.post("/user/register", **FORM, email="ann@mail.example")
    assert answer.json() == {"registration_created": False, "verify_email_sent": True}
    login = {"username_or_email": "ann@mail.example", "password": PASSWORD}
    assert outcome(api.post("/user/login", **login)) == (400, "email_not_verified")
    assert outcome(api.post("/user/verify_email", token="guess")) == (400, "token_not_found")
    assert api.post("/user/verify_email", token=mailed_token(mails(forum)[0])).is_success
    assert api.post("/user/login", **login).is_success


def test_a_first_start_lets_only_the_reader_of_its_log_in(raw_forum: Forum) -> None:
    api = ApiClient(raw_forum)
    token = raw_forum.act_now(ensure_site)
    assert outcome(api.post("/user/register", **FORM)) == (400, "setup_token_required")
    answer = api.post("/user/register", **FORM, setup_token=token)
    assert api.get("/admin/registration_application/count", answer.json()["jwt"]).is_success


def test_a_captcha_is_shown_and_asked_for(forum: Forum, api: ApiClient) -> None:
    assert api.get("/user/get_captcha").json() == {}
    site_has(forum, captcha_enabled=True)
    answer = api.get("/user/get_captcha")
    assert answer.headers["cache-control"] == "no-store"
    shown = answer.json()["ok"]
    assert base64.b64decode(shown["png"]).startswith(b"\x89PNG")
    assert base64.b64decode(shown["wav"]).startswith(b"RIFF")
    query = Statement(select(captcha_table.c.answer))
    right = forum.read_now(lambda tx: tx.conn.value(query))
    assert set(right) <= set(captcha.ALPHABET)
    assert outcome(api.post("/user/register", **FORM)) == (400, "captcha_incorrect")
    wrong = {"captcha_uuid": shown["uuid"], "captcha_answer": "wrong"}
    assert outcome(api.post("/user/register", **FORM, **wrong)) == (400, "captcha_incorrect")
    # The wrong answer has used it up.
    late = {"captcha_uuid": shown["uuid"], "captcha_answer": right}
    assert outcome(api.post("/user/register", **FORM, **late)) == (400, "captcha_incorrect")
    again = api.get("/user/get_captcha").json()["ok"]["uuid"]
    right = forum.read_now(lambda tx: tx.conn.value(query))
    good = {"captcha_uuid": again, "captcha_answer": right.lower()}
    assert api.post("/user/register", **FORM, **good).is_success


def test_the_first_language_of_a_browser_is_kept(forum: Forum, api: ApiClient) -> None:
    from moothall.api.v3.session import _first_language

    assert _first_language("de-AT,de;q=0.9,en;q=0.8") == "de-AT"
    assert _first_language("*") == "browser"
    assert _first_language("<script>") == "browser"
    assert _first_language(None) == "browser"


@pytest.mark.parametrize("name", ["ann", "nobody", "nobody@mail.example"])
def test_a_wrong_login_tells_nothing(forum: Forum, api: ApiClient, name: str) -> None:
    a_person(forum, "ann")
    answer = api.post("/user/login", username_or_email=name, password="wrong password")
    assert (answer.status_code, answer.json()) == (401, {"error": "incorrect_login"})


def test_signing_in_and_out(forum: Forum, api: ApiClient) -> None:
    a_person(forum, "ann")
    login = api.post("/user/login", username_or_email="ANN", password=PASSWORD).json()
    assert (login["registration_created"], login["verify_email_sent"]) == (False, False)
    token = login["jwt"]
    logins = api.get("/user/list_logins", token).json()
    assert len(logins) == 2
    assert set(logins[0]) == {"user_id", "published", "ip", "user_agent"}
    assert token not in str(logins)
    answer = api.post("/user/logout", token)
    assert answer.json() == {"success": True}
    assert answer.headers["set-cookie"].startswith("jwt=; ")
    assert outcome(api.get("/user/validate_auth", token)) == (401, "incorrect_login")
    assert outcome(api.post("/user/logout", token)) == (401, "incorrect_login")


def test_changing_the_password(forum: Forum, api: ApiClient) -> None:
    _, token = a_signed_in_person(forum, "ann")
    new = {"new_password": "another horse", "new_password_verify": "another horse"}
    wrong = api.put("/user/change_password", token, **new, old_password="guessed")
    assert outcome(wrong) == (401, "incorrect_login")
    short = {"new_password": "short", "new_password_verify": "short"}
    refused = api.put("/user/change_password", token, **short, old_password=PASSWORD)
    assert outcome(refused) == (400, "invalid_password")
    assert api.get("/user/validate_auth", token).is_success
    fresh = api.put("/user/change_password", token, **new, old_password=PASSWORD).json()["jwt"]
    assert outcome(api.get("/user/validate_auth", token)) == (401, "incorrect_login")
    assert api.get("/user/validate_auth", fresh).is_success
    login = {"username_or_email": "ann", "password": "another horse"}
    assert api.post("/user/login", **login).is_success


def test_a_forgotten_password(forum: Forum, api: ApiClient) -> None:
    a_person(forum, "ann", email="ann@mail.example")
    answers = [
        api.post("/user/password_reset", email=email)
        for email in ("ann@mail.example", "nobody@mail.example")
    ]
    assert [answer.json() for answer in answers] == [{"success": True}] * 2
    for payload in jobs(forum, RESET_JOB):
        forum.act_now(send_password_reset, **payload)
    [mail] = mails(forum)
    new = {"password": "another horse", "password_verify": "another horse"}
    refused = api.post("/user/password_change", token="guess", **new)
    assert outcome(refused) == (400, "token_not_found")
    assert api.post("/user/password_change", token=mailed_token(mail), **new).is_success
    login = {"username_or_email": "ann", "password": "another horse"}
    assert api.post("/user/login", **login).is_success


def test_the_second_factor(forum: Forum, api: ApiClient) -> None:
    ann, token = a_signed_in_person(forum, "ann")
    url = api.post("/user/totp/generate", token).json()["totp_secret_url"]
    totp = pyotp.parse_uri(url)
    assert isinstance(totp, pyotp.TOTP)

    def code() -> str:
        advance(forum, 30 * SECOND)
        return totp.generate_otp(forum.clock() // SECOND // 30)

    enable = api.post("/user/totp/update", token, totp_token=code(), enabled=True)
    assert enable.json() == {"enabled": True}
    again = api.post("/user/totp/generate", token)
    assert outcome(again) == (400, "totp_already_enabled")
    login = {"username_or_email": "ann", "password": PASSWORD}
    assert outcome(api.post("/user/login", **login)) == (400, "missing_totp_token")
    wrong = api.post("/user/login", **login, totp_2fa_token="abcdef")
    assert outcome(wrong) == (400, "incorrect_totp_token")
    assert api.post("/user/login", **login, totp_2fa_token=code()).is_success
    off = api.post("/user/totp/update", token, totp_token=code(), enabled=False)
    assert off.json() == {"enabled": False}
    account = forum.read_now(lambda tx: accounts.get_account(tx.conn, ann.account_id))
    assert account is not None
    assert not account.totp_enabled


NEEDS_SOMEBODY = [
    ("post", "/user/logout", {}),
    ("get", "/user/list_logins", {}),
    ("get", "/user/validate_auth", {}),
    (
        "put",
        "/user/change_password",
        {"new_password": "x", "new_password_verify": "x", "old_password": "x"},
    ),
    ("post", "/user/totp/generate", {}),
    ("post", "/user/totp/update", {"totp_token": "1", "enabled": True}),
    ("post", "/user/delete_account", {"password": "x", "delete_content": True}),
    ("put", "/user/save_user_settings", {}),
    ("post", "/user/donation_dialog_shown", {}),
    ("post", "/user/block", {"person_id": 1, "block": True}),
    ("post", "/site/block", {"instance_id": 1, "block": True}),
    ("get", "/admin/registration_application/count", {}),
    ("get", "/admin/registration_application/list", {}),
    ("get", "/admin/registration_application", {"person_id": 1}),
    ("put", "/admin/registration_application/approve", {"id": 1, "approve": True}),
]


@pytest.mark.parametrize(("method", "path", "fields"), NEEDS_SOMEBODY)
def test_nobody_gets_nowhere(
    api: ApiClient, method: str, path: str, fields: dict[str, Any]
) -> None:
    for token in (None, "no token of ours"):
        answer = getattr(api, method)(path, token, **fields)
        assert outcome(answer) == (401, "incorrect_login")


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/user/register", {"username": "ann"}),
        ("/user/register", {**FORM, "username": 5}),
        ("/user/register", {**FORM, "show_nsfw": "yes"}),
        ("/user/login", {"username_or_email": "ann", "password": None}),
        ("/user/login", {"username_or_email": "a\0nn", "password": "x"}),
        ("/user/password_reset", {}),
    ],
)
def test_what_does_not_parse_is_refused(api: ApiClient, path: str, fields: dict[str, Any]) -> None:
    assert outcome(api.post(path, **fields)) == (400, "unknown")


def test_half_characters_do_no_harm(api: ApiClient) -> None:
    broken = {"username": "\ud800nn", "password": "\ud800" * 10, "password_verify": "\ud800" * 10}
    assert outcome(api.post("/user/register", **broken))[0] == 400
    login = {"username_or_email": "\ud800", "password": "\ud800"}
    assert outcome(api.post("/user/login", **login))[0] in {400, 401}
    assert outcome(api.post("/user/password_reset", email="\ud800@x.example"))[0] in {200, 400}


def last_used(forum: Forum, viewer: Viewer) -> Time:
    [session] = forum.read_now(list_sessions, viewer)
    return session.last_used_at


@pytest.mark.parametrize("route", ["read", "act"])
def test_the_use_of_a_session_is_written_once_a_day(
    forum: Forum, api: ApiClient, route: str
) -> None:
    ann, token = a_signed_in_person(forum, "ann")
    use: Callable[[], httpx.Response] = {
        "read": lambda: api.get("/user/unread_count", token),
        "act": lambda: api.post("/user/mark_all_as_read", token),
    }[route]
    clock: Any = forum.clock
    opened = last_used(forum, ann)
    clock.advance(DAY - HOUR)
    assert use().is_success
    assert last_used(forum, ann) == opened
    clock.advance(2 * HOUR)
    assert use().is_success
    noted = last_used(forum, ann)
    assert noted > opened + DAY
    assert use().is_success
    assert last_used(forum, ann) == noted


def test_a_use_that_cannot_be_written_refuses_nobody(
    forum: Forum, api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, token = a_signed_in_person(forum, "ann")
    clock: Any = forum.clock
    opened = last_used(forum, ann)
    clock.advance(2 * DAY)

    async def fail(*_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(forum, "act", fail)
        assert api.get("/user/unread_count", token).is_success
    assert last_used(forum, ann) == opened
    assert api.get("/user/unread_count", token).is_success
    assert last_used(forum, ann) > opened


def test_without_a_mail_server_what_needs_mail_is_refused(forum: Forum) -> None:
    api = ApiClient(forum, sends_mail=False)
    asked = api.post("/user/password_reset", email="ann@mail.example")
    assert outcome(asked) == (400, "no_email_setup")
    site_has(forum, require_email_verification=True, captcha_enabled=False)
    fields = {"password": PASSWORD, "password_verify": PASSWORD, "email": "ann@mail.example"}
    joined = api.post("/user/register", username="ann", **fields)
    assert outcome(joined) == (400, "no_email_setup")
