"""Purges: what is gone for good, what stays, and that nothing long happens at once."""

import json
from typing import Any

import pytest
from sqlalchemy import delete, insert, select

from moothall.actions import erasure, purge, removal
from moothall.actions.community import follow_community
from moothall.actions.report import report_comment, report_post, report_private_message
from moothall.actions.vote import vote_comment, vote_post
from moothall.domain.ids import CommentId
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.storage import portion
from moothall.storage.erasure import ERASED
from moothall.storage.site import get_site
from moothall.storage.statements import Statement
from moothall.storage.tables import (
    account,
    comment,
    comment_vote,
    community,
    community_follow,
    edit_history,
    event,
    job,
    modlog,
    person,
    post,
    post_vote,
    private_message,
    report,
    session,
    upload,
    upload_use,
)
from moothall.storage.transaction import Transaction
from tests.support.builders import a_comment, a_community, a_post
from tests.support.town import Town, a_town, rows_of


@pytest.fixture
def town(forum: Forum) -> Town:
    return a_town(forum)


def column(forum: Forum, chosen: Any, *conditions: Any) -> list[Any]:
    query = select(chosen).where(*conditions).order_by(chosen)
    return [row[0] for row in rows_of(forum, Statement(query))]


def run(forum: Forum, core: Any) -> None:
    forum.act_now(lambda tx: tx.conn.run(Statement(core)))


def traces(forum: Forum, subject: str, subject_id: int) -> int:
    """Leave an earlier version and the use of an upload; return the upload."""
    about = {"subject": subject, "subject_id": subject_id}
    run(forum, insert(edit_history).values(**about, body="older", created_at=0))
    new = insert(upload).values(
        alias=f"{subject}{subject_id}.png",
        delete_token="x",
        sha256="",
        content_type="image/png",
        size_bytes=1,
        created_at=0,
    )
    upload_id: int = forum.act_now(lambda tx: tx.conn.value(Statement(new.returning(upload.c.id))))
    run(forum, insert(upload_use).values(**about, upload_id=upload_id))
    return upload_id


def are_gone(forum: Forum, *upload_ids: int) -> bool:
    """Whether uploads are erased, and their contents about to be."""
    left = set(column(forum, upload.c.id)) & set(upload_ids)
    return not left and "erase_blob" in column(forum, job.c.kind)


def do_jobs(forum: Forum) -> int:
    """Do the jobs of purges until no new one comes; return how many there were."""
    done = 0
    query = Statement(select(job.c.kind, job.c.payload).order_by(job.c.id))
    while len(found := rows_of(forum, query)) > done:
        kind, payload = found[done][0], json.loads(found[done][1])
        if kind == purge.JOB:
            forum.act_now(purge.continue_purge, payload)
        if kind == erasure.JOB:
            forum.act_now(erasure.continue_erasure, payload)
        done += 1
    return done


def counters(tx: Transaction, town: Town, name: str) -> tuple[int, ...]:
    site = get_site(tx.conn)
    people = select(person.c.post_count, person.c.comment_count)
    places = select(community.c.posts, community.c.comments)
    here = places.where(community.c.id == town.community_id)
    return (
        *tx.conn.all(Statement(people.where(person.c.id == town.id_of(name))))[0],
        *(tx.conn.all(Statement(here)) or [()])[0],
        site.posts,
        site.comments,
        site.communities,
    )


