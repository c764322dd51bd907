"""What comes into a forum from an archive, what is refused, and what is merged."""

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from moothall.actions import archive as actions
from moothall.actions.user import open_account
from moothall.archive.importing import Summary, import_file
from moothall.archive.reading import ArchiveError
from moothall.domain.archive import Problem
from moothall.domain.comment import CommentQuery
from moothall.domain.errors import Conflict, NotFound
from moothall.domain.post import Listing, PostQuery, PostSort
from moothall.forum import Forum
from moothall.reads.comment import list_comments
from moothall.reads.community import get_community
from moothall.reads.post import list_posts
from moothall.reads.site import get_site
from moothall.reads.user import get_profile
from moothall.storage.connection import Connection
from moothall.storage.transaction import Transaction
from tests.support import archives
from tests.support.archives import (
    HEADER,
    Heard,
    Line,
    a_comment_line,
    a_community_line,
    a_person_line,
    a_post_line,
    a_small_archive,
    a_vote_line,
    write_archive,
)
from tests.support.builders import a_comment, a_community, a_person, a_post

_numbers = itertools.count()


def _import(
    forum: Forum, folder: Path, lines: Sequence[Line | str | bytes]
) -> tuple[Summary, list[Problem]]:
    heard = Heard()
    path = write_archive(folder / f"{next(_numbers)}.jsonl", list(lines))
    return import_file(forum, path, heard), heard.problems


def test_everything_arrives(forum: Forum, tmp_path: Path) -> None:
    summary, problems = _import(forum, tmp_path, a_small_archive())
    assert problems == []
    assert summary.stored == {
        "person": 3,
        "community": 2,
        "moderator": 1,
        "follow": 2,
        "post": 2,
        "comment": 3,
        "vote": 4,
    }
    page = forum.read_now(
        list_posts, None, PostQuery(Listing.ALL, PostSort.OLD, show_nsfw=True, with_html=True)
    )
    first, second = page.posts
    assert (first.post.name, first.post.body) == ("Post 1", "**Hello**")
    assert first.post.body_html == "<p><strong>Hello</strong></p>\n"
    assert (first.counts.upvotes, first.counts.downvotes, first.counts.score) == (2, 1, 1)
    # One of the three comments is removed.
    assert first.counts.comments == 2
    assert (second.creator.name, second.post.ap_id) == ("bob", "https://other.example/post/7")
    assert (second.post.local, second.post.locked) == (False, True)


def test_the_tree_of_comments_is_kept(forum: Forum, tmp_path: Path) -> None:
    _import(forum, tmp_path, a_small_archive())
    post = forum.read_now(list_posts, None, PostQuery(Listing.ALL, PostSort.OLD)).posts[0].post
    views = forum.read_now(list_comments, None, CommentQuery(post_id=post.id, max_depth=8)).comments
    paths = {view.comment.content: view.comment.path.split(".") for view in views}
    assert len(paths["A *reply*"]) == 2
    assert paths["No. 2"][:2] == paths["A *reply*"]
    top = next(view for view in views if view.comment.content == "A *reply*")
    assert (top.counts.child_count, top.counts.upvotes) == (2, 1)


def test_people_communities_and_site_are_counted(forum: Forum, tmp_path: Path) -> None:
    _import(forum, tmp_path, a_small_archive())
    ann = forum.read_now(get_profile, None, name="ann")
    assert (ann.counts.post_count, ann.counts.comment_count) == (1, 1)
    bread = forum.read_now(get_community, None, name="bread")
    assert (bread.counts.posts, bread.counts.comments, bread.counts.subscribers) == (1, 2, 1)
    assert bread.counts.subscribers_local == 0
    assert bread.counts.users_active_month == 2  # a bot is not counted
    site = forum.read_now(get_site)
    assert (site.users, site.users_active_month, site.communities) == (2, 1, 1)


def _count(tx: Transaction, table: str) -> int:
    raw: Any = tx.conn
    assert isinstance(raw, Connection)
    return len(raw._driver.execute(f"SELECT 1 FROM {table}").fetchall())


