"""How the cost of a list grows with the forum: every order, first page and one in the middle."""

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
        both = few, many
        found = []
        for sort in PostSort:
            first = PostQuery(Listing.ALL, sort, limit=20)
            middle = [_further(forum, first) for forum in both]
            found.append(Growth(f"posts {sort}", *_in_turns(both, list_posts, [first, first])))
            found.append(Growth(f"posts {sort}, middle", *_in_turns(both, list_posts, middle)))
        for order in CommentSort:
            for name, page in (("", 1), (", middle", _MIDDLE)):
                query = CommentQuery(Listing.ALL, order, limit=20, page=page)
                times = _in_turns(both, list_comments, [query, query])
                found.append(Growth(f"comments {order}{name}", *times))
        return found


@contextmanager
def _forum(data: Dataset) -> Iterator[Forum]:
    database = database_at(data.database_url, data.data_dir)
    database.open()
    try:
        yield Forum(database, Home(data.domain, f"https://{data.domain}"), lambda: data.now)
    finally:
        database.close()


def _further(forum: Forum, query: PostQuery) -> PostQuery:
    """The query of a page that stands so many pages down, or of the last one."""
    for _ in range(_MIDDLE):
        page = forum.read_now(list_posts, None, query)
        if page.next_cursor is None:
            break
        query = query._replace(after=page.next_cursor)
    return query


def _in_turns(
    forums: Sequence[Forum], read: Callable[..., Any], queries: Sequence[Any]
) -> tuple[float, float]:
    """The median time in each of two forums, in microseconds."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(_ROUNDS):
        for times, forum, query in zip(taken, forums, queries, strict=True):
            began = time.perf_counter()
            forum.read_now(read, None, query)
            times.append(time.perf_counter() - began)
    return statistics.median(taken[0]) * 1e6, statistics.median(taken[1]) * 1e6
