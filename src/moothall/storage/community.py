"""Communities: look-ups that every room needs, their rows, and people's standing in them.

Who follows, moderates and blocks is in `membership.py`, what a viewer sees in `community_list.py`.
"""

import functools
from typing import Any

from sqlalchemy import delete, func, insert, literal, select, update

from moothall.domain.community import Community, Standing
from moothall.domain.ids import CommunityId, LanguageId, PersonId
from moothall.domain.time import Time

from . import columns
from .connection import Connection
from .dialects import both_inserts
from .standing import FACTS, join_standing, read_standing
from .statements import Statement, param
from .tables import (
    IS_SITE,
    community,
    community_language,
    instance,
    site,
)

_by_id = select(*columns.community(community)).where(community.c.id == param("community_id"))
_BY_ID = Statement(_by_id)
_LOCKED_BY_ID = Statement(_by_id.with_for_update())
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


def lock_community(conn: Connection, community_id: CommunityId) -> Community | None:
    """The same; its row and its team stay as they are until the transaction ends.

    That holds because whoever changes the state or the team of a community asks here first.
    """
    row = conn.one(_LOCKED_BY_ID, community_id=community_id)
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
_STANDING = Statement(select(*FACTS).select_from(join_standing(_here, param("community_id"))))


def standing(
    conn: Connection, community_id: CommunityId, person_id: PersonId, now: Time
) -> Standing:
    """What a person, local or remote, is in a community."""
    row = conn.one(_STANDING, community_id=community_id, person_id=person_id, now=now)
    return read_standing(row or [None] * len(FACTS))


@functools.lru_cache(maxsize=16)
def _add(names: tuple[str, ...]) -> Statement:
    values = {name: param(name) for name in names}
    return both_inserts(
        lambda insert: (
            insert(community).values(values).on_conflict_do_nothing().returning(community.c.id)
        )
    )


def add_community(conn: Connection, name: str, **values: Any) -> CommunityId | None:
    """A new row; None if its server has a community of that name already."""
    values |= {"name": name, "name_key": name.lower()}
    found: int | None = conn.value(_add(tuple(sorted(values))), **values)
    return None if found is None else CommunityId(found)


@functools.lru_cache(maxsize=256)
def _update(names: tuple[str, ...]) -> Statement:
    values = {name: param(name) for name in names}
    return Statement(
        update(community).where(community.c.id == param("community_id")).values(values)
    )


def update_community(conn: Connection, community_id: CommunityId, **changes: Any) -> None:
    """Change columns of a community by name."""
    if changes:
        conn.run(_update(tuple(sorted(changes))), community_id=community_id, **changes)


_COUNT = Statement(
    update(site).where(IS_SITE).values(communities=site.c.communities + param("change"))
)


def count_communities(conn: Connection, change: int) -> None:
    """Add to the site's number of its own communities."""
    conn.run(_COUNT, change=change)


_LANGUAGES = Statement(
    select(community_language.c.language_id)
    .where(community_language.c.community_id == param("community_id"))
    .order_by(community_language.c.language_id)
)
_FORGET_LANGUAGES = Statement(
    delete(community_language).where(community_language.c.community_id == param("community_id"))
)
_ADD_LANGUAGE = Statement(
    insert(community_language).values(
        community_id=param("community_id"), language_id=param("language_id")
    )
)


def community_languages(conn: Connection, community_id: CommunityId) -> list[LanguageId]:
    """The languages that a community chose; none: those of the site."""
    return [row[0] for row in conn.all(_LANGUAGES, community_id=community_id)]


def set_community_languages(
    conn: Connection, community_id: CommunityId, language_ids: list[LanguageId]
) -> None:
    """Replace a community's languages."""
    conn.run(_FORGET_LANGUAGES, community_id=community_id)
    conn.run_many(
        _ADD_LANGUAGE,
        ({"community_id": community_id, "language_id": each} for each in language_ids),
    )