def test_the_map_is_dropped_and_nobody_is_told(forum: Forum, tmp_path: Path) -> None:
    _import(forum, tmp_path, a_small_archive())
    assert forum.read_now(_count, "import_map") == 0
    assert forum.read_now(_count, "notification") == 0
    # That an archive was imported.
    assert forum.read_now(_count, "event") == 1


def test_what_was_imported_is_found_by_search(forum: Forum, tmp_path: Path) -> None:
    _import(forum, tmp_path, a_small_archive())
    assert forum.read_now(_count, "post_search") == 2
    assert forum.read_now(_count, "comment_search") == 3


# ---- bad lines -----------------------------------------------------------------------------------

GOOD = [HEADER, a_person_line(1, "ann"), a_community_line(1, "bread"), a_post_line(1)]
LINE = len(GOOD) + 1
REMOTE = {"host": "other.example"}
BAD: dict[str, tuple[Line | str | bytes, str]] = {
    "no JSON": ("{", "truncated"),
    "unknown type": ({"type": "report"}, "Invalid value 'report'"),
    "too long a line": (b"x" * (1024 * 1024 + 1), "longer than 1 MiB"),
    "second header": (HEADER, "Invalid value 'archive'"),
    "unknown community": (a_post_line(2, community=9), "there is no community 9 before"),
    "unknown creator": (a_post_line(2, creator=9), "there is no person 9 before"),
    "unknown post": (a_comment_line(1, post=9), "there is no post 9 before"),
    "unknown parent": (a_comment_line(1, parent=9), "there is no comment 9 before"),
    "its own parent": (a_comment_line(1, parent=1), "there is no comment 1 before"),
    "unknown voter": (a_vote_line(9, post=1), "there is no person 9 before"),
    "vote on nothing": (a_vote_line(1), "exactly one of them"),
    "vote on both": (a_vote_line(1, post=1, comment=1), "exactly one of them"),
    "vote of two": (a_vote_line(1, 2, post=1), "score: 1 or -1"),
    "vote on unknown": (a_vote_line(1, comment=1), "there is no comment 1 before"),
    "person twice": (a_person_line(1, "bob"), "person 1 stands in an earlier line"),
    "community twice": (a_community_line(1, "pies"), "community 1 stands in an earlier"),
    "post twice": (a_post_line(1), "post 1 stands in an earlier line"),
    "long title": (a_post_line(2, name="x" * 201), "name: longer than 200 characters"),
    "two-line title": (a_post_line(2, name="x\ny"), "name: empty or more than one line"),
    "empty title": (a_post_line(2, name=" "), "name: empty or more than one line"),
    "long body": (a_post_line(2, body="x" * 50_001), "body: longer than 50,000"),
    "long comment": (a_comment_line(1, content="x" * 10_001), "content: longer than 10,000"),
    "long by UTF-16": (a_comment_line(1, content="\U0001f35e" * 5_001), "longer than 10,000"),
    "script url": (a_post_line(2, url="javascript:alert(1)"), "url: no http, https or magnet"),
    "script avatar": (a_person_line(2, "bob", avatar="javascript:x"), "no http or https"),
    "script thumbnail": (a_post_line(2, thumbnail_url="data:,x"), "no http or https"),
    "bad language": (a_post_line(2, language="klingon"), "language: no ISO 639-1 code"),
    "bad name": (a_person_line(2, "b b"), "name: letters of one alphabet"),
    "bad remote name": (a_person_line(2, "b@b", **REMOTE), "without spaces, @ or /"),
    "bad host": (a_person_line(2, "bob", host="a/b"), "host: a host name"),
    "remote, no address": (a_person_line(2, "bob", **REMOTE), "needs its address"),
    "remote, bad address": (a_person_line(2, "bob", **REMOTE, ap_id="x"), "no http or https"),
    "bad visibility": (a_community_line(2, "pies", visibility="x"), "visibility: one of"),
    "empty community title": (a_community_line(2, "pies", title=""), "title: empty"),
    "the future": (a_post_line(2, created="2031-01-01T00:00:00Z"), "in the future"),
    "before 1970": (a_post_line(2, created="1969-12-31T00:00:00Z"), "before 1970"),
    "negative width": (a_post_line(2, image_width=-1), ">= 0"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_line_is_told_and_skipped(forum: Forum, tmp_path: Path, case: str) -> None:
    line, reason = BAD[case]
    after = [a_post_line(77, name="The one after"), a_vote_line(1, post=77)]
    summary, problems = _import(forum, tmp_path, [*GOOD, line, *after])
    assert [problem.line for problem in problems] == [LINE]
    assert reason in problems[0].reason
    assert summary.bad_lines == 1
    assert (summary.stored["post"], summary.stored["vote"]) == (2, 1)


def test_each_bad_line_is_told_once_in_its_order(forum: Forum, tmp_path: Path) -> None:
    lines: list[Line | str | bytes] = [
        *GOOD,
        "x",
        a_post_line(2),
        "",
        a_post_line(2),
        "y",
        *["z"] * 1500,
    ]
    summary, problems = _import(forum, tmp_path, lines)
    numbers = [problem.line for problem in problems]
    assert numbers == [5, 8, 9, *range(10, 1510)]
    assert summary.bad_lines == len(numbers)


def test_the_same_vote_again_is_bad_and_the_same_tie_is_passed_over(
    forum: Forum, tmp_path: Path
) -> None:
    vote, follow = a_vote_line(1, post=1), {"type": "follow", "community": 1, "person": 1}
    follow["created"] = archives.WHEN
    moderator = {**follow, "type": "moderator"}
    summary, problems = _import(
        forum, tmp_path, [*GOOD, vote, vote, follow, follow, moderator, moderator]
    )
    assert problems == [Problem(6, "this person has voted there already")]
    assert (summary.stored["follow"], summary.stored["moderator"]) == (1, 1)


def test_a_parent_of_another_post_is_bad(forum: Forum, tmp_path: Path) -> None:
    lines = [*GOOD, a_post_line(2), a_comment_line(1, post=2), a_comment_line(2, parent=1)]
    _, problems = _import(forum, tmp_path, lines)
    assert problems == [Problem(7, "comment 1 belongs to another post")]


def test_a_thread_without_end_is_cut(forum: Forum, tmp_path: Path) -> None:
    chain = [a_comment_line(1), *[a_comment_line(n, parent=n - 1) for n in range(2, 60)]]
    summary, problems = _import(forum, tmp_path, [*GOOD, *chain])
    assert summary.stored["comment"] == 51
    assert problems[0] == Problem(LINE + 51, "it stands too deep in its thread")


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        pytest.param("{}", "no header", id="nothing in it"),
        pytest.param(a_person_line(1, "ann"), "no header", id="a record"),
        pytest.param({"type": "archive", "version": 2}, "version 2", id="newer"),
        pytest.param(b"x" * 2_000_000, "longer than 1 MiB", id="endless"),
    ],
)
def test_a_file_without_a_good_header_is_refused(
    forum: Forum, tmp_path: Path, first: Line | bytes, reason: str
) -> None:
    with pytest.raises(ArchiveError, match=reason):
        _import(forum, tmp_path, [first, a_person_line(1, "ann")])
    assert forum.read_now(_count, "person") == 0
    assert forum.read_now(_count, "import_run") == 0


