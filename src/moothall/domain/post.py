"""Posts and the orders and filters of their lists."""

from enum import StrEnum
from typing import NamedTuple

from .community import Community, Subscribed
from .ids import CommunityId, LanguageId, PersonId, PostId
from .time import DAY, Time
from .user import Person

# Lists of the best of a longer time are put together from spans of so many microseconds.
QUARTER = 90 * DAY


def quarter_of(created_at: Time) -> int:
    """The number of the span, counted from 1970, that a post was written in."""
    return created_at // QUARTER


class PostSort(StrEnum):
    """The orders of a list of posts, under the names of the Lemmy API."""

    ACTIVE = "Active"
    HOT = "Hot"
    NEW = "New"
    OLD = "Old"
    TOP_DAY = "TopDay"
    TOP_WEEK = "TopWeek"
    TOP_MONTH = "TopMonth"
    TOP_YEAR = "TopYear"
    TOP_ALL = "TopAll"
    MOST_COMMENTS = "MostComments"
    NEW_COMMENTS = "NewComments"
    TOP_HOUR = "TopHour"
    TOP_SIX_HOUR = "TopSixHour"
    TOP_TWELVE_HOUR = "TopTwelveHour"
    TOP_THREE_MONTHS = "TopThreeMonths"
    TOP_SIX_MONTHS = "TopSixMonths"
    TOP_NINE_MONTHS = "TopNineMonths"
    CONTROVERSIAL = "Controversial"
    SCALED = "Scaled"


class Listing(StrEnum):
    """Which communities a list is about."""

    ALL = "All"
    LOCAL = "Local"
    SUBSCRIBED = "Subscribed"
    MODERATOR_VIEW = "ModeratorView"


class Post(NamedTuple):
    """A post without its counts; `body_html` only where it was asked for."""

    id: PostId
    name: str
    url: str | None
    body: str | None
    creator_id: PersonId
    community_id: CommunityId
    removed: bool
    locked: bool
    created_at: Time
    updated_at: Time | None
    deleted: bool
    nsfw: bool
    embed_title: str | None
    embed_description: str | None
    thumbnail_url: str | None
    # Null for a local post: the address follows from the id.
    ap_id: str | None
    local: bool
    embed_video_url: str | None
    language_id: LanguageId
    featured_community: bool
    featured_local: bool
    url_content_type: str | None
    alt_text: str | None
    image_width: int | None
    image_height: int | None
    body_html: str | None


class PostCounts(NamedTuple):
    """Figures of a post; deleted and removed comments are not counted."""

    comments: int
    score: int
    upvotes: int
    downvotes: int
    newest_comment_at: Time


class PostView(NamedTuple):
    """A post with its surroundings and what the viewer did with it.

    `my_vote` is 1, -1 or None. `unread_comments` counts those written since the viewer last
    opened the post, all of them if never.
    """

    post: Post
    counts: PostCounts
    creator: Person
    community: Community
    creator_banned_from_community: bool
    creator_is_moderator: bool
    creator_is_admin: bool
    banned_from_community: bool
    subscribed: Subscribed
    saved: bool
    read: bool
    hidden: bool
    creator_blocked: bool
    my_vote: int | None
    unread_comments: int


class OpenedPost(NamedTuple):
    """A post as its own page shows it.

    `cross_posts` are others of the same address that the viewer's lists may show, the hottest
    first. `moderates`: the viewer is on the team of its community. `community_html` is what the
    community says of itself, None for nothing.
    """

    view: PostView
    cross_posts: list[PostView]
    moderates: bool
    community_html: str | None


class VoteView(NamedTuple):
    """Who voted, for moderators."""

    creator: Person
    creator_banned_from_community: bool
    score: int


class PostQuery(NamedTuple):
    """Which posts a list shows, in which order, and which page of it.

    A page is given by `after` (a cursor from the page before) or by `page` (1 is the first).
    `show_nsfw`, `show_read` override the viewer's settings when they are not None. With `looks_on`
    a page that is full finds out whether anything follows it; without, it has a cursor anyway.
    """

    listing: Listing = Listing.ALL
    sort: PostSort = PostSort.ACTIVE
    community_id: CommunityId | None = None
    creator_id: PersonId | None = None
    saved_only: bool = False
    liked_only: bool = False
    disliked_only: bool = False
    show_hidden: bool = False
    show_read: bool | None = None
    show_nsfw: bool | None = None
    limit: int = 20
    page: int = 1
    after: str | None = None
    looks_on: bool = True
    with_html: bool = False


class PostPage(NamedTuple):
    """A page of posts; `next_cursor` is None only at the end of the list, see `PostQuery.looks_on`.

    A page may be short, or even empty, and still have one: filters passed over so much that the
    rest is left to the next page.
    """

    posts: list[PostView]
    next_cursor: str | None


class NewPost(NamedTuple):
    """What an author sends."""

    community_id: CommunityId
    name: str
    url: str | None = None
    body: str | None = None
    alt_text: str | None = None
    nsfw: bool = False
    language_id: LanguageId | None = None
    custom_thumbnail: str | None = None


class PostEdit(NamedTuple):
    """What an author changes: None leaves a field, an empty text clears it."""

    name: str | None = None
    url: str | None = None
    body: str | None = None
    alt_text: str | None = None
    nsfw: bool | None = None
    language_id: LanguageId | None = None
    custom_thumbnail: str | None = None
