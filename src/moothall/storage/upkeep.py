"""SQL of the regular upkeep: ranks that fall with time, and active users.

Changes come in slices, so that no transaction is long; nothing is proportional to a table.
"""

from typing import Any, NamedTuple

from sqlalchemy import case, func, select, update

from moothall.domain.time import DAY, WEEK, YEAR, Time

from .connection import Connection
from .statements import Row, Statement, any_of, param
from .tables import (
    IS_SITE,
    comment,
    community,
    community_activity,
    person,
    post,
    site,
)
from .tables.comment import HOT
from .tables.post import YOUNG

# Answered from partial indexes that hold nothing but the young.
_YOUNG_POST_IDS = Statement(select(post.c.id).where(YOUNG))
_YOUNG_COMMENT_IDS = Statement(select(comment.c.id).where(HOT))
_POSTS = Statement(
    select(
        post.c.id,
        post.c.score,
        post.c.created_at,
        post.c.newest_comment_necro_at,
        community.c.users_active_month,
    )
    .join(community, community.c.id == post.c.community_id)
    .where(any_of(post.c.id, "post_ids"))
)
_SET_POST_RANKS = Statement(
    update(post)
    .where(post.c.id == param("post_id"))
    .values(hot_rank=param("hot"), active_rank=param("active"), scaled_rank=param("scaled"))
)
_COMMENTS = Statement(
    select(comment.c.id, comment.c.score, comment.c.created_at).where(
        any_of(comment.c.id, "comment_ids")
    )
)
_SET_COMMENT_RANK = Statement(
    update(comment).where(comment.c.id == param("comment_id")).values(hot_rank=param("hot"))
)
_COMMUNITIES = Statement(
    select(community.c.id, community.c.subscribers, community.c.created_at)
    .where(community.c.id > param("after_id"))
    .order_by(community.c.id)
    .limit(param("size"))
)


def young_post_ids(conn: Connection) -> list[int]:
    """Posts whose ranks still fall: those of about the last week."""
    return [row[0] for row in conn.all(_YOUNG_POST_IDS)]


def young_comment_ids(conn: Connection) -> list[int]:
    """Comments whose rank still falls."""
    return [row[0] for row in conn.all(_YOUNG_COMMENT_IDS)]


def posts_to_rank(conn: Connection, post_ids: list[int]) -> list[Row]:
    """(id, score, created_at, newest_comment_necro_at, users_active_month)."""
    return conn.all(_POSTS, post_ids=post_ids)


def set_post_ranks(conn: Connection, rows: list[dict[str, Any]]) -> None:
    """Rows of post_id, hot, active, scaled."""
    conn.run_many(_SET_POST_RANKS, rows)


def comments_to_rank(conn: Connection, comment_ids: list[int]) -> list[Row]:
    """(id, score, created_at)."""
    return conn.all(_COMMENTS, comment_ids=comment_ids)


def set_comment_ranks(conn: Connection, rows: list[dict[str, Any]]) -> None:
    """Rows of comment_id, hot."""
    conn.run_many(_SET_COMMENT_RANK, rows)


def communities_after(conn: Connection, after_id: int, size: int) -> list[Row]:
    """(id, subscribers, created_at) by id."""
    return conn.all(_COMMUNITIES, after_id=after_id, size=size)


class ActiveUsers(NamedTuple):
    """How many people, without bots, wrote or voted within each window."""

    day: int
    week: int
    month: int
    half_year: int


_WINDOWS = {"day": DAY, "week": WEEK, "month": 30 * DAY, "half_year": YEAR // 2}


def _within(column: Any, name: str) -> Any:
    return func.coalesce(func.sum(case((column > param(name), 1), else_=0)), 0)


_COMMUNITY_ACTIVE = Statement(
    select(*[_within(community_activity.c.last_at, name) for name in _WINDOWS])
    .join(person, person.c.id == community_activity.c.person_id)
    .where(community_activity.c.community_id == param("community_id"), person.c.bot.is_(False))
)
_SITE_ACTIVE = Statement(
    select(*[_within(person.c.last_active_at, name) for name in _WINDOWS]).where(
        person.c.last_active_at > param("half_year"), person.c.bot.is_(False)
    )
)
_ACTIVE_NAMES = {f"users_active_{name}": param(name) for name in _WINDOWS}
_SET_COMMUNITY = Statement(
    update(community)
    .where(community.c.id == param("community_id"))
    .values(hot_rank=param("hot"), **_ACTIVE_NAMES)
)
_SET_SITE = Statement(update(site).where(IS_SITE).values(**_ACTIVE_NAMES))


def _since(now: Time) -> dict[str, int]:
    return {name: now - window for name, window in _WINDOWS.items()}


def active_in_community(conn: Connection, community_id: int, now: Time) -> ActiveUsers:
    """Counted from the rows of that community's participants."""
    row = conn.one(_COMMUNITY_ACTIVE, community_id=community_id, **_since(now))
    return ActiveUsers._make(row or (0, 0, 0, 0))


def active_here(conn: Connection, now: Time) -> ActiveUsers:
    """Counted from the local people that were active within half a year."""
    return ActiveUsers._make(conn.one(_SITE_ACTIVE, **_since(now)) or (0, 0, 0, 0))


def set_community_activity(
    conn: Connection, community_id: int, active: ActiveUsers, hot: float
) -> None:
    """Store a community's counts and rank."""
    conn.run(_SET_COMMUNITY, community_id=community_id, hot=hot, **active._asdict())


def set_site_activity(conn: Connection, active: ActiveUsers) -> None:
    """Store the site's counts."""
    conn.run(_SET_SITE, **active._asdict())
