"""Lists of posts: every sort, in every scope, under every filter, at a cost that has a bound.

A page is found in two steps inside one statement: *candidates* come in their final order from one
index, at most so many of them; the filters of the viewer are applied to those, until the page is
full, and only the posts of the page are joined with all that a view holds (`post_view`). The sort
keys and what filters need stand in the index itself, facts of the community are looked up in its
row, so nothing about it is copied to its posts.

How candidates are found (`Way`):

- WALK: down the index of the sort. Good wherever a fair share of the posts passes. Saved posts are
  walked by when they were saved, an author's by age and then sorted.
- HEADS: the first few of each community that somebody follows or moderates. For those who follow
  so little that a walk would pass over nearly everything.
- RANGE: all posts of a window of time, sorted. For windows that hold few posts.

A reader who hides what they have read may have read more than a walk passes over: then the page is
short and its cursor stands where the walk ended, so that "more" goes on from there.
"""

import functools
from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import Executable, select

from moothall.domain.errors import Invalid
from moothall.domain.ids import PostId
from moothall.domain.post import Listing, PostPage, PostQuery, quarter_of
from moothall.domain.time import Time
from moothall.domain.user import Viewer
from moothall.domain.visibility import Who, who

from .connection import Connection
from .post_candidates import count_ties, directed, page_ids, walk_end, window_size
from .post_kind import After, Kind, Scope, Way
from .post_order import MARKED, ORDERS, Position, lemmy_post, read_cursor
from .post_view import (
    GROUPS,
    signed_in_view_of,
    view_columns,
    view_joins,
    view_of,
    view_values,
)
from .statements import Dialect, Row, Statement, param
from .tables import post_save, post_vote

# How many candidates a page may pass over. A walk in a narrow choice is given up early, because
# there is a better way; one that has no other way goes further.
_PASSED_OVER = 5_000
_TRIED = 1_000
_LAST_RESORT = 20_000
# Posts in a window up to which sorting them all is cheaper than walking past the others.
_SMALL_WINDOW = 300
# The newest posts of an author who has written more, of which the best are shown.
_SORTED = 2_000
# Rows that heads may read in all, and what one community's head may pass over.
_MAX_HEADS = 20_000
_HEAD_PASSED_OVER = 100


class _Attempt(NamedTuple):
    """One way to find a page, and how many candidates it may look at."""

    way: Way
    walk: int


def list_posts(
    conn: Connection, query: PostQuery, viewer: Viewer | None, now: Time, *, show_nsfw: bool
) -> PostPage:
    """A page of posts.

    Raises Invalid `contradicting_filters` for liked and disliked posts at once, `unknown` for a
    cursor that cannot be read.
    """
    kind = _kind(query, viewer, show_nsfw=show_nsfw)
    position = _position(conn, query, kind, viewer)
    after = _after(position)
    values = _values(query, kind, viewer, now) | _position_values(position)
    rows: list[Row] = []
    end: Position | None = None
    for way, walk in _attempts(conn, kind, values):
        values |= {"walk": walk}
        page = _page(kind, way, after, html=query.with_html)
        rows = conn.all(page, **values)
        is_full = len(rows) == values["limit"]
        end = None if is_full or way != Way.WALK else _end(conn, kind, after, values)
        if end is None or len(rows) >= query.limit:
            break
    shown = rows[: query.limit]
    if end is None and shown and (not query.looks_on or len(rows) > len(shown)):
        end = Position(*shown[-1][-4:])
    make = view_of if viewer is None else signed_in_view_of
    return PostPage([make(row) for row in shown], None if end is None else end.cursor())


@functools.lru_cache(maxsize=1024)
def _page(kind: Kind, way: Way, after: After, *, html: bool) -> Statement:
    def build(dialect: Dialect) -> Executable:
        for_sqlite = dialect == "sqlite"
        signed_in = kind.who != Who.NOBODY
        ids = page_ids(kind, way, after, for_sqlite=for_sqlite).subquery("page")
        position = [ids.c[name] for name in Position._fields]
        columns = view_columns(signed_in=signed_in, html=html)
        joins = view_joins(ids, ids.c.id, signed_in=signed_in)
        query = select(*columns, *position).select_from(joins)
        return query if for_sqlite else query.order_by(*directed(kind.order, position))

    return Statement(build, groups=GROUPS)


# ---- what is asked for -------------------------------------------------------------------------


def _kind(query: PostQuery, viewer: Viewer | None, *, show_nsfw: bool) -> Kind:
    scope = _scope(query, viewer)
    kind = Kind(
        scope=scope,
        order=MARKED if scope in (Scope.SAVED, Scope.VOTED) else ORDERS[query.sort],
        who=who(viewer),
        in_community=scope != Scope.COMMUNITY and query.community_id is not None,
        nsfw=not show_nsfw,
    )
    return kind if viewer is None else _for_viewer(kind, query, viewer)


def _for_viewer(kind: Kind, query: PostQuery, viewer: Viewer) -> Kind:
    scope = kind.scope
    own = query.creator_id == viewer.person_id
    shows_read = viewer.show_read_posts if query.show_read is None else query.show_read
    return kind._replace(
        own=own,
        by_vote=scope == Scope.SAVED and (query.liked_only or query.disliked_only),
        nsfw=kind.nsfw and not own,
        read=not shows_read and scope not in (Scope.CREATOR, Scope.SAVED, Scope.VOTED),
        hidden=not query.show_hidden and scope != Scope.CREATOR,
        bots=not viewer.show_bot_accounts and scope != Scope.CREATOR,
        languages=viewer.limits_languages and not own and scope != Scope.MODERATED,
        blocks=not own and scope != Scope.MODERATED,
    )


