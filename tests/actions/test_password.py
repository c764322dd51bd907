"""New passwords: typed by who knows the old one, or by mail."""

import asyncio

import pytest

from moothall.actions.password import (
    RESET_JOB,
    change_password,
    hash_new,
    request_password_reset,
    reset_password,
    send_password_reset,
)
from moothall.domain.account import Device, Proof
from moothall.domain.errors import Invalid, NotFound, NotSignedIn
from moothall.domain.time import DAY, HOUR
from moothall.domain.user import Account, Viewer
from moothall.forum import Forum
from moothall.lib.passwords import PasswordPool, verify_password
from moothall.lib.tokens import hash_token
from moothall.reads.user import viewer_by_token_hash
from moothall.storage import account as accounts
from tests.support.builders import PASSWORD_HASH, a_person, a_signed_in_person
from tests.support.mailbox import jobs, mailed_token, mails
from tests.support.waiting import advance

NEW_HASH = "a new hash"
EMAIL = "ann@mail.example"


def account_of(forum: Forum, viewer: Viewer) -> Account:
    account = forum.read_now(lambda tx: accounts.get_account(tx.conn, viewer.account_id))
    assert account is not None
    return account


def viewer_of(forum: Forum, token: str) -> Viewer | None:
    return forum.read_now(viewer_by_token_hash, hash_token(token).hex())


def test_a_new_password_is_hashed() -> None:
    pool = PasswordPool()
    stored = asyncio.run(hash_new(pool, "0123456789", "0123456789"))
    pool.close()
    assert verify_password("0123456789", stored)


@pytest.mark.parametrize(
    ("password", "again", "code"),
    [
        ("short", "short", "invalid_password"),
        ("x" * 61, "x" * 61, "invalid_password"),
        ("long enough", "long enouhg", "passwords_do_not_match"),
    ],
)
def test_a_bad_new_password_is_refused(password: str, again: str, code: str) -> None:
    pool = PasswordPool()
    with pytest.raises(Invalid, match=code):
        asyncio.run(hash_new(pool, password, again))
    pool.close()


def test_changing_ends_every_session_and_begins_one(forum: Forum) -> None:
    ann, token = a_signed_in_person(forum, "ann")
    proof = Proof(ann.account_id, PASSWORD_HASH)
    fresh = forum.act_now(change_password, ann, proof, NEW_HASH, Device())
    assert viewer_of(forum, token) is None
    assert viewer_of(forum, fresh) is not None
    assert account_of(forum, ann).password_hash == NEW_HASH


def test_the_proof_must_be_of_ones_own_password(forum: Forum) -> None:
    ann, token = a_signed_in_person(forum, "ann")
    bob = a_person(forum, "bob")
    for proof in (Proof(bob.account_id, PASSWORD_HASH), Proof(ann.account_id, "another")):
        with pytest.raises(NotSignedIn):
            forum.act_now(change_password, ann, proof, NEW_HASH, Device())
    assert viewer_of(forum, token) is not None


def ask(forum: Forum, email: str) -> None:
    """Ask for a new password, and do the job that comes of it."""
    forum.act_now(request_password_reset, email, sends_mail=True)
    forum.act_now(send_password_reset, **jobs(forum, RESET_JOB)[-1])


def test_a_mailed_link_sets_a_new_password_once(forum: Forum) -> None:
    ann, token = a_signed_in_person(forum, "ann", email=EMAIL)
    ask(forum, "Ann@mail.example")
    [mail] = mails(forum)
    assert mail["to"] == EMAIL
    assert "https://forum.example/password_change/" in mail["text"]
    forum.act_now(reset_password, mailed_token(mail), NEW_HASH)
    assert account_of(forum, ann).password_hash == NEW_HASH
    assert viewer_of(forum, token) is None
    with pytest.raises(NotFound, match="token_not_found"):
        forum.act_now(reset_password, mailed_token(mail), "yet another")


def test_without_a_mail_server_nobody_is_kept_waiting(forum: Forum) -> None:
    with pytest.raises(Invalid, match="no_email_setup"):
        forum.act_now(request_password_reset, "ann@mail.example", sends_mail=False)


def test_asking_does_the_same_for_unknown_addresses(forum: Forum) -> None:
    a_person(forum, "ann", email=EMAIL)
    for email in (EMAIL, "nobody@mail.example"):
        forum.act_now(request_password_reset, email, sends_mail=True)
    # A job each, and nothing else: only the job looks whether there is such an account.
    assert [each["email"] for each in jobs(forum, RESET_JOB)] == [EMAIL, "nobody@mail.example"]
    assert mails(forum) == []


def test_nobody_is_mailed_at_an_unknown_address(forum: Forum) -> None:
    ask(forum, "nobody@mail.example")
    assert mails(forum) == []


def test_a_link_works_for_a_day(forum: Forum) -> None:
    ann = a_person(forum, "ann", email=EMAIL)
    ask(forum, EMAIL)
    advance(forum, DAY)
    with pytest.raises(NotFound, match="token_not_found"):
        forum.act_now(reset_password, mailed_token(mails(forum)[0]), NEW_HASH)
    assert account_of(forum, ann).password_hash == PASSWORD_HASH


def test_a_mailbox_cannot_be_filled(forum: Forum) -> None:
    a_person(forum, "ann", email=EMAIL)
    for _ in range(5):
        ask(forum, EMAIL)
    assert len(mails(forum)) == 3
    advance(forum, HOUR)
    ask(forum, EMAIL)
    assert len(mails(forum)) == 4


def test_a_new_password_makes_older_links_worthless(forum: Forum) -> None:
    ann = a_person(forum, "ann", email=EMAIL)
    ask(forum, EMAIL)
    proof = Proof(ann.account_id, PASSWORD_HASH)
    forum.act_now(change_password, ann, proof, NEW_HASH, Device())
    with pytest.raises(NotFound, match="token_not_found"):
        forum.act_now(reset_password, mailed_token(mails(forum)[0]), "a thief's")


def test_a_link_that_proves_an_address_sets_no_password(forum: Forum) -> None:
    from moothall.actions.settings import save_settings
    from moothall.domain.account import SettingsChange

    ann = a_person(forum, "ann")
    forum.act_now(save_settings, ann, SettingsChange(email=EMAIL))
    with pytest.raises(NotFound, match="token_not_found"):
        forum.act_now(reset_password, mailed_token(mails(forum)[0]), NEW_HASH)
