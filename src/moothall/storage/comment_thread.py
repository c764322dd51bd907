"""Threads: the comments of one post, as a list, as a tree, or as a page of its branches.

A thread is bounded by its post, so it is sorted. One statement finds the comments of a page and
loads them.
"""

import functools
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    Executable,
    FromClause,
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    null,
    or_,
    select,
    true,
)

from moothall.domain.comment import CommentPage, CommentQuery, CommentSort
from moothall.domain.post import Listing
from moothall.domain.time import Time
from moothall.domain.user import Viewer
from moothall.domain.visibility import Who, who

from .comment_choice import (
    SORT_KEYS,
    TREE_CAP,
    Condition,
    Keys,
    Taste,
    asks_for_votes,
    community_not_blocked,
    depth_of,
    in_listing,
    is_ascending,
    page_of,
    query_values,
    taste_of,
    to_taste,
    viewer_values,
)
from .comment_cursor import beyond_in_thread, cursor_of, read_cursor
from .comment_view import (
    OF_THREAD,
    PLACE,
    Surroundings,
    join_ties,
    place_columns,
    select_views,
    surroundings,
    thread_views,
)
from .connection import Connection
from .statements import Dialect, Row, Statement, param, with_values
from .tables import comment, comment_save, comment_vote, community, post
from .visibility import post_visible


class Shape(StrEnum):
    """How the comments of a thread are laid out."""

    FLAT = "a list"
    LEVELS = "a tree, level by level"
    BRANCHES = "whole branches"


class ThreadFlags(NamedTuple):
    """What tells the queries for threads apart."""

    shape: Shape
    sort: CommentSort
    kind: Who
    taste: Taste
    in_subtree: bool = False
    goes_on: bool = False
    by_creator: bool = False
    is_saved: bool = False
    is_voted: bool = False
    with_html: bool = False

    @property
    def key_names(self) -> tuple[str, ...]:
        """The columns of a position."""
        return ("distinguished", *SORT_KEYS[self.sort])

    @property
    def beside(self) -> tuple[str, ...]:
        """What is read of a comment beside its view, its position last.

        `through` is how many comments there are to the end of the branch that begins with it, 0
        if none does, and `whole` how many there are in all branches.
        """
        if self.shape == Shape.LEVELS:
            return ()
        paged = ("is_shown", "through", "whole") if self.shape == Shape.BRANCHES else ()
        return (*paged, *self.key_names)


@functools.lru_cache(maxsize=256)
def thread(flags: ThreadFlags) -> Statement:
    """Comments of one post, each with what `_page` reads of it beside the view.

    SQLite keeps the order in which they were found; PostgreSQL has to be told.
    """

    def build(dialect: Dialect) -> Executable:
        is_paged = flags.shape == Shape.BRANCHES
        found = (_branches(flags) if is_paged else _list(flags)).subquery("found")
        also: Keys = [found.c[name] for name in flags.beside]
        start = found.join(comment, comment.c.id == found.c.id)
        query = select_views(start, flags.kind, with_html=flags.with_html, also=also)
        return query if dialect == "sqlite" else query.order_by(*_order(flags, found))

    return Statement(build, groups=OF_THREAD)


def _list(flags: ThreadFlags) -> "Select[Any]":
    query = select(comment.c.depth, *_keys(flags, comment))
    query = query.where(*_of_post(flags, comment), *_chosen(flags), *to_taste(flags.taste))
    if flags.shape == Shape.LEVELS:
        query = query.where(comment.c.depth <= param("max_depth"))
    if flags.goes_on:
        query = query.where(_beyond(flags, comment))
    query = query.order_by(*_order(flags, comment))
    return query.limit(param("limit")).offset(param("offset"))


