"""Replies and mentions: lists, marks, and how many wait."""

from moothall.actions import notification as actions
from moothall.api.call import Call
from moothall.api.paging import page_of
from moothall.api.route import Routes
from moothall.api.shapes.notification import mention_view, reply_view
from moothall.api.shapes.responses import (
    CommentReplyResponse,
    GetPersonMentionsResponse,
    GetRepliesResponse,
    GetUnreadCountResponse,
    PersonMentionResponse,
)
from moothall.domain.ids import NotificationId
from moothall.domain.notification import NotificationQuery
from moothall.door import Bucket, Policy
from moothall.reads import notification as reads

from .requests import notification as requests
from .requests.comment import MarkCommentReplyAsRead

routes = Routes()


def _query(
    kind: str, request: requests.GetReplies | requests.GetPersonMentions
) -> NotificationQuery:
    page = page_of(request.page, request.limit)
    return NotificationQuery(
        kind,
        sort=request.sort,
        unread_only=bool(request.unread_only),
        page=page.number,
        limit=page.limit,
    )


@routes.get("/user/replies", who=Policy.USER, bucket=Bucket.MESSAGE)
async def list_replies(call: Call, request: requests.GetReplies) -> GetRepliesResponse:
    """Answers to what the caller wrote."""
    found = await call.read_own(reads.list_notifications, _query("reply", request))
    return GetRepliesResponse([reply_view(view, call.home) for view in found])


@routes.get("/user/mention", who=Policy.USER, bucket=Bucket.MESSAGE)
async def list_mentions(
    call: Call, request: requests.GetPersonMentions
) -> GetPersonMentionsResponse:
    """Comments that name the caller."""
    found = await call.read_own(reads.list_notifications, _query("mention", request))
    return GetPersonMentionsResponse([mention_view(view, call.home) for view in found])


@routes.get("/user/unread_count", who=Policy.USER, bucket=Bucket.MESSAGE)
async def count_unread(call: Call) -> GetUnreadCountResponse:
    """How much waits to be read."""
    counts = await call.read_own(reads.count_unread)
    return GetUnreadCountResponse(counts.replies, counts.mentions, counts.private_messages)


@routes.post("/comment/mark_as_read", who=Policy.USER, bucket=Bucket.MESSAGE)
async def mark_reply_as_read(call: Call, request: MarkCommentReplyAsRead) -> CommentReplyResponse:
    """Mark an answer as read or unread."""
    reply_id = NotificationId(request.comment_reply_id)
    await call.act_own(actions.mark_reply, reply_id, read=request.read)
    view = await call.read_own(reads.get_notification, "reply", reply_id)
    return CommentReplyResponse(reply_view(view, call.home))


@routes.post("/user/mention/mark_as_read", who=Policy.USER, bucket=Bucket.MESSAGE)
async def mark_mention_as_read(
    call: Call, request: requests.MarkPersonMentionAsRead
) -> PersonMentionResponse:
    """Mark a mention as read or unread."""
    mention_id = NotificationId(request.person_mention_id)
    await call.act_own(actions.mark_mention, mention_id, read=request.read)
    view = await call.read_own(reads.get_notification, "mention", mention_id)
    return PersonMentionResponse(mention_view(view, call.home))


@routes.post("/user/mark_all_as_read", who=Policy.USER, bucket=Bucket.MESSAGE)
async def mark_all_as_read(call: Call) -> GetRepliesResponse:
    """Mark replies, mentions and messages."""
    await call.act_own(actions.mark_all_read)
    return GetRepliesResponse([])
