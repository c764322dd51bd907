"""Signing in: who may, in which words they are refused, and what ends a session."""

import asyncio
from typing import Any

import pytest

from moothall.actions.password import prove
from moothall.actions.session import (
    generate_totp,
    log_in,
    log_out,
    revoke_other_sessions,
    revoke_session,
    update_totp,
)
from moothall.domain.account import Credentials, Device, Proof
from moothall.domain.errors import ForumError, Invalid, NotFound, NotSignedIn, TooMany
from moothall.domain.time import SECOND
from moothall.domain.user import Account, Viewer
from moothall.forum import Forum
from moothall.lib import passwords, totp
from moothall.lib.jwt import decode
from moothall.lib.passwords import PasswordPool, PasswordsBusy
from moothall.lib.tokens import hash_token
from moothall.reads.user import credentials, list_sessions, viewer_by_token_hash
from moothall.storage import account as accounts
from moothall.storage.application import add_application, decide_application
from moothall.storage.site import get_site, update_site
from moothall.storage.transaction import Transaction
from tests.support.builders import PASSWORD, PASSWORD_HASH, a_person, a_signed_in_person
from tests.support.meeting import after_both, codes_of_two
from tests.support.waiting import advance

DEVICE = Device("203.0.113.7", "x" * 1000)


def viewer_of(forum: Forum, token: str) -> Viewer | None:
    return forum.read_now(viewer_by_token_hash, hash_token(token).hex())


def account_of(forum: Forum, viewer: Viewer) -> Account:
    account = forum.read_now(lambda tx: accounts.get_account(tx.conn, viewer.account_id))
    assert account is not None
    return account


def change(forum: Forum, viewer: Viewer, **fields: Any) -> None:
    """Change columns of an account or person."""

    def work(tx: Transaction) -> None:
        mine = {key: value for key, value in fields.items() if key in Account._fields}
        public = {key: value for key, value in fields.items() if key not in mine}
        accounts.update_account(tx.conn, viewer.account_id, **mine)
        accounts.update_person(tx.conn, viewer.person_id, **public)

    forum.act_now(work)


def sign_in(forum: Forum, name: str, code: str | None = None) -> str:
    found = forum.read_now(credentials, name)
    assert found.account_id is not None
    assert found.password_hash is not None
    proof = Proof(found.account_id, found.password_hash)
    return forum.act_now(log_in, proof, code, DEVICE)


@pytest.mark.parametrize("name", ["ann", " ANN ", "Ann@Mail.example"])
def test_by_name_or_address_in_any_case(forum: Forum, name: str) -> None:
    ann = a_person(forum, "Ann", email="ann@mail.example", email_key="ann@mail.example")
    token = sign_in(forum, name)
    viewer = viewer_of(forum, token)
    assert viewer is not None
    assert viewer.person_id == ann.person_id
    site = forum.read_now(lambda tx: get_site(tx.conn))
    claims = decode(token, site.token_secret.encode(), "forum.example")
    assert claims.user_id == ann.account_id
    newest = forum.read_now(list_sessions, viewer)[0]
    assert newest.address == "203.0.113.7"
    assert newest.user_agent == "x" * 300


def test_two_sessions_of_one_moment_are_two(forum: Forum) -> None:
    a_person(forum, "ann")
    assert sign_in(forum, "ann") != sign_in(forum, "ann")


class CountingPool(PasswordPool):
    """Counts the checks and tells against which hash."""

    def __init__(self) -> None:
        super().__init__()
        self.checked: list[str | None] = []

    async def verify(self, password: str, stored: str | None) -> bool:
        self.checked.append(stored)
        return await super().verify(password, stored)


