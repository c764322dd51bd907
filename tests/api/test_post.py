"""Posts through the API, by whole requests."""

from dataclasses import dataclass
from typing import Any

import pytest

from moothall.domain.ids import CommunityId, PostId
from moothall.forum import Forum
from moothall.storage.site import update_site
from tests.support.api import ApiClient, outcome
from tests.support.builders import a_comment, a_community, a_post, a_signed_in_person


@dataclass
class Town:
    """A community, a post in it, and people with their tokens."""

    forum: Forum
    api: ApiClient
    place: CommunityId
    post: PostId
    tokens: dict[str, str | None]

    def feed(self, name: str = "nobody", **query: Any) -> list[int]:
        answer = self.api.get("/post/list", self.tokens[name], **query)
        assert answer.status_code == 200, answer.text
        return [each["post"]["id"] for each in answer.json()["posts"]]


@pytest.fixture
def town(forum: Forum) -> Town:
    people = {
        name: a_signed_in_person(forum, name, admin=name == "admin")
        for name in ("author", "person", "admin")
    }
    author = people["author"][0]
    place = a_community(forum, author, "town")
    tokens: dict[str, str | None] = {name: token for name, (_, token) in people.items()}
    return Town(
        forum, ApiClient(forum), place, a_post(forum, author, place), {**tokens, "nobody": None}
    )


def test_a_post_is_written_read_edited_and_taken_back(town: Town) -> None:
    token = town.tokens["person"]
    answer = town.api.post(
        "/post", token, name="Hello", community_id=town.place, url="https://a.example", body="*hi*"
    )
    assert answer.status_code == 200
    view = answer.json()["post_view"]
    assert view["post"]["name"] == "Hello"
    assert view["post"]["url"] == "https://a.example/"
    assert view["post"]["ap_id"] == f"https://forum.example/post/{view['post']['id']}"
    assert view["creator"]["name"] == "person"
    assert (view["my_vote"], view["counts"]["score"], view["read"]) == (1, 1, True)
    post_id = view["post"]["id"]
    edited = town.api.put("/post", token, post_id=post_id, name="Other", url="").json()["post_view"]
    assert edited["post"]["name"] == "Other"
    assert "url" not in edited["post"]
    assert edited["post"]["body"] == "*hi*"
    gone = town.api.post("/post/delete", token, post_id=post_id, deleted=True)
    assert gone.json()["post_view"]["post"]["deleted"]
    again = town.api.post("/post/delete", token, post_id=post_id, deleted=True)
    assert outcome(again) == (400, "couldnt_update_post")
    assert outcome(town.api.get("/post", id=post_id)) == (400, "couldnt_find_post")
    assert outcome(town.api.get("/post", token, id=post_id)) == (200, None)


@pytest.mark.parametrize(
    "body, code",
    [
        ({"name": "x"}, "invalid_post_title"),
        ({"honeypot": "filled"}, "honeypot_failed"),
        ({"url": "ftp://a.example"}, "invalid_url_scheme"),
        ({"community_id": 99}, "couldnt_find_community"),
        ({"community_id": "one"}, "unknown"),
        ({"language_id": 999}, "language_not_allowed"),
    ],
)
def test_what_a_post_may_not_be(town: Town, body: dict[str, Any], code: str) -> None:
    request = {"name": "A title", "community_id": town.place, **body}
    assert outcome(town.api.post("/post", town.tokens["person"], **request)) == (400, code)


def test_opening_a_post_reads_it(town: Town) -> None:
    token = town.tokens["person"]
    author = a_signed_in_person(town.forum, "other")[0]
    comment_id = a_comment(town.forum, author, town.post)
    first = town.api.get("/post", token, comment_id=comment_id).json()
    assert first["post_view"]["unread_comments"] == 1
    assert first["community_view"]["community"]["id"] == town.place
    assert [each["moderator"]["name"] for each in first["moderators"]] == ["author"]
    assert first["cross_posts"] == []
    second = town.api.get("/post", token, id=town.post).json()["post_view"]
    assert (second["unread_comments"], second["read"]) == (0, True)
    by_nobody = town.api.get("/post", id=town.post).json()["post_view"]
    assert (by_nobody["unread_comments"], by_nobody["read"]) == (1, False)
    assert outcome(town.api.get("/post")) == (400, "couldnt_find_post")


def test_lists_page_by_number_and_by_cursor(town: Town) -> None:
    author = a_signed_in_person(town.forum, "other")[0]
    ids = [town.post, *(a_post(town.forum, author, town.place) for _ in range(4))]
    newest = list(reversed(ids))
    assert town.feed(sort="New", type_="All") == newest
    assert town.feed(sort="New", limit=2, page=2) == newest[2:4]
    answer = town.api.get("/post/list", sort="New", limit=2).json()
    found = [each["post"]["id"] for each in answer["posts"]]
    while answer["posts"]:
        answer = town.api.get(
            "/post/list", sort="New", limit=2, page_cursor=answer["next_page"]
        ).json()
        found += [each["post"]["id"] for each in answer["posts"]]
    assert found == newest
    assert "next_page" not in answer
    assert town.feed(sort="New", page_cursor=f"P{newest[2]:x}") == newest[3:]


