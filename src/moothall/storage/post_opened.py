"""A post as its own page shows it: with the other posts of its link, in one statement."""

import functools
from typing import Any

from sqlalchemy import Executable, false, literal, or_, select, true, union_all

from moothall.domain.ids import PostId
from moothall.domain.post import OpenedPost, PostSort
from moothall.domain.time import Time
from moothall.domain.user import Viewer
from moothall.domain.visibility import Who, who

from .connection import Connection
from .post_candidates import page_ids
from .post_kind import After, Kind, Scope, Way
from .post_order import ORDERS
from .post_view import (
    GROUPS,
    signed_in_view_of,
    view_columns,
    view_joins,
    view_of,
    view_values,
)
from .statements import Dialect, Statement, param, with_values
from .tables import community, post
from .visibility import moderates, post_visible

# Of an address that is posted again and again only the newest posts are looked at.
_SAME_LINK = 200


def open_post(
    conn: Connection,
    post_id: PostId,
    viewer: Viewer | None,
    now: Time,
    *,
    show_nsfw: bool,
    cross_posts: int,
    html: bool = False,
) -> OpenedPost | None:
    """A post with at most so many cross-posts; None where there is none for this viewer."""
    kind = Kind(
        scope=Scope.LINK,
        order=ORDERS[PostSort.HOT],
        who=who(viewer),
        nsfw=not show_nsfw,
        languages=viewer is not None and viewer.limits_languages,
        blocks=viewer is not None,
    )
    values: dict[str, Any] = {"post_id": post_id, "walk": _SAME_LINK, "limit": cross_posts}
    if viewer is not None:
        values["account_id"] = viewer.account_id
    rows = conn.all(_opened(kind, html=html), **values, **view_values(viewer, now), offset=0)
    if not rows or not rows[0][-1]:
        return None
    make = view_of if viewer is None else signed_in_view_of
    view, *others = map(make, rows)
    own_team, community_html = rows[0][-3:-1]
    return OpenedPost(view, others, own_team, community_html)


@functools.lru_cache(maxsize=64)
def _opened(kind: Kind, *, html: bool) -> Statement:
    return Statement(lambda dialect: _build(kind, dialect, html=html), groups=GROUPS)


def _build(kind: Kind, dialect: Dialect, *, html: bool) -> Executable:
    signed_in = kind.who != Who.NOBODY
    url = select(post.c.url).where(post.c.id == param("post_id")).scalar_subquery()
    same_link = page_ids(kind, Way.WALK, After.TOP, for_sqlite=dialect == "sqlite")
    others = with_values(same_link, {"url": url}).subquery("others")
    here = union_all(
        select(post.c.id, literal(0.0).label("key"), true().label("is_asked")).where(
            post.c.id == param("post_id")
        ),
        select(others.c.id, others.c.key, false()),
    ).subquery("here")
    shown = [
        moderates(post.c.community_id) if signed_in else false(),
        community.c.description_html,
        here.c.is_asked,
    ]
    return (
        select(*view_columns(signed_in=signed_in, html=html), *shown)
        .select_from(view_joins(here, here.c.id, signed_in=signed_in))
        .where(or_(here.c.is_asked.is_(False), post_visible(kind.who)))
        .order_by(here.c.is_asked.desc(), here.c.key.desc(), here.c.id.desc())
    )
