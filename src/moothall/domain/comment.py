"""Comments, their tree, and the orders of their lists."""

from collections.abc import Iterator
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

    A page is given by `after` (a cursor from the page before) or by `page` (1 is the first). With
    `max_depth` it is a tree: `limit` and `page` do not count then, 300 is the cap, and what is cut
    off is the deepest. With `branches` too it is a page of whole branches, of as many as 300
    comments are in; `after` leads to the next ones. They are the branches of the post, or those
    below `parent_id`, which itself is then not among them.
    """

    listing: Listing = Listing.ALL
    sort: CommentSort = CommentSort.HOT
    post_id: PostId | None = None
    parent_id: CommentId | None = None
    community_id: CommunityId | None = None
    creator_id: PersonId | None = None
    max_depth: int | None = None
    branches: bool = False
    saved_only: bool = False
    liked_only: bool = False
    disliked_only: bool = False
    limit: int = 20
    page: int = 1
    after: str | None = None
    with_html: bool = False


class CommentPage(NamedTuple):
    """A page of comments; `next_cursor` is None only at the end of the list.

    A tree that was cut at its cap ends there: what is missing is told by `child_count`, and is to
    be had as the tree of its parent.
    """

    comments: list[CommentView]
    next_cursor: str | None


class NewComment(NamedTuple):
    """What an author sends."""

    post_id: PostId
    content: str
    parent_id: CommentId | None = None
    language_id: LanguageId | None = None


def above(path: str) -> Iterator[CommentId]:
    """The ids of what a comment answers, the nearest first; none for an answer to the post."""
    return (CommentId(int(label)) for label in path.split(".")[-2:0:-1])


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
