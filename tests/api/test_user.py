"""People, by whole requests: settings, blocks, leaving."""

from typing import Any

import pytest

from moothall.forum import Forum
from moothall.reads.user import account_view
from tests.support.api import ApiClient, outcome
from tests.support.builders import (
    PASSWORD,
    a_comment,
    a_community,
    a_person,
    a_post,
    a_signed_in_person,
)


@pytest.fixture
def api(forum: Forum) -> ApiClient:
    return ApiClient(forum)


def test_settings_are_saved(forum: Forum, api: ApiClient) -> None:
    ann, token = a_signed_in_person(forum, "ann")
    answer = api.put(
        "/user/save_user_settings",
        token,
        show_nsfw=True,
        default_sort_type="TopSixHour",
        default_listing_type="ModeratorView",
        post_listing_mode="SmallCard",
        bio="I write.",
        show_upvote_percentage=True,
        discussion_languages=[0, 37],
        auth="an old field",
    )
    assert answer.json() == {"success": True}
    view = forum.read_now(account_view, ann)
    assert view.account.show_nsfw
    assert view.account.default_sort_type == "TopSixHour"
    assert view.account.default_listing_type == "ModeratorView"
    assert view.account.post_listing_mode == "SmallCard"
    assert view.account.votes_show_percentage
    assert view.person.bio == "I write."
    api.put("/user/save_user_settings", token, bio="")
    assert forum.read_now(account_view, ann).person.bio is None


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"default_sort_type": "hot"}, "unknown"),
        ({"show_nsfw": "true"}, "unknown"),
        ({"discussion_languages": [2**31]}, "unknown"),
        ({"discussion_languages": [500]}, "language_not_allowed"),
        ({"bio": "x" * 1001}, "bio_length_overflow"),
        ({"display_name": "@nn"}, "invalid_display_name"),
        ({"matrix_user_id": "x"}, "invalid_matrix_id"),
        ({"avatar": "x"}, "invalid_url"),
        ({"bio": "half a \ud800"}, None),
    ],
)
def test_a_bad_setting_is_refused(
    forum: Forum, api: ApiClient, fields: dict[str, Any], code: str | None
) -> None:
    _, token = a_signed_in_person(forum, "ann")
    status, found = outcome(api.put("/user/save_user_settings", token, **fields))
    assert (status, found) == ((400, code) if code else (status, found))
    assert status < 500


def test_blocking_a_person(forum: Forum, api: ApiClient) -> None:
    ann, token = a_signed_in_person(forum, "ann")
    bob, boss = a_person(forum, "bob"), a_person(forum, "boss", admin=True)
    answer = api.post("/user/block", token, person_id=bob.person_id, block=True).json()
    assert answer["blocked"] is True
    assert answer["person_view"]["person"]["name"] == "bob"
    for target, code in (
        (ann.person_id, "cant_block_yourself"),
        (boss.person_id, "cant_block_admin"),
        (99999, "couldnt_find_person"),
    ):
        refused = api.post("/user/block", token, person_id=target, block=True)
        assert outcome(refused) == (400, code)


def test_blocking_ones_own_server_is_refused(forum: Forum, api: ApiClient) -> None:
    _, token = a_signed_in_person(forum, "ann")
    refused = api.post("/site/block", token, instance_id=1, block=True)
    assert outcome(refused) == (400, "cant_block_local_instance")


def test_leaving_needs_the_password(forum: Forum, api: ApiClient) -> None:
    _, token = a_signed_in_person(forum, "ann")
    wrong = api.post("/user/delete_account", token, password="guess", delete_content=True)
    assert outcome(wrong) == (401, "incorrect_login")
    right = api.post("/user/delete_account", token, password=PASSWORD, delete_content=True)
    assert right.json() == {"success": True}
    assert outcome(api.get("/user/validate_auth", token)) == (401, "incorrect_login")
    login = api.post("/user/login", username_or_email="ann", password=PASSWORD)
    assert outcome(login) == (400, "deleted")


def test_a_donation_is_not_asked_for_twice(forum: Forum, api: ApiClient) -> None:
    _, token = a_signed_in_person(forum, "ann")
    assert api.post("/user/donation_dialog_shown", token).json() == {"success": True}


def test_a_profile(forum: Forum, api: ApiClient) -> None:
    ann, _ = a_signed_in_person(forum, "ann")
    place = a_community(forum, ann, "plants")
    post = a_post(forum, ann, place, name="Mine")
    a_comment(forum, ann, post, content="Too")
    for query in ({"username": "Ann"}, {"person_id": ann.person_id}):
        answer = api.get("/user", **query).json()
        assert list(answer) == ["person_view", "comments", "posts", "moderates"]
        assert answer["person_view"]["counts"] == {
            "person_id": ann.person_id,
            "post_count": 1,
            "comment_count": 1,
        }
        assert [each["post"]["name"] for each in answer["posts"]] == ["Mine"]
        assert [each["comment"]["content"] for each in answer["comments"]] == ["Too"]
        assert answer["moderates"][0]["community"]["name"] == "plants"
    assert api.get("/user", username="ann", limit=1, page=2).json()["posts"] == []


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({}, 400, "no_id_given"),
        ({"person_id": 99999}, 400, "couldnt_find_person"),
        ({"username": "nobody"}, 404, "couldnt_find_person"),
        ({"username": "ann", "sort": "hot"}, 400, "unknown"),
        ({"username": "ann", "page": 101}, 400, "unknown"),
    ],
)
def test_no_profile(
    forum: Forum, api: ApiClient, query: dict[str, Any], status: int, code: str
) -> None:
    a_person(forum, "ann")
    assert outcome(api.get("/user", **query)) == (status, code)
