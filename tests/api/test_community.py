"""Communities through the API, by whole requests."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from moothall.domain.ids import CommunityId
from moothall.forum import Forum
from moothall.storage.community import get_community, update_community
from tests.support.api import ApiClient, outcome
from tests.support.builders import a_community, a_signed_in_person


@dataclass
class Town:
    """A community, and people with their tokens."""

    api: ApiClient
    id: int
    tokens: dict[str, str | None]
    ids: dict[str, int]


@pytest.fixture
def town(forum: Forum) -> Town:
    people = {
        name: a_signed_in_person(forum, name, admin=name == "admin")
        for name in ("top", "second", "person", "admin")
    }
    api = ApiClient(forum)
    found = a_community(forum, people["top"][0], "town", description="Hello")
    tokens: dict[str, str | None] = {name: token for name, (_, token) in people.items()}
    town = Town(
        api,
        found,
        {**tokens, "nobody": None},
        {name: v.person_id for name, (v, _) in people.items()},
    )
    api.post(
        "/community/mod",
        tokens["top"],
        community_id=found,
        person_id=town.ids["second"],
        added=True,
    )
    return town


def _attempt(town: Town, verb: str, name: str) -> httpx.Response:
    token, api, here = town.tokens[name], town.api, {"community_id": town.id}
    person = {"person_id": town.ids["person"]}
    calls: dict[str, tuple[Any, str, dict[str, Any]]] = {
        "create": (api.post, "/community", {"name": "city", "title": "City"}),
        "edit": (api.put, "/community", {**here, "title": "New"}),
        "follow": (api.post, "/community/follow", {**here, "follow": True}),
        "block": (api.post, "/community/block", {**here, "block": True}),
        "delete": (api.post, "/community/delete", {**here, "deleted": True}),
        "remove": (api.post, "/community/remove", {**here, "removed": True, "reason": "spam"}),
        "hide": (api.put, "/community/hide", {**here, "hidden": True}),
        "transfer": (
            api.post,
            "/community/transfer",
            {**here, "person_id": town.ids["second"]},
        ),
        "appoint": (api.post, "/community/mod", {**here, **person, "added": True}),
        "dismiss top": (
            api.post,
            "/community/mod",
            {**here, "person_id": town.ids["top"], "added": False},
        ),
    }
    call, path, body = calls[verb]
    answer: httpx.Response = call(path, token, **body)
    return answer


OK = (200, None)
LOGIN = (401, "incorrect_login")
NOT_ADMIN = (400, "not_an_admin")
NOT_MOD = (400, "not_a_moderator")
NOT_TOP = (400, "not_top_mod")
WHO = ("nobody", "person", "second", "top", "admin")
TABLE = {
    "create": (LOGIN, OK, OK, OK, OK),
    "edit": (LOGIN, NOT_MOD, OK, OK, OK),
    "follow": (LOGIN, OK, OK, OK, OK),
    "block": (LOGIN, OK, OK, OK, OK),
    "delete": (LOGIN, NOT_TOP, NOT_TOP, OK, NOT_TOP),
    "remove": (LOGIN, NOT_ADMIN, NOT_ADMIN, NOT_ADMIN, OK),
    "hide": (LOGIN, NOT_ADMIN, NOT_ADMIN, NOT_ADMIN, OK),
    "transfer": (LOGIN, NOT_TOP, NOT_TOP, OK, OK),
    "appoint": (LOGIN, NOT_MOD, OK, OK, OK),
    "dismiss top": (LOGIN, NOT_MOD, (400, "not_higher_mod"), OK, OK),
}


@pytest.mark.parametrize("verb", TABLE)
def test_who_may_do_what(town: Town, verb: str) -> None:
    # From the one who may least to the one who may most: a refusal changes nothing.
    name = next((each for each, code in zip(WHO, TABLE[verb], strict=True) if code == OK), WHO[-1])
    for refused, expected in zip(WHO, TABLE[verb], strict=True):
        if expected != OK:
            assert outcome(_attempt(town, verb, refused)) == expected, refused
    assert outcome(_attempt(town, verb, name)) == OK


def test_a_community_as_everybody_sees_it(town: Town) -> None:
    answer = town.api.get("/community", None, name="town").json()
    assert list(answer) == ["community_view", "moderators", "discussion_languages"]
    view = answer["community_view"]
    assert view["community"] | {"published": "", "updated": ""} == {
        "id": town.id,
        "name": "town",
        "title": "Town",
        "description": "Hello",
        "removed": False,
        "published": "",
        "updated": "",
        "deleted": False,
        "nsfw": False,
        "actor_id": "https://forum.example/c/town",
        "local": True,
        "hidden": False,
        "posting_restricted_to_mods": False,
        "instance_id": 1,
        "visibility": "Public",
    }
    assert (view["subscribed"], view["blocked"], view["banned_from_community"]) == (
        "NotSubscribed",
        False,
        False,
    )
    assert view["counts"]["subscribers"] == 1
    assert [each["moderator"]["name"] for each in answer["moderators"]] == ["top", "second"]
    assert town.api.get("/community", None, id=town.id).json() == answer


def test_what_is_not_there_answers_as_clients_expect(town: Town) -> None:
    api = town.api
    missing = "couldnt_find_community"
    assert outcome(api.get("/community", None, name="nowhere")) == (404, missing)
    assert outcome(api.get("/community", None, id=999)) == (400, missing)
    assert outcome(api.get("/community")) == (400, "no_id_given")
    assert outcome(api.get("/community", None, id="x"))[0] == 400
    assert outcome(api.get("/community/list", None, sort="Whatever")) == (400, "unknown")
    assert outcome(api.get("/community/list", None, limit=51)) == (400, "unknown")
    assert outcome(api.get("/community/list", None, page=0)) == (400, "unknown")


@pytest.mark.parametrize("verb, by", [("remove", "admin"), ("delete", "top")])
def test_one_leaves_a_community_that_is_gone(town: Town, verb: str, by: str) -> None:
    _attempt(town, "follow", "person")
    _attempt(town, verb, by)
    path, here = "/community/follow", {"community_id": town.id}
    refused = town.api.post(path, town.tokens["person"], **here, follow=True)
    assert outcome(refused)[0] == 400
    left = town.api.post(path, town.tokens["person"], **here, follow=False)
    view = left.json()["community_view"]
    assert (left.status_code, view["subscribed"]) == (200, "NotSubscribed")
    assert "description" not in view["community"]
    assert view["counts"]["subscribers_local"] == 1


def test_founding_following_and_blocking_answer_the_view(town: Town) -> None:
    made = _attempt(town, "create", "person").json()
    assert made["community_view"]["subscribed"] == "Subscribed"
    assert made["discussion_languages"] == []
    followed = _attempt(town, "follow", "person").json()
    assert followed["community_view"]["subscribed"] == "Subscribed"
    assert followed["community_view"]["counts"]["subscribers_local"] == 2
    blocked = _attempt(town, "block", "person").json()
    assert blocked["blocked"] is True
    assert blocked["community_view"]["subscribed"] == "NotSubscribed"
    listed = town.api.get("/community/list", town.tokens["person"]).json()["communities"]
    assert [each["community"]["name"] for each in listed] == ["city"]


def test_a_removed_community_is_for_its_team_and_admins(town: Town) -> None:
    assert _attempt(town, "remove", "admin").json()["community_view"]["community"]["removed"]
    seen = {
        name: town.api.get("/community", token, id=town.id).status_code
        for name, token in town.tokens.items()
    }
    assert seen == {"nobody": 400, "person": 400, "second": 200, "top": 200, "admin": 200}


def test_local_only_is_not_for_strangers(town: Town) -> None:
    top = town.tokens["top"]
    town.api.put("/community", top, community_id=town.id, visibility="LocalOnly")
    assert town.api.get("/community", None, id=town.id).status_code == 400
    assert town.api.get("/community", town.tokens["person"], id=town.id).status_code == 200
    assert town.api.get("/community/list").json() == {"communities": []}


@pytest.mark.parametrize("kept, shown", [("Private", "LocalOnly"), ("Unlisted", "Public")])
def test_kinds_that_clients_do_not_know_are_shown_as_the_nearest(
    forum: Forum, town: Town, kept: str, shown: str
) -> None:
    def stored() -> str:
        found = forum.read_now(lambda tx: get_community(tx.conn, CommunityId(town.id)))
        assert found is not None
        return found.visibility

    forum.act_now(lambda tx: update_community(tx.conn, CommunityId(town.id), visibility=kept))
    top = town.tokens["top"]
    view = town.api.get("/community", top, id=town.id).json()["community_view"]
    assert view["community"]["visibility"] == shown
    # Apps send back what they were shown, with whatever is to be changed.
    town.api.put("/community", top, community_id=town.id, title="New", visibility=shown)
    assert stored() == kept
    other = "Public" if shown == "LocalOnly" else "LocalOnly"
    town.api.put("/community", top, community_id=town.id, visibility=other)
    assert stored() == other


def test_transfer_answers_the_new_order(town: Town) -> None:
    answer = _attempt(town, "transfer", "top").json()
    assert [each["moderator"]["name"] for each in answer["moderators"]] == ["second", "top"]
    assert answer["discussion_languages"] == []


def test_names_and_titles_are_checked(town: Town) -> None:
    token = town.tokens["person"]

    def create(**fields: Any) -> tuple[int, str | None]:
        return outcome(town.api.post("/community", token, **fields))

    assert create(name="Town", title="Again") == (400, "community_already_exists")
    assert create(name="a b", title="Space") == (400, "invalid_name")
    assert create(name="fine")[0] == 400
    assert create(name="fine", title="T", icon="")[1] == "invalid_url"
    assert create(name="fine", title="T", visibility="Private")[0] == 400
    assert create(name="fine", title="T", discussion_languages=[37]) == OK
