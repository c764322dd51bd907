"""Feeds: which comments of many posts are shown, in which order; ids alone.

A feed walks an index that has its order. Few comments are hot or disputed at a time, so those
orders walk a small index first and go on with the best of all others. Whole views are then loaded
for the page only, see `comment_view`.
"""

import functools
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Executable,
    FromClause,
    Select,
    and_,
    exists,
    not_,
    select,
    true,
)

from moothall.domain.comment import CommentQuery, CommentSort
from moothall.domain.errors import Invalid
from moothall.domain.ids import CommentId
from moothall.domain.post import Listing
from moothall.domain.user import Viewer
from moothall.domain.visibility import Who, who

from .comment_choice import (
    SORT_KEYS,
    Condition,
    Keys,
    Taste,
    asks_for_votes,
    community_not_blocked,
    in_listing,
    is_ascending,
    page_of,
    query_values,
    taste_of,
    to_taste,
    viewer_values,
)
from .comment_cursor import beyond, cursor_of, read_cursor
from .connection import Connection
from .statements import Row, Statement, param
from .tables import (
    comment,
    comment_save,
    comment_vote,
    community,
    community_follow,
    community_moderator,
    post,
)
from .tables.comment import CONTROVERSIAL, HOT
from .visibility import community_listed, community_visible, post_listed


class Source(StrEnum):
    """Where a feed looks for its comments: the first of these that a query asks for."""

    SAVED = "saved"
    VOTED = "voted"
    CREATOR = "creator"
    COMMUNITY = "community"
    MINE = "mine"
    EVERYWHERE = "everywhere"


_WALKED = (Source.COMMUNITY, Source.MINE, Source.EVERYWHERE)


class Stage(NamedTuple):
    """A part of a feed: its order, and which of the hot or disputed comments are in it."""

    sort: CommentSort
    only: bool = False
    without: bool = False


_STAGES: dict[CommentSort, tuple[Stage, ...]] = {
    CommentSort.HOT: (
        Stage(CommentSort.HOT, only=True),
        Stage(CommentSort.HOT, without=True),
    ),
    CommentSort.CONTROVERSIAL: (
        Stage(CommentSort.CONTROVERSIAL, only=True),
        Stage(CommentSort.CONTROVERSIAL, without=True),
    ),
}
_SPECIAL = {CommentSort.HOT: HOT, CommentSort.CONTROVERSIAL: CONTROVERSIAL}


class FeedFlags(NamedTuple):
    """What tells the queries for feeds apart."""

    kind: Who
    listing: Listing
    source: Source
    stage: Stage
    in_community: bool
    by_creator: bool
    with_depth: bool
    taste: Taste
    goes_on: bool = False

    @property
    def key_names(self) -> tuple[str, ...]:
        """The columns of a position."""
        if self.source == Source.SAVED:
            return ("created_at", "id")
        if self.stage.without:
            return SORT_KEYS[CommentSort.TOP]
        if self.stage.only and self.stage.sort == CommentSort.CONTROVERSIAL:
            # As the index has it: two that are as disputed as each other come by age.
            return ("controversy_rank", "id")
        return SORT_KEYS[self.stage.sort]

    @property
    def is_ascending(self) -> bool:
        """Whether the least comes first."""
        return self.source != Source.SAVED and is_ascending(self.stage.sort)


def source_of(viewer: Viewer | None, query: CommentQuery) -> Source:
    """Where to look first; everything else in the query then filters."""
    if query.saved_only:
        return Source.SAVED
    if asks_for_votes(viewer, query):
        return Source.VOTED
    if query.creator_id is not None:
        return Source.CREATOR
    if query.community_id is not None:
        return Source.COMMUNITY
    is_mine = query.listing in (Listing.SUBSCRIBED, Listing.MODERATOR_VIEW)
    return Source.MINE if is_mine else Source.EVERYWHERE


def find_feed_ids(
    conn: Connection, viewer: Viewer | None, query: CommentQuery
) -> tuple[list[CommentId], str | None]:
    """The ids of a page of comments from many posts, and the cursor of the next page.

    Raises Invalid `unknown` for a cursor that is none.
    """
    if viewer is None and (query.saved_only or query.listing not in (Listing.ALL, Listing.LOCAL)):
        return [], None
    if query.max_depth is not None and query.max_depth < 1:
        return [], None
    page = page_of(query)
    wanted = page["offset"] + page["limit"] + 1
    values = viewer_values(viewer) | query_values(query)
    found: list[tuple[int, Row]] = []
    for number, flags in _stages_left(feed_stages(viewer, query), query.after, values):
        rows = conn.all(feed_ids(flags), **values, limit=wanted - len(found))
        found += [(number, row) for row in rows]
        if len(found) == wanted:
            break
    shown = found[page["offset"] : wanted - 1]
    is_all = len(found) < wanted or not shown
    # A position is that of a stage, told by its number.
    cursor = None if is_all else cursor_of((shown[-1][0], *shown[-1][1]))
    return [row[-1] for _, row in shown], cursor


def _stages_left(
    stages: list[FeedFlags], after: str | None, values: dict[str, Any]
) -> Iterator[tuple[int, FeedFlags]]:
    """The stages from a cursor on; what it says is added to the values."""
    start = 0
    if after is not None:
        first, _, position = after.partition("_")
        if first not in map(str, range(len(stages))):
            raise Invalid("unknown", "not a cursor")
        start = int(first)
        stages = [*stages[:start], stages[start]._replace(goes_on=True), *stages[start + 1 :]]
        values |= read_cursor(position, stages[start].key_names)
    return iter(list(enumerate(stages))[start:])


