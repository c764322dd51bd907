"""A session that ends while somebody writes: nothing is done, and nothing of the text is lost."""

import pytest

from moothall.actions.private_message import create_message
from moothall.domain.ids import CommunityId, PostId
from moothall.forum import Forum
from moothall.web.build import all_routes
from moothall.web.interrupted import is_kept
from tests.support.builders import (
    PASSWORD,
    a_comment,
    a_community,
    a_person,
    a_post,
    a_signed_in_person,
)
from tests.support.inert import assert_inert
from tests.support.pages import Browser, Page, PageForm

TEXT = "Long thoughts,\nin two lines: <b>&\"'</b> and ü 🌱"
# Where something is written, and the field with the text.
FORMS = {
    "/post/1/reply": "content",
    "/comment/1/reply": "content",
    "/comment/1/edit": "content",
    "/create_post": "body",
    "/post/1/edit": "body",
    "/create_community": "description",
    "/c/cats/edit": "description",
    "/u/bert/message": "content",
    "/post/2/report": "reason",
    "/settings": "bio",
}


@pytest.fixture
def ann(forum: Forum) -> Browser:
    """The browser of `ann`, who has written all that can be edited here; `bert` wrote post 2."""
    viewer, token = a_signed_in_person(forum, "ann")
    bert = a_person(forum, "bert")
    a_community(forum, viewer, "cats")
    a_post(forum, viewer, CommunityId(1), "A post")
    a_post(forum, bert, CommunityId(1), "Another post")
    a_comment(forum, viewer, PostId(1), content="A comment")
    forum.act_now(create_message, bert.doer, viewer.person_id, "Hello")
    return Browser(forum, session=token)


def _log_out_elsewhere(browser: Browser, *, here_too: bool) -> None:
    other = Browser(browser.forum, session=browser.cookies["session"])
    assert other.submit(other.get("/").form("/logout")).status == 303
    if here_too:
        del browser.cookies["session"]


def _send_late(browser: Browser, address: str, text: str, *, here_too: bool) -> Page:
    form = browser.get(address).form(address)
    _log_out_elsewhere(browser, here_too=here_too)
    return browser.submit(form, **{FORMS[address]: text})


@pytest.mark.parametrize("here_too", [False, True], ids=["session ended", "cookie gone"])
@pytest.mark.parametrize("address", FORMS)
def test_a_text_survives_the_log_in(ann: Browser, address: str, here_too: bool) -> None:
    page = _send_late(ann, address, TEXT, here_too=here_too)
    assert page.status == 401
    assert "You have been signed out" in page.text
    assert_inert(page.text)
    page = ann.submit(page.form("/login"), name="ann", password="not the password")
    assert (page.status, "Name or password is not right." in page.text) == (401, True)
    page = ann.submit(page.form("/login"), name="ann", password=PASSWORD)
    assert (page.status, "Your account: ann" in page.text) == (200, True)
    assert "this is what you wrote" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert_inert(page.text)
    assert page.form(address).fields[FORMS[address]] == TEXT


def test_it_is_sent_when_its_author_says_so(ann: Browser) -> None:
    page = _send_late(ann, "/post/1/reply", TEXT, here_too=False)
    page = ann.submit(page.form("/login"), name="ann", password=PASSWORD)
    assert "Long thoughts" not in ann.get("/post/1").text
    assert ann.submit(page.form("/post/1/reply")).status == 303
    assert "Long thoughts" in ann.get("/post/1").text


def test_a_long_text_in_another_script_fits(ann: Browser) -> None:
    page = _send_late(ann, "/create_post", "庭" * 50_000, here_too=False)
    page = ann.submit(page.form("/login"), name="ann", password=PASSWORD)
    assert page.form("/create_post").fields["body"] == "庭" * 50_000


def test_somebody_else_may_log_in_but_not_change_what_is_not_theirs(ann: Browser) -> None:
    page = _send_late(ann, "/comment/1/edit", TEXT, here_too=False)
    page = ann.submit(page.form("/login"), name="bert", password=PASSWORD)
    refused = [page, *(ann.submit(each) for each in page.forms() if each.action.endswith("edit"))]
    assert refused[-1].status == 403
    assert "Long thoughts" not in ann.get("/post/1").text


@pytest.mark.parametrize("here_too", [False, True])
def test_a_button_asks_for_the_log_in_and_leads_back(ann: Browser, here_too: bool) -> None:
    form = ann.get("/post/1").form("/act")
    _log_out_elsewhere(ann, here_too=here_too)
    page = ann.submit(form, do="save:post:1:1")
    assert page.status == 401
    assert "You have been signed out" in page.text
    assert 'href="/login?next=%2Fpost%2F1"' in page.text


def test_passwords_do_not_go_along(ann: Browser) -> None:
    form = ann.get("/settings/safety").form("/settings/safety")
    _log_out_elsewhere(ann, here_too=False)
    page = ann.submit(form, old=PASSWORD, new="a new password", new_again="a new password")
    assert page.status == 401
    assert PASSWORD not in page.text
    assert "a new password" not in page.text


@pytest.mark.parametrize(
    "kept",
    [
        "nonsense",
        "[]",
        '{"address":"/act","fields":[]}',
        '{"address":"/nowhere","fields":[]}',
        '{"address":"https://evil.example/","fields":[["content","x"]]}',
        '{"address":"/settings/leave","fields":[["password","x"]]}',
    ],
)
def test_a_made_up_form_is_not_shown(ann: Browser, kept: str) -> None:
    stranger = Browser(ann.forum)
    login = stranger.get("/login").form("/login")
    fields = {**login.fields, "kept": kept, "name": "ann", "password": PASSWORD}
    page = stranger.submit(PageForm("post", "/login", fields))
    assert (page.status, page.headers["location"]) == (303, "/")
    assert "Your account: ann" in stranger.get("/").text


def test_who_is_signed_in_keeps_an_old_form_as_before(ann: Browser) -> None:
    form = ann.get("/post/1/reply").form("/post/1/reply")
    page = ann.submit(form, content=TEXT, csrf="0" * 64)
    assert page.status == 403
    assert "open for long" in page.text
    assert page.form("/post/1/reply").fields["content"] == TEXT


def test_no_form_that_goes_along_has_a_secret_in_it() -> None:
    secrets = {"password", "password_again", "old", "new", "new_again", "code", "token", "captcha"}
    carried = [route for route in all_routes() if route.method == "POST" and is_kept(route)]
    assert {route.path for route in carried} >= {"/create_post", "/u/{name}/message"}
    for route in carried:
        assert secrets.isdisjoint(route.form.__struct_fields__), route.path
