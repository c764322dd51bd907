"""Counting anew what the counters beside rows should say.

Posts and comments come in slices, and a slice is counted in the transaction that corrects it. A
person's or a community's figures may be the sum of very many rows: those are counted in a read,
which nobody waits for, as differences from what is stored; a difference stays true while others
go on counting, so it is simply added.
"""

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Table,
    and_,
    case,
    cast,
    func,
    select,
    update,
)
from sqlalchemy import literal_column as literal

from moothall.domain.ranking import NECRO_WINDOW
from moothall.domain.time import Time

from .connection import Connection
from .site import count_writing, total
from .statements import Statement, any_of, param
from .tables import (
    comment,
    comment_vote,
    community,
    community_follow,
    person,
    post,
    post_vote,
    site,
)


class PostFigures(NamedTuple):
    """What a post's row says, or should say."""

    comments: int
    upvotes: int
    downvotes: int
    newest_comment_at: Time
    newest_comment_necro_at: Time
    hot_rank: float
    active_rank: float
    scaled_rank: float
    controversy_rank: float
    score: int


class CommentFigures(NamedTuple):
    """What a comment's row says, or should say."""

    upvotes: int
    downvotes: int
    child_count: int
    hot_rank: float
    controversy_rank: float
    score: int


class CountedPost(NamedTuple):
    """A post with its stored figures and the rows behind them counted."""

    id: int
    created_at: Time
    users_active_month: int
    stored: PostFigures
    comments: int
    upvotes: int
    downvotes: int
    newest_comment_at: Time
    newest_comment_necro_at: Time


class CountedComment(NamedTuple):
    """The same of a comment."""

    id: int
    created_at: Time
    stored: CommentFigures
    upvotes: int
    downvotes: int
    child_count: int


def _there(table: Table) -> ColumnElement[bool]:
    return and_(table.c.deleted.is_(False), table.c.removed.is_(False))


def _votes(table: Table, subject: str) -> Statement:
    column = table.c[subject]
    return Statement(
        select(column, table.c.score, func.count())
        .where(any_of(column, "ids"))
        .group_by(column, table.c.score)
    )


_POST_VOTES = _votes(post_vote, "post_id")
_COMMENT_VOTES = _votes(comment_vote, "comment_id")


def _count_votes(conn: Connection, query: Statement, ids: Sequence[int]) -> dict[int, list[int]]:
    """[up, down] of each that has votes."""
    found: dict[int, list[int]] = {}
    for subject_id, score, number in conn.all(query, ids=list(ids)):
        found.setdefault(subject_id, [0, 0])[score < 0] += number
    return found


# The newest comment counts for "active" if it is not the author's and came in time.
_necro = case(
    (
        and_(
            comment.c.creator_id != post.c.creator_id,
            comment.c.created_at - post.c.created_at <= NECRO_WINDOW,
        ),
        comment.c.created_at,
    )
)
_POST_COMMENTS = Statement(
    select(
        comment.c.post_id,
        func.sum(case((_there(comment), 1), else_=0)),
        func.max(comment.c.created_at),
        func.max(_necro),
    )
    .join(post, post.c.id == comment.c.post_id)
    .where(any_of(comment.c.post_id, "ids"))
    .group_by(comment.c.post_id)
)
_POSTS = Statement(
    select(
        *[post.c[name] for name in PostFigures._fields],
        post.c.id,
        post.c.created_at,
        community.c.users_active_month,
    )
    .join(community, community.c.id == post.c.community_id)
    .where(any_of(post.c.id, "ids"))
    .with_for_update(of=post),
    groups=(PostFigures,),
)


def count_posts(conn: Connection, ids: Sequence[int]) -> list[CountedPost]:
    """Posts with what their votes and comments say; their rows are held until the end."""
    stored = conn.all(_POSTS, ids=list(ids))
    votes = _count_votes(conn, _POST_VOTES, ids)
    comments = {row[0]: row[1:] for row in conn.all(_POST_COMMENTS, ids=list(ids))}
    counted = []
    for figures, post_id, created_at, active in stored:
        number, newest, necro = comments.get(post_id, (0, None, None))
        upvotes, downvotes = votes.get(post_id, (0, 0))
        counted.append(
            CountedPost(
                post_id,
                created_at,
                active,
                figures,
                number,
                upvotes,
                downvotes,
                # A comment of another server may be older than its post.
                newest_comment_at=max(created_at, newest or 0),
                newest_comment_necro_at=max(created_at, necro or 0),
            )
        )
    return counted


# All that begins with a path and a dot: "/" is the character after the dot (see comment_thread).
def _children(path: Any, other: Any) -> Any:
    counted = comment.alias("descendant")
    return (
        select(func.count())
        .select_from(counted)
        .where(
            counted.c.post_id == comment.c.post_id,
            other(counted) > path + literal("'.'"),
            other(counted) < path + literal("'/'"),
        )
        .scalar_subquery()
    )


def _comments(child_count: Any) -> "Select[Any]":
    return (
        select(
            *[comment.c[name] for name in CommentFigures._fields],
            comment.c.id,
            comment.c.created_at,
            child_count.label("children"),
        )
        .where(any_of(comment.c.id, "ids"))
        .with_for_update(of=comment)
    )


_COMMENTS = Statement(
    _comments(_children(comment.c.path, lambda table: table.c.path)),
    postgresql=_comments(
        _children(comment.c.path.collate("C"), lambda table: table.c.path.collate("C"))
    ),
    groups=(CommentFigures,),
)


