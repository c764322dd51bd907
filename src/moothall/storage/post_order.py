"""The orders of post lists, and the cursors that say where in one a page ended.

A cursor of ours holds the position itself: `pinned_key_created_id`, in that order the columns
by which every list is sorted. The Lemmy API has `P<hex id>`: the position is where that post stands
now. For orders whose ranks fall with time the present rank counts in both, since all others will
have fallen alike; for the others the stored one, since a post that got a comment meanwhile has
moved and the reader has not.
"""

import functools
import math
import re
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select

from moothall.domain.errors import Invalid
from moothall.domain.ids import PostId
from moothall.domain.post import QUARTER, PostSort
from moothall.domain.time import DAY, HOUR, MONTH, WEEK, YEAR

from .connection import Connection
from .statements import Statement, param
from .tables import post


class Order(NamedTuple):
    """`key` is the column that sorts; `window` keeps only posts of so many microseconds."""

    key: str
    ascending: bool = False
    window: int | None = None

    @property
    def decays(self) -> bool:
        """Whether the key falls as time goes by."""
        return self.key in ("hot_rank", "active_rank", "scaled_rank")

    @property
    def is_recent(self) -> bool:
        """Whether it is about the last week or less, in which every post has a hot rank."""
        return self.window is not None and self.window <= WEEK

    @property
    def quarters(self) -> int:
        """How many quarters the window may touch; 0 where it is not walked by quarters."""
        if self.window is None or self.is_recent:
            return 0
        return -(-self.window // QUARTER) + 1


ORDERS: dict[PostSort, Order] = {
    PostSort.ACTIVE: Order("active_rank"),
    PostSort.HOT: Order("hot_rank"),
    PostSort.SCALED: Order("scaled_rank"),
    PostSort.NEW: Order("created_at"),
    PostSort.OLD: Order("created_at", ascending=True),
    PostSort.CONTROVERSIAL: Order("controversy_rank"),
    PostSort.MOST_COMMENTS: Order("comments"),
    PostSort.NEW_COMMENTS: Order("newest_comment_at"),
    PostSort.TOP_ALL: Order("score"),
    PostSort.TOP_HOUR: Order("score", window=HOUR),
    PostSort.TOP_SIX_HOUR: Order("score", window=6 * HOUR),
    PostSort.TOP_TWELVE_HOUR: Order("score", window=12 * HOUR),
    PostSort.TOP_DAY: Order("score", window=DAY),
    PostSort.TOP_WEEK: Order("score", window=WEEK),
    PostSort.TOP_MONTH: Order("score", window=MONTH),
    PostSort.TOP_THREE_MONTHS: Order("score", window=3 * MONTH),
    PostSort.TOP_SIX_MONTHS: Order("score", window=6 * MONTH),
    PostSort.TOP_NINE_MONTHS: Order("score", window=9 * MONTH),
    PostSort.TOP_YEAR: Order("score", window=YEAR),
}


# When somebody saved or voted: the order of those lists, whatever else is asked for.
MARKED = Order("marked_at")


class Position(NamedTuple):
    """Where a page ended: the values by which its last post is sorted."""

    pinned: bool
    key: float
    created_at: int
    id: int

    def cursor(self) -> str:
        """As text, in a spelling that an address takes unchanged."""
        return f"{self.pinned:d}_{self.key!r}_{self.created_at}_{self.id}"


_OURS = re.compile(
    r"([01])_(-?[0-9]{1,19}(?:\.[0-9]{1,20})?(?:e-?[0-9]{1,3})?)_([0-9]{1,18})_([0-9]{1,18})"
)
_LEMMY = re.compile(r"P([0-9a-f]{1,15})")
# What fits the columns that a cursor is compared with; both databases refuse what does not.
_WIDEST_ID = 2**31 - 1
_WIDEST_TIME = 2**63 - 1


def lemmy_post(cursor: str) -> PostId | None:
    """The post that a cursor of the Lemmy API names, None for other text."""
    match = _LEMMY.fullmatch(cursor)
    number = 0 if match is None else int(match[1], 16)
    return PostId(number) if 0 < number <= _WIDEST_ID else None


def read_cursor(conn: Connection, cursor: str, order: Order, pinned_by: str) -> Position:
    """The position that a cursor tells; `pinned_by` names the column that pins posts in this list.

    Raises Invalid `unknown` for text that is no cursor or names a post that is gone.
    """
    match = _OURS.fullmatch(cursor)
    stored = None if match is None else _stored(match, order)
    if stored is not None and not order.decays:
        return stored
    post_id = PostId(stored.id) if stored is not None else lemmy_post(cursor)
    if post_id is None:
        raise Invalid("unknown", "not a cursor")
    found = position_of(conn, post_id, order, pinned_by) or stored
    if found is None:
        raise Invalid("unknown", "the cursor's post is gone")
    return found


def _stored(match: "re.Match[str]", order: Order) -> Position | None:
    post_id = int(match[4])
    key = _key(match[2], order)
    if key is None or post_id > _WIDEST_ID:
        return None
    return Position(match[1] == "1", key, int(match[3]), post_id)


def _key(text: str, order: Order) -> float | None:
    if order.key.endswith("_rank"):
        rank = float(text)
        return rank if math.isfinite(rank) else None
    if not text.lstrip("-").isdecimal():
        return None
    widest = _WIDEST_TIME if order.key.endswith("_at") else _WIDEST_ID
    key = int(text)
    return key if abs(key) <= widest else None


def sort_columns(order: Order, pinned_by: str, table: Any = post) -> list[ColumnElement[Any]]:
    """The columns of a position."""
    return [table.c[pinned_by], table.c[order.key], table.c.created_at, table.c.id]


@functools.lru_cache(maxsize=64)
def _position(order: Order, pinned_by: str) -> Statement:
    return Statement(
        select(*sort_columns(order, pinned_by)).where(post.c.id == param("post_id")),
        groups=(Position,),
    )


def position_of(conn: Connection, post_id: PostId, order: Order, pinned_by: str) -> Position | None:
    """Where a post stands now."""
    row = conn.one(_position(order, pinned_by), post_id=post_id)
    return None if row is None else row[0]
