"""Reports and their subjects."""

from moothall.domain import moderation as domain
from moothall.domain.community import Subscribed
from moothall.domain.site import Home

from .base import REQUIRED, Shape, optional_timestamp, timestamp
from .comment import Comment, CommentAggregates, comment_view
from .community import Community
from .notification import PrivateMessage, private_message
from .post import Post, PostAggregates, post_view
from .user import Person, optional_person, person


class PostReport(Shape):
    id: int
    creator_id: int
    post_id: int
    original_post_name: str
    original_post_url: str | None = None
    original_post_body: str | None = None
    reason: str = REQUIRED
    resolved: bool = REQUIRED
    resolver_id: int | None = None
    published: str = REQUIRED
    updated: str | None = None


class CommentReport(Shape):
    id: int
    creator_id: int
    comment_id: int
    original_comment_text: str
    reason: str
    resolved: bool
    resolver_id: int | None = None
    published: str = REQUIRED
    updated: str | None = None


class PrivateMessageReport(Shape):
    id: int
    creator_id: int
    private_message_id: int
    original_pm_text: str
    reason: str
    resolved: bool
    resolver_id: int | None = None
    published: str = REQUIRED
    updated: str | None = None


class PostReportView(Shape):
    post_report: PostReport
    post: Post
    community: Community
    creator: Person
    post_creator: Person
    creator_banned_from_community: bool
    creator_is_moderator: bool
    creator_is_admin: bool
    subscribed: Subscribed
    saved: bool
    read: bool
    hidden: bool
    creator_blocked: bool
    my_vote: int | None = None
    unread_comments: int = REQUIRED
    counts: PostAggregates = REQUIRED
    resolver: Person | None = None


class CommentReportView(Shape):
    comment_report: CommentReport
    comment: Comment
    post: Post
    community: Community
    creator: Person
    comment_creator: Person
    counts: CommentAggregates
    creator_banned_from_community: bool
    creator_is_moderator: bool
    creator_is_admin: bool
    creator_blocked: bool
    subscribed: Subscribed
    saved: bool
    my_vote: int | None = None
    resolver: Person | None = None


class PrivateMessageReportView(Shape):
    private_message_report: PrivateMessageReport
    private_message: PrivateMessage
    private_message_creator: Person
    creator: Person
    resolver: Person | None = None


def post_report_view(view: domain.PostReportView, home: Home) -> PostReportView:
    """A report of a post."""
    about = post_view(view.post, home)
    return PostReportView(
        post_report=_post_report(view.report),
        post=about.post,
        community=about.community,
        creator=person(view.reporter, home),
        post_creator=about.creator,
        creator_banned_from_community=about.creator_banned_from_community,
        creator_is_moderator=about.creator_is_moderator,
        creator_is_admin=about.creator_is_admin,
        subscribed=about.subscribed,
        saved=about.saved,
        read=about.read,
        hidden=about.hidden,
        creator_blocked=about.creator_blocked,
        my_vote=about.my_vote,
        unread_comments=about.unread_comments,
        counts=about.counts,
        resolver=optional_person(view.resolver, home),
    )


def comment_report_view(view: domain.CommentReportView, home: Home) -> CommentReportView:
    """A report of a comment."""
    about = comment_view(view.comment, home)
    return CommentReportView(
        comment_report=_comment_report(view.report),
        comment=about.comment,
        post=about.post,
        community=about.community,
        creator=person(view.reporter, home),
        comment_creator=about.creator,
        counts=about.counts,
        creator_banned_from_community=about.creator_banned_from_community,
        creator_is_moderator=about.creator_is_moderator,
        creator_is_admin=about.creator_is_admin,
        creator_blocked=about.creator_blocked,
        subscribed=about.subscribed,
        saved=about.saved,
        my_vote=about.my_vote,
        resolver=optional_person(view.resolver, home),
    )


def private_message_report_view(
    view: domain.PrivateMessageReportView, home: Home
) -> PrivateMessageReportView:
    """A report of a private message."""
    return PrivateMessageReportView(
        private_message_report=_private_message_report(view.report),
        private_message=private_message(view.private_message, home),
        private_message_creator=person(view.message_creator, home),
        creator=person(view.reporter, home),
        resolver=optional_person(view.resolver, home),
    )


def _post_report(report: domain.Report) -> PostReport:
    return PostReport(
        id=report.id,
        creator_id=report.creator_id,
        post_id=report.subject_id,
        original_post_name=report.original_title or "",
        original_post_url=report.original_url,
        original_post_body=report.original_text,
        reason=report.reason,
        resolved=report.resolved,
        resolver_id=report.resolver_id,
        published=timestamp(report.created_at),
        updated=optional_timestamp(report.updated_at),
    )


def _comment_report(report: domain.Report) -> CommentReport:
    return CommentReport(
        id=report.id,
        creator_id=report.creator_id,
        comment_id=report.subject_id,
        original_comment_text=report.original_text or "",
        reason=report.reason,
        resolved=report.resolved,
        resolver_id=report.resolver_id,
        published=timestamp(report.created_at),
        updated=optional_timestamp(report.updated_at),
    )


def _private_message_report(report: domain.Report) -> PrivateMessageReport:
    return PrivateMessageReport(
        id=report.id,
        creator_id=report.creator_id,
        private_message_id=report.subject_id,
        original_pm_text=report.original_text or "",
        reason=report.reason,
        resolved=report.resolved,
        resolver_id=report.resolver_id,
        published=timestamp(report.created_at),
        updated=optional_timestamp(report.updated_at),
    )