def test_a_comment_is_gone_and_its_answers_move_up(town: Town) -> None:
    forum = town.forum
    post_id = town.post()
    top = town.comment("user", post_id)
    gone = a_comment(forum, town.people["author"], post_id, top, content="secret")
    below = a_comment(forum, town.people["user"], post_id, gone)
    deeper = a_comment(forum, town.people["user"], post_id, below)
    beside = a_comment(forum, town.people["user"], post_id, top)
    upload_id = traces(forum, "comment", gone)
    forum.act_now(report_comment, town.people["user"].doer, gone, "rude")
    forum.act_now(purge.purge_comment, town.people["admin"].doer, gone, "law")
    assert gone not in column(forum, comment.c.id)
    assert gone not in column(forum, comment_vote.c.comment_id)
    assert column(forum, report.c.id) == []
    assert column(forum, edit_history.c.id) == []
    assert are_gone(forum, upload_id)
    paths = Statement(
        select(comment.c.id, comment.c.path, comment.c.depth, comment.c.parent_id).order_by(
            comment.c.id
        )
    )
    assert rows_of(forum, paths) == [
        (top, f"0.{top}", 1, None),
        (below, f"0.{top}.{below}", 2, top),
        (deeper, f"0.{top}.{below}.{deeper}", 3, below),
        (beside, f"0.{top}.{beside}", 2, top),
    ]
    assert column(forum, comment.c.child_count, comment.c.id == top) == [3]
    assert column(forum, post.c.comments, post.c.id == post_id) == [4]
    assert forum.read_now(counters, town, "author")[:4] == (1, 0, 1, 4)
    assert column(forum, modlog.c.reason, modlog.c.kind == "AdminPurgeComment") == ["law"]


def test_only_the_purged_label_leaves_a_path(town: Town) -> None:
    """Ids that begin alike are other comments."""
    forum, user = town.forum, town.people["user"]
    post_id = town.post()
    first = town.comment("user", post_id)
    for _ in range(12):
        a_comment(forum, user, post_id)
    eleventh = CommentId(first + 10)
    under = a_comment(forum, user, post_id, eleventh)
    forum.act_now(purge.purge_comment, town.people["admin"].doer, first)
    assert column(forum, comment.c.path, comment.c.id == under) == [f"0.{eleventh}.{under}"]


def test_a_removed_comment_is_not_counted_out_again(town: Town) -> None:
    forum, admin = town.forum, town.people["admin"].doer
    comment_id = town.comment()
    forum.act_now(removal.remove_comment, admin, comment_id, removed=True)
    forum.act_now(purge.purge_comment, admin, comment_id)
    assert forum.read_now(counters, town, "author")[:4] == (1, 0, 1, 0)


def test_a_post_is_gone_with_all_below_it(town: Town) -> None:
    forum, user = town.forum, town.people["user"]
    kept = town.post("user")
    post_id = town.post()
    comment_id = town.comment("user", post_id)
    uploads = [traces(forum, "post", post_id), traces(forum, "comment", comment_id)]
    forum.act_now(report_post, user.doer, post_id, "rude")
    forum.act_now(report_comment, user.doer, comment_id, "rude")
    score = column(forum, person.c.post_score, person.c.id == town.id_of("author"))
    forum.act_now(purge.purge_post, town.people["admin"].doer, post_id, "law")
    assert column(forum, post.c.id) == [kept]
    assert column(forum, comment.c.id) == []
    assert column(forum, post_vote.c.post_id) == [kept]
    assert column(forum, report.c.id) == []
    assert column(forum, edit_history.c.id) == []
    assert are_gone(forum, *uploads)
    assert column(forum, upload_use.c.upload_id) == []
    assert forum.read_now(counters, town, "author") == (0, 0, 1, 0, 1, 0, 2)
    assert column(forum, person.c.post_score, person.c.id == town.id_of("author")) == [score[0] - 1]
    assert column(forum, job.c.id, job.c.kind == purge.JOB) == []


