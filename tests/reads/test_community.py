"""Communities as viewers see them: one by id and name, lists, teams."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from moothall.actions.community import block_community, follow_community
from moothall.domain.community import CommunityQuery, community_order
from moothall.domain.errors import Invalid, NotFound
from moothall.domain.ids import CommunityId
from moothall.domain.post import Listing, PostSort
from moothall.domain.user import Viewer
from moothall.domain.visibility import Who
from moothall.forum import Forum
from moothall.reads import community as reads
from moothall.storage import community as rows
from moothall.storage import community_list
from moothall.storage.block import block_instance
from moothall.storage.site import add_instance, update_site
from moothall.storage.transaction import Transaction
from tests.support.builders import a_community, a_person


def _put(tx: Transaction, /, community_id: CommunityId, **columns: Any) -> None:
    rows.update_community(tx.conn, community_id, **columns)


def _move(tx: Transaction, community_id: CommunityId, domain: str) -> int:
    instance_id = add_instance(tx.conn, domain, tx.now)
    rows.update_community(tx.conn, community_id, instance_id=instance_id, local=False)
    return instance_id


def _names(forum: Forum, viewer: Viewer | None, **query: Any) -> list[str]:
    found = forum.read_now(reads.list_communities, viewer, CommunityQuery(**query))
    return [each.community.name for each in found]


@pytest.fixture
def ann(forum: Forum) -> Viewer:
    return a_person(forum, "ann")


@pytest.fixture
def found(forum: Forum, ann: Viewer) -> Callable[..., CommunityId]:
    """Make a community of Ann's with these columns."""

    def make(name: str, **columns: Any) -> CommunityId:
        community_id = a_community(forum, ann, name)
        if columns:
            forum.act_now(_put, community_id=community_id, **columns)
        return community_id

    return make


# --- one


@pytest.mark.parametrize("name", ["town", "TOWN", "!town@forum.example", "town@Forum.Example"])
def test_a_name_finds_its_community(
    forum: Forum, found: Callable[..., CommunityId], name: str
) -> None:
    town = found("Town")
    view = forum.read_now(reads.get_community, None, name=name)
    assert (view.community.id, view.subscribed, view.blocked) == (town, "NotSubscribed", False)


def test_remote_names_have_a_host(forum: Forum, found: Callable[..., CommunityId]) -> None:
    town = found("town")
    forum.act_now(_move, town, "far.example")
    assert forum.read_now(reads.get_community, None, name="town@FAR.example").community.id == town
    for name in ("town", "town@near.example", "", "@", "!@far.example"):
        with pytest.raises(NotFound, match="couldnt_find_community") as refused:
            forum.read_now(reads.get_community, None, name=name)
        assert refused.value.by_name


def test_the_id_wins_and_one_is_needed(forum: Forum, found: Callable[..., CommunityId]) -> None:
    town = found("town")
    view = forum.read_now(reads.get_community, None, community_id=town, name="other")
    assert view.community.id == town
    with pytest.raises(Invalid, match="no_id_given"):
        forum.read_now(reads.get_community, None)
    with pytest.raises(NotFound, match="couldnt_find_community") as refused:
        forum.read_now(reads.get_community, None, community_id=CommunityId(99))
    assert not refused.value.by_name


def test_what_is_not_visible_has_no_team_either(
    forum: Forum, ann: Viewer, found: Callable[..., CommunityId]
) -> None:
    town = found("town", removed=True)
    bob = a_person(forum, "bob")
    for viewer in (None, bob):
        with pytest.raises(NotFound, match="couldnt_find_community"):
            forum.read_now(reads.get_community_page, viewer, community_id=town)
        assert forum.read_now(reads.moderators, viewer, town) == []
    page = forum.read_now(reads.get_community_page, ann, community_id=town)
    assert [each.moderator.name for each in page.moderators] == ["ann"]


# --- lists


def test_each_sort_has_its_order(forum: Forum, found: Callable[..., CommunityId]) -> None:
    columns = (
        "hot_rank",
        "comments",
        "subscribers",
        "users_active_day",
        "users_active_week",
        "users_active_month",
        "users_active_half_year",
    )
    for column in columns:
        found(f"by_{column}"[:20], **dict.fromkeys(columns, 1) | {column: 9})
        forum.clock.advance()  # type: ignore[attr-defined]
    firsts = {sort: _names(forum, None, sort=sort)[0] for sort in PostSort}
    assert firsts == {
        **dict.fromkeys((PostSort.ACTIVE, PostSort.HOT, PostSort.SCALED), "by_hot_rank"),
        PostSort.NEW: "by_users_active_half"[:20],
        PostSort.OLD: "by_hot_rank",
        **dict.fromkeys((PostSort.MOST_COMMENTS, PostSort.CONTROVERSIAL), "by_comments"),
        **dict.fromkeys(
            (
                PostSort.NEW_COMMENTS,
                PostSort.TOP_HOUR,
                PostSort.TOP_SIX_HOUR,
                PostSort.TOP_TWELVE_HOUR,
                PostSort.TOP_DAY,
            ),
            "by_users_active_day",
        ),
        PostSort.TOP_WEEK: "by_users_active_week",
        PostSort.TOP_MONTH: "by_users_active_mont",
        **dict.fromkeys(
            (PostSort.TOP_THREE_MONTHS, PostSort.TOP_SIX_MONTHS), "by_users_active_half"
        ),
        **dict.fromkeys(
            (PostSort.TOP_NINE_MONTHS, PostSort.TOP_YEAR, PostSort.TOP_ALL), "by_subscribers"
        ),
    }


