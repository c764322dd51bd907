"""Replies and mentions as their recipient sees them, and how many wait.

Lists and counts have the same conditions, so that what is counted can be found: neither has what is
gone, what stands where the recipient may not look any more, nor what they do not want to see.
"""

import functools
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from moothall.domain.comment import CommentSort
from moothall.domain.notification import (
    Notification,
    NotificationQuery,
    NotificationView,
    UnreadCounts,
)
from moothall.domain.time import Time
from moothall.domain.user import Person, Viewer
from moothall.domain.visibility import Who, who

from . import columns
from .comment_choice import Taste, community_not_blocked, sorted_by, to_taste, viewer_values
from .comment_view import load_comments, view_comment
from .connection import Connection
from .private_message import SHOWN as MESSAGE_SHOWN
from .statements import Statement, param
from .tables import comment, community, notification, post, private_message
from .visibility import post_visible

# The values of the parameters that tell the kinds apart in `unread_counts`.
UNREAD_KINDS = {"reply": "reply", "mention": "mention"}
# By any order but time these many of the newest are sorted.
SORTED = 1_000
# More than that nobody reads: "1000" then means "many".
COUNTED = 1_000

_NOTIFICATION = columns.of(notification, Notification._fields)


def _shown(kind: Who, *, no_bots: bool, name: str = "kind") -> "Select[Any]":
    """The rows of one kind that a viewer sees; the parameter `name` says which kind."""
    taste = Taste(blocks=True, languages=False, no_bots=no_bots)
    return _told(name, [post_visible(kind), *to_taste(taste)])


def _told(name: str, conditions: "list[ColumnElement[bool]]") -> "Select[Any]":
    """The same where the conditions say what the viewer sees and wants to see."""
    return (
        select(*_NOTIFICATION)
        .join(comment, comment.c.id == notification.c.comment_id)
        .join(post, post.c.id == comment.c.post_id)
        .join(community, community.c.id == comment.c.community_id)
        .where(
            notification.c.recipient_id == param("viewer_id"),
            notification.c.kind == param(name),
            comment.c.deleted.is_(False),
            comment.c.removed.is_(False),
            *conditions,
            *community_not_blocked(community),
        )
    )


_is_unread = notification.c.read.is_(False)


def _by_time(query: "Select[Any]", *, oldest_first: bool = False) -> "Select[Any]":
    keys = [notification.c.created_at, notification.c.id]
    return query.order_by(*[key.asc() if oldest_first else key.desc() for key in keys])


@functools.lru_cache(maxsize=64)
def _list(kind: Who, sort: CommentSort, *, unread_only: bool, no_bots: bool) -> Statement:
    query = _shown(kind, no_bots=no_bots)
    if unread_only:
        query = query.where(_is_unread)
    if sort in (CommentSort.NEW, CommentSort.OLD):
        query = _by_time(query, oldest_first=sort == CommentSort.OLD)
    else:
        newest = _by_time(query).limit(SORTED).subquery("newest")
        query = (
            select(*[newest.c[f"notification_{name}"] for name in Notification._fields])
            .join(comment, comment.c.id == newest.c.notification_comment_id)
            .order_by(*sorted_by(sort))
        )
    page = query.limit(param("limit")).offset(param("offset"))
    return Statement(page, groups=(Notification,))


def list_notifications(
    conn: Connection, viewer: Viewer, recipient: Person, query: NotificationQuery, now: Time
) -> list[NotificationView]:
    """A page of the viewer's replies or mentions; `recipient` is the viewer's public side."""
    statement = _list(
        who(viewer),
        query.sort,
        unread_only=query.unread_only,
        no_bots=not viewer.show_bot_accounts,
    )
    rows = conn.all(
        statement,
        **viewer_values(viewer),
        kind=query.kind,
        limit=query.limit,
        offset=(query.page - 1) * query.limit,
    )
    found = [row[0] for row in rows]
    return _views(conn, viewer, recipient, found, now, with_html=query.with_html)


