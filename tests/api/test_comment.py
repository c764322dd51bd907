"""Comments through whole requests, in the shapes that clients of the Lemmy API expect."""

import re
from typing import Any

import pytest

from moothall.domain.ids import CommentId
from moothall.forum import Forum
from moothall.storage.comment import update_comment
from tests.support.api import ApiClient, outcome
from tests.support.builders import a_comment, a_community, a_post, a_signed_in_person

VIEW = {
    "comment",
    "creator",
    "post",
    "community",
    "counts",
    "creator_banned_from_community",
    "banned_from_community",
    "creator_is_moderator",
    "creator_is_admin",
    "subscribed",
    "saved",
    "creator_blocked",
}
COMMENT = {
    "id",
    "creator_id",
    "post_id",
    "content",
    "removed",
    "published",
    "deleted",
    "ap_id",
    "local",
    "path",
    "distinguished",
    "language_id",
}


class Scene:
    """Ann's post, and two people with their tokens."""

    def __init__(self, forum: Forum) -> None:
        self.forum = forum
        self.api = ApiClient(forum)
        self.ann, self.ann_token = a_signed_in_person(forum, "ann")
        self.bob, self.bob_token = a_signed_in_person(forum, "bob")
        self.community = a_community(forum, self.ann, "garden")
        self.post = a_post(forum, self.ann, self.community)

    def say(self, **fields: Any) -> CommentId:
        return a_comment(self.forum, self.bob, self.post, **fields)

    def ids(self, token: str | None = None, **query: Any) -> list[int]:
        found = self.api.get("/comment/list", token, **query)
        assert found.status_code == 200, found.text
        return [view["comment"]["id"] for view in found.json()["comments"]]


@pytest.fixture
def scene(forum: Forum) -> Scene:
    """Return the scene of all tests here."""
    return Scene(forum)


def test_create_answers_with_the_view(scene: Scene) -> None:
    body = scene.api.post(
        "/comment", scene.bob_token, content="So *much*", post_id=scene.post
    ).json()
    view = body["comment_view"]
    assert set(body) == {"comment_view", "recipient_ids"}
    assert set(view) == VIEW | {"my_vote"}
    assert set(view["comment"]) == COMMENT
    assert view["comment"]["content"] == "So *much*"
    comment_id = view["comment"]["id"]
    assert view["comment"]["ap_id"] == f"https://forum.example/comment/{comment_id}"
    assert re.fullmatch(r"2026-03-01T12:00:00\.\d{6}Z", view["comment"]["published"])
    assert view["counts"] == {
        "comment_id": comment_id,
        "score": 1,
        "upvotes": 1,
        "downvotes": 0,
        "published": view["comment"]["published"],
        "child_count": 0,
    }
    assert (view["my_vote"], view["creator"]["name"]) == (1, "bob")
    assert (view["subscribed"], view["post"]["id"]) == ("NotSubscribed", scene.post)


def test_an_answer_to_a_comment(scene: Scene) -> None:
    parent = scene.say()
    body = scene.api.post(
        "/comment", scene.ann_token, content="Yes", post_id=scene.post, parent_id=parent
    ).json()
    comment = body["comment_view"]["comment"]
    assert comment["path"] == f"0.{parent}.{comment['id']}"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"post_id": 99}, (400, "couldnt_find_post")),
        ({"content": "x" * 10_001}, (400, "invalid_body_field")),
        ({"content": None}, (400, "unknown")),
        ({"content": 5}, (400, "unknown")),
        ({"language_id": 9999}, (400, "language_not_allowed")),
        ({"post_id": 2**40}, (400, "unknown")),
        ({"post_id": "1"}, (400, "unknown")),
    ],
)
def test_create_refuses(scene: Scene, fields: dict[str, Any], expected: tuple[int, str]) -> None:
    body = {"content": "Hello", "post_id": scene.post} | fields
    assert outcome(scene.api.post("/comment", scene.bob_token, **body)) == expected
    assert scene.ids(type_="All") == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "/comment", {"content": "Hello", "post_id": 1}),
        ("put", "/comment", {"comment_id": 1, "content": "Hello"}),
        ("post", "/comment/delete", {"comment_id": 1, "deleted": True}),
        ("put", "/comment/save", {"comment_id": 1, "save": True}),
        ("post", "/comment/like", {"comment_id": 1, "score": 1}),
        ("get", "/comment/like/list", {"comment_id": 1}),
    ],
)
def test_nobody_is_refused(scene: Scene, method: str, path: str, body: dict[str, Any]) -> None:
    scene.say()
    response = getattr(scene.api, method)(path, None, **body)
    assert outcome(response) == (401, "incorrect_login")


def test_edit_delete_and_restore(scene: Scene) -> None:
    comment_id = scene.say()

    def put(token: str, content: str) -> Any:
        return scene.api.put("/comment", token, comment_id=comment_id, content=content)

    edited = put(scene.bob_token, "Better").json()["comment_view"]["comment"]
    assert edited["content"] == "Better"
    assert edited["updated"] > edited["published"]
    assert outcome(put(scene.ann_token, "Mine")) == (400, "no_comment_edit_allowed")

    def delete(token: str, *, deleted: bool) -> Any:
        return scene.api.post("/comment/delete", token, comment_id=comment_id, deleted=deleted)

    assert outcome(delete(scene.ann_token, deleted=True)) == (400, "no_comment_edit_allowed")
    gone = delete(scene.bob_token, deleted=True).json()["comment_view"]["comment"]
    assert (gone["deleted"], gone["content"]) == (True, "")
    assert outcome(delete(scene.bob_token, deleted=True)) == (400, "couldnt_update_comment")
    back = delete(scene.bob_token, deleted=False).json()["comment_view"]["comment"]
    assert (back["deleted"], back["content"]) == (False, "Better")


