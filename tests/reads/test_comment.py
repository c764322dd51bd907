"""Comments as different viewers see them: trees, threads, feeds, and words that are withheld."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moothall.actions.comment import delete_comment, save_comment
from moothall.actions.community import follow_community
from moothall.actions.vote import vote_comment
from moothall.domain.comment import CommentPage, CommentQuery, CommentSort, CommentView
from moothall.domain.errors import Invalid, NotAllowed, NotFound
from moothall.domain.ids import CommentId, CommunityId, PostId
from moothall.domain.post import Listing
from moothall.domain.time import DAY
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.reads.comment import (
    get_comment,
    list_chosen_comments,
    list_comment_likes,
    list_comments,
    list_under,
    list_with_context,
)
from moothall.reads.post import get_post
from moothall.storage import block, language
from moothall.storage.comment import update_comment
from moothall.storage.comment_choice import TREE_CAP
from moothall.storage.site import get_site
from moothall.storage.statements import Statement, param
from moothall.storage.tables import (
    account_language,
    community_block,
    community_moderator,
    person_block,
)
from moothall.storage.tables import community as community_table
from moothall.storage.tables import post as post_table
from moothall.storage.transaction import Transaction
from tests.support.builders import a_comment, a_community, a_person, a_post

HOT, TOP, NEW = CommentSort.HOT, CommentSort.TOP, CommentSort.NEW
OLD, CONTROVERSIAL = CommentSort.OLD, CommentSort.CONTROVERSIAL


class Scene:
    """A community of Ann's with a post of hers; Bob writes, Root is admin."""

    def __init__(self, forum: Forum) -> None:
        self.forum = forum
        self.ann = a_person(forum, "ann")
        self.bob = a_person(forum, "bob")
        self.root = a_person(forum, "root", admin=True)
        self.community = a_community(forum, self.ann, "garden")
        self.post = a_post(forum, self.ann, self.community)

    def views(self, viewer: Viewer | None = None, **query: Any) -> list[CommentView]:
        return self.page(viewer, **query).comments

    def page(self, viewer: Viewer | None = None, **query: Any) -> CommentPage:
        return self.forum.read_now(list_comments, viewer, CommentQuery(**query))

    def ids(self, viewer: Viewer | None = None, **query: Any) -> list[CommentId]:
        return [view.comment.id for view in self.views(viewer, **query)]

    def context(
        self, comment_id: CommentId, levels: int, viewer: Viewer | None = None
    ) -> list[CommentView]:
        def read(tx: Transaction) -> list[CommentView]:
            of = get_comment(tx, viewer, comment_id).comment
            return list_with_context(tx, viewer, of, levels=levels, with_html=True)

        return self.forum.read_now(read)

    def branches(
        self, viewer: Viewer | None = None, below: CommentId | None = None, **query: Any
    ) -> list[list[CommentId]]:
        """The ids of all pages of branches, one after the other."""
        asked = CommentQuery(**{"max_depth": 8, "branches": True, **query})
        pages: list[list[CommentId]] = []
        while not pages or asked.after is not None:
            page = self.forum.read_now(self._branches, viewer, asked, below)
            pages.append([view.comment.id for view in page.comments])
            assert asked.after is None or page.next_cursor != asked.after
            asked = asked._replace(after=page.next_cursor)
        return pages

    def _branches(
        self, tx: Transaction, viewer: Viewer | None, query: CommentQuery, below: CommentId | None
    ) -> CommentPage:
        of = get_post(tx, viewer, self.post)
        root = None if below is None else get_comment(tx, viewer, below).comment
        return list_under(tx, viewer, of, query, below=root)

    def say(self, parent: CommentId | None = None, **changes: Any) -> CommentId:
        comment_id = a_comment(self.forum, self.bob, self.post, parent)
        if changes:
            self.set(comment_id, **changes)
        return comment_id

    def set(self, comment_id: CommentId, **changes: Any) -> None:
        self.forum.act_now(lambda tx: update_comment(tx.conn, comment_id, **changes))

    def change(self, table: Any, row_id: int, **changes: Any) -> None:
        def run(tx: Transaction) -> None:
            tx.conn.run(
                Statement(
                    table.update()
                    .where(table.c.id == param("row_id"))
                    .values({name: param(name) for name in changes})
                ),
                row_id=row_id,
                **changes,
            )

        self.forum.act_now(run)

    def insert(self, table: Any, **values: Any) -> None:
        statement = Statement(table.insert().values({name: param(name) for name in values}))
        self.forum.act_now(lambda tx: tx.conn.run(statement, **values))


