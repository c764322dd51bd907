"""Who follows, moderates and blocks a community. The counters go with the rows."""

from sqlalchemy import delete, func, insert, select, update

from moothall.domain.ids import CommunityId, PersonId
from moothall.domain.time import Time

from .connection import Connection
from .dialects import insert_or_ignore
from .statements import Statement, param
from .tables import community, community_block, community_follow, community_moderator, person

_FOLLOW = insert_or_ignore(
    community_follow,
    {
        "person_id": param("person_id"),
        "community_id": param("community_id"),
        "pending": param("pending"),
        "created_at": param("now"),
    },
)
_UNFOLLOW = Statement(
    delete(community_follow).where(
        community_follow.c.person_id == param("person_id"),
        community_follow.c.community_id == param("community_id"),
    )
)
_is_local = (
    select(func.count())
    .select_from(person)
    .where(person.c.id == param("person_id"), person.c.local.is_(True))
    .scalar_subquery()
)
_COUNT = Statement(
    update(community)
    .where(community.c.id == param("community_id"))
    .values(
        subscribers=community.c.subscribers + param("change"),
        subscribers_local=community.c.subscribers_local + param("change") * _is_local,
    )
)


def add_follow(
    conn: Connection, community_id: CommunityId, person_id: PersonId, now: Time, *, pending: bool
) -> bool:
    """Begin to follow. False if the person did so before."""
    return _changed(conn, _FOLLOW, 1, community_id, person_id, pending=pending, now=now)


_FOLLOWS = Statement(
    select(community_follow.c.person_id).where(
        community_follow.c.person_id == param("person_id"),
        community_follow.c.community_id == param("community_id"),
        community_follow.c.pending.is_(False),
    )
)


def is_follower(conn: Connection, community_id: CommunityId, person_id: PersonId) -> bool:
    """Whether somebody follows a community, and was accepted."""
    return conn.one(_FOLLOWS, community_id=community_id, person_id=person_id) is not None


def remove_follow(conn: Connection, community_id: CommunityId, person_id: PersonId) -> bool:
    """Cease to follow. False if the person did not."""
    return _changed(conn, _UNFOLLOW, -1, community_id, person_id)


def _changed(
    conn: Connection,
    statement: Statement,
    change: int,
    community_id: CommunityId,
    person_id: PersonId,
    **values: object,
) -> bool:
    if conn.run(statement, community_id=community_id, person_id=person_id, **values) == 0:
        return False
    conn.run(_COUNT, community_id=community_id, person_id=person_id, change=change)
    return True


_BLOCK = insert_or_ignore(
    community_block,
    {
        "person_id": param("person_id"),
        "community_id": param("community_id"),
        "created_at": param("now"),
    },
)
_UNBLOCK = Statement(
    delete(community_block).where(
        community_block.c.person_id == param("person_id"),
        community_block.c.community_id == param("community_id"),
    )
)


def add_block(conn: Connection, community_id: CommunityId, person_id: PersonId, now: Time) -> None:
    """Never show this community to this person."""
    conn.run(_BLOCK, community_id=community_id, person_id=person_id, now=now)


def remove_block(conn: Connection, community_id: CommunityId, person_id: PersonId) -> None:
    """Show it again."""
    conn.run(_UNBLOCK, community_id=community_id, person_id=person_id)


_of_community = community_moderator.c.community_id == param("community_id")
_APPOINT = Statement(
    insert(community_moderator).values(
        community_id=param("community_id"), person_id=param("person_id"), created_at=param("now")
    )
)
_DISMISS = Statement(
    delete(community_moderator).where(
        _of_community, community_moderator.c.person_id == param("person_id")
    )
)
_TEAM = Statement(
    select(community_moderator.c.person_id)
    .where(_of_community)
    .order_by(community_moderator.c.created_at, community_moderator.c.person_id)
)
_first = select(func.min(community_moderator.c.created_at)).where(_of_community).scalar_subquery()
_PUT_FIRST = Statement(
    update(community_moderator)
    .where(_of_community, community_moderator.c.person_id == param("person_id"))
    .values(created_at=_first - 1)
)


def add_moderator(
    conn: Connection, community_id: CommunityId, person_id: PersonId, now: Time
) -> None:
    """Appoint somebody who is not in the team, as its lowest member."""
    conn.run(_APPOINT, community_id=community_id, person_id=person_id, now=now)


def remove_moderator(conn: Connection, community_id: CommunityId, person_id: PersonId) -> None:
    """Take somebody out of the team."""
    conn.run(_DISMISS, community_id=community_id, person_id=person_id)


def moderator_ids(conn: Connection, community_id: CommunityId) -> list[PersonId]:
    """The team, the highest first."""
    return [row[0] for row in conn.all(_TEAM, community_id=community_id)]


def put_moderator_first(conn: Connection, community_id: CommunityId, person_id: PersonId) -> None:
    """Let one of the team stand above all others: appointed a moment before the first of them."""
    conn.run(_PUT_FIRST, community_id=community_id, person_id=person_id)
