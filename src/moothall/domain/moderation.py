"""Bans, reports and the modlog."""

from enum import StrEnum
from typing import NamedTuple

from .comment import Comment, CommentView
from .community import Community
from .errors import Invalid
from .ids import CommentId, CommunityId, PersonId, PostId, ReportId
from .notification import PrivateMessage
from .post import Post, PostView
from .time import YEAR, Time
from .user import Person

# A ban that ends later than this counts as one that never ends.
_LONGEST_BAN = 10 * YEAR


class Ban(NamedTuple):
    """What a moderator says about a ban. `expires_at` None: for good.

    `remove_data`: also remove what the person has written where they are banned.
    """

    reason: str | None = None
    expires_at: Time | None = None
    remove_data: bool = False


def ban_end(expires_at: Time | None, now: Time) -> Time | None:
    """When a ban ends, None for never. Raises Invalid `ban_expiration_in_past`."""
    if expires_at is None or expires_at > now + _LONGEST_BAN:
        return None
    if expires_at <= now:
        raise Invalid("ban_expiration_in_past")
    return expires_at


class CommunityBan(NamedTuple):
    """A ban from a community that is in force; `expires_at` None: for good."""

    community: Community
    person: Person
    since: Time
    expires_at: Time | None


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
    # Ours: the Lemmy API has no list for these.
    DISTINGUISH_COMMENT = "ModDistinguishComment"


# The acts that each filter of the modlog leaves over.
POST_ACTS = (ModlogKind.REMOVE_POST, ModlogKind.LOCK_POST, ModlogKind.FEATURE_POST)
COMMENT_ACTS = (ModlogKind.REMOVE_COMMENT, ModlogKind.DISTINGUISH_COMMENT)
COMMUNITY_ACTS = (
    *POST_ACTS,
    *COMMENT_ACTS,
    ModlogKind.BAN_FROM_COMMUNITY,
    ModlogKind.ADD_COMMUNITY,
    ModlogKind.TRANSFER_COMMUNITY,
    ModlogKind.HIDE_COMMUNITY,
)
PERSON_ACTS = (
    *POST_ACTS,
    *COMMENT_ACTS,
    ModlogKind.BAN_FROM_COMMUNITY,
    ModlogKind.BAN,
    ModlogKind.ADD_COMMUNITY,
    ModlogKind.TRANSFER_COMMUNITY,
    ModlogKind.ADD,
)


class ModlogQuery(NamedTuple):
    """Which acts, newest first. `kind` None: all kinds.

    `person_id` is whom it happened to, or who wrote the post or comment. `moderator_id` counts for
    those viewers only who may know who moderated.
    """

    kind: ModlogKind | None = None
    moderator_id: PersonId | None = None
    person_id: PersonId | None = None
    community_id: CommunityId | None = None
    post_id: PostId | None = None
    comment_id: CommentId | None = None
    page: int = 1
    limit: int = 10


def kinds_of(query: ModlogQuery) -> tuple[ModlogKind, ...]:
    """The kinds of acts that can match all filters of a query."""
    kinds: tuple[ModlogKind, ...] = tuple(ModlogKind) if query.kind is None else (query.kind,)
    for is_given, fitting in (
        (query.community_id, COMMUNITY_ACTS),
        (query.person_id, PERSON_ACTS),
        (query.post_id, (*POST_ACTS, *COMMENT_ACTS)),
        (query.comment_id, COMMENT_ACTS),
    ):
        if is_given is not None:
            kinds = tuple(kind for kind in kinds if kind in fitting)
    return kinds


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


class ReportQuery(NamedTuple):
    """Which reports of one kind of thing. Unresolved ones come oldest first, else newest first.

    `subject_id` is the post or comment that they are about.
    """

    unresolved_only: bool = False
    community_id: CommunityId | None = None
    subject_id: int | None = None
    page: int = 1
    limit: int = 10


class ReportCounts(NamedTuple):
    """How many reports wait; `private_messages` None for whoever may not see those."""

    posts: int
    comments: int
    private_messages: int | None


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
