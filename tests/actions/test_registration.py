"""Registration in every mode: who gets in, who waits, who is refused, and in which words."""

from typing import Any

import pytest

from moothall.actions import user
from moothall.actions.mail import verify_email
from moothall.actions.registration import (
    CAPTCHA_VALID,
    check_registration,
    create_captcha,
    register,
    spend_captcha,
)
from moothall.actions.site import ensure_site
from moothall.domain.account import Device, Registered, Registration
from moothall.domain.errors import ForumError, Invalid, NotAllowed
from moothall.domain.user import Account, Viewer
from moothall.forum import Forum
from moothall.lib.tokens import hash_token
from moothall.reads.user import viewer_by_token_hash
from moothall.storage import account as accounts
from moothall.storage.application import find_application_of
from moothall.storage.site import get_site, update_site
from moothall.storage.transaction import Transaction
from moothall.storage.user import find_person
from tests.support.builders import PASSWORD, PASSWORD_HASH, a_person
from tests.support.mailbox import mailed_token, mails
from tests.support.meeting import after_both, codes_of_two
from tests.support.waiting import advance

FORM = Registration(name="Ann", password=PASSWORD, password_verify=PASSWORD)
DEVICE = Device("203.0.113.7", "a browser")


def site_has(forum: Forum, **settings: Any) -> None:
    if settings:
        forum.act_now(lambda tx: update_site(tx.conn, **settings))


def sign_up(forum: Forum, form: Registration = FORM, *, captcha_passed: bool = False) -> Registered:
    return forum.act_now(register, form, PASSWORD_HASH, DEVICE, captcha_passed=captcha_passed)


def viewer_of(forum: Forum, token: str | None) -> Viewer | None:
    return forum.read_now(viewer_by_token_hash, hash_token(token or "").hex())


def account_of(forum: Forum, done: Registered) -> Account:
    account = forum.read_now(lambda tx: accounts.get_account(tx.conn, done.account_id))
    assert account is not None
    return account


def test_an_open_site_signs_in_at_once(forum: Forum) -> None:
    done = sign_up(forum, FORM._replace(email="Ann@Mail.example", show_nsfw=True))
    viewer = viewer_of(forum, done.token)
    assert viewer is not None
    assert (viewer.name, viewer.is_admin, viewer.show_nsfw) == ("Ann", False, True)
    assert not done.application_pending
    assert not done.verify_email_sent
    assert mails(forum) == []
    assert forum.read_now(lambda tx: get_site(tx.conn).users) == 1


def test_new_people_start_with_the_settings_of_the_site(forum: Forum) -> None:
    site_has(forum, default_post_listing_type="All", default_sort_type="New", content_warning="!")
    viewer = viewer_of(forum, sign_up(forum).token)
    assert viewer is not None
    assert viewer.default_listing_type == "All"
    assert viewer.default_sort_type == "New"
    assert viewer.show_nsfw


def test_by_application_one_waits(forum: Forum) -> None:
    site_has(forum, registration_mode="RequireApplication", application_email_admins=True)
    a_person(forum, "boss", admin=True, email="boss@mail.example")
    done = sign_up(forum, FORM._replace(answer=" I like it here. "))
    assert done.token is None
    assert done.application_pending
    assert not account_of(forum, done).accepted_application
    found = forum.read_now(lambda tx: find_application_of(tx.conn, done.account_id))
    assert found is not None
    assert found.answer == "I like it here."
    [mail] = mails(forum)
    assert mail["to"] == "boss@mail.example"
    assert "I like it here." in mail["text"]


def test_where_addresses_are_proven_one_waits_for_the_mail(forum: Forum) -> None:
    site_has(forum, require_email_verification=True)
    done = sign_up(forum, FORM._replace(email="ann@mail.example"))
    assert done.token is None
    assert done.verify_email_sent
    [mail] = mails(forum)
    assert mail["to"] == "ann@mail.example"
    forum.act_now(verify_email, mailed_token(mail))
    assert account_of(forum, done).email_verified


def test_admins_hear_of_an_application_once_its_address_is_proven(forum: Forum) -> None:
    site_has(
        forum,
        require_email_verification=True,
        registration_mode="RequireApplication",
        application_email_admins=True,
    )
    a_person(forum, "boss", admin=True, email="boss@mail.example")
    done = sign_up(forum, FORM._replace(email="ann@mail.example", answer="Because."))
    assert done.application_pending
    assert done.verify_email_sent
    [mail] = mails(forum)
    forum.act_now(verify_email, mailed_token(mail))
    assert [each["to"] for each in mails(forum)] == ["ann@mail.example", "boss@mail.example"]
    # Proving an address lets nobody past the admins.
    assert not account_of(forum, done).accepted_application