@functools.lru_cache(maxsize=16)
def _before(kind: Who, *, unread_only: bool, no_bots: bool) -> Statement:
    moment, end = notification.c.created_at, param("before_at")
    query = _shown(kind, no_bots=no_bots).where(
        moment <= end, or_(moment < end, notification.c.id < param("before_id"))
    )
    if unread_only:
        query = query.where(_is_unread)
    return Statement(_by_time(query).limit(param("limit")), groups=(Notification,))


def list_before(
    conn: Connection,
    viewer: Viewer,
    recipient: Person,
    kind: str,
    before: tuple[int, int],
    limit: int,
    now: Time,
    *,
    unread_only: bool,
) -> list[NotificationView]:
    """Replies or mentions older than (created_at, id), newest first, with HTML."""
    statement = _before(who(viewer), unread_only=unread_only, no_bots=not viewer.show_bot_accounts)
    rows = conn.all(
        statement,
        **viewer_values(viewer),
        kind=kind,
        before_at=before[0],
        before_id=before[1],
        limit=limit,
    )
    found = [row[0] for row in rows]
    return _views(conn, viewer, recipient, found, now, with_html=True)


_ONE = Statement(
    select(*_NOTIFICATION).where(
        notification.c.id == param("notification_id"),
        notification.c.kind == param("kind"),
        notification.c.recipient_id == param("viewer_id"),
    ),
    groups=(Notification,),
)


def get_view(
    conn: Connection, viewer: Viewer, recipient: Person, kind: str, notification_id: int, now: Time
) -> NotificationView | None:
    """One reply or mention of the viewer's own, if they may still look at the comment."""
    row = conn.one(_ONE, notification_id=notification_id, kind=kind, viewer_id=viewer.person_id)
    if row is None:
        return None
    found: Notification = row[0]
    view = view_comment(conn, viewer, found.comment_id, now)
    return None if view is None else NotificationView(found, recipient, view)


def _views(
    conn: Connection,
    viewer: Viewer,
    recipient: Person,
    found: list[Notification],
    now: Time,
    *,
    with_html: bool,
) -> list[NotificationView]:
    ids = [each.comment_id for each in found]
    loaded = load_comments(conn, viewer, ids, now, with_html=with_html)
    comments = {view.comment.id: view for view in loaded}
    return [
        NotificationView(each, recipient, comments[each.comment_id])
        for each in found
        if each.comment_id in comments
    ]


def count_few(query: "Select[Any]") -> "ColumnElement[int]":
    """The number of rows, up to `COUNTED`."""
    few = query.limit(COUNTED).subquery()
    return select(func.count()).select_from(few).scalar_subquery()


def unread_counts(conditions: "list[ColumnElement[bool]]") -> "list[ColumnElement[int]]":
    """The columns of `UnreadCounts`; the conditions say which comments somebody wants to see.

    Their parameters are those of `viewer_values` and `UNREAD_KINDS`.
    """
    messages = select(private_message.c.id).where(
        private_message.c.recipient_id == param("viewer_id"),
        private_message.c.read.is_(False),
        MESSAGE_SHOWN,
    )
    told = [count_few(_told(name, conditions).where(_is_unread)) for name in UNREAD_KINDS]
    return [*told, count_few(messages)]


@functools.lru_cache(maxsize=4)
def _unread(kind: Who, *, no_bots: bool) -> Statement:
    taste = Taste(blocks=True, languages=False, no_bots=no_bots)
    return Statement(select(*unread_counts([post_visible(kind), *to_taste(taste)])))


def count_unread(conn: Connection, viewer: Viewer) -> UnreadCounts:
    """What waits to be read, counted up to `COUNTED` of each."""
    statement = _unread(who(viewer), no_bots=not viewer.show_bot_accounts)
    rows = conn.all(statement, **viewer_values(viewer), **UNREAD_KINDS)
    return UnreadCounts._make(rows[0])
