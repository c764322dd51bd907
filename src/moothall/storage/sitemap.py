"""The posts that are shown to programs which look for pages: the newest, and their last change."""

from functools import lru_cache

from sqlalchemy import func, select

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
        post.c.local.is_(True),
        post.c.created_at > param("since"),
        post_listed(),
        community_listed(Who.NOBODY),
    ]
    if not with_nsfw:
        chosen += [post.c.nsfw.is_(False), community.c.nsfw.is_(False)]
    return Statement(
        select(post.c.id, func.coalesce(post.c.updated_at, post.c.created_at))
        .join(community, community.c.id == post.c.community_id)
        .where(*chosen)
        .order_by(post.c.created_at.desc(), post.c.id.desc())
        .limit(param("limit"))
    )


def list_posts(
    conn: Connection, *, since: Time, limit: int, with_nsfw: bool
) -> list[tuple[PostId, Time]]:
    """Ids of our own people's posts since then, the newest first, with their last change."""
    rows = conn.all(_posts(with_nsfw=with_nsfw), since=since, limit=limit)
    return [(PostId(row[0]), Time(row[1])) for row in rows]
