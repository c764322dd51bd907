"""Communities: founding, editing and closing them, following and blocking them, their teams."""

from typing import Any

from moothall.domain import ranking
from moothall.domain.community import (
    Community,
    CommunityChanges,
    NewCommunity,
    Standing,
)
from moothall.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from moothall.domain.ids import CommunityId, LanguageId, PersonId
from moothall.domain.moderation import ModlogKind
from moothall.domain.names import check_name
from moothall.domain.permissions import (
    may_act_on,
    may_administer,
    may_be_moderator,
    may_create_community,
    may_delete_community,
    may_run_community,
    may_take_part,
    may_transfer_community,
    require,
)
from moothall.domain.site import Site
from moothall.domain.text import has_visible, tame
from moothall.domain.user import Doer, Person, Viewer
from moothall.domain.visibility import PRIVATE, is_there, sees_community, ties_of
from moothall.storage import community as rows
from moothall.storage import event, membership, modlog
from moothall.storage.language import site_languages
from moothall.storage.site import get_site
from moothall.storage.transaction import Transaction
from moothall.storage.user import get_person

from .media import note_uses, replace_uses
from .text import MAX_BODY, prepare_body, prepare_picture, prepare_reason, refuse_slurs

_MAX_TITLE = 255


def create_community(tx: Transaction, by: Doer, new: NewCommunity) -> CommunityId:
    """Found a community; the founder is its first moderator and follower.

    Raises NotAllowed `only_admins_can_create_communities`, Invalid (`slurs`, `invalid_name`,
    `nsfw_not_allowed`, `language_not_allowed`, …) and Conflict `community_already_exists`.
    """
    site = get_site(tx.conn)
    require(may_create_community(by, admin_only=site.community_creation_admin_only))
    refuse_slurs(tx, new.name)
    check_name(new.name, site.actor_name_max_length)
    _check_nsfw(site, nsfw=new.nsfw)
    languages = _allowed_languages(tx, new.language_ids or [])
    community_id = rows.add_community(
        tx.conn,
        new.name,
        instance_id=site.instance_id,
        nsfw=new.nsfw,
        posting_restricted_to_mods=new.posting_restricted_to_mods,
        visibility=new.visibility.value,
        hot_rank=ranking.hot_rank(1, tx.now, tx.now),
        created_at=tx.now,
        **_texts(tx, new.title or new.name, new.description, new.icon, new.banner),
    )
    if community_id is None:
        raise Conflict("community_already_exists")
    rows.set_community_languages(tx.conn, community_id, languages)
    rows.count_communities(tx.conn, 1)
    note_uses(tx, "community", community_id, by.person_id, new.icon, new.banner, new.description)
    membership.add_moderator(tx.conn, community_id, by.person_id, tx.now)
    membership.add_follow(tx.conn, community_id, by.person_id, tx.now, pending=False)
    _tell(tx, "community_created", by, community_id)
    return community_id


def edit_community(
    tx: Transaction, by: Doer, community_id: CommunityId, changes: CommunityChanges
) -> None:
    """Change what a community says of itself. Raises as `create_community` does."""
    community = _get(tx, community_id)
    require(may_run_community(community, _standing(tx, by, community_id)))
    if changes.nsfw is not None:
        _check_nsfw(get_site(tx.conn), nsfw=changes.nsfw)
    values: dict[str, Any] = {
        "nsfw": changes.nsfw,
        "posting_restricted_to_mods": changes.posting_restricted_to_mods,
        "visibility": changes.visibility,
    }
    values = {name: value for name, value in values.items() if value is not None}
    values |= _texts(
        tx, changes.title or None, changes.description, changes.icon, changes.banner, clears=True
    )
    rows.update_community(tx.conn, community_id, updated_at=tx.now, **values)
    shown = [
        values.get(name, getattr(community, name)) for name in ("icon", "banner", "description")
    ]
    replace_uses(tx, "community", community_id, by.person_id, *shown)
    if changes.language_ids is not None:
        languages = _allowed_languages(tx, changes.language_ids)
        rows.set_community_languages(tx.conn, community_id, languages)
    _tell(tx, "community_edited", by, community_id)


def delete_community(
    tx: Transaction, by: Doer, community_id: CommunityId, *, deleted: bool
) -> None:
    """Close a community, or open it again; for its top moderator."""
    community = lock_community(tx, community_id)
    require(may_delete_community(is_top_moderator=_is_top(tx, by, community_id)))
    _set_state(tx, community, community._replace(deleted=deleted))
    _tell(tx, "community_deleted", by, community_id, deleted=deleted)


