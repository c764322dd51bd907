"""Votes: what they move, who may cast them, and what stays as it is."""

import json
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import insert, select

from moothall.actions.comment import delete_comment
from moothall.actions.community import add_moderator
from moothall.actions.post import delete_post
from moothall.actions.vote import vote_comment, vote_post
from moothall.domain import ranking
from moothall.domain.errors import ForumError
from moothall.domain.ids import CommentId, CommunityId, PostId
from moothall.domain.time import DAY, WEEK
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.storage.community import update_community
from moothall.storage.post import update_post
from moothall.storage.site import update_site
from moothall.storage.statements import Statement, param
from moothall.storage.tables import (
    comment,
    community_activity,
    community_ban,
    event,
    person,
    post,
    post_read,
    post_vote,
)
from moothall.storage.transaction import Transaction
from tests.support.builders import a_comment, a_community, a_person, a_post


@dataclass
class Booth:
    """A post and a comment of ann's, and bob who votes."""

    forum: Forum
    ann: Viewer
    bob: Viewer
    place: CommunityId
    post: PostId
    comment: CommentId

    def vote(self, score: int, by: Viewer | None = None) -> None:
        self.forum.act_now(vote_post, (by or self.bob).doer, self.post, score)

    def vote_comment(self, score: int, by: Viewer | None = None) -> None:
        self.forum.act_now(vote_comment, (by or self.bob).doer, self.comment, score)

    def row(self, table: Any, *names: str) -> Any:
        query = select(*[table.c[name] for name in names]).order_by(table.c.id).limit(1)
        return self.forum.read_now(lambda tx: tx.conn.one(Statement(query)))

    def figures(self) -> tuple[int, int, int]:
        found: tuple[int, int, int] = self.row(post, "upvotes", "downvotes", "score")
        return found

    def events(self) -> list[dict[str, Any]]:
        query = Statement(
            select(event.c.payload).where(event.c.kind == "vote_cast").order_by(event.c.id)
        )
        return self.forum.read_now(lambda tx: [json.loads(row[0]) for row in tx.conn.all(query)])


@pytest.fixture
def booth(forum: Forum) -> Booth:
    ann, bob = a_person(forum, "ann"), a_person(forum, "bob")
    place = a_community(forum, ann, "place")
    post_id = a_post(forum, ann, place)
    return Booth(forum, ann, bob, place, post_id, a_comment(forum, ann, post_id))


def test_a_vote_can_be_cast_changed_and_withdrawn(booth: Booth) -> None:
    assert booth.figures() == (1, 0, 1)
    booth.vote(1)
    assert booth.figures() == (2, 0, 2)
    booth.vote(-1)
    assert booth.figures() == (1, 1, 0)
    booth.vote(0)
    assert booth.figures() == (1, 0, 1)
    assert [each["score"] for each in booth.events()] == [1, -1, 0]
    assert [each["previous"] for each in booth.events()] == [0, 1, -1]


def test_the_same_vote_again_changes_nothing(booth: Booth) -> None:
    booth.vote(1)
    before = booth.row(post, *[column.name for column in post.c])
    booth.vote(1)
    assert booth.row(post, *[column.name for column in post.c]) == before
    assert len(booth.events()) == 1
    booth.vote(0)
    booth.vote(0)
    assert len(booth.events()) == 2


def test_ranks_follow_the_vote_at_once(booth: Booth) -> None:
    booth.forum.clock.advance(DAY)  # type: ignore[attr-defined]
    booth.vote(1)
    (created,) = booth.row(post, "created_at")
    hot, active, scaled, controversy = booth.row(
        post, "hot_rank", "active_rank", "scaled_rank", "controversy_rank"
    )
    now = booth.forum.clock.now  # type: ignore[attr-defined]
    assert hot == pytest.approx(ranking.hot_rank(2, created, now))
    # The only comment is the author's own, which does not count for "active".
    assert active == pytest.approx(hot)
    assert scaled == pytest.approx(ranking.scaled_rank(hot, 0))
    assert controversy == 0
    booth.vote(-1)
    assert booth.row(post, "controversy_rank") == (ranking.controversy_rank(1, 1),)
    booth.vote(0)
    assert booth.row(post, "controversy_rank") == (0,)


def test_an_old_post_gets_no_hot_rank_from_a_vote(booth: Booth) -> None:
    booth.forum.act_now(
        lambda tx: update_post(tx.conn, booth.post, hot_rank=0.0, scaled_rank=0.0, active_rank=0.0)
    )
    booth.forum.clock.advance(WEEK)  # type: ignore[attr-defined]
    booth.vote(1)
    assert booth.row(post, "hot_rank", "scaled_rank", "active_rank") == (0, 0, 0)
    assert booth.figures() == (2, 0, 2)


def test_a_vote_reads_the_post_without_its_comments(booth: Booth) -> None:
    booth.vote(1)
    query = Statement(
        select(post_read.c.comments_seen).where(post_read.c.person_id == booth.bob.person_id)
    )
    assert booth.forum.read_now(lambda tx: tx.conn.all(query)) == [(None,)]


