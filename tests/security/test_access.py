"""Ways in that were open elsewhere: forged tokens, planted sessions, led-away visitors, hints."""

import base64
import hashlib
import json
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest

from moothall.actions.ban import ban_person
from moothall.actions.mail import SEND_JOB
from moothall.actions.password import RESET_JOB, send_password_reset
from moothall.actions.registration import register
from moothall.domain.account import Device, Registration
from moothall.domain.moderation import Ban
from moothall.forum import Forum
from moothall.lib import jwt
from moothall.lib.limiter import NoLimiter
from moothall.storage.site import get_site, update_site
from tests.support.api import ApiClient, outcome
from tests.support.builders import (
    PASSWORD,
    PASSWORD_HASH,
    a_community,
    a_person,
    a_signed_in_person,
)
from tests.support.mailbox import jobs, mailed_token, mails
from tests.support.pages import Browser

NEW_PASSWORD = "another horse"


# ---- tokens ------------------------------------------------------------------------------------


def _forgeries(forum: Forum, real: str) -> dict[str, str]:
    """Tokens for the first account that nobody was given, by what is wrong with them."""
    header, payload, signature = real.split(".")
    secret = forum.read_now(lambda tx: get_site(tx.conn)).token_secret.encode()
    claims = jwt.Claims(1, "forum.example", 1_700_000_000, "x" * 22)
    none = _part({"typ": "JWT", "alg": "none"})
    return {
        "no algorithm": f"{none}.{payload}.",
        "no algorithm, old signature": f"{none}.{payload}.{signature}",
        "no signature": f"{header}.{payload}.",
        "another secret": jwt.encode(claims, b"s" * 32),
        "another issuer": jwt.encode(replace(claims, issuer="evil.example"), secret),
        # Signed by us, even: but nobody signed in with it.
        "no session": jwt.encode(claims, secret),
        "its hash": hashlib.sha256(real.encode()).hexdigest(),
        "a pattern": "%",
        "the real one and more": real + "=",
        "the real one in capitals": real.upper(),
    }


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_a_forged_token_opens_nothing(forum: Forum) -> None:
    _, real = a_signed_in_person(forum, "ann", admin=True)
    api = ApiClient(forum)
    assert outcome(api.get("/user/validate_auth", real)) == (200, None)
    browser = Browser(forum)
    for what, token in _forgeries(forum, real).items():
        assert outcome(api.get("/user/validate_auth", token))[0] == 401, what
        assert outcome(api.put("/site", token, description="mine"))[0] == 401, what
        browser.cookies = {"session": token}
        assert browser.get("/settings").status == 303, what
        assert "ann" not in browser.get("/communities").text, what
    assert outcome(api.get("/user/validate_auth", real)) == (200, None)


def test_a_token_ends_with_its_session(forum: Forum) -> None:
    _, token = a_signed_in_person(forum, "ann")
    api = ApiClient(forum)
    assert api.post("/user/logout", token).is_success
    assert outcome(api.get("/user/validate_auth", token))[0] == 401
    assert Browser(forum, session=token).get("/settings").status == 303


# ---- sessions ----------------------------------------------------------------------------------


def _log_in(browser: Browser, name: str, password: str, **fields: str) -> Any:
    form = browser.get("/login").form("/login")
    return browser.submit(form, name=name, password=password, **fields)


def test_a_planted_session_is_not_adopted(forum: Forum) -> None:
    """Whoever plants a cookie in somebody's browser must not share the session they begin."""
    a_person(forum, "ann")
    browser = Browser(forum)
    planted = "planted by somebody else"
    browser.cookies["session"] = planted
    browser.get("/login")
    assert _log_in(browser, "ann", PASSWORD).status == 303
    assert browser.cookies["session"] not in ("", planted)
    assert Browser(forum, session=planted).get("/settings").status == 303


