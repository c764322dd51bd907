"""Reports and the modlog."""

from enum import StrEnum
from typing import NamedTuple

from .comment import Comment, CommentView
from .community import Community
from .ids import CommentId, CommunityId, PersonId, PostId, ReportId
from .notification import PrivateMessage
from .post import Post, PostView
from .time import Time
from .user import Person


class ModlogKind(StrEnum):
    """What a moderator or admin did, under the names of the Lemmy API."""

    REMOVE_POST = "ModRemovePost"
    LOCK_POST = "ModLockPost"
    FEATURE_POST = "ModFeaturePost"
    REMOVE_COMMENT = "ModRemoveComment"
    REMOVE_COMMUNITY = "ModRemoveCommunity"
    BAN_FROM_COMMUNITY = "ModBanFromCommunity"
    BAN = "ModBan"
    ADD_COMMUNITY = "ModAddCommunity"
    TRANSFER_COMMUNITY = "ModTransferCommunity"
    ADD = "ModAdd"
    HIDE_COMMUNITY = "ModHideCommunity"
    PURGE_PERSON = "AdminPurgePerson"
    PURGE_COMMUNITY = "AdminPurgeCommunity"
    PURGE_POST = "AdminPurgePost"
    PURGE_COMMENT = "AdminPurgeComment"


class ModlogEntry(NamedTuple):
    """One act. `undone` tells the direction: restored, unlocked, unbanned, taken away."""

    id: int
    kind: str
    moderator_id: PersonId | None
    post_id: PostId | None
    comment_id: CommentId | None
    community_id: CommunityId | None
    person_id: PersonId | None
    undone: bool
    in_community: bool
    reason: str | None
    expires_at: Time | None
    created_at: Time


class ModlogView(NamedTuple):
    """One act with all that it is about; `person` is the one it happened to."""

    entry: ModlogEntry
    moderator: Person | None
    person: Person | None
    community: Community | None
    post: Post | None
    comment: Comment | None


class Report(NamedTuple):
    """A report; subject is "post", "comment", "message", "person" or "community"."""

    id: ReportId
    creator_id: PersonId
    subject: str
    subject_id: int
    reason: str
    original_title: str | None
    original_url: str | None
    original_text: str | None
    resolved: bool
    resolver_id: PersonId | None
    created_at: Time
    updated_at: Time | None


class PostReportView(NamedTuple):
    """A report of a post, with the post as it is now."""

    report: Report
    post: PostView
    reporter: Person
    resolver: Person | None


class CommentReportView(NamedTuple):
    """A report of a comment, with the comment as it is now."""

    report: Report
    comment: CommentView
    reporter: Person
    resolver: Person | None


class PrivateMessageReportView(NamedTuple):
    """A report of a private message."""

    report: Report
    private_message: PrivateMessage
    message_creator: Person
    reporter: Person
    resolver: Person | None
