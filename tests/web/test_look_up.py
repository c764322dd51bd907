"""Asking another server from the page that searches."""

import pytest

from moothall.domain.ids import PostId
from moothall.forum import Forum
from tests.support.builders import a_comment, a_community, a_person, a_post, a_signed_in_person
from tests.support.pages import Browser

ASK = "Ask peer.example"


def a_browser(forum: Forum, *, finds: bool = True, signed_in: bool = True) -> Browser:
    """Somebody whose server would bring a community called chess."""
    session = a_signed_in_person(forum, "bob")[1] if signed_in else None

    async def look_up(text: str) -> bool:
        if finds:
            a_community(forum, owner, "chess")
        return finds

    owner = a_person(forum, "owner")
    return Browser(forum, session=session, look_up=look_up)


@pytest.mark.parametrize(
    "words", ["!chess@peer.example", "@ada@peer.example", "https://peer.example/c/chess"]
)
def test_what_may_be_elsewhere_can_be_asked_for(forum: Forum, words: str) -> None:
    browser = a_browser(forum)
    assert ASK in browser.get(f"/search?q={words}").text


@pytest.mark.parametrize(
    "words",
    [
        "chess",
        "chess@peer.example and more",
        "@ada",
        "!chess@forum.example",
        "https://forum.example/c/a",
    ],
)
def test_what_is_no_address_of_others_cannot(forum: Forum, words: str) -> None:
    assert "/look_up" not in a_browser(forum).get(f"/search?q={words}").text


def test_strangers_cannot_send_us_out(forum: Forum) -> None:
    browser = a_browser(forum, signed_in=False)
    assert ASK not in browser.get("/search?q=!chess@peer.example").text


def test_only_who_is_signed_in_may_ask(forum: Forum) -> None:
    browser = a_browser(forum, signed_in=False)
    form = browser.get("/login").form("/login")
    answer = browser.post("/look_up", {"q": "!chess@forum.example", "csrf": form.fields["csrf"]})
    assert answer.status == 401
    assert browser.get("/c/chess").status == 404


def test_without_other_servers_nothing_is_offered(forum: Forum) -> None:
    browser = Browser(forum, session=a_signed_in_person(forum, "bob")[1])
    assert ASK not in browser.get("/search?q=!chess@peer.example").text


def test_what_was_found_is_opened(forum: Forum) -> None:
    browser = a_browser(forum)
    page = browser.get("/search?q=!chess@peer.example")
    answer = browser.submit(page.form("/look_up"), q="!chess@forum.example")
    assert (answer.status, answer.headers["location"]) == (303, "/c/chess")


def test_what_was_not_found_is_said(forum: Forum) -> None:
    browser = a_browser(forum, finds=False)
    page = browser.get("/search?q=!chess@peer.example")
    answer = browser.submit(page.form("/look_up"))
    assert answer.status == 404
    assert "does not know it" in answer.text
    assert 'value="!chess@peer.example"' in answer.text


@pytest.mark.parametrize("path", ["/c/chess", "/u/owner", "/post/1", "/comment/1"])
def test_an_address_of_ours_leads_there(forum: Forum, path: str) -> None:
    owner = a_person(forum, "owner")
    post_id = a_post(forum, owner, a_community(forum, owner, "chess"))
    a_comment(forum, owner, PostId(post_id))
    stranger = Browser(forum)
    answer = stranger.get(f"/search?q=https://forum.example{path}")
    assert (answer.status, answer.headers.get("location")) == (303, path)
    # Who asks for posts means those that link there.
    assert stranger.get(f"/search?q=https://forum.example{path}&kind=Posts").status == 200


@pytest.mark.parametrize("path", ["/post/99", "/c/nothing", "/communities", "/comment/x", ""])
def test_an_address_of_nothing_is_searched_for(forum: Forum, path: str) -> None:
    answer = Browser(forum).get(f"/search?q=https://forum.example{path}")
    assert (answer.status, "Nothing found" in answer.text) == (200, True)
