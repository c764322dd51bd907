"""Requests about communities."""

from moothall.api.fields import Int32, Int64, Paged, Request
from moothall.domain.community import Visibility
from moothall.domain.post import Listing, PostSort


class CreateCommunity(Request, frozen=True, kw_only=True):
    name: str
    title: str
    description: str | None = None
    icon: str | None = None
    banner: str | None = None
    nsfw: bool | None = None
    posting_restricted_to_mods: bool | None = None
    discussion_languages: list[Int32] | None = None
    visibility: Visibility | None = None


class GetCommunity(Request, frozen=True, kw_only=True):
    """`id` wins over `name`, which is `name` or `name@host`."""

    id: Int32 | None = None
    name: str | None = None


class EditCommunity(Request, frozen=True, kw_only=True):
    community_id: Int32
    title: str | None = None
    description: str | None = None
    icon: str | None = None
    banner: str | None = None
    nsfw: bool | None = None
    posting_restricted_to_mods: bool | None = None
    discussion_languages: list[Int32] | None = None
    visibility: Visibility | None = None


class HideCommunity(Request, frozen=True, kw_only=True):
    community_id: Int32
    hidden: bool
    reason: str | None = None


class ListCommunities(Paged, frozen=True, kw_only=True):
    type_: Listing | None = None
    sort: PostSort = PostSort.HOT
    show_nsfw: bool | None = None


class FollowCommunity(Request, frozen=True):
    community_id: Int32
    follow: bool


class BlockCommunity(Request, frozen=True):
    community_id: Int32
    block: bool


class DeleteCommunity(Request, frozen=True):
    community_id: Int32
    deleted: bool


class RemoveCommunity(Request, frozen=True, kw_only=True):
    community_id: Int32
    removed: bool
    reason: str | None = None


class TransferCommunity(Request, frozen=True):
    community_id: Int32
    person_id: Int32


class BanFromCommunity(Request, frozen=True, kw_only=True):
    """`expires` is in seconds since 1970."""

    community_id: Int32
    person_id: Int32
    ban: bool
    remove_data: bool | None = None
    reason: str | None = None
    expires: Int64 | None = None


class AddModToCommunity(Request, frozen=True):
    community_id: Int32
    person_id: Int32
    added: bool
