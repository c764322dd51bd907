"""Every database comes to the schema of this program, and to no newer one."""

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, text

from moothall.storage import migrations
from moothall.storage.migrations import DatabaseTooNew, OtherTables, migrate
from moothall.storage.tables import metadata

VERSIONS = Path(migrations.__file__).parent / "versions"


def _engine(url: str, data_dir: Path) -> Engine:
    if url:
        return create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    return create_engine(f"sqlite:///{data_dir / 'moothall.sqlite'}")


@pytest.mark.parametrize("name", ["what?", "100%", "a#b", "Ä b"])
def test_any_folder_will_do(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    migrate("", folder)
    assert (folder / "moothall.sqlite").stat().st_size > 0
    assert [each.name for each in tmp_path.iterdir()] == [name]


def _is_compared(_thing: object, name: str | None, *_: object) -> bool:
    """Leave out what search made for itself: full-text tables, and indexes of expressions."""
    return not (name and "_search" in name)


def test_the_head_is_the_newest_file() -> None:
    newest = max(path.name for path in VERSIONS.glob("*.py"))
    assert newest.startswith(f"{migrations.HEAD}_")


def test_the_steps_lead_to_the_tables(fresh_database_url: str, tmp_path: Path) -> None:
    assert migrate(fresh_database_url, tmp_path) is None
    engine = _engine(fresh_database_url, tmp_path)
    with engine.connect() as connection:
        options = {"compare_type": True, "include_object": _is_compared}
        context = MigrationContext.configure(connection, opts=options)
        difference = compare_metadata(context, metadata)
    engine.dispose()
    assert difference == []


def test_a_second_start_has_nothing_to_do(fresh_database_url: str, tmp_path: Path) -> None:
    migrate(fresh_database_url, tmp_path)
    assert migrate(fresh_database_url, tmp_path) is None
    assert list(tmp_path.glob("*before-upgrade*")) == []


def _say(url: str, data_dir: Path, revision: str) -> None:
    engine = _engine(url, data_dir)
    with engine.begin() as connection:
        said = text("UPDATE alembic_version SET version_num = :revision")
        connection.execute(said, {"revision": revision})
    engine.dispose()


def test_a_newer_database_is_refused(fresh_database_url: str, tmp_path: Path) -> None:
    migrate(fresh_database_url, tmp_path)
    _say(fresh_database_url, tmp_path, "9999")
    with pytest.raises(DatabaseTooNew, match="newer version"):
        migrate(fresh_database_url, tmp_path)


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ("DROP TABLE site_total", "table site_total is missing"),
        ("ALTER TABLE site_total ADD COLUMN mood integer", "table site_total has an unknown mood"),
        ("ALTER TABLE report RENAME COLUMN reason TO why", "table report has no reason"),
    ],
)
def test_tables_of_another_state_are_refused(
    fresh_database_url: str, tmp_path: Path, change: str, difference: str
) -> None:
    migrate(fresh_database_url, tmp_path)
    engine = _engine(fresh_database_url, tmp_path)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE of_the_operator (id integer)"))
    migrate(fresh_database_url, tmp_path)
    with engine.begin() as connection:
        connection.execute(text(change))
    engine.dispose()
    with pytest.raises(OtherTables, match=difference):
        migrate(fresh_database_url, tmp_path)


def test_a_copy_is_set_aside_before_a_step(tmp_path: Path) -> None:
    migrate("", tmp_path)
    _say("", tmp_path, "0001")
    with pytest.raises(Exception, match="already exists"):
        migrate("", tmp_path)
    [copy] = tmp_path.glob("moothall-before-upgrade-0001-*.sqlite")
    with sqlite3.connect(copy) as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)
    raw.close()
