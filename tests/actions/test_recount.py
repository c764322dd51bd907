"""Where counters are right a recount changes nothing; where they are wrong it makes them right."""

import random
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moothall.actions.recount import (
    correct,
    find_corrections,
    recount_comments,
    recount_posts,
)
from moothall.domain.errors import ForumError
from moothall.forum import Forum
from moothall.storage.recount import CommentFigures, PostFigures
from moothall.storage.tables import SITE_ID
from moothall.storage.transaction import Transaction
from tests.support.random_town import RandomTown

POST = ("comments", "upvotes", "downvotes", "score", "newest_comment_at", "newest_comment_necro_at")
COMMENT = ("upvotes", "downvotes", "score", "child_count")
TOTALS = ("posts", "comments")
SUMS = {
    "person": ("post_count", "comment_count", "post_score", "comment_score"),
    "community": ("subscribers", "subscribers_local", "posts", "comments"),
    "site": ("users", "communities"),
}
FIGURES = {"post": POST, "comment": COMMENT, "site_total": TOTALS, **SUMS}


def _raw(tx: Transaction, text: str) -> list[Any]:
    conn: Any = tx.conn
    cursor = conn._driver.execute(text)
    return list(cursor.fetchall()) if text.startswith("SELECT") else []


def _counters(forum: Forum) -> dict[str, list[Any]]:
    found = {
        table: forum.read_now(_raw, f"SELECT id, {', '.join(names)} FROM {table} ORDER BY id")
        for table, names in FIGURES.items()
    }
    # Spread over several rows, of which only the sum counts.
    found["site_total"] = [sum(column) for column in zip(*found["site_total"], strict=True)][1:]
    return found


def _ids(forum: Forum, table: str) -> list[int]:
    return [row[0] for row in forum.read_now(_raw, f"SELECT id FROM {table}")]


def _recount(forum: Forum) -> None:
    forum.act_now(recount_comments, _ids(forum, "comment"))
    forum.act_now(recount_posts, _ids(forum, "post"))
    for kind in SUMS:
        found = forum.read_now(find_corrections, kind, _ids(forum, kind))
        forum.act_now(correct, kind, found)


def _live(town: RandomTown, steps: int) -> None:
    for _ in range(steps):
        with suppress(ForumError):
            town.something_happens()


def test_what_actions_count_is_what_a_recount_finds(forum: Forum) -> None:
    town = RandomTown(forum, random.Random(0))

    # One forum, that more and more happens in: a fresh one for each example would take too long.
    @settings(
        max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(seed=st.integers(0, 2**32), steps=st.integers(1, 40))
    def holds(seed: int, steps: int) -> None:
        town.chance.seed(seed)
        _live(town, steps)
        before = _counters(forum)
        _recount(forum)
        assert _counters(forum) == before

    holds()


def test_wrong_counters_are_made_right(forum: Forum) -> None:
    town = RandomTown(forum, random.Random(1))
    _live(town, 120)
    _recount(forum)
    right = _counters(forum)
    for table, names in FIGURES.items():
        wrong = ", ".join(f"{name} = {name} + 3" for name in names)
        forum.act_now(_raw, f"UPDATE {table} SET {wrong}")
    assert _counters(forum) != right
    _recount(forum)
    assert _counters(forum) == right


def test_a_recount_tells_how_much_was_wrong(forum: Forum) -> None:
    town = RandomTown(forum, random.Random(2))
    posts = _ids(forum, "post")
    forum.act_now(recount_posts, posts)
    forum.act_now(_raw, "UPDATE post SET upvotes = 70")
    assert forum.act_now(recount_posts, posts) == len(town.posts)
    assert forum.read_now(find_corrections, "site", [SITE_ID]) == []


def test_figures_are_columns() -> None:
    assert set(POST) <= set(PostFigures._fields)
    assert set(COMMENT) <= set(CommentFigures._fields)