@pytest.mark.parametrize("name", ["ann", "nobody", "nobody@mail.example", ""])
def test_whoever_is_not_let_in_costs_one_check_and_hears_the_same(
    forum: Forum, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_person(forum, "ann")
    work: list[str] = []
    real = passwords._verify_argon2

    def counted(password: str, stored: str) -> bool:
        work.append(stored.rsplit("$", 2)[0])
        return real(password, stored)

    monkeypatch.setattr(passwords, "_verify_argon2", counted)
    pool = CountingPool()
    found = forum.read_now(credentials, name)
    with pytest.raises(NotSignedIn) as refused:
        asyncio.run(prove(pool, found, "wrong password"))
    pool.close()
    assert refused.value.code == "incorrect_login"
    # The same function with the same costs, whether or not there is such an account.
    assert work == ["$argon2id$v=19$m=19456,t=2,p=1"]


def test_the_right_password_is_proven(forum: Forum) -> None:
    ann = a_person(forum, "ann")
    found = forum.read_now(credentials, "ann")
    pool = PasswordPool()
    proof = asyncio.run(prove(pool, found, PASSWORD))
    pool.close()
    assert proof == Proof(ann.account_id, PASSWORD_HASH, None)


def test_an_imported_hash_is_replaced_at_the_first_login(forum: Forum) -> None:
    import bcrypt

    stored = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    ann = a_person(forum, "ann")
    change(forum, ann, password_hash=stored)
    pool = PasswordPool()
    proof = asyncio.run(prove(pool, forum.read_now(credentials, "ann"), PASSWORD))
    pool.close()
    forum.act_now(log_in, proof, None, DEVICE)
    assert account_of(forum, ann).password_hash == proof.new_hash
    assert (proof.new_hash or "").startswith("$argon2id$")


def test_too_many_at_once_are_told_so() -> None:
    class BusyPool(PasswordPool):
        async def verify(self, password: str, stored: str | None) -> bool:
            raise PasswordsBusy

    with pytest.raises(TooMany):
        asyncio.run(prove(BusyPool(), Credentials(), PASSWORD))


def test_a_proof_ends_with_the_password_that_it_is_about(forum: Forum) -> None:
    ann = a_person(forum, "ann")
    with pytest.raises(NotSignedIn):
        forum.act_now(log_in, Proof(ann.account_id, "an older hash"), None, DEVICE)


LOGIN_REFUSALS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({}, {"banned": True, "deleted": True}, "site_ban"),
    ({"require_email_verification": True}, {"deleted": True}, "deleted"),
    ({"require_email_verification": True}, {"accepted_application": False}, "email_not_verified"),
    (
        {"registration_mode": "RequireApplication"},
        {"accepted_application": False},
        "registration_application_is_pending",
    ),
    (
        {"registration_mode": "Closed"},
        {"accepted_application": False},
        "registration_application_is_pending",
    ),
]


@pytest.mark.parametrize(("settings", "fields", "code"), LOGIN_REFUSALS)
def test_who_may_not_sign_in_hears_why(
    forum: Forum, settings: dict[str, Any], fields: dict[str, Any], code: str
) -> None:
    ann = a_person(forum, "ann")
    change(forum, ann, **fields)
    forum.act_now(lambda tx: update_site(tx.conn, registration_mode="Open"))
    if settings:
        forum.act_now(lambda tx: update_site(tx.conn, **settings))
    with pytest.raises(ForumError) as refused:
        sign_in(forum, "ann")
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("settings", "fields"),
    [
        ({"require_email_verification": True}, {"email_verified": True}),
        ({"require_email_verification": True}, {"is_admin": True}),
        ({"registration_mode": "Closed"}, {"is_admin": True, "accepted_application": False}),
        ({"registration_mode": "Closed"}, {}),
        ({"registration_mode": "Open"}, {"accepted_application": False}),
    ],
)
def test_who_may_sign_in(forum: Forum, settings: dict[str, Any], fields: dict[str, Any]) -> None:
    ann = a_person(forum, "ann")
    change(forum, ann, **fields)
    forum.act_now(lambda tx: update_site(tx.conn, **settings))
    assert viewer_of(forum, sign_in(forum, "ann")) is not None


def test_who_was_denied_hears_the_reason(forum: Forum) -> None:
    boss = a_person(forum, "boss", admin=True)
    ann = a_person(forum, "ann", accepted_application=False)

    def deny(tx: Transaction) -> None:
        update_site(tx.conn, registration_mode="RequireApplication")
        application = add_application(tx.conn, ann.account_id, "please", tx.now)
        decide_application(
            tx.conn, application, boss.person_id, tx.now, denied=True, deny_reason="Too short."
        )

    forum.act_now(deny)
    with pytest.raises(ForumError) as refused:
        sign_in(forum, "ann")
    assert (refused.value.code, refused.value.message) == ("registration_denied", "Too short.")


