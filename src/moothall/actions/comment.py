"""Writing comments: create, edit, delete, restore, save."""

from moothall.domain.comment import Comment, NewComment
from moothall.domain.errors import Conflict, Invalid, NotFound
from moothall.domain.ids import CommentId, LanguageId
from moothall.domain.permissions import may_comment, require
from moothall.domain.ranking import counts_for_active, hot_rank
from moothall.domain.user import Actor
from moothall.domain.visibility import Ties, Who, sees_community
from moothall.storage import comment as comments
from moothall.storage import event
from moothall.storage.comment import Place
from moothall.storage.transaction import Transaction

from .text import MAX_BODY, prepare_body

# A comment of this depth is the last that takes an answer.
MAX_PARENT_DEPTH = 50


def create_comment(tx: Transaction, by: Actor, new: NewComment) -> CommentId:
    """Answer a post or one of its comments; the author's own upvote comes with it.

    A parent that does not exist is ignored, as clients expect. Raises NotFound
    `couldnt_find_post`, Conflict `couldnt_create_comment` (a parent from another post), Invalid
    `max_comment_depth_reached`, `invalid_body_field`, `blocked_url`, `language_not_allowed`, and
    what `may_comment` says.
    """
    place = _find_place(tx, by, new)
    require(may_comment(place.post, place.community, place.standing))
    parent = _find_parent(tx, new)
    content, html = prepare_body(tx, new.content, MAX_BODY)
    parent_path = "0" if parent is None else parent.path
    comment_id = comments.add_comment(
        tx.conn,
        parent_path,
        post_id=new.post_id,
        community_id=place.community.id,
        creator_id=by.person_id,
        parent_id=None if parent is None else parent.id,
        depth=parent_path.count(".") + 1,
        content=content,
        content_html=html,
        language_id=new.language_id or LanguageId(0),
        local=by.local,
        in_local=place.community.local,
        ap_id=None,
        hot_rank=hot_rank(1, tx.now, tx.now),
        created_at=tx.now,
    )
    _count_new(tx, by, place, f"{parent_path}.{comment_id}")
    event.add(tx.conn, "comment_created", tx.now, comment_id=comment_id)
    return comment_id


def _find_place(tx: Transaction, by: Actor, new: NewComment) -> Place:
    place = comments.get_place(tx.conn, new.post_id, by.person_id, tx.now)
    if place is None:
        raise NotFound("couldnt_find_post")
    kind = Who.ADMIN if by.is_admin else Who.PERSON if by.local else Who.NOBODY
    ties = Ties(kind, is_moderator=place.standing.is_moderator, follows=place.follows)
    gone = place.community.deleted or place.community.removed
    # What is gone has its own refusals, in `may_comment`.
    if not gone and not sees_community(place.community, ties):
        raise NotFound("couldnt_find_post")
    return place


def _find_parent(tx: Transaction, new: NewComment) -> Comment | None:
    if new.parent_id is None:
        return None
    parent = comments.get_comment(tx.conn, new.parent_id)
    if parent is None:
        return None
    if parent.post_id != new.post_id:
        raise Conflict("couldnt_create_comment")
    if parent.path.count(".") > MAX_PARENT_DEPTH:
        raise Invalid("max_comment_depth_reached")
    return parent


def _count_new(tx: Transaction, by: Actor, place: Place, path: str) -> None:
    post = place.post
    lifts = counts_for_active(
        comment_author=by.person_id,
        post_author=post.creator_id,
        commented=tx.now,
        posted=post.created_at,
    )
    rank = hot_rank(place.post_score, tx.now, tx.now) if lifts else None
    comments.note_new_comment(tx.conn, post.id, tx.now, rank)
    comments.count_children(tx.conn, path, 1)
    comments.count_comment(
        tx.conn,
        community_id=place.community.id,
        creator_id=by.person_id,
        local=by.local,
        by=1,
    )
