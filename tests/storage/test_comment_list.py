"""How the queries for threads and feeds find their rows: never by reading a whole table."""

import itertools
from typing import Any

import pytest

from moothall.domain.comment import CommentQuery, CommentSort
from moothall.domain.ids import CommentId, CommunityId, PersonId
from moothall.domain.post import Listing
from moothall.domain.user import Viewer
from moothall.domain.visibility import Who
from moothall.forum import Forum
from moothall.storage import comment_list, comment_view, vote
from moothall.storage.comment_choice import Taste
from moothall.storage.comment_thread import Shape, ThreadFlags, thread, thread_stand
from moothall.storage.statements import Statement
from moothall.storage.transaction import Transaction
from tests.support.builders import a_person

VALUES: dict[str, Any] = {
    "viewer_id": 1,
    "account_id": 1,
    "post_id": 1,
    "community_id": 1,
    "creator_id": 1,
    "subject_id": 1,
    "comment_id": 1,
    "ids": [1, 2, 3],
    "vote": 1,
    "max_depth": 5,
    "looked_at": 10,
    "limit": 20,
    "offset": 0,
    "now": 1,
    "path": "0.1",
    "path_end": "0.1/",
    "token_hash": "00",
    "reply": "reply",
    "mention": "mention",
    "parent_id": 1,
    "first_depth": 1,
    "after_distinguished": False,
    "after_hot_rank": 0.5,
    "after_controversy_rank": 0.5,
    "after_score": 3,
    "after_created_at": 9,
    "after_id": 7,
}
CHOOSY = Taste(blocks=True, languages=True, no_bots=True)
# Reading all of these would be reading the forum; the others are small or one person's.
LARGE = ("comment", "post", "person", "community", "comment_vote", "comment_save", "account")


def plan_of(tx: Transaction, statement: Statement) -> list[str]:
    compiled = statement.compiled(tx.conn.dialect)
    values = dict(compiled.constants) | VALUES
    if tx.conn.dialect == "sqlite":
        values["ids"] = "[1, 2, 3]"
        rows = tx.conn._driver.execute(f"EXPLAIN QUERY PLAN {compiled.text}", values).fetchall()
        return [row[3] for row in rows]
    # The tables are empty: without this the planner would rightly read them whole.
    for name in ("enable_seqscan", "enable_sort"):
        tx.conn.script(f"SET LOCAL {name} = off")
    rows = tx.conn._driver.execute(f"EXPLAIN {compiled.text}", values).fetchall()
    return [row[0].strip(" ->") for row in rows]


def reads_whole(line: str) -> bool:
    """Whether a line of a plan reads a large table from end to end, not along an index."""
    if "Seq Scan on" in line:
        return line.split("Seq Scan on ")[1].split(maxsplit=1)[0] in LARGE
    words = line.split()
    return words[:1] == ["SCAN"] and words[1] in LARGE and "INDEX" not in words


def sorts(line: str) -> bool:
    # PostgreSQL's incremental sort only puts those in order that have the same key.
    return "TEMP B-TREE FOR ORDER BY" in line or line.startswith("Sort  (cost")


def plan(forum: Forum, statement: Statement) -> list[str]:
    return forum.read_now(plan_of, statement)


def viewer_of(forum: Forum) -> Viewer:
    return a_person(forum, "vera", show_bot_accounts=False)._replace(limits_languages=True)


def _statements(viewer: Viewer | None, query: CommentQuery) -> list[Statement]:
    """The queries of a feed, from its top and from a cursor on."""
    stages = comment_list.feed_stages(viewer, query)
    return [
        comment_list.feed_ids(flags._replace(goes_on=goes_on))
        for flags in stages
        for goes_on in (False, True)
    ]


def walked_feeds(forum: Forum) -> list[Statement]:
    viewer = viewer_of(forum)
    listings = (Listing.ALL, Listing.LOCAL)
    found = []
    for sort, who in itertools.product(CommentSort, (None, viewer)):
        queries = [CommentQuery(listing=listing, sort=sort) for listing in listings]
        queries.append(CommentQuery(sort=sort, community_id=CommunityId(1)))
        for query in queries:
            found += _statements(who, query)
    return found


