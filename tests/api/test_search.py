"""Search and look-ups through whole requests."""

from typing import Any

import pytest

from moothall.actions.post import delete_post
from moothall.actions.user import delete_account
from moothall.domain.account import Proof
from moothall.domain.search import SearchType
from moothall.forum import Forum
from moothall.storage import account as accounts
from moothall.storage.post import update_post
from moothall.storage.site import update_site
from tests.support.api import ApiClient, outcome
from tests.support.builders import a_comment, a_community, a_post, a_signed_in_person


class Scene:
    """Ann's post about herons, with a comment, in a community called herons."""

    def __init__(self, forum: Forum) -> None:
        self.forum = forum
        self.api = ApiClient(forum)
        self.ann, self.token = a_signed_in_person(forum, "heronann")
        self.community = a_community(forum, self.ann, "herons")
        url = "https://birds.example/heron"
        self.post = a_post(forum, self.ann, self.community, "Herons", url=url)
        self.comment = a_comment(forum, self.ann, self.post, content="One heron")

    def search(self, token: str | None = None, **query: Any) -> dict[str, Any]:
        answer = self.api.get("/search", token, **query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        assert list(found) == ["type_", "comments", "posts", "communities", "users"]
        return found

    def resolve(self, q: str, token: str | None = None) -> Any:
        answer = self.api.get("/resolve_object", token, q=q)
        return answer.json() if answer.is_success else outcome(answer)


@pytest.fixture
def scene(forum: Forum) -> Scene:
    return Scene(forum)


_FOUND = {
    SearchType.ALL: {"comments", "posts", "communities", "users"},
    SearchType.COMMENTS: {"comments"},
    SearchType.POSTS: {"posts"},
    SearchType.COMMUNITIES: {"communities"},
    SearchType.USERS: {"users"},
    SearchType.URL: set(),
}


@pytest.mark.parametrize("kind", SearchType)
def test_each_type_fills_its_lists(scene: Scene, kind: SearchType) -> None:
    for token in (None, scene.token):
        found = scene.search(token, q="heron", type_=kind.value)
        assert found["type_"] == kind.value
        lists = ("comments", "posts", "communities", "users")
        assert {name for name in lists if found[name]} == _FOUND[kind]


def test_views_have_the_shapes_of_lists(scene: Scene) -> None:
    found = scene.search(q="heron")
    [post] = scene.api.get("/post/list", type_="All").json()["posts"]
    [comment] = scene.api.get("/comment/list", type_="All").json()["comments"]
    [community] = scene.api.get("/community/list", type_="All").json()["communities"]
    assert found["posts"] == [post]
    assert found["comments"] == [comment]
    assert found["communities"] == [community]
    assert found["users"][0]["person"]["name"] == "heronann"
    assert set(found["users"][0]) == {"person", "counts", "is_admin"}


def test_filters(scene: Scene) -> None:
    assert scene.search(q="heron", community_name="herons@forum.example")["posts"]
    found = scene.search(q="heron", creator_id=scene.ann.person_id, community_id=scene.community)
    assert found["posts"]
    assert found["comments"]
    assert found["users"] == found["communities"] == []
    assert scene.search(q="one", post_title_only=True)["posts"] == []
    assert scene.search(q="https://birds.example/heron", type_="Url")["posts"]
    assert scene.search(q="heron", page=2, limit=1)["posts"] == []
    assert scene.search(scene.token, q="heron", listing_type="Subscribed", sort="TopAll")["posts"]


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ({}, (400, "unknown")),
        ({"q": "x", "type_": "Nothing"}, (400, "unknown")),
        ({"q": "x", "sort": "hot"}, (400, "unknown")),
        ({"q": "x", "limit": 51}, (400, "unknown")),
        ({"q": "x", "page": 0}, (400, "unknown")),
        ({"q": "x", "page": 101}, (400, "unknown")),
        ({"q": "x", "community_id": 2**31}, (400, "unknown")),
        ({"q": "x", "community_name": "nowhere"}, (404, "unknown")),
    ],
)
def test_bad_queries_are_refused(
    scene: Scene, query: dict[str, Any], refusal: tuple[int, str]
) -> None:
    assert outcome(scene.api.get("/search", **query)) == refusal


