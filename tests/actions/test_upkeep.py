"""Upkeep: ranks fall with time, active people are counted, what is over is forgotten."""

from typing import Any

import pytest
from sqlalchemy import select

from moothall.actions import upkeep
from moothall.actions.application import decide_application
from moothall.actions.session import note_session_use
from moothall.actions.settings import save_settings
from moothall.actions.vote import vote_post
from moothall.background import upkeep_of
from moothall.domain.account import SettingsChange
from moothall.domain.ids import SessionId
from moothall.domain.post import Listing, PostQuery, PostSort
from moothall.domain.ranking import hot_rank
from moothall.domain.time import DAY, HOUR, WEEK, YEAR, Time
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.reads.community import get_community
from moothall.reads.post import list_posts
from moothall.reads.site import get_site
from moothall.reads.user import list_sessions
from moothall.storage import captcha as captcha_rows
from moothall.storage import mail_token
from moothall.storage.application import add_application
from moothall.storage.statements import Statement
from moothall.storage.tables import captcha, comment, post
from moothall.storage.tables import mail_token as mail_token_table
from moothall.storage.transaction import Transaction
from moothall.storage.user import get_person
from tests.support.builders import a_comment, a_community, a_person, a_post

_RANKS = Statement(
    select(post.c.hot_rank, post.c.active_rank, post.c.scaled_rank, post.c.created_at)
)
_COMMENT_RANKS = Statement(select(comment.c.hot_rank))


def ranks(forum: Forum) -> list[tuple[Any, ...]]:
    return forum.read_now(lambda tx: tx.conn.all(_RANKS))


def run_upkeep(forum: Forum) -> None:
    for each in upkeep_of(forum):
        while each.step():
            pass


@pytest.fixture
def clock(forum: Forum) -> Any:
    return forum.clock


def test_ranks_fall_with_time_to_what_the_formula_says(forum: Forum, clock: Any) -> None:
    ann = a_person(forum, "ann")
    a_post(forum, ann, a_community(forum, ann, "bread"))
    [(before, _, _, created)] = ranks(forum)
    clock.advance(5 * HOUR)
    run_upkeep(forum)
    [(hot, active, scaled, _)] = ranks(forum)
    assert hot < before
    assert hot == pytest.approx(hot_rank(1, created, clock.now), rel=1e-3)
    assert active == pytest.approx(hot, rel=1e-3)
    assert scaled > 0


def test_old_ranks_reach_zero_and_are_not_looked_at_again(forum: Forum, clock: Any) -> None:
    ann = a_person(forum, "ann")
    post_id = a_post(forum, ann, a_community(forum, ann, "bread"))
    a_comment(forum, ann, post_id)
    clock.advance(WEEK + HOUR)
    run_upkeep(forum)
    assert [row[:3] for row in ranks(forum)] == [(0, 0, 0)]
    assert forum.read_now(lambda tx: tx.conn.all(_COMMENT_RANKS)) == [(0,)]
    assert forum.read_now(upkeep.young_post_ids) == []
    assert forum.read_now(upkeep.young_comment_ids) == []


def test_the_order_follows(forum: Forum, clock: Any) -> None:
    """An older post with many votes falls behind a new one as both grow older."""
    ann, bread = a_person(forum, "ann"), None
    bread = a_community(forum, ann, "bread")
    old = a_post(forum, ann, bread, name="the old one")
    for number in range(6):
        voter = a_person(forum, f"voter{number}")
        forum.act_now(vote_post, voter.doer, old, 1)
    clock.advance(DAY)
    new = a_post(forum, ann, bread, name="the new one")
    run_upkeep(forum)
    page = forum.read_now(list_posts, None, PostQuery(Listing.ALL, PostSort.HOT))
    assert [view.post.id for view in page.posts] == [new, old]


def test_active_people_are_counted_in_each_window(forum: Forum, clock: Any) -> None:
    ann, bob = a_person(forum, "ann"), a_person(forum, "bob")
    bread = a_community(forum, ann, "bread")
    a_post(forum, ann, bread)
    clock.advance(3 * DAY)
    a_post(forum, bob, bread, name="from bob")
    clock.advance(HOUR)
    run_upkeep(forum)
    counts = forum.read_now(get_community, None, community_id=bread).counts
    windows = ("users_active_day", "users_active_week", "users_active_month")
    assert [getattr(counts, name) for name in windows] == [1, 2, 2]
    site = forum.read_now(get_site)
    assert (site.users_active_day, site.users_active_week) == (1, 2)


