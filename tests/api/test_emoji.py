"""The site's own emoji, by whole requests."""

from typing import Any

import pytest
from sqlalchemy import select

from moothall.forum import Forum
from moothall.storage.statements import Statement
from moothall.storage.tables import settings_change
from tests.support.api import ApiClient, outcome
from tests.support.builders import a_signed_in_person

EMOJI: dict[str, Any] = {
    "category": "halls",
    "shortcode": "Moot",
    "image_url": "https://pictures.example/moot.png",
    "alt_text": "A hall",
    "keywords": ["town", "Hall", "town", " "],
}


@pytest.fixture
def api(forum: Forum) -> ApiClient:
    return ApiClient(forum)


@pytest.fixture
def admin(forum: Forum) -> str:
    return a_signed_in_person(forum, "admin", admin=True)[1]


def test_an_emoji_comes_with_the_site_until_it_is_deleted(api: ApiClient, admin: str) -> None:
    made = api.post("/custom_emoji", admin, **EMOJI).json()["custom_emoji"]
    emoji = made["custom_emoji"]
    assert emoji["shortcode"] == "moot"
    assert [each["keyword"] for each in made["keywords"]] == ["hall", "town"]
    assert "updated" not in emoji
    assert api.get("/site").json()["custom_emojis"] == [made]

    edit: dict[str, Any] = {"category": "rooms", "image_url": "https://pictures.example/2.png"}
    edit |= {"alt_text": "", "keywords": [], "id": emoji["id"]}
    changed = api.put("/custom_emoji", admin, **edit).json()["custom_emoji"]
    assert (changed["custom_emoji"]["category"], changed["keywords"]) == ("rooms", [])
    assert "updated" in changed["custom_emoji"]
    assert api.get("/site").json()["custom_emojis"] == [changed]

    assert api.post("/custom_emoji/delete", admin, id=emoji["id"]).json() == {"success": True}
    assert api.get("/site").json()["custom_emojis"] == []
    again = api.post("/custom_emoji/delete", admin, id=emoji["id"])
    assert outcome(again) == (404, "unknown")
    assert outcome(api.put("/custom_emoji", admin, **edit)) == (404, "unknown")


@pytest.mark.parametrize(
    "spoilt, code",
    [
        ({"shortcode": ""}, "unknown"),
        ({"shortcode": "two words"}, "unknown"),
        ({"shortcode": "a:b"}, "unknown"),
        ({"shortcode": "x" * 101}, "unknown"),
        ({"image_url": "no address"}, "invalid_url"),
        ({"image_url": "javascript:alert(1)"}, "invalid_url_scheme"),
        ({"alt_text": "x" * 1501}, "alt_text_length_overflow"),
        ({"category": "x" * 101}, "unknown"),
        ({"keywords": [str(number) for number in range(101)]}, "too_many_items"),
        ({"keywords": "town"}, "unknown"),
    ],
)
def test_a_bad_emoji_is_refused(
    api: ApiClient, admin: str, spoilt: dict[str, Any], code: str
) -> None:
    assert outcome(api.post("/custom_emoji", admin, **{**EMOJI, **spoilt})) == (400, code)
    assert api.get("/site").json()["custom_emojis"] == []


def test_a_short_code_is_given_once(api: ApiClient, admin: str) -> None:
    assert api.post("/custom_emoji", admin, **EMOJI).is_success
    second = api.post("/custom_emoji", admin, **{**EMOJI, "shortcode": "MOOT"})
    assert outcome(second) == (400, "unknown")


def test_each_act_is_written_down(forum: Forum, api: ApiClient, admin: str) -> None:
    made = api.post("/custom_emoji", admin, **EMOJI).json()["custom_emoji"]
    api.post("/custom_emoji/delete", admin, id=made["custom_emoji"]["id"])
    changes = Statement(
        select(settings_change.c.old_value, settings_change.c.new_value)
        .where(settings_change.c.setting == "custom_emojis")
        .order_by(settings_change.c.id)
    )
    assert forum.read_now(lambda tx: tx.conn.all(changes)) == [(None, '"moot"'), ('"moot"', None)]
