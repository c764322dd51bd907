"""Purging: an admin erases a thing for good.

Nothing long happens in one transaction: what hangs on a thing is erased in batches, the first at
once and what is left as jobs. Until they have come to the end the thing itself is removed, so that
nobody sees it any more.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

from moothall.domain.errors import NotFound
from moothall.domain.ids import CommentId, CommunityId, PersonId, PostId
from moothall.domain.moderation import ModlogKind
from moothall.domain.permissions import may_act_on, may_administer, require
from moothall.domain.user import Doer
from moothall.domain.visibility import is_there
from moothall.storage import account as accounts
from moothall.storage import comment as comments
from moothall.storage import community as communities
from moothall.storage import erasure as erasure_rows
from moothall.storage import event, jobs, membership, modlog, purge
from moothall.storage import post as posts
from moothall.storage import user as users
from moothall.storage import vote as votes
from moothall.storage.moderation import find_comment_case
from moothall.storage.portion import Portion
from moothall.storage.purge import Doomed
from moothall.storage.transaction import Transaction

from .ban import admin_standing
from .community import lock_community
from .erasure import erase_content
from .media import erase_all_uploads, free_uploads
from .moderation import comment_case, post_case
from .removal import set_comment_removed, set_post_removed
from .text import prepare_reason
from .user import empty_account

JOB = "purge"
# Each with its row in a dozen indexes or more: what others wait for is ten milliseconds.
FIRST_BATCH = LATER_BATCH = 30
# Votes and the like on what is erased in a batch: small rows.
MARKS = 500
# What a purged person's profile no longer says.
_NO_PROFILE = dict.fromkeys(
    ("display_name", "bio", "bio_html", "avatar", "banner", "matrix_user_id")
)


def purge_comment(
    tx: Transaction, by: Doer, comment_id: CommentId, reason: str | None = None
) -> None:
    """Erase a comment; the answers to it move up to its parent.

    Raises NotFound `couldnt_find_comment`, NotAllowed `not_an_admin`, `not_higher_admin`.
    """
    require(may_administer(by))
    case = comment_case(tx, comment_id)
    comment = case.comment
    _require_higher(tx, by, comment.creator_id)
    scene = {"post_id": comment.post_id, "community_id": case.community.id}
    _log(tx, ModlogKind.PURGE_COMMENT, by, reason, **scene)
    _tell(tx, "comment_purged", by, reason, comment_id=comment_id, ap_id=comment.ap_id)
    if is_there(comment):
        set_comment_removed(tx, case, removed=True)
    _run(tx, "comment", comment_id, FIRST_BATCH)


def purge_post(tx: Transaction, by: Doer, post_id: PostId, reason: str | None = None) -> None:
    """Erase a post and all its comments. Raises NotFound `couldnt_find_post`, else as above."""
    require(may_administer(by))
    case = post_case(tx, post_id)
    _require_higher(tx, by, case.post.creator_id)
    _log(tx, ModlogKind.PURGE_POST, by, reason, community_id=case.community.id)
    _tell(tx, "post_purged", by, reason, post_id=post_id, ap_id=case.post.ap_id)
    if not case.post.removed:
        set_post_removed(tx, case, removed=True)
    _run(tx, "post", post_id, FIRST_BATCH)


def purge_community(
    tx: Transaction, by: Doer, community_id: CommunityId, reason: str | None = None
) -> None:
    """Erase a community and all that stands in it.

    Raises NotFound `couldnt_find_community`, and NotAllowed `not_higher_admin` if one of its
    moderators is a higher admin.
    """
    require(may_administer(by))
    community = lock_community(tx, community_id)
    for moderator_id in membership.moderator_ids(tx.conn, community_id):
        _require_higher(tx, by, moderator_id)
    _log(tx, ModlogKind.PURGE_COMMUNITY, by, reason)
    _tell(tx, "community_purged", by, reason, name=community.name, ap_id=community.ap_id)
    if community.local and is_there(community):
        communities.count_communities(tx.conn, -1)
    communities.update_community(tx.conn, community_id, removed=True)
    _run(tx, "community", community_id, FIRST_BATCH)


def purge_person(tx: Transaction, by: Doer, person_id: PersonId, reason: str | None = None) -> None:
    """Overwrite all that somebody wrote, erase their messages and profile, and ban them.

    The empty person stays, so that the name is not taken again. Raises NotFound
    `couldnt_find_person`, NotAllowed `not_an_admin`, `not_higher_admin`.
    """
    require(may_administer(by))
    person = users.get_person(tx.conn, person_id)
    if person is None:
        raise NotFound("couldnt_find_person")
    # Whoever purges an admin and leaves office at the same moment would leave nobody.
    accounts.lock_admins(tx.conn)
    require(may_act_on(admin_standing(tx, by.person_id), admin_standing(tx, person_id)))
    _log(tx, ModlogKind.PURGE_PERSON, by, reason, person_id=person_id)
    _tell(tx, "person_purged", by, reason, person_id=person_id, ap_id=person.ap_id)
    account = accounts.find_account_of(tx.conn, person_id)
    if account is not None:
        empty_account(tx, account)
        erase_all_uploads(tx, account.id)
    if person.local and not person.deleted:
        accounts.count_people(tx.conn, -1)
    accounts.update_person(
        tx.conn,
        person_id,
        **_NO_PROFILE,
        banned=True,
        ban_expires_at=None,
        deleted=True,
        updated_at=tx.now,
    )
    erasure_rows.leave_communities(tx.conn, person_id)
    free_uploads(tx, purge.forget_traces(tx.conn, "person", [person_id]))
    erase_content(tx, person_id, purged=True)
    _run(tx, "person", person_id, FIRST_BATCH)


def continue_purge(tx: Transaction, payload: dict[str, Any]) -> None:
    """The next step of a purge; a step that is done twice erases nothing more."""
    _run(tx, payload["subject"], payload["id"], LATER_BATCH)


def _run(tx: Transaction, subject: str, subject_id: int, budget: int) -> None:
    if not _STEPS[subject](tx, subject_id, budget):
        jobs.add(tx.conn, JOB, {"subject": subject, "id": subject_id}, tx.now)


def _comment_step(tx: Transaction, subject_id: int, _budget: int) -> bool:
    """Erase what people left on a comment, then the comment; True when it is gone."""
    comment_id = CommentId(subject_id)
    if not purge.delete_marks(tx.conn, "comment", [comment_id], MARKS):
        return False
    case = find_comment_case(tx.conn, comment_id)
    if case is not None:
        comments.count_children(tx.conn, case.comment.path, -1)
        purge.lift_answers(tx.conn, comment_id)
        _erase_comments(tx, purge.find_comment(tx.conn, comment_id))
    return True


def _post_step(tx: Transaction, subject_id: int, budget: int) -> bool:
    """Erase some comments, then the post; True when it is gone."""
    post_id = PostId(subject_id)
    return _erase_comments(tx, purge.comments_of_post(tx.conn, post_id, budget)) and _erase_posts(
        tx, purge.find_post(tx.conn, post_id)
    )


def _community_step(tx: Transaction, subject_id: int, budget: int) -> bool:
    """Erase comments, posts, members, then the community; True when it is gone."""
    community_id = CommunityId(subject_id)
    if not _erase_comments(tx, purge.comments_of_community(tx.conn, community_id, budget)):
        return False
    if not _erase_posts(tx, purge.posts_of_community(tx.conn, community_id, budget)):
        return False
    if purge.delete_members(tx.conn, community_id, budget) >= budget:
        return False
    free_uploads(tx, purge.forget_traces(tx.conn, "community", [community_id]))
    purge.delete_rows(tx.conn, "community", [community_id])
    return True


def _person_step(tx: Transaction, person_id: int, budget: int) -> bool:
    """Erase messages; True when none is left."""
    ids = purge.messages_of(tx.conn, PersonId(person_id), budget)
    free_uploads(tx, purge.forget_traces(tx.conn, "message", ids))
    purge.delete_rows(tx.conn, "message", ids)
    return len(ids) < budget


_STEPS: dict[str, Callable[[Transaction, int, int], bool]] = {
    "comment": _comment_step,
    "post": _post_step,
    "community": _community_step,
    "person": _person_step,
}


def _erase_comments(tx: Transaction, doomed: Portion[Doomed]) -> bool:
    """Erase comments with their votes; True when all are gone, and no more are there."""
    if not _erase_marks(tx, "comment", doomed):
        return False
    counted = [each for each in doomed.rows if is_there(each)]
    for post_id, number in Counter(each.post_id for each in counted).items():
        comments.count_in_post(tx.conn, post_id, -number)
    places = Counter((each.community_id, each.creator_id, each.local) for each in counted)
    for (community_id, creator_id, local), number in places.items():
        comments.count_comment(
            tx.conn, community_id=community_id, creator_id=creator_id, local=local, by=-number
        )
    _erase(tx, "comment", doomed)
    return not doomed.has_more


def _erase_posts(tx: Transaction, doomed: Portion[Doomed]) -> bool:
    """The same of posts, which have no comments any more."""
    if not _erase_marks(tx, "post", doomed):
        return False
    places = Counter(
        (each.creator_id, each.community_id, each.local) for each in doomed.rows if is_there(each)
    )
    for (creator_id, community_id, local), number in places.items():
        posts.count_post(tx.conn, creator_id, community_id, -number, local=local)
    for each in doomed.rows:
        votes.add_post_score(tx.conn, each.creator_id, -each.score)
    _erase(tx, "post", doomed)
    return not doomed.has_more


def _erase_marks(tx: Transaction, subject: str, doomed: Portion[Doomed]) -> bool:
    return purge.delete_marks(tx.conn, subject, [each.id for each in doomed.rows], MARKS)


def _erase(tx: Transaction, subject: str, doomed: Portion[Doomed]) -> None:
    ids = [each.id for each in doomed.rows]
    if ids:
        free_uploads(tx, purge.forget_traces(tx.conn, subject, ids))
        purge.delete_rows(tx.conn, subject, ids)


def _require_higher(tx: Transaction, by: Doer, person_id: PersonId) -> None:
    if by.person_id != person_id:
        require(may_act_on(admin_standing(tx, by.person_id), admin_standing(tx, person_id)))


def _log(tx: Transaction, kind: ModlogKind, by: Doer, reason: str | None, **about: Any) -> None:
    modlog.add(tx.conn, kind, by.person_id, tx.now, reason=prepare_reason(reason), **about)


def _tell(tx: Transaction, kind: str, by: Doer, reason: str | None, **about: Any) -> None:
    event.add(tx.conn, kind, tx.now, doer_id=by.person_id, reason=prepare_reason(reason), **about)
