"""Private messages: send, edit, delete, mark and list. Reports of them: `moderation`."""

from moothall.actions import private_message as actions
from moothall.api.call import Call
from moothall.api.paging import page_of
from moothall.api.route import Routes
from moothall.api.shapes.notification import private_message_view
from moothall.api.shapes.responses import PrivateMessageResponse, PrivateMessagesResponse
from moothall.domain.ids import PersonId, PrivateMessageId
from moothall.domain.notification import MessageQuery
from moothall.door import Bucket, Policy
from moothall.reads import private_message as reads

from .requests import notification as requests

routes = Routes()


@routes.get("/private_message/list", who=Policy.USER, bucket=Bucket.MESSAGE)
async def list_private_messages(
    call: Call, request: requests.GetPrivateMessages
) -> PrivateMessagesResponse:
    """Sent and received, or only the unread ones received; perhaps with one person only."""
    page = page_of(request.page, request.limit)
    query = MessageQuery(
        unread_only=bool(request.unread_only),
        partner_id=None if request.creator_id is None else PersonId(request.creator_id),
        page=page.number,
        limit=page.limit,
    )
    found = await call.read_own(reads.list_messages, query)
    return PrivateMessagesResponse([private_message_view(view, call.home) for view in found])


@routes.post("/private_message", who=Policy.USER, bucket=Bucket.MESSAGE)
async def create_private_message(
    call: Call, request: requests.CreatePrivateMessage
) -> PrivateMessageResponse:
    """Write to somebody."""
    recipient_id = PersonId(request.recipient_id)
    return await _answer(
        call, await call.act(actions.create_message, recipient_id, request.content)
    )


@routes.put("/private_message", who=Policy.USER, bucket=Bucket.MESSAGE)
async def edit_private_message(
    call: Call, request: requests.EditPrivateMessage
) -> PrivateMessageResponse:
    """Change one's own message."""
    message_id = PrivateMessageId(request.private_message_id)
    await call.act(actions.edit_message, message_id, request.content)
    return await _answer(call, message_id)


@routes.post("/private_message/delete", who=Policy.USER, bucket=Bucket.MESSAGE)
async def delete_private_message(
    call: Call, request: requests.DeletePrivateMessage
) -> PrivateMessageResponse:
    """Take back one's own message, or restore it."""
    message_id = PrivateMessageId(request.private_message_id)
    await call.act(actions.delete_message, message_id, deleted=request.deleted)
    return await _answer(call, message_id)


@routes.post("/private_message/mark_as_read", who=Policy.USER, bucket=Bucket.MESSAGE)
async def mark_private_message_as_read(
    call: Call, request: requests.MarkPrivateMessageAsRead
) -> PrivateMessageResponse:
    """Mark a message that one has received."""
    message_id = PrivateMessageId(request.private_message_id)
    await call.act(actions.mark_message, message_id, read=request.read)
    return await _answer(call, message_id)


async def _answer(call: Call, message_id: PrivateMessageId) -> PrivateMessageResponse:
    view = await call.read_own(reads.get_message, message_id)
    return PrivateMessageResponse(private_message_view(view, call.home))