def test_an_empty_file_is_refused(forum: Forum, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="is empty"):
        _import(forum, tmp_path, [])


def test_nul_is_dropped_and_the_rest_kept_as_written(forum: Forum, tmp_path: Path) -> None:
    body = "a\u0000b <script>alert(1)</script>  \r\n\u202e"
    _, problems = _import(forum, tmp_path, [*GOOD, a_post_line(2, body=body)])
    assert problems == []
    query = PostQuery(Listing.ALL, PostSort.OLD, with_html=True)
    post = forum.read_now(list_posts, None, query).posts[1].post
    assert post.body == body.replace("\0", "")
    assert "<script" not in (post.body_html or "")


# ---- what is here already ------------------------------------------------------------------------


def test_people_and_communities_of_the_same_name_are_one(forum: Forum, tmp_path: Path) -> None:
    ann = a_person(forum, "Ann")
    bread = a_community(forum, ann, "Bread", title="Our bread")
    a_post(forum, ann, bread)
    summary, problems = _import(forum, tmp_path, a_small_archive())
    assert problems == []  # that she founded it, the forum knew
    assert "moderator" not in summary.stored
    assert summary.stored["person"] == 3
    profile = forum.read_now(get_profile, None, name="ann")
    assert (profile.person.id, profile.person.name, profile.person.bio) == (
        ann.person_id,
        "Ann",
        None,
    )
    assert (profile.counts.post_count, profile.counts.comment_count) == (2, 1)
    found = forum.read_now(get_community, None, name="bread")
    assert (found.community.id, found.community.title) == (bread, "Our bread")
    assert (found.counts.posts, found.counts.subscribers) == (2, 2)