def count_comments(conn: Connection, ids: Sequence[int]) -> list[CountedComment]:
    """Comments with what their votes and answers say; their rows are held until the end."""
    votes = _count_votes(conn, _COMMENT_VOTES, ids)
    counted = []
    for stored, comment_id, created_at, children in conn.all(_COMMENTS, ids=list(ids)):
        upvotes, downvotes = votes.get(comment_id, (0, 0))
        counted.append(CountedComment(comment_id, created_at, stored, upvotes, downvotes, children))
    return counted


@functools.lru_cache(maxsize=256)
def _set(table: Table, names: tuple[str, ...]) -> Statement:
    return Statement(
        update(table)
        .where(table.c.id == param("row_id"))
        .values({name: param(name) for name in names})
    )


def set_post(conn: Connection, post_id: int, old: PostFigures, new: PostFigures) -> None:
    """Store those figures of a post that differ: each column named costs its indexes."""
    _change(conn, post, post_id, old, new)


def set_comment(
    conn: Connection, comment_id: int, old: CommentFigures, new: CommentFigures
) -> None:
    """The same of a comment."""
    _change(conn, comment, comment_id, old, new)


def _change(
    conn: Connection,
    table: Table,
    row_id: int,
    old: PostFigures | CommentFigures,
    new: PostFigures | CommentFigures,
) -> None:
    pairs = zip(new._fields, old, new, strict=True)
    changes = {name: after for name, before, after in pairs if before != after}
    conn.run(_set(table, tuple(changes)), row_id=row_id, **changes)


# ---- sums over many rows -------------------------------------------------------------------------


class Correction(NamedTuple):
    """What has to be added to some figures of one row."""

    id: int
    changes: dict[str, int]


def _sum(table: Table, value: Any, *conditions: ColumnElement[bool]) -> ColumnElement[Any]:
    query = select(func.coalesce(func.sum(value), 0)).select_from(table).where(*conditions)
    return cast(query.scalar_subquery(), Integer)


def _number(table: Table, *conditions: ColumnElement[bool]) -> ColumnElement[Any]:
    return select(func.count()).select_from(table).where(*conditions).scalar_subquery()


class _Sums:
    """Figures of one table: what they should be, and how to add to them.

    `totals` are those that stand elsewhere, and are added to by somebody else.
    """

    def __init__(
        self,
        table: Table,
        figures: dict[str, ColumnElement[Any]],
        totals: dict[str, ColumnElement[Any]] | None = None,
    ) -> None:
        stored = {name: table.c[name] for name in figures}
        wanted = figures | (totals or {})
        self.names = tuple(wanted)
        difference = [
            (value - (stored[name] if name in stored else total(name))).label(name)
            for name, value in wanted.items()
        ]
        self.query = Statement(select(table.c.id, *difference).where(any_of(table.c.id, "ids")))
        self.add = Statement(
            update(table)
            .where(table.c.id == param("row_id"))
            .values({name: table.c[name] + param(f"by_{name}") for name in figures})
        )


_follower = person.alias("follower")
_SUMS = {
    "person": _Sums(
        person,
        {
            "post_count": _number(post, post.c.creator_id == person.c.id, _there(post)),
            "comment_count": _number(comment, comment.c.creator_id == person.c.id, _there(comment)),
            "post_score": _sum(post, post.c.score, post.c.creator_id == person.c.id),
            "comment_score": _sum(comment, comment.c.score, comment.c.creator_id == person.c.id),
        },
    ),
    "community": _Sums(
        community,
        {
            "subscribers": _number(
                community_follow, community_follow.c.community_id == community.c.id
            ),
            "subscribers_local": select(func.count())
            .select_from(
                community_follow.join(_follower, _follower.c.id == community_follow.c.person_id)
            )
            .where(community_follow.c.community_id == community.c.id, _follower.c.local.is_(True))
            .scalar_subquery(),
            "posts": _number(post, post.c.community_id == community.c.id, _there(post)),
            # Posts have counted theirs.
            "comments": _sum(post, post.c.comments, post.c.community_id == community.c.id),
        },
    ),
    "site": _Sums(
        site,
        {
            "users": _number(person, person.c.local.is_(True), person.c.deleted.is_(False)),
            "communities": _number(community, community.c.local.is_(True), _there(community)),
        },
        totals={
            "posts": _number(post, post.c.local.is_(True), _there(post)),
            "comments": _number(comment, comment.c.local.is_(True), _there(comment)),
        },
    ),
}


def find_corrections(conn: Connection, kind: str, ids: Sequence[int]) -> list[Correction]:
    """What the figures of people, communities or the site lack; only rows that need it."""
    sums = _SUMS[kind]
    found = []
    for row_id, *differences in conn.all(sums.query, ids=list(ids)):
        if any(differences):
            found.append(Correction(row_id, dict(zip(sums.names, differences, strict=True))))
    return found


def add_corrections(conn: Connection, kind: str, corrections: Sequence[Correction]) -> None:
    """Add what lacks."""
    if kind == "site":
        for each in corrections:
            count_writing(conn, posts=each.changes["posts"], comments=each.changes["comments"])
    conn.run_many(
        _SUMS[kind].add,
        (
            {"row_id": each.id} | {f"by_{name}": by for name, by in each.changes.items()}
            for each in corrections
        ),
    )
