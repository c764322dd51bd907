"""Replies, mentions and private messages."""

from typing import NamedTuple

from .comment import CommentSort, CommentView
from .ids import CommentId, NotificationId, PersonId, PrivateMessageId
from .time import Time
from .user import Person, Viewer


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


class Duties(NamedTuple):
    """What waits to be decided by somebody as a moderator or an admin."""

    reports: int
    applications: int


class Visitor(NamedTuple):
    """Who asks for a page, and what waits for them."""

    viewer: Viewer
    unread: UnreadCounts
    duties: Duties


class NotificationQuery(NamedTuple):
    """Which replies ("reply") or mentions ("mention"), in which order; page 1 is the first.

    By any order but time the newest 1,000 are sorted.
    """

    kind: str
    sort: CommentSort = CommentSort.NEW
    unread_only: bool = False
    page: int = 1
    limit: int = 10
    with_html: bool = False


class MessageQuery(NamedTuple):
    """Which private messages, newest first: sent and received, or only the unread ones received.

    `partner_id`: only those exchanged with this person.
    """

    unread_only: bool = False
    partner_id: PersonId | None = None
    page: int = 1
    limit: int = 10


class InboxPage(NamedTuple):
    """Replies, mentions and messages received, newest first.

    `next_cursor` is None on the last page.
    """

    entries: list[NotificationView | PrivateMessageView]
    next_cursor: str | None
