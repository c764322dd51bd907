"""Texts that have broken others, through every page that shows what people wrote."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from urllib.parse import quote

import pytest

from moothall.actions.community import edit_community
from moothall.actions.private_message import create_message
from moothall.actions.removal import remove_post
from moothall.actions.report import report_post
from moothall.actions.settings import save_settings
from moothall.domain.account import SettingsChange
from moothall.domain.community import CommunityChanges
from moothall.domain.errors import ForumError
from moothall.domain.text import storable
from moothall.forum import Forum
from tests.support.builders import (
    a_comment,
    a_community,
    a_person,
    a_post,
    a_signed_in_person,
)
from tests.support.inert import assert_inert, hostile_strings
from tests.support.pages import Browser

_STRINGS = hostile_strings()


def _asked(browser: Browser, address: str, *statuses: int) -> None:
    page = browser.get(address)
    assert page.status in (statuses or (200,)), (address, page.status)
    assert_inert(page.text)


@pytest.mark.parametrize("part", range(4))
def test_what_people_wrote(forum: Forum, part: int) -> None:
    admin, token = a_signed_in_person(forum, "root", admin=True)
    ann = a_person(forum, "ann")
    community = a_community(forum, ann, "cats")
    talk = a_post(forum, ann, community, "Talk")
    for text in _STRINGS[part::4]:
        with suppress(ForumError):  # refused at the door: nothing to read
            a_comment(forum, ann, talk, content=text)
        for title, body, url in _posts_of(text):
            try:
                post = a_post(forum, ann, community, title, body=body, url=url)
            except ForumError:
                continue  # refused at the door: no title, no address
            if body is None:
                forum.act_now(remove_post, admin.doer, post, removed=True, reason=text[:900])
    browser = Browser(forum, session=token)
    for address in ("/", "/c/cats", f"/post/{talk}", "/u/ann", "/u/ann?show=comments", "/modlog"):
        _asked(browser, address)
    for post_id in range(talk, talk + 12):
        _asked(browser, f"/post/{post_id}")


def _posts_of(text: str) -> Iterator[tuple[str, str | None, str | None]]:
    yield text, None, None
    yield "A text", text, None
    yield "A link", None, text


@pytest.mark.parametrize("part", range(4))
def test_what_people_say_of_themselves_and_to_each_other(forum: Forum, part: int) -> None:
    ann, token = a_signed_in_person(forum, "ann")
    bert = a_person(forum, "bert")
    community = a_community(forum, ann, "cats")
    browser = Browser(forum, session=token)
    for raw in _STRINGS[part :: 4 * 5]:
        text = storable(raw)  # as every face does
        post = a_post(forum, bert, community)
        bio, name = SettingsChange(bio=text), SettingsChange(display_name=text)
        told, called = CommunityChanges(description=text), CommunityChanges(title=text)
        attempts: tuple[Callable[[], object], ...] = (
            partial(forum.act_now, save_settings, ann, bio),
            partial(forum.act_now, save_settings, ann, name),
            partial(forum.act_now, edit_community, ann.doer, community, told),
            partial(forum.act_now, edit_community, ann.doer, community, called),
            partial(forum.act_now, create_message, bert.doer, ann.person_id, text),
            partial(forum.act_now, report_post, bert.doer, post, text),
        )
        for attempt in attempts:
            with suppress(ForumError):  # too long, or not printable
                attempt()
        for address in ("/u/ann", "/c/cats", "/communities", "/inbox", "/reports", "/settings"):
            _asked(browser, address)


@pytest.mark.parametrize("part", range(4))
def test_what_stands_in_addresses_and_forms(forum: Forum, part: int) -> None:
    _, token = a_signed_in_person(forum, "ann")
    browser = Browser(forum, session=token)
    stranger = Browser(forum)
    for text in _STRINGS[part::16]:
        word = quote(text, errors="replace")[:1500]
        _asked(browser, f"/search?q={word}")
        _asked(browser, f"/create_post?title={word}&body={word}&url={word}&community={word}")
        _asked(browser, f"/c/{quote(text, safe='', errors='replace')[:500]}", 404)
        _asked(browser, f"/?after={word}", 200, 400)
        _asked(stranger, f"/login?next={word}&name={word}")
        form = stranger.get("/signup").form("/signup")
        page = stranger.submit(
            form, name=text.encode("utf-8", "replace"), password="x", password_again="y"
        )
        assert page.status in (400, 403), page.status
        assert_inert(page.text)
        page = browser.submit(browser.get("/").form("/act"), do=word, back=word)
        assert page.status == 400
