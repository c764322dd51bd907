"""Lists of posts: each once, in order, whatever the sort, the scope and the way they are found."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select, update

from moothall.actions.community import follow_community
from moothall.actions.post import hide_posts, mark_posts_read, save_post
from moothall.actions.vote import vote_post
from moothall.domain.community import Community
from moothall.domain.errors import Invalid
from moothall.domain.ids import CommunityId, PostId
from moothall.domain.post import Listing, PostQuery, PostSort
from moothall.domain.time import DAY, HOUR, WEEK
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.reads.post import list_posts
from moothall.storage import post_list
from moothall.storage.post import update_post
from moothall.storage.post_order import MARKED, ORDERS, Order
from moothall.storage.statements import Statement, param
from moothall.storage.tables import community, post
from moothall.storage.transaction import Transaction
from tests.support.builders import a_community, a_person, a_post
from tests.support.clock import START

_AGES = (0, HOUR // 2, 3 * HOUR, 20 * HOUR, 3 * DAY, 20 * DAY, 80 * DAY, 300 * DAY, 700 * DAY)


@dataclass
class Scene:
    """A forum with many posts whose ranks are often equal, and two people in it."""

    forum: Forum
    ann: Viewer
    bob: Viewer
    cats: CommunityId
    dogs: CommunityId
    posts: list[dict[str, Any]]

    def walk(self, viewer: Viewer | None, query: PostQuery, *, lemmy: bool = False) -> list[int]:
        """The ids of all pages, one after the other."""
        found: list[int] = []
        while True:
            page = self.forum.read_now(list_posts, viewer, query)
            found += [view.post.id for view in page.posts]
            if page.next_cursor is None:
                return found
            cursor = f"P{found[-1]:x}" if lemmy else page.next_cursor
            query = query._replace(after=cursor)

    def expected(self, query: PostQuery, keep: Callable[[dict[str, Any]], bool]) -> list[int]:
        """The ids by a plain sort of the rows. A profile by age has nothing pinned."""
        order = ORDERS[query.sort]
        pinned = "featured_local" if query.community_id is None else "featured_community"
        since = 0 if order.window is None else self.forum.clock() - order.window
        rows = [row for row in self.posts if keep(row) and row["created_at"] > since]
        rows = [row for row in rows if not row["deleted"] and not row["removed"]]
        sign = -1 if order.ascending else 1
        is_diary = query.creator_id is not None and order.key == "created_at"
        rows.sort(
            key=lambda row: (
                row[pinned] and not is_diary,
                sign * row[order.key],
                sign * row["created_at"],
                sign * row["id"],
            ),
            reverse=True,
        )
        return [row["id"] for row in rows]


_ROWS = Statement(select(*post.c))


def _rows(tx: Transaction) -> list[dict[str, Any]]:
    names = [column.name for column in post.c]
    return [dict(zip(names, row, strict=True)) for row in tx.conn.all(_ROWS)]


def _scatter(tx: Transaction, post_ids: list[PostId], chance: random.Random) -> None:
    """Give posts ages and ranks of which many are the same."""
    for post_id in post_ids:
        moment = START - chance.choice(_AGES)
        is_young = moment > START - WEEK
        update_post(
            tx.conn,
            post_id,
            created_at=moment,
            newest_comment_at=moment + chance.randint(0, 2) * HOUR,
            comments=chance.randint(0, 3),
            score=chance.randint(-1, 3),
            hot_rank=chance.choice((0.25, 0.1, 1 / 3) if is_young else (0.0, 1e-05)),
            active_rank=chance.choice((0.0, 0.25, 0.1, 1 / 3)),
            scaled_rank=chance.choice((0.0, 0.5)),
            controversy_rank=chance.choice((0.0, 2.5)),
            featured_local=chance.random() < 0.1,
            featured_community=chance.random() < 0.1,
            deleted=chance.random() < 0.05,
            removed=chance.random() < 0.05,
        )


@pytest.fixture
def scene(forum: Forum) -> Scene:
    ann, bob = a_person(forum, "ann"), a_person(forum, "bob")
    cats, dogs, birds = (a_community(forum, ann, name) for name in ("cats", "dogs", "birds"))
    chance = random.Random(7)
    post_ids = [
        a_post(forum, chance.choice((ann, bob)), chance.choice((cats, dogs, birds)))
        for _ in range(70)
    ]
    forum.act_now(_scatter, post_ids, chance)
    forum.act_now(follow_community, bob.doer, cats, follow=True)
    forum.act_now(follow_community, bob.doer, birds, follow=True)
    return Scene(forum, ann, bob, cats, dogs, forum.read_now(_rows))


@pytest.fixture(params=["as it is", "the other ways"])
def ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways to find posts, which a forum of this size would not take by itself."""
    if request.param == "the other ways":
        monkeypatch.setattr(post_list, "_TRIED", 0)
        monkeypatch.setattr(post_list, "_SMALL_WINDOW", 0)