def remove_community(
    tx: Transaction,
    by: Doer,
    community_id: CommunityId,
    *,
    removed: bool,
    reason: str | None = None,
) -> None:
    """Take a community away as an admin, or give it back."""
    require(may_administer(by))
    community = lock_community(tx, community_id)
    _set_state(tx, community, community._replace(removed=removed))
    _log(tx, ModlogKind.REMOVE_COMMUNITY, by, community_id, undone=not removed, reason=reason)
    _tell(tx, "community_removed", by, community_id, removed=removed)


def hide_community(
    tx: Transaction,
    by: Doer,
    community_id: CommunityId,
    *,
    hidden: bool,
    reason: str | None = None,
) -> None:
    """Leave a community out of the lists of everybody who does not follow it, or undo that."""
    require(may_administer(by))
    _get(tx, community_id)
    rows.update_community(tx.conn, community_id, hidden=hidden)
    _log(tx, ModlogKind.HIDE_COMMUNITY, by, community_id, undone=not hidden, reason=reason)
    _tell(tx, "community_hidden", by, community_id, hidden=hidden)


def follow_community(tx: Transaction, by: Doer, community_id: CommunityId, *, follow: bool) -> None:
    """Follow a community or cease to; nothing happens where it is so already.

    A community of this server is followed at once, one of another only when that accepts. One that
    is for its members only takes nobody in this way: NotFound `couldnt_find_community`.
    """
    community = _get(tx, community_id)
    if not follow:
        _unfollow(tx, by, community)
        return
    standing = _standing(tx, by, community_id)
    require(may_take_part(community, standing))
    require_visible(tx, by, community, standing)
    pending = not community.local
    if membership.add_follow(tx.conn, community_id, by.person_id, tx.now, pending=pending):
        _tell(tx, "community_followed", by, community_id)


def block_community(
    tx: Transaction, viewer: Viewer, community_id: CommunityId, *, block: bool
) -> None:
    """Never see a community again, and cease to follow it; or undo the block.

    Raises NotFound `couldnt_find_community` also for one that they may not see as it is.
    """
    community = _get(tx, community_id)
    require_visible(tx, viewer.doer, community, _standing(tx, viewer.doer, community_id))
    if not block:
        membership.remove_block(tx.conn, community_id, viewer.person_id)
        return
    membership.add_block(tx.conn, community_id, viewer.person_id, tx.now)
    _unfollow(tx, viewer.doer, community)


def transfer_community(
    tx: Transaction, by: Doer, community_id: CommunityId, person_id: PersonId
) -> None:
    """Put another of its moderators at the top. Raises NotAllowed `not_a_moderator`."""
    community = lock_community(tx, community_id)
    team = membership.moderator_ids(tx.conn, community_id)
    standing = _standing(tx, by, community_id)
    is_top = team[:1] == [by.person_id]
    require(may_transfer_community(is_top_moderator=is_top, standing=standing))
    require(may_run_community(community, standing))
    if person_id not in team:
        raise NotAllowed("not_a_moderator")
    membership.put_moderator_first(tx.conn, community_id, person_id)
    _log(tx, ModlogKind.TRANSFER_COMMUNITY, by, community_id, person_id=person_id)
    _tell(tx, "community_transferred", by, community_id, person_id=person_id)


def add_moderator(
    tx: Transaction, by: Doer, community_id: CommunityId, person_id: PersonId
) -> None:
    """Take somebody into the team, as its lowest member.

    Raises Conflict `community_moderator_already_exists`.
    """
    community = lock_community(tx, community_id)
    require(may_run_community(community, _standing(tx, by, community_id)))
    target = _get_person(tx, person_id)
    standing = rows.standing(tx.conn, community_id, person_id, tx.now)
    require(may_be_moderator(target, standing))
    if standing.is_moderator:
        raise Conflict("community_moderator_already_exists")
    membership.add_moderator(tx.conn, community_id, person_id, tx.now)
    _log(tx, ModlogKind.ADD_COMMUNITY, by, community_id, person_id=person_id)
    _tell(tx, "moderator_added", by, community_id, person_id=person_id)


def remove_moderator(
    tx: Transaction, by: Doer, community_id: CommunityId, person_id: PersonId
) -> None:
    """Take somebody who stands lower, or oneself, out of the team.

    Raises NotAllowed `not_a_moderator` where they are not in it.
    """
    community = lock_community(tx, community_id)
    own = _standing(tx, by, community_id)
    require(may_run_community(community, own))
    target = rows.standing(tx.conn, community_id, person_id, tx.now)
    if not target.is_moderator:
        raise NotAllowed("not_a_moderator")
    require(may_act_on(own, target, same_person=by.person_id == person_id))
    membership.remove_moderator(tx.conn, community_id, person_id)
    _log(tx, ModlogKind.ADD_COMMUNITY, by, community_id, person_id=person_id, undone=True)
    _tell(tx, "moderator_removed", by, community_id, person_id=person_id)


