"""Both databases behind one interface: what is committed, what is rolled back, who sees what."""

import asyncio
import threading
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text

from moothall.domain.errors import Invalid, TooMany
from moothall.forum import Forum
from moothall.storage.connection import Connection
from moothall.storage.database import LONG_READERS, MAX_LONG_READS_WAITING, Database
from moothall.storage.statements import Statement, any_of, param
from moothall.storage.tables import blocked_url, tagline

_ADD = Statement(
    insert(tagline)
    .values(content=param("content"), created_at=param("now"))
    .returning(tagline.c.id)
)
_CONTENTS = Statement(select(tagline.c.content).order_by(tagline.c.id))
_SOME = Statement(select(tagline.c.content).where(any_of(tagline.c.content, "wanted")))
_FOR_EVER = Statement(
    text(
        "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n % 7 + 1 FROM number)"
        " SELECT count(*) FROM number"
    )
)
_ADD_URL = Statement(insert(blocked_url).values(url=param("url"), created_at=param("now")))


@pytest.fixture
def database(forum: Forum) -> Database:
    return forum._database


def add(conn: Connection, content: str) -> int:
    added: int = conn.value(_ADD, content=content, now=1)
    return added


def contents(conn: Connection) -> list[str]:
    return [row[0] for row in conn.all(_CONTENTS)]


class Refused(Exception):
    """What an action raises."""


def add_and_fail(conn: Connection, content: str) -> None:
    add(conn, content)
    raise Refused


def test_a_write_is_seen_by_the_next_read(database: Database) -> None:
    database.write_now(add, "one")
    assert database.read_now(contents) == ["one"]


def test_a_refused_write_leaves_nothing(database: Database) -> None:
    with pytest.raises(Refused):
        database.write_now(add_and_fail, "one")
    assert database.read_now(contents) == []


def test_a_broken_constraint_leaves_nothing(database: Database) -> None:
    def twice(conn: Connection) -> None:
        add(conn, "one")
        for _ in range(2):
            conn.run(_ADD_URL, url="evil.example", now=1)

    with pytest.raises(Exception, match=r"(?i)unique"):
        database.write_now(twice)
    assert database.read_now(contents) == []


def test_one_that_fails_undoes_nobody_elses_work(database: Database) -> None:
    """Also when many are committed together."""

    async def many() -> list[Any]:
        calls = [
            database.write(add_and_fail if number % 3 == 0 else add, str(number))
            for number in range(60)
        ]
        return await asyncio.gather(*calls, return_exceptions=True)

    results = asyncio.run(many())
    assert [isinstance(result, Refused) for result in results] == [n % 3 == 0 for n in range(60)]
    expected = {str(number) for number in range(60) if number % 3}
    assert set(database.read_now(contents)) == expected


def test_a_read_cannot_write(database: Database) -> None:
    with pytest.raises(Exception, match=r"(?i)read.?only"):
        database.read_now(add, "one")
    assert database.read_now(contents) == []


def test_a_read_sees_one_moment(database: Database) -> None:
    def twice(conn: Connection) -> tuple[list[str], list[str]]:
        before = contents(conn)
        writer = threading.Thread(target=database.write_now, args=(add, "between"))
        writer.start()
        writer.join(10)
        return before, contents(conn)

    assert database.read_now(twice) == ([], [])
    assert database.read_now(contents) == ["between"]


def test_the_mark_changes_with_every_commit_and_only_then(database: Database) -> None:
    async def marks() -> list[int]:
        first = await database.change_mark()
        await database.read(contents)
        second = await database.change_mark()
        await database.write(add, "one")
        return [first, second, await database.change_mark()]

    first, second, third = asyncio.run(marks())
    assert first == second != third


def test_a_list_of_values_is_one_parameter(database: Database) -> None:
    for content in ("a", "b", "c'"):
        database.write_now(add, content)
    rows = database.read_now(lambda conn: conn.all(_SOME, wanted=["a", "c'", "d"]))
    assert sorted(row[0] for row in rows) == ["a", "c'"]
    assert database.read_now(lambda conn: conn.all(_SOME, wanted=[])) == []


def test_long_reads_run_beside_the_event_loop(database: Database) -> None:
    async def thread_of_read() -> str:
        return await database.read_long(lambda _conn: threading.current_thread().name)

    assert asyncio.run(thread_of_read()) != threading.current_thread().name


def _count_for_ever(conn: Connection) -> None:
    conn.all(_FOR_EVER)


def test_a_long_read_ends_after_its_time(database: Database, monkeypatch: Any) -> None:
    monkeypatch.setattr(database, "long_read_s", 0.2)
    database.write_now(add, "one")

    async def long_then_short() -> list[str]:
        with pytest.raises(TooMany) as refused:
            await asyncio.wait_for(database.read_long(_count_for_ever), 10)
        assert refused.value.code == "took_too_long"
        return await database.read_long(contents)

    assert asyncio.run(long_then_short()) == ["one"]


def test_long_reads_hold_up_nobody_else_and_are_bounded(database: Database) -> None:
    free = threading.Event()

    def wait(_conn: Connection) -> bool:
        return free.wait(10)

    async def beside() -> list[Any]:
        calls = [
            asyncio.ensure_future(database.read_long(wait))
            for _ in range(LONG_READERS + MAX_LONG_READS_WAITING)
        ]
        await asyncio.sleep(0.05)
        try:
            async with asyncio.timeout(5):
                with pytest.raises(TooMany):
                    await database.read_long(wait)
                await database.write(add, "one")
                await database.change_mark()
                assert await database.read(contents) == ["one"]
        finally:
            free.set()
        return await asyncio.gather(*calls)

    assert all(asyncio.run(beside()))


def test_a_read_that_raises_stop_iteration_hangs_nobody(database: Database) -> None:
    def stop(_conn: Connection) -> None:
        raise StopIteration

    async def read() -> None:
        async with asyncio.timeout(5):
            await database.read_long(stop)

    with pytest.raises(RuntimeError):
        asyncio.run(read())


def test_closing_finishes_what_was_handed_over(database: Database) -> None:
    threads = [threading.Thread(target=database.write_now, args=(add, str(n))) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(database.read_now(contents)) == 8


def test_a_text_that_no_database_takes_is_refused(database: Database) -> None:
    with pytest.raises(Invalid, match="content holds a NUL"):
        database.write_now(add, "a\0b")
    with pytest.raises(Invalid, match="wanted hold a NUL"):
        database.read_now(lambda conn: conn.all(_SOME, wanted=["a", "b\0"]))
    with pytest.raises(Invalid, match="url holds a NUL"):
        database.write_now(
            lambda conn: conn.run_many(_ADD_URL, [{"url": url, "now": 1} for url in ("a", "\0")])
        )


def test_many_changes_are_all_made(database: Database) -> None:
    rows = ({"url": str(number), "now": number} for number in range(1_000))
    database.write_now(lambda conn: conn.run_many(_ADD_URL, rows))
    count = Statement(select(func.count()).select_from(blocked_url))
    assert database.read_now(lambda conn: conn.value(count)) == 1_000
    database.write_now(lambda conn: conn.run_many(_ADD_URL, []))


def test_of_many_changes_one_that_fails_undoes_all(database: Database) -> None:
    rows = [{"url": url, "now": 1} for url in ("a", "b", "a")]
    with pytest.raises(Exception, match=r"(?i)unique"):
        database.write_now(lambda conn: conn.run_many(_ADD_URL, rows))
    count = Statement(select(func.count()).select_from(blocked_url))
    assert database.read_now(lambda conn: conn.value(count)) == 0
