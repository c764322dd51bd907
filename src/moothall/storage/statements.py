"""Statements: built once with SQLAlchemy Core, then run as text on the driver's own cursor.

SQLAlchemy writes the SQL for both databases; its execution layer, which costs more than the query
itself on small reads, is left out. What it would do for results, we do here: SQLite's 0 and 1 in
boolean columns become booleans, by a converter made once per statement.

A statement is a module constant, or comes from a builder under `functools.lru_cache` whose
arguments say which filters are in it; never from values that a person sent.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Executable,
    FromClause,
    Select,
    bindparam,
)
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.dialects.sqlite.base import SQLiteCompiler, SQLiteDialect
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.sql.visitors import replacement_traverse
from sqlalchemy.types import NullType

Dialect = Literal["sqlite", "postgresql"]
Row = tuple[Any, ...]
Convert = Callable[[Row], Row]
Build = Callable[[Dialect], Executable]


class _SqliteCompiler(SQLiteCompiler):
    """Writes hints on tables, which SQLite has (INDEXED BY) and SQLAlchemy leaves out."""

    def get_from_hint_text(self, table: FromClause, text: str | None) -> str | None:  # noqa: ARG002
        return text


class _SqliteDialect(SQLiteDialect):
    statement_compiler = _SqliteCompiler
    supports_statement_cache = False


_DIALECTS: dict[Dialect, DefaultDialect] = {
    "sqlite": _SqliteDialect(paramstyle="named"),
    "postgresql": cast(DefaultDialect, psycopg.dialect()),  # type: ignore[no-untyped-call]
}
_FLAGS = {0: False, 1: True, None: None}


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement's text in one dialect, its constant parameters, and how its rows are read."""

    text: str
    constants: Mapping[str, Any]
    convert: Convert | None


class Statement:
    """A Core statement that remembers its text in each dialect.

    `postgresql` where Core writes one thing in two ways (see `dialects`), or where one database
    is better told otherwise; both have the same parameters and columns. A large query in many
    variants is given as a function that builds it: it is then made when first needed and only its
    text is kept, since Core's objects take a hundred times the room.

    `groups` are the tuple types that the first columns belong to: a row is then returned as those
    tuples followed by the columns that are left.
    """

    __slots__ = ("_build", "_by_dialect", "_groups")

    def __init__(
        self,
        core: Executable | Build,
        postgresql: Executable | None = None,
        groups: Sequence[type[Any]] = (),
    ) -> None:
        if isinstance(core, Executable):
            cores = {"sqlite": core, "postgresql": core if postgresql is None else postgresql}
            self._build: Build = cores.__getitem__
        else:
            self._build = core
        self._groups = groups
        self._by_dialect: dict[Dialect, Compiled] = {}

    def compiled(self, dialect: Dialect) -> Compiled:
        """The text for this dialect, made at the first call."""
        found = self._by_dialect.get(dialect)
        if found is None:
            core = self._build(dialect)
            found = self._by_dialect[dialect] = _compile(core, dialect, self._groups)
        return found


def _compile(core: Executable, dialect: Dialect, groups: Sequence[type[Any]]) -> Compiled:
    compiled = cast(SQLCompiler, core.compile(dialect=_DIALECTS[dialect]))  # type: ignore[attr-defined]
    values = compiled.construct_params(_check=False)
    # What `param` made is given at each run; a forgotten one is then an error, never a null.
    constants = {name: value for name, value in values.items() if not compiled.binds[name].required}
    columns = _result_columns(core)
    flags = [dialect == "sqlite" and isinstance(column.type, Boolean) for column in columns]
    convert = _converter(flags, groups) if groups or any(flags) else None
    return Compiled(str(compiled), constants, convert)


def _converter(flags: Sequence[bool], groups: Sequence[type[Any]]) -> Convert:
    """A function that makes a row's values: SQLite's 0 and 1 to booleans, columns to tuples.

    The source is made of column positions alone, so evaluating it is safe; a loop over the
    positions would cost more than the query that fetched the row.
    """
    values = [f"F[r[{place}]]" if flag else f"r[{place}]" for place, flag in enumerate(flags)]
    parts: list[str] = []
    start = 0
    for number, group in enumerate(groups):
        end = start + len(group._fields)
        parts.append(f"N(G[{number}], ({', '.join(values[start:end])},))")
        start = end
    parts += values[start:]
    source = f"lambda r: ({', '.join(parts)},)"
    names = {"F": _FLAGS, "G": groups, "N": tuple.__new__}
    return cast(Convert, eval(source, names))  # noqa: S307 — made of integers only


def _result_columns(core: Executable) -> Sequence[ColumnElement[Any]]:
    if hasattr(core, "selected_columns"):
        return list(core.selected_columns)
    returning = getattr(core, "_returning", ())
    columns: list[ColumnElement[Any]] = []
    for item in returning:
        columns.extend(item.columns if hasattr(item, "columns") else [item])
    return columns


def param(name: str, kind: Any = None) -> BindParameter[Any]:
    """A value given at each run, under this name.

    `kind` is its SQL type where PostgreSQL cannot find it out from the place where it stands.
    """
    return bindparam(name, type_=kind, required=True)


def with_values(query: "Select[Any]", values: Mapping[str, ColumnElement[Any]]) -> "Select[Any]":
    """The same query with these expressions in the place of parameters, by their names."""

    def replace(element: Any, **_: Any) -> ColumnElement[Any] | None:
        return values.get(element.key) if isinstance(element, BindParameter) else None

    return cast("Select[Any]", replacement_traverse(query, {}, replace))


class _AnyOf(GenericFunction[Any]):
    """`column in (a list given at run time)`; the list is one parameter in both databases."""

    # A boolean function would be written `… = 1` for SQLite, which no index can serve.
    type = NullType()
    inherit_cache = False
    name = "any_of"


@compiles(_AnyOf, "sqlite")
def _any_of_sqlite(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    column, values = list(element.clauses)
    return (
        f"{compiler.process(column, **kw)} IN "
        f"(SELECT value FROM json_each({compiler.process(values, **kw)}))"
    )


@compiles(_AnyOf, "postgresql")
def _any_of_postgresql(element: Any, compiler: SQLCompiler, **kw: Any) -> str:
    column, values = list(element.clauses)
    return f"{compiler.process(column, **kw)} = ANY({compiler.process(values, **kw)})"


def any_of(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether the column's value is in the list passed as parameter `name`."""
    return _AnyOf(column, param(name))
