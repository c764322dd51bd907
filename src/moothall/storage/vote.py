"""Votes on posts and comments, and the figures that they move."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Table, and_, delete, or_, select, update

from moothall.domain.comment import Comment, CommentCounts
from moothall.domain.community import Community, Standing
from moothall.domain.ids import CommentId, PersonId, PostId
from moothall.domain.post import Post, PostCounts, VoteView
from moothall.domain.time import Time
from moothall.domain.user import Person

from . import columns
from .connection import Connection
from .dialects import upsert
from .statements import Row, Statement, param
from .tables import (
    account,
    comment,
    comment_vote,
    community,
    community_ban,
    community_follow,
    community_moderator,
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
        account.c.is_admin,
        account.c.admin_since,
        community_moderator.c.created_at,
        community_ban.c.created_at,
        community_follow.c.pending,
        site.c.enable_downvotes,
        community.c.users_active_month,
        post.c.newest_comment_necro_at,
    ]


def _here(table: Table) -> ColumnElement[bool]:
    mine: ColumnElement[bool] = and_(
        table.c.community_id == post.c.community_id, table.c.person_id == param("person_id")
    )
    return mine


def _ballot(query: "Select[Any]", start: Any) -> "Select[Any]":
    holds = or_(community_ban.c.expires_at.is_(None), community_ban.c.expires_at > param("now"))
    return query.select_from(
        start.join(community, community.c.id == post.c.community_id)
        .join(site, site.c.id == 1)
        .outerjoin(account, account.c.person_id == param("person_id"))
        .outerjoin(community_moderator, _here(community_moderator))
        .outerjoin(community_ban, and_(_here(community_ban), holds))
        .outerjoin(community_follow, _here(community_follow))
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
    is_admin, admin_since, moderator_since, banned_since, pending = row[3:8]
    standing = Standing(
        is_admin=bool(is_admin),
        is_moderator=moderator_since is not None,
        is_banned=banned_since is not None,
        moderator_since=moderator_since,
        admin_since=admin_since,
    )
    return Ballot(row[0], row[1], row[2], standing, pending is False, *row[8:])


# ---- who voted ---------------------------------------------------------------------------------


def _voters(votes: Table, subject: str) -> Statement:
    # The community of a comment's post stands on the comment too.
    home = post if subject == "post_id" else comment
    query = (
        select(
            *columns.person(person),
            community_ban.c.person_id.is_not(None),
            votes.c.score,
        )
        .select_from(
            votes.join(person, person.c.id == votes.c.person_id)
            .join(home, home.c.id == votes.c[subject])
            .outerjoin(
                community_ban,
                and_(
                    community_ban.c.community_id == home.c.community_id,
                    community_ban.c.person_id == votes.c.person_id,
                    or_(
                        community_ban.c.expires_at.is_(None),
                        community_ban.c.expires_at > param("now"),
                    ),
                ),
            )
        )
        .where(votes.c[subject] == param("subject_id"))
        .order_by(votes.c.score, votes.c.created_at, votes.c.person_id)
        .limit(param("limit"))
        .offset(param("offset"))
    )
    return Statement(query, groups=(Person,))


_POST_VOTERS = _voters(post_vote, "post_id")
_COMMENT_VOTERS = _voters(comment_vote, "comment_id")


def list_post_votes(
    conn: Connection, post_id: PostId, now: Time, *, limit: int, offset: int
) -> list[VoteView]:
    """Who voted on a post, downvotes first, then by time. Sorts the votes of this one post."""
    values = {"subject_id": post_id, "now": now, "limit": limit, "offset": offset}
    return [VoteView._make(row) for row in conn.all(_POST_VOTERS, **values)]


def list_comment_votes(
    conn: Connection, comment_id: CommentId, now: Time, *, limit: int, offset: int
) -> list[VoteView]:
    """The same for a comment."""
    values = {"subject_id": comment_id, "now": now, "limit": limit, "offset": offset}
    return [VoteView._make(row) for row in conn.all(_COMMENT_VOTERS, **values)]
