"""All rows of a database, to tell whether anything has changed."""

import functools

from sqlalchemy import select

from moothall.forum import Forum
from moothall.storage.statements import Row, Statement
from moothall.storage.tables import metadata
from moothall.storage.transaction import Transaction

# Looking and trying leave a trace there, and may.
_TRACES = {"person": {"last_active_at"}}


Rows = dict[str, frozenset[Row]]


def all_rows(forum: Forum, *, without: tuple[str, ...] = ()) -> Rows:
    """Every row of every table, in no particular order, without when somebody was last here."""
    return forum.read_now(_read, without)


def changed_tables(before: Rows, after: Rows) -> set[str]:
    """The names of the tables that differ."""
    return {name for name in before if before[name] != after[name]}


@functools.cache
def _statements() -> dict[str, Statement]:
    found = {}
    for table in metadata.sorted_tables:
        traces = _TRACES.get(table.name, set())
        columns = [column for column in table.columns if column.name not in traces]
        found[table.name] = Statement(select(*columns))
    return found


def _read(tx: Transaction, without: tuple[str, ...]) -> Rows:
    return {
        name: frozenset(tx.conn.all(statement))
        for name, statement in _statements().items()
        if name not in without
    }