def test_the_session_of_another_is_replaced_by_signing_in(forum: Forum) -> None:
    _, of_bert = a_signed_in_person(forum, "bert")
    a_person(forum, "ann")
    browser = Browser(forum)
    form = browser.get("/login").form("/login")
    browser.cookies["session"] = of_bert
    assert browser.submit(form, name="ann", password=PASSWORD).status == 303
    assert "Your account: ann" in browser.get("/communities").text


def test_a_form_of_one_person_is_worth_nothing_for_another(forum: Forum) -> None:
    _, of_ann = a_signed_in_person(forum, "ann")
    _, of_bert = a_signed_in_person(forum, "bert")
    form = Browser(forum, session=of_bert).get("/settings").form("/settings")
    page = Browser(forum, session=of_ann).submit(form, bio="written by bert")
    assert page.status == 403


def test_a_token_is_a_credential_in_one_place_only(forum: Forum) -> None:
    _, token = a_signed_in_person(forum, "ann")
    api = ApiClient(forum)
    for name in ("auth", "jwt", "token", "session", "access_token"):
        assert outcome(api.get("/user/list_logins", None, **{name: token}))[0] == 401
        body = {name: token, "post_ids": [1], "read": True}
        assert outcome(api.post("/post/mark_as_read", None, **body))[0] == 401


# ---- where one is led --------------------------------------------------------------------------

ELSEWHERE = [
    "https://evil.example",
    "http:evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/%5Cevil.example",
    "/%2Fevil.example",
    "/%2f%2fevil.example",
    "/%09/evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "/\n/evil.example",
    " //evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/..\\..\\evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/\u2044evil.example",
    "/\uff0fevil.example",
    "@evil.example",
    "/@evil.example",
    "?//evil.example",
    "/\r\nSet-Cookie: a=b",
    "/\r\n\r\n<script>",
]


def _host_of(location: str) -> str:
    """Where a browser goes, which forgives more than the standard says."""
    cleaned = "".join(char for char in location.strip() if char not in "\t\r\n")
    return urlsplit(urljoin("https://forum.example/login", cleaned.replace("\\", "/"))).netloc


def test_nobody_is_led_away(forum: Forum) -> None:
    ann, token = a_signed_in_person(forum, "ann")
    a_community(forum, ann, "cats")
    browser = Browser(forum)
    wrong = []
    for address in ELSEWHERE:
        browser.cookies = {}
        pages = [_log_in(browser, "ann", PASSWORD, next=address)]
        browser.cookies = {"session": token}
        pages.append(browser.get(f"/login?next={quote(address)}"))
        form = browser.get("/communities").form("/act")
        pages.append(browser.submit(form, do="block:community:1:0", back=address))
        for page in pages:
            assert page.status == 303
            location = page.headers["location"]
            if not location.isprintable() or _host_of(location) != "forum.example":
                wrong.append((address, location))
    assert wrong == []


_NAMES_OF_ADDRESSES = [
    "/evil.example",
    "//evil.example",
    "\\evil.example",
    "a\r\nSet-Cookie: a=b",
    "a b?c#d",
]


def test_the_short_address_of_a_name_leads_to_that_name(forum: Forum) -> None:
    browser = Browser(forum)
    for name in _NAMES_OF_ADDRESSES:
        once = quote(name, safe="")
        for path in (f"/{kind}/{each}" for kind in "cu" for each in (once, quote(once, safe=""))):
            page = browser.get(f"{path}@forum.example")
            assert page.status in (301, 404)
            assert "set-cookie" not in page.headers
            location = page.headers.get("location", path)
            assert location.isprintable()
            assert location.startswith(path[:3])
            assert _host_of(location) == "forum.example"


# ---- hints -------------------------------------------------------------------------------------


def _people(forum: Forum) -> None:
    admin = a_person(forum, "root", admin=True)
    a_person(forum, "ann", email="ann@mail.example")
    banned = a_person(forum, "banned", email="banned@mail.example")
    forum.act_now(ban_person, admin.doer, banned.person_id, Ban())
    a_person(forum, "waiting", accepted_application=False)
    a_person(forum, "secured", totp_enabled=True, totp_secret="JBSWY3DPEHPK3PXP")


