"""Ids that are known before their rows are written: the path of a comment ends in its own."""

from sqlalchemy import text

from .connection import Connection
from .statements import Statement

# SQLite: the caller has the write lock, and explicit ids move the sequence along.
_LAST_ID = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
_NEXT_ID = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :n)")
_SEQUENCE = Statement(_LAST_ID, postgresql=_NEXT_ID)


def reserve_ids(conn: Connection, table: str, number: int) -> list[int]:
    """Ids for so many new rows of a table whose ids are never given twice, ascending."""
    if conn.dialect == "sqlite":
        last = conn.value(_SEQUENCE, table=table) or 0
        return list(range(last + 1, last + 1 + number))
    return sorted(row[0] for row in conn.all(_SEQUENCE, table=table, n=number))
