"""Who sees which community: one table of cases through the pure rule and through the SQL."""

from dataclasses import dataclass, field

import pytest
from sqlalchemy import select

from moothall.actions.community import follow_community
from moothall.domain.community import Community
from moothall.domain.ids import CommunityId
from moothall.domain.user import Viewer
from moothall.domain.visibility import Ties, Who, lists_community, sees_community, who
from moothall.forum import Forum
from moothall.storage import community as rows
from moothall.storage.statements import Statement
from moothall.storage.tables import community
from moothall.storage.transaction import Transaction
from moothall.storage.visibility import community_listed, community_visible
from tests.support.builders import a_community, a_person

STATES: dict[str, dict[str, object]] = {
    "open": {},
    "deleted": {"deleted": True},
    "removed": {"removed": True},
    "hidden": {"hidden": True},
    "local only": {"visibility": "LocalOnly"},
    "private": {"visibility": "Private"},
    "unlisted": {"visibility": "Unlisted"},
    "removed and hidden": {"removed": True, "hidden": True},
    "deleted and local only": {"deleted": True, "visibility": "LocalOnly"},
    "hidden and private": {"hidden": True, "visibility": "Private"},
}
VIEWERS = {
    "nobody": Ties(Who.NOBODY),
    "person": Ties(Who.PERSON),
    "follower": Ties(Who.PERSON, follows=True),
    "moderator": Ties(Who.PERSON, is_moderator=True),
    "admin": Ties(Who.ADMIN),
}
# By state: who may open it; whose lists have it.
CASES = {
    "open": ("nobody person follower moderator admin", "nobody person follower moderator admin"),
    "deleted": ("moderator admin", ""),
    "removed": ("moderator admin", ""),
    "hidden": ("nobody person follower moderator admin", "follower"),
    "local only": ("person follower moderator admin", "person follower moderator admin"),
    "private": ("follower moderator admin", "follower moderator admin"),
    "unlisted": ("nobody person follower moderator admin", "follower"),
    "removed and hidden": ("moderator admin", ""),
    "deleted and local only": ("moderator admin", ""),
    "hidden and private": ("follower moderator admin", "follower"),
}


@dataclass
class Scene:
    """One community in each state, and one viewer of each kind."""

    forum: Forum
    viewers: dict[str, Viewer | None] = field(default_factory=dict)
    communities: dict[str, CommunityId] = field(default_factory=dict)


@pytest.fixture
def scene(forum: Forum) -> Scene:
    scene = Scene(forum, {"nobody": None})
    for name in ("person", "follower", "moderator"):
        scene.viewers[name] = a_person(forum, name)
    scene.viewers["admin"] = a_person(forum, "admin", admin=True)
    moderator, follower = scene.viewers["moderator"], scene.viewers["follower"]
    assert moderator
    assert follower
    for number, (state, columns) in enumerate(STATES.items()):
        found = a_community(forum, moderator, f"place{number}")
        # The founder follows too, which is a tie of its own.
        forum.act_now(follow_community, moderator.doer, found, follow=False)
        forum.act_now(follow_community, follower.doer, found, follow=True)
        forum.act_now(_put, found, columns)
        scene.communities[state] = found
    return scene


def _put(tx: Transaction, community_id: CommunityId, columns: dict[str, object]) -> None:
    rows.update_community(tx.conn, community_id, **columns)


def _get(tx: Transaction, community_id: CommunityId) -> Community:
    found = rows.get_community(tx.conn, community_id)
    assert found
    return found


def _ids(tx: Transaction, statement: Statement, viewer: Viewer | None) -> set[int]:
    viewer_id = viewer and viewer.person_id
    return {row[0] for row in tx.conn.all(statement, viewer_id=viewer_id)}


@pytest.mark.parametrize("name", VIEWERS)
def test_the_rule_says_what_the_table_says(scene: Scene, name: str) -> None:
    for state, (seen_by, listed_for) in CASES.items():
        found = scene.forum.read_now(_get, scene.communities[state])
        assert sees_community(found, VIEWERS[name]) == (name in seen_by.split()), state
        assert lists_community(found, VIEWERS[name]) == (name in listed_for.split()), state


@pytest.mark.parametrize("name", VIEWERS)
def test_the_query_says_what_the_table_says(scene: Scene, name: str) -> None:
    viewer = scene.viewers[name]
    visible = Statement(select(community.c.id).where(community_visible(who(viewer))))
    listed = Statement(select(community.c.id).where(community_listed(who(viewer))))
    seen = scene.forum.read_now(_ids, visible, viewer)
    in_lists = scene.forum.read_now(_ids, listed, viewer)
    for state, (seen_by, listed_for) in CASES.items():
        assert (scene.communities[state] in seen) == (name in seen_by.split()), state
        assert (scene.communities[state] in in_lists) == (name in listed_for.split()), state


def test_a_follow_that_waits_opens_nothing(forum: Forum) -> None:
    founder, waiting = a_person(forum, "founder"), a_person(forum, "waiting")
    found = a_community(forum, founder, "club")
    forum.act_now(_put, found, {"local": False})
    forum.act_now(follow_community, waiting.doer, found, follow=True)
    forum.act_now(_put, found, {"visibility": "Private"})
    visible = Statement(select(community.c.id).where(community_visible(Who.PERSON)))
    assert forum.read_now(_ids, visible, waiting) == set()
    assert forum.read_now(_ids, visible, founder) == {found}
