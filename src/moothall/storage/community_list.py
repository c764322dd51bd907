"""Communities as a viewer sees them: one, lists, and those that a person has ties to."""

import functools
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean as BooleanType
from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Table,
    and_,
    exists,
    false,
    literal,
    not_,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy import cast as sql_cast

from moothall.domain.community import (
    Community,
    CommunityCounts,
    CommunityModeratorView,
    CommunityOrder,
    CommunityTeam,
    CommunityTies,
    CommunityView,
    subscription,
)
from moothall.domain.ids import CommunityId, PersonId
from moothall.domain.time import Time
from moothall.domain.user import Person
from moothall.domain.visibility import Who

from . import columns
from .connection import Connection
from .statements import Row, Statement, any_of, param, with_values
from .tables import (
    community,
    community_ban,
    community_block,
    community_follow,
    community_moderator,
    instance,
    instance_block,
    person,
)
from .visibility import community_known, community_listed, community_visible

_COMMUNITY = len(Community._fields)
_COUNTS = _COMMUNITY + len(CommunityCounts._fields)
# What the viewer has to do with it: whether they follow, block it, are banned.
_VIEW = _COUNTS + 3

_own_follow = and_(
    community_follow.c.community_id == community.c.id,
    community_follow.c.person_id == param("viewer_id"),
)
_own_block = exists().where(
    community_block.c.community_id == community.c.id,
    community_block.c.person_id == param("viewer_id"),
)
_own_ban = exists().where(
    community_ban.c.community_id == community.c.id,
    community_ban.c.person_id == param("viewer_id"),
    or_(community_ban.c.expires_at.is_(None), community_ban.c.expires_at > param("now")),
)
_blocked_instance = exists().where(
    instance_block.c.instance_id == community.c.instance_id,
    instance_block.c.person_id == param("viewer_id"),
)


def _views(who: Who) -> "Select[Any]":
    shared = [*columns.community(community), *columns.community_counts(community)]
    if who == Who.NOBODY:
        nothing = sql_cast(null(), BooleanType).label("pending")
        return select(*shared, nothing, false().label("blocked"), false().label("banned"))
    ties = [community_follow.c.pending, _own_block.label("blocked"), _own_ban.label("banned")]
    return select(*shared, *ties).select_from(community).outerjoin(community_follow, _own_follow)


def _view(row: Row) -> CommunityView:
    pending, is_blocked, is_banned = row[_COUNTS:_VIEW]
    return CommunityView(
        Community._make(row[:_COMMUNITY]),
        CommunityCounts._make(row[_COMMUNITY:_COUNTS]),
        subscription(pending),
        is_blocked,
        is_banned,
    )


@functools.lru_cache
def _by_id(who: Who) -> Statement:
    is_asked = community.c.id == param("community_id")
    return Statement(_views(who).where(is_asked, community_visible(who)))


@functools.lru_cache
def _by_name(who: Who, *, local: bool) -> Statement:
    return Statement(_views(who).where(_is_named(local=local), community_visible(who)))


def _is_named(*, local: bool, table: FromClause = community) -> ColumnElement[bool]:
    is_named = and_(table.c.name_key == param("name_key"), table.c.local.is_(local))
    if local:
        return is_named
    at = exists().where(instance.c.id == table.c.instance_id, instance.c.domain == param("at"))
    return and_(is_named, at)


def view_community(
    conn: Connection, who: Who, viewer_id: PersonId | None, community_id: CommunityId, now: Time
) -> CommunityView | None:
    """One community; None also where this viewer may not see it."""
    row = conn.one(_by_id(who), viewer_id=viewer_id, community_id=community_id, now=now)
    return None if row is None else _view(row)


@functools.lru_cache
def _known(who: Who) -> Statement:
    is_asked = community.c.id == param("community_id")
    return Statement(_views(who).where(is_asked, community_known(who)))


