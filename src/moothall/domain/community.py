"""Communities and a viewer's standing in them."""

from enum import StrEnum
from typing import NamedTuple

from .ids import CommunityId, InstanceId
from .time import Time
from .user import Person


class Visibility(StrEnum):
    """Who sees a community at all."""

    PUBLIC = "Public"
    LOCAL_ONLY = "LocalOnly"


class Subscribed(StrEnum):
    """A viewer's subscription."""

    SUBSCRIBED = "Subscribed"
    NOT_SUBSCRIBED = "NotSubscribed"
    PENDING = "Pending"


class Community(NamedTuple):
    """A community as posts, lists and its own page show it."""

    id: CommunityId
    name: str
    title: str
    description: str | None
    removed: bool
    created_at: Time
    updated_at: Time | None
    deleted: bool
    nsfw: bool
    # Null for a local community: the address follows from the name.
    ap_id: str | None
    local: bool
    icon: str | None
    banner: str | None
    hidden: bool
    posting_restricted_to_mods: bool
    instance_id: InstanceId
    visibility: str


class CommunityCounts(NamedTuple):
    """How large and how lively a community is."""

    subscribers: int
    posts: int
    comments: int
    users_active_day: int
    users_active_week: int
    users_active_month: int
    users_active_half_year: int
    subscribers_local: int


class CommunityView(NamedTuple):
    """A community with what the viewer has to do with it."""

    community: Community
    counts: CommunityCounts
    subscribed: Subscribed
    blocked: bool
    banned_from_community: bool


class CommunityModeratorView(NamedTuple):
    """One member of the team; lists are ordered by appointment, the first stands highest."""

    community: Community
    moderator: Person


class Standing(NamedTuple):
    """What a person is in a community, as the rules need it.

    `moderator_since` and `admin_since` give the rank: the earlier stands higher.
    """

    is_admin: bool
    is_moderator: bool
    is_banned: bool
    moderator_since: Time | None = None
    admin_since: Time | None = None

    @property
    def may_moderate(self) -> bool:
        """Moderators and admins."""
        return self.is_moderator or self.is_admin


def subscription(pending: bool | None) -> Subscribed:
    """From the follow row's `pending`, None where there is no row."""
    if pending is None:
        return Subscribed.NOT_SUBSCRIBED
    return Subscribed.PENDING if pending else Subscribed.SUBSCRIBED
