"""Bans: what they end, when they end, and the removal of what somebody wrote."""

from typing import Any

import pytest
from sqlalchemy import select

from moothall.actions import ban as actions
from moothall.actions import removal
from moothall.actions.community import follow_community
from moothall.actions.post import create_post
from moothall.actions.report import report_post
from moothall.domain.errors import Invalid
from moothall.domain.ids import CommunityId, PersonId
from moothall.domain.moderation import Ban, ban_end
from moothall.domain.post import NewPost
from moothall.domain.time import DAY, HOUR, YEAR, Time
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.storage.account import update_person
from moothall.storage.site import get_site
from moothall.storage.statements import Statement
from moothall.storage.tables import (
    comment,
    community,
    community_ban,
    community_follow,
    event,
    modlog,
    person,
    post,
    private_message,
    report,
    session,
)
from moothall.storage.transaction import Transaction
from tests.support.builders import a_comment, a_community, a_post
from tests.support.mailbox import jobs
from tests.support.town import Town, a_town, code_of, rows_of

NOW = Time(1_000 * YEAR)


@pytest.fixture
def town(forum: Forum) -> Town:
    return a_town(forum)


def column(forum: Forum, chosen: Any, *conditions: Any) -> list[Any]:
    query = select(chosen).where(*conditions).order_by(chosen)
    return [row[0] for row in rows_of(forum, Statement(query))]


def ban_here(town: Town, **fields: Any) -> None:
    town.forum.act_now(
        actions.ban_from_community,
        town.people["mod"].doer,
        town.community_id,
        town.id_of("author"),
        Ban(**fields),
    )


def ban_everywhere(town: Town, name: str = "author", **fields: Any) -> None:
    by = town.people["admin"].doer
    town.forum.act_now(actions.ban_person, by, town.id_of(name), Ban(**fields))


@pytest.mark.parametrize(
    ("asked", "end"),
    [
        (None, None),
        (NOW + 1, NOW + 1),
        (NOW + 10 * YEAR, NOW + 10 * YEAR),
        (NOW + 10 * YEAR + 1, None),
    ],
)
def test_when_a_ban_ends(asked: Time | None, end: Time | None) -> None:
    assert ban_end(asked, NOW) == end


@pytest.mark.parametrize("asked", [NOW, NOW - 1, 0, -YEAR])
def test_a_ban_cannot_end_in_the_past(asked: int) -> None:
    with pytest.raises(Invalid, match="ban_expiration_in_past"):
        ban_end(Time(asked), NOW)


def test_a_community_ban_ends_the_follow_and_can_be_changed(town: Town) -> None:
    forum, author = town.forum, town.people["author"]
    forum.act_now(follow_community, author.doer, town.community_id, follow=True)
    before = column(forum, community.c.subscribers, community.c.id == town.community_id)
    ban_here(town)
    assert not column(
        forum, community_follow.c.person_id, community_follow.c.person_id == author.person_id
    )
    after = column(forum, community.c.subscribers, community.c.id == town.community_id)
    assert after == [before[0] - 1]
    end = Time(forum.clock() + DAY)
    ban_here(town, expires_at=end)
    mine = community_ban.c.person_id == author.person_id
    assert column(forum, community_ban.c.expires_at, mine) == [end]
    new = NewPost(town.community_id, "Once more")
    assert code_of(forum, create_post, author.doer, new) == "banned_from_community"


def test_a_refused_ban_changes_nothing(town: Town) -> None:
    before = column(town.forum, event.c.id)
    with pytest.raises(Invalid):
        ban_here(town, expires_at=Time(1))
    with pytest.raises(Invalid):
        ban_everywhere(town, expires_at=Time(1))
    with pytest.raises(Invalid, match="invalid_body_field"):
        ban_everywhere(town, reason="x" * 10_001)
    assert column(town.forum, event.c.id) == before


def test_ending_a_ban_that_is_not_there(town: Town) -> None:
    forum, mod, admin = town.forum, town.people["mod"].doer, town.people["admin"].doer
    user = town.id_of("user")
    code = code_of(forum, actions.unban_from_community, mod, town.community_id, user)
    assert code == "community_user_already_banned"
    assert code_of(forum, actions.unban_person, admin, user) == "couldnt_update_user"


