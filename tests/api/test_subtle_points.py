"""What clients of the Lemmy API rely on without its being written in any type."""

from collections.abc import Iterator
from typing import Any

import pytest

from moothall.actions.moderation import feature_post
from moothall.actions.removal import remove_comment
from moothall.actions.site_settings import edit_site
from moothall.domain.post import PostSort
from moothall.domain.site import SiteChanges
from moothall.forum import Forum
from moothall.lib.shared_buckets import SharedBuckets
from moothall.storage.community import update_community
from tests.support.api import ApiClient, outcome
from tests.support.builders import a_comment, a_community, a_post, a_signed_in_person


class Scene:
    """Ann's community with her posts, and people with their tokens."""

    def __init__(self, forum: Forum) -> None:
        self.forum = forum
        self.api = ApiClient(forum)
        self.people, self.tokens = {}, {}
        for name in ("ann", "bob", "admin"):
            found = a_signed_in_person(forum, name, admin=name == "admin")
            self.people[name], self.tokens[name] = found
        self.place = a_community(forum, self.people["ann"], "place")
        self.post = a_post(forum, self.people["ann"], self.place)

    def get(self, path: str, who: str | None = None, /, **query: Any) -> Any:
        answer = self.api.get(path, None if who is None else self.tokens[who], **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def posts(self, who: str | None = None, /, **query: Any) -> list[int]:
        found = self.get("/post/list", who, **query)["posts"]
        return [each["post"]["id"] for each in found]

    def comments(self, who: str | None = None, /, **query: Any) -> list[str]:
        found = self.get("/comment/list", who, **query)["comments"]
        return [each["comment"]["content"] for each in found]


@pytest.fixture
def scene(forum: Forum) -> Scene:
    return Scene(forum)


def test_a_bad_token_means_nobody(scene: Scene) -> None:
    api = scene.api
    assert api.get("/post/list", "no token at all").status_code == 200
    assert "my_user" not in api.get("/site", "no token at all").json()
    assert outcome(api.get("/user/unread_count", "no token at all")) == (401, "incorrect_login")
    validated = api.get("/user/validate_auth", "no token at all")
    assert outcome(validated) == (401, "incorrect_login")
    assert api.get("/user/validate_auth", scene.tokens["ann"]).json() == {"success": True}


@pytest.mark.parametrize(
    "path, query, expected",
    [
        ("/community", {"id": 99_999}, (400, "couldnt_find_community")),
        ("/community", {"name": "nowhere"}, (404, "couldnt_find_community")),
        ("/user", {"person_id": 99_999}, (400, "couldnt_find_person")),
        ("/user", {"username": "nobody"}, (404, "couldnt_find_person")),
        ("/post", {"id": 99_999}, (400, "couldnt_find_post")),
        ("/comment", {"id": 99_999}, (400, "couldnt_find_comment")),
        ("/post/list", {"community_name": "nowhere"}, (404, "unknown")),
        ("/comment/list", {"community_name": "nowhere"}, (404, "unknown")),
        ("/community", {}, (400, "no_id_given")),
    ],
)
def test_missing_by_id_is_400_and_by_name_404(
    scene: Scene, path: str, query: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert outcome(scene.api.get(path, **query)) == expected


def test_too_often_is_400(scene: Scene) -> None:
    limits = SiteChanges(rate_search=1, rate_search_s=600)
    scene.forum.act_now(edit_site, scene.people["admin"].doer, limits)
    api = ApiClient(scene.forum, limiter=SharedBuckets())
    assert api.get("/search", q="x").status_code == 200
    again = api.get("/search", q="x")
    assert outcome(again) == (400, "rate_limit_error")
    assert set(again.json()) == {"error"}


def test_the_limits_begin_as_the_reference_says(scene: Scene) -> None:
    limits = scene.get("/site")["site_view"]["local_site_rate_limit"]
    pairs = {
        name: (limits[name], limits[f"{name}_per_second"])
        for name in ("message", "post", "register", "image", "comment", "search")
    }
    assert pairs == {
        "message": (180, 60),
        "post": (6, 600),
        "register": (10, 3600),
        "image": (6, 3600),
        "comment": (6, 600),
        "search": (60, 600),
    }
    own = limits["import_user_settings"], limits["import_user_settings_per_second"]
    assert own == (1, 86_400)


def test_what_is_not_there_is_left_out(scene: Scene) -> None:
    def nulls(value: Any) -> Iterator[Any]:
        if isinstance(value, dict):
            yield from (name for name, each in value.items() if each is None)
            value = list(value.values())
        if isinstance(value, list):
            for each in value:
                yield from nulls(each)

    for path in ("/site", "/post/list", "/community/list", "/modlog", "/federated_instances"):
        for who in (None, "bob"):
            assert list(nulls(scene.get(path, who))) == []


def test_my_vote_is_there_only_with_a_vote(scene: Scene) -> None:
    def my_vote(who: str | None) -> Any:
        [post] = scene.get("/post/list", who, type_="All")["posts"]
        return post.get("my_vote", "left out")

    assert (my_vote("ann"), my_vote("bob"), my_vote(None)) == (1, "left out", "left out")
    for score, expected in ((-1, -1), (1, 1), (0, "left out")):
        scene.api.post("/post/like", scene.tokens["bob"], post_id=scene.post, score=score)
        assert my_vote("bob") == expected


def test_a_tree_ignores_limit_and_page_and_has_a_cap(scene: Scene) -> None:
    bob = scene.people["bob"]
    for number in range(305):
        a_comment(scene.forum, bob, scene.post, content=f"number {number}")
    of_post: dict[str, Any] = {"post_id": scene.post, "type_": "All"}
    assert len(scene.comments(**of_post, max_depth=8, limit=1)) == 300
    assert len(scene.comments(**of_post, max_depth=8, limit=10**10, page=99)) == 300
    assert len(scene.comments(**of_post, limit=50)) == 50
    assert len(scene.comments(**of_post)) == 10
    refused = scene.api.get("/comment/list", **of_post, limit=51)
    assert outcome(refused) == (400, "couldnt_get_comments")


def test_comments_of_a_post_keep_the_default_listing(scene: Scene) -> None:
    a_comment(scene.forum, scene.people["bob"], scene.post, content="hello")
    # As if the community had come from elsewhere.
    ap_id = "https://other.example/c/place"
    scene.forum.act_now(lambda tx: update_community(tx.conn, scene.place, local=False, ap_id=ap_id))
    assert scene.comments(post_id=scene.post) == [], "the site's default is Local"
    assert scene.comments(post_id=scene.post, type_="All") == ["hello"]
    everything = {"default_listing_type": "All"}
    scene.api.put("/user/save_user_settings", scene.tokens["bob"], **everything)
    assert scene.comments("bob", post_id=scene.post) == ["hello"]


def test_words_of_a_removed_comment_are_for_admins(scene: Scene) -> None:
    bob = scene.people["bob"]
    removed = a_comment(scene.forum, bob, scene.post, content="rude words")
    deleted = a_comment(scene.forum, bob, scene.post, content="sad words")
    by = scene.people["ann"].doer
    scene.forum.act_now(remove_comment, by, removed, removed=True)
    scene.api.post("/comment/delete", scene.tokens["bob"], comment_id=deleted, deleted=True)
    for who in (None, "bob", "ann"):
        assert scene.comments(who, type_="All", sort="Old") == ["", ""], who
        for comment_id in (removed, deleted):
            shown = scene.get("/comment", who, id=comment_id)["comment_view"]["comment"]
            assert shown["content"] == "", who
    assert scene.comments("admin", type_="All", sort="Old") == ["rude words", "sad words"]


@pytest.mark.parametrize("sort", list(PostSort))
def test_what_is_featured_comes_first_in_every_sort(scene: Scene, sort: PostSort) -> None:
    ann, admin = scene.people["ann"], scene.people["admin"]
    first, second, third = (a_post(scene.forum, ann, scene.place) for _ in range(3))
    scene.forum.act_now(feature_post, ann.doer, second, featured=True, in_community=True)
    scene.forum.act_now(feature_post, admin.doer, third, featured=True, in_community=False)
    here = scene.posts(community_id=scene.place, sort=sort)
    everywhere = scene.posts(type_="All", sort=sort)
    assert sorted(here) == sorted(everywhere) == sorted([scene.post, first, second, third])
    assert (here[0], everywhere[0]) == (second, third)


def test_the_last_page_names_a_next_one_too(scene: Scene) -> None:
    answer = scene.get("/post/list", type_="All", limit=10)
    assert len(answer["posts"]) == 1
    after = scene.get("/post/list", type_="All", limit=10, page_cursor=answer["next_page"])
    assert after == {"posts": []}


def test_all_languages_are_an_empty_list(scene: Scene) -> None:
    def mine() -> Any:
        return scene.get("/site", "bob")["my_user"]["discussion_languages"]

    def choose(*languages: int) -> Any:
        chosen = {"discussion_languages": list(languages)}
        scene.api.put("/user/save_user_settings", scene.tokens["bob"], **chosen)
        return mine()

    everything = scene.get("/site")["discussion_languages"]
    assert everything == list(range(184)), "the site's own list is never shortened"
    assert mine() == []
    assert choose(37) == [0, 37], "undetermined is always among them"
    assert choose(*everything) == []
    assert choose(37, 39) == [0, 37, 39]
    assert choose() == [], "none chosen means all"
    page = scene.get("/community", id=scene.place)
    assert page["discussion_languages"] == []


def test_what_counts_as_unread(scene: Scene) -> None:
    def unread() -> tuple[int, int, int]:
        found = scene.get("/user/unread_count", "ann")
        return found["replies"], found["mentions"], found["private_messages"]

    bob = scene.people["bob"]
    reply = a_comment(scene.forum, bob, scene.post)
    other = a_post(scene.forum, bob, scene.place)
    mention = a_comment(scene.forum, bob, other, content="See @ann@forum.example")
    message = {"content": "psst", "recipient_id": scene.people["ann"].person_id}
    scene.api.post("/private_message", scene.tokens["bob"], **message)
    assert unread() == (1, 1, 1)
    # What its author took back counts no more, and again when it is given back.
    for deleted in (True, False):
        fields = {"comment_id": reply, "deleted": deleted}
        scene.api.post("/comment/delete", scene.tokens["bob"], **fields)
        assert unread() == (0 if deleted else 1, 1, 1)
    fields = {"comment_id": mention, "removed": True}
    scene.api.post("/comment/remove", scene.tokens["ann"], **fields)
    assert unread() == (1, 0, 1)
    block = {"person_id": bob.person_id}
    for is_blocked in (True, False):
        scene.api.post("/user/block", scene.tokens["ann"], **block, block=is_blocked)
        assert unread() == ((0, 0, 0) if is_blocked else (1, 0, 1))
    scene.api.post("/user/mark_all_as_read", scene.tokens["ann"])
    assert unread() == (0, 0, 0)
