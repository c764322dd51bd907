"""Removing what one person has written, in batches of a size that others do not wait for.

A batch is bounded by the rows that are looked at, not by those that match: however much somebody
wrote elsewhere, or has had removed already, a step costs the same.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Table, false, select, true, tuple_, update

from moothall.domain.ids import PersonId
from moothall.domain.time import Time

from .connection import Connection
from .statements import Statement, any_of, param
from .tables import comment, post, private_message


class Position(NamedTuple):
    """How far somebody's writings were gone through: after what was written then."""

    created_at: int = 0
    id: int = 0


class Writing(NamedTuple):
    """A post, comment or message; `post_id` and `community_id` are 0 where there is none."""

    id: int
    created_at: Time
    post_id: int
    community_id: int
    local: bool
    deleted: bool
    removed: bool

    @property
    def position(self) -> Position:
        """Where the next batch goes on."""
        return Position(self.created_at, self.id)


class _Subject(NamedTuple):
    """The statements for one kind of writing."""

    batch: Statement
    remove: Statement


def _batch(
    table: Table, post_id: ColumnElement[Any], community_id: ColumnElement[Any]
) -> "Select[Any]":
    position = tuple_(table.c.created_at, table.c.id)
    return (
        select(
            table.c.id,
            table.c.created_at,
            post_id.label("post"),
            community_id.label("community"),
            table.c.local,
            table.c.deleted,
            table.c.removed,
        )
        .where(
            table.c.creator_id == param("person_id"),
            position > tuple_(param("after_at"), param("after_id")),
        )
        .order_by(table.c.created_at, table.c.id)
        .limit(param("limit"))
    )


def _subject(
    table: Table, post_id: ColumnElement[Any], community_id: ColumnElement[Any]
) -> _Subject:
    remove = update(table).where(any_of(table.c.id, "ids"), table.c.removed.is_(false()))
    return _Subject(
        Statement(_batch(table, post_id, community_id)),
        Statement(remove.values(removed=true()).returning(table.c.id)),
    )


_nothing = param("nothing")
_SUBJECTS = {
    "post": _subject(post, post.c.id, post.c.community_id),
    "comment": _subject(comment, comment.c.post_id, comment.c.community_id),
    "message": _subject(private_message, _nothing, _nothing),
}


def list_writings(
    conn: Connection, subject: str, person_id: PersonId, after: Position, limit: int
) -> list[Writing]:
    """What somebody wrote, in that order; subject is "post", "comment" or "message"."""
    values = {"nothing": 0} if subject == "message" else {}
    rows = conn.all(
        _SUBJECTS[subject].batch,
        person_id=person_id,
        after_at=after.created_at,
        after_id=after.id,
        limit=limit,
        **values,
    )
    return [Writing._make(row) for row in rows]


def remove_writings(conn: Connection, subject: str, ids: Sequence[int]) -> set[int]:
    """Mark as removed, and tell which were not so before; counters are for the caller."""
    if not ids:
        return set()
    return {row[0] for row in conn.all(_SUBJECTS[subject].remove, ids=list(ids))}