REFUSALS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"registration_mode": "Closed"}, {"password": "x"}, "registration_closed"),
    ({}, {"password": "123456789", "honeypot": "x"}, "invalid_password"),
    ({}, {"password": "x" * 61, "password_verify": "x" * 61}, "invalid_password"),
    ({"require_email_verification": True}, {"honeypot": "x"}, "honeypot_failed"),
    (
        {"require_email_verification": True, "registration_mode": "RequireApplication"},
        {},
        "email_required",
    ),
    (
        {"registration_mode": "RequireApplication"},
        {"answer": "  ", "password_verify": "other"},
        "registration_application_answer_required",
    ),
    ({"captcha_enabled": True}, {"password_verify": "other one"}, "passwords_do_not_match"),
    ({"captcha_enabled": True, "slur_filter_regex": "ann"}, {}, "captcha_incorrect"),
    ({"slur_filter_regex": "badword"}, {"name": "BadWord-"}, "slurs"),
    ({"slur_filter_regex": "badword"}, {"answer": "a badword"}, "slurs"),
    ({}, {"name": "an n"}, "invalid_name"),
    ({}, {"name": "x" * 21}, "invalid_name"),
    ({}, {"email": "TAKEN@mail.example", "name": "taken"}, "email_already_exists"),
    ({}, {"name": "TaKeN"}, "user_already_exists"),
    ({}, {"email": "no address"}, "invalid_email_address"),
]


@pytest.mark.parametrize(("settings", "fields", "code"), REFUSALS)
def test_refusals_come_in_the_order_that_clients_know(
    forum: Forum, settings: dict[str, Any], fields: dict[str, Any], code: str
) -> None:
    a_person(forum, "taken", email="taken@mail.example")
    site_has(forum, **settings)
    with pytest.raises(ForumError) as refused:
        sign_up(forum, FORM._replace(**fields))
    assert refused.value.code == code
    assert forum.read_now(lambda tx: get_site(tx.conn).users) == 1


def test_the_form_is_refused_before_anything_is_hashed(forum: Forum) -> None:
    forum.read_now(check_registration, FORM)
    with pytest.raises(Invalid, match="invalid_password"):
        forum.read_now(check_registration, FORM._replace(password="short"))


def a_captcha(forum: Forum) -> tuple[str, str]:
    site_has(forum, captcha_enabled=True)
    made = forum.act_now(create_captcha)
    assert made is not None
    return made[0], made[1]


def test_a_captcha_works_once(forum: Forum) -> None:
    captcha_id, answer = a_captcha(forum)
    assert forum.act_now(spend_captcha, captcha_id, answer.lower())
    assert not forum.act_now(spend_captcha, captcha_id, answer)
    assert sign_up(forum, captcha_passed=True).token


def test_a_wrong_answer_uses_a_captcha_up(forum: Forum) -> None:
    captcha_id, answer = a_captcha(forum)
    assert not forum.act_now(spend_captcha, captcha_id, "?")
    assert not forum.act_now(spend_captcha, captcha_id, answer)


def test_a_captcha_is_good_for_ten_minutes(forum: Forum) -> None:
    captcha_id, answer = a_captcha(forum)
    advance(forum, CAPTCHA_VALID)
    assert not forum.act_now(spend_captcha, captcha_id, answer)
    assert not forum.act_now(spend_captcha, None, None)


def test_without_captchas_none_is_made(forum: Forum) -> None:
    assert forum.act_now(create_captcha) is None


def test_the_first_person_needs_the_token_of_the_log(raw_forum: Forum) -> None:
    token = raw_forum.act_now(ensure_site)
    for wrong in (None, "", "guess"):
        with pytest.raises(NotAllowed, match="setup_token_required"):
            sign_up(raw_forum, FORM._replace(setup_token=wrong))
    done = sign_up(raw_forum, FORM._replace(setup_token=token))
    viewer = viewer_of(raw_forum, done.token)
    assert viewer is not None
    assert viewer.is_admin


def test_the_token_of_the_log_is_worth_nothing_later(forum: Forum) -> None:
    def keep_token(tx: Transaction) -> None:
        update_site(tx.conn, setup_token_hash=hash_token("old").hex(), registration_mode="Closed")

    forum.act_now(keep_token)
    with pytest.raises(NotAllowed, match="registration_closed"):
        sign_up(forum, FORM._replace(setup_token="old"))


def test_of_two_who_want_one_name_at_once_one_gets_it(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(user, "find_person", after_both(find_person))
    codes = codes_of_two(
        lambda number: sign_up(forum, FORM._replace(email=f"ann{number}@mail.example"))
    )
    assert codes == ["user_already_exists", "in"]
    assert forum.read_now(lambda tx: get_site(tx.conn).users) == 1
