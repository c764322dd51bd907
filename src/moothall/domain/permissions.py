"""Who may do what. A rule returns None where it is allowed, else the reason as an error.

Rules are pure: the facts come in as values. Actions call them through `require`; pages ask the same
functions to know which buttons to show. Deny by default: what has no rule here has no action.
"""

from .community import Community, Standing
from .errors import Conflict, ForumError, Invalid, NotAllowed, NotFound
from .ids import PersonId
from .media import Upload
from .post import Post
from .user import Doer, Person, Viewer

Refusal = ForumError | None


def require(refusal: Refusal) -> None:
    """Raise the reason, if there is one."""
    if refusal is not None:
        raise refusal


# Only admins run the site.
def may_administer(doer: Doer) -> Refusal:
    """Site settings, applications, purges, site bans."""
    return None if doer.is_admin else NotAllowed("not_an_admin")


# Whoever is banned from a community takes part in nothing there.
def may_take_part(community: Community, standing: Standing) -> Refusal:
    """Write, vote or report in a community."""
    if community.deleted:
        return NotAllowed("deleted")
    if community.removed:
        return NotAllowed("couldnt_find_community")
    if standing.is_banned and not standing.is_admin:
        return NotAllowed("banned_from_community")
    return None


# In a restricted community only its moderators post; admins have no exception.
def may_post(community: Community, standing: Standing) -> Refusal:
    """Write a new post in a community."""
    if refusal := may_take_part(community, standing):
        return refusal
    if community.posting_restricted_to_mods and not standing.is_moderator:
        return NotAllowed("only_mods_can_post_in_community")
    return None


# A locked post takes answers from moderators only; a deleted or removed one from nobody.
def may_comment(post: Post, community: Community, standing: Standing) -> Refusal:
    """Answer a post or one of its comments."""
    if refusal := may_take_part(community, standing):
        return refusal
    if post.deleted or post.removed:
        return NotAllowed("couldnt_find_post")
    if post.locked and not standing.may_moderate:
        return NotAllowed("locked")
    return None


# Bots do not vote; an upvote is always possible, a downvote where the site has them.
def may_vote(
    *, is_bot: bool, score: int, downvotes: bool, community: Community, standing: Standing
) -> Refusal:
    """Vote on a post or comment."""
    if score not in (-1, 0, 1):
        return Invalid("invalid_vote_value")
    if is_bot:
        return NotAllowed("invalid_bot_action")
    if score == -1 and not downvotes:
        return NotAllowed("downvotes_are_disabled")
    return may_take_part(community, standing)


# Only the author changes the words; not even an admin puts words in somebody's mouth.
def may_edit_post(doer_id: PersonId, creator_id: PersonId) -> Refusal:
    """Edit, delete or restore one's own post."""
    return None if doer_id == creator_id else NotAllowed("no_post_edit_allowed")


# The same for comments.
def may_edit_comment(doer_id: PersonId, creator_id: PersonId) -> Refusal:
    """Edit, delete or restore one's own comment."""
    return None if doer_id == creator_id else NotAllowed("no_comment_edit_allowed")


# Moderators and admins moderate, unless they are banned there themselves.
def may_moderate(community: Community, standing: Standing, *, also_gone: bool = False) -> Refusal:
    """Remove, lock, feature, ban, resolve reports.

    `also_gone` where it must work in a deleted or removed community too.
    """
    if not standing.may_moderate:
        return NotAllowed("not_a_moderator")
    if standing.is_banned and not standing.is_admin:
        return NotAllowed("banned_from_community")
    if (community.deleted or community.removed) and not also_gone and not standing.is_admin:
        return NotAllowed("not_a_moderator")
    return None


# Admins stand above moderators, the longer appointed above the later; nobody acts on their better.
def may_act_on(doer: Standing, target: Standing, *, same_person: bool = False) -> Refusal:
    """Act as a moderator on somebody or on what they wrote."""
    if same_person:
        return None
    if doer.is_admin:
        return _admin_outranks(doer, target)
    if target.is_admin:
        return NotAllowed("not_higher_admin")
    return _moderator_outranks(doer, target)


def _admin_outranks(doer: Standing, target: Standing) -> Refusal:
    if not target.is_admin:
        return None
    if (doer.admin_since or 0) < (target.admin_since or 0):
        return None
    return NotAllowed("not_higher_admin")


def _moderator_outranks(doer: Standing, target: Standing) -> Refusal:
    if not target.is_moderator:
        return None
    if doer.moderator_since is None or target.moderator_since is None:
        return NotAllowed("not_higher_mod")
    if doer.moderator_since < target.moderator_since:
        return None
    return NotAllowed("not_higher_mod")


# Another server's community is run by its own team; our admins can only remove it from here.
def may_run_community(community: Community, standing: Standing) -> Refusal:
    """Edit a community, hand it over, appoint and dismiss its moderators."""
    if refusal := may_moderate(community, standing):
        return refusal
    if not community.local and not standing.is_moderator:
        return NotAllowed("not_a_moderator")
    return None


# Who is banned or gone cannot look after others.
def may_be_moderator(person: Person, standing: Standing) -> Refusal:
    """Be taken into the team of a community."""
    if person.deleted:
        return NotFound("couldnt_find_person")
    if person.banned:
        return NotAllowed("banned")
    return NotAllowed("banned_from_community") if standing.is_banned else None


# The team belongs to the moderator who was appointed first.
def may_delete_community(*, is_top_moderator: bool) -> Refusal:
    """Delete or restore a community; admins remove instead."""
    return None if is_top_moderator else NotAllowed("not_top_mod")


# Handing over is for the top moderator, or for an admin when a team is gone.
def may_transfer_community(*, is_top_moderator: bool, standing: Standing) -> Refusal:
    """Make another moderator the first."""
    if is_top_moderator or standing.is_admin:
        return None
    return NotAllowed("not_top_mod")


# Anybody founds a community, unless the site reserves that for admins.
def may_create_community(doer: Doer, *, admin_only: bool) -> Refusal:
    """Found a community."""
    if admin_only and not doer.is_admin:
        return NotAllowed("only_admins_can_create_communities")
    return None


# What is gone is not reported.
def may_report(
    community: Community, standing: Standing, *, deleted: bool, removed: bool
) -> Refusal:
    """Report a post or comment."""
    if deleted or removed:
        return Conflict("deleted")
    return may_take_part(community, standing)


# Who blocks somebody neither hears from them nor writes to them, in new words or in changed ones.
def may_write_to(*, is_blocked: bool) -> Refusal:
    """Send a private message, edit one or restore one; `is_blocked` in either direction."""
    return NotAllowed("person_is_blocked") if is_blocked else None


# A message is its sender's, also for admins.
def may_edit_message(doer_id: PersonId, creator_id: PersonId) -> Refusal:
    """Edit, delete or restore a private message."""
    return None if doer_id == creator_id else NotAllowed("edit_private_message_not_allowed")


# Only who received a message can say that it was read.
def may_mark_message(doer_id: PersonId, recipient_id: PersonId) -> Refusal:
    """Mark a private message as read or unread."""
    return None if doer_id == recipient_id else NotAllowed("couldnt_update_private_message")


# An upload is its owner's; admins may take any away. Others do not even learn whose it is.
def may_delete_upload(viewer: Viewer, upload: Upload) -> Refusal:
    """Delete an upload."""
    if upload.account_id == viewer.account_id or viewer.is_admin:
        return None
    return NotFound("couldnt_find_object", by_name=True)
