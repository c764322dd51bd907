"""What a viewer sees of posts: one row with all that belongs to it, for one post or for a list.

A list hands in a query for the ids of its page, in order; the rows of the page are then joined in
the same statement. Outer joins throughout: they keep the order of the ids, and SQLite the order of
the joins.
"""

import functools
from typing import Any

from sqlalchemy import ColumnElement, Executable, FromClause, and_, func, literal, or_, select

from moothall.domain.community import Community, Subscribed, subscription
from moothall.domain.ids import PostId
from moothall.domain.post import Post, PostCounts, PostView
from moothall.domain.time import Time
from moothall.domain.user import Person, Viewer
from moothall.domain.visibility import Who, who

from . import columns
from .connection import Connection
from .statements import Dialect, Row, Statement, param
from .tables import (
    account,
    community,
    community_ban,
    community_follow,
    community_moderator,
    person,
    person_block,
    post,
    post_hide,
    post_read,
    post_save,
    post_vote,
)
from .visibility import post_visible

GROUPS = (Post, PostCounts, Person, Community)

_creator = person.alias("creator")
_own_ban = community_ban.alias("own_ban")


def view_columns(*, signed_in: bool, html: bool) -> columns.Columns:
    """The columns of a row that `view_of` reads, to be selected from `view_joins`."""
    found = [
        *columns.post(post, html=html),
        *columns.post_counts(post),
        *columns.person(_creator),
        *columns.community(community),
        community_ban.c.person_id.is_not(None),
        community_moderator.c.person_id.is_not(None),
        func.coalesce(account.c.is_admin, literal(value=False)),
    ]
    return [*found, *_viewer_columns()] if signed_in else found


def _viewer_columns() -> columns.Columns:
    return [
        _own_ban.c.person_id.is_not(None),
        community_follow.c.pending,
        post_save.c.person_id.is_not(None),
        post_read.c.person_id.is_not(None),
        post_hide.c.person_id.is_not(None),
        person_block.c.person_id.is_not(None),
        post_vote.c.score,
        post_read.c.comments_seen,
    ]


def view_joins(start: FromClause, post_id: ColumnElement[Any], *, signed_in: bool) -> FromClause:
    """All tables of a view, joined to something that has the post's id."""
    joined = (
        start.outerjoin(post, post.c.id == post_id)
        .outerjoin(_creator, _creator.c.id == post.c.creator_id)
        .outerjoin(community, community.c.id == post.c.community_id)
        .outerjoin(community_ban, _bans(community_ban, post.c.creator_id))
        .outerjoin(
            community_moderator,
            and_(
                community_moderator.c.community_id == post.c.community_id,
                community_moderator.c.person_id == post.c.creator_id,
            ),
        )
        .outerjoin(account, account.c.person_id == post.c.creator_id)
    )
    return _viewer_joins(joined) if signed_in else joined


def _bans(table: FromClause, person_id: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(
        table.c.community_id == post.c.community_id,
        table.c.person_id == person_id,
        or_(table.c.expires_at.is_(None), table.c.expires_at > param("now")),
    )


def _viewer_joins(joined: FromClause) -> FromClause:
    me = param("viewer_id")
    joined = joined.outerjoin(_own_ban, _bans(_own_ban, me)).outerjoin(
        community_follow,
        and_(
            community_follow.c.person_id == me,
            community_follow.c.community_id == post.c.community_id,
        ),
    )
    for table in (post_save, post_read, post_hide, post_vote):
        joined = joined.outerjoin(
            table, and_(table.c.post_id == post.c.id, table.c.person_id == me)
        )
    return joined.outerjoin(
        person_block,
        and_(person_block.c.person_id == me, person_block.c.target_id == post.c.creator_id),
    )


def view_of(row: Row) -> PostView:
    """A view from a row of `view_columns` read with `GROUPS`; further columns do not matter."""
    (post_, counts, creator, community_, banned, moderator, admin) = row[:7]
    return PostView(
        post=post_,
        counts=counts,
        creator=creator,
        community=community_,
        creator_banned_from_community=banned,
        creator_is_moderator=moderator,
        creator_is_admin=admin,
        banned_from_community=False,
        subscribed=Subscribed.NOT_SUBSCRIBED,
        saved=False,
        read=False,
        hidden=False,
        creator_blocked=False,
        my_vote=None,
        unread_comments=counts.comments,
    )


def signed_in_view_of(row: Row) -> PostView:
    """The same for a row with the viewer's columns."""
    (post_, counts, creator, community_, banned, moderator, admin) = row[:7]
    (own_ban, pending, saved, read, hidden, blocked, vote, seen) = row[7:15]
    return PostView(
        post=post_,
        counts=counts,
        creator=creator,
        community=community_,
        creator_banned_from_community=banned,
        creator_is_moderator=moderator,
        creator_is_admin=admin,
        banned_from_community=own_ban,
        subscribed=subscription(pending),
        saved=saved,
        read=read,
        hidden=hidden,
        creator_blocked=blocked,
        my_vote=vote,
        unread_comments=counts.comments if seen is None else max(0, counts.comments - seen),
    )


def view_values(viewer: Viewer | None, now: Time) -> dict[str, Any]:
    """The parameters of a query with `view_joins`."""
    return {"now": now} if viewer is None else {"now": now, "viewer_id": viewer.person_id}


@functools.lru_cache(maxsize=32)
def _one(kind: Who, *, html: bool) -> Statement:
    def build(_: Dialect) -> Executable:
        signed_in = kind != Who.NOBODY
        here = select(post.c.id).where(post.c.id == param("post_id")).subquery("here")
        return (
            select(*view_columns(signed_in=signed_in, html=html))
            .select_from(view_joins(here, here.c.id, signed_in=signed_in))
            .where(post_visible(kind, post, community))
        )

    return Statement(build, groups=GROUPS)


def get_view(
    conn: Connection, post_id: PostId, viewer: Viewer | None, now: Time, *, html: bool = False
) -> PostView | None:
    """One post, None where there is none for this viewer."""
    row = conn.one(_one(who(viewer), html=html), post_id=post_id, **view_values(viewer, now))
    if row is None:
        return None
    return view_of(row) if viewer is None else signed_in_view_of(row)