def test_get(scene: Scene) -> None:
    comment_id = scene.say()
    body = scene.api.get("/comment", id=comment_id).json()
    assert body["comment_view"]["comment"]["id"] == comment_id
    assert "my_vote" not in body["comment_view"]
    assert body["recipient_ids"] == []
    assert outcome(scene.api.get("/comment", id=99)) == (400, "couldnt_find_comment")
    assert outcome(scene.api.get("/comment")) == (400, "unknown")


def test_save_and_list_what_was_saved(scene: Scene) -> None:
    comment_id, _ = scene.say(), scene.say()
    body = scene.api.put("/comment/save", scene.ann_token, comment_id=comment_id, save=True).json()
    assert body["comment_view"]["saved"] is True
    assert scene.ids(scene.ann_token, saved_only=True, type_="All") == [comment_id]
    assert scene.ids(scene.bob_token, saved_only=True, type_="All") == []
    body = scene.api.put("/comment/save", scene.ann_token, comment_id=comment_id, save=False).json()
    assert body["comment_view"]["saved"] is False
    missing = scene.api.put("/comment/save", scene.ann_token, comment_id=99, save=True)
    assert outcome(missing) == (400, "couldnt_find_comment")


def test_votes_and_who_cast_them(scene: Scene) -> None:
    comment_id = scene.say()

    def like(score: int) -> dict[str, Any]:
        body = scene.api.post(
            "/comment/like", scene.ann_token, comment_id=comment_id, score=score
        ).json()
        view: dict[str, Any] = body["comment_view"]
        return view

    assert (like(-1)["my_vote"], like(-1)["counts"]["score"]) == (-1, 0)
    votes = scene.api.get("/comment/like/list", scene.ann_token, comment_id=comment_id).json()
    assert [(vote["creator"]["name"], vote["score"]) for vote in votes["comment_likes"]] == [
        ("ann", -1),
        ("bob", 1),
    ]
    refused = scene.api.get("/comment/like/list", scene.bob_token, comment_id=comment_id)
    assert outcome(refused) == (400, "not_a_moderator")
    # Any other score withdraws the vote, without an error.
    assert "my_vote" not in like(7)


def test_lists(scene: Scene) -> None:
    parent = scene.say()
    child = scene.say(parent_id=parent)
    assert scene.ids(post_id=scene.post, max_depth=8, limit=10**10, type_="All") == [parent, child]
    assert scene.ids(post_id=scene.post, max_depth=1, page=-7) == [parent]
    assert scene.ids(parent_id=parent, max_depth=1, sort="Old") == [parent, child]
    assert scene.ids(sort="New", limit=1, page=2) == [parent]
    assert scene.ids(community_name="garden", sort="Old") == [parent, child]
    assert scene.ids(community_id=scene.community, type_="Subscribed", sort="Old") == [
        parent,
        child,
    ]
    assert scene.ids(type_="Subscribed") == []
    assert scene.ids(community_id=99) == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"limit": 51}, (400, "couldnt_get_comments")),
        ({"limit": 0}, (400, "couldnt_get_comments")),
        ({"page": 101}, (400, "couldnt_get_comments")),
        ({"page": 0}, (400, "couldnt_get_comments")),
        ({"sort": "Best"}, (400, "unknown")),
        ({"sort": "hot"}, (400, "unknown")),
        ({"type_": "Everything"}, (400, "unknown")),
        ({"post_id": "x"}, (400, "unknown")),
        ({"max_depth": ""}, (400, "unknown")),
        ({"community_name": "nowhere"}, (404, "unknown")),
        ({"liked_only": True, "disliked_only": True}, (400, "contradicting_filters")),
    ],
)
def test_lists_refuse(scene: Scene, query: dict[str, Any], expected: tuple[int, str]) -> None:
    assert outcome(scene.api.get("/comment/list", scene.bob_token, **query)) == expected


def test_a_long_thread_repeats_its_objects_in_full(scene: Scene) -> None:
    for _ in range(3):
        scene.say()
    views = scene.api.get("/comment/list", post_id=scene.post, max_depth=1).json()["comments"]
    one = scene.api.get("/comment", id=views[0]["comment"]["id"]).json()["comment_view"]
    assert views[0] == one
    assert {str(view["post"]) for view in views} == {str(one["post"])}


def test_removed_words_are_kept_from_everybody_but_admins(scene: Scene) -> None:
    _, root_token = a_signed_in_person(scene.forum, "root", admin=True)
    comment_id = scene.say(content="A secret")
    scene.forum.act_now(lambda tx: update_comment(tx.conn, comment_id, removed=True))
    for token, words in (
        (None, ""),
        (scene.ann_token, ""),
        (scene.bob_token, ""),
        (root_token, "A secret"),
    ):
        one = scene.api.get("/comment", token, id=comment_id)
        many = scene.api.get("/comment/list", token, post_id=scene.post, type_="All")
        assert one.json()["comment_view"]["comment"]["content"] == words
        assert [view["comment"]["content"] for view in many.json()["comments"]] == [words]
        assert ("A secret" in one.text + many.text) == bool(words)
