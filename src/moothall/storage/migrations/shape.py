"""Whether the tables of a database are those that its schema number stands for.

A database made between two versions says a number whose tables were others then. Told at the
start it is one line; told by the first statement that fails it is a riddle.
"""

from collections.abc import Iterable

SQLITE = (
    "SELECT m.name, c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c"
    " WHERE m.type = 'table'"
)
POSTGRESQL = (
    "SELECT c.relname, a.attname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid"
    " WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')"
    " AND a.attnum > 0 AND NOT a.attisdropped"
)


class OtherTables(Exception):
    """The tables of the database are not those of its version."""

    def __init__(self, difference: str) -> None:
        super().__init__(
            f"the database was made by an unreleased state of this program ({difference}); export it"
            " with the program that made it, and import that into an empty data_dir or database"
        )


def refuse_other_tables(columns: Iterable[tuple[str, str]]) -> None:
    """Hold tables and their columns against those of this program; tables of others do not matter.

    Raises OtherTables with the first difference.
    """
    from moothall.storage.tables import metadata

    found: dict[str, set[str]] = {}
    for table_name, column in columns:
        found.setdefault(table_name, set()).add(column)
    for name, table in sorted(metadata.tables.items()):
        if name not in found:
            raise OtherTables(f"table {name} is missing")
        expected = {column.name for column in table.columns}
        if missing := sorted(expected - found[name]):
            raise OtherTables(f"table {name} has no {missing[0]}")
        if unknown := sorted(found[name] - expected):
            raise OtherTables(f"table {name} has an unknown {unknown[0]}")