def test_bots_are_not_active_people(forum: Forum) -> None:
    ann, bot = a_person(forum, "ann"), a_person(forum, "bot")
    forum.act_now(save_settings, bot, SettingsChange(bot_account=True))
    bread = a_community(forum, ann, "bread")
    a_post(forum, bot, bread)
    run_upkeep(forum)
    assert forum.read_now(get_community, None, community_id=bread).counts.users_active_month == 0
    assert forum.read_now(get_site).users_active_month == 0


def test_more_rows_than_a_slice(forum: Forum, clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upkeep, "SLICE", 2)
    monkeypatch.setattr(upkeep, "_COMMUNITIES", 2)
    ann = a_person(forum, "ann")
    communities = [a_community(forum, ann, f"place{number}") for number in range(5)]
    for number, place in enumerate(communities):
        a_post(forum, ann, place, name=f"post {number}")
    clock.advance(2 * WEEK)
    run_upkeep(forum)
    assert {row[0] for row in ranks(forum)} == {0}
    for place in communities:
        view = forum.read_now(get_community, None, community_id=place)
        assert view.counts.users_active_month == 1


def test_a_future_time_has_no_rank() -> None:
    assert hot_rank(5, Time(10 * HOUR), Time(0)) == 0


def sessions(forum: Forum, person: Viewer) -> list[SessionId]:
    return [each.id for each in forum.read_now(list_sessions, person)]


def test_a_session_is_forgotten_a_year_after_its_last_use(forum: Forum, clock: Any) -> None:
    ann, bob = a_person(forum, "ann"), a_person(forum, "bob")
    clock.advance(YEAR - HOUR)
    forum.act_now(note_session_use, bob)
    run_upkeep(forum)
    assert sessions(forum, ann) == [ann.session_id]
    clock.advance(2 * HOUR)
    run_upkeep(forum)
    assert sessions(forum, ann) == []
    assert sessions(forum, bob) == [bob.session_id]


def test_what_nobody_answered_is_forgotten_in_slices(
    forum: Forum, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "SLICE", 2)
    ann = a_person(forum, "ann")

    def leave(tx: Transaction, mark: str) -> None:
        for number in range(5):
            captcha_rows.add(tx.conn, f"{mark}{number}", "answer", tx.now)
            mail_token.add(
                tx.conn, f"{mark}{number}", ann.account_id, "verify_email", tx.now, email=None
            )

    def left(tx: Transaction) -> tuple[list[str], list[str]]:
        found = [tx.conn.all(Statement(select(column))) for column in (uuid, token_hash)]
        return sorted(row[0] for row in found[0]), sorted(row[0] for row in found[1])

    uuid, token_hash = captcha.c.uuid, mail_token_table.c.token_hash
    forum.act_now(leave, "old")
    clock.advance(WEEK + HOUR)
    forum.act_now(leave, "new")
    run_upkeep(forum)
    young = [f"new{number}" for number in range(5)]
    assert forum.read_now(left) == (young, young)
    clock.advance(HOUR)
    run_upkeep(forum)
    assert forum.read_now(left) == ([], young)


def test_denied_applicants_are_forgotten_after_a_week(forum: Forum, clock: Any) -> None:
    admin = a_person(forum, "root", admin=True)
    people = [a_person(forum, name, accepted_application=False) for name in ("denied", "waits")]
    applications = [
        forum.act_now(
            lambda tx, who: add_application(tx.conn, who.account_id, "hello", tx.now), person
        )
        for person in people
    ]
    users = forum.read_now(get_site).users
    forum.act_now(decide_application, admin.doer, applications[0], approve=False)
    clock.advance(6 * DAY)
    run_upkeep(forum)
    assert forum.read_now(get_site).users == users
    clock.advance(2 * DAY)
    run_upkeep(forum)
    assert forum.read_now(get_site).users == users - 1
    found = [forum.read_now(lambda tx, p: get_person(tx.conn, p.person_id), p) for p in people]
    assert [person is None for person in found] == [True, False]