def view_known_community(
    conn: Connection, who: Who, viewer_id: PersonId | None, community_id: CommunityId, now: Time
) -> CommunityView | None:
    """The same where one may be told of it, whether it is still there or not."""
    row = conn.one(_known(who), viewer_id=viewer_id, community_id=community_id, now=now)
    return None if row is None else _view(row)


def view_community_by_name(
    conn: Connection,
    who: Who,
    viewer_id: PersonId | None,
    name: str,
    domain: str | None,
    now: Time,
) -> CommunityView | None:
    """The same by name, regardless of case; `domain` None for those of this server."""
    values = {"viewer_id": viewer_id, "now": now, **_name_values(name, domain)}
    row = conn.one(_by_name(who, local=domain is None), **values)
    return None if row is None else _view(row)


def _name_values(name: str, domain: str | None) -> dict[str, Any]:
    local = {"name_key": name.lower()}
    return local if domain is None else {**local, "at": domain.lower()}


class Named(StrEnum):
    """How a community is asked for."""

    BY_ID = "by id"
    LOCAL = "by the name of one of this server"
    REMOTE = "by the name of one elsewhere"


@functools.lru_cache
def _team(who: Who, named: Named, *, is_checked: bool) -> Statement:
    query = (
        _views(who)
        .outerjoin(community_moderator, community_moderator.c.community_id == community.c.id)
        .outerjoin(person, person.c.id == community_moderator.c.person_id)
        .add_columns(community.c.description_html, *columns.person(person))
        .where(community.c.id == param("community_id"))
        .order_by(community_moderator.c.created_at, community_moderator.c.person_id)
    )
    if not is_checked:
        query = query.where(community_visible(who))
    if named != Named.BY_ID:
        asked = community.alias("asked")
        is_asked = _is_named(local=named == Named.LOCAL, table=asked)
        its_id = select(asked.c.id).where(is_asked).scalar_subquery()
        query = with_values(query, {"community_id": its_id})
    return Statement(query)


def view_team(
    conn: Connection,
    who: Who,
    viewer_id: PersonId | None,
    community_id: CommunityId,
    now: Time,
    *,
    is_checked: bool = False,
) -> CommunityTeam | None:
    """A community with its team; None also where this viewer may not see it.

    `is_checked` where the caller has found out that they may know of it, by something in it that
    they may see.
    """
    statement = _team(who, Named.BY_ID, is_checked=is_checked)
    return _team_of(conn.all(statement, viewer_id=viewer_id, community_id=community_id, now=now))


def view_team_by_name(
    conn: Connection, who: Who, viewer_id: PersonId | None, name: str, domain: str | None, now: Time
) -> CommunityTeam | None:
    """The same by name, regardless of case; `domain` None for those of this server."""
    named = Named.LOCAL if domain is None else Named.REMOTE
    values = {"viewer_id": viewer_id, "now": now, **_name_values(name, domain)}
    return _team_of(conn.all(_team(who, named, is_checked=False), **values))


def _team_of(rows: list[Row]) -> CommunityTeam | None:
    if not rows:
        return None
    view = _view(rows[0][:_VIEW])
    people = [Person._make(row[_VIEW + 1 :]) for row in rows if row[_VIEW + 1] is not None]
    team = [CommunityModeratorView(view.community, each) for each in people]
    return CommunityTeam(view, team, rows[0][_VIEW])


def list_communities(
    conn: Connection,
    who: Who,
    viewer_id: PersonId | None,
    now: Time,
    *,
    listing: str,
    order: CommunityOrder,
    with_nsfw: bool,
    limit: int,
    offset: int,
    among: list[int] | None = None,
) -> list[CommunityView]:
    """A page of a list; `listing` is a `domain.post.Listing`, `among` ids to choose from."""
    statement = _list(who, listing, order, with_nsfw, among is not None)
    values: dict[str, Any] = {"viewer_id": viewer_id, "now": now, "limit": limit, "offset": offset}
    if among is not None:
        values["among"] = among
    rows = conn.all(statement, **values)
    return [_view(row) for row in rows]


