"""Erasing what somebody wrote: everything of theirs, nothing of others, in bounded steps."""

from typing import Any

import pytest
from sqlalchemy import Column, func, insert, select

from moothall.actions import erasure
from moothall.actions.erasure import JOB, continue_erasure, erase_content
from moothall.actions.user import delete_account
from moothall.domain.account import Proof
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.storage import portion
from moothall.storage.erasure import ERASED
from moothall.storage.site import get_site
from moothall.storage.statements import Statement
from moothall.storage.tables import comment, community, edit_history, person, post
from tests.support.builders import PASSWORD_HASH, a_comment, a_community, a_person, a_post
from tests.support.mailbox import jobs


def leave(forum: Forum, viewer: Viewer) -> None:
    proof = Proof(viewer.account_id, PASSWORD_HASH)
    forum.act_now(delete_account, viewer, proof, delete_content=True)


def run(forum: Forum, statement: Statement) -> None:
    forum.act_now(lambda tx: tx.conn.run(statement))


def rows(forum: Forum, *columns: "Column[Any]") -> list[Any]:
    """These columns of all rows of a table, in the order in which they were made."""
    query = Statement(select(*columns).order_by(columns[0].table.c.id))
    return forum.read_now(lambda tx: tx.conn.all(query))


def do_jobs(forum: Forum) -> int:
    """Do the jobs of this kind until no new one comes; return how many there were."""
    done = 0
    while len(payloads := jobs(forum, JOB)) > done:
        forum.act_now(continue_erasure, payloads[done])
        done += 1
    return done


def test_all_of_it_and_nothing_else(forum: Forum) -> None:
    ann, bob = a_person(forum, "ann"), a_person(forum, "bob")
    place = a_community(forum, bob, "plants")
    mine = a_post(forum, ann, place, name="Mine", url="https://a.example/", body="*secret*")
    theirs = a_post(forum, bob, place, name="Theirs", body="public")
    a_comment(forum, ann, theirs, content="*secret*")
    a_comment(forum, bob, mine, content="public")
    for subject, subject_id in (("post", mine), ("comment", 1), ("post", theirs)):
        old = insert(edit_history).values(
            subject=subject, subject_id=subject_id, body="older", created_at=0
        )
        run(forum, Statement(old))
    leave(forum, ann)
    assert rows(forum, post.c.name, post.c.url, post.c.body, post.c.deleted) == [
        (ERASED, None, None, True),
        ("Theirs", None, "public", False),
    ]
    assert rows(forum, comment.c.content, comment.c.content_html, comment.c.deleted) == [
        (ERASED, None, True),
        ("public", None, False),
    ]
    assert rows(forum, edit_history.c.subject_id) == [(theirs,)]
    assert do_jobs(forum) == 0


def test_counters_tell_what_is_left(forum: Forum) -> None:
    ann, bob = a_person(forum, "ann"), a_person(forum, "bob")
    place = a_community(forum, bob, "plants")
    mine, theirs = a_post(forum, ann, place), a_post(forum, bob, place)
    for author in (ann, ann, bob):
        a_comment(forum, author, theirs, content="x")
    a_comment(forum, ann, mine, content="x")
    leave(forum, ann)
    assert rows(forum, post.c.id, post.c.comments) == [(mine, 0), (theirs, 1)]
    assert rows(forum, community.c.posts, community.c.comments) == [(1, 1)]
    assert rows(forum, person.c.name, person.c.post_count, person.c.comment_count) == [
        ("ann", 0, 0),
        ("bob", 1, 1),
    ]
    site = forum.read_now(lambda tx: get_site(tx.conn))
    assert (site.posts, site.comments) == (1, 1)


def test_what_was_deleted_before_is_erased_and_not_counted_twice(forum: Forum) -> None:
    ann, bob = a_person(forum, "ann"), a_person(forum, "bob")
    place = a_community(forum, bob, "plants")
    mine = a_post(forum, ann, place)
    a_comment(forum, ann, mine, content="x")
    leave(forum, ann)
    for subject in ("post", "comment"):
        forum.act_now(erase_content, ann.person_id, subject)
    assert rows(forum, community.c.posts, community.c.comments) == [(0, 0)]
    assert rows(forum, person.c.name, person.c.post_count, person.c.comment_count) == [
        ("ann", 0, 0),
        ("bob", 0, 0),
    ]


def test_much_is_erased_in_steps(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "BATCH", 2)
    ann, bob = a_person(forum, "ann"), a_person(forum, "bob")
    place = a_community(forum, bob, "plants")
    written = [a_post(forum, ann, place) for _ in range(5)]
    for _ in range(4):
        a_comment(forum, ann, written[0], content="x")
    leave(forum, ann)
    erased = select(func.count()).select_from(post).where(post.c.name == ERASED)
    assert forum.read_now(lambda tx: tx.conn.value(Statement(erased))) == 2
    assert do_jobs(forum) == 4
    assert {name for (name,) in rows(forum, post.c.name)} == {ERASED}
    assert {content for (content,) in rows(forum, comment.c.content)} == {ERASED}


def test_long_texts_are_erased_in_more_steps(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portion, "MAX_CHARS", 10)
    ann = a_person(forum, "ann")
    place = a_community(forum, ann, "plants")
    written = [a_post(forum, ann, place, body="123456") for _ in range(3)]
    a_comment(forum, ann, written[0], content="x" * 20)
    leave(forum, ann)
    erased = select(func.count()).select_from(post).where(post.c.name == ERASED)
    assert forum.read_now(lambda tx: tx.conn.value(Statement(erased))) == 1
    assert do_jobs(forum) == 2
    assert {name for (name,) in rows(forum, post.c.name)} == {ERASED}
    assert {content for (content,) in rows(forum, comment.c.content)} == {ERASED}


def test_without_the_wish_everything_stays(forum: Forum) -> None:
    ann = a_person(forum, "ann")
    place = a_community(forum, ann, "plants")
    a_post(forum, ann, place, name="Mine")
    proof = Proof(ann.account_id, PASSWORD_HASH)
    forum.act_now(delete_account, ann, proof, delete_content=False)
    assert rows(forum, post.c.name, post.c.deleted) == [("Mine", False)]
