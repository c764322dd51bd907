"""Removing posts and comments and giving them back; and all that one person wrote."""

from collections import Counter
from typing import Any, NamedTuple

from moothall.domain.errors import Conflict
from moothall.domain.ids import CommentId, CommunityId, PersonId, PostId
from moothall.domain.moderation import ModlogKind
from moothall.domain.permissions import may_moderate, require
from moothall.domain.user import Doer
from moothall.domain.visibility import is_there
from moothall.storage import comment as comments
from moothall.storage import event, jobs, moderation, modlog, removal
from moothall.storage import post as posts
from moothall.storage import report as reports
from moothall.storage.moderation import CommentCase, PostCase
from moothall.storage.removal import Position, Writing
from moothall.storage.transaction import Transaction

from .moderation import comment_case, log_comment, log_post, post_case, require_rank, standing_of
from .text import prepare_reason

JOB = "remove_content"
# Looked at in the transaction of the ban itself, and by each job that follows: few, since everybody
# who writes waits for about ten milliseconds.
FIRST_BATCH = LATER_BATCH = 25
_NEXT_SUBJECT = {"post": "comment", "comment": "message"}


def remove_post(
    tx: Transaction, by: Doer, post_id: PostId, *, removed: bool, reason: str | None = None
) -> None:
    """Take a post away, which settles its reports, or give it back.

    Raises Conflict `couldnt_update_post` where it is so already, and the refusals of
    `may_moderate` and `may_act_on`.
    """
    case = post_case(tx, post_id)
    standing = standing_of(tx, case.community.id, by.person_id)
    require(may_moderate(case.community, standing))
    require_rank(tx, by, case.community.id, standing, case.post.creator_id)
    if case.post.removed == removed:
        raise Conflict("couldnt_update_post")
    set_post_removed(tx, case, removed=removed)
    if removed:
        reports.resolve_all(tx.conn, "post", [post_id], by.person_id, tx.now)
    said = prepare_reason(reason)
    log_post(tx, by, ModlogKind.REMOVE_POST, case, undone=not removed, reason=said)
    _tell(tx, by, "post_removed", removed=removed, reason=said, post_id=post_id)


def remove_comment(
    tx: Transaction, by: Doer, comment_id: CommentId, *, removed: bool, reason: str | None = None
) -> None:
    """Take a comment away, which settles its reports, or give it back.

    Raises Conflict `couldnt_update_comment` where it is so already or where its author has deleted
    it, and the refusals of `may_moderate` and `may_act_on`.
    """
    case = comment_case(tx, comment_id)
    standing = standing_of(tx, case.community.id, by.person_id)
    require(may_moderate(case.community, standing))
    require_rank(tx, by, case.community.id, standing, case.comment.creator_id)
    if case.comment.deleted or case.comment.removed == removed:
        raise Conflict("couldnt_update_comment")
    set_comment_removed(tx, case, removed=removed)
    if removed:
        reports.resolve_all(tx.conn, "comment", [comment_id], by.person_id, tx.now)
    said = prepare_reason(reason)
    log_comment(tx, by, ModlogKind.REMOVE_COMMENT, case, undone=not removed, reason=said)
    _tell(tx, by, "comment_removed", removed=removed, reason=said, comment_id=comment_id)


def set_post_removed(tx: Transaction, case: PostCase, *, removed: bool) -> None:
    """Change the state of a post and the counters with it."""
    post = case.post
    posts.update_post(tx.conn, post.id, removed=removed)
    change = int(is_there(post._replace(removed=removed))) - int(is_there(post))
    if change:
        posts.count_post(tx.conn, post.creator_id, case.community.id, change, local=post.local)


def set_comment_removed(tx: Transaction, case: CommentCase, *, removed: bool) -> None:
    """The same of a comment that its author has not deleted."""
    comment = case.comment
    moderation.set_comment_removed(tx.conn, comment.id, removed=removed)
    change = -1 if removed else 1
    comments.count_in_post(tx.conn, comment.post_id, change)
    comments.count_comment(
        tx.conn,
        community_id=case.community.id,
        creator_id=comment.creator_id,
        local=comment.local,
        by=change,
    )