def test_a_private_site_is_not_searched_by_strangers(scene: Scene) -> None:
    scene.forum.act_now(lambda tx: update_site(tx.conn, private_instance=True))
    for path in ("/search", "/resolve_object"):
        assert outcome(scene.api.get(path, q="heron")) == (400, "instance_is_private")
    assert scene.search(scene.token, q="heron")["posts"]


# ---- look-ups ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "q",
    [
        "https://forum.example/u/heronann",
        "https://forum.example/u/HeronAnn@forum.example",
        "@heronann@forum.example",
        "heronann@forum.example",
        "@heronann",
        "  heronann ",
    ],
)
def test_people(scene: Scene, q: str) -> None:
    found = scene.resolve(q)
    assert list(found) == ["person"]
    assert found["person"]["person"]["id"] == scene.ann.person_id


@pytest.mark.parametrize(
    "q",
    [
        "https://forum.example/c/herons",
        "http://forum.example/c/Herons/",
        "!herons@forum.example",
        "herons@FORUM.example",
        "!herons",
    ],
)
def test_communities(scene: Scene, q: str) -> None:
    found = scene.resolve(q)
    assert list(found) == ["community"]
    assert found["community"]["community"]["id"] == scene.community


def test_posts_and_comments(scene: Scene) -> None:
    post = scene.resolve(f"https://forum.example/post/{scene.post}?x=1#y")
    assert post["post"]["post"]["id"] == scene.post
    comment = scene.resolve(f"https://forum.example/comment/{scene.comment}")
    assert comment["comment"]["comment"]["id"] == scene.comment


def test_what_came_from_elsewhere_is_known_by_its_address(scene: Scene) -> None:
    there = "https://far.example/post/9"
    scene.forum.act_now(lambda tx: update_post(tx.conn, scene.post, ap_id=there))
    assert scene.resolve(there)["post"]["post"]["id"] == scene.post


@pytest.mark.parametrize(
    "q",
    [
        "",
        "@",
        "!",
        "nobody",
        "@nobody@forum.example",
        "!heronann@forum.example",
        "@heronann@far.example",
        "https://far.example/post/1",
        "https://forum.example/",
        "https://forum.example/post/0",
        "https://forum.example/post/99999999999999999999",
        "https://forum.example/post/\u0661",
        "https://forum.example/post/-1",
        "https://forum.example/inbox",
        "https://[forum.example/post/1",
        "https://user@forum.example/post/1",
        "ftp://forum.example/post/1",
    ],
)
def test_what_is_not_here_cannot_be_found(scene: Scene, q: str) -> None:
    for token in (None, scene.token):
        assert scene.resolve(q, token) == (400, "couldnt_find_object")


def test_what_is_gone_is_gone(scene: Scene) -> None:
    _, admin = a_signed_in_person(scene.forum, "boss", admin=True)
    scene.forum.act_now(delete_post, scene.ann.doer, scene.post, deleted=True)
    assert scene.resolve(f"https://forum.example/post/{scene.post}") == (400, "couldnt_find_object")
    for token in (scene.token, admin):
        found = scene.resolve(f"https://forum.example/post/{scene.post}", token)
        assert found == (404, "couldnt_find_object")


def test_who_left_is_gone(scene: Scene) -> None:
    account = scene.forum.read_now(lambda tx: accounts.get_account(tx.conn, scene.ann.account_id))
    assert account
    proof = Proof(account.id, account.password_hash)
    scene.forum.act_now(delete_account, scene.ann, proof, delete_content=False)
    assert scene.resolve("@heronann") == (400, "couldnt_find_object")
