"""The posts that are shown to programs which look for pages: the newest, and their last change."""

from functools import lru_cache

from sqlalchemy import Boolean, func, select

from moothall.domain.ids import PostId
from moothall.domain.time import Time
from moothall.domain.visibility import Who

from .connection import Connection
from .statements import Statement, param
from .tables import community, post
from .visibility import community_listed, post_listed


@lru_cache
def _posts(*, with_nsfw: bool) -> Statement:
    chosen = [
        # The index of the newest begins with this: so both halves are read, each in its order.
        post.c.featured_local == param("featured", Boolean),
        post.c.local.is_(True),
        post.c.created_at > param("since"),
        post_listed(),
        community_listed(Who.NOBODY),
    ]
    if not with_nsfw:
        chosen += [post.c.nsfw.is_(False), community.c.nsfw.is_(False)]
    return Statement(
        select(
            post.c.id,
            func.coalesce(post.c.updated_at, post.c.created_at),
            post.c.created_at,
        )
        .join(community, community.c.id == post.c.community_id)
        .where(*chosen)
        .order_by(post.c.created_at.desc(), post.c.id.desc())
        .limit(param("limit"))
    )


def list_posts(
    conn: Connection, *, since: Time, limit: int, with_nsfw: bool
) -> list[tuple[PostId, Time]]:
    """Ids of our own people's posts since then, the newest first, with their last change."""
    statement = _posts(with_nsfw=with_nsfw)
    rows = [
        row
        for featured in (True, False)
        for row in conn.all(statement, featured=featured, since=since, limit=limit)
    ]
    rows.sort(key=lambda row: (row[2], row[0]), reverse=True)
    return [(PostId(row[0]), Time(row[1])) for row in rows[:limit]]
