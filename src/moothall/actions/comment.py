"""Writing comments: create, edit, delete, restore, save."""

from typing import Any

from moothall.domain.comment import Comment, NewComment
from moothall.domain.errors import Conflict, Invalid, NotFound
from moothall.domain.ids import CommentId, LanguageId, PostId
from moothall.domain.permissions import may_comment, may_edit_comment, may_take_part, require
from moothall.domain.ranking import counts_for_active, hot_rank
from moothall.domain.user import Doer, Viewer
from moothall.domain.visibility import is_there, sees_community, ties_of
from moothall.storage import comment as comments
from moothall.storage import event
from moothall.storage.comment import Scene
from moothall.storage.comment_view import is_visible
from moothall.storage.post import note_activity
from moothall.storage.transaction import Transaction

from .language import language_for
from .media import note_uses
from .notification import notify_of_comment
from .text import MAX_BODY, prepare_words

# A comment of this depth is the last that takes an answer.
MAX_PARENT_DEPTH = 50


def create_comment(tx: Transaction, by: Doer, new: NewComment) -> CommentId:
    """Answer a post or one of its comments; the author's own upvote comes with it.

    A parent that does not exist is ignored, as clients expect. Raises NotFound
    `couldnt_find_post`, Conflict `couldnt_create_comment` (a parent from another post), Invalid
    `max_comment_depth_reached`, `invalid_body_field`, `blocked_url`, `language_not_allowed`, and
    what `may_comment` says.
    """
    scene = _find_scene(tx, by, new)
    require(may_comment(scene.post, scene.community, scene.standing))
    parent = _find_parent(tx, new)
    content, html = prepare_words(tx, new.content, MAX_BODY)
    parent_path = "0" if parent is None else parent.path
    comment_id = comments.add_comment(
        tx.conn,
        parent_path,
        post_id=new.post_id,
        community_id=scene.community.id,
        creator_id=by.person_id,
        parent_id=None if parent is None else parent.id,
        depth=parent_path.count(".") + 1,
        content=content,
        content_html=html,
        language_id=language_for(tx, by.person_id, scene.community.id, new.language_id),
        local=by.local,
        in_local=scene.community.local,
        ap_id=None,
        hot_rank=hot_rank(1, tx.now, tx.now),
        created_at=tx.now,
    )
    note_uses(tx, "comment", comment_id, by.person_id, content)
    notify_of_comment(tx, comment_id)
    _count_new(tx, by, scene, f"{parent_path}.{comment_id}")
    event.add(tx.conn, "comment_created", tx.now, comment_id=comment_id)
    return comment_id


def edit_comment(
    tx: Transaction,
    by: Doer,
    comment_id: CommentId,
    content: str | None = None,
    language_id: LanguageId | None = None,
) -> None:
    """Change one's own words, or the language they are in; what they said before is kept.

    None leaves a field. Raises NotFound `couldnt_find_comment`, NotAllowed
    `no_comment_edit_allowed`, what `may_take_part` says, and Invalid as `create_comment` does.
    """
    before, scene = _find_own(tx, by, comment_id)
    require(may_take_part(scene.community, scene.standing))
    changes: dict[str, Any] = {}
    if language_id is not None:
        changes["language_id"] = language_for(tx, by.person_id, scene.community.id, language_id)
    if content is not None:
        changes["content"], changes["content_html"] = prepare_words(tx, content, MAX_BODY)
        if changes["content"] != before.content:
            comments.add_history(tx.conn, before, tx.now)
    comments.update_comment(tx.conn, comment_id, updated_at=tx.now, **changes)
    note_uses(tx, "comment", comment_id, by.person_id, changes.get("content"))
    notify_of_comment(tx, comment_id)
    event.add(tx.conn, "comment_edited", tx.now, comment_id=comment_id)


def delete_comment(tx: Transaction, by: Doer, comment_id: CommentId, *, deleted: bool) -> None:
    """Take back one's own comment, or restore it.

    Whoever was banned may still take back what they wrote. Raises NotFound
    `couldnt_find_comment`, NotAllowed `no_comment_edit_allowed`, Conflict
    `couldnt_update_comment` if it is so already; for restoring, what `may_take_part` says.
    """
    comment, scene = _find_own(tx, by, comment_id)
    if not deleted:
        require(may_take_part(scene.community, scene.standing))
    if not comments.set_deleted(tx.conn, comment_id, tx.now, deleted=deleted):
        raise Conflict("couldnt_update_comment")
    if not comment.removed:
        change = -1 if deleted else 1
        comments.count_in_post(tx.conn, comment.post_id, change)
        comments.count_comment(
            tx.conn,
            community_id=scene.community.id,
            creator_id=comment.creator_id,
            local=comment.local,
            by=change,
        )
    kind = "comment_deleted" if deleted else "comment_restored"
    event.add(tx.conn, kind, tx.now, comment_id=comment_id)


def save_comment(tx: Transaction, viewer: Viewer, comment_id: CommentId, *, save: bool) -> None:
    """Keep a comment for later, or no longer; it does not matter if that is so already.

    Raises NotFound `couldnt_find_comment` for what the viewer may not see.
    """
    if not is_visible(tx.conn, viewer, comment_id):
        raise NotFound("couldnt_find_comment")
    if save:
        comments.save_comment(tx.conn, comment_id, viewer.person_id, tx.now)
    else:
        comments.unsave_comment(tx.conn, comment_id, viewer.person_id)


def _find_own(tx: Transaction, by: Doer, comment_id: CommentId) -> tuple[Comment, Scene]:
    comment = comments.lock_comment(tx.conn, comment_id)
    if comment is None:
        raise NotFound("couldnt_find_comment")
    require(may_edit_comment(by.person_id, comment.creator_id))
    return comment, _load_scene(tx, by, comment.post_id)


def _load_scene(tx: Transaction, by: Doer, post_id: PostId) -> Scene:
    scene = comments.get_scene(tx.conn, post_id, by.person_id, tx.now)
    if scene is None:
        raise NotFound("couldnt_find_post")
    return scene


def _find_scene(tx: Transaction, by: Doer, new: NewComment) -> Scene:
    scene = _load_scene(tx, by, new.post_id)
    ties = ties_of(by, scene.standing, follows=scene.follows)
    # What is gone has its own refusals, in `may_comment`.
    if is_there(scene.community) and not sees_community(scene.community, ties):
        raise NotFound("couldnt_find_post")
    return scene


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


def _count_new(tx: Transaction, by: Doer, scene: Scene, path: str) -> None:
    post = scene.post
    lifts = counts_for_active(
        comment_author=by.person_id,
        post_author=post.creator_id,
        commented=tx.now,
        posted=post.created_at,
    )
    rank = hot_rank(scene.post_score, tx.now, tx.now) if lifts else None
    # The post first, so that two who answer in one thread wait for each other there and not
    # crosswise at their ancestors; community and site last, since all writers share those rows.
    comments.note_new_comment(tx.conn, post.id, tx.now, rank)
    comments.count_children(tx.conn, path, 1)
    comments.see_own_comment(tx.conn, post.id, by.person_id, tx.now)
    note_activity(tx.conn, scene.community.id, by.person_id, tx.now)
    comments.count_new_comment(
        tx.conn, community_id=scene.community.id, creator_id=by.person_id, local=by.local
    )
