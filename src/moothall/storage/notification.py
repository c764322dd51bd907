"""Rows that tell people of answers and mentions: who is to be told, and adding and marking them.

Lists and counts stand in `notification_list`.
"""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, exists, func, insert, or_, select, update

from moothall.domain.ids import CommentId, NotificationId, PersonId
from moothall.domain.notification import Notification
from moothall.domain.time import Time

from . import columns
from .connection import Connection
from .statements import Statement, any_of, param
from .tables import (
    comment,
    community,
    community_block,
    instance_block,
    notification,
    person,
    person_block,
    post,
)


class CommentNews(NamedTuple):
    """A comment as those who are to be told of it need it; `answered_id` wrote what it answers."""

    creator_id: PersonId
    creator_name: str
    post_id: int
    post_name: str
    parent_id: CommentId | None
    answered_id: PersonId
    content: str
    is_gone: bool


_parent = comment.alias("parent")
_NEWS = Statement(
    select(
        comment.c.creator_id,
        person.c.name.label("creator_name"),
        comment.c.post_id,
        post.c.name.label("post_name"),
        comment.c.parent_id,
        func.coalesce(_parent.c.creator_id, post.c.creator_id),
        comment.c.content,
        or_(comment.c.deleted, comment.c.removed),
    )
    .join(person, person.c.id == comment.c.creator_id)
    .join(post, post.c.id == comment.c.post_id)
    .outerjoin(_parent, _parent.c.id == comment.c.parent_id)
    .where(comment.c.id == param("comment_id"))
)


def find_news(conn: Connection, comment_id: CommentId) -> CommentNews | None:
    """What there is to tell of a comment."""
    row = conn.one(_NEWS, comment_id=comment_id)
    return None if row is None else CommentNews._make(row)


def _blocks_instance(community_table: FromClause) -> ColumnElement[bool]:
    return exists().where(
        instance_block.c.person_id == person.c.id,
        instance_block.c.instance_id == community_table.c.instance_id,
    )


_reachable = (
    select(person.c.id)
    .join(comment, comment.c.id == param("comment_id"))
    .join(community, community.c.id == comment.c.community_id)
    .where(
        person.c.local.is_(True),
        person.c.deleted.is_(False),
        person.c.id != comment.c.creator_id,
        ~exists().where(
            person_block.c.person_id == person.c.id,
            person_block.c.target_id == comment.c.creator_id,
        ),
        ~exists().where(
            community_block.c.person_id == person.c.id,
            community_block.c.community_id == community.c.id,
        ),
        ~_blocks_instance(community),
        # An edit tells only those who were not told before, in whichever way.
        ~exists().where(
            notification.c.recipient_id == person.c.id,
            notification.c.comment_id == comment.c.id,
        ),
    )
    .order_by(person.c.id)
)
_AMONG_IDS = Statement(_reachable.where(any_of(person.c.id, "ids")))
_AMONG_NAMES = Statement(_reachable.where(any_of(person.c.name_key, "names")))


def reachable_people(
    conn: Connection, comment_id: CommentId, ids: list[PersonId]
) -> list[PersonId]:
    """Those of these people who are to be told of a comment and have not been.

    Only people of this server; not its author, nor who blocks them, the community or its server.
    """
    return [row[0] for row in conn.all(_AMONG_IDS, comment_id=comment_id, ids=ids)]


def reachable_names(conn: Connection, comment_id: CommentId, names: list[str]) -> list[PersonId]:
    """The same of people of this server by name, regardless of case."""
    keys = [name.lower() for name in names]
    return [row[0] for row in conn.all(_AMONG_NAMES, comment_id=comment_id, names=keys)]


_ADD = Statement(
    insert(notification).values(
        recipient_id=param("recipient_id"),
        kind=param("kind"),
        comment_id=param("comment_id"),
        created_at=param("now"),
    )
)


def add_notifications(
    conn: Connection, kind: str, comment_id: CommentId, recipients: list[PersonId], now: Time
) -> None:
    """Tell people of a comment; kind is "reply" or "mention"."""
    rows: list[dict[str, Any]] = [
        {"kind": kind, "comment_id": comment_id, "recipient_id": recipient, "now": now}
        for recipient in recipients
    ]
    conn.run_many(_ADD, rows)


_BY_ID = Statement(
    select(*columns.of(notification, Notification._fields)).where(
        notification.c.id == param("notification_id"), notification.c.kind == param("kind")
    )
)
_MARK = Statement(
    update(notification)
    .where(notification.c.id == param("notification_id"))
    .values(read=param("read"))
)
_UNREAD = notification.c.read.is_(False)
_MARK_OF_COMMENT = Statement(
    update(notification)
    .where(
        notification.c.comment_id == param("comment_id"),
        notification.c.recipient_id == param("person_id"),
        _UNREAD,
    )
    .values(read=True)
)
_MARK_ALL = Statement(
    update(notification)
    .where(notification.c.recipient_id == param("person_id"), _UNREAD)
    .values(read=True)
)


def get_notification(
    conn: Connection, notification_id: NotificationId, kind: str
) -> Notification | None:
    """A reply ("reply") or mention ("mention") by id, whosoever it is."""
    row = conn.one(_BY_ID, notification_id=notification_id, kind=kind)
    return None if row is None else Notification._make(row)


def mark_read(conn: Connection, notification_id: NotificationId, *, read: bool) -> None:
    """Mark one as read or unread."""
    conn.run(_MARK, notification_id=notification_id, read=read)


def mark_answered(conn: Connection, person_id: PersonId, comment_id: CommentId) -> None:
    """Whoever answers a comment has read it."""
    conn.run(_MARK_OF_COMMENT, person_id=person_id, comment_id=comment_id)


def mark_all_read(conn: Connection, person_id: PersonId) -> None:
    """Mark all replies and mentions of a person."""
    conn.run(_MARK_ALL, person_id=person_id)
