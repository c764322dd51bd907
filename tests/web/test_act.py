"""Small acts: each button changes something, and none works for whoever may not."""

import json
from typing import Any

import pytest

from moothall.domain.ids import CommunityId, PostId
from moothall.forum import Forum
from tests.support.builders import a_comment, a_community, a_person, a_post, a_signed_in_person
from tests.support.pages import Browser, Page


@pytest.fixture
def tokens(forum: Forum) -> dict[str, str]:
    """Who is there: `ann` moderates, `bert` wrote, `cleo` reads, `root` runs the site."""
    ann, ann_token = a_signed_in_person(forum, "ann")
    bert, bert_token = a_signed_in_person(forum, "bert")
    cleo_token = a_signed_in_person(forum, "cleo")[1]
    root_token = a_signed_in_person(forum, "root", admin=True)[1]
    a_community(forum, ann, "cats")
    a_post(forum, bert, CommunityId(1), "A post")
    a_comment(forum, bert, PostId(1), content="A comment")
    a_comment(forum, ann, PostId(1), content="Of a moderator")
    return {"ann": ann_token, "bert": bert_token, "cleo": cleo_token, "root": root_token}


def _press(forum: Forum, token: str, do: str, **headers: str) -> tuple[Browser, Page]:
    browser = Browser(forum, session=token)
    form = browser.get("/post/1").form("/act")
    return browser, browser.post("/act", {**form.fields, "do": do}, **headers)


@pytest.mark.parametrize(
    "who, do, address, shown",
    [
        ("cleo", "vote:post:1:1", "/post/1", 'data-vote="post:1" data-mine="1"'),
        ("cleo", "vote:post:1:-1", "/post/1", 'data-vote="post:1" data-mine="-1"'),
        ("cleo", "vote:comment:1:1", "/post/1", 'data-vote="comment:1" data-mine="1"'),
        ("cleo", "save:post:1:1", "/saved", "A post"),
        ("cleo", "save:comment:1:1", "/saved?show=comments", "A comment"),
        ("cleo", "hide:post:1:1", "/", "It is quiet here"),
        ("cleo", "follow:community:1:1", "/c/cats", "Subscribed"),
        ("cleo", "block:community:1:1", "/settings/blocks", "cats"),
        ("cleo", "block:person:2:1", "/settings/blocks", "bert"),
        ("bert", "delete:post:1:1", "/post/1", "deleted by its author"),
        ("bert", "delete:comment:1:1", "/post/1", "Deleted by its author."),
        ("ann", "lock:post:1:1", "/post/1", ">locked<"),
        ("ann", "feature:post:1:1", "/post/1", ">pinned<"),
        ("root", "feature_local:post:1:1", "/post/1", ">pinned<"),
        ("ann", "distinguish:comment:2:1", "/post/1", ">moderator<"),
    ],
)
def test_a_button_does_what_it_says(
    forum: Forum, tokens: dict[str, str], who: str, do: str, address: str, shown: str
) -> None:
    browser, page = _press(forum, tokens[who], do)
    assert (page.status, page.headers["location"].partition("#")[0]) == (303, "/post/1")
    assert shown in browser.get(address).text


@pytest.mark.parametrize(
    "who, do, status",
    [
        ("cleo", "delete:post:1:1", 403),
        ("cleo", "delete:comment:1:1", 403),
        ("cleo", "lock:post:1:1", 403),
        ("cleo", "feature:post:1:1", 403),
        ("ann", "feature_local:post:1:1", 403),
        ("bert", "distinguish:comment:1:1", 403),
        ("cleo", "resolve:post_report:1:1", 404),
        ("cleo", "read:reply:1:1", 404),
        ("cleo", "vote:post:99:1", 404),
        ("cleo", "block:person:3:1", 400),
        ("cleo", "vote:post:1:2", 400),
        ("cleo", "vote:person:1:1", 400),
        ("cleo", "vote:post:x:1", 400),
        ("cleo", "vote:post:99999999999999999999:1", 400),
        ("cleo", "", 400),
    ],
)
def test_a_button_refuses_whoever_may_not(
    forum: Forum, tokens: dict[str, str], who: str, do: str, status: int
) -> None:
    assert _press(forum, tokens[who], do)[1].status == status


def test_a_script_is_told_what_came_of_it(forum: Forum, tokens: dict[str, str]) -> None:
    _, page = _press(forum, tokens["cleo"], "vote:post:1:1", accept="application/json")
    told: dict[str, Any] = json.loads(page.text)
    assert told == {"vote": {"what": "post:1", "mine": 1, "score": "2", "title": "2 up, 0 down"}}
    _, page = _press(forum, tokens["cleo"], "lock:post:1:1", accept="application/json")
    assert page.status == 403
    assert json.loads(page.text) == {"error": "Only moderators of this community can do this."}


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x", "/a\nb"]
)
def test_nobody_is_led_elsewhere(forum: Forum, tokens: dict[str, str], back: str) -> None:
    browser = Browser(forum, session=tokens["cleo"])
    form = browser.get("/post/1").form("/act")
    page = browser.submit(form, do="save:post:1:1", back=back)
    assert page.headers["location"] == "/"


def test_strangers_have_no_buttons(forum: Forum) -> None:
    a_community(forum, a_person(forum, "ann"), "cats")
    page = Browser(forum).get("/c/cats")
    assert page.forms() == []
