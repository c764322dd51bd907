"""What a viewer sees of comments: threads, feeds, one comment, and who voted on it.

Views of one answer share their objects: all comments of a post hold the same `Post` and the same
`Community`, all of an author the same `Person`. Whoever encodes an answer can so recognise what
it has encoded already, by identity.
"""

from moothall.domain.comment import Comment, CommentPage, CommentQuery, CommentView
from moothall.domain.errors import Invalid, NotFound
from moothall.domain.ids import CommentId
from moothall.domain.permissions import may_moderate, require
from moothall.domain.post import Listing, PostView, VoteView
from moothall.domain.site import Site
from moothall.domain.user import Viewer
from moothall.storage import comment as comments
from moothall.storage import comment_list, comment_thread, comment_view
from moothall.storage.comment_choice import TREE_CAP
from moothall.storage.comment_view import Surroundings
from moothall.storage.transaction import Transaction
from moothall.storage.vote import list_votes

from .community import find_community_id
from .post import own_listing


def list_comments(tx: Transaction, viewer: Viewer | None, query: CommentQuery) -> CommentPage:
    """A page of a thread or feed, or a tree of at most `comment_choice.TREE_CAP` comments.

    A tree comes level by level, so that every parent stands before its answers and a cut loses
    the deepest. Raises Invalid `contradicting_filters` where liked and disliked are both asked for
    and `unknown` for a cursor that cannot be read.
    """
    if query.liked_only and query.disliked_only:
        raise Invalid("contradicting_filters")
    if query.community_id is not None:
        # Whoever names a community means that one, wherever they usually look.
        query = query._replace(listing=Listing.ALL)
    if query.post_id is not None or query.parent_id is not None:
        return _list_thread(tx, viewer, query)
    ids, cursor = comment_list.find_feed_ids(tx.conn, viewer, query)
    views = comment_view.load_comments(tx.conn, viewer, ids, tx.now, with_html=query.with_html)
    return CommentPage(views, cursor)


def list_chosen_comments(
    tx: Transaction,
    viewer: Viewer | None,
    query: CommentQuery,
    site: Site,
    *,
    listing: Listing | None,
    community_name: str | None = None,
) -> CommentPage:
    """The same where the listing, if not given, is the viewer's or else the site's.

    `community_name` (`name` or `name@host`) counts where there is no id. Raises NotFound for a
    name that nobody has, or that this viewer may not know.
    """
    if query.community_id is None and community_name is not None:
        query = query._replace(community_id=find_community_id(tx, viewer, community_name))
    query = query._replace(listing=listing or own_listing(viewer, site))
    return list_comments(tx, viewer, query)


def _list_thread(tx: Transaction, viewer: Viewer | None, query: CommentQuery) -> CommentPage:
    stand = comment_thread.find_stand(tx.conn, viewer, query, tx.now)
    if stand is None:
        return CommentPage([], None)
    of_post, community = stand.around.post, stand.around.community
    is_elsewhere = query.post_id not in (None, of_post.id)
    if is_elsewhere or query.community_id not in (None, community.id):
        return CommentPage([], None)
    return comment_thread.find_thread(tx.conn, viewer, query, tx.now, stand)


def list_under(
    tx: Transaction,
    viewer: Viewer | None,
    of: PostView,
    query: CommentQuery,
    *,
    below: Comment | None = None,
) -> CommentPage:
    """The same for a post that this viewer has just been shown, or below a comment on it.

    Whoever opens a post sees its comments, also where their lists leave its community out. Raises
    Invalid `unknown` for a cursor that cannot be read.
    """
    around = Surroundings(of.post, of.community, of.banned_from_community, of.subscribed)
    stand = comment_thread.Stand(around, None if below is None else below.path)
    if query.branches and query.after is None and below is None and of.counts.comments < TREE_CAP:
        # What fits on one page is found faster as one tree; unless it has much that is gone.
        tree = query._replace(branches=False)
        page = comment_thread.find_thread(tx.conn, viewer, tree, tx.now, stand)
        if len(page.comments) < TREE_CAP:
            return page
    return comment_thread.find_thread(tx.conn, viewer, query, tx.now, stand)


def get_comment(
    tx: Transaction, viewer: Viewer | None, comment_id: CommentId, *, with_html: bool = False
) -> CommentView:
    """One comment. Raises NotFound `couldnt_find_comment`."""
    view = comment_view.view_comment(tx.conn, viewer, comment_id, tx.now, with_html=with_html)
    if view is None:
        raise NotFound("couldnt_find_comment")
    return view


def list_with_context(
    tx: Transaction,
    viewer: Viewer | None,
    comment: Comment,
    *,
    levels: int,
    with_html: bool = False,
) -> list[CommentView]:
    """A comment after what it answers, the highest first, at most `levels` of that.

    For a page that begins in the middle of a thread whose post this viewer has been shown.
    """
    labels = [int(label) for label in comment.path.split(".")[1:]]
    wanted = labels[-1 - levels :]
    return comment_view.load_comments(tx.conn, viewer, wanted, tx.now, with_html=with_html)


def list_comment_likes(
    tx: Transaction, viewer: Viewer, comment_id: CommentId, *, limit: int, page: int
) -> list[VoteView]:
    """Who voted on a comment, for the moderators of its community.

    Raises NotFound `couldnt_find_comment` and what `may_moderate` says.
    """
    comment = comments.get_comment(tx.conn, comment_id)
    if comment is None:
        raise NotFound("couldnt_find_comment")
    scene = comments.get_scene(tx.conn, comment.post_id, viewer.person_id, tx.now)
    if scene is None:
        raise NotFound("couldnt_find_comment")
    require(may_moderate(scene.community, scene.standing))
    return list_votes(
        tx.conn,
        "comment",
        comment_id,
        scene.community.id,
        tx.now,
        limit=limit,
        offset=(page - 1) * limit,
    )
