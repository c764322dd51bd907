"""Reading an archive in, writing one and counting anew go by indexes; no column is forgotten."""

import json
import re
from typing import Any

import pytest
from sqlalchemy import Table

from moothall.domain.archive import CommentRecord, CommunityRecord, PersonRecord, PostRecord, Record
from moothall.forum import Forum
from moothall.storage import archive, archive_list, recount
from moothall.storage.archive_list import _Section
from moothall.storage.statements import Statement
from moothall.storage.tables import comment, community, person, post
from moothall.storage.transaction import Transaction


def _statements(module: Any) -> dict[str, Statement]:
    found: dict[str, Statement] = {}
    for name, value in vars(module).items():
        if isinstance(value, Statement):
            found[name] = value
        elif isinstance(value, _Section):
            found[name] = value.query
        elif isinstance(value, dict) and not name.startswith("__"):
            for key, each in value.items():
                if isinstance(each, Statement):
                    found[f"{name} {key}"] = each
    return found


STATEMENTS = {
    f"{module.__name__} {name}": statement
    for module in (archive, archive_list, recount)
    for name, statement in _statements(module).items()
} | {f"sums of {kind}": recount._SUMS[kind].query for kind in ("person", "community")}


def _plan(tx: Transaction, statement: Statement) -> list[str]:
    conn: Any = tx.conn
    compiled = statement.compiled(conn.dialect)
    names = set(re.findall(r":(\w+)", compiled.text))
    values = dict.fromkeys(names, 1) | {
        name: json.dumps([1]) for name in names & {"ids", "archive_ids", "ap_ids", "domains"}
    }
    rows = conn._driver.execute(
        f"EXPLAIN QUERY PLAN {compiled.text}", {**values, **compiled.constants}
    )
    return [row[3] for row in rows.fetchall()]


@pytest.mark.parametrize("name", STATEMENTS)
def test_nothing_reads_a_table_from_end_to_end(forum: Forum, name: str) -> None:
    if forum.act_now(lambda tx: tx.conn.dialect) != "sqlite":
        pytest.skip("PostgreSQL reads an empty table from end to end, whatever its indexes")
    scans = [
        step
        for step in forum.act_now(_plan, STATEMENTS[name])
        if step.startswith("SCAN") and "json_each" not in step and "sqlite_sequence" not in step
    ]
    assert scans == []


# Counted or made anew, or of no use elsewhere.
LEFT_OUT = {
    "person": {
        *("instance_id", "name_key", "bio_html", "local", "inbox_url", "shared_inbox_url"),
        *("moved_to", "post_count", "comment_count", "post_score", "comment_score"),
        *("refreshed_at", "last_active_at"),
    },
    "community": {
        *("instance_id", "name_key", "description_html", "local", "inbox_url"),
        *("shared_inbox_url", "followers_url", "moderators_url", "featured_url"),
        *("subscribers", "subscribers_local", "posts", "comments", "hot_rank", "refreshed_at"),
        *("users_active_day", "users_active_week", "users_active_month", "users_active_half_year"),
    },
    "post": {
        *("body_html", "local", "in_local", "comments", "score", "upvotes", "downvotes"),
        *("newest_comment_at", "newest_comment_necro_at", "quarter"),
        *("hot_rank", "active_rank", "scaled_rank", "controversy_rank"),
    },
    "comment": {
        *("community_id", "path", "depth", "content_html", "local", "in_local"),
        *("score", "upvotes", "downvotes", "child_count", "hot_rank", "controversy_rank"),
    },
}
RENAMED = {
    "created": "created_at",
    "updated": "updated_at",
    "ban_expires": "ban_expires_at",
    "restricted": "posting_restricted_to_mods",
    "community": "community_id",
    "creator": "creator_id",
    "parent": "parent_id",
    "post": "post_id",
    "language": "language_id",
}


@pytest.mark.parametrize(
    ("table", "record"),
    [
        pytest.param(person, PersonRecord, id="person"),
        pytest.param(community, CommunityRecord, id="community"),
        pytest.param(post, PostRecord, id="post"),
        pytest.param(comment, CommentRecord, id="comment"),
    ],
)
def test_every_column_is_in_the_archive_or_left_out_on_purpose(
    table: Table, record: type[Record]
) -> None:
    written = {RENAMED.get(name, name) for name in record._fields} - {"host", "languages"}
    assert written | LEFT_OUT[table.name] == set(table.c.keys())
    assert not written & LEFT_OUT[table.name]
