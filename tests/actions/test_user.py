"""People: leaving for good, and whom they block."""

from typing import Any

import pytest
from sqlalchemy import Select, insert, select

from moothall.actions.user import block_instance, block_person, create_account, delete_account
from moothall.domain.account import Proof
from moothall.domain.errors import ForumError, NotAllowed, NotSignedIn
from moothall.domain.ids import InstanceId, PersonId
from moothall.domain.user import Account, Person, Viewer
from moothall.forum import Forum
from moothall.lib.tokens import hash_token
from moothall.reads.user import (
    list_blocked_instances,
    list_blocked_people,
    viewer_by_token_hash,
)
from moothall.storage import account as accounts
from moothall.storage import event
from moothall.storage.application import add_application, find_application_of
from moothall.storage.site import get_site
from moothall.storage.statements import Statement, param
from moothall.storage.tables import community, community_follow, community_moderator, instance
from moothall.storage.transaction import Transaction
from moothall.storage.user import get_person
from tests.support.builders import PASSWORD_HASH, a_community, a_person, a_signed_in_person


def person_of(forum: Forum, viewer: Viewer) -> Person:
    found = forum.read_now(lambda tx: get_person(tx.conn, viewer.person_id))
    assert found is not None
    return found


def account_of(forum: Forum, viewer: Viewer) -> Account:
    found = forum.read_now(lambda tx: accounts.get_account(tx.conn, viewer.account_id))
    assert found is not None
    return found


def rows(forum: Forum, query: "Select[Any]") -> list[Any]:
    return forum.read_now(lambda tx: tx.conn.all(Statement(query)))


def leave(forum: Forum, viewer: Viewer, *, delete_content: bool = False) -> None:
    proof = Proof(viewer.account_id, PASSWORD_HASH)
    forum.act_now(delete_account, viewer, proof, delete_content=delete_content)


def test_who_leaves_takes_what_is_personal_along(forum: Forum) -> None:
    ann, token = a_signed_in_person(
        forum,
        "ann",
        email="ann@mail.example",
        display_name="Ann",
        bio="I",
        bio_html="<p>I</p>",
        avatar="https://pictures.example/a",
        banner="https://pictures.example/b",
        matrix_user_id="@ann:matrix.example",
        totp_secret="SECRET",
    )
    forum.act_now(lambda tx: add_application(tx.conn, ann.account_id, "because", tx.now))
    leave(forum, ann)
    person = person_of(forum, ann)
    assert person.deleted
    assert (person.display_name, person.bio, person.avatar, person.banner) == (None,) * 4
    assert person.matrix_user_id is None
    account = account_of(forum, ann)
    assert (account.email, account.email_key, account.totp_secret) == (None,) * 3
    application = forum.read_now(lambda tx: find_application_of(tx.conn, ann.account_id))
    assert application is None
    assert forum.read_now(viewer_by_token_hash, hash_token(token).hex()) is None
    assert forum.read_now(lambda tx: get_site(tx.conn).users) == 0


def test_the_name_of_who_left_stays_taken(forum: Forum) -> None:
    leave(forum, a_person(forum, "ann"))
    with pytest.raises(ForumError, match="user_already_exists"):
        a_person(forum, "Ann")


def test_the_address_of_who_left_is_free_again(forum: Forum) -> None:
    leave(forum, a_person(forum, "ann", email="ann@mail.example"))
    a_person(forum, "ann2", email="ann@mail.example")


def test_follows_and_offices_end(forum: Forum) -> None:
    ann, bob = a_person(forum, "ann"), a_person(forum, "bob")
    a_community(forum, ann, "plants")
    a_community(forum, bob, "stones")
    leave(forum, ann)
    for table in (community_follow, community_moderator):
        assert rows(forum, select(table.c.person_id)) == [(bob.person_id,)]
    figures = select(community.c.subscribers, community.c.subscribers_local).order_by("id")
    assert rows(forum, figures) == [(0, 0), (1, 1)]


