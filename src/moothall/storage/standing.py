"""What somebody is in a community, as part of a query that needs it beside other things."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, or_

from moothall.domain.community import Standing

from .columns import Columns
from .statements import param
from .tables import account, community_ban, community_moderator

FACTS: Columns = [
    account.c.is_admin,
    account.c.admin_since,
    community_moderator.c.created_at.label("moderator_since"),
    community_ban.c.created_at.label("banned_since"),
]
"""The columns of `read_standing`, for a query that `join_standing` was given."""

HOLDS = or_(community_ban.c.expires_at.is_(None), community_ban.c.expires_at > param("now"))
"""Whether a ban is not over at the parameter `now`."""


def join_standing(start: FromClause, community_id: ColumnElement[Any]) -> FromClause:
    """Add what is known of the parameter `person_id` there, by outer joins."""
    return (
        start.outerjoin(account, account.c.person_id == param("person_id"))
        .outerjoin(
            community_moderator,
            and_(
                community_moderator.c.community_id == community_id,
                community_moderator.c.person_id == param("person_id"),
            ),
        )
        .outerjoin(
            community_ban,
            and_(
                community_ban.c.community_id == community_id,
                community_ban.c.person_id == param("person_id"),
                HOLDS,
            ),
        )
    )


def read_standing(facts: Sequence[Any]) -> Standing:
    """The values of `FACTS`, each null where there is nothing."""
    is_admin, admin_since, moderator_since, banned_since = facts
    return Standing(
        is_admin=bool(is_admin),
        is_moderator=moderator_since is not None,
        is_banned=banned_since is not None,
        moderator_since=moderator_since,
        admin_since=admin_since,
    )
