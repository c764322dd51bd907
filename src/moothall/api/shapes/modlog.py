"""The modlog: one array for each kind of act.

An act whose subject is gone for good (purged) cannot be shown in its array; the purge itself is in
its own. `moderator` is missing where the viewer may not know who it was.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from moothall.domain import moderation as domain
from moothall.domain.moderation import ModlogKind
from moothall.domain.site import Home

from .base import REQUIRED, Shape, optional_timestamp, timestamp
from .comment import Comment, comment
from .community import Community, community
from .post import Post, post
from .user import Person, optional_person, person

T = TypeVar("T")

# Stands for a moderator whose row is gone; no person has this id.
_NOBODY = 0


class ModRemovePost(Shape):
    id: int
    mod_person_id: int
    post_id: int
    reason: str | None = None
    removed: bool = REQUIRED
    when_: str = REQUIRED


class ModRemovePostView(Shape):
    mod_remove_post: ModRemovePost
    moderator: Person | None = None
    post: Post = REQUIRED
    community: Community = REQUIRED


class ModLockPost(Shape):
    id: int
    mod_person_id: int
    post_id: int
    locked: bool
    when_: str


class ModLockPostView(Shape):
    mod_lock_post: ModLockPost
    moderator: Person | None = None
    post: Post = REQUIRED
    community: Community = REQUIRED


class ModFeaturePost(Shape):
    id: int
    mod_person_id: int
    post_id: int
    featured: bool
    when_: str
    is_featured_community: bool


class ModFeaturePostView(Shape):
    mod_feature_post: ModFeaturePost
    moderator: Person | None = None
    post: Post = REQUIRED
    community: Community = REQUIRED


class ModRemoveComment(Shape):
    id: int
    mod_person_id: int
    comment_id: int
    reason: str | None = None
    removed: bool = REQUIRED
    when_: str = REQUIRED


class ModRemoveCommentView(Shape):
    mod_remove_comment: ModRemoveComment
    moderator: Person | None = None
    comment: Comment = REQUIRED
    commenter: Person = REQUIRED
    post: Post = REQUIRED
    community: Community = REQUIRED


class ModRemoveCommunity(Shape):
    id: int
    mod_person_id: int
    community_id: int
    reason: str | None = None
    removed: bool = REQUIRED
    when_: str = REQUIRED


class ModRemoveCommunityView(Shape):
    mod_remove_community: ModRemoveCommunity
    moderator: Person | None = None
    community: Community = REQUIRED


class ModBanFromCommunity(Shape):
    id: int
    mod_person_id: int
    other_person_id: int
    community_id: int
    reason: str | None = None
    banned: bool = REQUIRED
    expires: str | None = None
    when_: str = REQUIRED


class ModBanFromCommunityView(Shape):
    mod_ban_from_community: ModBanFromCommunity
    moderator: Person | None = None
    community: Community = REQUIRED
    banned_person: Person = REQUIRED


class ModBan(Shape):
    id: int
    mod_person_id: int
    other_person_id: int
    reason: str | None = None
    banned: bool = REQUIRED
    expires: str | None = None
    when_: str = REQUIRED


class ModBanView(Shape):
    mod_ban: ModBan
    moderator: Person | None = None
    banned_person: Person = REQUIRED


class ModAddCommunity(Shape):
    id: int
    mod_person_id: int
    other_person_id: int
    community_id: int
    removed: bool
    when_: str


class ModAddCommunityView(Shape):
    mod_add_community: ModAddCommunity
    moderator: Person | None = None
    community: Community = REQUIRED
    modded_person: Person = REQUIRED


class ModTransferCommunity(Shape):
    id: int
    mod_person_id: int
    other_person_id: int
    community_id: int
    when_: str


class ModTransferCommunityView(Shape):
    mod_transfer_community: ModTransferCommunity
    moderator: Person | None = None
    community: Community = REQUIRED
    modded_person: Person = REQUIRED


class ModAdd(Shape):
    id: int
    mod_person_id: int
    other_person_id: int
    removed: bool
    when_: str


class ModAddView(Shape):
    mod_add: ModAdd
    moderator: Person | None = None
    modded_person: Person = REQUIRED


class AdminPurgePerson(Shape):
    id: int
    admin_person_id: int
    reason: str | None = None
    when_: str = REQUIRED


class AdminPurgePersonView(Shape):
    admin_purge_person: AdminPurgePerson
    admin: Person | None = None


class AdminPurgeCommunity(Shape):
    id: int
    admin_person_id: int
    reason: str | None = None
    when_: str = REQUIRED


class AdminPurgeCommunityView(Shape):
    admin_purge_community: AdminPurgeCommunity
    admin: Person | None = None


class AdminPurgePost(Shape):
    id: int
    admin_person_id: int
    community_id: int
    reason: str | None = None
    when_: str = REQUIRED


class AdminPurgePostView(Shape):
    admin_purge_post: AdminPurgePost
    admin: Person | None = None
    community: Community = REQUIRED


class AdminPurgeComment(Shape):
    id: int
    admin_person_id: int
    post_id: int
    reason: str | None = None
    when_: str = REQUIRED


class AdminPurgeCommentView(Shape):
    admin_purge_comment: AdminPurgeComment
    admin: Person | None = None
    post: Post = REQUIRED


class ModHideCommunity(Shape):
    id: int
    community_id: int
    mod_person_id: int
    when_: str
    reason: str | None = None
    hidden: bool = REQUIRED


class ModHideCommunityView(Shape):
    mod_hide_community: ModHideCommunity
    admin: Person | None = None
    community: Community = REQUIRED


class GetModlogResponse(Shape):
    removed_posts: list[ModRemovePostView]
    locked_posts: list[ModLockPostView]
    featured_posts: list[ModFeaturePostView]
    removed_comments: list[ModRemoveCommentView]
    removed_communities: list[ModRemoveCommunityView]
    banned_from_community: list[ModBanFromCommunityView]
    banned: list[ModBanView]
    added_to_community: list[ModAddCommunityView]
    transferred_to_community: list[ModTransferCommunityView]
    added: list[ModAddView]
    admin_purged_persons: list[AdminPurgePersonView]
    admin_purged_communities: list[AdminPurgeCommunityView]
    admin_purged_posts: list[AdminPurgePostView]
    admin_purged_comments: list[AdminPurgeCommentView]
    hidden_communities: list[ModHideCommunityView]


class _Gone(Exception):
    """What the act was about is not there any more."""


class _Act:
    """One act, with what it is about as shapes; asking for what is gone raises _Gone."""

    def __init__(self, view: domain.ModlogView, home: Home) -> None:
        self.view = view
        self.entry = view.entry
        self._home = home

    @property
    def mod_id(self) -> int:
        return _NOBODY if self.entry.moderator_id is None else self.entry.moderator_id

    @property
    def done(self) -> bool:
        return not self.entry.undone

    @property
    def when(self) -> str:
        return timestamp(self.entry.created_at)

    @property
    def moderator(self) -> Person | None:
        return optional_person(self.view.moderator, self._home)

    @property
    def post(self) -> Post:
        return post(_there(self.view.post), self._home)

    @property
    def comment(self) -> Comment:
        return comment(_there(self.view.comment), self._home)

    @property
    def community(self) -> Community:
        return community(_there(self.view.community), self._home)

    @property
    def person(self) -> Person:
        return person(_there(self.view.person), self._home)


def modlog(views: list[domain.ModlogView], home: Home) -> GetModlogResponse:
    """Sort acts of any kinds into their arrays, keeping their order."""
    arrays: dict[str, list[Any]] = {name: [] for name in GetModlogResponse.__struct_fields__}
    for view in views:
        if view.entry.kind not in _ARRAYS:  # a kind of our own, which this API has no array for
            continue
        array, build = _ARRAYS[view.entry.kind]
        try:
            arrays[array].append(build(_Act(view, home)))
        except _Gone:
            continue
    return GetModlogResponse(**arrays)


def _there(value: T | None) -> T:
    if value is None:
        raise _Gone
    return value


def _remove_post(act: _Act) -> ModRemovePostView:
    entry = act.entry
    record = ModRemovePost(entry.id, act.mod_id, act.post.id, entry.reason, act.done, act.when)
    return ModRemovePostView(record, act.moderator, act.post, act.community)


def _lock_post(act: _Act) -> ModLockPostView:
    record = ModLockPost(act.entry.id, act.mod_id, act.post.id, act.done, act.when)
    return ModLockPostView(record, act.moderator, act.post, act.community)


def _feature_post(act: _Act) -> ModFeaturePostView:
    entry = act.entry
    record = ModFeaturePost(
        entry.id, act.mod_id, act.post.id, act.done, act.when, entry.in_community
    )
    return ModFeaturePostView(record, act.moderator, act.post, act.community)


def _remove_comment(act: _Act) -> ModRemoveCommentView:
    entry = act.entry
    record = ModRemoveComment(
        entry.id, act.mod_id, act.comment.id, entry.reason, act.done, act.when
    )
    return ModRemoveCommentView(
        record, act.moderator, act.comment, act.person, act.post, act.community
    )


def _remove_community(act: _Act) -> ModRemoveCommunityView:
    entry = act.entry
    record = ModRemoveCommunity(
        entry.id, act.mod_id, act.community.id, entry.reason, act.done, act.when
    )
    return ModRemoveCommunityView(record, act.moderator, act.community)


def _ban_from_community(act: _Act) -> ModBanFromCommunityView:
    entry = act.entry
    record = ModBanFromCommunity(
        entry.id,
        act.mod_id,
        act.person.id,
        act.community.id,
        entry.reason,
        act.done,
        optional_timestamp(entry.expires_at),
        act.when,
    )
    return ModBanFromCommunityView(record, act.moderator, act.community, act.person)


def _ban(act: _Act) -> ModBanView:
    entry = act.entry
    record = ModBan(
        entry.id,
        act.mod_id,
        act.person.id,
        entry.reason,
        act.done,
        optional_timestamp(entry.expires_at),
        act.when,
    )
    return ModBanView(record, act.moderator, act.person)


def _add_to_community(act: _Act) -> ModAddCommunityView:
    entry = act.entry
    record = ModAddCommunity(
        entry.id, act.mod_id, act.person.id, act.community.id, entry.undone, act.when
    )
    return ModAddCommunityView(record, act.moderator, act.community, act.person)


def _transfer_community(act: _Act) -> ModTransferCommunityView:
    record = ModTransferCommunity(
        act.entry.id, act.mod_id, act.person.id, act.community.id, act.when
    )
    return ModTransferCommunityView(record, act.moderator, act.community, act.person)


def _add(act: _Act) -> ModAddView:
    entry = act.entry
    record = ModAdd(entry.id, act.mod_id, act.person.id, entry.undone, act.when)
    return ModAddView(record, act.moderator, act.person)


def _purge_person(act: _Act) -> AdminPurgePersonView:
    record = AdminPurgePerson(act.entry.id, act.mod_id, act.entry.reason, act.when)
    return AdminPurgePersonView(record, act.moderator)


def _purge_community(act: _Act) -> AdminPurgeCommunityView:
    record = AdminPurgeCommunity(act.entry.id, act.mod_id, act.entry.reason, act.when)
    return AdminPurgeCommunityView(record, act.moderator)


def _purge_post(act: _Act) -> AdminPurgePostView:
    entry = act.entry
    record = AdminPurgePost(entry.id, act.mod_id, act.community.id, entry.reason, act.when)
    return AdminPurgePostView(record, act.moderator, act.community)


def _purge_comment(act: _Act) -> AdminPurgeCommentView:
    entry = act.entry
    record = AdminPurgeComment(entry.id, act.mod_id, act.post.id, entry.reason, act.when)
    return AdminPurgeCommentView(record, act.moderator, act.post)


def _hide_community(act: _Act) -> ModHideCommunityView:
    entry = act.entry
    record = ModHideCommunity(
        entry.id, act.community.id, act.mod_id, act.when, entry.reason, act.done
    )
    return ModHideCommunityView(record, act.moderator, act.community)


_ARRAYS: dict[str, tuple[str, Callable[[_Act], Shape]]] = {
    ModlogKind.REMOVE_POST: ("removed_posts", _remove_post),
    ModlogKind.LOCK_POST: ("locked_posts", _lock_post),
    ModlogKind.FEATURE_POST: ("featured_posts", _feature_post),
    ModlogKind.REMOVE_COMMENT: ("removed_comments", _remove_comment),
    ModlogKind.REMOVE_COMMUNITY: ("removed_communities", _remove_community),
    ModlogKind.BAN_FROM_COMMUNITY: ("banned_from_community", _ban_from_community),
    ModlogKind.BAN: ("banned", _ban),
    ModlogKind.ADD_COMMUNITY: ("added_to_community", _add_to_community),
    ModlogKind.TRANSFER_COMMUNITY: ("transferred_to_community", _transfer_community),
    ModlogKind.ADD: ("added", _add),
    ModlogKind.PURGE_PERSON: ("admin_purged_persons", _purge_person),
    ModlogKind.PURGE_COMMUNITY: ("admin_purged_communities", _purge_community),
    ModlogKind.PURGE_POST: ("admin_purged_posts", _purge_post),
    ModlogKind.PURGE_COMMENT: ("admin_purged_comments", _purge_comment),
    ModlogKind.HIDE_COMMUNITY: ("hidden_communities", _hide_community),
}
