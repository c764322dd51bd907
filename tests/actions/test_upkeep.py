"""Upkeep: ranks fall with time, active people are counted, what is over is forgotten."""

from typing import Any

import pytest
from sqlalchemy import select

from moothall.actions import upkeep
from moothall.actions.application import decide_application
from moothall.actions.vote import vote_post
from moothall.background import upkeep_of
from moothall.domain.post import Listing, PostQuery, PostSort
from moothall.domain.ranking import hot_rank
from moothall.domain.time import DAY, HOUR, WEEK, Time
from moothall.forum import Forum
from moothall.reads.community import get_community
from moothall.reads.post import list_posts
from moothall.reads.site import get_site
from moothall.storage.application import add_application
from moothall.storage.statements import Statement
from moothall.storage.tables import comment, post
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
