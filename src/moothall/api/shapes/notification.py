"""Replies, mentions and private messages."""

from typing import Any

from moothall.domain import notification as domain
from moothall.domain.community import Subscribed
from moothall.domain.site import Home

from .base import REQUIRED, Shape, optional_timestamp, timestamp
from .comment import Comment, CommentAggregates, CommentView, comment_view
from .community import Community
from .post import Post
from .user import Person, person


class CommentReply(Shape):
    id: int
    recipient_id: int
    comment_id: int
    read: bool
    published: str


class PersonMention(Shape):
    id: int
    recipient_id: int
    comment_id: int
    read: bool
    published: str


class CommentReplyView(Shape):
    comment_reply: CommentReply
    comment: Comment
    creator: Person
    post: Post
    community: Community
    recipient: Person
    counts: CommentAggregates
    creator_banned_from_community: bool
    banned_from_community: bool
    creator_is_moderator: bool
    creator_is_admin: bool
    subscribed: Subscribed
    saved: bool
    creator_blocked: bool
    my_vote: int | None = None


class PersonMentionView(Shape):
    person_mention: PersonMention
    comment: Comment
    creator: Person
    post: Post
    community: Community
    recipient: Person
    counts: CommentAggregates
    creator_banned_from_community: bool
    banned_from_community: bool
    creator_is_moderator: bool
    creator_is_admin: bool
    subscribed: Subscribed
    saved: bool
    creator_blocked: bool
    my_vote: int | None = None


class PrivateMessage(Shape):
    id: int
    creator_id: int
    recipient_id: int
    content: str
    deleted: bool
    read: bool
    published: str
    updated: str | None = None
    ap_id: str = REQUIRED
    local: bool = REQUIRED
    removed: bool = REQUIRED


class PrivateMessageView(Shape):
    private_message: PrivateMessage
    creator: Person
    recipient: Person


def reply_view(view: domain.NotificationView, home: Home) -> CommentReplyView:
    """An answer to something that the recipient wrote."""
    note = view.notification
    return CommentReplyView(
        comment_reply=CommentReply(
            note.id, note.recipient_id, note.comment_id, note.read, timestamp(note.created_at)
        ),
        **_about(view, home),
    )


def mention_view(view: domain.NotificationView, home: Home) -> PersonMentionView:
    """A comment that names the recipient."""
    note = view.notification
    return PersonMentionView(
        person_mention=PersonMention(
            note.id, note.recipient_id, note.comment_id, note.read, timestamp(note.created_at)
        ),
        **_about(view, home),
    )


def private_message(value: domain.PrivateMessage, home: Home) -> PrivateMessage:
    """A private message."""
    return PrivateMessage(
        id=value.id,
        creator_id=value.creator_id,
        recipient_id=value.recipient_id,
        content=home.text_with_pictures(value.content) or "",
        deleted=value.deleted,
        read=value.read,
        published=timestamp(value.created_at),
        updated=optional_timestamp(value.updated_at),
        ap_id=value.ap_id or home.private_message_url(value.id),
        local=value.local,
        removed=value.removed,
    )


def private_message_view(view: domain.PrivateMessageView, home: Home) -> PrivateMessageView:
    """A private message with both people."""
    return PrivateMessageView(
        private_message(view.private_message, home),
        person(view.creator, home),
        person(view.recipient, home),
    )


def _about(view: domain.NotificationView, home: Home) -> dict[str, Any]:
    about = comment_view(view.comment, home)
    fields: dict[str, Any] = {name: getattr(about, name) for name in CommentView.__struct_fields__}
    return {**fields, "recipient": person(view.recipient, home)}
