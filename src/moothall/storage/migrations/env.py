"""What Alembic runs: all missing steps in one transaction."""

from alembic import context
from sqlalchemy import create_engine, event, pool

from moothall.storage.tables import metadata


def run() -> None:
    """Connect and take the steps; either all of them or none."""
    engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _begin_by_hand)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    with engine.begin() as connection:
        context.configure(connection=connection, target_metadata=metadata)
        context.run_migrations()
    engine.dispose()


def _begin_by_hand(raw: "object", _record: "object") -> None:
    # The driver would otherwise commit before each change of the schema.
    raw.isolation_level = None  # type: ignore[attr-defined]


run()
