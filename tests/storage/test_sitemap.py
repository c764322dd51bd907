"""The sitemap and the lists of an export read by an index: only what they show, in its order."""

from typing import Any

import pytest

from moothall.forum import Forum
from moothall.storage import save, session, sitemap
from moothall.storage.statements import Statement
from moothall.storage.transaction import Transaction

STATEMENTS: dict[str, Statement] = {
    "sitemap": sitemap._posts(with_nsfw=True),
    "sitemap without NSFW": sitemap._posts(with_nsfw=False),
    "saved posts": save._POSTS,
    "saved comments": save._COMMENTS,
    "session": session._TOKEN_HASH,
}


class _Anything(dict[str, Any]):
    """A value for whichever parameter a statement has."""

    def __missing__(self, name: str) -> int:
        return 1


def _plan(tx: Transaction, statement: Statement) -> list[str]:
    compiled = statement.compiled(tx.conn.dialect)
    values = _Anything(compiled.constants)
    driver: Any = tx.conn._driver
    return [
        row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {compiled.text}", values).fetchall()
    ]


@pytest.mark.parametrize("name", STATEMENTS)
def test_nothing_is_read_from_end_to_end_or_sorted(forum: Forum, name: str) -> None:
    if forum.read_now(lambda tx: tx.conn.dialect) != "sqlite":
        pytest.skip("plans of empty tables say nothing on PostgreSQL")
    plan = forum.read_now(_plan, STATEMENTS[name])
    assert not [line for line in plan if line.startswith("SCAN") and "INDEX" not in line], plan
    assert not [line for line in plan if "TEMP B-TREE" in line and "LAST" not in line], plan
