"""Replies, mentions and private messages."""

from typing import NamedTuple

from .comment import CommentView
from .ids import CommentId, NotificationId, PersonId, PrivateMessageId
from .time import Time
from .user import Person


class Notification(NamedTuple):
    """A row in somebody's inbox that points at a comment; kind is "reply" or "mention"."""

    id: NotificationId
    recipient_id: PersonId
    comment_id: CommentId
    kind: str
    read: bool
    created_at: Time


class NotificationView(NamedTuple):
    """A reply or mention with the comment it is about."""

    notification: Notification
    recipient: Person
    comment: CommentView


class PrivateMessage(NamedTuple):
    """A message from one person to another; `content_html` is made for pages."""

    id: PrivateMessageId
    creator_id: PersonId
    recipient_id: PersonId
    content: str
    deleted: bool
    read: bool
    created_at: Time
    updated_at: Time | None
    ap_id: str | None
    local: bool
    removed: bool
    content_html: str | None


class PrivateMessageView(NamedTuple):
    """A message with both people."""

    private_message: PrivateMessage
    creator: Person
    recipient: Person


class UnreadCounts(NamedTuple):
    """What waits to be read."""

    replies: int
    mentions: int
    private_messages: int
