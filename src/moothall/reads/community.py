"""Communities as a viewer sees them."""

from typing import TypeVar

from moothall.domain.community import (
    CommunityModeratorView,
    CommunityPage,
    CommunityQuery,
    CommunityTeam,
    CommunityTies,
    CommunityView,
    community_order,
)
from moothall.domain.errors import Invalid, NotFound
from moothall.domain.ids import CommunityId, LanguageId
from moothall.domain.names import split_handle
from moothall.domain.site import Site
from moothall.domain.user import Viewer
from moothall.domain.visibility import who, without_description
from moothall.storage import community as rows
from moothall.storage import community_list, text_rules
from moothall.storage.transaction import Transaction

T = TypeVar("T")

_MISSING = "couldnt_find_community"


def get_community(
    tx: Transaction,
    viewer: Viewer | None,
    *,
    community_id: CommunityId | None = None,
    name: str | None = None,
) -> CommunityView:
    """One community, by id or by `name`, `name@host` or `!name@host`; the id wins.

    What is deleted or removed only its moderators and admins find. Raises Invalid `no_id_given`
    and NotFound `couldnt_find_community`.
    """
    asked = (tx.conn, who(viewer), viewer and viewer.person_id)
    if community_id is not None:
        return _found(community_list.view_community(*asked, community_id, tx.now))
    handle = _handle(tx, name)
    return _found(community_list.view_community_by_name(*asked, *handle, tx.now), by_name=True)


def find_community_id(tx: Transaction, viewer: Viewer | None, handle: str) -> CommunityId:
    """The community that a list names. One that the viewer may not see is one that is not there.

    Raises NotFound `unknown`, in the words that clients of lists know.
    """
    try:
        return get_community(tx, viewer, name=handle).community.id
    except NotFound:
        raise NotFound("unknown", "Record not found", by_name=True) from None


def get_community_page(
    tx: Transaction,
    viewer: Viewer | None,
    *,
    community_id: CommunityId | None = None,
    name: str | None = None,
) -> CommunityPage:
    """The same with its team and its languages."""
    team = get_community_team(tx, viewer, community_id=community_id, name=name)
    return CommunityPage(team.view, team.moderators, languages(tx, team.view.community.id))


def get_community_team(
    tx: Transaction,
    viewer: Viewer | None,
    *,
    community_id: CommunityId | None = None,
    name: str | None = None,
) -> CommunityTeam:
    """The same with its team and its description as HTML, in one query."""
    asked = (tx.conn, who(viewer), viewer and viewer.person_id)
    if community_id is not None:
        return _found(community_list.view_team(*asked, community_id, tx.now))
    handle = _handle(tx, name)
    return _found(community_list.view_team_by_name(*asked, *handle, tx.now), by_name=True)


def _found(value: T | None, *, by_name: bool = False) -> T:
    if value is None:
        raise NotFound(_MISSING, by_name=by_name)
    return value


def _handle(tx: Transaction, text: str | None) -> tuple[str, str | None]:
    if text is None:
        raise Invalid("no_id_given")
    return split_handle(text.strip().removeprefix("!"), tx.home.domain)


def get_left_community(tx: Transaction, viewer: Viewer, community_id: CommunityId) -> CommunityPage:
    """What somebody is told of a community who has ceased to follow it.

    It may be gone: then it is what its entries in the modlog tell. Raises NotFound
    `couldnt_find_community`.
    """
    try:
        return get_community_page(tx, viewer, community_id=community_id)
    except NotFound:
        found = community_list.view_known_community(
            tx.conn, who(viewer), viewer.person_id, community_id, tx.now
        )
        if found is None:
            raise
    return CommunityPage(found._replace(community=without_description(found.community)), [], [])


def list_communities(
    tx: Transaction, viewer: Viewer | None, query: CommunityQuery
) -> list[CommunityView]:
    """A page of communities, without those that the viewer blocks."""
    return community_list.list_communities(
        tx.conn,
        who(viewer),
        viewer and viewer.person_id,
        tx.now,
        listing=query.listing,
        order=community_order(query.sort),
        with_nsfw=shows_nsfw(tx, viewer, asked=query.show_nsfw),
        limit=query.limit,
        offset=(query.page - 1) * query.limit,
    )


def shows_nsfw(
    tx: Transaction,
    viewer: Viewer | None,
    *,
    asked: bool | None = None,
    site: Site | None = None,
) -> bool:
    """Whether a list has what is not safe for work, where the request does not say (`asked`).

    `site` where the caller has its row already: then nothing is asked of the database.
    """
    if asked is not None:
        return asked
    if viewer is not None:
        return viewer.show_nsfw
    # Whoever reads anonymously has been warned by the site, or is not shown any.
    if site is not None:
        return site.content_warning is not None
    return text_rules.warns_of_content(tx.conn)


def moderators(
    tx: Transaction, viewer: Viewer | None, community_id: CommunityId
) -> list[CommunityModeratorView]:
    """The team, the highest first; empty where this viewer may not see the community."""
    viewer_id = viewer and viewer.person_id
    return community_list.list_moderators(tx.conn, who(viewer), viewer_id, community_id)


def languages(tx: Transaction, community_id: CommunityId) -> list[LanguageId]:
    """The languages that a community chose; empty: all those of the site."""
    return rows.community_languages(tx.conn, community_id)


def own_ties(tx: Transaction, viewer: Viewer) -> CommunityTies:
    """What the viewer follows, moderates and blocks."""
    return community_list.list_ties(tx.conn, viewer.person_id)
