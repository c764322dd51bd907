"""Banning people, from one community or from the site, and ending bans."""

from moothall.domain.community import Community, Standing
from moothall.domain.errors import Conflict, NotFound
from moothall.domain.ids import CommunityId, PersonId
from moothall.domain.moderation import Ban, ModlogKind, ban_end
from moothall.domain.permissions import may_act_on, may_administer, may_moderate, require
from moothall.domain.time import Time
from moothall.domain.user import Doer
from moothall.storage import account as accounts
from moothall.storage import ban as bans
from moothall.storage import community as communities
from moothall.storage import event, membership, modlog
from moothall.storage import session as sessions
from moothall.storage import user as users
from moothall.storage.transaction import Transaction

from .community import remove_community
from .moderation import standing_of
from .removal import Sweep, start_removal
from .text import prepare_reason

# Bans of each kind that one step of the upkeep lifts.
LIFTED_AT_ONCE = 200
# What a profile no longer says when all that its owner left here is removed.
_NO_PROFILE = dict.fromkeys(("avatar", "banner", "bio", "bio_html"))


def ban_from_community(
    tx: Transaction, by: Doer, community_id: CommunityId, person_id: PersonId, ban: Ban
) -> None:
    """Ban somebody from a community, or change a ban that is there; they no longer follow it.

    Raises Invalid `ban_expiration_in_past`, and the refusals of `may_moderate` and `may_act_on`
    (nobody bans themselves either).
    """
    _require_power(tx, by, community_id, person_id)
    ends, said = ban_end(ban.expires_at, tx.now), prepare_reason(ban.reason)
    bans.ban_from_community(tx.conn, community_id, person_id, tx.now, ends)
    membership.remove_follow(tx.conn, community_id, person_id)
    if ban.remove_data:
        start_removal(tx, Sweep(by.person_id, person_id, community_id, said))
    _log_community_ban(tx, by, community_id, person_id, said, ends)
    event.add(
        tx.conn,
        "person_banned_from_community",
        tx.now,
        community_id=community_id,
        person_id=person_id,
        doer_id=by.person_id,
        reason=said,
        expires_at=ends,
        remove_data=ban.remove_data,
    )


def unban_from_community(
    tx: Transaction,
    by: Doer,
    community_id: CommunityId,
    person_id: PersonId,
    reason: str | None = None,
) -> None:
    """Let somebody back into a community. What was removed stays removed.

    Raises Conflict `community_user_already_banned` where there is no ban.
    """
    _require_power(tx, by, community_id, person_id)
    if not bans.unban_from_community(tx.conn, community_id, person_id):
        raise Conflict("community_user_already_banned", "there is no such ban")
    said = prepare_reason(reason)
    _log_community_ban(tx, by, community_id, person_id, said, None, undone=True)
    event.add(
        tx.conn,
        "person_unbanned_from_community",
        tx.now,
        community_id=community_id,
        person_id=person_id,
        doer_id=by.person_id,
        reason=said,
    )


def _require_power(
    tx: Transaction, by: Doer, community_id: CommunityId, person_id: PersonId
) -> Community:
    community = communities.get_community(tx.conn, community_id)
    if community is None:
        raise NotFound("couldnt_find_community")
    own = standing_of(tx, community_id, by.person_id)
    require(may_moderate(community, own))
    if users.get_person(tx.conn, person_id) is None:
        raise NotFound("couldnt_find_person")
    require(may_act_on(own, standing_of(tx, community_id, person_id)))
    return community


def _log_community_ban(
    tx: Transaction,
    by: Doer,
    community_id: CommunityId,
    person_id: PersonId,
    reason: str | None,
    expires_at: Time | None,
    *,
    undone: bool = False,
) -> None:
    modlog.add(
        tx.conn,
        ModlogKind.BAN_FROM_COMMUNITY,
        by.person_id,
        tx.now,
        community_id=community_id,
        person_id=person_id,
        reason=reason,
        expires_at=expires_at,
        undone=undone,
    )


