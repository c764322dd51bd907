"""The moderators' queue. Moderators see the reports of their communities, admins all.

Words of reported things are shown even where they were removed since: that is what is decided on.
"""

from moothall.domain.comment import CommentView
from moothall.domain.errors import NotAllowed, NotFound
from moothall.domain.ids import CommentId, CommunityId, ReportId
from moothall.domain.moderation import (
    CommentReportView,
    PostReportView,
    PrivateMessageReportView,
    ReportCounts,
    ReportQuery,
)
from moothall.domain.permissions import may_administer, require
from moothall.domain.user import Viewer
from moothall.domain.visibility import is_there
from moothall.storage import report as reports
from moothall.storage.comment_view import load_comments
from moothall.storage.community import standing as standing_of
from moothall.storage.report import ReportParts
from moothall.storage.transaction import Transaction


def list_post_reports(tx: Transaction, viewer: Viewer, query: ReportQuery) -> list[PostReportView]:
    """Reports of posts. Raises NotAllowed `not_a_mod_or_admin`."""
    _require_moderator(viewer)
    return reports.list_post_reports(tx.conn, viewer, query, tx.now)


def list_comment_reports(
    tx: Transaction, viewer: Viewer, query: ReportQuery
) -> list[CommentReportView]:
    """Reports of comments. Raises NotAllowed `not_a_mod_or_admin`."""
    _require_moderator(viewer)
    found = reports.list_reports(tx.conn, viewer, "comment", query, tx.now)
    return _with_comments(tx, viewer, found)


def list_private_message_reports(
    tx: Transaction, viewer: Viewer, query: ReportQuery
) -> list[PrivateMessageReportView]:
    """Reports of private messages. Raises NotAllowed `not_an_admin`."""
    require(may_administer(viewer.doer))
    return reports.list_message_reports(tx.conn, query)


def get_post_report(tx: Transaction, viewer: Viewer, report_id: ReportId) -> PostReportView:
    """A report that the viewer has made, or one of their queue.

    Raises NotFound `couldnt_find_post_report`, as for one that there is not.
    """
    found = reports.get_post_report(tx.conn, viewer, report_id, tx.now)
    if found is None or not (
        found.report.creator_id == viewer.person_id
        or _moderates(tx, viewer, found.post.community.id)
    ):
        raise NotFound("couldnt_find_post_report")
    return found


def get_comment_report(tx: Transaction, viewer: Viewer, report_id: ReportId) -> CommentReportView:
    """The same of a comment. Raises NotFound `couldnt_find_comment_report`."""
    found = reports.get_report(tx.conn, "comment", report_id)
    views = [] if found is None else _with_comments(tx, viewer, [found])
    if not views:
        raise NotFound("couldnt_find_comment_report")
    view = views[0]
    if _moderates(tx, viewer, view.comment.community.id):
        return view
    if view.report.creator_id != viewer.person_id:
        raise NotFound("couldnt_find_comment_report")
    return view._replace(comment=_without_gone_words(view.comment))


def get_private_message_report(
    tx: Transaction, viewer: Viewer, report_id: ReportId
) -> PrivateMessageReportView:
    """The same of a message. Raises NotFound `couldnt_find_private_message_report`."""
    found = reports.get_message_report(tx.conn, report_id)
    if found is None or not (viewer.is_admin or found.report.creator_id == viewer.person_id):
        raise NotFound("couldnt_find_private_message_report")
    return found


def count_reports(
    tx: Transaction, viewer: Viewer, community_id: CommunityId | None = None
) -> ReportCounts:
    """How many reports wait for this viewer. Raises NotAllowed `not_a_mod_or_admin`."""
    _require_moderator(viewer)
    found = reports.count_unresolved(tx.conn, viewer, community_id, tx.now)
    sees_messages = viewer.is_admin and community_id is None
    return ReportCounts(
        posts=found.get("post", 0),
        comments=found.get("comment", 0),
        private_messages=found.get("message", 0) if sees_messages else None,
    )


def _require_moderator(viewer: Viewer) -> None:
    if not (viewer.is_admin or viewer.moderates):
        raise NotAllowed("not_a_mod_or_admin")


def _moderates(tx: Transaction, viewer: Viewer, community_id: CommunityId) -> bool:
    standing = standing_of(tx.conn, community_id, viewer.person_id, tx.now)
    return standing.is_admin or (standing.is_moderator and not standing.is_banned)


def _without_gone_words(view: CommentView) -> CommentView:
    if is_there(view.comment):
        return view
    return view._replace(comment=view.comment._replace(content=""))


def _with_comments(
    tx: Transaction, viewer: Viewer, found: list[ReportParts]
) -> list[CommentReportView]:
    ids = list({each.report.subject_id for each in found})
    # As for an admin: with the words of what was removed.
    views = load_comments(tx.conn, viewer._replace(is_admin=True), ids, tx.now)
    by_id = {view.comment.id: view for view in views}
    return [
        CommentReportView(each.report, by_id[CommentId(each.report.subject_id)], *each[1:])
        for each in found
        if each.report.subject_id in by_id
    ]
