"""Comments."""

from moothall.domain import comment as domain
from moothall.domain.community import Subscribed
from moothall.domain.site import Home

from .base import REQUIRED, Shape, fragment, timestamp
from .community import Community, community
from .post import Post, post
from .user import Person, person


class Comment(Shape):
    id: int
    creator_id: int
    post_id: int
    content: str
    removed: bool
    published: str
    updated: str | None = None
    deleted: bool = REQUIRED
    ap_id: str = REQUIRED
    local: bool = REQUIRED
    path: str = REQUIRED
    distinguished: bool = REQUIRED
    language_id: int = REQUIRED


class CommentAggregates(Shape):
    comment_id: int
    score: int
    upvotes: int
    downvotes: int
    published: str
    child_count: int


class CommentView(Shape):
    comment: Comment
    creator: Person
    post: Post
    community: Community
    counts: CommentAggregates
    creator_banned_from_community: bool
    banned_from_community: bool
    creator_is_moderator: bool
    creator_is_admin: bool
    subscribed: Subscribed
    saved: bool
    creator_blocked: bool
    my_vote: int | None = None


def comment(value: domain.Comment, home: Home) -> Comment:
    """A comment."""
    (
        id_, creator_id, post_id, content, removed, created_at, updated_at, deleted, ap_id, local,
        path, distinguished, language_id, _,
    ) = value  # fmt: skip
    return Comment(
        id_,
        creator_id,
        post_id,
        home.text_with_pictures(content) or "",
        removed,
        timestamp(created_at),
        None if updated_at is None else timestamp(updated_at),
        deleted,
        home.comment_url(id_) if ap_id is None else ap_id,
        local,
        path,
        distinguished,
        language_id,
    )


def comment_counts(value: domain.Comment, counts: domain.CommentCounts) -> CommentAggregates:
    """The figures of a comment."""
    score, upvotes, downvotes, child_count = counts
    return CommentAggregates(
        value.id, score, upvotes, downvotes, timestamp(value.created_at), child_count
    )


def comment_view(view: domain.CommentView, home: Home) -> CommentView:
    """A comment as one viewer sees it."""
    return _view(
        view,
        home,
        person(view.creator, home),
        post(view.post, home),
        community(view.community, home),
    )


def comment_views(views: list[domain.CommentView], home: Home) -> list[CommentView]:
    """A list of comments, to be sent as it is.

    A thread repeats its post and its community in every comment, and most of its authors: each is
    made once, post and community as fragments, which halves the work for a long thread.
    """
    persons: dict[int, Person] = {}
    posts: dict[int, Post] = {}
    communities: dict[int, Community] = {}
    shapes = []
    for view in views:
        creator_id, post_id, community_id = view.creator.id, view.post.id, view.community.id
        if creator_id not in persons:
            persons[creator_id] = person(view.creator, home)
        if post_id not in posts:
            posts[post_id] = fragment(post(view.post, home))
        if community_id not in communities:
            communities[community_id] = fragment(community(view.community, home))
        shapes.append(
            _view(view, home, persons[creator_id], posts[post_id], communities[community_id])
        )
    return shapes


def _view(
    view: domain.CommentView, home: Home, creator: Person, of_post: Post, of_community: Community
) -> CommentView:
    (
        of, counts, _, _, _, creator_banned_from_community, creator_is_moderator,
        creator_is_admin, banned_from_community, subscribed, saved, creator_blocked, my_vote,
    ) = view  # fmt: skip
    return CommentView(
        comment(of, home),
        creator,
        of_post,
        of_community,
        comment_counts(of, counts),
        creator_banned_from_community,
        banned_from_community,
        creator_is_moderator,
        creator_is_admin,
        subscribed,
        saved,
        creator_blocked,
        my_vote,
    )
