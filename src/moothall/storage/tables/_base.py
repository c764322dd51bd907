"""What every table is made of: one metadata, and the few column kinds that we use.

Times are integers (microseconds since 1970, see `domain.time`), flags are booleans, texts have no
database length: the edge checks lengths, with an error that a person can read.
"""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Integer, MetaData, Text
from sqlalchemy.sql import expression

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

# SQLite: never give the id of a purged row to a new one, since ids are part of public addresses.
STABLE_IDS: dict[str, Any] = {"sqlite_autoincrement": True}
# SQLite: the primary key is the table, no hidden row id beside it.
CLUSTERED: dict[str, Any] = {"sqlite_with_rowid": False}

_LOG_ID = BigInteger().with_variant(Integer, "sqlite")


def id_column() -> Column[int]:
    """A row's own integer key."""
    return Column("id", Integer, primary_key=True)


def log_id_column() -> Column[int]:
    """The key of a row of a log, which grows with every vote or message for as long as we live.

    SQLite's own keys have 64 bits anyway, but only where they are called INTEGER.
    """
    return Column("id", _LOG_ID, primary_key=True)


def log_ref(name: str, target: str) -> Column[Any]:
    """A reference, perhaps none, to a row of a log; goes with it."""
    return Column(name, _LOG_ID, ForeignKey(f"{target}.id", ondelete="CASCADE"), nullable=True)


def ref(name: str, target: str, *, null: bool = False, on_delete: str = "CASCADE") -> Column[Any]:
    """A reference to another table's id; rows that depend on a purged one go with it."""
    return Column(name, Integer, ForeignKey(f"{target}.id", ondelete=on_delete), nullable=null)


def key_ref(name: str, target: str) -> Column[Any]:
    """A reference that is part of the primary key."""
    return Column(name, Integer, ForeignKey(f"{target}.id", ondelete="CASCADE"), primary_key=True)


def time(name: str, *, null: bool = False) -> Column[Any]:
    """A point in time, microseconds since 1970 UTC."""
    return Column(name, BigInteger, nullable=null)


def flag(name: str, *, default: bool = False) -> Column[Any]:
    """A boolean that is never null."""
    value = expression.true() if default else expression.false()
    return Column(name, Boolean, nullable=False, server_default=value)


def count(name: str, default: int = 0) -> Column[Any]:
    """A whole number that is never null."""
    return Column(name, Integer, nullable=False, server_default=str(default))


def rank(name: str) -> Column[Any]:
    """A stored rank: a cache of a formula in `domain.ranking`."""
    return Column(name, Float, nullable=False, server_default="0")


def text(name: str, *, null: bool = False, default: str | None = None) -> Column[Any]:
    """A text."""
    return Column(name, Text, nullable=null, server_default=default)
