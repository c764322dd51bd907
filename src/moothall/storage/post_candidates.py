"""The queries behind `post_list`: candidates from an index, in the order of the list.

Everything here depends on flags alone (`Kind`, `Way`, `After`), so each text is made once. Values
that people send are parameters:

    viewer_id, account_id       who looks; not there for nobody
    community_id, creator_id    what the scope is about; `url` and `post_id` for a link
    since                       where a window of time begins
    after_…                     the position after which the page begins
    walk, head, head_walk       how many candidates are looked at, in all and per community
    limit, offset               which of those that pass are the page
"""

import functools
from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Executable,
    Integer,
    Select,
    Table,
    and_,
    asc,
    desc,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    union_all,
)

from .post_filters import Condition, filters
from .post_kind import After, Kind, Scope, Way, ties_of
from .post_order import Order, Position
from .statements import Dialect, Statement, param
from .tables import (
    community_follow,
    community_moderator,
    post,
    post_save,
    post_vote,
)
from .visibility import post_listed, post_on_profile

Keys = Sequence[ColumnElement[Any]]
Query = Select[Any] | CompoundSelect[Any]


_NEEDED = ("id", "community_id", "creator_id", "nsfw", "language_id")


def page_ids(kind: Kind, way: Way, after: After, *, for_sqlite: bool) -> "Select[Any]":
    """The ids and positions of a page.

    Candidates of a walk come in their order. PostgreSQL has to be told to keep it, and then knows
    that there is nothing to do; SQLite reads them one by one, and would sort them all if told.
    """
    c = _candidates(kind, way, after, for_sqlite=for_sqlite).subquery("c")
    # Heads have been filtered community by community.
    conditions = [] if way == Way.HEADS else filters(kind, c)
    query = select(*[c.c[name] for name in _POSITION]).where(*conditions)
    keys = _candidate_keys(kind.order, c)
    is_unsorted = way != Way.WALK or kind.is_sorted_late
    if is_unsorted and after != After.TOP:
        query = query.where(_beyond(kind.order, keys))
    if is_unsorted or not for_sqlite:
        query = query.order_by(*directed(kind.order, keys))
    return query.limit(param("limit")).offset(param("offset"))


def _candidates(kind: Kind, way: Way, after: After, *, for_sqlite: bool) -> Query:
    if way == Way.HEADS:
        return _heads(kind, after, lateral=not for_sqlite)
    if way == Way.RANGE:
        return _range(kind)
    return _walk(kind, after, for_sqlite=for_sqlite).limit(param("walk"))


@functools.lru_cache(maxsize=512)
def walk_end(kind: Kind, after: After) -> Statement:
    """The position of the last candidate of a walk; no row if the walk ended before its bound."""

    def build(dialect: Dialect) -> Executable:
        walk = _walk(kind, after, for_sqlite=dialect == "sqlite")
        c = walk.limit(1).offset(param("walk") - 1).subquery("c")
        return select(*[c.c[name] for name in _POSITION])

    return Statement(build, groups=(Position,))


# ---- positions ---------------------------------------------------------------------------------

_POSITION = ("pinned", "key", "created_at", "id")


def _candidate_keys(order: Order, c: Any) -> Keys:
    names = [name for name in _POSITION if name != "key" or order.key != "created_at"]
    return [c.c[name] for name in names]


def _post_keys(kind: Kind, table: Any) -> Keys:
    names = [kind.pinned_by, kind.order.key, "created_at", "id"]
    return [table.c[name] for name in dict.fromkeys(names)]


def directed(order: Order, keys: Keys) -> list[ColumnElement[Any]]:
    """The order of a list: pinned posts come first in both directions."""
    return [keys[0].desc(), *[key.asc() if order.ascending else key.desc() for key in keys[1:]]]


def _after_values(keys: Keys) -> list[ColumnElement[Any]]:
    names = [f"after_{name}" for name in _POSITION]
    return [param(name) for name in (names if len(keys) == 4 else [names[0], *names[2:]])]


def _beyond(order: Order, keys: Keys) -> Condition:
    """Further down the list than the position in the parameters."""
    values = _after_values(keys)
    if order.ascending:
        return or_(keys[0] < values[0], and_(keys[0] == values[0], _below(order, keys)))
    return tuple_(*keys) < tuple_(*values)


def _below(order: Order, keys: Keys) -> Condition:
    """The same among posts that are alike in being pinned."""
    own, values = tuple_(*keys[1:]), tuple_(*_after_values(keys)[1:])
    return own > values if order.ascending else own < values


# ---- ways --------------------------------------------------------------------------------------


def _columns(kind: Kind, table: Any) -> list[ColumnElement[Any]]:
    # A profile by age is a diary: nothing is pinned there, and so nothing has to be sorted.
    is_diary = kind.scope == Scope.CREATOR and not kind.is_sorted_late
    return [
        *[table.c[name] for name in _NEEDED],
        table.c.created_at,
        (false() if is_diary else table.c[kind.pinned_by]).label("pinned"),
        table.c[kind.order.key].label("key"),
    ]


