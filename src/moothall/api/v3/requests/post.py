"""Requests about posts."""

from enum import StrEnum

from moothall.api.fields import Int16, Int32, Paged, Request
from moothall.domain.post import Listing, PostSort


class PostFeatureType(StrEnum):
    """Where a post is featured: on the whole site, or in its community."""

    LOCAL = "Local"
    COMMUNITY = "Community"


class CreatePost(Request, frozen=True, kw_only=True):
    name: str
    community_id: Int32
    url: str | None = None
    body: str | None = None
    alt_text: str | None = None
    honeypot: str | None = None
    nsfw: bool | None = None
    language_id: Int32 | None = None
    custom_thumbnail: str | None = None


class GetPost(Request, frozen=True, kw_only=True):
    id: Int32 | None = None
    comment_id: Int32 | None = None


class EditPost(Request, frozen=True, kw_only=True):
    post_id: Int32
    name: str | None = None
    url: str | None = None
    body: str | None = None
    alt_text: str | None = None
    nsfw: bool | None = None
    language_id: Int32 | None = None
    custom_thumbnail: str | None = None


class DeletePost(Request, frozen=True):
    post_id: Int32
    deleted: bool


class RemovePost(Request, frozen=True, kw_only=True):
    post_id: Int32
    removed: bool
    reason: str | None = None


class MarkPostAsRead(Request, frozen=True):
    post_ids: list[Int32]
    read: bool


class HidePost(Request, frozen=True):
    post_ids: list[Int32]
    hide: bool


class LockPost(Request, frozen=True):
    post_id: Int32
    locked: bool


class FeaturePost(Request, frozen=True):
    post_id: Int32
    featured: bool
    feature_type: PostFeatureType


class GetPosts(Paged, frozen=True, kw_only=True):
    type_: Listing | None = None
    sort: PostSort | None = None
    community_id: Int32 | None = None
    community_name: str | None = None
    saved_only: bool | None = None
    liked_only: bool | None = None
    disliked_only: bool | None = None
    show_hidden: bool | None = None
    show_read: bool | None = None
    show_nsfw: bool | None = None
    page_cursor: str | None = None


class CreatePostLike(Request, frozen=True):
    post_id: Int32
    score: Int16


class ListPostLikes(Paged, frozen=True, kw_only=True):
    post_id: Int32


class SavePost(Request, frozen=True):
    post_id: Int32
    save: bool


class CreatePostReport(Request, frozen=True):
    post_id: Int32
    reason: str


class ResolvePostReport(Request, frozen=True):
    report_id: Int32
    resolved: bool


class ListPostReports(Paged, frozen=True, kw_only=True):
    unresolved_only: bool | None = None
    community_id: Int32 | None = None
    post_id: Int32 | None = None


class GetSiteMetadata(Request, frozen=True):
    url: str
