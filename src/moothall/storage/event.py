"""Events: what happened, stored with the change itself and read in order by the workers.

The contract for whoever reads them, with no such consumer yet (federation will be the first):
`cursor_of`, `next_events`, then `move_cursor` once the work is done. Nothing else may decide what is
new: ids and times are not in the order of commits on PostgreSQL, and `forget` keeps for a consumer
what its cursor has not passed. After a restore into another cluster, `storage.restored` sees to it
that the order goes on.
"""

import json
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Text,
    cast,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    tuple_,
)

from moothall.domain.time import DAY, Time

from .connection import Connection
from .dialects import upsert
from .statements import Statement, param
from .tables import event, event_cursor


class Position(NamedTuple):
    """How far a consumer has read.

    `transaction_id` is 0 on SQLite, and below 0 for what was brought along from another cluster.
    """

    transaction_id: int
    event_id: int


START = Position(-(2**63), 0)


class Event(NamedTuple):
    """Something that happened, as it was stored."""

    position: Position
    kind: str
    payload: dict[str, Any]
    created_at: Time


def _number(transaction: Any) -> Any:
    # From PostgreSQL's own type of 64 bits without a sign, which knows no casts but by way of text.
    return cast(cast(transaction, Text), BigInteger)


def _addition(transaction_id: Any) -> Any:
    return insert(event).values(
        kind=param("kind"),
        payload=param("payload"),
        created_at=param("created_at"),
        transaction_id=transaction_id,
    )


_ADD = Statement(_addition(null()), postgresql=_addition(_number(func.pg_current_xact_id())))

_POSITION = tuple_(event.c.transaction_id, event.c.id)
_OTHERS = (event.c.kind, event.c.payload, event.c.created_at)
_AFTER = tuple_(param("transaction_id", BigInteger), param("event_id", BigInteger))
# Of transactions older than this one none is in progress: what they left behind is all there.
_OLDEST_IN_PROGRESS = _number(func.pg_snapshot_xmin(func.pg_current_snapshot()))
_NEXT = Statement(
    select(literal(0), event.c.id, *_OTHERS)
    .where(event.c.id > param("event_id"))
    .order_by(event.c.id)
    .limit(param("size")),
    postgresql=select(event.c.transaction_id, event.c.id, *_OTHERS)
    .where(_POSITION > _AFTER, event.c.transaction_id < _OLDEST_IN_PROGRESS)
    .order_by(event.c.transaction_id, event.c.id)
    .limit(param("size")),
)

_CURSORS = Statement(
    select(event_cursor.c.transaction_id, event_cursor.c.event_id, event_cursor.c.consumer)
)
_MOVE_CURSOR = upsert(
    event_cursor,
    ["consumer"],
    {name: param(name) for name in ("consumer", "transaction_id", "event_id")},
)


def _forget(ids: Any) -> Any:
    return delete(event).where(event.c.id.in_(ids))


_FORGET_READ = Statement(
    _forget(select(event.c.id).where(event.c.id <= param("event_id")).limit(param("size"))),
    postgresql=_forget(select(event.c.id).where(_POSITION <= _AFTER).limit(param("size"))),
)


def _forget_old(*order: Any) -> Any:
    # Only the first are looked at: no index knows the age.
    first = select(event.c.id, event.c.created_at).order_by(*order).limit(param("size")).subquery()
    return _forget(select(first.c.id).where(first.c.created_at < param("before")))


_FORGET_OLD = Statement(
    _forget_old(event.c.id), postgresql=_forget_old(event.c.transaction_id, event.c.id)
)


def add(conn: Connection, kind: str, now: Time, **payload: Any) -> None:
    """Store that something happened; `payload` holds ids and what the rows will not tell later."""
    text = json.dumps(payload, separators=(",", ":"))
    conn.run(_ADD, kind=kind, payload=text, created_at=now)


def next_events(conn: Connection, after: Position, size: int) -> list[Event]:
    """What happened after this position, in order, at most so many.

    Nothing ever appears before the position of an event that was returned, so that a consumer which
    moves on loses none. On PostgreSQL events wait here until every transaction that began to write
    before theirs has ended; those of two that were at work at once may come in either order.
    """
    rows = conn.all(_NEXT, **after._asdict(), size=size)
    return [
        Event(Position(transaction_id, event_id), kind, json.loads(payload), Time(created_at))
        for transaction_id, event_id, kind, payload, created_at in rows
    ]


def cursor_of(conn: Connection, consumer: str) -> Position:
    """How far this consumer has read; START if it never did."""
    positions = {name: Position(*position) for *position, name in conn.all(_CURSORS)}
    return positions.get(consumer, START)


def move_cursor(conn: Connection, consumer: str, position: Position) -> None:
    """Store how far this consumer has read; from the first time on, events are kept for it."""
    conn.run(_MOVE_CURSOR, consumer=consumer, **position._asdict())


def forget(conn: Connection, now: Time, size: int) -> bool:
    """Drop what all consumers have read; while there is none, what is older than a day.

    At most so many; True if there may be more.
    """
    positions = [
        Position(transaction_id, event_id) for transaction_id, event_id, _ in conn.all(_CURSORS)
    ]
    if positions:
        return conn.run(_FORGET_READ, **min(positions)._asdict(), size=size) == size
    return conn.run(_FORGET_OLD, before=now - DAY, size=size) == size
