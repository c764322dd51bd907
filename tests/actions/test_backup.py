"""Taking settings and lists from one account to another."""

from dataclasses import replace

import pytest

from moothall.actions.backup import JOB, SLICE, continue_import, import_settings
from moothall.actions.ban import ban_person
from moothall.actions.comment import save_comment
from moothall.actions.community import block_community, follow_community
from moothall.actions.job import do_job
from moothall.actions.post import save_post
from moothall.actions.site_settings import edit_site
from moothall.actions.user import block_instance, block_person
from moothall.domain.account import SettingsChange
from moothall.domain.backup import MAX_ENTRIES, Lists, Restore
from moothall.domain.community import Community
from moothall.domain.errors import Invalid
from moothall.domain.moderation import Ban
from moothall.domain.site import SiteChanges
from moothall.domain.time import HOUR, Time
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.reads.backup import own_backup
from moothall.storage import jobs
from moothall.storage.block import find_instance
from moothall.storage.community import update_community
from tests.support.builders import a_comment, a_community, a_person, a_post
from tests.support.clock import Clock


def _work_off(forum: Forum) -> int:
    """Do all jobs that wait, as the background process would; returns how many."""
    done = 0
    while (
        job := forum.act_now(
            lambda tx: jobs.claim(tx.conn, jobs.Lane.DATABASE, tx.now, Time(tx.now + HOUR))
        )
    ) is not None:
        assert job.kind == JOB
        forum.act_now(do_job, job, continue_import)
        done += 1
    return done


def _restore(**lists: list[str]) -> Restore:
    return Restore(SettingsChange(), Lists(**lists))


def _lists(forum: Forum, viewer: Viewer) -> Lists:
    return forum.read_now(own_backup, viewer).lists


def _a_full_life(forum: Forum, viewer: Viewer) -> Lists:
    """Somebody who has one thing in each list; what is expected of their export."""
    bob, admin = a_person(forum, "bob"), a_person(forum, "admin", admin=True)
    liked, dull = (a_community(forum, bob, name) for name in ("liked", "dull"))
    forum.act_now(follow_community, viewer.doer, liked, follow=True)
    forum.act_now(block_community, viewer, dull, block=True)
    first, second = a_post(forum, bob, liked), a_post(forum, bob, liked)
    comment = a_comment(forum, bob, first)
    for post_id in (first, second):
        assert isinstance(forum.clock, Clock)
        forum.clock.advance(1)
        forum.act_now(save_post, viewer, post_id, save=True)
    forum.act_now(save_comment, viewer, comment, save=True)
    forum.act_now(block_person, viewer, bob.person_id, block=True)
    changes = SiteChanges(allowed_instances=["dull.example"])
    forum.act_now(edit_site, admin.doer, changes)
    server = forum.read_now(lambda tx: find_instance(tx.conn, "dull.example"))
    assert server is not None
    forum.act_now(block_instance, viewer, server.id, block=True)
    home = "https://forum.example"
    return Lists(
        followed_communities=[f"{home}/c/liked"],
        blocked_communities=[f"{home}/c/dull"],
        blocked_users=[f"{home}/u/bob"],
        blocked_instances=["dull.example"],
        saved_posts=[f"{home}/post/{second}", f"{home}/post/{first}"],
        saved_comments=[f"{home}/comment/{comment}"],
    )


def test_what_one_account_exports_another_imports(forum: Forum) -> None:
    ann, eve = a_person(forum, "ann"), a_person(forum, "eve")
    expected = _a_full_life(forum, ann)
    assert _lists(forum, ann) == expected
    assert _lists(forum, eve) == Lists()
    forum.act_now(import_settings, eve, Restore(SettingsChange(bio="Me"), expected))
    backup = forum.read_now(own_backup, eve)
    assert backup.account.person.bio == "Me", "settings change at once"
    assert backup.lists == Lists()
    assert _work_off(forum) == 6
    taken = _lists(forum, eve)
    # Saved at one moment, so in the order of their ids.
    assert replace(taken, saved_posts=sorted(taken.saved_posts)) == replace(
        expected, saved_posts=sorted(expected.saved_posts)
    )


def test_an_import_that_runs_twice_changes_nothing_more(forum: Forum) -> None:
    ann, eve = a_person(forum, "ann"), a_person(forum, "eve")
    expected = _a_full_life(forum, ann)
    for _ in range(2):
        forum.act_now(import_settings, eve, Restore(SettingsChange(), expected))
        _work_off(forum)
    taken = _lists(forum, eve)
    assert len(taken.saved_posts) == 2
    assert taken.followed_communities == expected.followed_communities


def test_what_is_unknown_or_not_for_this_person_is_passed_over(forum: Forum) -> None:
    ann, eve = a_person(forum, "ann"), a_person(forum, "eve")
    place, secret = a_community(forum, ann, "place"), a_community(forum, ann, "secret")
    hidden = a_post(forum, ann, secret)
    forum.act_now(lambda tx: update_community(tx.conn, secret, **_PRIVATE))
    home = "https://forum.example"
    wanted = _restore(
        followed_communities=[
            f"{home}/c/nowhere",
            f"{home}/c/secret",
            "https://other.example/c/unknown",
            f"{home}/u/ann",
            "no address",
            "http://[",
            f"{home}/c/PLACE",
        ],
        saved_posts=[f"{home}/post/{hidden}", f"{home}/post/999999", f"{home}/post/x"],
        saved_comments=[f"{home}/post/{hidden}"],
        blocked_users=[f"{home}/u/eve", f"{home}/c/place"],
        blocked_instances=["never.example", ""],
    )
    forum.act_now(import_settings, eve, wanted)
    _work_off(forum)
    assert place
    assert _lists(forum, eve) == Lists(followed_communities=[f"{home}/c/place"])


_PRIVATE = {"visibility": "Private"}
assert "visibility" in Community._fields


def test_too_much_is_refused_whole(forum: Forum) -> None:
    ann = a_person(forum, "ann")
    many = [f"https://forum.example/post/{number}" for number in range(MAX_ENTRIES)]
    change = SettingsChange(bio="changed")
    both = Lists(saved_posts=many, blocked_instances=["x.example"])
    with pytest.raises(Invalid) as refusal:
        forum.act_now(import_settings, ann, Restore(change, both))
    assert refusal.value.code == "too_many_items"
    assert forum.read_now(own_backup, ann).account.person.bio is None
    forum.act_now(import_settings, ann, _restore(saved_posts=many))
    assert _work_off(forum) == MAX_ENTRIES // SLICE


def test_nothing_is_done_for_who_was_banned_meanwhile(forum: Forum) -> None:
    ann, eve = a_person(forum, "ann"), a_person(forum, "eve")
    a_community(forum, ann, "place")
    admin = a_person(forum, "admin", admin=True)
    wanted = _restore(followed_communities=["https://forum.example/c/place"])
    forum.act_now(import_settings, eve, wanted)
    forum.act_now(ban_person, admin.doer, eve.person_id, Ban())
    assert _work_off(forum) == 1
    assert _lists(forum, eve) == Lists()