def test_a_post_with_many_comments_goes_in_steps(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge, "FIRST_BATCH", 3)
    monkeypatch.setattr(purge, "LATER_BATCH", 2)
    forum, post_id = town.forum, town.post()
    for _ in range(8):
        town.comment("user", post_id)
    forum.act_now(purge.purge_post, town.people["admin"].doer, post_id)
    # Nobody sees it from now on, though there is still work to do.
    assert column(forum, post.c.removed) == [True]
    assert len(column(forum, comment.c.id)) == 5
    assert do_jobs(forum) == 3
    assert column(forum, post.c.id) == column(forum, comment.c.id) == []
    assert forum.read_now(counters, town, "user") == (0, 0, 0, 0, 0, 0, 2)
    assert forum.read_now(counters, town, "author")[:2] == (0, 0)
    forum.act_now(purge.continue_purge, {"subject": "post", "id": post_id})
    assert forum.read_now(counters, town, "author")[:2] == (0, 0)


@pytest.mark.parametrize("subject", ["post", "comment"])
def test_votes_go_in_steps(town: Town, monkeypatch: pytest.MonkeyPatch, subject: str) -> None:
    """A post or comment that the whole town has voted on holds the writer no longer."""
    monkeypatch.setattr(purge, "MARKS", 2)
    forum, post_id = town.forum, town.post()
    comment_id = town.comment("author", post_id)
    answer = a_comment(forum, town.people["user"], post_id, comment_id)
    for name in ("user", "mod", "senior", "top"):
        forum.act_now(vote_post, town.people[name].doer, post_id, 1)
        forum.act_now(vote_comment, town.people[name].doer, comment_id, 1)
    admin = town.people["admin"].doer
    if subject == "post":
        forum.act_now(purge.purge_post, admin, post_id)
        assert column(forum, post.c.removed) == [True]
    else:
        forum.act_now(purge.purge_comment, admin, comment_id)
        assert column(forum, comment.c.removed, comment.c.id == comment_id) == [True]
        assert column(forum, comment_vote.c.comment_id, comment_vote.c.comment_id == comment_id)
    assert do_jobs(forum) >= 2
    assert comment_id not in column(forum, comment.c.id)
    if subject == "post":
        assert column(forum, post.c.id) == column(forum, post_vote.c.post_id) == []
        left = (0, 0, 0, 0)
    else:
        assert column(forum, comment.c.path) == [f"0.{answer}"]
        assert column(forum, post.c.comments) == [1]
        left = (1, 0, 1, 1)
    assert forum.read_now(counters, town, "author")[:4] == left


def test_long_texts_go_in_more_steps(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portion, "MAX_CHARS", 10)
    forum, post_id = town.forum, town.post()
    for _ in range(4):
        a_comment(forum, town.people["user"], post_id, content="123456")
    forum.act_now(purge.purge_post, town.people["admin"].doer, post_id)
    assert len(column(forum, comment.c.id)) == 3
    assert do_jobs(forum) == 3
    assert column(forum, comment.c.id) == column(forum, post.c.id) == []