def test_every_sort_gives_each_post_once_and_in_order(scene: Scene, ways: None) -> None:
    for sort in PostSort:
        everything = PostQuery(sort=sort, limit=9)
        assert scene.walk(None, everything) == scene.expected(everything, lambda _: True), sort

        of_cats = everything._replace(community_id=scene.cats)
        in_cats = scene.expected(of_cats, lambda row: row["community_id"] == scene.cats)
        assert scene.walk(None, of_cats) == in_cats, sort

        subscribed = everything._replace(listing=Listing.SUBSCRIBED)
        followed = scene.expected(everything, lambda row: row["community_id"] != scene.dogs)
        assert scene.walk(scene.bob, subscribed) == followed, sort

        of_ann = everything._replace(creator_id=scene.ann.person_id)
        by_ann = scene.expected(of_ann, lambda row: row["creator_id"] == scene.ann.person_id)
        assert scene.walk(scene.bob, of_ann) == by_ann, sort


def test_the_cursors_of_lemmy_and_page_numbers_lead_through_the_same_list(scene: Scene) -> None:
    for sort in (PostSort.HOT, PostSort.OLD, PostSort.NEW, PostSort.TOP_ALL, PostSort.TOP_WEEK):
        query = PostQuery(sort=sort, limit=9, listing=Listing.LOCAL)
        whole = scene.expected(query, lambda _: True)
        assert scene.walk(None, query, lemmy=True) == whole
        numbered: list[int] = []
        for number in range(1, 10):
            page = scene.forum.read_now(list_posts, None, query._replace(page=number))
            numbered += [view.post.id for view in page.posts]
        assert numbered == whole


@pytest.mark.parametrize("sort", [PostSort.HOT, PostSort.OLD, PostSort.TOP_WEEK])
def test_a_list_ends_where_there_is_nothing_more(scene: Scene, sort: PostSort, ways: None) -> None:
    query = PostQuery(sort=sort, listing=Listing.LOCAL)
    count = len(scene.expected(query, lambda _: True))
    for limit, goes_on in ((count, False), (count - 1, True), (count + 1, False)):
        page = scene.forum.read_now(list_posts, None, query._replace(limit=limit))
        assert (len(page.posts), page.next_cursor is not None) == (min(limit, count), goes_on)
    # The compatible edge says so of every page that has something in it.
    edge = query._replace(limit=count, looks_on=False)
    page = scene.forum.read_now(list_posts, None, edge)
    assert page.next_cursor is not None
    after = scene.forum.read_now(list_posts, None, edge._replace(after=page.next_cursor))
    assert after == ([], None)


def test_who_moderates_lists_what_is_theirs(scene: Scene, ways: None) -> None:
    query = PostQuery(sort=PostSort.NEW, listing=Listing.MODERATOR_VIEW, limit=9)
    assert scene.walk(scene.ann, query) == scene.expected(query, lambda _: True)
    assert scene.walk(scene.bob, query) == []


def test_a_walk_that_passes_over_too_much_goes_on_from_where_it_ended(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post_list, "_PASSED_OVER", 0)
    query = PostQuery(sort=PostSort.NEW, show_read=False, limit=5)
    whole = scene.expected(query, lambda _: True)
    unread = whole[-3:]
    read = [PostId(post_id) for post_id in whole[:-3]]
    scene.forum.act_now(mark_posts_read, scene.bob, read, read=True)
    scene.forum.act_now(mark_posts_read, scene.bob, [PostId(each) for each in unread], read=False)
    first = scene.forum.read_now(list_posts, scene.bob, query)
    assert first.posts == []
    assert first.next_cursor is not None
    assert scene.walk(scene.bob, query) == unread