@pytest.mark.parametrize(
    "query, status, code",
    [
        ({"limit": 51}, 400, "couldnt_get_posts"),
        ({"page": 0}, 400, "couldnt_get_posts"),
        ({"sort": "Nonsense"}, 400, "unknown"),
        ({"page_cursor": "nonsense"}, 400, "unknown"),
        ({"community_name": "nowhere"}, 404, "unknown"),
    ],
)
def test_lists_that_cannot_be(town: Town, query: dict[str, Any], status: int, code: str) -> None:
    assert outcome(town.api.get("/post/list", **query)) == (status, code)


def test_liked_and_disliked_contradict(town: Town) -> None:
    both = {"liked_only": True, "disliked_only": True}
    answer = town.api.get("/post/list", town.tokens["person"], **both)
    assert outcome(answer) == (400, "contradicting_filters")


def test_votes_saves_and_marks(town: Town) -> None:
    token = town.tokens["person"]
    liked = town.api.post("/post/like", token, post_id=town.post, score=1).json()["post_view"]
    assert (liked["my_vote"], liked["counts"]["upvotes"]) == (1, 2)
    assert town.feed("person", liked_only=True) == [town.post]
    none = town.api.post("/post/like", token, post_id=town.post, score=7).json()["post_view"]
    assert "my_vote" not in none
    saved = town.api.put("/post/save", token, post_id=town.post, save=True)
    assert saved.json()["post_view"]["saved"]
    assert town.feed("person", saved_only=True) == [town.post]
    read = town.api.post("/post/mark_as_read", token, post_ids=[town.post], read=True)
    assert read.json() == {"success": True}
    assert town.feed("person", show_read=False) == []
    hidden = town.api.post("/post/hide", token, post_ids=[town.post], hide=True)
    assert hidden.json() == {"success": True}
    assert town.feed("person") == []
    assert town.feed("person", show_hidden=True) == [town.post]


def test_a_site_without_downvotes(town: Town) -> None:
    town.forum.act_now(lambda tx: update_site(tx.conn, enable_downvotes=False))
    answer = town.api.post("/post/like", town.tokens["person"], post_id=town.post, score=-1)
    assert outcome(answer) == (400, "downvotes_are_disabled")


def test_who_voted_is_for_those_who_moderate(town: Town) -> None:
    for name in ("author", "admin"):
        answer = town.api.get("/post/like/list", town.tokens[name], post_id=town.post)
        (vote,) = answer.json()["post_likes"]
        assert (vote["creator"]["name"], vote["score"]) == ("author", 1)
    answer = town.api.get("/post/like/list", town.tokens["person"], post_id=town.post)
    assert outcome(answer) == (400, "not_a_moderator")


@pytest.mark.parametrize(
    "method, path, body",
    [
        ("post", "/post", {"name": "A title", "community_id": 1}),
        ("put", "/post", {"post_id": 1, "name": "Mine"}),
        ("post", "/post/delete", {"post_id": 1, "deleted": True}),
        ("post", "/post/like", {"post_id": 1, "score": 1}),
        ("put", "/post/save", {"post_id": 1, "save": True}),
        ("post", "/post/hide", {"post_ids": [1], "hide": True}),
        ("post", "/post/mark_as_read", {"post_ids": [1], "read": True}),
        ("get", "/post/like/list", {"post_id": 1}),
    ],
)
def test_nobody_changes_anything(town: Town, method: str, path: str, body: dict[str, Any]) -> None:
    assert outcome(getattr(town.api, method)(path, **body)) == (401, "incorrect_login")


def test_others_do_not_edit(town: Town) -> None:
    for name in ("person", "admin"):
        answer = town.api.put("/post", town.tokens[name], post_id=town.post, name="Mine now")
        assert outcome(answer) == (400, "no_post_edit_allowed")
        answer = town.api.post("/post/delete", town.tokens[name], post_id=town.post, deleted=True)
        assert outcome(answer) == (400, "no_post_edit_allowed")


def test_a_private_site_shows_nothing_to_nobody(town: Town) -> None:
    town.forum.act_now(lambda tx: update_site(tx.conn, private_instance=True))
    for path, query in (("/post/list", {}), ("/post", {"id": town.post})):
        assert outcome(town.api.get(path, **query)) == (400, "instance_is_private")
    assert town.feed("person") == [town.post]