@pytest.fixture
def scene(forum: Forum) -> Scene:
    """Return the scene of most tests here."""
    return Scene(forum)


# ---- trees ----


def test_a_tree_comes_level_by_level(scene: Scene) -> None:
    first = scene.say()
    second = scene.say()
    below_first = scene.say(first)
    below_second = scene.say(second)
    deepest = scene.say(below_first)
    tree = scene.ids(post_id=scene.post, max_depth=8, sort=OLD)
    assert tree == [first, second, below_first, below_second, deepest]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (HOT, "hot liked disputed fresh"),
        (TOP, "liked hot disputed fresh"),
        (NEW, "fresh disputed liked hot"),
        (OLD, "hot liked disputed fresh"),
        (CONTROVERSIAL, "disputed liked hot fresh"),
    ],
)
def test_every_sort_has_its_order(scene: Scene, sort: CommentSort, order: str) -> None:
    names = {
        scene.say(hot_rank=0.9, score=5): "hot",
        scene.say(hot_rank=0.5, score=9): "liked",
        scene.say(hot_rank=0.1, score=2, controversy_rank=3.0): "disputed",
        scene.say(hot_rank=0.1, score=1): "fresh",
    }
    for query in (
        {"post_id": scene.post},
        {"post_id": scene.post, "max_depth": 3},
        {},
        {"listing": Listing.LOCAL},
        {"community_id": scene.community},
        {"creator_id": scene.bob.person_id},
    ):
        found = " ".join(names[one] for one in scene.ids(sort=sort, **query))
        assert found == order, query


def test_what_moderators_distinguish_stands_first_in_its_thread(scene: Scene) -> None:
    scene.say(score=9)
    marked = scene.say(score=1, distinguished=True)
    assert scene.ids(post_id=scene.post, sort=TOP)[0] == marked
    assert scene.ids(post_id=scene.post, sort=TOP, max_depth=2)[0] == marked
    assert scene.ids(sort=TOP)[0] != marked


def test_max_depth_counts_from_the_post_or_from_the_parent(scene: Scene) -> None:
    one = scene.say()
    two = scene.say(one)
    three = scene.say(two)
    four = scene.say(three)
    assert scene.ids(post_id=scene.post, max_depth=1) == [one]
    assert scene.ids(post_id=scene.post, max_depth=2) == [one, two]
    assert scene.ids(parent_id=two, max_depth=1) == [two, three]
    assert scene.ids(parent_id=two, max_depth=2) == [two, three, four]
    assert scene.ids(post_id=scene.post, max_depth=0) == []
    assert scene.ids(post_id=scene.post, max_depth=-5) == []
    assert scene.ids(post_id=scene.post, max_depth=2**62) == [one, two, three, four]


def test_a_subtree_has_nothing_of_its_neighbours(scene: Scene) -> None:
    comments = [scene.say() for _ in range(11)]
    # The path 0.1 is the beginning of the text 0.10, and 0.11: those are no answers to it.
    below = scene.say(comments[0])
    assert scene.ids(parent_id=comments[0], max_depth=9) == [comments[0], below]
    assert scene.ids(parent_id=comments[0], sort=OLD, limit=50) == [comments[0], below]


def test_a_parent_of_another_post_or_none_has_no_answers(scene: Scene) -> None:
    other = a_post(scene.forum, scene.ann, scene.community)
    elsewhere = a_comment(scene.forum, scene.bob, other)
    assert scene.ids(post_id=scene.post, parent_id=elsewhere, max_depth=9) == []
    assert scene.ids(parent_id=CommentId(999), max_depth=9) == []


