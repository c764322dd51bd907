"""Looking for what somebody has just said asks for their latest comments only."""

from typing import Any

import pytest

from moothall.forum import Forum
from moothall.storage.comment_repeat import _SAME
from moothall.storage.transaction import Transaction


def _plan(tx: Transaction) -> str:
    names = ("creator_id", "since", "post_id", "parent_id", "content")
    compiled = _SAME.compiled("sqlite")
    values = {**dict.fromkeys(names, 1), **compiled.constants}
    driver: Any = tx.conn._driver
    lines = driver.execute(f"EXPLAIN QUERY PLAN {compiled.text}", values).fetchall()
    return " / ".join(row[3] for row in lines)


def test_it_walks_the_comments_of_one_person(forum: Forum) -> None:
    if forum.read_now(lambda tx: tx.conn.dialect) != "sqlite":
        pytest.skip("plans of empty tables say nothing on PostgreSQL")
    found = forum.read_now(_plan)
    assert (
        found == "SEARCH comment USING INDEX ix_comment_creator_id (creator_id=? AND created_at>?)"
    )
