"""Where the two databases need different Core constructs for the same thing."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Executable, Table
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from .statements import Statement


def both_inserts(build: Callable[[Any], Executable]) -> Statement:
    """A statement built from each database's own `insert`, whose conflict clauses are alike."""
    return Statement(build(sqlite_insert), postgresql=build(postgresql_insert))


def insert_or_ignore(table: Table, values: dict[str, Any]) -> Statement:
    """Add a row unless its key is taken; the count of touched rows tells which it was."""
    return both_inserts(lambda insert: insert(table).values(values).on_conflict_do_nothing())


def upsert(
    table: Table,
    keys: Sequence[str],
    values: dict[str, Any],
    *,
    where: ColumnElement[bool] | None = None,
    keep: Sequence[str] = (),
) -> Statement:
    """Add a row, or give the one that has these keys the new values.

    Columns in `keep` stay as they are in an existing row; `where` says which existing rows are
    touched at all.
    """

    def build(insert: Any) -> Executable:
        new = insert(table).values(values)
        changed = {
            name: new.excluded[name] for name in values if name not in keys and name not in keep
        }
        update: Executable = new.on_conflict_do_update(
            index_elements=list(keys), set_=changed, where=where
        )
        return update

    return both_inserts(build)