def code_of(forum: Forum, viewer: Viewer) -> str:
    import pyotp

    secret = account_of(forum, viewer).totp_secret
    assert secret is not None
    return pyotp.TOTP(secret).generate_otp(forum.clock() // SECOND // 30)


def with_second_factor(forum: Forum) -> Viewer:
    ann = a_person(forum, "ann")
    url = forum.act_now(generate_totp, ann)
    assert url.startswith("otpauth://totp/")
    assert "ann" in url
    forum.act_now(update_totp, ann, code_of(forum, ann), enabled=True)
    advance(forum, 60 * SECOND)
    return ann


def test_the_second_factor_is_asked_for(forum: Forum) -> None:
    ann = with_second_factor(forum)
    with pytest.raises(Invalid, match="missing_totp_token"):
        sign_in(forum, "ann")
    for wrong in ("000000", "abc", "1234567"):
        with pytest.raises(Invalid, match="incorrect_totp_token"):
            sign_in(forum, "ann", wrong if wrong != code_of(forum, ann) else "000001")
    assert viewer_of(forum, sign_in(forum, "ann", code_of(forum, ann))) is not None


def test_a_code_works_once(forum: Forum) -> None:
    ann = with_second_factor(forum)
    code = code_of(forum, ann)
    sign_in(forum, "ann", code)
    with pytest.raises(Invalid, match="incorrect_totp_token"):
        sign_in(forum, "ann", code)
    advance(forum, 30 * SECOND)
    sign_in(forum, "ann", code_of(forum, ann))


def test_a_code_works_once_for_two_at_the_same_time(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = code_of(forum, with_second_factor(forum))
    monkeypatch.setattr(totp, "matching_step", after_both(totp.matching_step))
    codes = codes_of_two(lambda _: sign_in(forum, "ann", code))
    assert codes == ["incorrect_totp_token", "in"]


def test_turning_it_off_needs_a_code_too(forum: Forum) -> None:
    ann = with_second_factor(forum)
    with pytest.raises(ForumError, match="totp_already_enabled"):
        forum.act_now(generate_totp, ann)
    with pytest.raises(Invalid, match="incorrect_totp_token"):
        forum.act_now(update_totp, ann, "", enabled=False)
    forum.act_now(update_totp, ann, code_of(forum, ann), enabled=False)
    assert account_of(forum, ann).totp_secret is None
    sign_in(forum, "ann")


def test_without_a_secret_there_is_nothing_to_enable(forum: Forum) -> None:
    ann = a_person(forum, "ann")
    with pytest.raises(Invalid, match="missing_totp_secret"):
        forum.act_now(update_totp, ann, "123456", enabled=True)


def test_signing_out_ends_this_session_only(forum: Forum) -> None:
    ann, here = a_signed_in_person(forum, "ann")
    there = sign_in(forum, "ann")
    forum.act_now(log_out, ann)
    assert viewer_of(forum, here) is None
    assert viewer_of(forum, there) is not None


def test_one_session_or_all_others_can_be_ended(forum: Forum) -> None:
    ann, here = a_signed_in_person(forum, "ann")
    phone, laptop = sign_in(forum, "ann"), sign_in(forum, "ann")
    on_phone = viewer_of(forum, phone)
    assert on_phone is not None
    forum.act_now(revoke_session, ann, on_phone.session_id)
    assert viewer_of(forum, phone) is None
    assert viewer_of(forum, laptop) is not None
    forum.act_now(revoke_other_sessions, ann)
    assert viewer_of(forum, laptop) is None
    assert viewer_of(forum, here) is not None


def test_nobody_ends_the_session_of_somebody_else(forum: Forum) -> None:
    ann, token = a_signed_in_person(forum, "ann")
    bob = a_person(forum, "bob")
    with pytest.raises(NotFound):
        forum.act_now(revoke_session, bob, ann.session_id)
    forum.act_now(revoke_other_sessions, bob)
    assert viewer_of(forum, token) is not None


@pytest.mark.parametrize("fields", [{"banned": True}, {"deleted": True}])
def test_a_token_is_dead_with_its_owner(forum: Forum, fields: dict[str, Any]) -> None:
    ann, token = a_signed_in_person(forum, "ann")
    change(forum, ann, **fields)
    assert viewer_of(forum, token) is None
