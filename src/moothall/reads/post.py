"""Posts as a viewer sees them."""

from typing import NamedTuple

from moothall.domain.community import CommunityModeratorView, CommunityView
from moothall.domain.errors import NotFound
from moothall.domain.ids import CommentId, PostId
from moothall.domain.permissions import may_moderate, require
from moothall.domain.post import (
    Listing,
    OpenedPost,
    PostPage,
    PostQuery,
    PostSort,
    PostView,
    VoteView,
)
from moothall.domain.site import Site
from moothall.domain.user import Viewer
from moothall.domain.visibility import who
from moothall.storage import comment as comments
from moothall.storage import community as communities
from moothall.storage import community_list, post_list, post_opened, post_view, vote
from moothall.storage.transaction import Transaction

from .community import find_community_id, shows_nsfw

_MISSING = "couldnt_find_post"
_CROSS_POSTS = 10


class PostDetails(NamedTuple):
    """A post with all that its page shows beside the comments."""

    post: PostView
    community: CommunityView
    moderators: list[CommunityModeratorView]
    cross_posts: list[PostView]


def list_posts(
    tx: Transaction,
    viewer: Viewer | None,
    query: PostQuery,
    *,
    community_name: str | None = None,
    site: Site | None = None,
) -> PostPage:
    """A page of posts; `community_name` (`name` or `name@host`) where there is no id.

    `site` where the caller has its row already. Raises NotFound `unknown` for a name that nobody
    has or that this viewer may not know, Invalid `contradicting_filters` and `unknown` (a cursor
    that cannot be read).
    """
    if query.community_id is None and community_name is not None:
        query = query._replace(community_id=find_community_id(tx, viewer, community_name))
    show_nsfw = shows_nsfw(tx, viewer, asked=query.show_nsfw, site=site)
    return post_list.list_posts(tx.conn, query, viewer, tx.now, show_nsfw=show_nsfw)


def list_chosen_posts(
    tx: Transaction,
    viewer: Viewer | None,
    query: PostQuery,
    site: Site,
    *,
    listing: Listing | None,
    sort: PostSort | None,
    community_name: str | None = None,
) -> PostPage:
    """The same where listing and sort, if not given, are those of the viewer or else the site's."""
    query = query._replace(
        listing=listing or own_listing(viewer, site), sort=sort or own_sort(viewer, site)
    )
    return list_posts(tx, viewer, query, community_name=community_name, site=site)


def own_listing(viewer: Viewer | None, site: Site) -> Listing:
    """What the viewer's lists are about when they do not say."""
    chosen = site.default_post_listing_type if viewer is None else viewer.default_listing_type
    return Listing(chosen)


def own_sort(viewer: Viewer | None, site: Site) -> PostSort:
    """The order of the viewer's lists when they do not say."""
    return PostSort(site.default_sort_type if viewer is None else viewer.default_sort_type)


def get_post(
    tx: Transaction, viewer: Viewer | None, post_id: PostId, *, html: bool = False
) -> PostView:
    """One post. Reading it here does not mark it, see `actions.post.mark_post_opened`.

    What is deleted or removed only its author and those who moderate see. Raises NotFound
    `couldnt_find_post`.
    """
    found = post_view.get_view(tx.conn, post_id, viewer, tx.now, html=html)
    if found is None:
        raise NotFound(_MISSING)
    return found


def open_post(
    tx: Transaction,
    viewer: Viewer | None,
    post_id: PostId,
    *,
    site: Site | None = None,
    html: bool = False,
) -> OpenedPost:
    """The same with at most ten cross-posts, in one query; `site` where the caller has its row."""
    found = post_opened.open_post(
        tx.conn,
        post_id,
        viewer,
        tx.now,
        show_nsfw=shows_nsfw(tx, viewer, site=site),
        cross_posts=_CROSS_POSTS,
        html=html,
    )
    if found is None:
        raise NotFound(_MISSING)
    return found


def get_post_page(
    tx: Transaction,
    viewer: Viewer | None,
    *,
    post_id: PostId | None = None,
    comment_id: CommentId | None = None,
    site: Site | None = None,
) -> PostDetails:
    """A post, or the one that a comment stands under, with its surroundings.

    Raises NotFound `couldnt_find_post`.
    """
    if post_id is None:
        comment = None if comment_id is None else comments.get_comment(tx.conn, comment_id)
        if comment is None:
            raise NotFound(_MISSING)
        post_id = comment.post_id
    opened = open_post(tx, viewer, post_id, site=site)
    # Whoever may open the post may know where it stands: its author also when that is gone.
    team = community_list.view_team(
        tx.conn,
        who(viewer),
        viewer and viewer.person_id,
        opened.view.community.id,
        tx.now,
        is_checked=True,
    )
    if team is None:
        raise NotFound(_MISSING)
    return PostDetails(opened.view, team.view, team.moderators, opened.cross_posts)


def list_post_votes(
    tx: Transaction, viewer: Viewer, post_id: PostId, *, limit: int, offset: int
) -> list[VoteView]:
    """Who voted on a post, for those who moderate it: downvotes first, then by time.

    Raises NotFound `couldnt_find_post` and what `may_moderate` says.
    """
    view = get_post(tx, viewer, post_id)
    standing = communities.standing(tx.conn, view.community.id, viewer.person_id, tx.now)
    require(may_moderate(view.community, standing))
    return vote.list_votes(
        tx.conn, "post", post_id, view.community.id, tx.now, limit=limit, offset=offset
    )
