"""What only the SQLite database does: its writer thread, and copying its log into the file."""

import asyncio
import resource
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from moothall.domain.errors import Unavailable
from moothall.storage.connection import Connection
from moothall.storage.sqlite import _COPY_AFTER_ROWS, SqliteDatabase
from moothall.storage.statements import Statement

_MAKE = "CREATE TABLE note (body TEXT)"
_ADD = Statement(text("INSERT INTO note (body) VALUES (:body)"))
_BODIES = Statement(text("SELECT body FROM note ORDER BY rowid"))
_WAIT_S = 10


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqliteDatabase]:
    """An open database with one table; closing it must not hang either."""
    opened = SqliteDatabase(tmp_path / "moothall.sqlite")
    opened.open()
    yield opened
    within_time(opened.close)


def within_time(call: Callable[..., Any], *args: Any) -> Any:
    """Call in a thread that is left behind, with a failing test, if it hangs."""
    done: list[Any] = []

    def run() -> None:
        try:
            done.append((call(*args), None))
        except BaseException as error:  # noqa: BLE001 — raised again below
            done.append((None, error))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(_WAIT_S)
    assert done, "it hangs"
    value, error = done[0]
    if error is not None:
        raise error
    return value


def make(conn: Connection) -> None:
    conn.script(_MAKE)


def add(conn: Connection, body: str) -> None:
    conn.run(_ADD, body=body)


def bodies(database: SqliteDatabase) -> list[str]:
    return database.read_now(lambda conn: [row[0] for row in conn.all(_BODIES)])


def add_and_raise(conn: Connection, error: BaseException) -> None:
    add(conn, "never")
    raise error


def add_and_end_the_transaction(conn: Connection) -> None:
    """As SQLite does by itself on a full disk."""
    add(conn, "never")
    conn.script("ROLLBACK")
    raise sqlite3.OperationalError("database or disk is full")


def test_a_full_disk_is_told_as_one_and_is_no_end(database: SqliteDatabase) -> None:
    within_time(database.write_now, make)

    def be_full(conn: Connection) -> None:
        pages = conn._driver.execute("PRAGMA page_count").fetchone()[0]
        conn._driver.execute(f"PRAGMA max_page_count={pages + 2}")

    within_time(database.write_now, be_full)
    with pytest.raises(Unavailable, match="storage_unavailable"):
        within_time(database.write_now, add, "x" * 100_000)
    within_time(database.write_now, add, "small")
    assert bodies(database) == ["small"]


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), GeneratorExit()])
def test_what_is_no_exception_is_told_too(database: SqliteDatabase, error: BaseException) -> None:
    within_time(database.write_now, make)
    with pytest.raises(type(error)):
        within_time(database.write_now, add_and_raise, error)
    within_time(database.write_now, add, "after")
    assert bodies(database) == ["after"]


def test_stop_iteration_reaches_who_awaits(database: SqliteDatabase) -> None:
    async def both() -> list[Any]:
        calls = [database.write(add_and_raise, StopIteration()), database.write(add, "beside")]
        return await asyncio.wait_for(asyncio.gather(*calls, return_exceptions=True), _WAIT_S)

    within_time(database.write_now, make)
    refused, added = asyncio.run(both())
    assert isinstance(refused, RuntimeError)
    assert added is None
    assert bodies(database) == ["beside"]


def test_a_lock_that_cannot_be_opened_is_an_error_and_no_end(
    database: SqliteDatabase, tmp_path: Path
) -> None:
    (tmp_path / "write.lock").mkdir()
    for _ in range(2):
        with pytest.raises(IsADirectoryError):
            within_time(database.write_now, make)
    (tmp_path / "write.lock").rmdir()
    within_time(database.write_now, make)
    assert bodies(database) == []


def test_writes_go_on_once_files_are_free_again(database: SqliteDatabase) -> None:
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1, allowed[1]))
    try:
        with pytest.raises(OSError, match="Too many open files"):
            within_time(database.write_now, make)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, allowed)
    within_time(database.write_now, make)
    assert bodies(database) == []


def test_writing_after_the_end_is_refused(tmp_path: Path) -> None:
    database = SqliteDatabase(tmp_path / "moothall.sqlite")
    database.open()
    within_time(database.write_now, make)
    within_time(database.close)
    with pytest.raises(RuntimeError, match="closed"):
        within_time(database.write_now, add, "late")
    within_time(database.close)


def test_whoever_writes_while_it_closes_is_told(tmp_path: Path) -> None:
    """Done or refused, for each of many; what was done is in the file."""
    database = SqliteDatabase(tmp_path / "moothall.sqlite")
    database.open()
    database.write_now(make)
    begin = threading.Barrier(9)

    def write(number: int) -> list[str]:
        begin.wait()
        written = []
        try:
            for step in range(1000):
                database.write_now(add, f"{number}.{step}")
                written.append(f"{number}.{step}")
        except RuntimeError:
            pass
        return written

    with ThreadPoolExecutor(8) as threads:
        running = [threads.submit(write, number) for number in range(8)]
        begin.wait()
        within_time(database.close)
        written = [body for done in running for body in done.result(_WAIT_S)]
    with sqlite3.connect(tmp_path / "moothall.sqlite") as raw:
        stored = [row[0] for row in raw.execute("SELECT body FROM note")]
    raw.close()
    assert sorted(stored) == sorted(written)


def test_an_error_that_ends_the_transaction_fails_the_batch_and_nothing_after_it(
    database: SqliteDatabase,
) -> None:
    async def together() -> list[Any]:
        calls = [
            database.write(add, "before"),
            database.write(add_and_end_the_transaction),
            database.write(add, "behind"),
        ]
        return await asyncio.wait_for(asyncio.gather(*calls, return_exceptions=True), _WAIT_S)

    within_time(database.write_now, make)
    busy, free = threading.Event(), threading.Event()

    def hold(_conn: Connection) -> None:
        busy.set()
        free.wait(_WAIT_S)

    # While one is at work, the three queue up behind it and come into one batch.
    holder = threading.Thread(target=database.write_now, args=(hold,))
    holder.start()
    busy.wait(_WAIT_S)
    threading.Timer(0.1, free.set).start()
    outcomes = asyncio.run(together())
    holder.join(_WAIT_S)
    assert [str(outcome) for outcome in outcomes] == ["database or disk is full"] * 2 + ["None"]
    assert bodies(database) == ["behind"]


def test_a_loop_that_closed_keeps_nobody_waiting(database: SqliteDatabase) -> None:
    within_time(database.write_now, make)
    free = threading.Event()

    def slow(conn: Connection) -> None:
        free.wait(_WAIT_S)
        add(conn, "slow")

    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(database.write(slow), 0.05)

    asyncio.run(give_up())
    free.set()
    within_time(database.write_now, add, "after")
    assert bodies(database) == ["slow", "after"]


def test_log_is_copied_into_the_file_while_the_database_is_open(tmp_path: Path) -> None:
    path = tmp_path / "moothall.sqlite"
    database = SqliteDatabase(path)
    database.open()
    try:
        database.write_now(lambda conn: conn.script(_MAKE))
        before = path.stat().st_size
        rows = [{"body": "x" * 100}] * (_COPY_AFTER_ROWS - 10)
        database.write_now(lambda conn: conn.run_many(_ADD, rows))
        assert path.stat().st_size == before

        database.write_now(lambda conn: conn.run_many(_ADD, rows))
        # The copy follows the answer; the next write waits for it.
        database.write_now(lambda conn: conn.run(_ADD, body=""))
        assert path.stat().st_size > before + 50_000
    finally:
        database.close()
