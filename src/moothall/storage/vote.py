"""Votes on posts and comments, and the figures that they move."""

from typing import Any, NamedTuple

from sqlalchemy import FromClause, Select, Table, and_, delete, select, update

from moothall.domain.comment import Comment, CommentCounts
from moothall.domain.community import Community, Standing
from moothall.domain.ids import CommentId, CommunityId, PersonId, PostId
from moothall.domain.post import Post, PostCounts, VoteView
from moothall.domain.time import Time
from moothall.domain.user import Person

from . import columns
from .connection import Connection
from .dialects import upsert
from .standing import FACTS, HOLDS, join_standing, read_standing
from .statements import Row, Statement, param
from .tables import (
    IS_SITE,
    comment,
    comment_vote,
    community,
    community_ban,
    community_follow,
    person,
    post,
    post_vote,
    site,
)

# ---- votes -------------------------------------------------------------------------------------


class _Votes:
    """The statements about one table of votes."""

    def __init__(self, table: Table, subject: str) -> None:
        keys = [subject, "person_id"]
        values = {name: param(name) for name in (*keys, "score")} | {"created_at": param("now")}
        mine = and_(*[table.c[name] == param(name) for name in keys])
        self.set = upsert(table, keys, values)
        self.withdraw = Statement(delete(table).where(mine))
        self.find = Statement(select(table.c.score).where(mine))


_POST = _Votes(post_vote, "post_id")
_COMMENT = _Votes(comment_vote, "comment_id")


def set_post_vote(
    conn: Connection, post_id: PostId, person_id: PersonId, score: int, now: Time
) -> None:
    """Store a vote, 1 or -1; 0 withdraws it. Counters are the caller's."""
    if score == 0:
        conn.run(_POST.withdraw, post_id=post_id, person_id=person_id)
    else:
        conn.run(_POST.set, post_id=post_id, person_id=person_id, score=score, now=now)


def post_vote_of(conn: Connection, post_id: PostId, person_id: PersonId) -> int:
    """Somebody's vote, 0 for none."""
    return conn.value(_POST.find, post_id=post_id, person_id=person_id) or 0


def set_comment_vote(
    conn: Connection, comment_id: CommentId, person_id: PersonId, score: int, now: Time
) -> None:
    """The same for a comment."""
    if score == 0:
        conn.run(_COMMENT.withdraw, comment_id=comment_id, person_id=person_id)
    else:
        conn.run(_COMMENT.set, comment_id=comment_id, person_id=person_id, score=score, now=now)


def comment_vote_of(conn: Connection, comment_id: CommentId, person_id: PersonId) -> int:
    """Somebody's vote, 0 for none."""
    return conn.value(_COMMENT.find, comment_id=comment_id, person_id=person_id) or 0


_ADD_POST_SCORE = Statement(
    update(person)
    .where(person.c.id == param("person_id"))
    .values(post_score=person.c.post_score + param("change"))
)
_ADD_COMMENT_SCORE = Statement(
    update(person)
    .where(person.c.id == param("person_id"))
    .values(comment_score=person.c.comment_score + param("change"))
)


def add_post_score(conn: Connection, author_id: PersonId, change: int) -> None:
    """Move the sum of votes on somebody's posts."""
    conn.run(_ADD_POST_SCORE, person_id=author_id, change=change)


def add_comment_score(conn: Connection, author_id: PersonId, change: int) -> None:
    """Move the sum of votes on somebody's comments."""
    conn.run(_ADD_COMMENT_SCORE, person_id=author_id, change=change)


# ---- what a vote depends on --------------------------------------------------------------------


class Ballot(NamedTuple):
    """What rules and ranks need to know before somebody votes.

    `follows` is what they have to do with the community beside their standing there.
    """

    post: Post
    post_counts: PostCounts
    community: Community
    standing: Standing
    follows: bool
    enable_downvotes: bool
    users_active_month: int
    # When the newest comment came that counts for "active".
    newest_necro_at: Time


def _facts() -> columns.Columns:
    return [
        *FACTS,
        community_follow.c.pending,
        site.c.enable_downvotes,
        community.c.users_active_month,
        post.c.newest_comment_necro_at,
    ]


def _ballot(query: "Select[Any]", start: FromClause) -> "Select[Any]":
    place = start.join(community, community.c.id == post.c.community_id).join(site, IS_SITE)
    return query.select_from(
        join_standing(place, post.c.community_id).outerjoin(
            community_follow,
            and_(
                community_follow.c.community_id == post.c.community_id,
                community_follow.c.person_id == param("person_id"),
            ),
        )
    )


_SHARED = [*columns.post(post), *columns.post_counts(post), *columns.community(community)]
_POST_BALLOT = Statement(
    _ballot(select(*_SHARED, *_facts()), post)
    .where(post.c.id == param("post_id"))
    .with_for_update(of=post),
    groups=(Post, PostCounts, Community),
)
_COMMENT_BALLOT = Statement(
    _ballot(
        select(*columns.comment(comment), *columns.comment_counts(comment), *_SHARED, *_facts()),
        comment.join(post, post.c.id == comment.c.post_id),
    )
    .where(comment.c.id == param("comment_id"))
    .with_for_update(of=comment),
    groups=(Comment, CommentCounts, Post, PostCounts, Community),
)


def post_ballot(conn: Connection, post_id: PostId, person_id: PersonId, now: Time) -> Ballot | None:
    """A post before a vote; nobody else changes its row before this transaction ends."""
    row = conn.one(_POST_BALLOT, post_id=post_id, person_id=person_id, now=now)
    return None if row is None else _read_ballot(row)


def comment_ballot(
    conn: Connection, comment_id: CommentId, person_id: PersonId, now: Time
) -> tuple[Comment, CommentCounts, Ballot] | None:
    """The same for a comment."""
    row = conn.one(_COMMENT_BALLOT, comment_id=comment_id, person_id=person_id, now=now)
    return None if row is None else (row[0], row[1], _read_ballot(row[2:]))


def _read_ballot(row: Row) -> Ballot:
    facts, (pending, *rest) = row[3:7], row[7:]
    return Ballot(row[0], row[1], row[2], read_standing(facts), pending is False, *rest)


# ---- who voted ---------------------------------------------------------------------------------


def _voters(votes: Table, subject: str) -> Statement:
    banned = and_(
        community_ban.c.community_id == param("community_id"),
        community_ban.c.person_id == votes.c.person_id,
        HOLDS,
    )
    return Statement(
        select(*columns.person(person), community_ban.c.person_id.is_not(None), votes.c.score)
        .select_from(
            votes.join(person, person.c.id == votes.c.person_id).outerjoin(community_ban, banned)
        )
        .where(votes.c[subject] == param("subject_id"))
        .order_by(votes.c.score, votes.c.created_at, votes.c.person_id)
        .limit(param("limit"))
        .offset(param("offset")),
        groups=(Person,),
    )


_VOTERS = {"post": _voters(post_vote, "post_id"), "comment": _voters(comment_vote, "comment_id")}


def list_votes(
    conn: Connection,
    subject: str,
    subject_id: int,
    community_id: CommunityId,
    now: Time,
    *,
    limit: int,
    offset: int,
) -> list[VoteView]:
    """Who voted on a post or comment, downvotes first, then by time: sorts the votes on this one.

    With each stands whether they are banned from this community.
    """
    rows = conn.all(
        _VOTERS[subject],
        subject_id=subject_id,
        community_id=community_id,
        now=now,
        limit=limit,
        offset=offset,
    )
    return [VoteView._make(row) for row in rows]
