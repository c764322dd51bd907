"""Profiles: who finds whom; and what only the owner of an account sees."""

import re

import pytest

from moothall.domain.account import Credentials
from moothall.domain.errors import NotFound
from moothall.domain.ids import PersonId
from moothall.forum import Forum
from moothall.reads.user import (
    account_view,
    credentials,
    get_profile,
    list_sessions,
    own_credentials,
)
from moothall.storage import account as accounts
from moothall.storage import application, block, captcha, erasure, mail_token, session
from moothall.storage import user as users
from moothall.storage.connection import Connection
from moothall.storage.statements import Statement
from tests.support.builders import PASSWORD_HASH, a_person


@pytest.mark.parametrize("name", ["ann", "ANN", "@Ann", "ann@forum.example", "@ann@FORUM.example"])
def test_a_person_is_found_by_name(forum: Forum, name: str) -> None:
    ann = a_person(forum, "Ann")
    view = forum.read_now(get_profile, None, name=name)
    assert view.person.id == ann.person_id
    assert (view.counts.post_count, view.counts.comment_count, view.is_admin) == (0, 0, False)
    assert forum.read_now(get_profile, None, person_id=ann.person_id) == view


def test_an_admin_is_shown_as_one(forum: Forum) -> None:
    boss = a_person(forum, "boss", admin=True)
    assert forum.read_now(get_profile, None, person_id=boss.person_id).is_admin is True


@pytest.mark.parametrize("name", ["nobody", "ann@other.example", "", "@", "%"])
def test_an_unknown_name_is_not_found(forum: Forum, name: str) -> None:
    a_person(forum, "ann")
    with pytest.raises(NotFound, match="couldnt_find_person") as refused:
        forum.read_now(get_profile, None, name=name)
    assert refused.value.by_name


def test_an_unknown_id_is_not_found(forum: Forum) -> None:
    with pytest.raises(NotFound, match="couldnt_find_person") as refused:
        forum.read_now(get_profile, None, person_id=PersonId(99999))
    assert not refused.value.by_name
    with pytest.raises(NotFound, match="no_id_given"):
        forum.read_now(get_profile, None)


@pytest.mark.parametrize(("who", "found"), [("nobody", False), ("bob", False), ("boss", True)])
def test_only_admins_find_who_left(forum: Forum, who: str, found: bool) -> None:
    ann = a_person(forum, "ann")
    forum.act_now(lambda tx: accounts.update_person(tx.conn, ann.person_id, deleted=True))
    viewer = None if who == "nobody" else a_person(forum, who, admin=who == "boss")
    for query in ({"person_id": ann.person_id}, {"name": "ann"}):
        if found:
            assert forum.read_now(get_profile, viewer, **query).person.deleted
            continue
        with pytest.raises(NotFound):
            forum.read_now(get_profile, viewer, **query)


def test_credentials_of_nobody_are_empty(forum: Forum) -> None:
    ann = a_person(forum, "ann")
    assert forum.read_now(credentials, "nobody") == Credentials(None, None)
    assert forum.read_now(credentials, "ann") == Credentials(ann.account_id, PASSWORD_HASH)
    assert forum.read_now(own_credentials, ann) == Credentials(ann.account_id, PASSWORD_HASH)


def test_an_account_is_seen_by_its_owner(forum: Forum) -> None:
    ann = a_person(forum, "ann", email="ann@mail.example")
    view = forum.read_now(account_view, ann)
    assert (view.account.email, view.person.name) == ("ann@mail.example", "ann")


def test_sessions_are_ones_own(forum: Forum) -> None:
    ann, bob = a_person(forum, "ann"), a_person(forum, "bob")
    [mine] = forum.read_now(list_sessions, ann)
    assert mine.id == ann.session_id
    assert mine.account_id != bob.account_id


LOOK_UPS = [
    users._BY_TOKEN,
    users._BY_ID,
    users._LOCAL_BY_NAME,
    users._PROFILE,
    accounts._BY_NAME,
    accounts._BY_EMAIL,
    accounts._VIEW,
    accounts._ADMIN_EMAILS,
    session._LIST,
    erasure._ERASE_HISTORY,
    block._BLOCKED_PEOPLE,
    mail_token._TAKE,
    captcha._FORGET_OLD,
    mail_token._FORGET_OLD,
    session._FORGET_UNUSED,
    application._VIEW_BY_PERSON,
    application._count(verified_only=False),
]

# Of these the order comes from the index too: their length is not bounded by one person's doing.
ORDERED = [
    erasure._POSTS,
    erasure._COMMENTS,
    application._list(waiting_only=True, verified_only=True),
    application._list(waiting_only=False, verified_only=False),
]


@pytest.mark.parametrize("statement", [*LOOK_UPS, *ORDERED])
def test_no_look_up_scans_a_table(forum: Forum, database_kind: str, statement: Statement) -> None:
    if database_kind != "sqlite":
        pytest.skip("PostgreSQL scans tables as small as those of a test")

    def plan(conn: Connection) -> list[str]:
        compiled = statement.compiled("sqlite")
        values = dict.fromkeys(re.findall(r":(\w+)", compiled.text)) | dict(compiled.constants)
        rows = conn._driver.execute(f"EXPLAIN QUERY PLAN {compiled.text}", values)
        return [row[3] for row in rows.fetchall()]

    steps = forum.read_now(lambda tx: plan(tx.conn))
    assert steps
    if statement in ORDERED:
        assert not [step for step in steps if "TEMP B-TREE" in step]
    else:
        # A list that is a parameter is read from its beginning to its end.
        assert not [step for step in steps if "SCAN" in step and "json_each" not in step]
