"""Who is banned, from one community or from the site."""

from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    Select,
    and_,
    delete,
    exists,
    false,
    func,
    null,
    or_,
    select,
    update,
)

from moothall.domain.community import Community
from moothall.domain.ids import CommunityId, PersonId
from moothall.domain.moderation import CommunityBan
from moothall.domain.time import Time
from moothall.domain.user import Person, PersonCounts, PersonView

from . import columns
from .connection import Connection
from .dialects import upsert
from .statements import Statement, any_of, param
from .tables import account, community, community_ban, community_moderator, person

_BAN_THERE = upsert(
    community_ban,
    ["community_id", "person_id"],
    {
        "community_id": param("community_id"),
        "person_id": param("person_id"),
        "created_at": param("now"),
        "expires_at": param("expires_at"),
    },
    keep=["created_at"],
)
_UNBAN_THERE = Statement(
    delete(community_ban).where(
        community_ban.c.community_id == param("community_id"),
        community_ban.c.person_id == param("person_id"),
    )
)


def ban_from_community(
    conn: Connection,
    community_id: CommunityId,
    person_id: PersonId,
    now: Time,
    expires_at: Time | None,
) -> None:
    """Ban somebody, or change when their ban ends."""
    conn.run(
        _BAN_THERE,
        community_id=community_id,
        person_id=person_id,
        now=now,
        expires_at=expires_at,
    )


def unban_from_community(conn: Connection, community_id: CommunityId, person_id: PersonId) -> bool:
    """End a ban; False if there was none."""
    return conn.run(_UNBAN_THERE, community_id=community_id, person_id=person_id) > 0


_BANNED = Statement(
    select(
        *columns.person(person),
        *columns.person_counts(person),
        func.coalesce(account.c.is_admin, false(), type_=Boolean),
    )
    .outerjoin(account, account.c.person_id == person.c.id)
    .where(person.c.banned.is_(True), person.c.local.is_(True))
    .order_by(person.c.id.desc())
    .limit(param("limit"))
)


def list_banned(conn: Connection, limit: int) -> list[PersonView]:
    """The people of this server who are banned from it, the newest accounts first."""
    size = len(Person._fields)
    return [
        PersonView(Person._make(row[:size]), PersonCounts._make(row[size:-1]), row[-1])
        for row in conn.all(_BANNED, limit=limit)
    ]


def _in_force() -> "Select[Any]":
    return (
        select(
            *columns.community(community),
            *columns.person(person),
            community_ban.c.created_at,
            community_ban.c.expires_at,
        )
        .select_from(community_ban)
        .join(community, community.c.id == community_ban.c.community_id)
        .join(person, person.c.id == community_ban.c.person_id)
        .where(or_(community_ban.c.expires_at.is_(None), community_ban.c.expires_at > param("now")))
        .order_by(community_ban.c.created_at.desc(), community_ban.c.person_id.desc())
        .limit(param("limit"))
    )


_GROUPS = (Community, Person)
_BANNED_THERE = Statement(
    _in_force()
    .where(community_ban.c.community_id == param("community_id"))
    .offset(param("offset")),
    groups=_GROUPS,
)


def list_banned_there(
    conn: Connection, community_id: CommunityId, now: Time, *, limit: int, offset: int
) -> list[CommunityBan]:
    """Who is banned from a community, the latest first."""
    rows = conn.all(_BANNED_THERE, community_id=community_id, now=now, limit=limit, offset=offset)
    return [CommunityBan._make(row) for row in rows]


# Whoever is banned from more places is told of the latest.
_MAX_OF_ONE = 100


@lru_cache(maxsize=2)
def _bans_of(*, everywhere: bool) -> Statement:
    query = _in_force().where(community_ban.c.person_id == param("person_id"))
    if not everywhere:
        query = query.where(
            exists().where(
                community_moderator.c.community_id == community_ban.c.community_id,
                community_moderator.c.person_id == param("viewer_id"),
            )
        )
    return Statement(query, groups=_GROUPS)


def list_bans_of(
    conn: Connection, person_id: PersonId, now: Time, moderated_by: PersonId | None
) -> list[CommunityBan]:
    """From where somebody is banned; with `moderated_by` of the communities of this moderator."""
    values = {} if moderated_by is None else {"viewer_id": moderated_by}
    rows = conn.all(
        _bans_of(everywhere=moderated_by is None),
        person_id=person_id,
        now=now,
        limit=_MAX_OF_ONE,
        **values,
    )
    return [CommunityBan._make(row) for row in rows]


_member = community_moderator.alias("member")
_earlier = community_moderator.alias("earlier")
_LED = Statement(
    select(_member.c.community_id)
    .join(community, community.c.id == _member.c.community_id)
    .where(
        _member.c.person_id == param("person_id"),
        community.c.removed.is_(False),
        ~exists().where(
            _earlier.c.community_id == _member.c.community_id,
            (_earlier.c.created_at < _member.c.created_at)
            | and_(
                _earlier.c.created_at == _member.c.created_at,
                _earlier.c.person_id < _member.c.person_id,
            ),
        ),
    )
    .order_by(_member.c.community_id)
)


def communities_led_by(conn: Connection, person_id: PersonId) -> list[CommunityId]:
    """The communities that are not removed and whose first moderator this is."""
    return [row[0] for row in conn.all(_LED, person_id=person_id)]


class ExpiredBan(NamedTuple):
    """A ban that has ended; `community_id` None: from the site."""

    person_id: PersonId
    community_id: CommunityId | None


_EXPIRED = Statement(
    select(person.c.id)
    .where(person.c.ban_expires_at <= param("now"))
    .order_by(person.c.ban_expires_at)
    .limit(param("limit"))
)
_LIFT = Statement(
    update(person)
    .where(any_of(person.c.id, "ids"), person.c.ban_expires_at <= param("now"))
    .values(banned=false(), ban_expires_at=null())
)
_EXPIRED_THERE = Statement(
    select(community_ban.c.person_id, community_ban.c.community_id)
    .where(community_ban.c.expires_at <= param("now"))
    .order_by(community_ban.c.expires_at)
    .limit(param("limit"))
)
_LIFT_THERE = Statement(
    delete(community_ban).where(
        community_ban.c.community_id == param("community_id"),
        community_ban.c.person_id == param("person_id"),
        community_ban.c.expires_at <= param("now"),
    )
)


def lift_expired(conn: Connection, now: Time, limit: int) -> list[ExpiredBan]:
    """End the bans whose time has come, at most `limit` of each kind."""
    ids = [row[0] for row in conn.all(_EXPIRED, now=now, limit=limit)]
    if ids:
        conn.run(_LIFT, ids=ids, now=now)
    there = conn.all(_EXPIRED_THERE, now=now, limit=limit)
    keys = [{"person_id": row[0], "community_id": row[1], "now": now} for row in there]
    conn.run_many(_LIFT_THERE, keys)
    return [ExpiredBan(each, None) for each in ids] + [ExpiredBan(*row) for row in there]
