"""Inbox, messages, profiles, communities, search: what they show and what they refuse."""

import pytest

from moothall.domain.ids import CommunityId, PostId
from moothall.forum import Forum
from tests.support.builders import a_comment, a_community, a_person, a_post, a_signed_in_person
from tests.support.pages import Browser


@pytest.fixture
def ann(forum: Forum) -> Browser:
    """The browser of `ann`, whose post `bert` has answered."""
    viewer, token = a_signed_in_person(forum, "ann", display_name="Ann A.")
    a_community(forum, viewer, "cats", description="About *cats*")
    a_post(forum, viewer, CommunityId(1), "Sowing beans")
    a_comment(forum, a_person(forum, "bert"), PostId(1), content="Wait for the spring")
    return Browser(forum, session=token)


def test_an_answer_waits_in_the_inbox_until_it_is_read(ann: Browser) -> None:
    assert '1<span class="hidden"> unread' in ann.get("/").text
    page = ann.get("/inbox")
    assert "Wait for the spring" in page.text
    assert ann.submit(page.form("/inbox/read")).status == 303
    assert "unread</span>" not in ann.get("/").text
    assert "Wait for the spring" not in ann.get("/inbox?unread=true").text
    assert "Wait for the spring" in ann.get("/inbox").text


def test_a_profile(forum: Forum, ann: Browser) -> None:
    page = Browser(forum).get("/u/ann")
    assert "Ann A." in page.text
    assert "Sowing beans" in page.text
    assert "Wait for the spring" in Browser(forum).get("/u/bert?show=comments").text
    assert Browser(forum).get("/u/nobody").status == 404
    moved = Browser(forum).get("/u/ann@forum.example")
    assert (moved.status, moved.headers["location"]) == (301, "/u/ann")


def test_founding_a_community(ann: Browser) -> None:
    form = ann.get("/create_community").form("/create_community")
    page = ann.submit(form, community_name="dogs", title="All dogs", description="Be *kind*")
    assert page.headers["location"] == "/c/dogs"
    assert "<em>kind</em>" in ann.follow(page).text
    again = ann.submit(form, community_name="dogs", title="All dogs")
    assert again.status == 409
    assert "exists already" in again.text
    assert again.form("/create_community").fields["title"] == "All dogs"


def test_only_the_team_changes_a_community(forum: Forum, ann: Browser) -> None:
    form = ann.get("/c/cats/edit").form("/c/cats/edit")
    assert form.fields["description"] == "About *cats*"
    assert ann.submit(form, title="Cats of all kinds").status == 303
    assert "Cats of all kinds" in ann.get("/c/cats").text
    cleo = Browser(forum, session=a_signed_in_person(forum, "cleo")[1])
    assert cleo.get("/c/cats/edit").status == 403
    page = cleo.submit(form, title="Mine", csrf=cleo.get("/").form("/act").fields["csrf"])
    assert page.status == 403
    assert "<h1>Mine" not in ann.get("/c/cats").text


@pytest.mark.parametrize(
    "query, shown",
    [
        ("q=beans", "Sowing beans"),
        ("q=spring&kind=Comments", "Wait for the"),
        ("q=cats&kind=Communities", "Cats"),
        ("q=ann&kind=Users", "Ann A."),
        ("q=beans&community=cats", "Sowing beans"),
    ],
)
def test_searching(forum: Forum, ann: Browser, query: str, shown: str) -> None:
    assert shown in Browser(forum).get(f"/search?{query}").text


def test_searching_in_vain(forum: Forum, ann: Browser) -> None:
    assert "Nothing found" in ann.get("/search?q=unheardof").text
    assert ann.get("/search?q=x&community=nowhere").status == 404
    assert "Nothing found" not in ann.get("/search").text


def test_the_directory(forum: Forum, ann: Browser) -> None:
    assert "Cats" in Browser(forum).get("/communities").text
    assert "No communities" in Browser(forum).get("/communities?page=2").text
