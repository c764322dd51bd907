"""Requests about comments."""

from moothall.api.fields import Int16, Int32, Paged, Request
from moothall.domain.comment import CommentSort
from moothall.domain.post import Listing


class CreateComment(Request, frozen=True, kw_only=True):
    content: str
    post_id: Int32
    parent_id: Int32 | None = None
    language_id: Int32 | None = None


class GetComment(Request, frozen=True):
    id: Int32


class EditComment(Request, frozen=True, kw_only=True):
    comment_id: Int32
    content: str | None = None
    language_id: Int32 | None = None


class DeleteComment(Request, frozen=True):
    comment_id: Int32
    deleted: bool


class RemoveComment(Request, frozen=True, kw_only=True):
    comment_id: Int32
    removed: bool
    reason: str | None = None


class MarkCommentReplyAsRead(Request, frozen=True):
    comment_reply_id: Int32
    read: bool


class DistinguishComment(Request, frozen=True):
    comment_id: Int32
    distinguished: bool


class CreateCommentLike(Request, frozen=True):
    comment_id: Int32
    score: Int16


class ListCommentLikes(Paged, frozen=True, kw_only=True):
    comment_id: Int32


class SaveComment(Request, frozen=True):
    comment_id: Int32
    save: bool


class GetComments(Paged, frozen=True, kw_only=True):
    """With `max_depth`, `page` and `limit` do not count and must not be range-checked."""

    type_: Listing | None = None
    sort: CommentSort = CommentSort.HOT
    max_depth: Int32 | None = None
    community_id: Int32 | None = None
    community_name: str | None = None
    post_id: Int32 | None = None
    parent_id: Int32 | None = None
    saved_only: bool | None = None
    liked_only: bool | None = None
    disliked_only: bool | None = None


class CreateCommentReport(Request, frozen=True):
    comment_id: Int32
    reason: str


class ResolveCommentReport(Request, frozen=True):
    report_id: Int32
    resolved: bool


class ListCommentReports(Paged, frozen=True, kw_only=True):
    comment_id: Int32 | None = None
    unresolved_only: bool | None = None
    community_id: Int32 | None = None
