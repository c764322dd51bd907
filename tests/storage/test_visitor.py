"""Who asks together with what waits: the same as both asked one after the other."""

from typing import Any

import pytest

from moothall.actions.comment import delete_comment
from moothall.actions.private_message import create_message
from moothall.actions.report import (
    report_comment,
    report_post,
    report_private_message,
    resolve_post_report,
)
from moothall.actions.user import block_person, create_account
from moothall.domain.ids import ReportId
from moothall.domain.notification import Duties, UnreadCounts
from moothall.forum import Forum
from moothall.lib.tokens import hash_token
from moothall.reads.application import count_applications
from moothall.reads.notification import count_unread
from moothall.reads.report import count_reports
from moothall.reads.user import viewer_by_token_hash, visitor_by_token_hash
from moothall.storage import account as accounts
from moothall.storage.application import add_application
from moothall.storage.community import update_community
from moothall.storage.session import delete_session
from moothall.storage.site import update_site
from moothall.storage.transaction import Transaction
from moothall.storage.visitor import _BY_TOKEN
from tests.storage.test_comment_list import plan, reads_whole
from tests.support.builders import (
    PASSWORD_HASH,
    a_comment,
    a_community,
    a_person,
    a_post,
    a_signed_in_person,
)
from tests.support.town import Town, a_town


class Hall:
    """Ann is told of two answers, a mention and a message."""

    def __init__(self, forum: Forum, *, admin: bool) -> None:
        self.forum = forum
        self.ann, self.token = a_signed_in_person(forum, "ann", admin=admin)
        self.bob = a_person(forum, "bob")
        self.community = a_community(forum, self.bob, "place")
        post = a_post(forum, self.ann, self.community)
        self.answer = a_comment(forum, self.bob, post)
        a_comment(forum, self.bob, post, content="Another")
        elsewhere = a_post(forum, self.bob, self.community)
        a_comment(forum, self.bob, elsewhere, content="See @ann@forum.example")
        forum.act_now(create_message, self.bob.doer, self.ann.person_id, "psst")

    def unread(self) -> UnreadCounts:
        """What the one statement says, if both others say the same."""
        token_hash = hash_token(self.token).hex()
        viewer = self.forum.read_now(viewer_by_token_hash, token_hash)
        assert viewer is not None
        counts = self.forum.read_now(count_unread, viewer)
        found = self.forum.read_now(visitor_by_token_hash, token_hash)
        assert found is not None
        assert found[:2] == (viewer, counts)
        return counts


def _set_bob(tx: Any, bob: Any) -> None:
    accounts.update_person(tx.conn, bob.person_id, bot=True)


@pytest.mark.parametrize("admin", [False, True])
def test_visitors_are_known_with_what_waits(forum: Forum, admin: bool) -> None:
    hall = Hall(forum, admin=admin)
    assert hall.unread() == UnreadCounts(2, 1, 1)
    forum.act_now(delete_comment, hall.bob.doer, hall.answer, deleted=True)
    assert hall.unread() == UnreadCounts(1, 1, 1)
    # The answer stands under a post of hers, which she still sees; the mention does not.
    forum.act_now(lambda tx: update_community(tx.conn, hall.community, removed=True))
    assert hall.unread() == UnreadCounts(1, int(admin), 1)
    forum.act_now(block_person, hall.ann, hall.bob.person_id, block=True)
    assert hall.unread() == UnreadCounts(0, 0, 0)


def test_bots_are_counted_for_who_wants_them(forum: Forum) -> None:
    hall = Hall(forum, admin=False)
    forum.act_now(_set_bob, hall.bob)
    assert hall.unread() == UnreadCounts(2, 1, 1)
    shown = {"show_bot_accounts": False}
    forum.act_now(lambda tx: accounts.update_account(tx.conn, hall.ann.account_id, **shown))
    assert hall.unread() == UnreadCounts(0, 0, 1)


def test_strangers_are_nobody(forum: Forum) -> None:
    hall = Hall(forum, admin=False)
    assert forum.read_now(visitor_by_token_hash, hash_token("other").hex()) is None
    forum.act_now(lambda tx: delete_session(tx.conn, hall.ann.account_id, hall.ann.session_id))
    assert forum.read_now(visitor_by_token_hash, hash_token(hall.token).hex()) is None


def test_nothing_is_read_whole(forum: Forum) -> None:
    lines = plan(forum, _BY_TOKEN)
    large = ("notification", "private_message", "session", "report", "registration_application")
    assert not any(map(reads_whole, lines)), lines
    assert not any(line.split()[:2] == ["SCAN", name] for line in lines for name in large), lines


def _duties(town: Town, name: str) -> Duties:
    """What the one statement says, if the queues themselves say the same."""
    viewer, token_hash = town.people[name], hash_token(town.tokens[name]).hex()
    found = town.forum.read_now(visitor_by_token_hash, token_hash)
    assert found is not None
    if viewer.is_admin or viewer.moderates:
        counts = town.forum.read_now(count_reports, viewer)
        assert found.duties.reports == sum(number or 0 for number in counts)
    if viewer.is_admin:
        assert found.duties.applications == town.forum.read_now(count_applications, viewer)
    return found.duties


def _apply(tx: Transaction, name: str) -> None:
    account_id = create_account(tx, name, PASSWORD_HASH, accepted_application=False)
    add_application(tx.conn, account_id, "Because.", tx.now)


def test_who_decides_is_told_what_waits(forum: Forum) -> None:
    town = a_town(forum)
    assert _duties(town, "admin") == Duties(0, 0)
    user = town.people["user"].doer
    for post_id in (town.post(), town.post()):
        forum.act_now(report_post, user, post_id, "rude")
    forum.act_now(report_comment, user, town.comment(), "rude")
    forum.act_now(report_private_message, user, town.message("author", "user"), "rude")
    forum.act_now(_apply, "asks")
    assert _duties(town, "admin") == Duties(4, 1)
    assert _duties(town, "mod") == Duties(3, 0)
    assert _duties(town, "elsewhere") == Duties(0, 0)
    assert _duties(town, "author") == Duties(0, 0)
    forum.act_now(resolve_post_report, town.people["mod"].doer, ReportId(1), resolved=True)
    # Where addresses have to be proven, only who has done so waits.
    forum.act_now(lambda tx: update_site(tx.conn, require_email_verification=True))
    assert _duties(town, "admin") == Duties(3, 0)
    assert _duties(town, "mod") == Duties(2, 0)
    # Who is banned from where they moderate has no queue.
    town.ban("mod")
    assert _duties(town, "mod") == Duties(0, 0)
