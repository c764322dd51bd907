"""A PostgreSQL database in another cluster: nobody misses an event, and none comes in disorder."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from moothall.domain.time import Time
from moothall.storage import event
from moothall.storage.connection import Connection
from moothall.storage.event import START, Position
from moothall.storage.migrations import migrate
from moothall.storage.postgresql import PostgresqlDatabase
from tests.support.postgres import PostgresServer

_NOW = Time(1_700_000_000_000_000)
# How much further the other cluster had counted.
_AHEAD = 10**9


@pytest.fixture
def url(postgres: PostgresServer, tmp_path: Path) -> Iterator[str]:
    name = postgres.create_database()
    migrate(postgres.url(name), tmp_path)
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture
def database(url: str) -> Iterator[PostgresqlDatabase]:
    opened = PostgresqlDatabase(url, pool_size=2)
    opened.open()
    yield opened
    opened.close()


def _add(database: PostgresqlDatabase, *names: str) -> None:
    for name in names:
        database.write_now(lambda conn, name: event.add(conn, "thing_done", _NOW, name=name), name)


def _read(database: PostgresqlDatabase, after: Position) -> list[str]:
    def read(conn: Connection) -> list[event.Event]:
        return event.next_events(conn, after, 100)

    return [found.payload["name"] for found in database.read_now(read)]


def _cursor(database: PostgresqlDatabase) -> Position:
    return database.read_now(event.cursor_of, "reader")


def _move_behind(database: PostgresqlDatabase, name: str) -> None:
    for found in database.read_now(event.next_events, START, 100):
        if found.payload["name"] == name:
            database.write_now(event.move_cursor, "reader", found.position)


def _as_if_from_another_cluster(url: str) -> None:
    with psycopg.connect(url) as raw:
        raw.execute("UPDATE event SET transaction_id = transaction_id + %s", (_AHEAD,))
        raw.execute("UPDATE event_cursor SET transaction_id = transaction_id + %s", (_AHEAD,))


def _swap_numbers(url: str) -> None:
    """So that the order of transactions is not that of ids, as with two at work at once."""
    with psycopg.connect(url) as raw:
        raw.execute(
            "UPDATE event SET transaction_id = (SELECT min(transaction_id) + max(transaction_id)"
            " FROM event) - transaction_id"
        )


@pytest.mark.parametrize("moves", [1, 2])
def test_what_was_not_read_before_is_read_after(
    database: PostgresqlDatabase, url: str, tmp_path: Path, moves: int
) -> None:
    _add(database, "a", "b", "c")
    _swap_numbers(url)
    assert _read(database, START) == ["c", "b", "a"]
    _move_behind(database, "c")
    for _ in range(moves):
        _as_if_from_another_cluster(url)
        migrate(url, tmp_path)
    _add(database, "d")
    assert _read(database, _cursor(database)) == ["b", "a", "d"]
    assert _read(database, START) == ["c", "b", "a", "d"]


def test_a_cursor_whose_events_are_forgotten_goes_on(
    database: PostgresqlDatabase, url: str, tmp_path: Path
) -> None:
    _add(database, "a")
    _move_behind(database, "a")
    assert not database.write_now(event.forget, _NOW, 100)
    _as_if_from_another_cluster(url)
    migrate(url, tmp_path)
    _add(database, "b")
    assert _read(database, _cursor(database)) == ["b"]


def test_a_start_in_the_same_cluster_changes_nothing(
    database: PostgresqlDatabase, url: str, tmp_path: Path
) -> None:
    _add(database, "a", "b")
    _move_behind(database, "a")
    cursor, found = _cursor(database), database.read_now(event.next_events, START, 100)
    migrate(url, tmp_path)
    assert _cursor(database) == cursor
    assert database.read_now(event.next_events, START, 100) == found
