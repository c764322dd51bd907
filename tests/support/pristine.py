"""How a PostgreSQL database that a test has used becomes as it was before, without making it anew.

Making a database costs the server hundreds of files; emptying its tables costs it next to nothing.
"""

from dataclasses import dataclass
from functools import partial
from typing import Self

import psycopg
from psycopg import sql

# What a test may have done beside changing rows: another structure, or statistics that would plan
# the queries of the next test differently. Copies of one database have the same object ids.
_STRUCTURE = """
SELECT md5(string_agg(
    concat_ws(' ', c.oid, c.relfilenode, c.relnatts, c.relchecks, c.relhastriggers, c.reltuples),
    ',' ORDER BY c.oid
)) || (
    SELECT count(*) FROM pg_statistic WHERE starelid IN (
        SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace
    )
)
FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace
"""

# Those with rows, or with what is left of rows: most are as empty as they were made.
_USED_TABLES = """
SELECT relname FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
ORDER BY relname
"""

# A column that the server computes cannot be written.
_COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
ORDER BY attnum
"""

_SEQUENCES = """
SELECT sequencename, coalesce(last_value, start_value), last_value IS NOT NULL
FROM pg_sequences WHERE schemaname = 'public'
"""

_END_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True, slots=True)
class Pristine:
    """What a prepared database holds, and how to have it hold just that again."""

    structure: str
    refill: sql.Composed

    @classmethod
    def of(cls, url: str) -> Self:
        """Look at a prepared database, and keep its rows beside them, where copies have them."""
        with psycopg.connect(url) as connection:
            connection.execute("CREATE SCHEMA pristine")
            steps = [*map(partial(_keep, connection), _used_tables(connection))]
            refill = sql.SQL(";").join([*steps, *_sequences(connection)])
            return cls(_structure(connection), refill)

    def restore(self, url: str) -> bool:
        """Make a copy of the database what the original was; False if that needs a new copy."""
        try:
            with psycopg.connect(url) as connection:
                connection.execute(_END_OTHERS)
                connection.execute("SET LOCAL lock_timeout = '10s'")
                # Without checks of foreign keys: tables come in the order of their names.
                connection.execute("SET LOCAL session_replication_role = replica")
                connection.execute(_emptying(_used_tables(connection)))
                connection.execute(self.refill)
                return _structure(connection) == self.structure
        except psycopg.Error:
            return False


def _structure(connection: psycopg.Connection) -> str:
    row = connection.execute(_STRUCTURE).fetchone()
    assert row is not None
    return str(row[0])


def _used_tables(connection: psycopg.Connection) -> list[str]:
    return [name for (name,) in connection.execute(_USED_TABLES)]


def _emptying(tables: list[str]) -> sql.Composed:
    return sql.SQL(";").join(
        sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in tables
    )


def _keep(connection: psycopg.Connection, table: str) -> sql.Composed:
    kept = sql.Identifier("pristine", table)
    name = sql.Identifier(table)
    connection.execute(sql.SQL("CREATE TABLE {} AS TABLE {}").format(kept, name))
    columns = sql.SQL(", ").join(
        sql.Identifier(column) for (column,) in connection.execute(_COLUMNS, (f'public."{table}"',))
    )
    return sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {}").format(
        name, columns, columns, kept
    )


def _sequences(connection: psycopg.Connection) -> list[sql.Composed]:
    return [
        sql.SQL("SELECT setval({}, {}, {})").format(
            sql.Literal(f'public."{name}"'), sql.Literal(value), sql.Literal(is_called)
        )
        for name, value, is_called in connection.execute(_SEQUENCES)
    ]