def test_a_tree_is_cut_at_its_cap_and_loses_the_deepest(scene: Scene) -> None:
    top = [scene.say() for _ in range(TREE_CAP - 1)]
    shown, hidden = scene.say(top[0]), scene.say(top[1])
    tree = scene.ids(post_id=scene.post, max_depth=9, sort=OLD, limit=10**10, page=7)
    assert tree == [*top, shown]
    assert hidden not in tree


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(shape=st.lists(st.integers(0, 30), min_size=1, max_size=25), data=st.data())
def test_any_tree_has_every_comment_once_after_its_parent(
    scene: Scene, shape: list[int], data: st.DataObject
) -> None:
    post = a_post(scene.forum, scene.ann, scene.community)
    comments: list[CommentId] = []
    for choice in shape:
        parent = None if choice >= len(comments) else comments[choice]
        comments.append(a_comment(scene.forum, scene.bob, post, parent))
    sort = data.draw(st.sampled_from(CommentSort))
    views = scene.views(post_id=post, max_depth=50, sort=sort)
    assert sorted(view.comment.id for view in views) == sorted(comments)
    seen = {0}
    for view in views:
        *_, parent_label, own = map(int, view.comment.path.split("."))
        assert parent_label in seen
        assert own == view.comment.id
        seen.add(own)
        below = [one for one in views if one.comment.path.startswith(f"{view.comment.path}.")]
        assert view.counts.child_count == len(below)


def test_comments_of_a_post_share_its_objects(scene: Scene) -> None:
    scene.say()
    scene.say()
    one, two = scene.views(scene.bob, post_id=scene.post)
    assert one.post is two.post
    assert one.community is two.community


# ---- pages ----


@pytest.mark.parametrize("sort", CommentSort)
@pytest.mark.parametrize("query", [{}, {"community": True}, {"listing": Listing.SUBSCRIBED}])
def test_pages_of_a_feed_show_everything_once(
    scene: Scene, sort: CommentSort, query: dict[str, Any]
) -> None:
    chosen = dict(query)
    if chosen.pop("community", False):
        chosen["community_id"] = scene.community
    for number in range(7):
        # Some are hot, some disputed: the feed goes over from one order to the other.
        rank = 0.5 if number % 3 == 0 else 0.0
        scene.say(hot_rank=rank, controversy_rank=rank, score=number)
    whole = scene.ids(scene.ann, sort=sort, limit=50, **chosen)
    pages = [scene.ids(scene.ann, sort=sort, limit=2, page=n, **chosen) for n in range(1, 6)]
    assert len(whole) == 7
    assert [one for page in pages for one in page] == whole


@pytest.mark.parametrize("sort", CommentSort)
@pytest.mark.parametrize(
    "query",
    [
        {},
        {"community": True},
        {"listing": Listing.SUBSCRIBED},
        {"author": True},
        {"saved_only": True},
        {"liked_only": True},
        {"post": True},
        {"below": True},
    ],
)
def test_cursors_of_a_list_lead_to_everything_once(
    scene: Scene, sort: CommentSort, query: dict[str, Any]
) -> None:
    said = _seven(scene)
    names = {"community": "community_id", "author": "creator_id", "post": "post_id"}
    values = {
        "community_id": scene.community,
        "creator_id": scene.bob.person_id,
        "post_id": scene.post,
    }
    chosen = {names.get(key, key): values.get(names.get(key, key), query[key]) for key in query}
    if chosen.pop("below", False):
        chosen["parent_id"] = said[0]
    whole = scene.ids(scene.ann, sort=sort, limit=50, **chosen)
    assert len(whole) == (1 if "below" in query else 7)
    for limit in (1, 2, 7):
        found, cursor = [], None
        for _ in range(8):
            page = scene.page(scene.ann, sort=sort, limit=limit, after=cursor, **chosen)
            found += [view.comment.id for view in page.comments]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert found == whole


