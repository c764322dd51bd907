"""Pages of posts: lists, one post, writing, changing; what each refuses."""

import pytest

from moothall.actions.community import follow_community
from moothall.domain.community import Visibility
from moothall.domain.time import HOUR
from moothall.forum import Forum
from moothall.storage.site import update_site
from tests.support.builders import a_comment, a_community, a_person, a_post, a_signed_in_person
from tests.support.clock import Clock
from tests.support.pages import Browser, Page


def _order(page: Page, *titles: str) -> list[str]:
    return sorted((each for each in titles if each in page.text), key=page.text.index)


@pytest.fixture
def filled(forum: Forum) -> Forum:
    """A forum with a community and two posts."""
    ann = a_person(forum, "ann")
    cats = a_community(forum, ann, "cats")
    a_post(forum, ann, cats, "First post", body="With **words**")
    a_post(forum, ann, cats, "Second post", url="https://example.org/page")
    return forum


def test_the_front_page_lists_posts_in_the_order_asked_for(filled: Forum) -> None:
    browser = Browser(filled)
    assert _order(browser.get("/?sort=New"), "First post", "Second post")[0] == "Second post"
    assert _order(browser.get("/?sort=Old"), "First post", "Second post")[0] == "First post"


def test_following_the_link_to_the_next_page_shows_every_post_once(forum: Forum) -> None:
    ann = a_person(forum, "ann")
    cats = a_community(forum, ann, "cats")
    for number in range(45):
        a_post(forum, ann, cats, f"Post number {number:02}")
    browser = Browser(forum)
    address, seen = "/?sort=New", []
    while address:
        page = browser.get(address)
        seen += [part[:2] for part in page.text.split(">Post number ")[1:]]
        _, _, rest = page.text.partition('rel="next" href="')
        address = rest.partition('"')[0].replace("&amp;", "&")
    assert seen == [f"{number:02}" for number in reversed(range(45))]


def test_the_last_page_leads_nowhere(forum: Forum) -> None:
    ann = a_person(forum, "ann")
    cats = a_community(forum, ann, "cats")
    for number in range(20):
        a_comment(forum, ann, a_post(forum, ann, cats, f"Post number {number}"))
    browser = Browser(forum)
    full = ("/", "/c/cats", "/u/ann", "/u/ann?show=comments")
    assert not any('rel="next"' in browser.get(address).text for address in full)
    a_comment(forum, ann, a_post(forum, ann, cats, "One more"))
    for address in full:
        page = browser.get(address)
        assert page.text.count('rel="next"') == 1
        _, _, rest = page.text.partition('rel="next" href="')
        last = browser.get(rest.partition('"')[0].replace("&amp;", "&"))
        assert last.status == 200
        assert 'rel="next"' not in last.text


def test_subscribed_lists_only_what_is_followed(filled: Forum) -> None:
    _, token = a_signed_in_person(filled, "bert")
    browser = Browser(filled, session=token)
    assert "First post" not in browser.get("/?listing=Subscribed").text
    page = browser.get("/c/cats")
    assert "Subscribe" in page.text
    browser.submit(page.form("/act"), do="follow:community:1:1")
    assert "First post" in browser.get("/?listing=Subscribed").text


def test_an_empty_forum_invites(forum: Forum) -> None:
    assert "It is quiet here" in Browser(forum).get("/").text


def test_a_post_shows_its_text_its_link_and_the_tree_of_comments(filled: Forum) -> None:
    bert = a_person(filled, "bert")
    first = a_comment(filled, bert, 1, content="The *first* answer")  # type: ignore[arg-type]
    a_comment(filled, bert, 1, first, "An answer to it")  # type: ignore[arg-type]
    page = Browser(filled).get("/post/1")
    assert "<strong>words</strong>" in page.text
    assert "<em>first</em>" in page.text
    assert page.text.index("The <em>") < page.text.index("An answer to it")
    link = Browser(filled).get("/post/2").text
    assert 'href="https://example.org/page" rel="nofollow noopener ugc"' in link


