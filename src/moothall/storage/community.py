"""Communities: look-ups that every room needs, and people's standing in them."""

from sqlalchemy import and_, func, literal, or_, select

from moothall.domain.community import Community, Standing
from moothall.domain.ids import CommunityId, PersonId
from moothall.domain.time import Time

from . import columns
from .connection import Connection
from .statements import Statement, param
from .tables import account, community, community_ban, community_moderator, instance

_BY_ID = Statement(
    select(*columns.community(community)).where(community.c.id == param("community_id"))
)
_LOCAL_BY_NAME = Statement(
    select(*columns.community(community)).where(
        community.c.name_key == param("name_key"), community.c.local.is_(True)
    )
)
_REMOTE_BY_NAME = Statement(
    select(*columns.community(community))
    .join(instance, instance.c.id == community.c.instance_id)
    .where(
        community.c.name_key == param("name_key"),
        community.c.local.is_(False),
        instance.c.domain == func.lower(param("domain")),
    )
)


def get_community(conn: Connection, community_id: CommunityId) -> Community | None:
    """A community by id, whatever its state."""
    row = conn.one(_BY_ID, community_id=community_id)
    return None if row is None else Community._make(row)


def find_community(conn: Connection, name: str, domain: str | None) -> Community | None:
    """A community by name regardless of case; `domain` None for those of this server."""
    key = name.lower()
    if domain is None:
        row = conn.one(_LOCAL_BY_NAME, name_key=key)
    else:
        row = conn.one(_REMOTE_BY_NAME, name_key=key, domain=domain.lower())
    return None if row is None else Community._make(row)


# One row whatever is known of the person: each fact comes from an outer join or is null.
_here = select(literal(1).label("one")).subquery("here")
_STANDING = Statement(
    select(
        account.c.is_admin,
        account.c.admin_since,
        community_moderator.c.created_at,
        community_ban.c.created_at,
    )
    .select_from(_here)
    .outerjoin(account, account.c.person_id == param("person_id"))
    .outerjoin(
        community_moderator,
        and_(
            community_moderator.c.community_id == param("community_id"),
            community_moderator.c.person_id == param("person_id"),
        ),
    )
    .outerjoin(
        community_ban,
        and_(
            community_ban.c.community_id == param("community_id"),
            community_ban.c.person_id == param("person_id"),
            or_(community_ban.c.expires_at.is_(None), community_ban.c.expires_at > param("now")),
        ),
    )
)


def standing(
    conn: Connection, community_id: CommunityId, person_id: PersonId, now: Time
) -> Standing:
    """What a person, local or remote, is in a community."""
    row = conn.one(_STANDING, community_id=community_id, person_id=person_id, now=now)
    is_admin, admin_since, moderator_since, banned_since = row or (None, None, None, None)
    return Standing(
        is_admin=bool(is_admin),
        is_moderator=moderator_since is not None,
        is_banned=banned_since is not None,
        moderator_since=moderator_since,
        admin_since=admin_since,
    )
