"""No list of posts costs a look at every post: read from the plans of both databases."""

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from moothall.domain.post import QUARTER, quarter_of
from moothall.domain.time import DAY, MONTH, YEAR, Time
from moothall.domain.visibility import Who
from moothall.storage.post_candidates import count_ties, walk_end, window_size
from moothall.storage.post_kind import After, Kind, Scope, Way
from moothall.storage.post_list import _page
from moothall.storage.post_order import MARKED, ORDERS, Order
from moothall.storage.sqlite import connect
from tests.support.clock import START
from tests.support.forums import Template
from tests.support.postgres import PostgresServer

_OF_SOMEBODY = (Scope.FOLLOWED, Scope.MODERATED, Scope.SAVED, Scope.VOTED)
_FILTERS = dict.fromkeys(("read", "hidden", "bots", "languages", "blocks"), True)


def _orders(scope: Scope) -> list[Order]:
    if scope in (Scope.SAVED, Scope.VOTED):
        return [MARKED]
    if scope == Scope.LINK:
        return [Order("hot_rank")]
    windowed = [Order("score", window=window) for window in (DAY, MONTH, YEAR)]
    return [*{order for order in ORDERS.values() if order.window is None}, *windowed]


def _ways(scope: Scope, order: Order) -> list[Way]:
    ways = [Way.WALK]
    if order.window is not None and scope not in (Scope.CREATOR, Scope.LINK):
        ways.append(Way.RANGE)
    if scope in (Scope.FOLLOWED, Scope.MODERATED):
        ways.append(Way.HEADS)
    return ways


def _variants() -> Iterator[tuple[Kind, Way, After]]:
    for scope, who in product(Scope, (Who.NOBODY, Who.PERSON)):
        if who == Who.NOBODY and scope in _OF_SOMEBODY:
            continue
        filters = _FILTERS if who == Who.PERSON else {}
        for order in _orders(scope):
            kind = Kind(scope, order, who, nsfw=True, **filters)
            for way, after in product(_ways(scope, order), After):
                if scope != Scope.LINK or after == After.TOP:
                    yield kind, way, after


def _values(order: Order) -> dict[str, Any]:
    moment = START - 3000 * DAY
    keys: dict[str, Any] = {"created_at": moment, "newest_comment_at": moment, "marked_at": 9000}
    return {
        "viewer_id": 7,
        "account_id": 7,
        "community_id": 3,
        "creator_id": 5,
        "now": START,
        "since": START - DAY,
        "limit": 20,
        "offset": 0,
        # A small part of the table, as it is of a table that matters.
        "walk": 520,
        "head": 20,
        "head_walk": 120,
        "vote": 1,
        "after_pinned": False,
        "after_key": keys.get(order.key, 1),
        "newest_quarter": quarter_of(Time(moment)),
        "after_created_at": moment,
        "after_id": 3000,
        "url": "https://site.example/1",
        "post_id": 300,
    }


# ---- SQLite ------------------------------------------------------------------------------------

# A walk is a scan in SQLite's words, but of an index in its order, which ends at the bound.
_WALK = re.compile(r"SCAN (post|post_\d+) USING COVERING INDEX ix_post_(all|local)_\w+$")
# What the query itself has put together.
_OWN_WORDS = re.compile(r"SCAN (c|ids|page|here|anon_\d+|pinned_posts|\(subquery-\d+\))$")


def _template(request: pytest.FixtureRequest) -> Template:
    found: Template = request.getfixturevalue("_templates")[True]
    return found


