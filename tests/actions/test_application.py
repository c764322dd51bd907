"""Applications: who decides, who may look, and what a decision does."""

from collections.abc import Callable
from typing import Any

import pytest

from moothall.actions.application import decide_application
from moothall.actions.registration import register
from moothall.domain.account import Device, Registration
from moothall.domain.errors import ForumError, NotAllowed, NotFound, NotSignedIn
from moothall.domain.ids import ApplicationId
from moothall.domain.user import RegistrationApplicationView, Viewer
from moothall.forum import Forum
from moothall.reads.application import count_applications, get_application, list_applications
from moothall.storage import account as accounts
from moothall.storage.session import list_sessions
from moothall.storage.site import update_site
from tests.support.builders import PASSWORD, PASSWORD_HASH, a_person
from tests.support.mailbox import mails


def apply_to(forum: Forum, name: str, **fields: Any) -> ApplicationId:
    """Somebody registers on a site that asks for applications; returns theirs."""
    forum.act_now(lambda tx: update_site(tx.conn, registration_mode="RequireApplication"))
    form = Registration(name, PASSWORD, PASSWORD, **{"answer": f"I am {name}.", **fields})
    done = forum.act_now(register, form, PASSWORD_HASH, Device(), captcha_passed=False)
    account = forum.read_now(lambda tx: accounts.get_account(tx.conn, done.account_id))
    assert account is not None
    boss = a_person(forum, f"boss_{name}", admin=True)
    return forum.read_now(get_application, boss, person_id=account.person_id).application.id


def names(views: list[RegistrationApplicationView]) -> list[str]:
    return [view.creator.name for view in views]


def test_an_approved_person_may_come_in(forum: Forum) -> None:
    application = apply_to(forum, "ann", email="ann@mail.example")
    boss = a_person(forum, "boss", admin=True)
    forum.act_now(decide_application, boss.doer, application, approve=True, deny_reason="x")
    view = forum.read_now(get_application, boss, application_id=application)
    assert view.account.accepted_application
    assert (view.application.denied, view.application.deny_reason) == (False, None)
    assert view.admin is not None
    assert view.admin.name == "boss"
    [mail] = mails(forum)
    assert mail["to"] == "ann@mail.example"
    assert "accepted" in mail["text"]


def test_a_denied_person_hears_why_and_is_out(forum: Forum) -> None:
    application = apply_to(forum, "ann", email="ann@mail.example")
    boss = a_person(forum, "boss", admin=True)
    forum.act_now(decide_application, boss.doer, application, approve=True)
    account = forum.read_now(get_application, boss, application_id=application).account
    token = forum.act_now(lambda tx: _open(tx, account.id))
    assert token
    forum.act_now(decide_application, boss.doer, application, approve=False, deny_reason=" Spam. ")
    view = forum.read_now(get_application, boss, application_id=application)
    assert not view.account.accepted_application
    assert view.application.deny_reason == "Spam."
    assert "Spam." in mails(forum)[-1]["text"]
    assert forum.read_now(lambda tx: list_sessions(tx.conn, account.id, 5)) == []


def _open(tx: Any, account_id: Any) -> str:
    from moothall.actions.session import open_session

    return open_session(tx, account_id, Device())


WHO = ["nobody", "somebody", "moderator", "admin"]


def viewer_for(forum: Forum, who: str) -> Viewer | None:
    if who == "nobody":
        return None
    return a_person(forum, who, admin=who == "admin")._replace(moderates=who == "moderator")


@pytest.mark.parametrize("who", WHO)
def test_only_admins_see_and_decide(forum: Forum, who: str) -> None:
    application = apply_to(forum, "ann")
    viewer = viewer_for(forum, who)
    tries: list[Callable[[], Any]] = [
        lambda: forum.read_now(list_applications, viewer, unread_only=True, limit=10, page=1),
        lambda: forum.read_now(count_applications, viewer),
        lambda: forum.read_now(get_application, viewer, application_id=application),
    ]
    if viewer is not None:
        doer = viewer.doer
        tries.append(lambda: forum.act_now(decide_application, doer, application, approve=True))
    for attempt in tries:
        if who == "admin":
            attempt()
            continue
        with pytest.raises(ForumError) as refused:
            attempt()
        assert isinstance(refused.value, NotSignedIn if viewer is None else NotAllowed)


def test_who_waits_longest_comes_first(forum: Forum) -> None:
    first, second = apply_to(forum, "ann"), apply_to(forum, "bob")
    apply_to(forum, "eve")
    boss = a_person(forum, "boss", admin=True)
    forum.act_now(decide_application, boss.doer, second, approve=False)

    def listed(**fields: Any) -> list[str]:
        query = {"unread_only": False, "limit": 10, "page": 1, **fields}
        return names(forum.read_now(list_applications, boss, **query))

    assert listed() == ["eve", "bob", "ann"]
    assert listed(unread_only=True) == ["ann", "eve"]
    assert listed(limit=2, page=2) == ["ann"]
    assert forum.read_now(count_applications, boss) == 2
    forum.act_now(decide_application, boss.doer, first, approve=True)
    assert forum.read_now(count_applications, boss) == 1


def test_unproven_applicants_are_not_shown(forum: Forum) -> None:
    apply_to(forum, "ann")
    boss = a_person(forum, "boss", admin=True)
    forum.act_now(lambda tx: update_site(tx.conn, require_email_verification=True))
    listed = forum.read_now(list_applications, boss, unread_only=True, limit=10, page=1)
    assert listed == []
    assert forum.read_now(count_applications, boss) == 0


def test_what_is_not_there_is_not_decided(forum: Forum) -> None:
    boss = a_person(forum, "boss", admin=True)
    with pytest.raises(NotFound, match="couldnt_find_registration_application"):
        forum.act_now(decide_application, boss.doer, ApplicationId(99), approve=True)
    with pytest.raises(NotFound, match="couldnt_find_registration_application"):
        forum.read_now(get_application, boss, person_id=boss.person_id)


def test_a_reason_has_a_length(forum: Forum) -> None:
    application = apply_to(forum, "ann")
    boss = a_person(forum, "boss", admin=True)
    with pytest.raises(ForumError, match="invalid_body_field"):
        forum.act_now(
            decide_application, boss.doer, application, approve=False, deny_reason="x" * 1001
        )
