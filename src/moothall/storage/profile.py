"""What a profile shows beside the person: the communities whose team they belong to."""

from functools import lru_cache
from typing import Any

from sqlalchemy import select

from moothall.domain.community import Community
from moothall.domain.ids import PersonId
from moothall.domain.visibility import Who

from . import columns
from .connection import Connection
from .statements import Statement, param
from .tables import community, community_moderator
from .visibility import community_listed

# Nobody looks through more, and some people collect offices.
_MAX_MODERATED = 500


@lru_cache(maxsize=4)
def _moderated(who: Who) -> Statement:
    return Statement(
        select(*columns.community(community))
        .join(community_moderator, community_moderator.c.community_id == community.c.id)
        .where(community_moderator.c.person_id == param("person_id"), community_listed(who))
        .order_by(community_moderator.c.created_at, community.c.id)
        .limit(_MAX_MODERATED)
    )


def list_moderated(
    conn: Connection, who: Who, viewer_id: PersonId | None, person_id: PersonId
) -> list[Community]:
    """The communities that somebody moderates, of those that lists show to this viewer."""
    values: dict[str, Any] = {"person_id": person_id}
    if who is not Who.NOBODY:
        values["viewer_id"] = viewer_id
    return [Community._make(row) for row in conn.all(_moderated(who), **values)]
