"""Reporting posts, comments and messages, and settling reports."""

from moothall.domain.comment import Comment
from moothall.domain.errors import Conflict, Invalid, NotFound
from moothall.domain.ids import CommentId, PostId, PrivateMessageId, ReportId
from moothall.domain.permissions import may_administer, may_moderate, may_report, require
from moothall.domain.text import length, storable
from moothall.domain.user import Doer
from moothall.domain.visibility import is_there, sees_community, ties_of
from moothall.storage import comment as comments
from moothall.storage import community as communities
from moothall.storage import event
from moothall.storage import report as reports
from moothall.storage.comment import Scene
from moothall.storage.report import ReportRow
from moothall.storage.transaction import Transaction

from .mail import tell_admins_of_report
from .text import refuse_slurs

MAX_REASON = 1_000


def report_post(tx: Transaction, by: Doer, post_id: PostId, reason: str) -> ReportId:
    """Tell the moderators of a post; its words are kept as they are now.

    Raises NotFound `couldnt_find_post`, Conflict `deleted` (it is gone) or `couldnt_create_report`
    (reported before), Invalid `report_reason_required`, `report_too_long`, `slurs`.
    """
    said = _prepare(tx, reason)
    scene = _find_scene(tx, by, post_id, "couldnt_find_post")
    post = scene.post
    require(may_report(scene.community, scene.standing, deleted=post.deleted, removed=post.removed))
    return _add(
        tx,
        by,
        ReportRow(
            creator_id=by.person_id,
            subject="post",
            subject_id=post_id,
            community_id=scene.community.id,
            reason=said,
            original_title=post.name,
            original_url=post.url,
            original_text=post.body,
            local=by.local,
            created_at=tx.now,
        ),
    )


def report_comment(tx: Transaction, by: Doer, comment_id: CommentId, reason: str) -> ReportId:
    """Tell the moderators of a comment. Raises as `report_post` does."""
    said = _prepare(tx, reason)
    comment = comments.get_comment(tx.conn, comment_id)
    if comment is None:
        raise NotFound("couldnt_find_comment")
    scene = _find_scene(tx, by, comment.post_id, "couldnt_find_comment")
    deleted, removed = _is_gone(comment, scene)
    require(may_report(scene.community, scene.standing, deleted=deleted, removed=removed))
    return _add(
        tx,
        by,
        ReportRow(
            creator_id=by.person_id,
            subject="comment",
            subject_id=comment_id,
            community_id=scene.community.id,
            reason=said,
            original_title=None,
            original_url=None,
            original_text=comment.content,
            local=by.local,
            created_at=tx.now,
        ),
    )


def report_private_message(
    tx: Transaction, by: Doer, message_id: PrivateMessageId, reason: str
) -> ReportId:
    """Tell the admins of a message that one has received; of others' nothing is said at all.

    Raises NotFound `couldnt_find_private_message`, else as `report_post` does.
    """
    said = _prepare(tx, reason)
    message = reports.find_received_message(tx.conn, message_id, by.person_id)
    if message is None:
        raise NotFound("couldnt_find_private_message")
    if message.deleted or message.removed:
        raise Conflict("deleted")
    return _add(
        tx,
        by,
        ReportRow(
            creator_id=by.person_id,
            subject="message",
            subject_id=message_id,
            community_id=None,
            reason=said,
            original_title=None,
            original_url=None,
            original_text=message.content,
            local=by.local,
            created_at=tx.now,
        ),
    )


def resolve_post_report(tx: Transaction, by: Doer, report_id: ReportId, *, resolved: bool) -> None:
    """Settle a report or open it again, as a moderator of its community.

    Raises NotFound `couldnt_find_post_report` and the refusals of `may_moderate`.
    """
    _resolve_in_community(tx, by, "post", report_id, resolved=resolved)


def resolve_comment_report(
    tx: Transaction, by: Doer, report_id: ReportId, *, resolved: bool
) -> None:
    """The same. Raises NotFound `couldnt_find_comment_report`."""
    _resolve_in_community(tx, by, "comment", report_id, resolved=resolved)


def resolve_private_message_report(
    tx: Transaction, by: Doer, report_id: ReportId, *, resolved: bool
) -> None:
    """The same, for admins. Raises NotFound `couldnt_find_private_message_report`."""
    require(may_administer(by))
    if reports.find_state(tx.conn, "message", report_id) is None:
        raise NotFound("couldnt_find_private_message_report")
    _resolve(tx, by, report_id, resolved=resolved)


def _resolve_in_community(
    tx: Transaction, by: Doer, subject: str, report_id: ReportId, *, resolved: bool
) -> None:
    state = reports.find_state(tx.conn, subject, report_id)
    if state is None or state.community_id is None:
        raise NotFound(f"couldnt_find_{subject}_report")
    community = communities.get_community(tx.conn, state.community_id)
    if community is None:
        raise NotFound("couldnt_find_community")
    standing = communities.standing(tx.conn, community.id, by.person_id, tx.now)
    require(may_moderate(community, standing, also_gone=True))
    _resolve(tx, by, report_id, resolved=resolved)


def _resolve(tx: Transaction, by: Doer, report_id: ReportId, *, resolved: bool) -> None:
    reports.resolve(tx.conn, report_id, by.person_id, tx.now, resolved=resolved)
    event.add(
        tx.conn,
        "report_resolved",
        tx.now,
        report_id=report_id,
        doer_id=by.person_id,
        resolved=resolved,
    )


def _prepare(tx: Transaction, reason: str) -> str:
    text = storable(reason).strip()
    if not text:
        raise Invalid("report_reason_required")
    if length(text) > MAX_REASON:
        raise Invalid("report_too_long")
    refuse_slurs(tx, text)
    return text


def _find_scene(tx: Transaction, by: Doer, post_id: PostId, missing: str) -> Scene:
    """Where something stands, if whoever reports it may see that community."""
    scene = comments.get_scene(tx.conn, post_id, by.person_id, tx.now)
    if scene is None:
        raise NotFound(missing)
    ties = ties_of(by, scene.standing, follows=scene.follows)
    # What is gone has its own refusals, in `may_report`.
    if is_there(scene.community) and not sees_community(scene.community, ties):
        raise NotFound(missing)
    return scene


def _is_gone(comment: Comment, scene: Scene) -> tuple[bool, bool]:
    """Deleted, removed: the comment itself or the post that it stands under."""
    return comment.deleted or scene.post.deleted, comment.removed or scene.post.removed


def _add(tx: Transaction, by: Doer, row: ReportRow) -> ReportId:
    report_id = reports.add_report(tx.conn, row)
    if report_id is None:
        raise Conflict("couldnt_create_report")
    event.add(tx.conn, "report_created", tx.now, report_id=report_id, doer_id=by.person_id)
    tell_admins_of_report(tx, by.name, row.subject, row.reason)
    return report_id
