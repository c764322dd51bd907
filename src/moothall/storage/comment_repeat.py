"""What somebody has said a moment ago, so that a form that is sent twice says it once."""

from sqlalchemy import func, literal, select

from moothall.domain.ids import CommentId, PersonId, PostId
from moothall.domain.time import Time

from .connection import Connection
from .statements import Statement, param
from .tables import comment

# Tells these locks from others: any number will do.
_LOCK_CLASS = 21
# SQLite has one writer at a time anyway.
_TAKE_TURN = Statement(
    select(literal(1)),
    postgresql=select(func.pg_advisory_xact_lock(literal(_LOCK_CLASS), param("person_id"))),
)


def take_turn(conn: Connection, person_id: PersonId) -> None:
    """Wait until nobody else with this id is in here; holds until the transaction ends.

    A lock of its own and not that of a row, so that it cannot be half of a deadlock with whatever
    the transaction locks afterwards.
    """
    conn.one(_TAKE_TURN, person_id=person_id)


_NO_PARENT = 0
_SAME = Statement(
    select(comment.c.id)
    .where(
        comment.c.creator_id == param("creator_id"),
        comment.c.created_at >= param("since"),
        comment.c.post_id == param("post_id"),
        func.coalesce(comment.c.parent_id, _NO_PARENT) == param("parent_id"),
        comment.c.content == param("content"),
        comment.c.deleted.is_(False),
        comment.c.removed.is_(False),
    )
    .order_by(comment.c.created_at.desc())
    .limit(1)
)


def find_same(
    conn: Connection,
    creator_id: PersonId,
    post_id: PostId,
    parent_id: CommentId | None,
    content: str,
    since: Time,
) -> CommentId | None:
    """The comment with these words in this place that somebody wrote since then."""
    found: int | None = conn.value(
        _SAME,
        creator_id=creator_id,
        post_id=post_id,
        parent_id=parent_id or _NO_PARENT,
        content=content,
        since=since,
    )
    return None if found is None else CommentId(found)