def test_a_missing_post_and_one_in_a_local_community_are_not_shown(forum: Forum) -> None:
    ann, token = a_signed_in_person(forum, "ann")
    hidden = a_community(forum, ann, "inner", visibility=Visibility.LOCAL_ONLY)
    post = a_post(forum, ann, hidden, "Among us")
    stranger = Browser(forum)
    assert stranger.get("/post/999").status == 404
    assert stranger.get(f"/post/{post}").status == 404
    assert stranger.get("/c/inner").status == 404
    assert Browser(forum, session=token).get(f"/post/{post}").status == 200


def test_opening_a_post_marks_it_as_read(filled: Forum) -> None:
    _, token = a_signed_in_person(filled, "bert")
    browser = Browser(filled, session=token)
    browser.get("/post/1")
    assert isinstance(filled.clock, Clock)
    filled.clock.advance(HOUR)
    cleo = a_person(filled, "cleo")
    a_comment(filled, cleo, 1)  # type: ignore[arg-type]
    assert "1 new" in browser.get("/c/cats").text


def test_writing_a_post(filled: Forum) -> None:
    _, token = a_signed_in_person(filled, "bert")
    browser = Browser(filled, session=token)
    form = browser.get("/create_post?community=cats").form("/create_post")
    assert form.fields["community"] == "cats"
    page = browser.submit(form, title="My post", body="Some text", language="37")
    assert page.status == 303
    assert "My post" in browser.follow(page).text


@pytest.mark.parametrize(
    "fields, reason",
    [
        ({"title": "x"}, "A title has 3 to 200"),
        ({"community": "nowhere"}, "no such community"),
        ({"community": ""}, "in which community"),
        ({"url": "javascript:alert(1)"}, "must begin with http"),
        ({"body": "x" * 50_001}, "too long"),
    ],
)
def test_a_refused_post_is_shown_again_with_the_reason(
    filled: Forum, fields: dict[str, str], reason: str
) -> None:
    _, token = a_signed_in_person(filled, "bert")
    browser = Browser(filled, session=token)
    form = browser.get("/create_post").form("/create_post")
    given = {"community": "cats", "title": "My post", "body": "Kept", **fields}
    page = browser.submit(form, **given)
    assert page.status in (400, 404)
    assert reason in page.text
    shown = page.form("/create_post").fields
    assert {name: shown[name] for name in given} == given


def test_a_cross_post_begins_with_what_the_other_says(filled: Forum) -> None:
    _, token = a_signed_in_person(filled, "bert")
    form = Browser(filled, session=token).get("/create_post?cross_post=1").form("/create_post")
    assert form.fields["title"] == "First post"
    assert form.fields["body"].endswith("> With **words**")
    assert "https://forum.example/post/1" in form.fields["body"]


def test_only_the_author_changes_a_post(filled: Forum) -> None:
    _, token = a_signed_in_person(filled, "bert")
    browser = Browser(filled, session=token)
    new = browser.get("/create_post?community=cats").form("/create_post")
    address = browser.submit(new, title="Mine").headers["location"]
    form = browser.get(f"{address}/edit").form(f"{address}/edit")
    assert form.fields["title"] == "Mine"
    assert browser.submit(form, title="Mine, changed").status == 303
    assert "Mine, changed" in browser.get(address).text
    for page in (
        browser.get("/post/1/edit"),
        browser.post("/post/1/edit", {**form.fields, "title": "Taken over"}),
    ):
        assert page.status == 403
        assert "Only its author" in page.text
    assert "Taken over" not in browser.get("/post/1").text


def test_a_community_without_a_host_is_the_one_of_this_server(filled: Forum) -> None:
    page = Browser(filled).get("/c/cats@forum.example")
    assert (page.status, page.headers["location"]) == (301, "/c/cats")


def test_downvotes_can_be_off(filled: Forum) -> None:
    _, token = a_signed_in_person(filled, "bert")
    browser = Browser(filled, session=token)
    assert 'aria-label="Downvote"' in browser.get("/").text
    filled.act_now(lambda tx: update_site(tx.conn, enable_downvotes=False))
    assert 'aria-label="Downvote"' not in browser.get("/").text


def test_following_from_elsewhere_is_seen(filled: Forum) -> None:
    bert, token = a_signed_in_person(filled, "bert")
    filled.act_now(follow_community, bert.doer, 1, follow=True)  # type: ignore[arg-type]
    assert "Subscribed" in Browser(filled, session=token).get("/c/cats").text
