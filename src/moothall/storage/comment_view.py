"""Comments as a viewer sees them: from ids to whole views.

What is deleted or removed keeps its place but not its words; only admins get those. That stands in
the query itself, so nobody can forget it.
"""

import functools
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    and_,
    case,
    cast,
    false,
    func,
    null,
    or_,
    select,
)

from moothall.domain.comment import Comment, CommentCounts, CommentView
from moothall.domain.community import Community, Subscribed, subscription
from moothall.domain.ids import CommentId
from moothall.domain.post import Post
from moothall.domain.time import Time
from moothall.domain.user import Person, Viewer
from moothall.domain.visibility import Who, who, without_description, without_text

from . import columns
from .connection import Connection
from .statements import Row, Statement, any_of, param
from .tables import (
    account,
    comment,
    comment_save,
    comment_vote,
    community,
    community_ban,
    community_follow,
    community_moderator,
    person,
    person_block,
    post,
)
from .visibility import post_visible

Condition = ColumnElement[bool]

_CONTENT = Comment._fields.index("content")
OF_THREAD = (Comment, CommentCounts, Person)
PLACE = (Post, Community)


class Surroundings(NamedTuple):
    """Where comments stand, and what the viewer is there."""

    post: Post
    community: Community
    is_banned: bool
    subscribed: Subscribed


def surroundings(row: Row) -> Surroundings:
    """From a row of `place_columns` read with their groups."""
    of_post, of_community, is_banned, pending = row
    return Surroundings(of_post, of_community, is_banned, subscription(pending))


def load_comments(
    conn: Connection,
    viewer: Viewer | None,
    ids: Sequence[int],
    now: Time,
    *,
    with_html: bool = False,
) -> list[CommentView]:
    """Comments by id, in the given order; ids that there are not are left out.

    Checks nothing: the caller's query has chosen what may be seen.
    """
    statement = _views(who(viewer), with_html=with_html)
    by_id: dict[int, CommentView] = {}
    for of, counts, creator, of_post, of_community, *flags in _rows(
        conn, statement, viewer, ids, now
    ):
        banned, is_moderator, is_admin, saved, blocked, vote, own_ban, pending = flags
        by_id[of.id] = CommentView(
            of, counts, creator, of_post, of_community, banned, is_moderator, is_admin,
            own_ban, subscription(pending), saved, blocked, vote,
        )  # fmt: skip
    return [by_id[one] for one in ids if one in by_id]


def thread_views(rows: Iterable[Row], around: Surroundings) -> list[CommentView]:
    """Comments of one post, which all share its objects, from rows of `select_views`."""
    of_post, of_community, own_ban, subscribed = around
    return [
        CommentView(
            of, counts, creator, of_post, of_community, banned, is_moderator, is_admin,
            own_ban, subscribed, saved, blocked, vote,
        )
        for of, counts, creator, banned, is_moderator, is_admin, saved, blocked, vote, *_ in rows
    ]  # fmt: skip


def _rows(
    conn: Connection, statement: Statement, viewer: Viewer | None, ids: Sequence[int], now: Time
) -> list[Row]:
    if not ids:
        return []
    viewer_id = None if viewer is None else viewer.person_id
    return conn.all(statement, ids=ids, viewer_id=viewer_id, now=now)


@functools.lru_cache
def _views(kind: Who, *, with_html: bool) -> Statement:
    placed = [*columns.post(post), *columns.community(community)]
    query = select_views(comment, kind, with_html=with_html, placed=placed, also=_ties(kind))
    query = (
        query.join(post, post.c.id == comment.c.post_id)
        .join(community, community.c.id == comment.c.community_id)
        .where(any_of(comment.c.id, "ids"))
    )
    if kind != Who.NOBODY:
        query = join_ties(query, comment.c.community_id)
    return Statement(query, groups=(*OF_THREAD, *PLACE))


def select_views(
    start: FromClause,
    kind: Who,
    *,
    with_html: bool,
    placed: columns.Columns | None = None,
    also: columns.Columns | None = None,
) -> "Select[Any]":
    """The views of the comments in `start`, which has the table `comment` in it.

    The groups of a row are `OF_THREAD`, then those of the columns `placed`; `also` come last.
    """
    chosen = [*_comment(kind, with_html=with_html), *columns.comment_counts(comment)]
    chosen += [*columns.person(person), *(placed or [])]
    flags = [*_creator_flags(), *_own_flags(kind), *(also or [])]
    query = _join_creator(select(*chosen, *flags).select_from(start))
    return query if kind == Who.NOBODY else _join_own(query)


def _comment(kind: Who, *, with_html: bool) -> columns.Columns:
    found = columns.comment(comment, html=with_html)
    if kind == Who.ADMIN:
        return found
    is_there = and_(comment.c.deleted.is_(False), comment.c.removed.is_(False))
    found[_CONTENT] = case((is_there, comment.c.content), else_="").label("content")
    if with_html:
        found[-1] = case((is_there, comment.c.content_html)).label("content_html")
    return found