def test_the_last_admin_cannot_leave(forum: Forum) -> None:
    boss = a_person(forum, "boss", admin=True)
    with pytest.raises(NotAllowed, match="cannot_leave_admin"):
        leave(forum, boss)
    a_person(forum, "other", admin=True)
    leave(forum, boss)
    assert not account_of(forum, boss).is_admin


def test_nobody_deletes_the_account_of_somebody_else(forum: Forum) -> None:
    ann, bob = a_person(forum, "ann"), a_person(forum, "bob")
    for proof in (Proof(bob.account_id, PASSWORD_HASH), Proof(ann.account_id, "guess")):
        with pytest.raises(NotSignedIn):
            forum.act_now(delete_account, ann, proof, delete_content=True)
    assert not person_of(forum, ann).deleted
    assert not person_of(forum, bob).deleted


def test_a_refused_account_leaves_nothing(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **values: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(event, "add", fail)
    with pytest.raises(RuntimeError):
        forum.act_now(lambda tx: create_account(tx, "ann", PASSWORD_HASH))
    assert forum.read_now(lambda tx: get_site(tx.conn).users) == 0
    monkeypatch.undo()
    a_person(forum, "ann")


def blocked(forum: Forum, viewer: Viewer) -> list[str]:
    return [person.name for person in forum.read_now(list_blocked_people, viewer)]


def test_people_are_blocked_and_unblocked(forum: Forum) -> None:
    ann, bob = a_person(forum, "ann"), a_person(forum, "bob")
    for _ in range(2):
        forum.act_now(block_person, ann, bob.person_id, block=True)
        assert blocked(forum, ann) == ["bob"]
    assert blocked(forum, bob) == []
    for _ in range(2):
        forum.act_now(block_person, ann, bob.person_id, block=False)
        assert blocked(forum, ann) == []


def test_whom_one_cannot_block(forum: Forum) -> None:
    ann, boss = a_person(forum, "ann"), a_person(forum, "boss", admin=True)
    for target, code in [
        (ann.person_id, "cant_block_yourself"),
        (boss.person_id, "cant_block_admin"),
        (PersonId(99999), "couldnt_find_person"),
    ]:
        with pytest.raises(ForumError, match=code):
            forum.act_now(block_person, ann, target, block=True)
    assert blocked(forum, ann) == []


def test_who_became_an_admin_can_be_unblocked(forum: Forum) -> None:
    ann, bob = a_person(forum, "ann"), a_person(forum, "bob")
    forum.act_now(block_person, ann, bob.person_id, block=True)
    forum.act_now(lambda tx: accounts.update_account(tx.conn, bob.account_id, is_admin=True))
    forum.act_now(block_person, ann, bob.person_id, block=False)
    assert blocked(forum, ann) == []


_ADD_INSTANCE = Statement(
    insert(instance).values(domain=param("domain"), created_at=0).returning(instance.c.id)
)


def test_servers_are_blocked_and_unblocked(forum: Forum) -> None:
    ann = a_person(forum, "ann")

    def add(tx: Transaction) -> InstanceId:
        return InstanceId(tx.conn.value(_ADD_INSTANCE, domain="other.example"))

    other = forum.act_now(add)
    for _ in range(2):
        forum.act_now(block_instance, ann, other, block=True)
    [found] = forum.read_now(list_blocked_instances, ann)
    assert found.domain == "other.example"
    forum.act_now(block_instance, ann, other, block=False)
    assert forum.read_now(list_blocked_instances, ann) == []


def test_ones_own_server_cannot_be_blocked(forum: Forum) -> None:
    ann = a_person(forum, "ann")
    own = forum.read_now(lambda tx: get_site(tx.conn).instance_id)
    with pytest.raises(ForumError, match="cant_block_local_instance"):
        forum.act_now(block_instance, ann, own, block=True)
    with pytest.raises(ForumError, match="couldnt_find_object"):
        forum.act_now(block_instance, ann, InstanceId(99999), block=True)
