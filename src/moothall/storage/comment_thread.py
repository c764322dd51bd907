"""Threads: which comments of one post are shown, in which order; ids alone.

A thread is bounded by its post, so it is sorted. Whole views are then loaded for the page only,
see `comment_view`.
"""

import functools
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, exists, select

from moothall.domain.comment import Comment, CommentQuery, CommentSort
from moothall.domain.ids import CommentId
from moothall.domain.post import Listing
from moothall.domain.time import Time
from moothall.domain.user import Viewer
from moothall.domain.visibility import Who, who

from .comment_choice import (
    Condition,
    Keys,
    Taste,
    asks_for_votes,
    community_not_blocked,
    depth_of,
    in_listing,
    page_of,
    query_values,
    sorted_by,
    taste_of,
    to_taste,
    viewer_values,
)
from .comment_view import PLACE, Surroundings, join_ties, place_columns, surroundings
from .connection import Connection
from .statements import Statement, param
from .tables import comment, comment_save, comment_vote, community, post
from .visibility import post_visible


class ThreadFlags(NamedTuple):
    """What tells the queries for threads apart."""

    sort: CommentSort
    is_tree: bool
    in_subtree: bool
    by_creator: bool
    is_saved: bool
    is_voted: bool
    taste: Taste


@functools.lru_cache(maxsize=256)
def thread_ids(flags: ThreadFlags) -> Statement:
    """The ids of comments of one post."""
    return Statement(_thread(flags, comment.c.path), _thread(flags, comment.c.path.collate("C")))


def _thread(flags: ThreadFlags, path: ColumnElement[Any]) -> "Select[Any]":
    query = select(comment.c.id).where(comment.c.post_id == param("post_id"))
    if flags.in_subtree:
        # A path and all that begins with it and a dot; "/" is the character after the dot. The
        # database must compare bytes for that, whatever the language of its texts.
        query = query.where(path >= param("path"), path < param("path_end"))
    if flags.is_tree:
        query = query.where(comment.c.depth <= param("max_depth"))
    query = query.where(*_chosen(flags), *to_taste(flags.taste))
    level: Keys = [comment.c.depth] if flags.is_tree else []
    order = [*level, comment.c.distinguished.desc(), *sorted_by(flags.sort)]
    return query.order_by(*order).limit(param("limit")).offset(param("offset"))


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


@functools.lru_cache(maxsize=64)
def thread_place(kind: Who, listing: Listing, *, blocks: bool) -> Statement:
    """The post and its community, if this viewer sees their comments under this listing."""
    query = (
        select(*place_columns(kind))
        .select_from(post)
        .join(community, community.c.id == post.c.community_id)
        .where(post.c.id == param("post_id"), post_visible(kind))
        .where(*in_listing(kind, listing, community.c.local, community.c.id))
    )
    if blocks:
        query = query.where(*community_not_blocked(community))
    if kind != Who.NOBODY:
        query = join_ties(query, post.c.community_id)
    return Statement(query, groups=PLACE)


def find_place(
    conn: Connection, viewer: Viewer | None, query: CommentQuery, now: Time
) -> Surroundings | None:
    """Where the comments of a query for one post stand; None if there are none to see."""
    blocks = taste_of(viewer, query.listing).blocks
    statement = thread_place(who(viewer), query.listing, blocks=blocks)
    row = conn.one(statement, post_id=query.post_id, now=now, **viewer_values(viewer))
    return None if row is None else surroundings(row)


def find_thread_ids(
    conn: Connection, viewer: Viewer | None, query: CommentQuery, below: Comment | None
) -> list[CommentId]:
    """The ids of a page of a thread, or of a tree; `below` is the comment at its root, if any."""
    flags = ThreadFlags(
        sort=query.sort,
        is_tree=query.max_depth is not None,
        in_subtree=below is not None,
        by_creator=query.creator_id is not None,
        is_saved=query.saved_only,
        is_voted=asks_for_votes(viewer, query),
        taste=taste_of(viewer, query.listing),
    )
    values = viewer_values(viewer) | query_values(query) | page_of(query)
    if below is not None:
        values |= {"path": below.path, "path_end": f"{below.path}/"}
    values["max_depth"] = depth_of(query.max_depth or 0, below)
    return [row[0] for row in conn.all(thread_ids(flags), **values)]