def _scope(query: PostQuery, viewer: Viewer | None) -> Scope:
    if viewer is not None:
        if query.liked_only and query.disliked_only:
            raise Invalid("contradicting_filters")
        if query.saved_only:
            return Scope.SAVED
        if query.liked_only or query.disliked_only:
            return Scope.VOTED
    if query.creator_id is not None:
        return Scope.CREATOR
    if query.community_id is not None:
        return Scope.COMMUNITY
    if query.listing == Listing.LOCAL:
        return Scope.LOCAL
    if viewer is not None and query.listing == Listing.SUBSCRIBED:
        return Scope.FOLLOWED
    if viewer is not None and query.listing == Listing.MODERATOR_VIEW:
        return Scope.MODERATED
    return Scope.ALL


def _values(query: PostQuery, kind: Kind, viewer: Viewer | None, now: Time) -> dict[str, Any]:
    offset = 0 if query.after is not None else (query.page - 1) * query.limit
    limit = query.limit + query.looks_on
    values = view_values(viewer, now) | {
        "community_id": query.community_id,
        "creator_id": query.creator_id,
        "limit": limit,
        "offset": offset,
        "head": offset + limit,
        "head_walk": offset + limit + _HEAD_PASSED_OVER,
        "vote": -1 if query.disliked_only else 1,
    }
    if viewer is not None:
        values["account_id"] = viewer.account_id
    if kind.order.window is not None:
        values["since"] = now - kind.order.window
        values["newest_quarter"] = quarter_of(now)
    return values


# ---- positions ---------------------------------------------------------------------------------


def _position(
    conn: Connection, query: PostQuery, kind: Kind, viewer: Viewer | None
) -> Position | None:
    if query.after is None:
        return None
    post_id = lemmy_post(query.after)
    if post_id is not None and kind.is_walk_of_marks and viewer is not None:
        return _mark_position(conn, kind.scope, post_id, viewer)
    return read_cursor(conn, query.after, kind.order, kind.pinned_by)


def _after(position: Position | None) -> After:
    if position is None:
        return After.TOP
    return After.PINNED if position.pinned else After.REST


def _position_values(position: Position | None) -> dict[str, Any]:
    if position is None:
        return {}
    return {f"after_{name}": value for name, value in position._asdict().items()}


def _end(conn: Connection, kind: Kind, after: After, values: dict[str, Any]) -> Position | None:
    """Where a walk was cut, None if it came to its end by itself."""
    row = conn.one(walk_end(kind, after), **values)
    return None if row is None else row[0]


@functools.lru_cache(maxsize=2)
def _mark(scope: Scope) -> Statement:
    mark = post_save if scope == Scope.SAVED else post_vote
    return Statement(
        select(mark.c.created_at).where(
            mark.c.post_id == param("post_id"), mark.c.person_id == param("viewer_id")
        )
    )


def _mark_position(conn: Connection, scope: Scope, post_id: PostId, viewer: Viewer) -> Position:
    moment = conn.value(_mark(scope), post_id=post_id, viewer_id=viewer.person_id)
    if moment is None:
        raise Invalid("unknown", "the cursor's post is no longer in this list")
    return Position(pinned=False, key=moment, created_at=moment, id=post_id)


# ---- ways --------------------------------------------------------------------------------------


def _attempts(conn: Connection, kind: Kind, values: dict[str, Any]) -> Iterator[_Attempt]:
    """Ways to the page, to be tried until one fills it or comes to the end of the list."""
    wanted = values["offset"] + values["limit"]
    if kind.scope == Scope.CREATOR and kind.is_sorted_late:
        yield _Attempt(Way.WALK, wanted + _SORTED)
    elif kind.is_walk_of_marks or kind.scope == Scope.CREATOR:
        yield _Attempt(Way.WALK, wanted + _PASSED_OVER)
    elif kind.order.window is not None:
        if kind.order.quarters:
            # Nearly always enough; and where many may be needed, PostgreSQL sorts them all.
            yield _Attempt(Way.WALK, wanted + _TRIED)
        if not _is_small(conn, kind, values):
            yield _Attempt(Way.WALK, wanted + _LAST_RESORT)
        yield _Attempt(Way.RANGE, 0)
    elif kind.scope in (Scope.FOLLOWED, Scope.MODERATED):
        yield _Attempt(Way.WALK, wanted + _TRIED)
        if conn.value(count_ties(kind.scope), **values) * wanted <= _MAX_HEADS:
            yield _Attempt(Way.HEADS, _PASSED_OVER)
        else:
            yield _Attempt(Way.WALK, wanted + _LAST_RESORT)
    else:
        yield _Attempt(Way.WALK, wanted + _PASSED_OVER)


def _is_small(conn: Connection, kind: Kind, values: dict[str, Any]) -> bool:
    """Whether the window is short and holds few posts."""
    if not kind.order.is_recent:
        return False
    count: int = conn.value(window_size(kind), **{**values, "limit": _SMALL_WINDOW})
    return count < _SMALL_WINDOW