def test_pages_follow_each_other(forum: Forum, found: Callable[..., CommunityId]) -> None:
    for name in ("one", "two", "three", "four", "five"):
        found(name)
        forum.clock.advance()  # type: ignore[attr-defined]
    pages = [_names(forum, None, sort="Old", limit=2, page=page) for page in (1, 2, 3, 4)]
    assert pages == [["one", "two"], ["three", "four"], ["five"], []]


def test_listings(forum: Forum, ann: Viewer, found: Callable[..., CommunityId]) -> None:
    bob = a_person(forum, "bob")
    near, far, gone = found("near"), found("far"), found("gone", deleted=True)
    forum.act_now(_move, far, "far.example")
    forum.act_now(follow_community, bob.doer, far, follow=True)
    assert gone
    expected = {
        (Listing.ALL, None): {"near", "far"},
        (Listing.LOCAL, None): {"near"},
        # Nobody has no subscriptions: all is shown instead.
        (Listing.SUBSCRIBED, None): {"near", "far"},
        (Listing.ALL, bob): {"near", "far"},
        (Listing.LOCAL, bob): {"near"},
        # The follow of a remote community waits; it counts all the same.
        (Listing.SUBSCRIBED, bob): {"far"},
        (Listing.MODERATOR_VIEW, bob): set(),
        (Listing.MODERATOR_VIEW, ann): {"near", "far"},
    }
    for (listing, viewer), names in expected.items():
        assert set(_names(forum, viewer, listing=listing)) == names, (listing, viewer)
    assert near


def test_admins_find_everything(forum: Forum, found: Callable[..., CommunityId]) -> None:
    admin = a_person(forum, "admin", admin=True)
    for state in ("deleted", "removed", "hidden"):
        found(state, **{state: True})
    assert set(_names(forum, admin)) == {"deleted", "removed", "hidden"}
    assert _names(forum, a_person(forum, "bob")) == []


def test_blocked_ones_are_left_out(forum: Forum, found: Callable[..., CommunityId]) -> None:
    bob = a_person(forum, "bob")
    near, far = found("near"), found("far")
    instance_id = forum.act_now(_move, far, "far.example")
    forum.act_now(block_community, bob, near, block=True)
    assert _names(forum, bob) == ["far"]
    forum.act_now(_block_instance, bob, instance_id)
    assert _names(forum, bob) == []
    assert len(_names(forum, None)) == 2


def _block_instance(tx: Transaction, viewer: Viewer, instance_id: Any) -> None:
    block_instance(tx.conn, viewer.person_id, instance_id, tx.now)


def test_nsfw_is_asked_for(forum: Forum, found: Callable[..., CommunityId]) -> None:
    found("tame")
    found("wild", nsfw=True)
    shy, bold = a_person(forum, "shy"), a_person(forum, "bold", show_nsfw=True)
    assert _names(forum, None) == ["tame"]
    assert _names(forum, shy) == ["tame"]
    assert set(_names(forum, bold)) == {"tame", "wild"}
    assert set(_names(forum, shy, show_nsfw=True)) == {"tame", "wild"}
    assert _names(forum, bold, show_nsfw=False) == ["tame"]
    forum.act_now(_warn)
    assert set(_names(forum, None)) == {"tame", "wild"}
    assert _names(forum, shy) == ["tame"]


def _warn(tx: Transaction) -> None:
    update_site(tx.conn, content_warning="Adults only")


# --- plans


def _plan(tx: Transaction, who: Who, listing: str, sort: str) -> str:
    statement = community_list._list(who, listing, community_order(sort), with_nsfw=False)
    compiled = statement.compiled(tx.conn.dialect)
    values = {**compiled.constants, "viewer_id": 1, "now": tx.now, "limit": 20, "offset": 0}
    run = tx.conn._driver.execute
    if tx.conn.dialect == "sqlite":
        plan = run(f"EXPLAIN QUERY PLAN {compiled.text}", values).fetchall()
        return "\n".join(row[3] for row in plan)
    # So small a table is read whole, unless that is made to look dear.
    run("SET LOCAL enable_seqscan = off")
    run("SET LOCAL enable_bitmapscan = off")
    return "\n".join(row[0] for row in run(f"EXPLAIN {compiled.text}", values).fetchall())


@pytest.mark.parametrize("who", [Who.NOBODY, Who.PERSON, Who.ADMIN])
def test_an_index_gives_the_order(forum: Forum, who: Who) -> None:
    for sort in PostSort:
        plan = forum.read_now(_plan, who, "All", sort)
        assert re.search("using (index )?ix_community_", plan, re.IGNORECASE), (sort, plan)
        assert not re.search("temp b-tree|sort", plan, re.IGNORECASE), (sort, plan)


def test_local_ones_in_their_usual_order_have_an_index(forum: Forum) -> None:
    plan = forum.read_now(_plan, Who.NOBODY, "Local", "Hot")
    assert "ix_community_local_hot_rank" in plan


@pytest.mark.parametrize("listing", ["Subscribed", "ModeratorView"])
def test_ones_own_communities_are_few(forum: Forum, listing: str) -> None:
    plan = forum.read_now(_plan, Who.PERSON, listing, "Hot")
    assert not re.search("seq scan|scan community\\b", plan, re.IGNORECASE), plan