def test_saved_and_voted_posts_come_by_when_that_was(scene: Scene) -> None:
    of_ann = [row["id"] for row in scene.posts if row["creator_id"] == scene.ann.person_id]
    there = [
        PostId(row["id"])
        for row in scene.posts
        if row["id"] in of_ann and not row["removed"] and not row["deleted"]
    ][:7]
    for number, post_id in enumerate(there):
        scene.forum.act_now(save_post, scene.bob, post_id, save=True)
        scene.forum.act_now(vote_post, scene.bob.doer, post_id, -1 if number % 2 else 1)
    latest = list(reversed(there))
    assert scene.walk(scene.bob, PostQuery(saved_only=True, limit=3)) == latest
    assert scene.walk(scene.bob, PostQuery(saved_only=True, limit=3), lemmy=True) == latest
    up, down = latest[0::2], latest[1::2]
    assert scene.walk(scene.bob, PostQuery(liked_only=True, limit=3)) == up
    assert scene.walk(scene.bob, PostQuery(disliked_only=True, limit=3)) == down
    saved_up = PostQuery(saved_only=True, liked_only=True, limit=3)
    assert scene.walk(scene.bob, saved_up) == up


def test_liked_and_disliked_at_once_contradict(scene: Scene) -> None:
    query = PostQuery(liked_only=True, disliked_only=True)
    with pytest.raises(Invalid) as refused:
        scene.forum.read_now(list_posts, scene.bob, query)
    assert refused.value.code == "contradicting_filters"
    # Nobody signed in has votes: the filters do not apply.
    assert scene.forum.read_now(list_posts, None, query).posts


@pytest.mark.parametrize(
    "cursor", ["", "P", "Pzz", "P7fffffff", "1", "0_x_1_1", "0_1.5_1_1", "2_1_1_1", "0_1_1_1 "]
)
def test_what_is_no_cursor_is_refused(forum: Forum, cursor: str) -> None:
    with pytest.raises(Invalid) as refused:
        forum.read_now(list_posts, None, PostQuery(sort=PostSort.NEW, after=cursor))
    assert refused.value.code == "unknown"


# ---- filters -----------------------------------------------------------------------------------


def _set_community(tx: Transaction, community_id: CommunityId, /, **changes: Any) -> None:
    statement = update(community).where(community.c.id == param("community_id"))
    values = {name: param(name) for name in changes}
    tx.conn.run(Statement(statement.values(values)), community_id=community_id, **changes)


@dataclass
class Pair:
    """Two posts of ann in communities of their own, of which bob may see one less."""

    forum: Forum
    ann: Viewer
    bob: Viewer
    here: CommunityId
    there: CommunityId
    kept: PostId
    other: PostId

    def seen(self, viewer: Viewer | None, **query: Any) -> set[int]:
        page = self.forum.read_now(list_posts, viewer, PostQuery(sort=PostSort.NEW, **query))
        return {view.post.id for view in page.posts}


@pytest.fixture
def pair(forum: Forum) -> Pair:
    ann, bob = a_person(forum, "ann"), a_person(forum, "bob")
    here, there = a_community(forum, ann, "here"), a_community(forum, ann, "there")
    return Pair(forum, ann, bob, here, there, a_post(forum, ann, here), a_post(forum, ann, there))


def test_read_posts_are_left_out_where_that_is_wished(pair: Pair) -> None:
    pair.forum.act_now(mark_posts_read, pair.bob, [pair.other], read=True)
    assert pair.seen(pair.bob) == {pair.kept, pair.other}
    assert pair.seen(pair.bob, show_read=False) == {pair.kept}
    wishes = pair.bob._replace(show_read_posts=False)
    assert pair.seen(wishes) == {pair.kept}
    assert pair.seen(wishes, show_read=True) == {pair.kept, pair.other}
    assert pair.seen(wishes, creator_id=pair.ann.person_id) == {pair.kept, pair.other}


def test_hidden_posts_are_left_out(pair: Pair) -> None:
    pair.forum.act_now(hide_posts, pair.bob, [pair.other], hide=True)
    assert pair.seen(pair.bob) == {pair.kept}
    assert pair.seen(pair.bob, community_id=pair.there) == set()
    assert pair.seen(pair.bob, show_hidden=True) == {pair.kept, pair.other}
    assert pair.seen(pair.bob, creator_id=pair.ann.person_id) == {pair.kept, pair.other}
    pair.forum.act_now(hide_posts, pair.bob, [pair.other], hide=False)
    assert pair.seen(pair.bob) == {pair.kept, pair.other}


@pytest.mark.parametrize("where", ["post", "community"])
def test_what_is_not_safe_for_work_is_shown_only_on_wish(pair: Pair, where: str) -> None:
    if where == "post":
        pair.forum.act_now(lambda tx: update_post(tx.conn, pair.other, nsfw=True))
    else:
        pair.forum.act_now(_set_community, pair.there, nsfw=True)
    both = {pair.kept, pair.other}
    assert pair.seen(None) == {pair.kept}
    assert pair.seen(None, show_nsfw=True) == both
    assert pair.seen(pair.bob) == {pair.kept}
    assert pair.seen(pair.bob._replace(show_nsfw=True)) == both
    assert pair.seen(pair.bob._replace(show_nsfw=True), show_nsfw=False) == {pair.kept}


