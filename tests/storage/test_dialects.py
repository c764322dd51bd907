"""Upserts and statements that are built when needed, on both databases."""

from typing import Any

import pytest
from sqlalchemy import Executable, select

from moothall.domain.post import PostCounts
from moothall.domain.time import Time
from moothall.forum import Forum
from moothall.storage.dialects import insert_or_ignore, upsert
from moothall.storage.statements import Dialect, Statement, param
from moothall.storage.tables import blocked_url
from moothall.storage.transaction import Transaction

_VALUES = {"url": param("url"), "created_at": param("now")}
_IGNORE = insert_or_ignore(blocked_url, _VALUES)
_UPSERT = upsert(blocked_url, ["url"], _VALUES)
_NEWER = upsert(blocked_url, ["url"], _VALUES, where=blocked_url.c.created_at < param("now"))
_KEEP = upsert(blocked_url, ["url"], _VALUES | {"updated_at": param("now")}, keep=["created_at"])


def _put(tx: Transaction, statement: Statement, now: int) -> int:
    return tx.conn.run(statement, url="evil.example", now=now)


def _times(forum: Forum) -> Any:
    query = Statement(select(blocked_url.c.created_at, blocked_url.c.updated_at))
    return forum.read_now(lambda tx: tx.conn.all(query))


def test_a_taken_key_is_passed_over(forum: Forum) -> None:
    assert forum.act_now(_put, _IGNORE, 1) == 1
    assert forum.act_now(_put, _IGNORE, 2) == 0
    assert _times(forum) == [(1, None)]


def test_a_taken_key_gets_the_new_values(forum: Forum) -> None:
    forum.act_now(_put, _UPSERT, 1)
    assert forum.act_now(_put, _UPSERT, 2) == 1
    assert _times(forum) == [(2, None)]
    forum.act_now(_put, _KEEP, 3)
    assert _times(forum) == [(2, 3)]


def test_only_rows_that_are_meant_are_touched(forum: Forum) -> None:
    forum.act_now(_put, _UPSERT, 5)
    assert forum.act_now(_put, _NEWER, 4) == 0
    assert forum.act_now(_put, _NEWER, 6) == 1
    assert _times(forum) == [(6, None)]


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_a_statement_is_built_once_and_for_its_dialect(dialect: Dialect) -> None:
    asked: list[Dialect] = []

    def build(which: Dialect) -> Executable:
        asked.append(which)
        return select(blocked_url.c.id)

    statement = Statement(build)
    assert asked == []
    assert statement.compiled(dialect) is statement.compiled(dialect)
    assert asked == [dialect]


def test_columns_are_gathered_in_their_types() -> None:
    columns = [blocked_url.c.id.label(name) for name in PostCounts._fields]
    statement = Statement(select(*columns, blocked_url.c.url), groups=(PostCounts,))
    convert = statement.compiled("postgresql").convert
    assert convert is not None
    assert convert((1, 2, 3, 4, 5, "x")) == (PostCounts(1, 2, 3, 4, Time(5)), "x")
    assert isinstance(convert((1, 2, 3, 4, 5, "x"))[0], PostCounts)
