"""What only the PostgreSQL database does: its pool, its tries, and what it knows of commits."""

import asyncio
import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import text

from moothall.storage import postgresql
from moothall.storage.connection import Connection
from moothall.storage.postgresql import PostgresqlDatabase
from moothall.storage.statements import Statement
from tests.support.postgres import PostgresServer

_MAKE = "CREATE TABLE note (id integer PRIMARY KEY, body text NOT NULL)"
_ADD = Statement(text("INSERT INTO note (id, body) VALUES (:id, '')"))
_SET = Statement(text("UPDATE note SET body = body || :body WHERE id = :id"))
_BODIES = Statement(text("SELECT body FROM note ORDER BY id"))
_WAIT_S = 20


@pytest.fixture
def url(postgres: PostgresServer) -> Iterator[str]:
    name = postgres.create_database()
    yield postgres.url(name)
    postgres.drop_database(name)


@pytest.fixture
def database(url: str) -> Iterator[PostgresqlDatabase]:
    """An open database with a table of two notes."""
    opened = PostgresqlDatabase(url, pool_size=4)
    opened.open()
    opened.write_now(_make)
    yield opened
    opened.close()


def _make(conn: Connection) -> None:
    conn.script(_MAKE)
    conn.run(_ADD, id=1)
    conn.run(_ADD, id=2)


def bodies(conn: Connection) -> list[str]:
    return [row[0] for row in conn.all(_BODIES)]


def test_the_mark_changes_when_an_older_transaction_commits(
    database: PostgresqlDatabase, url: str
) -> None:
    with psycopg.connect(url) as older:
        older.execute("UPDATE note SET body = 'older' WHERE id = 1")
        database.write_now(lambda conn: conn.run(_SET, id=2, body="newer"))
        before = asyncio.run(database.change_mark())
        older.commit()
        assert asyncio.run(database.change_mark()) != before


def test_a_restart_of_the_server_fails_nobody(database: PostgresqlDatabase, url: str) -> None:
    """Each connection of the pool is found broken before it is lent."""
    together = threading.Barrier(4)

    def meet(_conn: Connection) -> None:
        together.wait(_WAIT_S)

    async def many(work: Any) -> None:
        await asyncio.gather(*(database.read(work) for _ in range(4)))

    asyncio.run(many(meet))
    with psycopg.connect(url, autocommit=True) as raw:
        found = raw.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        assert len(found.fetchall()) >= 4
    time.sleep(postgresql._CHECK_AFTER_S + 0.1)
    asyncio.run(many(meet))
    database.write_now(lambda conn: conn.run(_SET, id=1, body="after"))
    assert database.read_now(bodies) == ["after", ""]


def test_a_taken_key_is_tried_once_more_and_no_more(database: PostgresqlDatabase) -> None:
    tries = []

    def add_again(conn: Connection) -> None:
        tries.append(conn)
        conn.run(_ADD, id=1)

    with pytest.raises(errors.UniqueViolation):
        database.write_now(add_again)
    assert len(tries) == 2


def test_two_that_lock_each_other_out_both_succeed(database: PostgresqlDatabase) -> None:
    """The server ends one of the two; it begins again."""
    together = threading.Barrier(2)
    tries: list[str] = []

    def work(conn: Connection, name: str, first: int, second: int) -> None:
        tries.append(name)
        conn.run(_SET, id=first, body=name)
        if tries.count(name) == 1:
            together.wait(_WAIT_S)
        conn.run(_SET, id=second, body=name)

    threads = [
        threading.Thread(target=database.write_now, args=(work, "a", 1, 2)),
        threading.Thread(target=database.write_now, args=(work, "b", 2, 1)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_WAIT_S)
    assert len(tries) == 3
    assert [sorted(body) for body in database.read_now(bodies)] == [["a", "b"]] * 2
