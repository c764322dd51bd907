"""No text that an action is given can break a database, whichever face forgot to look at it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Text, select

from moothall.actions import settings
from moothall.actions.application import decide_application
from moothall.actions.ban import ban_person
from moothall.actions.comment import create_comment, edit_comment
from moothall.actions.community import create_community, edit_community, remove_community
from moothall.actions.emoji import create_emoji
from moothall.actions.post import create_post, edit_post
from moothall.actions.private_message import create_message
from moothall.actions.registration import register
from moothall.actions.removal import remove_post
from moothall.actions.report import report_post
from moothall.actions.session import open_session
from moothall.actions.site_settings import edit_site
from moothall.domain.account import Device, Registration, SettingsChange
from moothall.domain.comment import NewComment
from moothall.domain.community import CommunityChanges, NewCommunity
from moothall.domain.errors import Invalid
from moothall.domain.moderation import Ban
from moothall.domain.post import NewPost, PostEdit
from moothall.domain.site import EmojiFields, SiteChanges
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.storage.application import add_application
from moothall.storage.site import update_site
from moothall.storage.statements import Statement
from moothall.storage.tables import metadata
from moothall.storage.transaction import Transaction
from tests.support.builders import PASSWORD, PASSWORD_HASH
from tests.support.town import Town, a_town

TEXT, STORED = "so\0me wo\0rds", "some words"


@pytest.fixture
def town(forum: Forum) -> Town:
    return a_town(forum)


def _act(work: Callable[..., Any], name: str, *arguments: Any) -> Callable[[Town], Any]:
    """Somebody does something; functions among the arguments are given the town."""

    def act(town: Town) -> Any:
        given = [each(town) if callable(each) else each for each in arguments]
        return town.forum.act_now(work, town.people[name].doer, *given)

    return act


def _apply(tx: Transaction, doer: Any, viewer: Viewer) -> None:
    application = add_application(tx.conn, viewer.account_id, "hello", tx.now)
    decide_application(tx, doer, application, approve=False, deny_reason=TEXT)


def _register(town: Town) -> None:
    update = {"registration_mode": "RequireApplication"}
    town.forum.act_now(lambda tx: update_site(tx.conn, **update))
    form = Registration("newcomer", PASSWORD, PASSWORD, answer=TEXT)
    town.forum.act_now(register, form, PASSWORD_HASH, Device(), captcha_passed=True)


def _save(change: SettingsChange) -> Callable[[Town], Any]:
    return lambda town: town.forum.act_now(settings.save_settings, town.people["user"], change)


def _place(town: Town) -> int:
    return town.community_id


def _site(**changes: Any) -> Callable[[Town], Any]:
    return _act(edit_site, "admin", SiteChanges(**changes))


STORES: dict[str, Callable[[Town], Any]] = {
    "title of a post": _act(create_post, "user", lambda town: NewPost(town.community_id, TEXT)),
    "body of a post": _act(edit_post, "author", Town.post, PostEdit(body=TEXT)),
    "alternative text": _act(
        edit_post, "author", Town.post, PostEdit(url="https://a.example/", alt_text=TEXT)
    ),
    "comment": _act(create_comment, "user", lambda town: NewComment(town.post(), TEXT)),
    "edited comment": _act(edit_comment, "author", Town.comment, TEXT),
    "message": _act(create_message, "user", lambda town: town.id_of("author"), TEXT),
    "title of a community": _act(create_community, "user", NewCommunity("new_one", TEXT)),
    "changed title": _act(edit_community, "top", _place, CommunityChanges(title=TEXT)),
    "description": _act(edit_community, "top", _place, CommunityChanges(description=TEXT)),
    "reason for a removal": lambda town: town.forum.act_now(
        remove_post, town.people["mod"].doer, town.post(), removed=True, reason=TEXT
    ),
    "reason for removing a community": lambda town: town.forum.act_now(
        remove_community, town.people["admin"].doer, town.community_id, removed=True, reason=TEXT
    ),
    "reason for a ban": _act(
        ban_person, "admin", lambda town: town.id_of("user"), Ban(reason=TEXT)
    ),
    "reason for a report": _act(report_post, "user", Town.post, TEXT),
    "reason for a refusal": _act(_apply, "admin", lambda town: town.people["user"]),
    "answer": _register,
    "biography": _save(SettingsChange(bio=TEXT)),
    "name of the site": _site(name=TEXT),
    "description of the site": _site(description=TEXT),
    "sidebar": _site(sidebar=TEXT),
    "legal information": _site(legal_information=TEXT),
    "content warning": _site(content_warning=TEXT),
    "question": _site(application_question=TEXT),
    "tagline": _site(taglines=[TEXT]),
    "slur filter": _site(slur_filter_regex=TEXT),
    "alternative text of an emoji": _act(
        create_emoji, "admin", "smile", EmojiFields("faces", "https://a.example/x", TEXT, [])
    ),
    "keyword": _act(
        create_emoji, "admin", "smile", EmojiFields("faces", "https://a.example/x", "", [TEXT])
    ),
}
REFUSES: dict[str, Callable[[Town], Any]] = {
    "name of a community": _act(create_community, "user", NewCommunity("so\0me", "Title")),
    "shown name": _save(SettingsChange(display_name=TEXT)),
    "address of mail": _save(SettingsChange(email="a\0nn@a.example")),
    "address on Matrix": _save(SettingsChange(matrix_user_id="@a\0nn:a.example")),
    "theme": _save(SettingsChange(theme="da\0rk")),
    "blocked server": _site(blocked_instances=["a\0.example"]),
    "blocked link": _site(blocked_urls=["a\0.example/x"]),
    "program of a session": lambda town: town.forum.act_now(
        open_session, town.people["user"].account_id, Device("::1", TEXT)
    ),
}


def _texts(tx: Transaction) -> set[str]:
    """Every text in every table."""
    found: set[str] = set()
    for table in metadata.tables.values():
        columns = [column for column in table.c if isinstance(column.type, Text)]
        if columns:
            found.update(text for row in tx.conn.all(Statement(select(*columns))) for text in row)
    return found - {None}


@pytest.mark.parametrize("name", STORES)
def test_it_is_stored_without_what_no_database_takes(town: Town, name: str) -> None:
    STORES[name](town)
    texts = town.forum.read_now(_texts)
    assert STORED in texts
    assert not [text for text in texts if "\0" in text]


@pytest.mark.parametrize("name", REFUSES)
def test_it_is_refused(town: Town, name: str) -> None:
    with pytest.raises(Invalid):
        REFUSES[name](town)