def _creator_flags() -> columns.Columns:
    return [
        _creator_ban.c.person_id.is_not(None).label("creator_banned"),
        community_moderator.c.person_id.is_not(None).label("creator_is_moderator"),
        func.coalesce(account.c.is_admin, false()).label("creator_is_admin"),
    ]


def _own_flags(kind: Who) -> columns.Columns:
    if kind == Who.NOBODY:
        vote = cast(null(), Integer).label("my_vote")
        return [false().label("saved"), false().label("blocked"), vote]
    return [
        comment_save.c.person_id.is_not(None).label("saved"),
        person_block.c.person_id.is_not(None).label("blocked"),
        comment_vote.c.score.label("my_vote"),
    ]


def place_columns(kind: Who) -> columns.Columns:
    """The columns of `Surroundings`, to be read with the groups `PLACE`.

    For whoever is signed in, `join_ties` goes with them.
    """
    return [*columns.post(post), *columns.community(community), *_ties(kind)]


def _ties(kind: Who) -> columns.Columns:
    if kind == Who.NOBODY:
        return [false().label("own_banned"), cast(null(), Boolean).label("pending")]
    return [_own_ban.c.person_id.is_not(None).label("own_banned"), _own_follow.c.pending]


_creator_ban = community_ban.alias("creator_ban")
_own_ban = community_ban.alias("own_ban")
_own_follow = community_follow.alias("own_follow")


def _join_creator(query: "Select[Any]") -> "Select[Any]":
    return (
        query.join(person, person.c.id == comment.c.creator_id)
        .outerjoin(account, account.c.person_id == comment.c.creator_id)
        .outerjoin(
            community_moderator,
            and_(
                community_moderator.c.community_id == comment.c.community_id,
                community_moderator.c.person_id == comment.c.creator_id,
            ),
        )
        .outerjoin(
            _creator_ban,
            and_(
                _creator_ban.c.community_id == comment.c.community_id,
                _creator_ban.c.person_id == comment.c.creator_id,
                _is_running(_creator_ban),
            ),
        )
    )


def _join_own(query: "Select[Any]") -> "Select[Any]":
    return (
        query.outerjoin(
            comment_save,
            and_(
                comment_save.c.comment_id == comment.c.id,
                comment_save.c.person_id == param("viewer_id"),
            ),
        )
        .outerjoin(
            comment_vote,
            and_(
                comment_vote.c.comment_id == comment.c.id,
                comment_vote.c.person_id == param("viewer_id"),
            ),
        )
        .outerjoin(
            person_block,
            and_(
                person_block.c.person_id == param("viewer_id"),
                person_block.c.target_id == comment.c.creator_id,
            ),
        )
    )


def join_ties(query: "Select[Any]", community_id: ColumnElement[Any]) -> "Select[Any]":
    """Add what binds the viewer to the community of each row."""
    return query.outerjoin(
        _own_ban,
        and_(
            _own_ban.c.community_id == community_id,
            _own_ban.c.person_id == param("viewer_id"),
            _is_running(_own_ban),
        ),
    ).outerjoin(
        _own_follow,
        and_(
            _own_follow.c.person_id == param("viewer_id"),
            _own_follow.c.community_id == community_id,
        ),
    )


def _is_running(ban: FromClause) -> Condition:
    return or_(ban.c.expires_at.is_(None), ban.c.expires_at > param("now"))


@functools.lru_cache
def _visible(kind: Who) -> Statement:
    may_see = sees_place = post_visible(kind)
    if kind == Who.PERSON:
        may_see = or_(sees_place, comment.c.creator_id == param("viewer_id"))
    return Statement(
        select(sees_place.label("sees_place"))
        .select_from(comment)
        .join(post, post.c.id == comment.c.post_id)
        .join(community, community.c.id == comment.c.community_id)
        .where(comment.c.id == param("comment_id"), may_see)
    )


def sees_post(conn: Connection, viewer: Viewer | None, comment_id: CommentId) -> bool | None:
    """Whether they may open the comment's post; None if they may not even open the comment."""
    viewer_id = None if viewer is None else viewer.person_id
    row = conn.one(_visible(who(viewer)), comment_id=comment_id, viewer_id=viewer_id)
    return None if row is None else bool(row[0])


def is_visible(conn: Connection, viewer: Viewer | None, comment_id: CommentId) -> bool:
    """Whether this viewer may open the comment: its author, and whoever may open its post."""
    return sees_post(conn, viewer, comment_id) is not None


def view_comment(
    conn: Connection,
    viewer: Viewer | None,
    comment_id: CommentId,
    now: Time,
    *,
    with_html: bool = False,
) -> CommentView | None:
    """One comment; None also where this viewer may not see it.

    Of a post that they may not open its commenters are still told the title, and where it stood.
    """
    sees_place = sees_post(conn, viewer, comment_id)
    if sees_place is None:
        return None
    [view] = load_comments(conn, viewer, [comment_id], now, with_html=with_html)
    if sees_place:
        return view
    return view._replace(
        post=without_text(view.post), community=without_description(view.community)
    )
