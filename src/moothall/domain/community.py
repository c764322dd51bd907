"""Communities and a viewer's standing in them."""

from enum import StrEnum
from typing import NamedTuple

from .ids import CommunityId, InstanceId, LanguageId
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


class CommunityTeam(NamedTuple):
    """A community with its team, the highest first.

    `description_html` is its description rendered, None where it has none.
    """

    view: CommunityView
    moderators: list[CommunityModeratorView]
    description_html: str | None


class CommunityPage(NamedTuple):
    """All that a community's own page needs; no language ids: all those of the site."""

    view: CommunityView
    moderators: list[CommunityModeratorView]
    language_ids: list[LanguageId]


class CommunityTies(NamedTuple):
    """All communities that a person has to do with."""

    follows: list[Community]
    moderates: list[Community]
    blocks: list[Community]


class CommunityOrder(StrEnum):
    """What a list of communities is ordered by: a column, always with the largest first."""

    HOT = "hot_rank"
    NEW = "created_at"
    OLD = "old"
    COMMENTS = "comments"
    SUBSCRIBERS = "subscribers"
    ACTIVE_DAY = "users_active_day"
    ACTIVE_WEEK = "users_active_week"
    ACTIVE_MONTH = "users_active_month"
    ACTIVE_HALF_YEAR = "users_active_half_year"


# The orders of posts, as far as they make sense for communities.
_ORDERS = {
    **dict.fromkeys(("Active", "Hot", "Scaled"), CommunityOrder.HOT),
    "New": CommunityOrder.NEW,
    "Old": CommunityOrder.OLD,
    **dict.fromkeys(("MostComments", "Controversial"), CommunityOrder.COMMENTS),
    **dict.fromkeys(
        ("NewComments", "TopHour", "TopSixHour", "TopTwelveHour", "TopDay"),
        CommunityOrder.ACTIVE_DAY,
    ),
    "TopWeek": CommunityOrder.ACTIVE_WEEK,
    "TopMonth": CommunityOrder.ACTIVE_MONTH,
    **dict.fromkeys(("TopThreeMonths", "TopSixMonths"), CommunityOrder.ACTIVE_HALF_YEAR),
    **dict.fromkeys(("TopNineMonths", "TopYear", "TopAll"), CommunityOrder.SUBSCRIBERS),
}


def community_order(post_sort: str) -> CommunityOrder:
    """The order of communities that stands for an order of posts (`PostSort`)."""
    return _ORDERS[post_sort]


class CommunityQuery(NamedTuple):
    """Which communities, in which order. `listing` is a `Listing`, `sort` a `PostSort`.

    `show_nsfw` None: as the viewer's settings say.
    """

    listing: str = "All"
    sort: str = "Hot"
    show_nsfw: bool | None = None
    page: int = 1
    limit: int = 10


class NewCommunity(NamedTuple):
    """What a founder says. `language_ids` None or empty: the languages of the site."""

    name: str
    title: str
    description: str | None = None
    icon: str | None = None
    banner: str | None = None
    nsfw: bool = False
    posting_restricted_to_mods: bool = False
    language_ids: list[LanguageId] | None = None
    visibility: Visibility = Visibility.PUBLIC


class CommunityChanges(NamedTuple):
    """What a moderator changes: None leaves a field as it is, an empty text clears it."""

    title: str | None = None
    description: str | None = None
    icon: str | None = None
    banner: str | None = None
    nsfw: bool | None = None
    posting_restricted_to_mods: bool | None = None
    language_ids: list[LanguageId] | None = None
    visibility: Visibility | None = None


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
