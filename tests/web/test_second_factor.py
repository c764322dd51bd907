"""The second factor as somebody meets it: set up, asked for, turned off, lost."""

import re

import pyotp

from moothall.actions.operator import remove_second_factor
from moothall.domain.time import SECOND
from moothall.forum import Forum
from tests.support.builders import PASSWORD, a_signed_in_person
from tests.support.pages import Browser, Page
from tests.support.waiting import advance

PATH = "/settings/second_factor"


def _ann(forum: Forum) -> Browser:
    _, token = a_signed_in_person(forum, "ann")
    return Browser(forum, session=token)


def _secret(page: Page) -> str:
    found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page.text)
    assert found is not None
    return found[1].replace(" ", "")


def _code(forum: Forum, secret: str) -> str:
    return pyotp.TOTP(secret).generate_otp(forum.clock() // SECOND // 30)


def _set_up(forum: Forum, ann: Browser) -> str:
    page = ann.follow(ann.submit(ann.get(PATH).form(f"{PATH}/begin")))
    secret = _secret(page)
    done = ann.follow(ann.submit(page.form(PATH), code=_code(forum, secret)))
    assert "The second factor is on." in done.text
    advance(forum, 60 * SECOND)
    return secret


def _log_in(forum: Forum, **fields: str) -> Page:
    stranger = Browser(forum)
    form = stranger.get("/login").form("/login")
    return stranger.submit(form, name="ann", password=PASSWORD, **fields)


def test_nothing_is_asked_for_before_the_code_is_confirmed(forum: Forum) -> None:
    ann = _ann(forum)
    page = ann.follow(ann.submit(ann.get(PATH).form(f"{PATH}/begin")))
    assert "data:image/svg+xml" in page.text
    assert page.headers["cache-control"] == "no-store"
    wrong = ann.submit(page.form(PATH), code="12")
    assert wrong.status == 400
    assert "The one-time code is not right" in wrong.text
    assert "Wait for the next one." in wrong.text
    assert _secret(wrong) == _secret(page)
    assert _log_in(forum).status == 303


def test_signing_in_asks_for_the_code(forum: Forum) -> None:
    secret = _set_up(forum, _ann(forum))
    asked = _log_in(forum)
    assert asked.status == 400
    assert "code" in asked.form("/login").fields
    assert _log_in(forum, code="12").status == 400
    assert _log_in(forum, code=_code(forum, secret)).status == 303


def test_a_secret_in_use_is_never_shown_again(forum: Forum) -> None:
    ann = _ann(forum)
    secret = _set_up(forum, ann)
    assert secret not in ann.get(PATH).text.replace(" ", "")
    key = ann.get(PATH).form(f"{PATH}/off").fields
    # Nor can whoever finds the browser open put their own in its place.
    assert ann.post(f"{PATH}/begin", key).status == 409


def test_the_password_turns_it_off(forum: Forum) -> None:
    ann = _ann(forum)
    _set_up(forum, ann)
    form = ann.get(PATH).form(f"{PATH}/off")
    refused = ann.submit(form, password="not it at all")
    assert refused.status == 401
    assert "The password is not right." in refused.text
    assert _log_in(forum).status == 400
    assert "The second factor is off." in ann.follow(ann.submit(form, password=PASSWORD)).text
    assert _log_in(forum).status == 303


def test_the_operator_takes_it_off_for_who_lost_it(forum: Forum) -> None:
    _set_up(forum, _ann(forum))
    assert _log_in(forum).status == 400
    forum.act_now(remove_second_factor, "ANN")
    assert _log_in(forum).status == 303
