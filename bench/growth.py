"""How the cost of a list grows with the forum: every order, first page and one in the middle."""

import asyncio
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bench.dataset import Dataset
from moothall.domain.comment import CommentQuery, CommentSort
from moothall.domain.post import Listing, PostQuery, PostSort
from moothall.domain.site import Home
from moothall.forum import Forum
from moothall.reads.comment import list_comments
from moothall.reads.post import list_posts
from moothall.storage.opening import database_at

SMALL = 10_000
_ROUNDS = 60
_MIDDLE = 50


@dataclass(frozen=True, slots=True)
class Growth:
    """One list: microseconds of a page in the small forum, and in the large one."""

    name: str
    small_us: float
    large_us: float

    @property
    def ratio(self) -> float:
        """How many times as long the large forum takes."""
        return self.large_us / self.small_us


def measure(small: Dataset, large: Dataset) -> list[Growth]:
    """Ask both in turns, so that a slow moment of the machine meets both."""
    with _forum(small) as few, _forum(large) as many:
        return asyncio.run(_measure((few, many)))


async def _measure(both: Sequence[Forum]) -> list[Growth]:
    found = []
    for name, read, first in _lists():
        middle = [await _further(forum, read, first) for forum in both]
        found.append(Growth(name, *await _in_turns(both, read, [first, first])))
        found.append(Growth(f"{name}, middle", *await _in_turns(both, read, middle)))
    return found


def _lists() -> Iterator[tuple[str, Callable[..., Any], Any]]:
    for sort in PostSort:
        yield f"posts {sort}", list_posts, PostQuery(Listing.ALL, sort, limit=20)
    for order in CommentSort:
        yield f"comments {order}", list_comments, CommentQuery(Listing.ALL, order, limit=20)


@contextmanager
def _forum(data: Dataset) -> Iterator[Forum]:
    database = database_at(data.database_url, data.data_dir)
    database.open()
    try:
        yield Forum(database, Home(data.domain, f"https://{data.domain}"), lambda: data.now)
    finally:
        database.close()


async def _further(forum: Forum, read: Callable[..., Any], query: Any) -> Any:
    """The query of a page that stands so many pages down, or half way down a shorter list."""
    seen = [query]
    while len(seen) <= _MIDDLE:
        page = await forum.read(read, None, seen[-1])
        if page.next_cursor is None:
            return seen[len(seen) // 2]
        seen.append(query._replace(after=page.next_cursor))
    return seen[-1]


async def _in_turns(
    forums: Sequence[Forum], read: Callable[..., Any], queries: Sequence[Any]
) -> tuple[float, float]:
    """The median processor time in each of two forums, in microseconds: nobody else counts in it."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(_ROUNDS):
        for times, forum, query in zip(taken, forums, queries, strict=True):
            began = time.process_time()
            await forum.read(read, None, query)
            times.append(time.process_time() - began)
    return statistics.median(taken[0]) * 1e6, statistics.median(taken[1]) * 1e6