def test_bans_are_lifted_when_their_time_has_come(town: Town) -> None:
    forum = town.forum
    soon, later = Time(forum.clock() + HOUR), Time(forum.clock() + 3 * HOUR)
    ban_here(town, expires_at=soon)
    ban_everywhere(town, "author", expires_at=soon)
    ban_everywhere(town, "user", expires_at=later)
    ban_everywhere(town, "elsewhere")
    banned = person.c.banned.is_(True)
    names = ["author", "elsewhere", "user"]
    forum.act_now(actions.lift_expired)
    assert column(forum, person.c.name, banned) == names
    forum.clock.advance(2 * HOUR)  # type: ignore[attr-defined]
    assert forum.act_now(actions.lift_expired) is False
    assert column(forum, person.c.name, banned) == ["elsewhere", "user"]
    # `banned` is banned from the community for good.
    assert column(forum, community_ban.c.person_id) == [town.id_of("banned")]
    assert len(column(forum, event.c.id, event.c.kind == "ban_expired")) == 2
    forum.clock.advance(2 * HOUR)  # type: ignore[attr-defined]
    forum.act_now(actions.lift_expired)
    assert column(forum, person.c.name, banned) == ["elsewhere"]


def test_lifting_comes_in_steps(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "LIFTED_AT_ONCE", 1)
    soon = Time(town.forum.clock() + HOUR)
    ban_everywhere(town, "author", expires_at=soon)
    ban_everywhere(town, "user", expires_at=soon)
    town.forum.clock.advance(2 * HOUR)  # type: ignore[attr-defined]
    assert town.forum.act_now(actions.lift_expired) is True
    assert town.forum.act_now(actions.lift_expired) is True
    assert town.forum.act_now(actions.lift_expired) is False


def test_a_site_ban_with_removal(town: Town) -> None:
    forum, author = town.forum, town.people["author"]
    forum.act_now(_fill_profile, author.person_id)
    post_id = town.post()
    theirs = town.post("user")
    mine_there = a_comment(forum, author, theirs)
    kept = a_comment(forum, town.people["user"], post_id)
    message = town.message("author", "user")
    town.message("user", "author")
    led = a_community(forum, author, "lair")
    ban_everywhere(town, remove_data=True, reason="spam")
    assert column(forum, post.c.id, post.c.removed.is_(True)) == [post_id]
    assert column(forum, comment.c.id, comment.c.removed.is_(True)) == [mine_there]
    assert kept not in column(forum, comment.c.id, comment.c.removed.is_(True))
    assert column(forum, private_message.c.id, private_message.c.removed.is_(True)) == [message]
    assert column(forum, community.c.id, community.c.removed.is_(True)) == [led]
    is_author = person.c.id == author.person_id
    for name in ("bio", "bio_html", "avatar", "banner"):
        assert column(forum, person.c[name], is_author) == [None]
    assert not column(forum, session.c.id, session.c.account_id == author.account_id)
    kinds = ["ModBan", "ModRemoveComment", "ModRemoveCommunity", "ModRemovePost"]
    assert column(forum, modlog.c.kind, modlog.c.reason == "spam") == kinds


def _fill_profile(tx: Transaction, person_id: PersonId) -> None:
    texts = dict.fromkeys(("bio", "bio_html", "avatar", "banner"), "https://a.example/")
    update_person(tx.conn, person_id, **texts)


def test_a_ban_without_removal_removes_nothing(town: Town) -> None:
    post_id, message = town.post(), town.message("author", "user")
    ban_everywhere(town)
    assert column(town.forum, post.c.removed, post.c.id == post_id) == [False]
    is_message = private_message.c.id == message
    assert column(town.forum, private_message.c.removed, is_message) == [False]


def test_what_was_removed_stays_so_after_the_ban(town: Town) -> None:
    post_id = town.post()
    ban_everywhere(town, remove_data=True)
    town.forum.act_now(actions.unban_person, town.people["admin"].doer, town.id_of("author"))
    assert column(town.forum, post.c.removed, post.c.id == post_id) == [True]