def test_a_vote_counts_as_activity_once_an_hour(booth: Booth) -> None:
    query = Statement(
        select(community_activity.c.last_at).where(
            community_activity.c.person_id == booth.bob.person_id
        )
    )
    booth.vote(1)
    first = booth.forum.read_now(lambda tx: tx.conn.value(query))
    booth.vote(-1)
    assert booth.forum.read_now(lambda tx: tx.conn.value(query)) == first
    booth.forum.clock.advance(DAY)  # type: ignore[attr-defined]
    booth.vote(1)
    assert booth.forum.read_now(lambda tx: tx.conn.value(query)) > first


def test_votes_add_up_on_their_author(booth: Booth) -> None:
    booth.vote(1)
    booth.vote_comment(-1)
    assert booth.row(person, "name", "post_score", "comment_score") == ("ann", 2, 0)


def test_comments_take_votes_alike(booth: Booth) -> None:
    booth.vote_comment(1)
    names = ("upvotes", "downvotes", "score")
    assert booth.row(comment, *names) == (2, 0, 2)
    booth.vote_comment(-1)
    assert booth.row(comment, *names) == (1, 1, 0)
    assert booth.row(comment, "controversy_rank") == (2.0,)
    booth.vote_comment(-1)
    booth.vote_comment(0)
    assert booth.row(comment, *names) == (1, 0, 1)
    assert [each["score"] for each in booth.events()] == [1, -1, 0]
    assert booth.row(comment, "hot_rank")[0] > 0


_BAN = Statement(
    insert(community_ban).values(
        community_id=param("community_id"), person_id=param("person_id"), created_at=1
    )
)


def _ban(tx: Transaction, booth: Booth) -> None:
    tx.conn.run(_BAN, community_id=booth.place, person_id=booth.bob.person_id)


def _change_community(**changes: Any) -> Any:
    return lambda tx, booth: update_community(tx.conn, booth.place, **changes)


def _without_downvotes(tx: Transaction, _: Booth) -> None:
    update_site(tx.conn, enable_downvotes=False)


def _nothing(_: Transaction, __: Booth) -> None:
    pass


def _remove_post(tx: Transaction, booth: Booth) -> None:
    update_post(tx.conn, booth.post, removed=True)


REFUSALS: dict[str, tuple[Any, int, str]] = {
    "banned": (_ban, 1, "banned_from_community"),
    "no downvotes": (_without_downvotes, -1, "downvotes_are_disabled"),
    "a score of two": (_nothing, 2, "invalid_vote_value"),
    "a private place": (_change_community(visibility="Private"), 1, "couldnt_find_{}"),
    "a removed place": (_change_community(removed=True), 1, "couldnt_find_{}"),
    "a removed post": (_remove_post, 1, "couldnt_find_{}"),
}


@pytest.mark.parametrize("subject", ["post", "comment"])
@pytest.mark.parametrize("case", REFUSALS)
def test_who_may_not_vote(booth: Booth, case: str, subject: str) -> None:
    prepare, score, code = REFUSALS[case]
    booth.forum.act_now(prepare, booth)
    vote = booth.vote if subject == "post" else booth.vote_comment
    with pytest.raises(ForumError) as refused:
        vote(score)
    assert refused.value.code == code.format(subject)
    assert booth.events() == []
    query = Statement(select(post_vote.c.score).where(post_vote.c.person_id == booth.bob.person_id))
    assert booth.forum.read_now(lambda tx: tx.conn.all(query)) == []


def test_bots_do_not_vote(booth: Booth) -> None:
    robot = a_person(booth.forum, "robot", bot=True)
    for vote in (booth.vote, booth.vote_comment):
        with pytest.raises(ForumError) as refused:
            vote(1, robot)
        assert refused.value.code == "invalid_bot_action"


def test_what_is_gone_takes_no_votes(booth: Booth) -> None:
    booth.forum.act_now(delete_comment, booth.ann.doer, booth.comment, deleted=True)
    booth.forum.act_now(delete_post, booth.ann.doer, booth.post, deleted=True)
    for vote, code in (
        (booth.vote, "couldnt_find_post"),
        (booth.vote_comment, "couldnt_find_comment"),
    ):
        with pytest.raises(ForumError) as refused:
            vote(1)
        assert refused.value.code == code


def test_those_who_moderate_vote_on_what_only_they_see(booth: Booth) -> None:
    booth.forum.act_now(add_moderator, booth.ann.doer, booth.place, booth.bob.person_id)
    booth.forum.act_now(lambda tx: update_post(tx.conn, booth.post, removed=True))
    booth.vote(-1)
    assert booth.figures() == (1, 1, 0)


def test_an_unknown_id_is_not_found(booth: Booth) -> None:
    with pytest.raises(ForumError) as refused:
        booth.forum.act_now(vote_post, booth.bob.doer, PostId(99), 1)
    assert refused.value.code == "couldnt_find_post"
    with pytest.raises(ForumError) as refused:
        booth.forum.act_now(vote_comment, booth.bob.doer, CommentId(99), 1)
    assert refused.value.code == "couldnt_find_comment"
