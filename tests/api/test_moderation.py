"""Moderation through the JSON face: the same table as the actions, and what only the wire has."""

from typing import Any

import pytest

from moothall.domain.time import DAY, SECOND
from moothall.forum import Forum
from moothall.storage.site import update_site
from moothall.storage.transaction import Transaction
from tests.support.api import ApiClient, outcome
from tests.support.town import Town, a_town
from tests.support.verbs import ACTORS, VERBS, Verb


@pytest.fixture
def town(forum: Forum) -> Town:
    return a_town(forum)


@pytest.fixture
def api(forum: Forum) -> ApiClient:
    return ApiClient(forum)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_who_may(town: Town, api: ApiClient, verb: Verb) -> None:
    for name in ACTORS:
        target = verb.prepare(town, name)
        status, code = outcome(verb.call(api, town.tokens[name], town, target))
        assert code == verb.refusals.get(name), name
        assert status == (200 if code is None else 400), name


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_nobody_may_nothing(town: Town, api: ApiClient, verb: Verb) -> None:
    target = verb.prepare(town, "user")
    assert outcome(verb.call(api, None, town, target)) == (401, "incorrect_login")


def test_answers_show_what_was_done(town: Town, api: ApiClient) -> None:
    mod, post_id = town.tokens["mod"], town.post()
    comment_id = town.comment("mod", post_id)
    removed = api.post("/post/remove", mod, post_id=post_id, removed=True, reason="off topic")
    assert removed.json()["post_view"]["post"]["removed"] is True
    locked = api.post("/post/lock", mod, post_id=post_id, locked=True)
    assert locked.json()["post_view"]["post"]["locked"] is True
    featured = api.post(
        "/post/feature", mod, post_id=post_id, featured=True, feature_type="Community"
    )
    assert featured.json()["post_view"]["post"]["featured_community"] is True
    spoken = api.post("/comment/distinguish", mod, comment_id=comment_id, distinguished=True)
    assert spoken.json()["comment_view"]["comment"]["distinguished"] is True
    assert spoken.json()["recipient_ids"] == []


def test_a_site_ban_shows_in_the_list_and_ends_sessions(town: Town, api: ApiClient) -> None:
    admin, ends = town.tokens["admin"], town.forum.clock() // SECOND + 86_400
    person_id = town.id_of("user")
    banned = api.post(
        "/user/ban", admin, person_id=person_id, ban=True, reason="spam", expires=ends
    ).json()
    assert banned["banned"] is True
    assert banned["person_view"]["person"]["banned"] is True
    assert banned["person_view"]["person"]["ban_expires"].endswith("Z")
    listed = api.get("/user/banned", admin).json()["banned"]
    assert [each["person"]["name"] for each in listed] == ["user"]
    assert outcome(api.get("/user/validate_auth", town.tokens["user"]))[1] is not None
    back = api.post("/user/ban", admin, person_id=person_id, ban=False).json()
    assert back["banned"] is False
    assert back["person_view"]["person"]["banned"] is False
    assert api.get("/user/banned", admin).json() == {"banned": []}


@pytest.mark.parametrize("name", ["user", "top"])
def test_the_list_of_banned_is_for_admins(town: Town, api: ApiClient, name: str) -> None:
    assert outcome(api.get("/user/banned", town.tokens[name])) == (400, "not_an_admin")


@pytest.mark.parametrize(
    ("offset", "code"),
    [(-1, "ban_expiration_in_past"), (10**13, "invalid_unix_time"), (11 * 365 * 86_400, None)],
)
def test_when_a_ban_may_end(town: Town, api: ApiClient, offset: int, code: str | None) -> None:
    ends = town.forum.clock() // SECOND + offset
    body: dict[str, Any] = {"person_id": town.id_of("user"), "ban": True, "expires": ends}
    there = {"community_id": town.community_id, **body}
    assert outcome(api.post("/community/ban_user", town.tokens["mod"], **there))[1] == code
    answer = api.post("/user/ban", town.tokens["admin"], **body)
    assert outcome(answer)[1] == code
    if code is None:
        assert "ban_expires" not in answer.json()["person_view"]["person"]


