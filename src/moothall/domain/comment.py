"""Comments, their tree, and the orders of their lists."""

from enum import StrEnum
from typing import NamedTuple

from .community import Community, Subscribed
from .ids import CommentId, CommunityId, LanguageId, PersonId, PostId
from .post import Listing, Post, PostSort
from .time import Time
from .user import Person


class CommentSort(StrEnum):
    """The orders of comments, under the names of the Lemmy API."""

    HOT = "Hot"
    TOP = "Top"
    NEW = "New"
    OLD = "Old"
    CONTROVERSIAL = "Controversial"


class Comment(NamedTuple):
    """A comment without its counts; `content_html` only where it was asked for.

    `path` is `0.<id>.<id>…`, root first, ending in the comment's own id.
    """

    id: CommentId
    creator_id: PersonId
    post_id: PostId
    content: str
    removed: bool
    created_at: Time
    updated_at: Time | None
    deleted: bool
    # Null for a local comment: the address follows from the id.
    ap_id: str | None
    local: bool
    path: str
    distinguished: bool
    language_id: LanguageId
    content_html: str | None


class CommentCounts(NamedTuple):
    """Figures of a comment; `child_count` counts all descendants."""

    score: int
    upvotes: int
    downvotes: int
    child_count: int


class CommentView(NamedTuple):
    """A comment with its surroundings and what the viewer did with it."""

    comment: Comment
    counts: CommentCounts
    creator: Person
    post: Post
    community: Community
    creator_banned_from_community: bool
    creator_is_moderator: bool
    creator_is_admin: bool
    banned_from_community: bool
    subscribed: Subscribed
    saved: bool
    creator_blocked: bool
    my_vote: int | None


class CommentQuery(NamedTuple):
    """Which comments a list shows, in which order.

    With `max_depth` it is a tree: `limit` and `page` do not count then, 300 is the cap.
    """

    listing: Listing = Listing.ALL
    sort: CommentSort = CommentSort.HOT
    post_id: PostId | None = None
    parent_id: CommentId | None = None
    community_id: CommunityId | None = None
    creator_id: PersonId | None = None
    max_depth: int | None = None
    saved_only: bool = False
    liked_only: bool = False
    disliked_only: bool = False
    limit: int = 20
    page: int = 1
    with_html: bool = False


class NewComment(NamedTuple):
    """What an author sends."""

    post_id: PostId
    content: str
    parent_id: CommentId | None = None
    language_id: LanguageId | None = None


def parent_of(path: str) -> CommentId | None:
    """The id of the comment that this one answers, None for an answer to the post."""
    labels = path.split(".")
    return CommentId(int(labels[-2])) if len(labels) > 2 else None


_COMMENT_SORTS = {
    PostSort.ACTIVE: CommentSort.HOT,
    PostSort.HOT: CommentSort.HOT,
    PostSort.SCALED: CommentSort.HOT,
    PostSort.NEW: CommentSort.NEW,
    PostSort.NEW_COMMENTS: CommentSort.NEW,
    PostSort.MOST_COMMENTS: CommentSort.NEW,
    PostSort.OLD: CommentSort.OLD,
    PostSort.CONTROVERSIAL: CommentSort.CONTROVERSIAL,
}


def comment_sort(sort: PostSort) -> CommentSort:
    """The order of comments that stands beside this order of posts."""
    return _COMMENT_SORTS.get(sort, CommentSort.TOP)