def _tell(tx: Transaction, by: Doer, kind: str, **about: Any) -> None:
    event.add(tx.conn, kind, tx.now, doer_id=by.person_id, **about)


class Sweep(NamedTuple):
    """The removal of all that one person wrote: in one community, or (None) everywhere.

    `subject` and `position` say how far it has come. Messages are only removed everywhere.
    """

    by_id: PersonId
    person_id: PersonId
    community_id: CommunityId | None
    reason: str | None
    subject: str = "post"
    position: Position = Position()


def start_removal(tx: Transaction, sweep: Sweep) -> None:
    """Remove what somebody wrote; what is much goes on as jobs."""
    _step(tx, sweep, FIRST_BATCH)


def continue_removal(tx: Transaction, payload: dict[str, Any]) -> None:
    """The next step of a removal; a step that is done twice changes nothing more."""
    sweep = Sweep(**{**payload, "position": Position(*payload["position"])})
    _step(tx, sweep, LATER_BATCH)


def _step(tx: Transaction, sweep: Sweep, budget: int) -> None:
    while budget > 0:
        batch = removal.list_writings(
            tx.conn, sweep.subject, sweep.person_id, sweep.position, budget
        )
        _remove(tx, sweep, batch)
        if len(batch) == budget:
            _go_on(tx, sweep._replace(position=batch[-1].position))
            return
        subject = _NEXT_SUBJECT.get(sweep.subject)
        if subject is None or (subject == "message" and sweep.community_id is not None):
            return
        budget -= len(batch)
        sweep = sweep._replace(subject=subject, position=Position())


def _go_on(tx: Transaction, sweep: Sweep) -> None:
    jobs.add(tx.conn, JOB, {**sweep._asdict(), "position": list(sweep.position)}, tx.now)


def _remove(tx: Transaction, sweep: Sweep, batch: list[Writing]) -> None:
    wanted = [
        each.id
        for each in batch
        if not each.removed and sweep.community_id in (None, each.community_id)
    ]
    done = removal.remove_writings(tx.conn, sweep.subject, wanted)
    gone = [each for each in batch if each.id in done]
    if not gone:
        return
    if sweep.subject != "message":
        _settle(tx, sweep, gone)
    event.add(
        tx.conn,
        f"{sweep.subject}s_removed",
        tx.now,
        ids=[each.id for each in gone],
        doer_id=sweep.by_id,
        person_id=sweep.person_id,
        community_id=sweep.community_id,
    )


def _settle(tx: Transaction, sweep: Sweep, gone: list[Writing]) -> None:
    """Counters, reports and modlog rows of posts or comments that were just removed."""
    counted = [each for each in gone if not each.deleted]
    count = _count_posts if sweep.subject == "post" else _count_comments
    count(tx, sweep.person_id, counted)
    ids = [each.id for each in gone]
    reports.resolve_all(tx.conn, sweep.subject, ids, sweep.by_id, tx.now)
    is_post = sweep.subject == "post"
    for each in gone:
        modlog.add(
            tx.conn,
            ModlogKind.REMOVE_POST if is_post else ModlogKind.REMOVE_COMMENT,
            sweep.by_id,
            tx.now,
            post_id=each.post_id,
            comment_id=None if is_post else each.id,
            community_id=each.community_id,
            person_id=sweep.person_id,
            reason=sweep.reason,
        )


def _count_posts(tx: Transaction, person_id: PersonId, gone: list[Writing]) -> None:
    for (community_id, local), number in Counter(
        (each.community_id, each.local) for each in gone
    ).items():
        posts.count_post(tx.conn, person_id, CommunityId(community_id), -number, local=local)


def _count_comments(tx: Transaction, person_id: PersonId, gone: list[Writing]) -> None:
    for post_id, number in Counter(each.post_id for each in gone).items():
        comments.count_in_post(tx.conn, PostId(post_id), -number)
    for (community_id, local), number in Counter(
        (each.community_id, each.local) for each in gone
    ).items():
        comments.count_comment(
            tx.conn, community_id=community_id, creator_id=person_id, local=local, by=-number
        )
