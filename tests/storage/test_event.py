"""Events are read in an order that loses none, and forgotten when nobody waits for them."""

import threading
from typing import Any

import pytest

from moothall.actions import upkeep
from moothall.domain.time import DAY, Time
from moothall.forum import Forum
from moothall.storage import event
from moothall.storage.connection import Connection
from moothall.storage.event import START, Position
from moothall.storage.transaction import Transaction
from tests.support.clock import Clock

_WAIT_S = 10


@pytest.fixture
def clock(forum: Forum) -> Any:
    return forum.clock


def add(tx: Transaction, name: str) -> None:
    event.add(tx.conn, "thing_done", tx.now, name=name)


def read(tx: Transaction, after: Position, size: int) -> list[event.Event]:
    return event.next_events(tx.conn, after, size)


def move(tx: Transaction, consumer: str, position: Position) -> None:
    event.move_cursor(tx.conn, consumer, position)


def names(forum: Forum) -> list[str]:
    return [found.payload["name"] for found in forum.read_now(read, START, 100)]


def forget_all(forum: Forum) -> int:
    """How many steps it took."""
    steps = 1
    while forum.act_now(upkeep.forget_events):
        steps += 1
    return steps


def test_events_come_in_order_in_portions(forum: Forum) -> None:
    start = forum.read_now(lambda tx: event.cursor_of(tx.conn, "test"))
    assert start == START
    for name in "abc":
        forum.act_now(add, name)
    first, second = forum.read_now(read, start, 2)
    assert (first.kind, first.payload) == ("thing_done", {"name": "a"})
    assert first.created_at < second.created_at < forum.clock()
    assert [found.payload["name"] for found in forum.read_now(read, second.position, 2)] == ["c"]


def test_a_cursor_is_kept(forum: Forum) -> None:
    for position in (Position(3, 7), Position(2**40, 2**40)):
        forum.act_now(move, "test", position)
        assert forum.read_now(lambda tx: event.cursor_of(tx.conn, "test")) == position
    assert forum.read_now(lambda tx: event.cursor_of(tx.conn, "another")) == START


def test_a_slower_transaction_is_not_passed_by(forum: Forum) -> None:
    """Of two at once, whichever commits first, a consumer that moves on meets both."""
    begun, free = threading.Event(), threading.Event()

    def slow(tx: Transaction) -> None:
        add(tx, "slow")
        begun.set()
        free.wait(_WAIT_S)

    def fast() -> None:
        forum.act_now(add, "fast")
        free.set()

    slower = threading.Thread(target=forum.act_now, args=(slow,))
    slower.start()
    assert begun.wait(_WAIT_S)
    faster = threading.Thread(target=fast)
    faster.start()
    # SQLite has one writer, so that there the fast one waits.
    faster.join(0.5)
    met = forum.read_now(read, START, 100)
    free.set()
    slower.join(_WAIT_S)
    faster.join(_WAIT_S)
    met += forum.read_now(read, met[-1].position if met else START, 100)
    assert sorted(found.payload["name"] for found in met) == ["fast", "slow"]


def test_without_consumers_events_are_kept_for_a_day(forum: Forum, clock: Clock) -> None:
    forum.act_now(add, "old")
    clock.advance(DAY - 10)
    forum.act_now(add, "young")
    forget_all(forum)
    assert names(forum) == ["old", "young"]
    clock.advance(10)
    forget_all(forum)
    assert names(forum) == ["young"]


def test_with_consumers_events_are_kept_until_all_have_read_them(
    forum: Forum, clock: Clock
) -> None:
    for name in "abc":
        forum.act_now(add, name)
    first, second, _ = forum.read_now(read, START, 100)
    forum.act_now(move, "ahead", second.position)
    forum.act_now(move, "behind", first.position)
    clock.advance(2 * DAY)
    forget_all(forum)
    assert names(forum) == ["b", "c"]


def test_many_are_forgotten_in_steps(forum: Forum, clock: Clock) -> None:
    def add_many(conn: Connection, now: Time) -> None:
        for number in range(2_500):
            event.add(conn, "thing_done", now, name=str(number))

    forum.act_now(lambda tx: add_many(tx.conn, tx.now))
    clock.advance(DAY + 1)
    assert forget_all(forum) == 3
    assert names(forum) == []
