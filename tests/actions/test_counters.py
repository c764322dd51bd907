"""Whatever people do in whatever order: every counter is what a count of the rows gives."""

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Select, and_, func, select, update

from moothall.actions.comment import delete_comment
from moothall.actions.post import delete_post
from moothall.actions.removal import remove_comment, remove_post
from moothall.actions.vote import vote_comment, vote_post
from moothall.domain.errors import ForumError
from moothall.domain.ids import CommentId, CommunityId, PostId
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.storage.site import total
from moothall.storage.statements import Statement
from moothall.storage.tables import comment, comment_vote, community, person, post, post_vote
from moothall.storage.transaction import Transaction
from tests.support.builders import a_comment, a_community, a_person, a_post


def _sum(column: Any, where: Any) -> Any:
    return select(func.coalesce(func.sum(column), 0)).where(where).scalar_subquery()


def _count(table: Any, where: Any) -> Any:
    return select(func.count()).select_from(table).where(where).scalar_subquery()


def _there(table: Any) -> Any:
    return and_(table.c.deleted.is_(False), table.c.removed.is_(False))


_other, _reply = post.alias(), comment.alias()
# What is stored beside what it should be, row by row.
CHECKS: dict[str, "Select[Any]"] = {
    "votes of a post": select(
        post.c.upvotes
        - _count(post_vote, and_(post_vote.c.post_id == post.c.id, post_vote.c.score == 1)),
        post.c.downvotes
        - _count(post_vote, and_(post_vote.c.post_id == post.c.id, post_vote.c.score == -1)),
        post.c.score - post.c.upvotes + post.c.downvotes,
    ),
    "comments of a post": select(
        post.c.comments - _count(_reply, and_(_reply.c.post_id == post.c.id, _there(_reply)))
    ),
    "votes of a comment": select(
        comment.c.score - _sum(comment_vote.c.score, comment_vote.c.comment_id == comment.c.id),
        comment.c.score - comment.c.upvotes + comment.c.downvotes,
    ),
    "a person": select(
        person.c.post_count
        - _count(_other, and_(_other.c.creator_id == person.c.id, _there(_other))),
        person.c.comment_count
        - _count(_reply, and_(_reply.c.creator_id == person.c.id, _there(_reply))),
        person.c.post_score - _sum(_other.c.score, _other.c.creator_id == person.c.id),
        person.c.comment_score - _sum(_reply.c.score, _reply.c.creator_id == person.c.id),
    ),
    "a community": select(
        community.c.posts
        - _count(_other, and_(_other.c.community_id == community.c.id, _there(_other))),
        community.c.comments
        - _count(_reply, and_(_reply.c.community_id == community.c.id, _there(_reply))),
    ),
    "the site": select(
        total("posts") - _count(_other, _there(_other)),
        total("comments") - _count(_reply, _there(_reply)),
    ),
}
_CHECKS = {name: Statement(query) for name, query in CHECKS.items()}


class Machine:
    """Does what a sequence of numbers says; refusals are part of life."""

    def __init__(self, forum: Forum) -> None:
        self.forum = forum
        self.mod = a_person(forum, "mod")
        self.people = [self.mod, a_person(forum, "ann"), a_person(forum, "bob")]
        self.place: CommunityId = a_community(forum, self.mod, "place")
        self.posts: list[PostId] = [a_post(forum, self.mod, self.place)]
        self.comments: list[CommentId] = []

    def step(self, chance: random.Random) -> None:
        who = chance.choice(self.people)
        act = chance.choice(
            (self._write, self._comment, self._delete, self._remove, self._vote, self._vote)
        )
        try:
            act(who, chance)
        except ForumError:
            self.check()

    def check(self) -> None:
        for name, statement in _CHECKS.items():
            rows = self.forum.read_now(_all, statement)
            assert all(not any(row) for row in rows), (name, rows)

    def _write(self, who: Viewer, _: random.Random) -> None:
        self.posts.append(a_post(self.forum, who, self.place))

    def _comment(self, who: Viewer, chance: random.Random) -> None:
        parent = chance.choice([None, *self.comments])
        found = a_comment(self.forum, who, chance.choice(self.posts), parent)
        self.comments.append(found)

    def _delete(self, who: Viewer, chance: random.Random) -> None:
        deleted = chance.random() < 0.6
        if self.comments and chance.random() < 0.5:
            on = chance.choice(self.comments)
            self.forum.act_now(delete_comment, who.doer, on, deleted=deleted)
        else:
            on_post = chance.choice(self.posts)
            self.forum.act_now(delete_post, who.doer, on_post, deleted=deleted)

    def _remove(self, _: Viewer, chance: random.Random) -> None:
        removed = chance.random() < 0.6
        by = self.mod.doer
        if self.comments and chance.random() < 0.5:
            on = chance.choice(self.comments)
            self.forum.act_now(remove_comment, by, on, removed=removed, reason=None)
        else:
            on_post = chance.choice(self.posts)
            self.forum.act_now(remove_post, by, on_post, removed=removed, reason=None)

    def _vote(self, who: Viewer, chance: random.Random) -> None:
        score = chance.choice((-1, 0, 1))
        if self.comments and chance.random() < 0.5:
            self.forum.act_now(vote_comment, who.doer, chance.choice(self.comments), score)
        else:
            self.forum.act_now(vote_post, who.doer, chance.choice(self.posts), score)


def _all(tx: Transaction, statement: Statement) -> list[Any]:
    return tx.conn.all(statement)


@pytest.fixture
def machine(forum: Forum) -> Machine:
    return Machine(forum)


# One forum goes on through all examples: its history is as long as the test.
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seeds=st.lists(st.integers(0, 2**32), min_size=5, max_size=25))
def test_counters_are_what_the_rows_say(machine: Machine, seeds: list[int]) -> None:
    for seed in seeds:
        machine.step(random.Random(seed))
    machine.check()


def test_the_check_sees_a_wrong_counter(machine: Machine) -> None:
    machine.forum.act_now(lambda tx: tx.conn.run(Statement(update(post).values(score=5))))
    with pytest.raises(AssertionError):
        machine.check()
