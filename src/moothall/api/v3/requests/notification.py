"""Requests about replies, mentions and private messages."""

from moothall.api.fields import Int32, Paged, Request
from moothall.domain.comment import CommentSort


class GetReplies(Paged, frozen=True, kw_only=True):
    sort: CommentSort = CommentSort.NEW
    unread_only: bool | None = None


class GetPersonMentions(Paged, frozen=True, kw_only=True):
    sort: CommentSort = CommentSort.NEW
    unread_only: bool | None = None


class MarkPersonMentionAsRead(Request, frozen=True):
    person_mention_id: Int32
    read: bool


class GetPrivateMessages(Paged, frozen=True, kw_only=True):
    unread_only: bool | None = None
    creator_id: Int32 | None = None


class CreatePrivateMessage(Request, frozen=True):
    content: str
    recipient_id: Int32


class EditPrivateMessage(Request, frozen=True):
    private_message_id: Int32
    content: str


class DeletePrivateMessage(Request, frozen=True):
    private_message_id: Int32
    deleted: bool


class MarkPrivateMessageAsRead(Request, frozen=True):
    private_message_id: Int32
    read: bool


class CreatePrivateMessageReport(Request, frozen=True):
    private_message_id: Int32
    reason: str


class ResolvePrivateMessageReport(Request, frozen=True):
    report_id: Int32
    resolved: bool


class ListPrivateMessageReports(Paged, frozen=True, kw_only=True):
    unresolved_only: bool | None = None