def ban_person(tx: Transaction, by: Doer, person_id: PersonId, ban: Ban) -> None:
    """Ban somebody from the site, or change a ban that is there; all their sessions end.

    With `remove_data` what they wrote, messages too, is removed, their profile emptied, and the
    communities removed whose first moderator they are. Raises NotFound `couldnt_update_user`,
    Invalid `ban_expiration_in_past`, NotAllowed `not_an_admin`, `not_higher_admin`.
    """
    _require_higher_admin(tx, by, person_id)
    ends, said = ban_end(ban.expires_at, tx.now), prepare_reason(ban.reason)
    accounts.update_person(tx.conn, person_id, banned=True, ban_expires_at=ends)
    end_sessions(tx, person_id)
    if ban.remove_data:
        accounts.update_person(tx.conn, person_id, **_NO_PROFILE)
        _remove_led_communities(tx, by, person_id, said)
        start_removal(tx, Sweep(by.person_id, person_id, None, said))
    modlog.add(
        tx.conn,
        ModlogKind.BAN,
        by.person_id,
        tx.now,
        person_id=person_id,
        reason=said,
        expires_at=ends,
    )
    event.add(
        tx.conn,
        "person_banned",
        tx.now,
        person_id=person_id,
        doer_id=by.person_id,
        reason=said,
        expires_at=ends,
        remove_data=ban.remove_data,
    )


def unban_person(tx: Transaction, by: Doer, person_id: PersonId, reason: str | None = None) -> None:
    """Let somebody back. What was removed stays removed.

    Raises Conflict `couldnt_update_user` where there is no ban, else as `ban_person` does.
    """
    _require_higher_admin(tx, by, person_id)
    person = users.get_person(tx.conn, person_id)
    if person is None or not person.banned:
        raise Conflict("couldnt_update_user", "there is no such ban")
    accounts.update_person(tx.conn, person_id, banned=False, ban_expires_at=None)
    said = prepare_reason(reason)
    modlog.add(
        tx.conn,
        ModlogKind.BAN,
        by.person_id,
        tx.now,
        person_id=person_id,
        reason=said,
        undone=True,
    )
    event.add(
        tx.conn,
        "person_unbanned",
        tx.now,
        person_id=person_id,
        doer_id=by.person_id,
        reason=said,
    )


def lift_expired(tx: Transaction) -> bool:
    """End the bans whose time has come; True if there may be more to do at once.

    No moderator does this, so there is no row in the modlog: the ban's own row tells the time.
    """
    lifted = bans.lift_expired(tx.conn, tx.now, LIFTED_AT_ONCE)
    for each in lifted:
        event.add(
            tx.conn,
            "ban_expired",
            tx.now,
            person_id=each.person_id,
            community_id=each.community_id,
        )
    return len(lifted) >= LIFTED_AT_ONCE


def end_sessions(tx: Transaction, person_id: PersonId) -> None:
    """Sign somebody out everywhere."""
    account = accounts.find_account_of(tx.conn, person_id)
    if account is not None:
        sessions.delete_sessions(tx.conn, account.id)


def admin_standing(tx: Transaction, person_id: PersonId) -> Standing:
    """What somebody is on the whole site."""
    account = accounts.find_account_of(tx.conn, person_id)
    return Standing(
        is_admin=account is not None and account.is_admin,
        is_moderator=False,
        is_banned=False,
        admin_since=None if account is None else account.admin_since,
    )


def _require_higher_admin(tx: Transaction, by: Doer, person_id: PersonId) -> None:
    require(may_administer(by))
    if users.get_person(tx.conn, person_id) is None:
        raise NotFound("couldnt_update_user", by_name=True)
    require(may_act_on(admin_standing(tx, by.person_id), admin_standing(tx, person_id)))


def _remove_led_communities(
    tx: Transaction, by: Doer, person_id: PersonId, reason: str | None
) -> None:
    for community_id in bans.communities_led_by(tx.conn, person_id):
        remove_community(tx, by, community_id, removed=True, reason=reason)