def test_feeds_walk_an_index_that_has_their_order(forum: Forum) -> None:
    for statement in walked_feeds(forum):
        lines = plan(forum, statement)
        text = statement.compiled("sqlite").text
        assert not any(map(reads_whole, lines)), (text, lines)
        assert not any(map(sorts, lines)), (text, lines)
        assert any("ix_comment_" in line for line in lines), (text, lines)


def test_hot_feeds_walk_only_what_is_hot(forum: Forum) -> None:
    viewer = viewer_of(forum)
    for listing, name in (
        (Listing.ALL, "ix_comment_hot_rank"),
        (Listing.LOCAL, "ix_comment_local_hot_rank"),
    ):
        query = CommentQuery(listing=listing, sort=CommentSort.HOT)
        first, then, *rest = _statements(viewer, query)
        for statement in (first, then):
            assert any(name in line for line in plan(forum, statement))
        for statement in rest:
            assert not any(name in line for line in plan(forum, statement))


@pytest.mark.parametrize("sort", CommentSort)
@pytest.mark.parametrize("listing", [Listing.SUBSCRIBED, Listing.MODERATOR_VIEW])
def test_own_feeds_take_the_first_of_each_community(
    forum: Forum, sort: CommentSort, listing: Listing
) -> None:
    for statement in _statements(viewer_of(forum), CommentQuery(listing=listing, sort=sort)):
        lines = plan(forum, statement)
        assert not any(map(reads_whole, lines)), lines
        assert any("ix_comment_community_" in line for line in lines), lines


@pytest.mark.parametrize("sort", CommentSort)
@pytest.mark.parametrize(
    "chosen", [{"saved_only": True}, {"liked_only": True}, {"creator_id": PersonId(1)}]
)
def test_lists_of_one_person_read_what_is_theirs(
    forum: Forum, sort: CommentSort, chosen: dict[str, Any]
) -> None:
    query = CommentQuery(sort=sort, **chosen)
    for statement in _statements(viewer_of(forum), query):
        lines = plan(forum, statement)
        assert not any(map(reads_whole, lines)), lines
        # With its sorts switched off and nothing in its tables PostgreSQL would walk all the same.
        assert not any(line.startswith("SCAN comment USING") for line in lines), lines


@pytest.mark.parametrize("sort", CommentSort)
@pytest.mark.parametrize("shape", Shape)
@pytest.mark.parametrize("in_subtree", [False, True])
@pytest.mark.parametrize("goes_on", [False, True])
def test_threads_read_one_post(
    forum: Forum, sort: CommentSort, shape: Shape, in_subtree: bool, goes_on: bool
) -> None:
    flags = ThreadFlags(
        shape=shape,
        sort=sort,
        kind=Who.PERSON,
        taste=CHOOSY,
        in_subtree=in_subtree,
        goes_on=goes_on,
        with_html=True,
    )
    lines = plan(forum, thread(flags))
    assert not any(map(reads_whole, lines)), lines
    assert any("ix_comment_path" in line for line in lines), lines
    # Of what is the reader's own PostgreSQL may begin with that, where it is little.
    lines = plan(forum, thread(flags._replace(is_saved=True, is_voted=True)))
    assert not any(map(reads_whole, lines)), lines


@pytest.mark.parametrize("kind", Who)
def test_views_are_found_by_key(forum: Forum, kind: Who) -> None:
    found = [comment_view._views(kind, with_html=True)]
    found += [comment_view._visible(kind), *vote._VOTERS.values()]
    for by_parent in (False, True):
        blocks = kind != Who.NOBODY
        found.append(thread_stand(kind, Listing.ALL, blocks=blocks, by_parent=by_parent))
    for statement in found:
        lines = plan(forum, statement)
        assert not any(map(reads_whole, lines)), lines


def test_a_plan_that_reads_a_table_is_noticed(forum: Forum) -> None:
    from sqlalchemy import select

    from moothall.storage.tables import comment

    by_words = Statement(select(comment.c.id).where(comment.c.content == "x"))
    # PostgreSQL has to be let: where nothing else is possible it says so all the same.
    assert any(map(reads_whole, plan(forum, by_words)))
    unsorted = Statement(select(comment.c.id).order_by(comment.c.content))
    assert any(map(sorts, plan(forum, unsorted)))


def test_ids_that_are_not_there_are_left_out(forum: Forum) -> None:
    def load(tx: Transaction) -> list[Any]:
        return comment_view.load_comments(tx.conn, None, [CommentId(9), CommentId(10)], tx.now)

    assert forum.read_now(load) == []
