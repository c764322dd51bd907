"""How the cost of a list grows with the forum: every order, first page and one in the middle."""

import statistics
import sys
import time
from pathlib import Path

from bench.dataset import Dataset, build
from moothall.domain.post import Listing, PostQuery, PostSort
from moothall.domain.site import Home
from moothall.forum import Forum
from moothall.reads.post import list_posts
from moothall.storage.database import open_database

SMALL = 10_000
_ROUNDS = 60
_MIDDLE = 50


def run(cache: Path, size: int) -> int:
    """Print the median time of each order at both sizes, and the ratio."""
    small, large = (_times(build(cache / f"sqlite-{n}", "", n)) for n in (SMALL, size))
    sys.stdout.write(f"| order | page | {SMALL:,} posts | {size:,} posts | ratio |\n")
    sys.stdout.write("|---|---|---|---|---|\n")
    for key, before in small.items():
        after = large[key]
        sort, page = key
        sys.stdout.write(
            f"| {sort} | {page} | {before:.0f} µs | {after:.0f} µs | {after / before:.2f} |\n"
        )
    return 0


def _times(data: Dataset) -> dict[tuple[str, str], float]:
    database = open_database(data.database_url, data.data_dir)
    forum = Forum(database, Home(data.domain, f"https://{data.domain}"), lambda: data.now)
    try:
        found = {}
        for sort in PostSort:
            query = PostQuery(Listing.ALL, sort, limit=20)
            found[sort.value, "first"] = _time(forum, query)
            found[sort.value, "middle"] = _time(forum, _middle(forum, query))
        return found
    finally:
        database.close()


def _middle(forum: Forum, query: PostQuery) -> PostQuery:
    for _ in range(_MIDDLE):
        page = forum.read_now(list_posts, None, query)
        if page.next_cursor is None:
            break
        query = query._replace(after=page.next_cursor)
    return query


def _time(forum: Forum, query: PostQuery) -> float:
    taken = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        forum.read_now(list_posts, None, query)
        taken.append(time.perf_counter() - began)
    return statistics.median(taken) * 1e6
