"""Communities and their teams."""

from moothall.domain import community as domain
from moothall.domain.community import Subscribed, Visibility
from moothall.domain.site import Home
from moothall.domain.user import Person as DomainPerson
from moothall.domain.visibility import LOCAL_ONLY, PRIVATE, UNLISTED

from .base import REQUIRED, Shape, timestamp
from .user import Person, person


class Community(Shape):
    id: int
    name: str
    title: str
    description: str | None = None
    removed: bool = REQUIRED
    published: str = REQUIRED
    updated: str | None = None
    deleted: bool = REQUIRED
    nsfw: bool = REQUIRED
    actor_id: str = REQUIRED
    local: bool = REQUIRED
    icon: str | None = None
    banner: str | None = None
    hidden: bool = REQUIRED
    posting_restricted_to_mods: bool = REQUIRED
    instance_id: int = REQUIRED
    visibility: str = REQUIRED


class CommunityAggregates(Shape):
    community_id: int
    subscribers: int
    posts: int
    comments: int
    published: str
    users_active_day: int
    users_active_week: int
    users_active_month: int
    users_active_half_year: int
    subscribers_local: int


class CommunityView(Shape):
    community: Community
    subscribed: Subscribed
    blocked: bool
    counts: CommunityAggregates
    banned_from_community: bool


class CommunityModeratorView(Shape):
    community: Community
    moderator: Person


class CommunityFollowerView(Shape):
    community: Community
    follower: Person


# The contract knows two kinds of visibility, and clients may fail on a third.
_SHOWN = {PRIVATE: LOCAL_ONLY, UNLISTED: Visibility.PUBLIC.value}


def shown_visibility(value: domain.Community) -> str:
    """The visibility of a community in the words of the contract."""
    return _SHOWN.get(value.visibility, value.visibility)


def community(value: domain.Community, home: Home) -> Community:
    """A community."""
    (
        id_, name, title, description, removed, created_at, updated_at, deleted, nsfw, ap_id,
        local, icon, banner, hidden, posting_restricted_to_mods, instance_id, visibility,
    ) = value  # fmt: skip
    return Community(
        id_,
        name,
        title,
        home.text_with_pictures(description),
        removed,
        timestamp(created_at),
        None if updated_at is None else timestamp(updated_at),
        deleted,
        nsfw,
        home.community_url(name) if ap_id is None else ap_id,
        local,
        home.picture_url(icon),
        home.picture_url(banner),
        hidden,
        posting_restricted_to_mods,
        instance_id,
        _SHOWN.get(visibility, visibility),
    )


def community_view(view: domain.CommunityView, home: Home) -> CommunityView:
    """A community as one viewer sees it."""
    return CommunityView(
        community(view.community, home),
        view.subscribed,
        view.blocked,
        _counts(view.community, view.counts),
        view.banned_from_community,
    )


def moderator_view(view: domain.CommunityModeratorView, home: Home) -> CommunityModeratorView:
    """One member of a team."""
    return CommunityModeratorView(community(view.community, home), person(view.moderator, home))


def follower_view(
    followed: domain.Community, follower: DomainPerson, home: Home
) -> CommunityFollowerView:
    """One subscription."""
    return CommunityFollowerView(community(followed, home), person(follower, home))


def _counts(value: domain.Community, counts: domain.CommunityCounts) -> CommunityAggregates:
    return CommunityAggregates(
        community_id=value.id,
        subscribers=counts.subscribers,
        posts=counts.posts,
        comments=counts.comments,
        published=timestamp(value.created_at),
        users_active_day=counts.users_active_day,
        users_active_week=counts.users_active_week,
        users_active_month=counts.users_active_month,
        users_active_half_year=counts.users_active_half_year,
        subscribers_local=counts.subscribers_local,
    )
