"""One connection to the database, inside one transaction: what actions and reads are given.

The same few calls for both databases. Rows are plain tuples in the order of the statement's
columns; the storage functions of each subject make typed values of them.
"""

import json
from collections.abc import Iterable
from typing import Any, Protocol

from moothall.domain.errors import Invalid

from .statements import Compiled, Dialect, Row, Statement


class Cursor(Protocol):
    """The part of a DB-API cursor that both drivers share."""

    @property
    def rowcount(self) -> int:
        """Rows touched by the last statement."""

    def fetchall(self) -> list[Any]:
        """All rows left."""

    def fetchone(self) -> Any:
        """The next row or None."""

    def executemany(self, text: Any, parameters: Iterable[Any], /) -> Any:
        """Run one statement with each set of values."""


class Driver(Protocol):
    """The part of a DB-API connection that both drivers share."""

    def execute(self, text: Any, parameters: Any = ..., /) -> Cursor:
        """Run one statement."""

    def cursor(self) -> Any:
        """A cursor of one's own."""


class Connection:
    """Runs prepared statements. Never commits: that is for the database that lent it."""

    __slots__ = ("_driver", "dialect")

    def __init__(self, driver: Driver, dialect: Dialect) -> None:
        self._driver = driver
        self.dialect: Dialect = dialect

    def all(self, statement: Statement, **values: Any) -> list[Row]:
        """Every row of a query."""
        compiled = statement.compiled(self.dialect)
        rows = self._execute(compiled, values).fetchall()
        convert = compiled.convert
        return rows if convert is None else [convert(row) for row in rows]

    def one(self, statement: Statement, **values: Any) -> Row | None:
        """The first row of a query, or None."""
        compiled = statement.compiled(self.dialect)
        row: Row | None = self._execute(compiled, values).fetchone()
        if row is None or compiled.convert is None:
            return row
        return compiled.convert(row)

    def value(self, statement: Statement, **values: Any) -> Any:
        """The first column of the first row, or None."""
        row = self.one(statement, **values)
        return None if row is None else row[0]

    def run(self, statement: Statement, **values: Any) -> int:
        """Run a change and tell how many rows it touched."""
        return self._execute(statement.compiled(self.dialect), values).rowcount

    def run_many(self, statement: Statement, rows: Iterable[dict[str, Any]]) -> None:
        """Run one change for each set of values, without waiting for one before the next."""
        compiled = statement.compiled(self.dialect)
        cursor: Cursor = self._driver.cursor()
        cursor.executemany(compiled.text, [self._parameters(compiled, each) for each in rows])

    def script(self, text: str) -> None:
        """Run one statement that Core has no words for (full-text tables, pragmas)."""
        self._driver.execute(text)

    def _execute(self, compiled: Compiled, values: dict[str, Any]) -> Cursor:
        return self._driver.execute(compiled.text, self._parameters(compiled, values))

    def _parameters(self, compiled: Compiled, values: dict[str, Any]) -> dict[str, Any]:
        """The values as the driver takes them. Raises Invalid for a text with a NUL character.

        PostgreSQL could not store it. The faces refuse it, actions leave it out; this is for what
        both forgot.
        """
        if compiled.constants:
            values = {**compiled.constants, **values}
        for name, value in values.items():
            kind = type(value)
            if kind is str:
                if "\0" in value:
                    raise Invalid("unknown", f"{name} holds a NUL character")
            elif kind in (list, tuple):
                if value and type(value[0]) is str and any("\0" in each for each in value):
                    raise Invalid("unknown", f"{name} hold a NUL character")
                if self.dialect == "sqlite":
                    values[name] = json.dumps(value)
        return values