def _branches(flags: ThreadFlags) -> "Select[Any]":
    """First the comments where branches begin, then what is below those that are on the page.

    What a viewer does not want to see may have answers that they do: such a beginning is found
    all the same, as one that is not shown.
    """
    beginnings = _beginnings(flags).subquery("beginnings")
    begins = comment.c.id == beginnings.c.id
    taste = to_taste(flags.taste)
    query = (
        select(
            comment.c.depth,
            *_keys(flags, comment),
            and_(true(), *taste).label("is_shown"),
            case((begins, beginnings.c.through), else_=0).label("through"),
            beginnings.c.whole,
        )
        .select_from(beginnings)
        .join(comment, _is_in_branch(beginnings))
        .where(
            beginnings.c.through - beginnings.c.size < TREE_CAP,
            comment.c.depth <= param("max_depth"),
        )
    )
    if taste:
        query = query.where(or_(begins, and_(*taste)))
    return query.order_by(*_order(flags, comment)).limit(param("limit"))


def _beginnings(flags: ThreadFlags) -> "Select[Any]":
    table = comment.alias("beginning")
    size = 1 + table.c.child_count
    order = _directed(flags, _keys(flags, table))
    query = select(
        table.c.id,
        table.c.path,
        size.label("size"),
        func.sum(size).over(order_by=order, rows=(None, 0)).label("through"),
        func.sum(size).over().label("whole"),
    ).where(*_of_post(flags, table), table.c.depth == param("first_depth"))
    return query.where(_beyond(flags, table)) if flags.goes_on else query


def _is_in_branch(beginning: FromClause) -> Condition:
    # "/" is the character after the dot: a path, and all that begins with it and a dot.
    return and_(
        comment.c.post_id == param("post_id"),
        comment.c.path >= beginning.c.path,
        comment.c.path < beginning.c.path.concat("/"),
    )


def _of_post(flags: ThreadFlags, table: FromClause) -> list[Condition]:
    found = [table.c.post_id == param("post_id")]
    if flags.in_subtree:
        found += [table.c.path >= param("path"), table.c.path < param("path_end")]
    return found


def _keys(flags: ThreadFlags, table: FromClause) -> Keys:
    return [table.c[name] for name in flags.key_names]


def _directed(flags: ThreadFlags, keys: Keys) -> Keys:
    """What moderators say stands first in both directions."""
    rest = [key.asc() if is_ascending(flags.sort) else key.desc() for key in keys[1:]]
    return [keys[0].desc(), *rest]


def _order(flags: ThreadFlags, table: FromClause) -> Keys:
    level: Keys = [] if flags.shape == Shape.FLAT else [table.c.depth]
    return [*level, *_directed(flags, _keys(flags, table))]


def _beyond(flags: ThreadFlags, table: FromClause) -> Condition:
    ascending = is_ascending(flags.sort)
    return beyond_in_thread(_keys(flags, table), flags.key_names, ascending=ascending)


def _chosen(flags: ThreadFlags) -> list[Condition]:
    """What a feed would start from only filters in a thread."""
    found: list[Condition] = []
    if flags.by_creator:
        found.append(comment.c.creator_id == param("creator_id"))
    if flags.is_saved:
        found.append(
            exists().where(
                comment_save.c.comment_id == comment.c.id,
                comment_save.c.person_id == param("viewer_id"),
            )
        )
    if flags.is_voted:
        is_vote = exists().where(
            comment_vote.c.comment_id == comment.c.id,
            comment_vote.c.person_id == param("viewer_id"),
            comment_vote.c.score == param("vote"),
        )
        found += [is_vote, comment.c.creator_id != param("viewer_id")]
    return found


# ---- where a thread stands ---------------------------------------------------------------------


class Stand(NamedTuple):
    """Where a thread stands; `root_path` is the path of the comment it is below, if of one."""

    around: Surroundings
    root_path: str | None


