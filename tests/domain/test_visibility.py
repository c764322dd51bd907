"""Who sees what, by the pure rule. The same cases as SQL: tests/storage/test_visibility.py."""

import itertools

import pytest

from moothall.domain.community import Standing
from moothall.domain.visibility import (
    Ties,
    Who,
    is_there,
    knows_community,
    lists_community,
    lists_post,
    sees_community,
    sees_post,
    ties_of,
    without_description,
    without_text,
)
from tests.domain.things import ADMIN, MEMBER, MODERATOR, community, doer, post

TIES = {
    "nobody": Ties(Who.NOBODY),
    "person": Ties(Who.PERSON),
    "follower": Ties(Who.PERSON, follows=True),
    "moderator": Ties(Who.PERSON, is_moderator=True),
    "admin": Ties(Who.ADMIN),
}
ALL = "nobody person follower moderator admin"
TEAM = "moderator admin"
# By state: who opens it; who is told of acts about it; whose lists have it.
COMMUNITIES: dict[str, tuple[dict[str, object], str, str, str]] = {
    "open": ({}, ALL, ALL, ALL),
    "deleted": ({"deleted": True}, TEAM, ALL, ""),
    "removed": ({"removed": True}, TEAM, ALL, ""),
    "hidden": ({"hidden": True}, ALL, ALL, "follower"),
    "local only": (
        {"visibility": "LocalOnly"},
        "person follower moderator admin",
        "person follower moderator admin",
        "person follower moderator admin",
    ),
    "private": (
        {"visibility": "Private"},
        "follower moderator admin",
        "follower moderator admin",
        "follower moderator admin",
    ),
    "unlisted": ({"visibility": "Unlisted"}, ALL, ALL, "follower"),
    "deleted and private": (
        {"deleted": True, "visibility": "Private"},
        TEAM,
        "follower moderator admin",
        "",
    ),
    "hidden and local only": (
        {"hidden": True, "visibility": "LocalOnly"},
        "person follower moderator admin",
        "person follower moderator admin",
        "follower",
    ),
}


@pytest.mark.parametrize("name", TIES)
@pytest.mark.parametrize("state", COMMUNITIES)
def test_communities(state: str, name: str) -> None:
    changes, opens, knows, lists = COMMUNITIES[state]
    place, ties = community(**changes), TIES[name]
    assert sees_community(place, ties) == (name in opens.split())
    assert knows_community(place, ties) == (name in knows.split())
    assert lists_community(place, ties) == (name in lists.split())


@pytest.mark.parametrize("name", TIES)
@pytest.mark.parametrize("state", COMMUNITIES)
def test_a_post_that_is_there_is_seen_where_its_community_is(state: str, name: str) -> None:
    place, ties = community(**COMMUNITIES[state][0]), TIES[name]
    assert sees_post(post(), place, ties, is_author=False) == sees_community(place, ties)
    assert sees_post(post(), place, ties, is_author=True)


@pytest.mark.parametrize(
    ("deleted", "removed"),
    [each for each in itertools.product([True, False], repeat=2) if any(each)],
)
@pytest.mark.parametrize("name", TIES)
def test_a_post_that_is_gone_is_opened_by_author_and_team(
    deleted: bool, removed: bool, name: str
) -> None:
    gone = post(deleted=deleted, removed=removed)
    assert not is_there(gone)
    assert sees_post(gone, community(), TIES[name], is_author=True)
    assert sees_post(gone, community(), TIES[name], is_author=False) == (name in TEAM.split())


@pytest.mark.parametrize(
    ("deleted", "removed", "name", "is_author", "listed", "on_profile"),
    [
        (False, False, "nobody", False, True, True),
        (True, False, "person", True, False, True),
        (True, False, "admin", False, False, False),
        (False, True, "person", True, False, False),
        (False, True, "moderator", False, False, False),
        (False, True, "admin", False, False, True),
        (True, True, "admin", False, False, False),
        (True, True, "admin", True, False, True),
        (True, True, "person", True, False, False),
    ],
)
def test_lists_of_posts(
    deleted: bool, removed: bool, name: str, is_author: bool, listed: bool, on_profile: bool
) -> None:
    found = post(deleted=deleted, removed=removed)
    assert lists_post(found, TIES[name], is_author=is_author) == listed
    assert lists_post(found, TIES[name], is_author=is_author, on_profile=True) == on_profile


@pytest.mark.parametrize(
    ("local", "standing", "follows", "ties"),
    [
        (True, MEMBER, False, Ties(Who.PERSON)),
        (True, MEMBER, True, Ties(Who.PERSON, follows=True)),
        (True, MODERATOR, False, Ties(Who.PERSON, is_moderator=True)),
        (True, ADMIN, False, Ties(Who.ADMIN)),
        (False, MEMBER, False, Ties(Who.NOBODY)),
        (False, MEMBER, True, Ties(Who.NOBODY, follows=True)),
        (False, MODERATOR, False, Ties(Who.NOBODY, is_moderator=True)),
    ],
)
def test_what_binds_who_acts(local: bool, standing: Standing, follows: bool, ties: Ties) -> None:
    assert ties_of(doer(local=local), standing, follows=follows) == ties


def test_people_of_other_servers_do_not_see_what_is_for_this_one() -> None:
    theirs = ties_of(doer(local=False), MEMBER, follows=True)
    assert not sees_community(community(visibility="LocalOnly"), theirs)
    assert sees_community(community(visibility="Private"), theirs)


def test_what_is_told_of_what_may_not_be_read() -> None:
    bare = without_text(post())
    assert bare.name == "A title"
    assert not {"Words.", "<p>Words.</p>", "A picture", "Embedded", "Something"} & set(bare)
    assert not [value for value in bare if isinstance(value, str) and value.startswith("https:")]
    place = without_description(community())
    assert (place.title, place.description, place.icon, place.banner) == ("Town", None, None, None)