def test_a_community_ban_removes_only_what_stands_there(town: Town) -> None:
    forum, author = town.forum, town.people["author"]
    here, elsewhere = town.post(), a_post(forum, author, town.elsewhere_id)
    comment_here = town.comment(post_id=here)
    comment_there = a_comment(forum, author, elsewhere)
    message = town.message("author", "user")
    reported = forum.act_now(report_post, town.people["user"].doer, here, "rude")
    ban_here(town, remove_data=True)
    assert column(forum, post.c.id, post.c.removed.is_(True)) == [here]
    assert column(forum, comment.c.id, comment.c.removed.is_(True)) == [comment_here]
    assert comment_there not in column(forum, comment.c.id, comment.c.removed.is_(True))
    is_message = private_message.c.id == message
    assert column(forum, private_message.c.removed, is_message) == [False]
    assert column(forum, report.c.id, report.c.resolved.is_(True)) == [reported]


def _counters(tx: Transaction, person_id: PersonId, community_id: CommunityId) -> tuple[int, ...]:
    site = get_site(tx.conn)
    people = select(person.c.post_count, person.c.comment_count).where(person.c.id == person_id)
    places = select(community.c.posts, community.c.comments).where(community.c.id == community_id)
    return (
        *tx.conn.all(Statement(people))[0],
        *tx.conn.all(Statement(places))[0],
        site.posts,
        site.comments,
    )


def test_much_is_removed_in_steps_that_add_up(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step is bounded, may be done twice, and all together remove everything once."""
    monkeypatch.setattr(removal, "FIRST_BATCH", 4)
    monkeypatch.setattr(removal, "LATER_BATCH", 3)
    forum, author = town.forum, town.people["author"]
    theirs = town.post("user")
    _write_much(forum, author, town, theirs)
    ban_everywhere(town, remove_data=True)
    assert len(column(forum, post.c.id, post.c.removed.is_(True))) == 4
    steps = _do_jobs(forum)
    # 7 posts, 7 comments, 2 messages; each step looks at 3 at most.
    assert 4 <= steps <= 6
    mine = post.c.creator_id == author.person_id
    assert column(forum, post.c.removed, mine) == [True] * 7
    assert column(forum, comment.c.removed, comment.c.creator_id == author.person_id) == [True] * 7
    assert column(forum, private_message.c.removed) == [True, True]
    assert forum.read_now(_counters, author.person_id, town.community_id) == (0, 0, 1, 0, 1, 0)
    assert column(forum, post.c.comments, post.c.id == theirs) == [0]
    kinds = column(forum, modlog.c.kind, modlog.c.person_id == author.person_id)
    assert kinds == ["ModBan"] + ["ModRemoveComment"] * 7 + ["ModRemovePost"] * 7


def _write_much(forum: Forum, author: Viewer, town: Town, theirs: Any) -> None:
    for number in range(7):
        a_post(forum, author, (town.community_id, town.elsewhere_id)[number % 2])
        a_comment(forum, author, theirs)
    town.message("author", "user")
    town.message("author", "top")


def _do_jobs(forum: Forum) -> int:
    """Do the jobs until no new one comes; return how many there were.

    Each is done once more at the end, as after the death of a process at the wrong moment.
    """
    done = 0
    while len(payloads := jobs(forum, removal.JOB)) > done:
        forum.act_now(removal.continue_removal, payloads[done])
        done += 1
    for payload in payloads:
        forum.act_now(removal.continue_removal, payload)
    return done


def test_a_community_ban_looks_past_what_stands_elsewhere(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removal, "FIRST_BATCH", 2)
    monkeypatch.setattr(removal, "LATER_BATCH", 2)
    forum, author = town.forum, town.people["author"]
    for _ in range(5):
        a_post(forum, author, town.elsewhere_id)
    here = town.post()
    ban_here(town, remove_data=True)
    assert column(forum, post.c.id, post.c.removed.is_(True)) == []
    _do_jobs(forum)
    assert column(forum, post.c.id, post.c.removed.is_(True)) == [here]
