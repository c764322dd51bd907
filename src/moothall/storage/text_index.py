"""Which stems the index of words holds, and indexing everything anew when others are computed.

The stems of a text depend on libraries that an ordinary upgrade changes. SQLite's index has no copy
of the texts, so what was indexed under old stems could not be taken out again: it would be spoilt
silently. A start that finds another fingerprint than the index has therefore empties the index.
"""

from typing import Any

from sqlalchemy import Select, Table, func, select, text

from .connection import Connection
from .dialects import upsert
from .portion import portion
from .statements import Statement, param
from .tables import comment, post, text_index

_FINGERPRINT = Statement(
    select(text_index.c.fingerprint).where(text_index.c.subject == param("subject"))
)
_SET_FINGERPRINT = upsert(
    text_index, ["subject"], {"subject": param("subject"), "fingerprint": param("fingerprint")}
)
_EMPTY = {
    subject: Statement(
        text(f"INSERT INTO {subject}_search({subject}_search) VALUES ('delete-all')"),
        postgresql=text(f"TRUNCATE {subject}_search"),
    )
    for subject in ("post", "comment")
}


def fingerprint_of(conn: Connection, subject: str) -> str | None:
    """What the index of posts or comments was made with; None before the first one."""
    found: str | None = conn.value(_FINGERPRINT, subject=subject)
    return found


def set_fingerprint(conn: Connection, subject: str, fingerprint: str) -> None:
    """Note what is indexed from now on; the index is empty."""
    conn.run(_SET_FINGERPRINT, subject=subject, fingerprint=fingerprint)


def empty(conn: Connection, subject: str) -> None:
    """Let nothing be found any more."""
    conn.run(_EMPTY[subject])


def _texts(table: Table, words: Any) -> "Select[Any]":
    return (
        select(table.c.id, func.coalesce(func.length(words), 0).label("chars"))
        .where(table.c.id > param("after_id"))
        .order_by(table.c.id)
        .limit(param("limit"))
    )


_TEXTS = {
    "post": Statement(_texts(post, post.c.body)),
    "comment": Statement(_texts(comment, comment.c.content)),
}


def texts_after(conn: Connection, subject: str, after_id: int, limit: int) -> list[int]:
    """The next posts or comments by id: at most `limit`, and no more than one step takes on."""
    rows = conn.all(_TEXTS[subject], after_id=after_id, limit=limit)
    return [row[0] for row in portion(rows, limit, lambda row: row[1]).rows]
