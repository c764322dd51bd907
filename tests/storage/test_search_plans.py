"""Searches and inboxes are answered from indexes: no statement walks a table that grows."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from moothall.domain.comment import CommentSort
from moothall.domain.post import Listing, PostSort
from moothall.domain.visibility import Who
from moothall.storage import name_search, notification_list, private_message, search_list
from moothall.storage.comment_choice import Taste
from moothall.storage.comment_list import FeedFlags, Source, Stage
from moothall.storage.post_kind import Kind, Scope
from moothall.storage.post_order import ORDERS
from moothall.storage.search_list import _CommentFlags, _PostFlags
from moothall.storage.sqlite import connect
from moothall.storage.statements import Statement
from tests.support.forums import Template

_NUMBERS = (
    "viewer_id account_id community_id creator_id partner_id limit offset reach candidates"
    " now since before_at before_id"
)
_VALUES: dict[str, Any] = dict.fromkeys(_NUMBERS.split(), 1) | {
    "match": '"x"',
    "words": "x",
    "url": "https://example.com/",
    "kind": "reply",
    "reply": "reply",
    "mention": "mention",
    "start": "a",
    "end": "b",
    "ids": "[1]",
    "name_key": "a",
}
# Walks of what the statement has just found, of a full-text index, and of a person's own few rows.
_SMALL = re.compile(
    r"SCAN ((found|c|page|newest|anon_\d+)\b|\(|.* VIRTUAL TABLE|CONSTANT ROW|.*json_each)"
)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Any]:
    folder: Path = tmp_path_factory.mktemp("plans")
    template: Template = request.getfixturevalue("_templates")[True]
    with template.sqlite(folder):
        raw = connect(folder / "moothall.sqlite", read_only=True)

        def explain(statement: Statement) -> list[str]:
            compiled = statement.compiled("sqlite")
            values = {**_VALUES, **compiled.constants}
            return [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {compiled.text}", values)]

        yield explain
        raw.close()


def _walked(lines: list[str]) -> list[str]:
    return [
        line
        for line in lines
        if "AUTOMATIC" in line or (line.startswith("SCAN") and not _SMALL.match(line))
    ]


def _kinds() -> Iterator[Kind]:
    for who in Who:
        for scope in (Scope.ALL, Scope.LOCAL, Scope.COMMUNITY):
            for sort in (PostSort.NEW, PostSort.HOT, PostSort.TOP_DAY):
                yield Kind(scope, ORDERS[sort], who, nsfw=True)
        if who != Who.NOBODY:
            for scope in (Scope.ALL, Scope.FOLLOWED, Scope.MODERATED):
                marks = dict.fromkeys(("hidden", "bots", "languages", "blocks"), True)
                yield Kind(scope, ORDERS[PostSort.NEW], who, **marks)


@pytest.mark.parametrize("by_url", [False, True])
@pytest.mark.parametrize("ranked", [False, True])
def test_posts(plan: Any, ranked: bool, by_url: bool) -> None:
    for kind in _kinds():
        for by_creator in (False, True):
            flags = _PostFlags(kind, ranked, by_url, by_creator, with_html=False)
            assert _walked(plan(search_list._post_page(flags))) == [], flags


@pytest.mark.parametrize("who", Who)
@pytest.mark.parametrize("sort", [None, CommentSort.NEW, CommentSort.HOT])
def test_comments(plan: Any, who: Who, sort: CommentSort | None) -> None:
    for listing in Listing:
        for in_community in (False, True):
            full = who != Who.NOBODY
            feed = FeedFlags(
                who, listing, Source.COMMUNITY if in_community else Source.EVERYWHERE,
                Stage(CommentSort.NEW), in_community, by_creator=True, with_depth=False,
                taste=Taste(full, full, full),
            )  # fmt: skip
            statement = search_list._comment_page(_CommentFlags(feed, sort))
            assert _walked(plan(statement)) == [], feed


@pytest.mark.parametrize("table", ["person", "community"])
def test_names(plan: Any, table: str) -> None:
    assert _walked(plan(name_search._containing(table))) == []
    assert _walked(plan(name_search._beginning(table))) == []
    people = name_search._people("comment_score", ascending=False, exact=True, local_only=True)
    assert _walked(plan(people)) == []


@pytest.mark.parametrize("who", [Who.PERSON, Who.ADMIN])
@pytest.mark.parametrize("unread_only", [False, True])
def test_notifications(plan: Any, who: Who, unread_only: bool) -> None:
    for sort in CommentSort:
        statement = notification_list._list(who, sort, unread_only=unread_only, no_bots=True)
        lines = plan(statement)
        assert _walked(lines) == [], sort
        if sort in (CommentSort.NEW, CommentSort.OLD):
            assert not any("TEMP B-TREE" in line for line in lines), (sort, lines)
    before = notification_list._before(who, unread_only=unread_only, no_bots=True)
    lines = plan(before)
    assert _walked(lines) == []
    assert not any("TEMP B-TREE" in line for line in lines), lines


@pytest.mark.parametrize("who", [Who.PERSON, Who.ADMIN])
def test_unread_counts_use_the_index_of_what_is_unread(plan: Any, who: Who) -> None:
    lines = plan(notification_list._unread(who, no_bots=True))
    assert _walked(lines) == []
    assert sum("ix_notification_unread" in line for line in lines) == 2, lines
    assert sum("ix_private_message_unread" in line for line in lines) == 1, lines


@pytest.mark.parametrize("unread_only", [False, True])
@pytest.mark.parametrize("with_partner", [False, True])
def test_messages(plan: Any, with_partner: bool, unread_only: bool) -> None:
    lines = plan(private_message._list(with_partner=with_partner, unread_only=unread_only))
    assert _walked(lines) == []
    index = "conversation" if with_partner else "unread" if unread_only else "recipient_id"
    assert any(f"ix_private_message_{index}" in line for line in lines), lines
    assert _walked(plan(private_message._inbox(unread_only=unread_only))) == []