def test_a_remote_post_that_is_here_is_not_doubled(forum: Forum, tmp_path: Path) -> None:
    _import(forum, tmp_path, a_small_archive())
    lines = [*a_small_archive(), a_comment_line(9, post=2, content="Once more")]
    _, problems = _import(forum, tmp_path, lines)
    assert forum.read_now(_count, "post") == 3
    # What is local has no address to be known by, so it comes again, and an answer to the remote
    # comment that stands under the old post cannot stand under the new one.
    assert [problem.reason for problem in problems] == ["comment 2 belongs to another post"]
    assert forum.read_now(_count, "comment") == 5


def test_people_of_our_own_host_are_ours(forum: Forum, tmp_path: Path) -> None:
    there = {"host": "Forum.Example", "ap_id": "https://forum.example/u/dan"}
    lines = [HEADER, a_person_line(1, "dan", **there), a_community_line(1, "bread")]
    lines.append(a_post_line(1, ap_id="https://forum.example/post/1"))
    _, problems = _import(forum, tmp_path, lines)
    assert problems == []
    dan = forum.read_now(get_profile, None, name="dan").person
    assert (dan.local, dan.ap_id) == (True, None)
    post = forum.read_now(list_posts, None, PostQuery(Listing.LOCAL, PostSort.NEW)).posts[0].post
    assert (post.local, post.ap_id) == (True, None)


def test_an_address_of_somebody_else_is_refused(forum: Forum, tmp_path: Path) -> None:
    address = "https://other.example/u/bob"
    lines = [
        *a_small_archive(),
        a_person_line(4, "eve", host="other.example", ap_id=address),
        a_post_line(4, creator=2, ap_id="https://other.example/post/8"),
        a_post_line(5, creator=2, ap_id="https://other.example/post/8"),
    ]
    _, problems = _import(forum, tmp_path, lines)
    assert [problem.reason for problem in problems] == [
        "ap_id: it belongs to somebody else here",
        "ap_id: it stands in an earlier line",
    ]


def test_counters_of_what_was_here_stay_right(forum: Forum, tmp_path: Path) -> None:
    ann = a_person(forum, "ann")
    bread = a_community(forum, ann, "bread")
    post = a_post(forum, ann, bread)
    a_comment(forum, ann, post)
    _import(forum, tmp_path, a_small_archive())
    site = forum.read_now(get_site)
    assert (site.posts, site.comments, site.users) == (2, 2, 2)


# ---- again, and at once --------------------------------------------------------------------------


def test_the_same_archive_again_does_nothing(forum: Forum, tmp_path: Path) -> None:
    path = write_archive(tmp_path / "a.jsonl.gz", [*a_small_archive(), "bad"])
    first = import_file(forum, path)
    again = import_file(forum, path)
    assert (first.was_done, again.was_done) == (False, True)
    assert (again.stored, again.bad_lines) == (first.stored, 1)
    assert forum.read_now(_count, "post") == 2


def test_two_who_read_the_same_archive_are_told(forum: Forum) -> None:
    run = forum.act_now(actions.open_import, "x")
    forum.act_now(actions.store_records, run, [], 5, 0)
    with pytest.raises(Conflict, match="import_running"):
        forum.act_now(actions.store_records, run, [], 5, 0)


def test_an_account_for_somebody_who_came_without(forum: Forum, tmp_path: Path) -> None:
    _import(forum, tmp_path, a_small_archive())
    forum.act_now(open_account, "ann", "hash")
    assert forum.read_now(get_site).users == 2
    with pytest.raises(Conflict):
        forum.act_now(open_account, "ann", "hash")
    with pytest.raises(NotFound):
        forum.act_now(open_account, "bob", "hash")