def test_bots_and_unread_languages_are_left_out_on_wish(pair: Pair) -> None:
    robot = a_person(pair.forum, "robot", bot=True)
    by_robot = a_post(pair.forum, robot, pair.here)
    assert by_robot in pair.seen(pair.bob)
    assert by_robot not in pair.seen(pair.bob._replace(show_bot_accounts=False))
    # No language is chosen, so none is read.
    assert pair.seen(pair.bob._replace(limits_languages=True)) == set()


@pytest.mark.parametrize(
    "state", [{"deleted": True}, {"removed": True}, {"hidden": True}, {"visibility": "Private"}]
)
def test_lists_follow_the_state_of_the_community(pair: Pair, state: dict[str, Any]) -> None:
    pair.forum.act_now(_set_community, pair.there, **state)
    for listing in (Listing.ALL, Listing.LOCAL):
        assert pair.seen(None, listing=listing) == {pair.kept}
        assert pair.seen(pair.bob, listing=listing) == {pair.kept}
    own = pair.seen(None, community_id=pair.there)
    assert own == ({pair.other} if "hidden" in state else set())


def test_what_is_local_only_is_for_those_who_are_signed_in(pair: Pair) -> None:
    pair.forum.act_now(_set_community, pair.there, visibility="LocalOnly")
    assert pair.seen(None) == {pair.kept}
    assert pair.seen(None, community_id=pair.there) == set()
    assert pair.seen(None, creator_id=pair.ann.person_id) == {pair.kept}
    assert pair.seen(pair.bob) == {pair.kept, pair.other}


def test_only_profiles_show_what_is_gone_and_only_to_some(pair: Pair) -> None:
    admin = a_person(pair.forum, "root", admin=True)
    of_ann = {"creator_id": pair.ann.person_id}
    pair.forum.act_now(lambda tx: update_post(tx.conn, pair.other, deleted=True))
    assert pair.seen(pair.ann, **of_ann) == {pair.kept, pair.other}
    assert pair.seen(pair.ann) == {pair.kept}
    assert pair.seen(admin, **of_ann) == {pair.kept}
    pair.forum.act_now(lambda tx: update_post(tx.conn, pair.other, deleted=False, removed=True))
    assert pair.seen(admin, **of_ann) == {pair.kept, pair.other}
    assert pair.seen(admin) == {pair.kept}
    assert pair.seen(pair.ann, **of_ann) == {pair.kept}


def test_the_viewers_marks_are_in_each_row(pair: Pair) -> None:
    pair.forum.act_now(vote_post, pair.bob.doer, pair.other, -1)
    pair.forum.act_now(save_post, pair.bob, pair.other, save=True)
    page = pair.forum.read_now(list_posts, pair.bob, PostQuery(sort=PostSort.NEW))
    newest, older = page.posts
    assert (newest.my_vote, newest.saved, newest.read) == (-1, True, True)
    assert (older.my_vote, older.saved, older.read) == (None, False, False)
    assert newest.creator_is_moderator
    assert isinstance(newest.community, Community)


def test_html_comes_only_where_it_is_asked_for(pair: Pair) -> None:
    a_post(pair.forum, pair.ann, pair.here, body="**bold**")
    for with_html in (True, False):
        query = PostQuery(sort=PostSort.NEW, with_html=with_html)
        (first, *_) = pair.forum.read_now(list_posts, None, query).posts
        assert (first.post.body_html is not None) == with_html


def test_orders_know_which_of_them_decay() -> None:
    assert ORDERS[PostSort.HOT].decays
    assert not ORDERS[PostSort.NEW].decays
    assert not MARKED.decays
    assert set(ORDERS) == set(PostSort)
    assert Order("score") == ORDERS[PostSort.TOP_ALL]


def test_a_hot_cursor_follows_the_falling_ranks(scene: Scene) -> None:
    query = PostQuery(sort=PostSort.HOT, limit=9)
    whole = scene.expected(query, lambda _: True)
    page = scene.forum.read_now(list_posts, None, query)

    def fall(tx: Transaction) -> None:
        tx.conn.run(Statement(update(post).values(hot_rank=post.c.hot_rank / 2)))

    scene.forum.act_now(fall)
    after = query._replace(after=page.next_cursor)
    assert scene.walk(None, after) == whole[9:]
