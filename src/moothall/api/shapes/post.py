"""Posts, and who voted on what."""

from moothall.domain import post as domain
from moothall.domain.community import Subscribed
from moothall.domain.site import Home

from .base import REQUIRED, Shape, timestamp
from .community import Community, community
from .user import Person, person

# What a picture is when nobody noted its type.
_UNKNOWN_PICTURE = "image/jpeg"


class Post(Shape):
    id: int
    name: str
    url: str | None = None
    body: str | None = None
    creator_id: int = REQUIRED
    community_id: int = REQUIRED
    removed: bool = REQUIRED
    locked: bool = REQUIRED
    published: str = REQUIRED
    updated: str | None = None
    deleted: bool = REQUIRED
    nsfw: bool = REQUIRED
    embed_title: str | None = None
    embed_description: str | None = None
    thumbnail_url: str | None = None
    ap_id: str = REQUIRED
    local: bool = REQUIRED
    embed_video_url: str | None = None
    language_id: int = REQUIRED
    featured_community: bool = REQUIRED
    featured_local: bool = REQUIRED
    url_content_type: str | None = None
    alt_text: str | None = None


class ImageDetails(Shape):
    link: str
    width: int
    height: int
    content_type: str


class PostAggregates(Shape):
    post_id: int
    comments: int
    score: int
    upvotes: int
    downvotes: int
    published: str
    newest_comment_time: str


class PostView(Shape):
    post: Post
    creator: Person
    community: Community
    image_details: ImageDetails | None = None
    creator_banned_from_community: bool = REQUIRED
    banned_from_community: bool = REQUIRED
    creator_is_moderator: bool = REQUIRED
    creator_is_admin: bool = REQUIRED
    counts: PostAggregates = REQUIRED
    subscribed: Subscribed = REQUIRED
    saved: bool = REQUIRED
    read: bool = REQUIRED
    hidden: bool = REQUIRED
    creator_blocked: bool = REQUIRED
    my_vote: int | None = None
    unread_comments: int = REQUIRED


class VoteView(Shape):
    creator: Person
    creator_banned_from_community: bool
    score: int


def post(value: domain.Post, home: Home) -> Post:
    """A post."""
    (
        id_, name, url, body, creator_id, community_id, removed, locked, created_at, updated_at,
        deleted, nsfw, embed_title, embed_description, thumbnail_url, ap_id, local,
        embed_video_url, language_id, featured_community, featured_local, url_content_type,
        alt_text, _, _, _,
    ) = value  # fmt: skip
    return Post(
        id_,
        name,
        home.picture_url(url) if (url_content_type or "").startswith("image/") else url,
        home.text_with_pictures(body),
        creator_id,
        community_id,
        removed,
        locked,
        timestamp(created_at),
        None if updated_at is None else timestamp(updated_at),
        deleted,
        nsfw,
        embed_title,
        embed_description,
        home.picture_url(thumbnail_url),
        home.post_url(id_) if ap_id is None else ap_id,
        local,
        embed_video_url,
        language_id,
        featured_community,
        featured_local,
        url_content_type,
        alt_text,
    )


def post_counts(value: domain.Post, counts: domain.PostCounts) -> PostAggregates:
    """The figures of a post."""
    comments, score, upvotes, downvotes, newest_comment_at = counts
    return PostAggregates(
        value.id,
        comments,
        score,
        upvotes,
        downvotes,
        timestamp(value.created_at),
        timestamp(newest_comment_at),
    )


def post_view(view: domain.PostView, home: Home) -> PostView:
    """A post as one viewer sees it."""
    (
        of, counts, creator, of_community, creator_banned_from_community, creator_is_moderator,
        creator_is_admin, banned_from_community, subscribed, saved, read, hidden,
        creator_blocked, my_vote, unread_comments,
    ) = view  # fmt: skip
    return PostView(
        post(of, home),
        person(creator, home),
        community(of_community, home),
        None if of.image_width is None else image_details(of, home),
        creator_banned_from_community,
        banned_from_community,
        creator_is_moderator,
        creator_is_admin,
        post_counts(of, counts),
        subscribed,
        saved,
        read,
        hidden,
        creator_blocked,
        my_vote,
        unread_comments,
    )


def post_views(views: list[domain.PostView], home: Home) -> list[PostView]:
    """A list of posts."""
    return [post_view(view, home) for view in views]


def image_details(value: domain.Post, home: Home) -> ImageDetails | None:
    """The size of a post's picture, where it is known."""
    link = home.picture_url(value.thumbnail_url or value.url)
    if link is None or value.image_width is None or value.image_height is None:
        return None
    kind = value.url_content_type
    content_type = kind if kind is not None and kind.startswith("image/") else _UNKNOWN_PICTURE
    return ImageDetails(link, value.image_width, value.image_height, content_type)


def vote_view(view: domain.VoteView, home: Home) -> VoteView:
    """Who voted, for moderators."""
    return VoteView(person(view.creator, home), view.creator_banned_from_community, view.score)
