"""Export and import of settings, by whole requests."""

from typing import Any

import pytest

from moothall.actions.community import follow_community
from moothall.forum import Forum
from moothall.reads.user import account_view
from tests.support.api import ApiClient, outcome
from tests.support.builders import a_community, a_signed_in_person


@pytest.fixture
def api(forum: Forum) -> ApiClient:
    return ApiClient(forum)


SETTINGS = {
    "show_nsfw": True,
    "theme": "dark",
    "default_sort_type": "TopSixHour",
    "default_listing_type": "All",
    "interface_language": "eo",
    "show_scores": True,
    "post_listing_mode": "Card",
    "collapse_bot_comments": True,
}
VOTES = {"score": False, "upvotes": False, "downvotes": True, "upvote_percentage": True}


def test_what_is_exported_can_be_imported_elsewhere(forum: Forum, api: ApiClient) -> None:
    ann, token = a_signed_in_person(forum, "ann", bio="I write.", matrix_user_id="@ann:x.example")
    forum.act_now(follow_community, ann.doer, a_community(forum, ann, "place"), follow=True)
    given = {"bot_account": True, "settings": SETTINGS, "vote_display_mode_settings": VOTES}
    assert api.post("/user/import_settings", token, **given).json() == {"success": True}

    backup = api.get("/user/export_settings", token).json()
    assert list(backup) == [
        "display_name",
        "bio",
        "avatar",
        "banner",
        "matrix_id",
        "bot_account",
        "settings",
        "vote_display_mode_settings",
        "followed_communities",
        "saved_posts",
        "saved_comments",
        "blocked_communities",
        "blocked_users",
        "blocked_instances",
    ]
    assert (backup["display_name"], backup["bio"]) == (None, "I write.")
    assert backup["bot_account"] is True
    assert backup["followed_communities"] == ["https://forum.example/c/place"]
    assert SETTINGS.items() <= backup["settings"].items()
    assert VOTES.items() <= backup["vote_display_mode_settings"].items()

    eve, other = a_signed_in_person(forum, "eve")
    assert api.post("/user/import_settings", other, **backup).json() == {"success": True}
    view = forum.read_now(account_view, eve)
    assert view.account.id == eve.account_id
    assert (view.person.bio, view.person.matrix_user_id) == ("I write.", "@ann:x.example")
    again = api.get("/user/export_settings", other).json()
    assert SETTINGS.items() <= again["settings"].items()
    assert VOTES.items() <= again["vote_display_mode_settings"].items()
    assert again["settings"].get("email") is None


def test_what_a_backup_leaves_out_stays(forum: Forum, api: ApiClient) -> None:
    ann, token = a_signed_in_person(forum, "ann", bio="I write.", theme="dark")
    assert api.post("/user/import_settings", token, settings=None, bio=None).is_success
    assert api.post("/user/import_settings", token, avatar="https://x.example/a.png").is_success
    view = forum.read_now(account_view, ann)
    assert (view.person.bio, view.account.theme) == ("I write.", "dark")
    assert view.person.avatar is None, "pictures are not taken over"


@pytest.mark.parametrize(
    "body, code",
    [
        ({"saved_posts": ["x"] * 10_001}, "too_many_items"),
        ({"saved_posts": [1]}, "unknown"),
        ({"saved_posts": "https://forum.example/post/1"}, "unknown"),
        ({"settings": {"default_sort_type": "Nonsense"}}, "unknown"),
        ({"settings": {"theme": "x" * 1000}}, "unknown"),
        ({"bio": "x" * 1001}, "bio_length_overflow"),
        ({"matrix_id": "ann"}, "invalid_matrix_id"),
        ({"display_name": "a"}, "invalid_display_name"),
    ],
)
def test_a_bad_backup_changes_nothing(
    forum: Forum, api: ApiClient, body: dict[str, Any], code: str
) -> None:
    ann, token = a_signed_in_person(forum, "ann", bio="I write.")
    before = forum.read_now(account_view, ann)
    answer = api.post("/user/import_settings", token, **{"bot_account": True, **body})
    assert outcome(answer) == (400, code)
    assert forum.read_now(account_view, ann) == before


def test_nobody_exports_or_imports_without_an_account(api: ApiClient) -> None:
    assert outcome(api.get("/user/export_settings")) == (401, "incorrect_login")
    assert outcome(api.post("/user/import_settings")) == (401, "incorrect_login")