def test_a_ban_of_a_missing_person(town: Town, api: ApiClient) -> None:
    answer = api.post("/user/ban", town.tokens["admin"], person_id=999, ban=True)
    assert outcome(answer) == (404, "couldnt_update_user")


_ARRAYS = [
    "removed_posts",
    "locked_posts",
    "featured_posts",
    "removed_comments",
    "removed_communities",
    "banned_from_community",
    "banned",
    "added_to_community",
    "transferred_to_community",
    "added",
    "admin_purged_persons",
    "admin_purged_communities",
    "admin_purged_posts",
    "admin_purged_comments",
    "hidden_communities",
]


def test_the_modlog_has_all_its_arrays(town: Town, api: ApiClient) -> None:
    mod, post_id = town.tokens["mod"], town.post()
    api.post("/post/remove", mod, post_id=post_id, removed=True, reason="off topic")
    api.post("/comment/distinguish", mod, comment_id=town.comment("mod"), distinguished=True)
    found = api.get("/modlog", mod).json()
    assert list(found) == _ARRAYS
    (entry,) = found["removed_posts"]
    assert entry["mod_remove_post"]["reason"] == "off topic"
    assert entry["mod_remove_post"]["removed"] is True
    assert entry["moderator"]["name"] == "mod"
    assert [each["modded_person"]["name"] for each in found["added_to_community"]] == [
        "lower",
        "mod",
    ]


def test_the_modlog_hides_names_and_bodies_from_outsiders(town: Town, api: ApiClient) -> None:
    api.post("/post/remove", town.tokens["mod"], post_id=town.post(), removed=True)
    for token in (None, town.tokens["user"]):
        answer = api.get("/modlog", token, mod_person_id=999)
        assert "Words." not in answer.text
        (entry,) = answer.json()["removed_posts"]
        assert "moderator" not in entry
        assert entry["mod_remove_post"]["mod_person_id"] == 0
        assert entry["post"]["name"] == "A post"


def test_the_modlog_can_be_asked_for_one_kind(town: Town, api: ApiClient) -> None:
    mod, post_id = town.tokens["mod"], town.post()
    api.post("/post/remove", mod, post_id=post_id, removed=True)
    api.post("/post/lock", mod, post_id=post_id, locked=True)
    found = api.get("/modlog", mod, type_="ModLockPost").json()
    assert [name for name in _ARRAYS if found[name]] == ["locked_posts"]
    assert outcome(api.get("/modlog", mod, type_="ModDistinguishComment"))[0] == 400
    assert outcome(api.get("/modlog", mod, limit=51))[0] == 400


def test_the_modlog_of_a_private_instance(town: Town, api: ApiClient) -> None:
    town.forum.act_now(_make_private)
    assert outcome(api.get("/modlog")) == (400, "instance_is_private")
    assert outcome(api.get("/modlog", town.tokens["user"])) == (200, None)


def _make_private(tx: Transaction) -> None:
    update_site(tx.conn, private_instance=True)


def test_a_ban_that_has_ended_is_no_ban(town: Town, api: ApiClient) -> None:
    ends = town.forum.clock() // SECOND + 60
    body = {"community_id": town.community_id, "person_id": town.id_of("user"), "ban": True}
    api.post("/community/ban_user", town.tokens["mod"], **body, expires=ends)
    report = {"post_id": town.post(), "reason": "rude"}
    user = town.tokens["user"]
    assert outcome(api.post("/post/report", user, **report))[1] == "banned_from_community"
    town.forum.clock.advance(DAY)  # type: ignore[attr-defined]
    assert outcome(api.post("/post/report", user, **report))[1] is None
