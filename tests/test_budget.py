"""What a request may cost in statements, whoever asks, through pages and the API.

A page of one who is signed in begins with one statement that says who they are and what waits for
them; an answer of the API with one that says who they are.
"""

from typing import Any

import pytest

from moothall.actions.community import follow_community
from moothall.domain.ids import PostId
from moothall.forum import Forum
from tests.support.api import ApiClient
from tests.support.builders import a_comment, a_community, a_person, a_post, a_signed_in_person
from tests.support.pages import Browser
from tests.support.statements import Counter

LINK = "https://news.example/story"


@pytest.fixture
def town(forum: Forum) -> str:
    """Two lists long enough for a second page; the token of somebody who moderates one."""
    ann, token = a_signed_in_person(forum, "ann")
    bob = a_person(forum, "bob")
    place, other = a_community(forum, ann, "place"), a_community(forum, bob, "other")
    forum.act_now(follow_community, ann.doer, other, follow=True)
    for number in range(24):
        a_post(forum, bob, place, f"Post {number}", url=LINK)
    a_post(forum, bob, other, "Elsewhere", url=LINK)
    comment = a_comment(forum, ann, PostId(1), content="A word")
    for number in range(4):
        a_comment(forum, bob, PostId(1), comment, content=f"Answer {number} to @ann")
    return token


# Path, and how many statements it may cost for a stranger and for one who is signed in.
PAGES = [
    ("/", 1, 2),
    ("/?listing=Local&sort=New", 1, 2),
    ("/?listing=Subscribed", 1, 2),
    ("/c/place", 2, 3),
    ("/c/place?sort=TopDay", 3, 4),
    ("/post/1", 2, 3),
    ("/post/1?sort=Controversial", 2, 3),
    ("/comment/2", 5, 6),
    ("/u/ann", 4, 6),
    ("/search?q=word", 13, 14),
    ("/inbox", 0, 6),
]
CALLS = [
    ("/post/list", {}, 1, 2),
    ("/post/list", {"community_id": 1, "sort": "New"}, 1, 2),
    ("/post/list", {"community_name": "place"}, 2, 3),
    ("/post/list", {"type_": "Subscribed"}, 1, 2),
    ("/community", {"name": "place"}, 2, 3),
    ("/post", {"id": 1}, 2, 3),
    ("/comment/list", {"post_id": 1, "max_depth": 8}, 2, 3),
    ("/comment/list", {"post_id": 1}, 2, 3),
    ("/comment/list", {"parent_id": 1, "max_depth": 8}, 2, 3),
    ("/comment/list", {"type_": "All"}, 3, 4),
    ("/user", {"username": "ann"}, 6, 7),
    ("/search", {"q": "word"}, 10, 11),
    ("/user/replies", {}, 0, 4),
    ("/user/unread_count", {}, 0, 2),
]


@pytest.mark.parametrize(("path", "stranger", "member"), PAGES)
def test_pages_keep_within_their_budget(
    forum: Forum,
    town: str,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    stranger: int,
    member: int,
) -> None:
    counter = Counter(forum, monkeypatch)
    for token, ceiling in ((None, stranger), (town, member)):
        if ceiling:
            browser = Browser(forum, session=token)
            assert browser.get(path).status == 200
            asked = counter.statements_of(lambda browser=browser: browser.get(path))  # type: ignore[misc]
            assert len(asked) <= ceiling, (token and "member", len(asked), asked)


@pytest.mark.parametrize(("path", "query", "stranger", "member"), CALLS)
def test_calls_keep_within_their_budget(
    forum: Forum,
    town: str,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    query: dict[str, Any],
    stranger: int,
    member: int,
) -> None:
    counter = Counter(forum, monkeypatch)
    api = ApiClient(forum)
    for token, ceiling in ((None, stranger), (town, member)):
        if ceiling:
            assert api.get(path, token, **query).status_code == 200
            asked = counter.statements_of(lambda token=token: api.get(path, token, **query))  # type: ignore[misc]
            assert len(asked) <= ceiling, (token and "member", len(asked), asked)


def test_a_vote_is_one_transaction(
    forum: Forum, town: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    api, browser = ApiClient(forum), Browser(forum, session=town)
    csrf = browser.get("/").form("/act").fields["csrf"]
    counter = Counter(forum, monkeypatch)
    calls = (
        lambda: api.post("/post/like", town, post_id=2, score=1),
        lambda: api.post("/comment/like", town, comment_id=2, score=1),
        lambda: browser.post("/act", {"csrf": csrf, "do": "vote:post:2:1", "back": "/"}),
        lambda: browser.post("/act", {"csrf": csrf, "do": "vote:comment:2:1", "back": "/"}),
    )
    for call in calls:
        counter.statements_of(call)
        assert counter.writes == 1


def test_opening_what_is_read_writes_nothing(
    forum: Forum, town: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter(forum, monkeypatch)
    counter.statements_of(lambda: Browser(forum, session=town).get("/post/1"))
    assert counter.writes == 0


def test_a_request_that_asks_too_much_is_noticed(
    forum: Forum, town: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter, api = Counter(forum, monkeypatch), ApiClient(forum)
    one = counter.statements_of(lambda: api.get("/post", town, id=1))
    two = counter.statements_of(
        lambda: (api.get("/post", town, id=1), api.get("/post", town, id=1))
    )
    assert len(two) == 2 * len(one) > 3