@pytest.mark.parametrize("batch", [1_000, 2])
def test_a_community_is_gone_with_all_that_stood_in_it(
    town: Town, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(purge, "FIRST_BATCH", batch)
    monkeypatch.setattr(purge, "LATER_BATCH", batch)
    forum, author = town.forum, town.people["author"]
    kept = a_post(forum, author, town.elsewhere_id)
    for _ in range(3):
        town.comment("user", town.post())
    for name in ("user", "author", "mod"):
        forum.act_now(follow_community, town.people[name].doer, town.community_id, follow=True)
    forum.act_now(purge.purge_community, town.people["admin"].doer, town.community_id, "law")
    assert column(forum, community.c.removed, community.c.id == town.community_id) in ([True], [])
    steps = do_jobs(forum)
    assert (steps > 0) == (batch == 2)
    assert column(forum, community.c.id) == [town.elsewhere_id]
    assert column(forum, post.c.id) == [kept]
    assert column(forum, comment.c.id) == []
    follows = column(forum, community_follow.c.community_id)
    assert set(follows) == {town.elsewhere_id}
    assert forum.read_now(counters, town, "author") == (1, 0, 1, 0, 1)
    assert forum.read_now(counters, town, "user")[:2] == (0, 0)
    assert column(forum, modlog.c.kind, modlog.c.reason == "law") == ["AdminPurgeCommunity"]


def test_a_person_stays_as_an_empty_banned_one(town: Town) -> None:
    forum, author = town.forum, town.people["author"]
    theirs = town.post("user")
    post_id = a_post(forum, author, town.community_id, body="secret", url="https://a.example/")
    comment_id = a_comment(forum, author, theirs, content="secret")
    uploads = [traces(forum, "post", post_id), traces(forum, "comment", comment_id)]
    received = town.message("user", "author")
    sent = town.message("author", "user", "secret")
    forum.act_now(report_post, town.people["user"].doer, post_id, "rude")
    forum.act_now(report_private_message, town.people["user"].doer, sent, "rude")
    users = forum.read_now(lambda tx: get_site(tx.conn).users)
    forum.act_now(purge.purge_person, town.people["admin"].doer, author.person_id, "law")
    do_jobs(forum)
    is_author = person.c.id == author.person_id
    gone = Statement(
        select(person.c.name, person.c.banned, person.c.deleted, person.c.post_count).where(
            is_author
        )
    )
    assert rows_of(forum, gone) == [("author", True, True, 0)]
    assert column(forum, post.c.name, post.c.id == post_id) == [ERASED]
    assert column(forum, post.c.body, post.c.id == post_id) == [None]
    assert column(forum, comment.c.content, comment.c.id == comment_id) == [ERASED]
    assert column(forum, private_message.c.id) == [received]
    assert column(forum, report.c.id) == []
    assert column(forum, edit_history.c.id) == []
    assert are_gone(forum, *uploads)
    mine = account.c.id == author.account_id
    assert column(forum, account.c.email, mine) == [None]
    assert not column(forum, session.c.id, session.c.account_id == author.account_id)
    assert forum.read_now(lambda tx: get_site(tx.conn).users) == users - 1


def test_a_person_is_purged_in_steps(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure, "BATCH", 2)
    monkeypatch.setattr(purge, "FIRST_BATCH", 2)
    monkeypatch.setattr(purge, "LATER_BATCH", 2)
    forum, author = town.forum, town.people["author"]
    for _ in range(5):
        _report_of(forum, town, author)
        town.message("author", "user")
    forum.act_now(purge.purge_person, town.people["admin"].doer, author.person_id)
    assert len(column(forum, private_message.c.id)) == 3
    assert do_jobs(forum) > 3
    assert set(column(forum, post.c.name)) == {ERASED}
    assert column(forum, private_message.c.id) == []
    assert column(forum, report.c.id) == []


def _report_of(forum: Forum, town: Town, author: Viewer) -> None:
    post_id = a_post(forum, author, town.community_id, body="secret")
    forum.act_now(report_post, town.people["user"].doer, post_id, "rude")


def test_purging_again_changes_no_counter(town: Town) -> None:
    forum, admin = town.forum, town.people["admin"].doer
    town.post()
    forum.act_now(purge.purge_person, admin, town.id_of("author"))
    before = forum.read_now(lambda tx: get_site(tx.conn).users)
    forum.act_now(purge.purge_person, admin, town.id_of("author"))
    assert forum.read_now(lambda tx: get_site(tx.conn).users) == before
    assert forum.read_now(counters, town, "author")[:4] == (0, 0, 0, 0)


def test_a_step_of_what_is_gone_does_nothing(forum: Forum) -> None:
    for subject in ("comment", "post", "community", "person"):
        forum.act_now(purge.continue_purge, {"subject": subject, "id": 999})
    run(forum, delete(job))
    assert column(forum, event.c.id) == []


def test_an_empty_community_can_be_purged(town: Town) -> None:
    found = a_community(town.forum, town.people["user"], "empty")
    town.forum.act_now(purge.purge_community, town.people["senior"].doer, found)
    assert found not in column(town.forum, community.c.id)