@functools.lru_cache(maxsize=256)
def _list(
    who: Who, listing: str, order: CommunityOrder, with_nsfw: bool, among: bool = False
) -> Statement:
    query = _views(who).where(*_in_listing(who, listing))
    if among:
        query = query.where(any_of(community.c.id, "among"))
    if not with_nsfw:
        query = query.where(community.c.nsfw.is_(False))
    if who != Who.NOBODY and listing != "ModeratorView":
        query = query.where(not_(_own_block), not_(_blocked_instance))
    return Statement(
        query.order_by(*_order_by(order)).limit(param("limit")).offset(param("offset"))
    )


def _in_listing(who: Who, listing: str) -> list[ColumnElement[bool]]:
    # Nobody follows or moderates nothing: these listings are then those of all.
    if who != Who.NOBODY and listing == "Subscribed":
        return [_of_mine(community_follow), *_still_there(who)]
    if who != Who.NOBODY and listing == "ModeratorView":
        return [_of_mine(community_moderator), *_still_there(who)]
    # Admins find everything here, also what is hidden, deleted or removed.
    conditions = [] if who == Who.ADMIN else [community_listed(who)]
    if listing == "Local":
        conditions.append(community.c.local.is_(True))
    return conditions


def _of_mine(table: Table) -> ColumnElement[bool]:
    mine = select(table.c.community_id).where(table.c.person_id == param("viewer_id"))
    return community.c.id.in_(mine)


def _still_there(who: Who) -> list[ColumnElement[bool]]:
    if who == Who.ADMIN:
        return []
    return [community.c.deleted.is_(False), community.c.removed.is_(False)]


def _order_by(order: CommunityOrder) -> list[ColumnElement[Any]]:
    if order == CommunityOrder.OLD:
        return [community.c.created_at.asc(), community.c.id.asc()]
    return [community.c[order.value].desc(), community.c.id.desc()]


@functools.lru_cache
def _moderators(who: Who) -> Statement:
    return Statement(
        select(*columns.community(community), *columns.person(person))
        .join(community_moderator, community_moderator.c.community_id == community.c.id)
        .join(person, person.c.id == community_moderator.c.person_id)
        .where(community.c.id == param("community_id"), community_visible(who))
        .order_by(community_moderator.c.created_at, community_moderator.c.person_id)
    )


def list_moderators(
    conn: Connection, who: Who, viewer_id: PersonId | None, community_id: CommunityId
) -> list[CommunityModeratorView]:
    """The team of a community, the highest first; empty where this viewer may not see it."""
    return [
        CommunityModeratorView(Community._make(row[:_COMMUNITY]), Person._make(row[_COMMUNITY:]))
        for row in conn.all(_moderators(who), viewer_id=viewer_id, community_id=community_id)
    ]


def _tied(kind: str, table: Table) -> "Select[*tuple[Any, ...]]":
    return (
        select(literal(kind).label("kind"), *columns.community(community))
        .join(table, table.c.community_id == community.c.id)
        .where(table.c.person_id == param("viewer_id"), *_still_there(Who.PERSON))
    )


_TIES = Statement(
    union_all(
        _tied("follows", community_follow),
        _tied("moderates", community_moderator),
        # A block outlasts the right to look.
        _tied("blocks", community_block).where(community_visible(Who.PERSON)),
    ).order_by("community_title", "community_id")
)


def list_ties(conn: Connection, person_id: PersonId) -> CommunityTies:
    """What a person follows, moderates and blocks, each by title, as far as it is still there."""
    found: dict[str, list[Community]] = {"follows": [], "moderates": [], "blocks": []}
    for kind, *rest in conn.all(_TIES, viewer_id=person_id):
        found[kind].append(Community._make(rest))
    return CommunityTies(**found)
