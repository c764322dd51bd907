"""Reports of posts, comments and private messages, and their queues."""

from moothall.actions import report as actions
from moothall.api.call import Call
from moothall.api.paging import page_of
from moothall.api.route import Routes
from moothall.api.shapes.report import (
    comment_report_view,
    post_report_view,
    private_message_report_view,
)
from moothall.api.shapes.responses import (
    CommentReportResponse,
    GetReportCountResponse,
    ListCommentReportsResponse,
    ListPostReportsResponse,
    ListPrivateMessageReportsResponse,
    PostReportResponse,
    PrivateMessageReportResponse,
)
from moothall.domain.ids import CommentId, CommunityId, PostId, PrivateMessageId, ReportId
from moothall.domain.moderation import ReportQuery
from moothall.door import Bucket, Policy
from moothall.reads import report as reads

from .requests import comment as comment_requests
from .requests import notification as message_requests
from .requests import post as post_requests
from .requests.user import GetReportCount

routes = Routes()


@routes.post("/post/report", who=Policy.USER, bucket=Bucket.MESSAGE)
async def report_post(call: Call, request: post_requests.CreatePostReport) -> PostReportResponse:
    """Tell the moderators of a post."""
    made = await call.act(actions.report_post, PostId(request.post_id), request.reason)
    return await _post_report(call, made)


@routes.put("/post/report/resolve", who=Policy.USER, bucket=Bucket.MESSAGE)
async def resolve_post_report(
    call: Call, request: post_requests.ResolvePostReport
) -> PostReportResponse:
    """Settle a report, or open it again."""
    report_id = ReportId(request.report_id)
    await call.act(actions.resolve_post_report, report_id, resolved=request.resolved)
    return await _post_report(call, report_id)


@routes.get("/post/report/list", who=Policy.MODERATOR_ANYWHERE, bucket=Bucket.MESSAGE)
async def list_post_reports(
    call: Call, request: post_requests.ListPostReports
) -> ListPostReportsResponse:
    """The queue of posts."""
    query = _query(request, request.community_id, request.post_id)
    found = await call.read_own(reads.list_post_reports, query)
    return ListPostReportsResponse([post_report_view(each, call.home) for each in found])


@routes.post("/comment/report", who=Policy.USER, bucket=Bucket.MESSAGE)
async def report_comment(
    call: Call, request: comment_requests.CreateCommentReport
) -> CommentReportResponse:
    """Tell the moderators of a comment."""
    made = await call.act(actions.report_comment, CommentId(request.comment_id), request.reason)
    return await _comment_report(call, made)


@routes.put("/comment/report/resolve", who=Policy.USER, bucket=Bucket.MESSAGE)
async def resolve_comment_report(
    call: Call, request: comment_requests.ResolveCommentReport
) -> CommentReportResponse:
    """Settle a report, or open it again."""
    report_id = ReportId(request.report_id)
    await call.act(actions.resolve_comment_report, report_id, resolved=request.resolved)
    return await _comment_report(call, report_id)


@routes.get("/comment/report/list", who=Policy.MODERATOR_ANYWHERE, bucket=Bucket.MESSAGE)
async def list_comment_reports(
    call: Call, request: comment_requests.ListCommentReports
) -> ListCommentReportsResponse:
    """The queue of comments."""
    query = _query(request, request.community_id, request.comment_id)
    found = await call.read_own(reads.list_comment_reports, query)
    return ListCommentReportsResponse([comment_report_view(each, call.home) for each in found])


@routes.post("/private_message/report", who=Policy.USER, bucket=Bucket.MESSAGE)
async def report_private_message(
    call: Call, request: message_requests.CreatePrivateMessageReport
) -> PrivateMessageReportResponse:
    """Tell the admins of a message that one has received."""
    message_id = PrivateMessageId(request.private_message_id)
    made = await call.act(actions.report_private_message, message_id, request.reason)
    return await _message_report(call, made)


@routes.put("/private_message/report/resolve", who=Policy.ADMIN, bucket=Bucket.MESSAGE)
async def resolve_private_message_report(
    call: Call, request: message_requests.ResolvePrivateMessageReport
) -> PrivateMessageReportResponse:
    """Settle a report, or open it again."""
    report_id = ReportId(request.report_id)
    await call.act(actions.resolve_private_message_report, report_id, resolved=request.resolved)
    return await _message_report(call, report_id)


@routes.get("/private_message/report/list", who=Policy.ADMIN, bucket=Bucket.MESSAGE)
async def list_private_message_reports(
    call: Call, request: message_requests.ListPrivateMessageReports
) -> ListPrivateMessageReportsResponse:
    """The queue of private messages."""
    query = _query(request, None, None)
    found = await call.read_own(reads.list_private_message_reports, query)
    return ListPrivateMessageReportsResponse(
        [private_message_report_view(each, call.home) for each in found]
    )


@routes.get("/user/report_count", who=Policy.MODERATOR_ANYWHERE, bucket=Bucket.MESSAGE)
async def count_reports(call: Call, request: GetReportCount) -> GetReportCountResponse:
    """How many reports wait."""
    community_id = None if request.community_id is None else CommunityId(request.community_id)
    found = await call.read_own(reads.count_reports, community_id)
    return GetReportCountResponse(community_id, found.comments, found.posts, found.private_messages)


def _query(
    request: post_requests.ListPostReports
    | comment_requests.ListCommentReports
    | message_requests.ListPrivateMessageReports,
    community_id: int | None,
    subject_id: int | None,
) -> ReportQuery:
    page = page_of(request.page, request.limit)
    return ReportQuery(
        unresolved_only=bool(request.unresolved_only),
        community_id=None if community_id is None else CommunityId(community_id),
        subject_id=subject_id,
        page=page.number,
        limit=page.limit,
    )


async def _post_report(call: Call, report_id: ReportId) -> PostReportResponse:
    view = await call.read_own(reads.get_post_report, report_id)
    return PostReportResponse(post_report_view(view, call.home))


async def _comment_report(call: Call, report_id: ReportId) -> CommentReportResponse:
    view = await call.read_own(reads.get_comment_report, report_id)
    return CommentReportResponse(comment_report_view(view, call.home))


async def _message_report(call: Call, report_id: ReportId) -> PrivateMessageReportResponse:
    view = await call.read_own(reads.get_private_message_report, report_id)
    return PrivateMessageReportResponse(private_message_report_view(view, call.home))
