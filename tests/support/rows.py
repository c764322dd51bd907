"""All rows of a database, to tell whether anything has changed."""

from sqlalchemy import select

from moothall.forum import Forum
from moothall.storage.statements import Row, Statement
from moothall.storage.tables import metadata
from moothall.storage.transaction import Transaction

# Looking and trying leave a trace there, and may.
_TRACES = {"session": {"last_used_at"}, "account": {"last_active_at"}, "person": set[str]()}


def all_rows(forum: Forum, *, without: tuple[str, ...] = ()) -> dict[str, list[Row]]:
    """Every row of every table, in no particular order, without when somebody was last here."""
    return forum.read_now(_read, without)


def changed_tables(before: dict[str, list[Row]], after: dict[str, list[Row]]) -> set[str]:
    """The names of the tables that differ."""
    return {name for name in before if before[name] != after[name]}


def _read(tx: Transaction, without: tuple[str, ...]) -> dict[str, list[Row]]:
    found = {}
    for table in metadata.sorted_tables:
        if table.name in without:
            continue
        traces = _TRACES.get(table.name, set())
        columns = [column for column in table.columns if column.name not in traces]
        rows = tx.conn.all(Statement(select(*columns)))
        found[table.name] = sorted(rows, key=repr)
    return found