def feed_stages(viewer: Viewer | None, query: CommentQuery) -> list[FeedFlags]:
    """The parts of a feed, one after the other."""
    source = source_of(viewer, query)
    stages = _STAGES.get(query.sort) if source in _WALKED else None
    return [
        FeedFlags(
            kind=who(viewer),
            listing=query.listing,
            source=source,
            stage=stage,
            in_community=query.community_id is not None,
            by_creator=query.creator_id is not None,
            with_depth=query.max_depth is not None,
            taste=taste_of(viewer, query.listing),
        )
        for stage in stages or (Stage(query.sort),)
    ]


@functools.lru_cache(maxsize=512)
def feed_ids(flags: FeedFlags) -> Statement:
    """The positions of the first comments of one stage of a feed, each ending in an id."""
    if flags.source == Source.MINE:
        return Statement(_merged(flags), postgresql=_merged_laterally(flags))
    keys = _keys(flags, comment)
    if flags.source == Source.SAVED:
        keys = [comment_save.c.created_at, comment.c.id]
    query = select(*keys).select_from(comment).where(*in_feed(flags), *_beyond(flags, keys))
    if flags.source == Source.SAVED:
        is_saved = and_(
            comment_save.c.comment_id == comment.c.id,
            comment_save.c.person_id == param("viewer_id"),
        )
        query = query.join(comment_save, is_saved)
    elif flags.source == Source.VOTED:
        votes = _latest_votes()
        query = query.join(votes, votes.c.comment_id == comment.c.id)
        query = query.where(comment.c.creator_id != param("viewer_id"))
    return Statement(query.order_by(*_directed(flags, keys)).limit(param("limit")))


def _latest_votes() -> FromClause:
    return (
        select(comment_vote.c.comment_id)
        .where(
            comment_vote.c.person_id == param("viewer_id"),
            comment_vote.c.score == param("vote"),
        )
        .order_by(comment_vote.c.created_at.desc())
        .limit(param("looked_at"))
        .subquery("votes")
    )


def _keys(flags: FeedFlags, table: FromClause) -> Keys:
    return [table.c[name] for name in flags.key_names]


def _directed(flags: FeedFlags, keys: Keys) -> Keys:
    return [key.asc() if flags.is_ascending else key.desc() for key in keys]


def _beyond(flags: FeedFlags, keys: Keys) -> list[Condition]:
    return [beyond(keys, flags.key_names, ascending=flags.is_ascending)] if flags.goes_on else []


def in_feed(flags: FeedFlags) -> list[Condition]:
    """The comments that are in a feed, or its part; search shows no others."""
    found = [*_of_stage(flags.stage), *to_taste(flags.taste)]
    if flags.in_community:
        found.append(comment.c.community_id == param("community_id"))
    if flags.by_creator:
        found.append(comment.c.creator_id == param("creator_id"))
    if flags.with_depth:
        found.append(comment.c.depth <= param("max_depth"))
    if flags.source != Source.MINE:
        listing = flags.listing
        found += in_listing(flags.kind, listing, comment.c.in_local, comment.c.community_id)
    return [*found, _in_open_community(flags), _under_listed_post()]


def _of_stage(stage: Stage) -> list[Condition]:
    if stage.only:
        return [_SPECIAL[stage.sort]]
    return [not_(_SPECIAL[stage.sort])] if stage.without else []


def _in_open_community(flags: FeedFlags) -> Condition:
    is_its = community.c.id == comment.c.community_id
    conditions: list[Condition] = []
    if flags.taste.blocks:
        conditions += community_not_blocked(community)
    if flags.source == Source.EVERYWHERE:
        return exists().where(is_its, community_listed(flags.kind), *conditions)
    # What is hidden is found by who asks for it by name, follows it or wrote in it.
    if flags.source == Source.MINE:
        conditions += [community.c.deleted.is_(False), community.c.removed.is_(False)]
    return exists().where(is_its, community_visible(flags.kind), *conditions)


def _under_listed_post() -> Condition:
    return exists().where(post.c.id == comment.c.post_id, post_listed())


def _mine(listing: Listing) -> FromClause:
    table = community_follow if listing == Listing.SUBSCRIBED else community_moderator
    chosen = select(table.c.community_id).where(table.c.person_id == param("viewer_id"))
    return chosen.subquery("mine")


def _heads(flags: FeedFlags, mine: FromClause, *chosen: ColumnElement[Any]) -> "Select[Any]":
    """The first comments of one community: enough, if all of the page were from there."""
    keys = _keys(flags, comment)
    return (
        select(*chosen)
        .where(comment.c.community_id == mine.c.community_id, *in_feed(flags))
        .where(*_beyond(flags, keys))
        .order_by(*_directed(flags, keys))
        .limit(param("limit"))
        .correlate(mine)
    )


def _merged(flags: FeedFlags) -> Executable:
    mine = _mine(flags.listing)
    head = comment.alias("head")
    is_head = head.c.id.in_(_heads(flags, mine, comment.c.id))
    keys = _keys(flags, head)
    query = select(*keys).select_from(mine.join(head, is_head))
    return query.order_by(*_directed(flags, keys)).limit(param("limit"))


def _merged_laterally(flags: FeedFlags) -> Executable:
    mine = _mine(flags.listing)
    head = _heads(flags, mine, *_keys(flags, comment)).lateral("head")
    keys = _keys(flags, head)
    query = select(*keys).select_from(mine.join(head, true()))
    return query.order_by(*_directed(flags, keys)).limit(param("limit"))