@pytest.fixture(scope="module")
def sqlite_plans(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Any]:
    folder: Path = tmp_path_factory.mktemp("plans")
    with _template(request).sqlite(folder):
        raw = connect(folder / "moothall.sqlite", read_only=True)

        def plan(text: str, values: dict[str, Any]) -> list[str]:
            return [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {text}", values)]

        yield plan
        raw.close()


def _is_bad(line: str) -> bool:
    if "AUTOMATIC" in line:
        return True
    return line.startswith("SCAN") and not (_WALK.match(line) or _OWN_WORDS.match(line))


def test_sqlite_walks_indexes_and_sorts_only_what_is_small(sqlite_plans: Any) -> None:
    for kind, way, after in _variants():
        compiled = _page(kind, way, after, html=False).compiled("sqlite")
        plan = sqlite_plans(compiled.text, {**compiled.constants, **_values(kind.order)})
        assert [line for line in plan if _is_bad(line)] == [], (kind, way, after)
        sorts = [line for line in plan if "TEMP B-TREE" in line]
        # What a window, an author's posts or each part of the heads brings is sorted once.
        is_in_order = way == Way.WALK and not kind.is_sorted_late
        allowed = 0 if is_in_order else 3 if way == Way.HEADS else 1
        assert len(sorts) <= allowed, (kind, way, after, sorts)


def test_sqlite_finds_the_index_of_each_order(sqlite_plans: Any) -> None:
    for scope, order in product((Scope.ALL, Scope.LOCAL, Scope.COMMUNITY), _orders(Scope.ALL)):
        for after in After:
            kind = Kind(scope, order, Who.NOBODY)
            compiled = _page(kind, Way.WALK, after, html=False).compiled("sqlite")
            plan = sqlite_plans(compiled.text, {**compiled.constants, **_values(order)})
            name = "recent" if order.is_recent else "quarter" if order.quarters else order.key
            index = f"COVERING INDEX ix_post_{scope}_{name}"
            assert any(index in line for line in plan), (kind, after, plan)


def test_sqlite_reads_a_window_from_the_index_by_age(sqlite_plans: Any) -> None:
    order = Order("score", window=DAY)
    for scope in (Scope.ALL, Scope.LOCAL, Scope.COMMUNITY):
        kind = Kind(scope, order, Who.NOBODY)
        compiled = _page(kind, Way.RANGE, After.REST, html=False).compiled("sqlite")
        plan = sqlite_plans(compiled.text, {**compiled.constants, **_values(order)})
        assert any(
            f"ix_post_{scope}_created_at" in line and "created_at>?" in line for line in plan
        ), plan


def test_sqlite_looks_up_the_small_questions(sqlite_plans: Any) -> None:
    kind = Kind(Scope.LOCAL, Order("score", window=DAY), Who.NOBODY)
    statements = [
        window_size(kind),
        walk_end(kind, After.REST),
        count_ties(Scope.FOLLOWED),
        count_ties(Scope.MODERATED),
    ]
    for statement in statements:
        compiled = statement.compiled("sqlite")
        plan = sqlite_plans(compiled.text, {**compiled.constants, **_values(kind.order)})
        assert [line for line in plan if _is_bad(line)] == []


def test_the_check_sees_a_bad_plan(sqlite_plans: Any) -> None:
    assert any(_is_bad(line) for line in sqlite_plans("SELECT body FROM post", {}))
    assert any(_is_bad(line) for line in sqlite_plans("SELECT id FROM post WHERE score > 1", {}))


# ---- PostgreSQL --------------------------------------------------------------------------------

_FILL = """
INSERT INTO person (instance_id, name, name_key, created_at)
  SELECT 1, 'u' || i, 'u' || i, 1 FROM generate_series(1, 500) i;
INSERT INTO account (person_id, password_hash, donation_dialog_at, created_at)
  SELECT i, 'x', 1, 1 FROM generate_series(1, 100) i;
INSERT INTO account_language (account_id, language_id) VALUES (7, 0), (7, 1);
INSERT INTO community (instance_id, name, name_key, title, created_at)
  SELECT 1, 'c' || i, 'c' || i, 'c', 1 FROM generate_series(1, 50) i;
INSERT INTO community_follow (person_id, community_id, created_at)
  SELECT 1 + i % 100, 1 + i % 50, 1 FROM generate_series(1, 300) i ON CONFLICT DO NOTHING;
INSERT INTO post (community_id, creator_id, name, url, in_local, comments, score,
    newest_comment_at, newest_comment_necro_at, hot_rank, active_rank, scaled_rank,
    controversy_rank, created_at, quarter)
  SELECT 1 + i % 50, 1 + i % 500, 'title', 'https://site.example/' || i, i % 2 = 0, i % 100,
    i % 90, {start} - i * 4000000, 1, i % 7000 / 7000.0, i % 6000 / 6000.0, i % 5000 / 5000.0,
    i % 4000 / 4000.0, {start} - i * 400000000, ({start} - i * 400000000) / {quarter}
  FROM generate_series(1::bigint, 15000) i;
INSERT INTO post_read (post_id, person_id, created_at)
  SELECT i, 1 + i % 100, 1 FROM generate_series(1, 15000) i;
INSERT INTO post_vote (post_id, person_id, score, created_at)
  SELECT i, 1 + i % 100, 1, i FROM generate_series(1, 15000) i;
INSERT INTO post_save (post_id, person_id, created_at)
  SELECT i, 1 + i % 100, i FROM generate_series(1, 15000) i;
ANALYZE;
"""


def test_postgresql_reads_no_table_of_posts_from_end_to_end(
    postgres: PostgresServer, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with _template(request).postgresql(postgres, tmp_path) as forum:

        def fill(tx: Any) -> None:
            tx.conn.script(_FILL.format(start=START, quarter=QUARTER))

        def check(tx: Any) -> None:
            for kind, way, after in _variants():
                compiled = _page(kind, way, after, html=False).compiled("postgresql")
                values = {**compiled.constants, **_values(kind.order)}
                # Nothing is vacuumed here; that indexes are cheap is said in another way.
                tx.conn.script("SET LOCAL random_page_cost = 1.1")
                found = tx.conn._driver.execute(f"EXPLAIN {compiled.text}", values).fetchall()
                plan = [line for (line,) in found]
                bad = [line for line in plan if re.search(r"Seq Scan on post(_read|_vote)? ", line)]
                assert bad == [], (kind, way, after, plan)
                if kind.order.quarters and way == Way.WALK and kind.scope == Scope.ALL:
                    assert any("Merge Append" in line for line in plan), (kind, after, plan)

        forum.act_now(fill)
        forum.read_now(check)