def _seven(scene: Scene) -> list[CommentId]:
    """Comments of Bob's that Ann likes and keeps; some hot, some disputed, one by a moderator."""
    said = []
    for number in range(7):
        # A feed goes over from the hot and the disputed ones to all others.
        rank = 0.5 if number % 3 == 0 else 0.0
        said.append(scene.say(hot_rank=rank, controversy_rank=rank, score=number // 2))
        scene.forum.act_now(save_comment, scene.ann, said[-1], save=True)
        scene.forum.act_now(vote_comment, scene.ann.doer, said[-1], 1)
        scene.set(said[-1], hot_rank=rank, controversy_rank=rank, score=number // 2)
    scene.set(said[4], distinguished=True)
    return said


@pytest.mark.parametrize("sort", CommentSort)
@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "0",
        "1_2",
        "0_1_1_1_1_1",
        "9_1_1",
        "0_nan_1_1",
        "0_1e999_1_1",
        f"0_{10**19}_1",
        "0__1",
    ],
)
def test_what_is_no_cursor_is_refused(scene: Scene, sort: CommentSort, cursor: str) -> None:
    scene.say()
    for post_id in (None, scene.post):
        with pytest.raises(Invalid, match="unknown"):
            scene.page(sort=sort, after=cursor, post_id=post_id)


def test_a_hot_position_follows_the_falling_ranks(scene: Scene) -> None:
    said = [scene.say(hot_rank=number / 10) for number in range(1, 7)]
    first = scene.page(post_id=scene.post, limit=3)
    assert [view.comment.id for view in first.comments] == said[:2:-1]
    for number, comment_id in enumerate(said, 1):
        scene.set(comment_id, hot_rank=number / 100)
    assert scene.ids(post_id=scene.post, limit=3, after=first.next_cursor) == said[2::-1]


# ---- branches ----


def test_a_page_of_branches_has_them_whole(scene: Scene) -> None:
    # Two branches of 150 fill a page; the next one begins with the third.
    first, second, third = (scene.say() for _ in range(3))
    answers = {root: [scene.say(root) for _ in range(149)] for root in (first, second)}
    pages = scene.branches(sort=OLD)
    assert pages == [[first, second, *answers[first], *answers[second]], [third]]


@pytest.mark.parametrize("sort", CommentSort)
def test_all_branches_are_reached_in_the_order_of_the_sort(scene: Scene, sort: CommentSort) -> None:
    many = [scene.say(score=number // 9, hot_rank=(number % 7) / 9) for number in range(TREE_CAP)]
    more = [scene.say(score=number, controversy_rank=number / 9) for number in range(20)]
    scene.set(many[7], distinguished=True)
    pages = scene.branches(sort=sort)
    assert [len(page) for page in pages] == [TREE_CAP, 20]
    assert pages[0][0] == many[7]
    found = [one for page in pages for one in page]
    assert sorted(found) == sorted([*many, *more])
    flat = [scene.ids(post_id=scene.post, sort=sort, limit=50, page=n) for n in range(1, 8)]
    assert found == [one for page in flat for one in page]


def test_a_branch_that_is_too_large_loses_its_deepest(scene: Scene) -> None:
    root = scene.say()
    answers = [scene.say(root) for _ in range(TREE_CAP)]
    last = scene.say()
    scene.say(answers[0])
    assert scene.branches(sort=OLD) == [[root, *answers[: TREE_CAP - 1]], [last]]
    below = scene.branches(sort=OLD, below=root)
    # The answer to the first answer belongs to its branch, which is on the first page.
    assert [len(page) for page in below] == [TREE_CAP, 1]
    assert below[1] == answers[TREE_CAP - 1 :]


def test_what_is_deleted_keeps_its_place_on_a_page(scene: Scene) -> None:
    # By its figures this post fits on one page.
    said = [scene.say() for _ in range(TREE_CAP + 2)]
    for comment_id in said[:5]:
        scene.forum.act_now(delete_comment, scene.bob.doer, comment_id, deleted=True)
    assert scene.branches(sort=OLD) == [said[:TREE_CAP], said[TREE_CAP:]]


def test_branches_end_at_their_depth(scene: Scene) -> None:
    path = [scene.say()]
    for _ in range(4):
        path.append(scene.say(path[-1]))
    assert scene.branches(max_depth=2) == [path[:2]]
    assert scene.branches(max_depth=2, below=path[0]) == [path[1:3]]
    assert scene.branches(below=path[-1]) == [[]]


def test_what_answers_somebody_blocked_is_still_reached(scene: Scene) -> None:
    silent = [a_comment(scene.forum, scene.root, scene.post) for _ in range(TREE_CAP)]
    answer = scene.say(silent[3])
    heard = scene.say()
    scene.insert(
        person_block, person_id=scene.ann.person_id, target_id=scene.root.person_id, created_at=1
    )
    pages = scene.branches(scene.ann, sort=OLD)
    assert [one for page in pages for one in page] == [answer, heard]


# ---- listings ----


def test_listings(scene: Scene) -> None:
    theirs = a_community(scene.forum, scene.root, "yard")
    post = a_post(scene.forum, scene.root, theirs)
    here, there = scene.say(), a_comment(scene.forum, scene.bob, post)
    assert scene.ids(scene.ann) == [there, here]
    # Whoever founds a community follows and moderates it.
    assert scene.ids(scene.ann, listing=Listing.SUBSCRIBED) == [here]
    assert scene.ids(scene.ann, listing=Listing.MODERATOR_VIEW) == [here]
    assert scene.ids(scene.bob, listing=Listing.SUBSCRIBED) == []
    scene.forum.act_now(follow_community, scene.bob.doer, theirs, follow=True)
    assert scene.ids(scene.bob, listing=Listing.SUBSCRIBED) == [there]
    assert scene.ids(scene.bob, listing=Listing.SUBSCRIBED, post_id=post) == [there]
    assert scene.ids(scene.bob, listing=Listing.SUBSCRIBED, post_id=scene.post) == []
    # Who names a community means it.
    assert scene.ids(scene.bob, listing=Listing.SUBSCRIBED, community_id=scene.community) == [here]


@pytest.mark.parametrize("listing", [Listing.SUBSCRIBED, Listing.MODERATOR_VIEW])
def test_nobody_follows_nothing(scene: Scene, listing: Listing) -> None:
    scene.say()
    assert scene.ids(None, listing=listing) == []
    assert scene.ids(None, listing=listing, post_id=scene.post) == []
    assert scene.ids(None, saved_only=True) == []


def test_the_local_listing_leaves_remote_communities_out(scene: Scene) -> None:
    comment_id = scene.say()
    assert scene.ids(listing=Listing.LOCAL) == [comment_id]
    scene.set(comment_id, in_local=False)
    scene.change(community_table, scene.community, local=False)
    assert scene.ids(listing=Listing.LOCAL) == []
    assert scene.ids(listing=Listing.LOCAL, post_id=scene.post) == []
    assert scene.ids(listing=Listing.ALL, post_id=scene.post) == [comment_id]


def test_saved_comments_come_in_the_order_of_saving(scene: Scene) -> None:
    one, two, _ = scene.say(), scene.say(), scene.say()
    for comment_id in (two, one):
        scene.forum.act_now(save_comment, scene.ann, comment_id, save=True)
    assert scene.ids(scene.ann, saved_only=True) == [one, two]
    assert scene.ids(scene.bob, saved_only=True) == []
    assert set(scene.ids(scene.ann, saved_only=True, post_id=scene.post)) == {one, two}
    assert scene.views(scene.ann, saved_only=True)[0].saved


def test_liked_and_disliked(scene: Scene) -> None:
    from moothall.storage.tables import comment_vote

    liked, disliked, _ = scene.say(), scene.say(), scene.say()
    for comment_id, score in ((liked, 1), (disliked, -1)):
        person_id = scene.ann.person_id
        scene.insert(
            comment_vote, comment_id=comment_id, person_id=person_id, score=score, created_at=1
        )
    assert scene.ids(scene.ann, liked_only=True) == [liked]
    assert scene.ids(scene.ann, disliked_only=True) == [disliked]
    assert scene.ids(scene.ann, liked_only=True, post_id=scene.post) == [liked]
    assert scene.views(scene.ann, disliked_only=True)[0].my_vote == -1
    # One's own first vote is no liking; nobody signed in is not asked.
    assert scene.ids(scene.bob, liked_only=True) == []
    assert len(scene.ids(None, liked_only=True)) == 3


def test_liked_and_disliked_at_once_contradict(scene: Scene) -> None:
    with pytest.raises(Invalid, match="contradicting_filters"):
        scene.views(scene.ann, liked_only=True, disliked_only=True)


# ---- what a viewer does not want ----


def _lists(scene: Scene) -> list[dict[str, Any]]:
    return [
        {},
        {"post_id": scene.post},
        {"post_id": scene.post, "max_depth": 5},
        {"community_id": scene.community},
        {"listing": Listing.LOCAL},
    ]


def test_blocked_people_are_not_heard(scene: Scene) -> None:
    comment_id = scene.say()
    ann, bob = scene.ann.person_id, scene.bob.person_id
    scene.forum.act_now(lambda tx: block.block_person(tx.conn, ann, bob, tx.now))
    for query in _lists(scene):
        assert scene.ids(scene.ann, **query) == []
        assert scene.ids(scene.root, **query) == [comment_id]
    assert scene.ids(scene.ann, listing=Listing.MODERATOR_VIEW) == [comment_id]
    view = scene.forum.read_now(get_comment, scene.ann, comment_id)
    assert view.creator_blocked


def test_blocked_communities_are_not_shown(scene: Scene) -> None:
    comment_id = scene.say()
    scene.insert(
        community_block,
        person_id=scene.root.person_id,
        community_id=scene.community,
        created_at=1,
    )
    for query in _lists(scene):
        assert scene.ids(scene.root, **query) == []
        assert scene.ids(scene.bob, **query) == [comment_id]


def test_communities_of_blocked_servers_are_not_shown(scene: Scene) -> None:
    comment_id = scene.say()
    view = scene.views(scene.root)[0]
    me, server = scene.root.person_id, view.community.instance_id
    scene.forum.act_now(lambda tx: block.block_instance(tx.conn, me, server, tx.now))
    for query in _lists(scene):
        assert scene.ids(scene.root, **query) == []
        assert scene.ids(scene.bob, **query) == [comment_id]


def test_bots_only_for_who_wants_them(scene: Scene) -> None:
    quiet = a_person(scene.forum, "quiet", show_bot_accounts=False)
    robot = a_person(scene.forum, "robot", bot=True)
    comment_id = a_comment(scene.forum, robot, scene.post)
    for query in _lists(scene):
        assert scene.ids(quiet, **query) == []
        assert scene.ids(scene.bob, **query) == [comment_id]


def test_other_languages_only_for_who_reads_them(scene: Scene) -> None:
    english, german = 37, 32
    comment_id = scene.say(language_id=german)
    scene.insert(account_language, account_id=scene.root.account_id, language_id=english)
    choosy = scene.root._replace(limits_languages=True)
    for query in _lists(scene):
        assert scene.ids(choosy, **query) == []
        assert scene.ids(scene.bob, **query) == [comment_id]
    scene.set(comment_id, language_id=english)
    for query in _lists(scene):
        assert scene.ids(choosy, **query) == [comment_id]
    assert len(scene.forum.read_now(lambda tx: language.site_languages(tx.conn))) > 100


# ---- who sees what ----

EVERYBODY = {"nobody", "stranger", "author", "moderator", "admin"}
STATES: dict[str, tuple[str, dict[str, Any], set[str], set[str]]] = {
    # state: what changes; who may open the comment; whose feed of everything has it
    "open": ("comment", {}, EVERYBODY, EVERYBODY),
    "post deleted": ("post", {"deleted": True}, {"author", "moderator", "admin"}, set()),
    "post removed": ("post", {"removed": True}, {"author", "moderator", "admin"}, set()),
    "community removed": (
        "community",
        {"removed": True},
        {"author", "moderator", "admin"},
        set(),
    ),
    "local only": (
        "community",
        {"visibility": "LocalOnly"},
        EVERYBODY - {"nobody"},
        EVERYBODY - {"nobody"},
    ),
    "private": (
        "community",
        {"visibility": "Private"},
        {"author", "moderator", "admin"},
        {"moderator", "admin"},
    ),
    # The founder follows, so it stays in their feed.
    "hidden": ("community", {"hidden": True}, EVERYBODY, {"moderator"}),
}


@pytest.mark.parametrize("state", STATES)
def test_who_sees_a_comment(scene: Scene, state: str) -> None:
    place, changes, may_open, have_listed = STATES[state]
    founder = a_person(scene.forum, "founder")
    community = a_community(scene.forum, founder, "meadow")
    post = a_post(scene.forum, scene.ann, community)
    comment_id = a_comment(scene.forum, scene.bob, post)
    stranger = a_person(scene.forum, "stranger")
    if changes:
        table = post_table if place == "post" else community_table
        scene.change(table, post if place == "post" else community, **changes)
    viewers = {
        "nobody": None,
        "stranger": stranger,
        "author": scene.bob,
        "moderator": founder,
        "admin": scene.root,
    }
    assert {name for name, viewer in viewers.items() if _opens(scene, viewer, comment_id)} == (
        may_open
    )
    listed = {name for name, viewer in viewers.items() if comment_id in scene.ids(viewer)}
    assert listed == have_listed
    threads = {name for name, viewer in viewers.items() if scene.ids(viewer, post_id=post)}
    # The author of a comment may open it, but not the thread of a post that is gone.
    assert threads <= may_open
    assert may_open - threads <= {"author"}


def _opens(scene: Scene, viewer: Viewer | None, comment_id: CommentId) -> bool:
    try:
        scene.forum.read_now(get_comment, viewer, comment_id)
    except NotFound:
        return False
    return True


@pytest.mark.parametrize("state", [{"deleted": True}, {"removed": True}])
def test_only_admins_read_what_is_gone(scene: Scene, state: dict[str, bool]) -> None:
    comment_id = a_comment(scene.forum, scene.bob, scene.post, content="A *secret*")
    answer = scene.say(comment_id)
    scene.set(comment_id, **state)
    for viewer, words in (
        (None, ""),
        (scene.ann, ""),
        (scene.bob, ""),
        (scene.root, "A *secret*"),
    ):
        seen = [
            scene.forum.read_now(get_comment, viewer, comment_id, with_html=True),
            scene.context(answer, 1, viewer)[0],
        ]
        for query in (
            *_lists(scene),
            {"creator_id": scene.bob.person_id},
            {"parent_id": comment_id, "max_depth": 3},
        ):
            views = scene.views(viewer, with_html=True, sort=OLD, **query)
            seen += [view for view in views if view.comment.id == comment_id]
        # It keeps its place everywhere.
        assert len(seen) == len(_lists(scene)) + 4
        assert {view.comment.content for view in seen} == {words}
        assert {view.comment.content_html is None for view in seen} == {words == ""}


def test_html_only_where_a_page_asks_for_it(scene: Scene) -> None:
    comment_id = a_comment(scene.forum, scene.bob, scene.post, content="So *much*")
    plain = scene.forum.read_now(get_comment, None, comment_id)
    page = scene.forum.read_now(get_comment, None, comment_id, with_html=True)
    assert plain.comment.content_html is None
    assert page.comment.content_html is not None
    assert "<em>much</em>" in page.comment.content_html


def test_flags_of_the_creator_and_the_viewer(scene: Scene) -> None:
    from moothall.storage.tables import community_ban

    by_moderator = a_comment(scene.forum, scene.ann, scene.post)
    by_admin = a_comment(scene.forum, scene.root, scene.post)
    by_bob = scene.say()
    scene.insert(
        community_ban, community_id=scene.community, person_id=scene.bob.person_id, created_at=1
    )
    views = {view.comment.id: view for view in scene.views(scene.bob, post_id=scene.post)}
    flags = {
        one: (view.creator_is_moderator, view.creator_is_admin, view.creator_banned_from_community)
        for one, view in views.items()
    }
    assert flags == {
        by_moderator: (True, False, False),
        by_admin: (False, True, False),
        by_bob: (False, False, True),
    }
    assert all(view.banned_from_community for view in views.values())
    assert views[by_bob].my_vote == 1
    assert views[by_admin].my_vote is None
    assert not any(view.banned_from_community for view in scene.views(scene.ann))
    in_feed = {view.comment.id: view for view in scene.views(scene.bob)}
    for one, view in views.items():
        assert in_feed[one] == view


def test_a_ban_that_has_ended_is_none(scene: Scene) -> None:
    from moothall.storage.tables import community_ban

    scene.say()
    scene.insert(
        community_ban,
        community_id=scene.community,
        person_id=scene.bob.person_id,
        created_at=1,
        expires_at=scene.forum.clock() + DAY,
    )
    assert scene.views(scene.bob)[0].creator_banned_from_community
    clock: Any = scene.forum.clock
    clock.advance(2 * DAY)
    view = scene.views(scene.bob)[0]
    assert not view.creator_banned_from_community
    assert not view.banned_from_community


# ---- the rest ----


def test_ancestors_lead_to_a_comment(scene: Scene) -> None:
    path = [scene.say()]
    for _ in range(4):
        path.append(scene.say(path[-1]))

    def above(levels: int) -> list[CommentId]:
        return [view.comment.id for view in scene.context(path[-1], levels)]

    assert above(8) == path
    assert above(2) == path[-3:]
    assert above(0) == path[-1:]
    assert [view.comment.id for view in scene.context(path[0], 2)] == path[:1]


def test_moderators_see_who_voted(scene: Scene) -> None:
    from moothall.storage.tables import comment_vote

    comment_id = scene.say()
    ann = scene.ann.person_id
    scene.insert(comment_vote, comment_id=comment_id, person_id=ann, score=-1, created_at=1)

    def likes(viewer: Viewer, **page: int) -> list[tuple[str, int]]:
        chosen = {"limit": 10, "page": 1} | page
        votes = scene.forum.read_now(list_comment_likes, viewer, comment_id, **chosen)
        return [(vote.creator.name, vote.score) for vote in votes]

    assert likes(scene.ann) == [("ann", -1), ("bob", 1)]
    assert likes(scene.root, limit=1, page=2) == [("bob", 1)]
    with pytest.raises(NotAllowed, match="not_a_moderator"):
        likes(scene.bob)
    with pytest.raises(NotFound, match="couldnt_find_comment"):
        scene.forum.read_now(list_comment_likes, scene.ann, CommentId(99), limit=1, page=1)


def test_a_list_by_name_of_a_community(scene: Scene) -> None:
    comment_id = scene.say()
    other = a_post(scene.forum, scene.root, a_community(scene.forum, scene.root, "yard"))
    a_comment(scene.forum, scene.bob, other)

    def chosen(name: str) -> list[CommentId]:
        page = scene.forum.read_now(
            list_chosen_comments,
            None,
            CommentQuery(),
            scene.forum.read_now(lambda tx: get_site(tx.conn)),
            listing=None,
            community_name=name,
        )
        return [view.comment.id for view in page.comments]

    assert chosen("Garden") == [comment_id]
    with pytest.raises(NotFound, match="Record not found") as caught:
        chosen("nowhere")
    assert caught.value.by_name


def test_the_usual_listing_is_the_viewer_s_or_else_the_site_s(scene: Scene) -> None:
    comment_id = scene.say()
    reader = a_person(scene.forum, "reader", default_listing_type="Subscribed")
    site = scene.forum.read_now(lambda tx: get_site(tx.conn))

    def usual(viewer: Viewer | None, listing: Listing | None = None) -> int:
        page = scene.forum.read_now(
            list_chosen_comments, viewer, CommentQuery(), site, listing=listing
        )
        return len(page.comments)

    assert (usual(None), usual(reader), usual(reader, Listing.ALL)) == (1, 0, 1)
    scene.set(comment_id, in_local=False)
    assert usual(None) == 0


def test_a_community_that_is_not_the_post_s_has_none_of_its_comments(scene: Scene) -> None:
    scene.say()
    assert scene.ids(post_id=scene.post, community_id=CommunityId(99)) == []
    assert scene.ids(post_id=PostId(99)) == []
    assert len(scene.ids(post_id=scene.post, community_id=scene.community)) == 1


def test_moderators_of_a_second_community_do_not_see_into_the_first(scene: Scene) -> None:
    scene.insert(
        community_moderator,
        community_id=a_community(scene.forum, scene.root, "yard"),
        person_id=scene.bob.person_id,
        created_at=1,
    )
    comment_id = a_comment(scene.forum, scene.ann, scene.post)
    scene.change(post_table, scene.post, removed=True)
    assert not _opens(scene, scene.bob, comment_id)


def test_a_thread_of_one_person_alone(scene: Scene) -> None:
    mine = scene.say()
    a_comment(scene.forum, scene.ann, scene.post, mine)
    assert scene.ids(post_id=scene.post, creator_id=scene.bob.person_id) == [mine]


def test_whoever_moderates_a_place_has_its_thread_in_that_listing(scene: Scene) -> None:
    comment_id = scene.say()
    listing = Listing.MODERATOR_VIEW
    assert scene.ids(scene.ann, post_id=scene.post, listing=listing) == [comment_id]
    assert scene.ids(scene.bob, post_id=scene.post, listing=listing) == []


def test_a_deleted_comment_keeps_its_answers(scene: Scene) -> None:
    parent = scene.say()
    child = scene.say(parent)
    scene.forum.act_now(delete_comment, scene.bob.doer, parent, deleted=True)
    views = scene.views(post_id=scene.post, max_depth=3)
    assert [(view.comment.id, view.comment.content) for view in views] == [
        (parent, ""),
        (child, "Well said."),
    ]
    assert views[0].counts.child_count == 1


def test_a_feed_may_be_limited_to_answers_to_posts(scene: Scene) -> None:
    top = scene.say()
    scene.say(top)
    assert scene.ids(max_depth=1) == [top]
    assert scene.ids(max_depth=0) == []
