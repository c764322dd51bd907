"""Which of the two databases an installation has."""

from pathlib import Path

from .database import Database


def database_at(url: str, data_dir: Path, *, synchronous: str = "full") -> Database:
    """The database of an installation, not yet open.

    `url` empty means SQLite in `data_dir`; else a postgresql:// address. Nothing is created and
    nothing migrated here, see `migrations.migrate`. `synchronous` ("full" or "normal") says
    whether an acknowledged write on SQLite also survives a power cut.
    """
    if url:
        # The driver of the other database is not loaded.
        from .postgresql import PostgresqlDatabase

        return PostgresqlDatabase(url)
    from .sqlite import SqliteDatabase

    return SqliteDatabase(data_dir / "moothall.sqlite", synchronous=synchronous)
