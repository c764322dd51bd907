"""How much was written here is counted so that nobody waits for anybody else."""

import itertools
import random
import threading
from typing import Any

import pytest

from moothall.forum import Forum
from moothall.storage.site import count_writing, get_site
from moothall.storage.transaction import Transaction


def _count(tx: Transaction, /, **by: int) -> None:
    count_writing(tx.conn, **by)


def _totals(forum: Forum) -> tuple[int, int]:
    found = forum.read_now(lambda tx: get_site(tx.conn))
    return found.posts, found.comments


def test_what_comes_and_goes_is_summed_up(forum: Forum) -> None:
    for _ in range(40):
        forum.act_now(_count, posts=1, comments=3)
    for _ in range(15):
        forum.act_now(_count, comments=-2)
    assert _totals(forum) == (40, 90)


def test_two_who_write_at_once_do_not_wait(
    forum: Forum, database_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database_kind == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    numbers = itertools.count(1)
    monkeypatch.setattr(random, "randint", lambda _low, _high: next(numbers))
    has_counted, may_end = threading.Event(), threading.Event()

    def hold(tx: Any) -> None:
        _count(tx, comments=1)
        has_counted.set()
        may_end.wait(60)

    first = threading.Thread(target=forum.act_now, args=(hold,))
    first.start()
    try:
        assert has_counted.wait(60)
        # Would never come back if it waited for the first.
        second = threading.Thread(target=forum.act_now, args=(_count,), kwargs={"comments": 1})
        second.start()
        second.join(60)
        assert not second.is_alive()
    finally:
        may_end.set()
        first.join()
    assert _totals(forum) == (0, 2)
