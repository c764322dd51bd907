"""Bringing a database to the schema that this program needs.

The steps are Alembic revisions under `versions/`. Alembic itself is only imported when there is a
step to take: an up-to-date database is told by one query. One process migrates at a time; a SQLite
file is copied aside first, so that the way back is to put the copy in its place. A database that
came from another cluster of PostgreSQL is made to fit this one.
"""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moothall.storage.restored import renumber_events

from .shape import POSTGRESQL, SQLITE, OtherTables, refuse_other_tables

__all__ = ["HEAD", "DatabaseTooNew", "OtherTables", "is_current", "migrate"]

if TYPE_CHECKING:
    import psycopg
    from sqlalchemy import URL

# The newest revision. A test holds it against the files.
HEAD = "0002"
# Any number will do for the advisory lock, as long as nobody else uses it.
_LOCK_KEY = 0x6D6F6F74


class DatabaseTooNew(Exception):
    """The database was written by a newer version of this program."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"the database is of a newer version (schema {found}, this program knows up to {HEAD});"
            " start the newer program, or put back the copy that was set aside before the upgrade"
        )


def migrate(url: str, data_dir: Path) -> Path | None:
    """Take every step that is missing.

    Returns where the copy of a SQLite file was set aside, or None if there was nothing to do or
    nothing to copy. Raises DatabaseTooNew and OtherTables.
    """
    if url:
        _migrate_postgresql(url)
        return None
    return _migrate_sqlite(data_dir)


def _migrate_sqlite(data_dir: Path) -> Path | None:
    from sqlalchemy import URL

    path = data_dir / "moothall.sqlite"
    with _file_lock(data_dir / "migrate.lock"):
        found = _sqlite_revision(path)
        _refuse_newer(found)
        if found == HEAD:
            _check_sqlite(path)
            return None
        # The copy and the steps are of one moment: no other process writes in between.
        with _file_lock(data_dir / "write.lock"):
            copy = None if found is None else _set_aside(path, found)
            _upgrade(URL.create("sqlite", database=str(path)))
        return copy


def is_current(data_dir: Path) -> bool:
    """Whether a SQLite file is there, and a start would change nothing of it."""
    return _sqlite_revision(data_dir / "moothall.sqlite") in {None, HEAD}


def _sqlite_revision(path: Path) -> str | None:
    if not path.exists():
        return None
    raw = sqlite3.connect(path)
    try:
        known = "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
        if raw.execute(known).fetchone() is None:
            return None
        row = raw.execute("SELECT version_num FROM alembic_version").fetchone()
        return None if row is None else str(row[0])
    finally:
        raw.close()


def _check_sqlite(path: Path) -> None:
    raw = sqlite3.connect(path)
    try:
        refuse_other_tables(raw.execute(SQLITE))
    finally:
        raw.close()


def _set_aside(path: Path, revision: str) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    copy = path.with_name(f"{path.stem}-before-upgrade-{revision}-{stamp}.sqlite")
    source = sqlite3.connect(path)
    target = sqlite3.connect(copy)
    try:
        source.backup(target)
    finally:
        target.close()
        source.close()
    return copy


def _migrate_postgresql(url: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as raw:
        raw.execute("SELECT pg_advisory_lock(%s)", (_LOCK_KEY,))
        found = _postgresql_revision(raw)
        _refuse_newer(found)
        if found == HEAD:
            refuse_other_tables(raw.execute(POSTGRESQL))
        else:
            _upgrade(_sqlalchemy_url(url))
        renumber_events(raw)


def _postgresql_revision(raw: "psycopg.Connection[Any]") -> str | None:
    known = raw.execute("SELECT to_regclass('alembic_version')").fetchone()
    if known is None or known[0] is None:
        return None
    row = raw.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def _sqlalchemy_url(url: str) -> "URL":
    from sqlalchemy import make_url

    return make_url("postgresql+psycopg://" + url.split("://", 1)[1])


def _refuse_newer(found: str | None) -> None:
    if found is not None and found > HEAD:
        raise DatabaseTooNew(found)


def _upgrade(url: "URL") -> None:
    import logging

    # What it tells of its own plugins is of no use to an operator; they speak when imported.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["url"] = url
    command.upgrade(config, "head")


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