def _walk(kind: Kind, after: After, *, for_sqlite: bool) -> Query:
    if kind.is_walk_of_marks:
        return _walk_of_marks(kind, after)
    if kind.scope == Scope.CREATOR:
        return _newest_of_author(kind, after)
    if kind.scope == Scope.LINK:
        return _newest_of_link(kind)
    base = select(*_columns(kind, post)).where(*_scope(kind))
    keys = _post_keys(kind, post)
    if kind.order.quarters:
        return _best_of_quarters(kind, base, keys, after, for_sqlite=for_sqlite)
    base = _using(base, post, kind, "recent" if kind.order.is_recent else kind.order.key)
    if kind.order.is_recent:
        # Says nothing new about posts of this week; it names the index that holds only those.
        base = base.where(post.c.hot_rank > literal_column("0"))
    if kind.order.ascending:
        return _walk_up(kind.order, base, keys, after, for_sqlite=for_sqlite)
    if after != After.TOP:
        base = base.where(_beyond(kind.order, keys))
    return base.order_by(*directed(kind.order, keys))


def _using(query: "Select[Any]", table: Any, kind: Kind, order: str) -> "Select[Any]":
    """Name the index for SQLite, which on an empty database has nothing to choose by."""
    scope = kind.scope if kind.scope in (Scope.LOCAL, Scope.COMMUNITY) else Scope.ALL
    return query.with_hint(table, f"INDEXED BY ix_post_{scope}_{order}", "sqlite")


def _scope(kind: Kind) -> list[Condition]:
    found = [post_listed()]
    if kind.scope == Scope.LOCAL:
        found.append(post.c.in_local.is_(True))
    if kind.scope == Scope.COMMUNITY:
        found.append(post.c.community_id == param("community_id"))
    return found


def _walk_up(
    order: Order, base: "Select[Any]", keys: Keys, after: After, *, for_sqlite: bool
) -> Query:
    """Pinned posts first and each part upwards: two walks of the index, one after the other.

    SQLite merges them as they come. PostgreSQL does not see that the parts are in order already;
    cut to what is needed, they are at least not sorted in full.
    """
    pinned = base.where(keys[0].is_(True))
    rest = base.where(keys[0].is_(False))
    if after == After.REST:
        return rest.where(_below(order, keys)).order_by(*directed(order, keys))
    if after == After.PINNED:
        pinned = pinned.where(_below(order, keys))
    if not for_sqlite:
        pinned, rest = (
            select(part.order_by(*keys[1:]).limit(param("walk")).subquery())
            for part in (pinned, rest)
        )
    both = union_all(pinned, rest)
    return both.order_by(desc("pinned"), asc("created_at"), asc("id"))


def _best_of_quarters(
    kind: Kind, base: "Select[Any]", keys: Keys, after: After, *, for_sqlite: bool
) -> Query:
    """One walk for each quarter that the window touches, merged as they come.

    What is too old in the oldest one is passed over, and that is never more than a quarter holds.
    PostgreSQL merges parts that say themselves how they are sorted.
    """
    base = _using(base, post, kind, "quarter")
    if after != After.TOP:
        base = base.where(_beyond(kind.order, keys))
    newest = param("newest_quarter", Integer)
    walks = [
        base.where(post.c.quarter == newest - literal_column(str(age), Integer))
        for age in range(kind.order.quarters)
    ]
    if not for_sqlite:
        ordered = [walk.order_by(*directed(kind.order, keys)) for walk in walks]
        walks = [select(walk.limit(param("walk")).subquery()) for walk in ordered]
    return union_all(*walks).order_by(*[desc(name) for name in _POSITION])


def _newest_of_author(kind: Kind, after: After) -> Query:
    """An author's posts by age, to be sorted if that is not the order asked for.

    Few have written more than one walk holds; of those that have, the newest are sorted.
    """
    query = select(*_columns(kind, post)).where(
        post.c.creator_id == param("creator_id"), post_on_profile(kind.who)
    )
    if kind.order.window is not None:
        query = query.where(post.c.created_at > param("since"))
    if kind.is_sorted_late:
        return query.order_by(post.c.created_at.desc())
    keys = (post.c.created_at, post.c.id)
    if after != After.TOP:
        beyond = tuple_(param("after_created_at"), param("after_id"))
        query = query.where(
            tuple_(*keys) > beyond if kind.order.ascending else tuple_(*keys) < beyond
        )
    return query.order_by(*[key.asc() if kind.order.ascending else key.desc() for key in keys])


def _newest_of_link(kind: Kind) -> Query:
    """Other posts of one address."""
    query = select(*_columns(kind, post)).where(
        post_listed(), post.c.url == param("url"), post.c.id != param("post_id")
    )
    return query.order_by(post.c.id.desc())


