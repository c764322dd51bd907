"""Replies, mentions, messages and their counts through whole requests."""

from typing import Any

import pytest

from moothall.forum import Forum
from tests.support.api import ApiClient, outcome
from tests.support.builders import a_comment, a_community, a_post, a_signed_in_person

_FLAGS = {
    "creator_banned_from_community",
    "banned_from_community",
    "creator_is_moderator",
    "creator_is_admin",
    "subscribed",
    "saved",
    "creator_blocked",
}
_ABOUT = {"comment", "creator", "post", "community", "recipient", "counts"} | _FLAGS


class Scene:
    """Ann wrote a post; Bob answers, names her and writes to her; Cid is another."""

    def __init__(self, forum: Forum) -> None:
        self.forum = forum
        self.api = ApiClient(forum)
        people = {name: a_signed_in_person(forum, name) for name in ("ann", "bob", "cid")}
        self.ids = {name: viewer.person_id for name, (viewer, _) in people.items()}
        self.tokens = {name: token for name, (_, token) in people.items()}
        ann, bob = people["ann"][0], people["bob"][0]
        community = a_community(forum, ann, "town")
        self.post = a_post(forum, ann, community)
        self.reply = a_comment(forum, bob, self.post, content="An answer")
        elsewhere = a_post(forum, bob, community)
        self.mention = a_comment(forum, bob, elsewhere, content="@ann@forum.example")
        self.message = self.send("bob", "ann", "Hello").json()["private_message_view"]

    def send(self, by: str, to: str, content: str) -> Any:
        return self.api.post(
            "/private_message", self.tokens[by], content=content, recipient_id=self.ids[to]
        )

    def get(self, path: str, who: str = "ann", **query: Any) -> Any:
        answer = self.api.get(path, self.tokens[who], **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def counts(self, who: str = "ann") -> tuple[int, ...]:
        found = self.get("/user/unread_count", who)
        assert list(found) == ["replies", "mentions", "private_messages"]
        return tuple(found.values())


@pytest.fixture
def scene(forum: Forum) -> Scene:
    return Scene(forum)


def test_lists_and_counts(scene: Scene) -> None:
    [reply] = scene.get("/user/replies", unread_only=True)["replies"]
    assert set(reply) == _ABOUT | {"comment_reply"}
    assert set(reply["comment_reply"]) == {"id", "recipient_id", "comment_id", "read", "published"}
    assert reply["comment_reply"]["comment_id"] == reply["comment"]["id"] == scene.reply
    assert reply["recipient"]["id"] == reply["comment_reply"]["recipient_id"] == scene.ids["ann"]
    [mention] = scene.get("/user/mention", sort="Top")["mentions"]
    assert set(mention) == _ABOUT | {"person_mention"}
    assert mention["comment"]["id"] == scene.mention
    assert scene.counts() == (1, 1, 1)
    assert scene.counts("bob") == scene.counts("cid") == (0, 0, 0)


def test_marking_one_after_the_other(scene: Scene) -> None:
    token = scene.tokens["ann"]
    reply = scene.get("/user/replies")["replies"][0]["comment_reply"]["id"]
    answer = scene.api.post("/comment/mark_as_read", token, comment_reply_id=reply, read=True)
    assert answer.json()["comment_reply_view"]["comment_reply"]["read"] is True
    assert scene.counts() == (0, 1, 1)
    assert scene.get("/user/replies", unread_only=True)["replies"] == []
    mention = scene.get("/user/mention")["mentions"][0]["person_mention"]["id"]
    path = "/user/mention/mark_as_read"
    answer = scene.api.post(path, token, person_mention_id=mention, read=True)
    assert answer.json()["person_mention_view"]["person_mention"]["read"] is True
    message = scene.message["private_message"]["id"]
    path = "/private_message/mark_as_read"
    answer = scene.api.post(path, token, private_message_id=message, read=True)
    assert answer.json()["private_message_view"]["private_message"]["read"] is True
    assert scene.counts() == (0, 0, 0)


def test_marking_all(scene: Scene) -> None:
    answer = scene.api.post("/user/mark_all_as_read", scene.tokens["ann"])
    assert answer.json() == {"replies": []}
    assert scene.counts() == (0, 0, 0)


@pytest.mark.parametrize("who", ["bob", "cid"])
def test_what_is_anothers_cannot_be_marked(scene: Scene, who: str) -> None:
    token = scene.tokens[who]
    reply = scene.get("/user/replies")["replies"][0]["comment_reply"]["id"]
    mention = scene.get("/user/mention")["mentions"][0]["person_mention"]["id"]
    message = scene.message["private_message"]["id"]
    for path, field, number, code in (
        ("/comment/mark_as_read", "comment_reply_id", reply, "couldnt_find_comment_reply"),
        ("/user/mention/mark_as_read", "person_mention_id", mention, "couldnt_find_person_mention"),
        (
            "/private_message/mark_as_read",
            "private_message_id",
            message,
            "couldnt_update_private_message" if who == "bob" else "couldnt_find_private_message",
        ),
    ):
        answer = scene.api.post(path, token, **{field: number}, read=True)
        assert outcome(answer) == (400, code)
    assert scene.counts() == (1, 1, 1)


def test_a_message_in_its_life(scene: Scene) -> None:
    assert set(scene.message) == {"private_message", "creator", "recipient"}
    assert set(scene.message["private_message"]) == {
        "id", "creator_id", "recipient_id", "content", "deleted", "read", "published", "ap_id",
        "local", "removed",
    }  # fmt: skip
    number = scene.message["private_message"]["id"]
    assert scene.message["private_message"]["ap_id"] == (
        f"https://forum.example/private_message/{number}"
    )
    bob = scene.tokens["bob"]
    edited = scene.api.put("/private_message", bob, private_message_id=number, content="Hi")
    view = edited.json()["private_message_view"]["private_message"]
    assert (view["content"], "updated" in view) == ("Hi", True)
    for deleted in (True, False):
        path = "/private_message/delete"
        answer = scene.api.post(path, bob, private_message_id=number, deleted=deleted)
        assert answer.json()["private_message_view"]["private_message"]["deleted"] is deleted
        listed = scene.get("/private_message/list")["private_messages"]
        assert len(listed) == (0 if deleted else 1)


def test_lists_of_messages(scene: Scene) -> None:
    scene.send("ann", "bob", "Hello too")
    scene.send("cid", "ann", "And I")

    def listed(**query: Any) -> list[str]:
        found = scene.get("/private_message/list", **query)["private_messages"]
        return [view["private_message"]["content"] for view in found]

    assert listed() == ["And I", "Hello too", "Hello"]
    assert listed(unread_only=True) == ["And I", "Hello"]
    assert listed(creator_id=scene.ids["bob"]) == ["Hello too", "Hello"]
    assert listed(page=2, limit=2) == ["Hello"]


@pytest.mark.parametrize("who", ["ann", "cid"])
def test_others_messages_are_left_alone(scene: Scene, who: str) -> None:
    number = scene.message["private_message"]["id"]
    code = "edit_private_message_not_allowed" if who == "ann" else "couldnt_find_private_message"
    token = scene.tokens[who]
    edit = scene.api.put("/private_message", token, private_message_id=number, content="!")
    path = "/private_message/delete"
    delete = scene.api.post(path, token, private_message_id=number, deleted=True)
    assert outcome(edit) == outcome(delete) == (400, code)
    assert "Hello" not in edit.text + delete.text


def test_a_block_holds_for_new_words_and_changed_ones(scene: Scene) -> None:
    scene.api.post(
        "/user/block", scene.tokens["ann"], person_id=scene.ids["bob"], block=True
    ).raise_for_status()
    number = scene.message["private_message"]["id"]
    bob = scene.tokens["bob"]
    edit = scene.api.put("/private_message", bob, private_message_id=number, content="!")
    assert outcome(edit) == outcome(scene.send("bob", "ann", "!")) == (400, "person_is_blocked")
    assert scene.counts() == (0, 0, 0)


_ROUTES = [
    ("GET", "/user/replies"),
    ("GET", "/user/mention"),
    ("GET", "/user/unread_count"),
    ("GET", "/private_message/list"),
    ("POST", "/comment/mark_as_read"),
    ("POST", "/user/mention/mark_as_read"),
    ("POST", "/user/mark_all_as_read"),
    ("POST", "/private_message"),
    ("PUT", "/private_message"),
    ("POST", "/private_message/delete"),
    ("POST", "/private_message/mark_as_read"),
]
_BODY = {
    "comment_reply_id": 1, "person_mention_id": 1, "private_message_id": 1, "recipient_id": 1,
    "content": "x", "read": True, "deleted": True,
}  # fmt: skip


@pytest.mark.parametrize(("method", "path"), _ROUTES)
def test_nobody_has_no_inbox(forum: Forum, method: str, path: str) -> None:
    api = ApiClient(forum)
    call = {"GET": api.get, "POST": api.post, "PUT": api.put}[method]
    assert outcome(call(path, None, **({} if method == "GET" else _BODY))) == (
        401,
        "incorrect_login",
    )


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/user/replies", {"sort": "Active"}),
        ("/user/mention", {"limit": 0}),
        ("/private_message/list", {"page": -1}),
        ("/private_message/list", {"creator_id": "bob"}),
    ],
)
def test_bad_queries_are_refused(scene: Scene, path: str, query: dict[str, Any]) -> None:
    assert outcome(scene.api.get(path, scene.tokens["ann"], **query)) == (400, "unknown")