def _get(tx: Transaction, community_id: CommunityId) -> Community:
    community = rows.get_community(tx.conn, community_id)
    if community is None:
        raise NotFound("couldnt_find_community")
    return community


def lock_community(tx: Transaction, community_id: CommunityId) -> Community:
    """A community whose state or team is about to change. Raises `couldnt_find_community`.

    What a decision rests on is held until it is carried out: two who close a community at once
    would both count it out, and two who hand it on would both be its top moderator still.
    """
    community = rows.lock_community(tx.conn, community_id)
    if community is None:
        raise NotFound("couldnt_find_community")
    return community


def _get_person(tx: Transaction, person_id: PersonId) -> Person:
    person = get_person(tx.conn, person_id)
    if person is None:
        raise NotFound("couldnt_find_person")
    return person


def _standing(tx: Transaction, by: Doer, community_id: CommunityId) -> Standing:
    return rows.standing(tx.conn, community_id, by.person_id, tx.now)


def _is_top(tx: Transaction, by: Doer, community_id: CommunityId) -> bool:
    return membership.moderator_ids(tx.conn, community_id)[:1] == [by.person_id]


def require_visible(tx: Transaction, by: Doer, community: Community, standing: Standing) -> None:
    """Refuse whoever may not see the community. Raises NotFound `couldnt_find_community`."""
    # Asked only where it decides.
    follows = community.visibility == PRIVATE and membership.is_follower(
        tx.conn, community.id, by.person_id
    )
    if not sees_community(community, ties_of(by, standing, follows=follows)):
        raise NotFound("couldnt_find_community")


def _unfollow(tx: Transaction, by: Doer, community: Community) -> None:
    if membership.remove_follow(tx.conn, community.id, by.person_id):
        _tell(tx, "community_unfollowed", by, community.id)


def _check_nsfw(site: Site, *, nsfw: bool) -> None:
    if nsfw and not site.enable_nsfw:
        raise Invalid("nsfw_not_allowed")


def _texts(
    tx: Transaction,
    title: str | None,
    description: str | None,
    icon: str | None,
    banner: str | None,
    *,
    clears: bool = False,
) -> dict[str, Any]:
    """Those of the columns that were given; with `clears` an empty text empties its column."""
    values: dict[str, Any] = {}
    if title is not None:
        values["title"] = _title(tx, title)
    if description is not None:
        body, html = prepare_body(tx, description, MAX_BODY)
        values |= {"description": body or None, "description_html": html or None}
    for name, url in (("icon", icon), ("banner", banner)):
        if url is not None:
            values[name] = None if clears and not url else prepare_picture(tx, url)
    return values


def _title(tx: Transaction, title: str) -> str:
    title = tame(" ".join(title.split()))
    refuse_slurs(tx, title)
    if not has_visible(title) or len(title) > _MAX_TITLE:
        raise Invalid("invalid_body_field", "the title of a community has 1 to 255 characters")
    return title


def _allowed_languages(tx: Transaction, asked: list[LanguageId]) -> list[LanguageId]:
    wanted = sorted(set(asked))
    if not set(wanted) <= set(site_languages(tx.conn)):
        raise Invalid("language_not_allowed")
    return wanted


def _set_state(tx: Transaction, before: Community, after: Community) -> None:
    """Store whichever of `deleted` and `removed` differs; count the community while neither is."""
    if before == after:
        raise Conflict("couldnt_update_community")
    name = "deleted" if before.deleted != after.deleted else "removed"
    rows.update_community(tx.conn, after.id, **{name: getattr(after, name)})
    if after.local:
        rows.count_communities(tx.conn, int(is_there(after)) - int(is_there(before)))


def _log(
    tx: Transaction,
    kind: ModlogKind,
    by: Doer,
    community_id: CommunityId,
    *,
    reason: str | None = None,
    **about: Any,
) -> None:
    modlog.add(
        tx.conn,
        kind,
        by.person_id,
        tx.now,
        community_id=community_id,
        reason=prepare_reason(reason),
        **about,
    )


def _tell(tx: Transaction, kind: str, by: Doer, community_id: CommunityId, **about: Any) -> None:
    event.add(tx.conn, kind, tx.now, community_id=community_id, doer_id=by.person_id, **about)