_NAMES = [
    "ann",
    "ann@mail.example",
    "banned",
    "banned@mail.example",
    "waiting",
    "secured",
    "nobody",
    "nobody@mail.example",
    "",
    "x" * 1000,
]


def test_a_wrong_password_says_nothing_about_the_account(forum: Forum) -> None:
    forum.act_now(lambda tx: update_site(tx.conn, registration_mode="RequireApplication"))
    _people(forum)
    api = ApiClient(forum)
    answers = set()
    for name in _NAMES:
        answer = api.post("/user/login", username_or_email=name, password="wrong password")
        answers.add((answer.status_code, answer.text, repr(sorted(answer.headers.items()))))
    assert len(answers) == 1
    pages, browser = set(), Browser(forum)
    for name in _NAMES[:-2]:
        page = _log_in(browser, name, "wrong password")
        # Only what was typed oneself, and this browser's own token, may differ.
        form = page.form("/login")
        text = page.text.replace(form.fields["csrf"], "").replace(f'value="{name}"', "")
        pages.add((page.status, text))
    assert len(pages) == 1


def test_asking_for_a_new_password_says_nothing_either(forum: Forum) -> None:
    _people(forum)
    api = ApiClient(forum)
    answers = set()
    for name in _NAMES:
        answer = api.post("/user/password_reset", email=name)
        answers.add((answer.status_code, answer.text, repr(sorted(answer.headers.items()))))
    assert len(answers) == 1
    # Nor by the work that it makes: all of it comes later, elsewhere.
    assert len(jobs(forum, RESET_JOB)) == len(_NAMES)
    assert jobs(forum, SEND_JOB) == []


# ---- other ways to the same state --------------------------------------------------------------


@pytest.mark.parametrize("mode", ["RequireApplication", "Closed"])
def test_whoever_waits_gets_in_by_no_other_way(forum: Forum, mode: str) -> None:
    """A mailed link sets a password; it does not let anybody in."""
    forum.act_now(lambda tx: update_site(tx.conn, registration_mode="RequireApplication"))
    asked = Registration(
        "waiting", PASSWORD, PASSWORD, email="waiting@mail.example", answer="Because."
    )
    forum.act_now(register, asked, PASSWORD_HASH, Device(), captcha_passed=True)
    forum.act_now(lambda tx: update_site(tx.conn, registration_mode=mode))
    api = ApiClient(forum)
    api.post("/user/password_reset", email="waiting@mail.example")
    for payload in jobs(forum, RESET_JOB):
        forum.act_now(send_password_reset, **payload)
    token = mailed_token(mails(forum)[-1])
    changed = api.post(
        "/user/password_change", token=token, password=NEW_PASSWORD, password_verify=NEW_PASSWORD
    )
    assert changed.is_success
    login = {"username_or_email": "waiting", "password": NEW_PASSWORD}
    refused = outcome(api.post("/user/login", **login))
    assert refused == (400, "registration_application_is_pending")
    page = _log_in(Browser(forum), "waiting", NEW_PASSWORD)
    assert page.status in (400, 403)


# ---- limits ------------------------------------------------------------------------------------


class _Counting(NoLimiter):
    """A limiter that remembers by what it was asked."""

    def __init__(self) -> None:
        self.keys: set[bytes] = set()

    def take(self, key: bytes, capacity: int, refill_period_s: float, now: float) -> bool:
        self.keys.add(key)
        return True


def test_no_header_makes_a_stranger_look_like_many(forum: Forum) -> None:
    limiter = _Counting()
    browser = Browser(forum, limiter=limiter)
    for number in range(5):
        address = f"198.51.100.{number}"
        browser.get(
            "/search?q=word",
            x_forwarded_for=address,
            x_real_ip=address,
            forwarded=f"for={address}",
            cf_connecting_ip=address,
            true_client_ip=address,
            x_client_ip=address,
            user_agent=f"browser {number}",
        )
    assert len(limiter.keys) == 1
