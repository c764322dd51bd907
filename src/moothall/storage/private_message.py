"""Private messages: adding and changing them, and what their two people see of them."""

import functools
from typing import Any

from sqlalchemy import Select, and_, exists, insert, or_, select, union, update

from moothall.domain.ids import PersonId, PrivateMessageId
from moothall.domain.notification import MessageQuery, PrivateMessage, PrivateMessageView
from moothall.domain.time import Time
from moothall.domain.user import Person

from . import columns
from .connection import Connection
from .statements import Row, Statement, param
from .tables import instance_block, person, person_block, private_message

_MESSAGE = columns.of(private_message, PrivateMessage._fields)
_creator = person.alias("creator")
_recipient = person.alias("recipient")

_ADD = Statement(
    insert(private_message)
    .values(
        creator_id=param("creator_id"),
        recipient_id=param("recipient_id"),
        content=param("content"),
        content_html=param("content_html"),
        local=param("local"),
        created_at=param("now"),
    )
    .returning(private_message.c.id)
)


def add_message(
    conn: Connection,
    creator_id: PersonId,
    recipient_id: PersonId,
    content: str,
    content_html: str | None,
    now: Time,
    *,
    local: bool,
) -> PrivateMessageId:
    """A new message; `local`: written here."""
    message_id: int = conn.value(
        _ADD,
        creator_id=creator_id,
        recipient_id=recipient_id,
        content=content,
        content_html=content_html,
        local=local,
        now=now,
    )
    return PrivateMessageId(message_id)


@functools.lru_cache(maxsize=32)
def _update(names: tuple[str, ...]) -> Statement:
    return Statement(
        update(private_message)
        .where(private_message.c.id == param("message_id"))
        .values({name: param(name) for name in names})
    )


def update_message(conn: Connection, message_id: PrivateMessageId, **changes: Any) -> None:
    """Change columns of a message by name."""
    conn.run(_update(tuple(sorted(changes))), message_id=message_id, **changes)


_MARK_ALL = Statement(
    update(private_message)
    .where(private_message.c.recipient_id == param("person_id"), private_message.c.read.is_(False))
    .values(read=True)
)


def mark_all_read(conn: Connection, person_id: PersonId) -> None:
    """Mark all that somebody has received."""
    conn.run(_MARK_ALL, person_id=person_id)


_one, _other = param("person_id"), param("other_id")
_BLOCKED = Statement(
    select(person.c.id).where(
        person.c.id == param("person_id"),
        or_(
            exists().where(person_block.c.person_id == _one, person_block.c.target_id == _other),
            exists().where(person_block.c.person_id == _other, person_block.c.target_id == _one),
            exists().where(
                instance_block.c.person_id == _other,
                instance_block.c.instance_id == person.c.instance_id,
            ),
        ),
    )
)


def is_blocked(conn: Connection, person_id: PersonId, other_id: PersonId) -> bool:
    """Whether one of two people blocks the other, or the second the first one's server."""
    return conn.one(_BLOCKED, person_id=person_id, other_id=other_id) is not None


def _views() -> "Select[Any]":
    return (
        select(*_MESSAGE, *columns.person(_creator), *columns.person(_recipient))
        .select_from(private_message)
        .join(_creator, _creator.c.id == private_message.c.creator_id)
        .join(_recipient, _recipient.c.id == private_message.c.recipient_id)
    )


_GROUPS = (PrivateMessage, Person, Person)
_BY_ID = Statement(
    _views().where(
        private_message.c.id == param("message_id"),
        or_(
            private_message.c.creator_id == param("viewer_id"),
            private_message.c.recipient_id == param("viewer_id"),
        ),
    ),
    groups=_GROUPS,
)


def get_view(
    conn: Connection, message_id: PrivateMessageId, viewer_id: PersonId
) -> PrivateMessageView | None:
    """A message of which the viewer is one of the two people, whatever its state."""
    row = conn.one(_BY_ID, message_id=message_id, viewer_id=viewer_id)
    return None if row is None else _view(row)


