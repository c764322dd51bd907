"""No list of moderation and no batch reads a large table from end to end."""

from typing import Any

import pytest

from moothall.domain.moderation import ModlogKind, ModlogQuery, kinds_of
from moothall.domain.visibility import Who
from moothall.forum import Forum
from moothall.storage import ban, moderation, modlog_list, purge, removal, report
from moothall.storage.modlog_list import _Shape, _statement
from moothall.storage.report import _count, _Filter, _plain, _with_message, _with_post
from moothall.storage.statements import Statement
from moothall.storage.transaction import Transaction

SMALL = {"page", "json_each", "site", "0)"}

_QUEUES = [
    _Filter(everywhere=everywhere, unresolved_only=unresolved, in_community=here, of_subject=one)
    for everywhere in (True, False)
    for unresolved in (True, False)
    for here in (True, False)
    for one in (True, False)
]
_LOGS = [
    ModlogQuery(),
    ModlogQuery(kind=ModlogKind.REMOVE_POST),
    ModlogQuery(community_id=1),  # type: ignore[arg-type]
    ModlogQuery(person_id=1),  # type: ignore[arg-type]
    ModlogQuery(moderator_id=1),  # type: ignore[arg-type]
    ModlogQuery(post_id=1),  # type: ignore[arg-type]
    ModlogQuery(comment_id=1),  # type: ignore[arg-type]
]


def _logs() -> list[Statement]:
    found = []
    for query in _LOGS:
        filters = tuple(name for name in modlog_list._FILTERS if getattr(query, name) is not None)
        for who in Who:
            found += [
                _statement(_Shape(who, kinds_of(query), filters, each)) for each in (True, False)
            ]
    return found


STATEMENTS: dict[str, list[Statement]] = {
    "queues of posts": [_with_post(by) for by in _QUEUES],
    "queues of comments": [_plain(by) for by in _QUEUES],
    "queue of messages": [
        _with_message(_Filter(everywhere=True, unresolved_only=flag)) for flag in (True, False)
    ],
    "counts of reports": [_count(by) for by in _QUEUES if not by.of_subject],
    "settling": [report._RESOLVE_ALL],
    "modlog": _logs(),
    "cases": [moderation._POST, moderation._COMMENT],
    "bans": [
        ban._BANNED,
        ban._EXPIRED,
        ban._EXPIRED_THERE,
        ban._LED,
        ban._BANNED_THERE,
        *(ban._bans_of(everywhere=flag) for flag in (True, False)),
    ],
    "batches of removal": [each.batch for each in removal._SUBJECTS.values()],
    "batches of purges": [
        purge._COMMENTS_OF_POST,
        purge._COMMENTS_OF_COMMUNITY,
        purge._POSTS_OF_COMMUNITY,
        purge._MESSAGES,
        *purge._MARKS["post"],
        *purge._MARKS["comment"],
        purge._LIFT_ANSWERS,
        purge._SHORTEN_PATHS,
        *purge._MEMBERS,
        *purge._DELETE.values(),
        purge._FORGET_HISTORY,
        purge._FORGET_REPORTS,
        purge._FREE_UPLOADS,
    ],
}


class _Anything(dict[str, Any]):
    """A value for whichever parameter a statement has."""

    def __missing__(self, name: str) -> Any:
        return "[1]" if name == "ids" or name.endswith("_ids") else 1


def _plan(tx: Transaction, statement: Statement) -> list[str]:
    compiled = statement.compiled(tx.conn.dialect)
    values = _Anything(compiled.constants)
    driver: Any = tx.conn._driver
    return [
        row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {compiled.text}", values).fetchall()
    ]


def _reads_whole(line: str) -> bool:
    words = line.split()
    if words[0] != "SCAN" or "INDEX" in words:
        return False
    return words[1] not in SMALL and not words[1].startswith("page_")


@pytest.mark.parametrize("name", STATEMENTS)
def test_nothing_is_read_from_end_to_end(forum: Forum, name: str) -> None:
    if forum.read_now(lambda tx: tx.conn.dialect) != "sqlite":
        pytest.skip("plans of empty tables say nothing on PostgreSQL")
    for statement in STATEMENTS[name]:
        plan = forum.read_now(_plan, statement)
        assert plan
        assert not [line for line in plan if _reads_whole(line)], plan


def test_every_reference_to_what_is_purged_has_an_index(forum: Forum) -> None:
    """Else each purge would read the whole table that refers."""
    if forum.read_now(lambda tx: tx.conn.dialect) != "sqlite":
        pytest.skip("SQLite tells how it would find them")
    assert forum.read_now(_references_without_index) == []


def _references_without_index(tx: Transaction) -> list[tuple[str, str]]:
    driver: Any = tx.conn._driver
    tables = driver.execute("SELECT name FROM sqlite_master WHERE type = 'table'", {}).fetchall()
    found = []
    for (table,) in tables:
        for key in driver.execute(f"PRAGMA foreign_key_list({table})", {}).fetchall():
            target, column = key[2], key[3]
            if target not in ("post", "comment", "community", "private_message", "modlog"):
                continue
            query = f"EXPLAIN QUERY PLAN SELECT 1 FROM {table} WHERE {column} = 1"
            plan = [row[3] for row in driver.execute(query, {}).fetchall()]
            if any(line.startswith("SCAN") for line in plan):
                found.append((table, column))
    return found
