"""Moderators' small acts: lock, feature, distinguish; and what all acts of moderators begin with.

Each act writes its row of the modlog and its event in the transaction that changes the thing.
"""

from typing import Any

from moothall.domain.community import Standing
from moothall.domain.errors import Conflict, NotFound
from moothall.domain.ids import CommentId, CommunityId, PersonId, PostId
from moothall.domain.moderation import ModlogKind
from moothall.domain.permissions import (
    may_act_on,
    may_administer,
    may_edit_comment,
    may_moderate,
    require,
)
from moothall.domain.user import Doer
from moothall.storage import community as communities
from moothall.storage import event, moderation, modlog
from moothall.storage import post as posts
from moothall.storage.moderation import CommentCase, PostCase
from moothall.storage.transaction import Transaction


def lock_post(tx: Transaction, by: Doer, post_id: PostId, *, locked: bool) -> None:
    """Let nobody but moderators answer a post, or open it again.

    Raises Conflict `couldnt_update_post` where it is so already.
    """
    case = post_case(tx, post_id)
    require(may_moderate(case.community, standing_of(tx, case.community.id, by.person_id)))
    if case.post.locked == locked:
        raise Conflict("couldnt_update_post")
    posts.update_post(tx.conn, post_id, locked=locked)
    log_post(tx, by, ModlogKind.LOCK_POST, case, undone=not locked)
    event.add(tx.conn, "post_locked", tx.now, post_id=post_id, doer_id=by.person_id, locked=locked)


def feature_post(
    tx: Transaction, by: Doer, post_id: PostId, *, featured: bool, in_community: bool
) -> None:
    """Keep a post at the top of its community, or (for admins) of the front page; or end that.

    Raises Conflict `couldnt_update_post` where it is so already.
    """
    case = post_case(tx, post_id)
    require(may_moderate(case.community, standing_of(tx, case.community.id, by.person_id)))
    if not in_community:
        require(may_administer(by))
    name = "featured_community" if in_community else "featured_local"
    if getattr(case.post, name) == featured:
        raise Conflict("couldnt_update_post")
    posts.update_post(tx.conn, post_id, **{name: featured})
    log_post(tx, by, ModlogKind.FEATURE_POST, case, undone=not featured, in_community=in_community)
    event.add(
        tx.conn,
        "post_featured",
        tx.now,
        post_id=post_id,
        doer_id=by.person_id,
        featured=featured,
        in_community=in_community,
    )


def distinguish_comment(
    tx: Transaction, by: Doer, comment_id: CommentId, *, distinguished: bool
) -> None:
    """Mark one's own comment as said for the team, or take that back.

    Raises Conflict `couldnt_update_comment` where it is so already.
    """
    case = comment_case(tx, comment_id)
    require(may_edit_comment(by.person_id, case.comment.creator_id))
    require(may_moderate(case.community, standing_of(tx, case.community.id, by.person_id)))
    if case.comment.distinguished == distinguished:
        raise Conflict("couldnt_update_comment")
    moderation.set_comment_distinguished(tx.conn, comment_id, distinguished=distinguished)
    log_comment(tx, by, ModlogKind.DISTINGUISH_COMMENT, case, undone=not distinguished)
    event.add(
        tx.conn,
        "comment_distinguished",
        tx.now,
        comment_id=comment_id,
        doer_id=by.person_id,
        distinguished=distinguished,
    )


def post_case(tx: Transaction, post_id: PostId) -> PostCase:
    """The post that an act is about. Raises NotFound `couldnt_find_post`."""
    case = moderation.find_post_case(tx.conn, post_id)
    if case is None:
        raise NotFound("couldnt_find_post")
    return case


def comment_case(tx: Transaction, comment_id: CommentId) -> CommentCase:
    """The comment that an act is about. Raises NotFound `couldnt_find_comment`."""
    case = moderation.find_comment_case(tx.conn, comment_id)
    if case is None:
        raise NotFound("couldnt_find_comment")
    return case


def standing_of(tx: Transaction, community_id: CommunityId, person_id: PersonId) -> Standing:
    """What somebody is in a community."""
    return communities.standing(tx.conn, community_id, person_id, tx.now)


def require_rank(
    tx: Transaction, by: Doer, community_id: CommunityId, standing: Standing, target: PersonId
) -> None:
    """Refuse to act on what somebody wrote who stands higher; everybody may act on their own."""
    is_own = by.person_id == target
    theirs = standing if is_own else standing_of(tx, community_id, target)
    require(may_act_on(standing, theirs, same_person=is_own))


def log_post(tx: Transaction, by: Doer, kind: ModlogKind, case: PostCase, **about: Any) -> None:
    """The modlog row of an act on a post."""
    modlog.add(
        tx.conn,
        kind,
        by.person_id,
        tx.now,
        post_id=case.post.id,
        community_id=case.community.id,
        person_id=case.post.creator_id,
        **about,
    )


def log_comment(
    tx: Transaction, by: Doer, kind: ModlogKind, case: CommentCase, **about: Any
) -> None:
    """The modlog row of an act on a comment."""
    modlog.add(
        tx.conn,
        kind,
        by.person_id,
        tx.now,
        comment_id=case.comment.id,
        post_id=case.comment.post_id,
        community_id=case.community.id,
        person_id=case.comment.creator_id,
        **about,
    )