def _view(row: Row) -> PrivateMessageView:
    return PrivateMessageView._make(row)


# Gone for both people; and whoever is blocked is not heard.
SHOWN = and_(
    private_message.c.deleted.is_(False),
    private_message.c.removed.is_(False),
    ~exists().where(
        person_block.c.person_id == param("viewer_id"),
        person_block.c.target_id == private_message.c.creator_id,
    ),
    ~exists().where(
        _creator.c.id == private_message.c.creator_id,
        instance_block.c.person_id == param("viewer_id"),
        instance_block.c.instance_id == _creator.c.instance_id,
    ),
)


def _received(*, with_partner: bool, unread_only: bool, beyond: bool = False) -> "Select[Any]":
    query = select(private_message.c.id, private_message.c.created_at).where(
        private_message.c.recipient_id == param("viewer_id"), SHOWN
    )
    if with_partner:
        query = query.where(private_message.c.creator_id == param("partner_id"))
    if unread_only:
        query = query.where(private_message.c.read.is_(False))
    if beyond:
        moment = private_message.c.created_at
        query = query.where(
            moment <= param("before_at"),
            or_(moment < param("before_at"), private_message.c.id < param("before_id")),
        )
    return _newest(query)


def _sent(*, with_partner: bool) -> "Select[Any]":
    query = select(private_message.c.id, private_message.c.created_at).where(
        private_message.c.creator_id == param("viewer_id"), SHOWN
    )
    if with_partner:
        query = query.where(private_message.c.recipient_id == param("partner_id"))
    return _newest(query)


def _newest(query: "Select[Any]") -> "Select[Any]":
    """The first of a walk down an index, wrapped so that two of them can be united."""
    walk = query.order_by(private_message.c.created_at.desc(), private_message.c.id.desc()).limit(
        param("reach")
    )
    found = walk.subquery()
    return select(found.c.id, found.c.created_at)


@functools.lru_cache(maxsize=8)
def _list(*, with_partner: bool, unread_only: bool) -> Statement:
    received = _received(with_partner=with_partner, unread_only=unread_only)
    both = received if unread_only else union(received, _sent(with_partner=with_partner))
    found = both.subquery("found")
    page = (
        select(found.c.id)
        .order_by(found.c.created_at.desc(), found.c.id.desc())
        .limit(param("limit"))
        .offset(param("offset"))
    )
    return Statement(_in_order(page), groups=_GROUPS)


def _in_order(page: "Select[Any]") -> "Select[Any]":
    return (
        _views()
        .where(private_message.c.id.in_(page))
        .order_by(private_message.c.created_at.desc(), private_message.c.id.desc())
    )


def list_views(
    conn: Connection, viewer_id: PersonId, query: MessageQuery
) -> list[PrivateMessageView]:
    """A page of somebody's messages."""
    with_partner = query.partner_id is not None
    offset = (query.page - 1) * query.limit
    rows = conn.all(
        _list(with_partner=with_partner, unread_only=query.unread_only),
        viewer_id=viewer_id,
        reach=offset + query.limit,
        limit=query.limit,
        offset=offset,
        **({"partner_id": query.partner_id} if with_partner else {}),
    )
    return [_view(row) for row in rows]


@functools.lru_cache(maxsize=2)
def _inbox(*, unread_only: bool) -> Statement:
    found = _received(with_partner=False, unread_only=unread_only, beyond=True).subquery("found")
    return Statement(_in_order(select(found.c.id)), groups=_GROUPS)


def list_received(
    conn: Connection,
    viewer_id: PersonId,
    before: tuple[int, int],
    limit: int,
    *,
    unread_only: bool,
) -> list[PrivateMessageView]:
    """What somebody received before (created_at, id), newest first."""
    rows = conn.all(
        _inbox(unread_only=unread_only),
        viewer_id=viewer_id,
        before_at=before[0],
        before_id=before[1],
        reach=limit,
    )
    return [_view(row) for row in rows]