@functools.lru_cache(maxsize=64)
def thread_stand(kind: Who, listing: Listing, *, blocks: bool, by_parent: bool) -> Statement:
    """The post and its community, if this viewer sees their comments under this listing."""
    above = comment.alias("above")
    asked = select(above.c.path).where(above.c.id == param("parent_id")).scalar_subquery()
    path = asked if by_parent else cast(null(), Text)
    query = (
        select(*place_columns(kind), path.label("root_path"))
        .select_from(post)
        .join(community, community.c.id == post.c.community_id)
        .where(post.c.id == param("post_id"), post_visible(kind))
        .where(*in_listing(kind, listing, community.c.local, community.c.id))
    )
    if blocks:
        query = query.where(*community_not_blocked(community))
    if kind != Who.NOBODY:
        query = join_ties(query, post.c.community_id)
    if by_parent:
        its_post = select(above.c.post_id).where(above.c.id == param("parent_id"))
        query = with_values(query, {"post_id": its_post.scalar_subquery()})
    return Statement(query, groups=PLACE)


def find_stand(
    conn: Connection, viewer: Viewer | None, query: CommentQuery, now: Time
) -> Stand | None:
    """Where the comments of a query for one post stand; None if there are none to see."""
    by_parent = query.parent_id is not None
    blocks = taste_of(viewer, query.listing).blocks
    statement = thread_stand(who(viewer), query.listing, blocks=blocks, by_parent=by_parent)
    asked = {"parent_id": query.parent_id} if by_parent else {"post_id": query.post_id}
    row = conn.one(statement, **asked, now=now, **viewer_values(viewer))
    return None if row is None else Stand(surroundings(row[:-1]), row[-1])


# ---- a page ------------------------------------------------------------------------------------


def find_thread(
    conn: Connection, viewer: Viewer | None, query: CommentQuery, now: Time, stand: Stand
) -> CommentPage:
    """A page of a thread, or a tree. Raises Invalid `unknown` for a cursor that is none."""
    flags = _flags(viewer, query, stand)
    page = page_of(query)
    path = stand.root_path
    values = viewer_values(viewer) | query_values(query) | page
    values |= {"now": now, "post_id": stand.around.post.id}
    values["max_depth"] = depth_of(query.max_depth or 0, path)
    values["first_depth"] = depth_of(1, path)
    if path is not None:
        values |= {"path": path, "path_end": f"{path}/"}
    if flags.goes_on and query.after is not None:
        values |= read_cursor(query.after, flags.key_names)
    # One more of a list tells whether that is all.
    values["limit"] += flags.shape == Shape.FLAT
    rows = conn.all(thread(flags), **values)
    return _page(flags, rows, page["limit"], stand.around)


def _flags(viewer: Viewer | None, query: CommentQuery, stand: Stand) -> ThreadFlags:
    shape = Shape.FLAT if query.max_depth is None else Shape.LEVELS
    if query.branches:
        shape = Shape.BRANCHES
    return ThreadFlags(
        shape=shape,
        sort=query.sort,
        kind=who(viewer),
        taste=taste_of(viewer, query.listing),
        in_subtree=stand.root_path is not None,
        goes_on=query.after is not None and shape != Shape.LEVELS,
        by_creator=query.creator_id is not None,
        is_saved=query.saved_only,
        is_voted=asks_for_votes(viewer, query),
        with_html=query.with_html,
    )


_VIEW = len(OF_THREAD) + 6


def _page(flags: ThreadFlags, rows: list[Row], limit: int, around: Surroundings) -> CommentPage:
    """Views in their order, and a cursor if the last that counts is not the last there is."""
    if flags.shape == Shape.BRANCHES:
        return _page_of_branches(rows, around)
    cursor = cursor_of(rows[limit - 1][_VIEW:]) if len(rows) > limit else None
    return CommentPage(thread_views(rows[:limit], around), cursor)


def _page_of_branches(rows: list[Row], around: Surroundings) -> CommentPage:
    views = thread_views((row for row in rows if row[_VIEW]), around)
    if not rows:
        return CommentPage([], None)
    last = max(rows, key=lambda row: row[_VIEW + 1])
    _, through, whole, *position = last[_VIEW:]
    return CommentPage(views, cursor_of(position) if through < whole else None)
