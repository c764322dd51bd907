"""Who sees which post: one table of cases through the pure rule and through the SQL."""

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from moothall.domain.ids import PostId
from moothall.domain.post import Post, PostQuery, PostSort
from moothall.domain.user import Viewer
from moothall.domain.visibility import Ties, Who, lists_post, sees_post
from moothall.forum import Forum
from moothall.reads.post import list_posts
from moothall.storage import community as communities
from moothall.storage import post as posts
from moothall.storage.post_view import get_view
from moothall.storage.statements import Statement, param
from moothall.storage.tables import post
from moothall.storage.transaction import Transaction
from moothall.storage.visibility import post_listed, post_on_profile
from tests.support.builders import a_community, a_person, a_post

_ALL = "nobody person author moderator admin"
_THOSE_WHO_MAY = "author moderator admin"
# The post's state, the community's: who may open it, whose lists have it, whose view of the profile.
CASES: dict[str, tuple[dict[str, bool], dict[str, object], str, str, str]] = {
    "open": ({}, {}, _ALL, _ALL, _ALL),
    "deleted": ({"deleted": True}, {}, _THOSE_WHO_MAY, "", "author"),
    "removed": ({"removed": True}, {}, _THOSE_WHO_MAY, "", "admin"),
    "both": ({"deleted": True, "removed": True}, {}, _THOSE_WHO_MAY, "", ""),
    "in a removed place": ({}, {"removed": True}, _THOSE_WHO_MAY, "", ""),
    "in a deleted place": ({}, {"deleted": True}, _THOSE_WHO_MAY, "", ""),
    "in a local place": ({}, {"visibility": "LocalOnly"}, *(("person " + _THOSE_WHO_MAY,) * 3)),
    "in a private place": (
        {},
        {"visibility": "Private"},
        _THOSE_WHO_MAY,
        "moderator admin",
        "moderator admin",
    ),
    "in a hidden place": ({}, {"hidden": True}, _ALL, "moderator", "author moderator"),
}
VIEWERS = {
    "nobody": Ties(Who.NOBODY),
    "person": Ties(Who.PERSON),
    "author": Ties(Who.PERSON),
    # Whoever founds a community follows it.
    "moderator": Ties(Who.PERSON, is_moderator=True, follows=True),
    "admin": Ties(Who.ADMIN),
}


@dataclass
class Scene:
    """A post in each state, and one viewer of each kind."""

    forum: Forum
    viewers: dict[str, Viewer | None]
    posts: dict[str, PostId]


def _put(
    tx: Transaction, post_id: PostId, of_post: dict[str, bool], of_place: dict[str, object]
) -> None:
    found = posts.get_post(tx.conn, post_id)
    assert found
    if of_post:
        posts.update_post(tx.conn, post_id, **of_post)
    if of_place:
        communities.update_community(tx.conn, found.community_id, **of_place)


@pytest.fixture
def scene(forum: Forum) -> Scene:
    people = {name: a_person(forum, name) for name in ("person", "author", "moderator")}
    admin = a_person(forum, "admin", admin=True)
    scene = Scene(forum, {"nobody": None, **people, "admin": admin}, {})
    for number, (state, (of_post, of_place, *_)) in enumerate(CASES.items()):
        place = a_community(forum, people["moderator"], f"place{number}")
        scene.posts[state] = a_post(forum, people["author"], place)
        forum.act_now(_put, scene.posts[state], of_post, of_place)
    return scene


def _names(tx: Transaction, post_id: PostId) -> Post:
    found = posts.get_post(tx.conn, post_id)
    assert found
    return found


@pytest.mark.parametrize("name", VIEWERS)
def test_who_may_open_a_post(scene: Scene, name: str) -> None:
    ties, is_author = VIEWERS[name], name == "author"
    for state, (_, _, opened_by, *_) in CASES.items():
        found = scene.forum.read_now(_names, scene.posts[state])
        place = scene.forum.read_now(
            lambda tx, of: communities.get_community(tx.conn, of), found.community_id
        )
        assert place
        expected = name in opened_by.split()
        assert sees_post(found, place, ties, is_author=is_author) == expected, state
        view = scene.forum.read_now(
            lambda tx, of: get_view(tx.conn, of, scene.viewers[name], tx.now), found.id
        )
        assert (view is not None) == expected, state


@pytest.mark.parametrize("name", VIEWERS)
def test_whose_lists_have_a_post(scene: Scene, name: str) -> None:
    everything = PostQuery(sort=PostSort.NEW)
    author = scene.viewers["author"]
    assert author
    profile = everything._replace(creator_id=author.person_id)
    for query, column in ((everything, 3), (profile, 4)):
        page = scene.forum.read_now(list_posts, scene.viewers[name], query)
        seen = {view.post.id for view in page.posts}
        for state, case in CASES.items():
            assert (scene.posts[state] in seen) == (name in str(case[column]).split()), state


@pytest.mark.parametrize("name", VIEWERS)
def test_the_posts_own_part_is_the_same_in_both_forms(scene: Scene, name: str) -> None:
    ties, is_author = VIEWERS[name], name == "author"
    viewer = scene.viewers[name]
    for on_profile in (False, True):
        condition = post_on_profile(ties.who) if on_profile else post_listed()
        statement = Statement(select(post.c.id).where(condition, post.c.id == param("post_id")))
        for post_id in scene.posts.values():
            found = scene.forum.read_now(_names, post_id)
            by_rule = lists_post(found, ties, is_author=is_author, on_profile=on_profile)
            values = {"post_id": post_id, "viewer_id": viewer and viewer.person_id}
            by_query = scene.forum.read_now(
                lambda tx, of, given: tx.conn.one(of, **given), statement, values
            )
            assert (by_query is not None) == by_rule