def _walk_of_marks(kind: Kind, after: After) -> Query:
    """What somebody saved or voted on, the latest first."""
    mark = post_save if kind.scope == Scope.SAVED else post_vote
    columns = [
        *[post.c[name] for name in (*_NEEDED, "created_at", "deleted", "removed")],
        false().label("pinned"),
        mark.c.created_at.label("key"),
    ]
    if kind.scope == Scope.VOTED:
        columns.append(post_vote.c.score.label("vote"))
    query = (
        select(*columns)
        .select_from(mark.outerjoin(post, post.c.id == mark.c.post_id))
        .where(mark.c.person_id == param("viewer_id"))
    )
    keys = (mark.c.created_at, mark.c.post_id)
    if after != After.TOP:
        query = query.where(tuple_(*keys) < tuple_(param("after_key"), param("after_id")))
    return query.order_by(*[key.desc() for key in keys])


def _range(kind: Kind) -> Query:
    """Every post of the window: ids from the index by age, then their rows.

    The offset keeps the planner from taking the index of the sort, which holds all that is asked.
    """
    found = select(post.c.id).where(*_scope(kind), *_in_window(kind)).offset(0)
    ids = _using(found, post, kind, "created_at").subquery("ids")
    row = post.alias("in_window")
    return select(*_columns(kind, row)).select_from(ids.join(row, row.c.id == ids.c.id))


def _in_window(kind: Kind) -> list[Condition]:
    pinned = post.c[kind.pinned_by]
    # Both values, said so that the index, which begins with them, can be used.
    return [pinned.in_([true(), false()]), post.c.created_at > param("since")]


@functools.lru_cache(maxsize=16)
def window_size(kind: Kind) -> Statement:
    """How many posts the window holds, counted up to `limit`."""
    posts = select(post.c.id).where(*_scope(kind), *_in_window(kind))
    return Statement(select(func.count()).select_from(posts.limit(param("limit")).subquery("c")))


@functools.lru_cache(maxsize=2)
def count_ties(scope: Scope) -> Statement:
    """How many communities somebody follows or moderates."""
    table = community_follow if scope == Scope.FOLLOWED else community_moderator
    return Statement(
        select(func.count()).select_from(table).where(table.c.person_id == param("viewer_id"))
    )


# ---- heads -------------------------------------------------------------------------------------


def _heads(kind: Kind, after: After, *, lateral: bool) -> Query:
    """The first posts of each community, and those that the site has pinned.

    SQLite finds posts whose ids are in a query that depends on the community; PostgreSQL would
    try every post for that, and has lateral joins instead.
    """
    ties = ties_of(kind)
    parts: list[Select[Any]] = []
    for featured in (True, False):
        head = _head(kind, after, ties, featured=featured)
        if lateral:
            h = head.lateral()
            part = select(*[h.c[name] for name in _POSITION]).select_from(ties.join(h, true()))
        else:
            ids = head.with_only_columns(head.selected_columns.id)
            p = post.alias()
            part = select(*_position(kind, p)).select_from(ties.join(p, p.c.id.in_(ids)))
        parts.append(part.where(ties.c.person_id == param("viewer_id")))
    if after != After.REST:
        parts.insert(0, _pinned(kind))
    return union_all(*parts)


def _position(kind: Kind, table: Any) -> list[ColumnElement[Any]]:
    return [
        table.c[kind.pinned_by].label("pinned"),
        table.c[kind.order.key].label("key"),
        table.c.created_at,
        table.c.id,
    ]


def _pinned(kind: Kind) -> "Select[Any]":
    p = post.alias("pinned_post")
    c = (
        select(*_columns(kind, p))
        .where(post_listed(p), p.c[kind.pinned_by].is_(True))
        .limit(param("walk"))
        .subquery("pinned_posts")
    )
    return select(*[c.c[name] for name in _POSITION]).where(*filters(kind, c))


def _head(kind: Kind, after: After, ties: Table, *, featured: bool) -> "Select[Any]":
    p = post.alias()
    keys = _post_keys(kind, p)
    query = select(*_columns(kind, p)).where(
        post_listed(p),
        p.c.community_id == ties.c.community_id,
        p.c.featured_community.is_(featured),
        p.c[kind.pinned_by].is_(False),
    )
    if after == After.REST:
        query = query.where(_below(kind.order, keys))
    query = query.order_by(p.c.featured_community.desc(), *directed(kind.order, keys)[1:])
    query = query.with_hint(p, f"INDEXED BY ix_post_community_{kind.order.key}", "sqlite")
    c = query.limit(param("head_walk")).correlate(ties).subquery()
    chosen = select(*[c.c[name] for name in _POSITION]).where(*filters(kind, c))
    return chosen.limit(param("head"))
