"""What threads and feeds of comments have in common: what a query chooses, and in which order.

The conditions are on the table `comment`; their values come from `viewer_values` and
`query_values`.
"""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, exists, false

from moothall.domain.comment import CommentQuery, CommentSort
from moothall.domain.post import Listing
from moothall.domain.user import Viewer
from moothall.domain.visibility import Who

from .statements import param
from .tables import (
    account_language,
    comment,
    community_block,
    community_follow,
    instance_block,
    person,
    person_block,
)
from .visibility import moderates

Condition = ColumnElement[bool]
Keys = list[ColumnElement[Any]]

TREE_CAP = 300
"""Comments of one tree; what stands higher in it comes first."""

# A list of what somebody voted on looks at this many of their latest votes.
VOTES_LOOKED_AT = 5_000
# No tree is deeper than this, whatever a client asks for.
_DEEPEST = 1_000


class Taste(NamedTuple):
    """What a viewer does not want to see, as flags of a query."""

    blocks: bool
    languages: bool
    no_bots: bool


def taste_of(viewer: Viewer | None, listing: Listing) -> Taste:
    """Whoever moderates must see everything: there only bots are left out."""
    if viewer is None:
        return Taste(blocks=False, languages=False, no_bots=False)
    as_moderator = listing == Listing.MODERATOR_VIEW
    return Taste(
        blocks=not as_moderator,
        languages=viewer.limits_languages and not as_moderator,
        no_bots=not viewer.show_bot_accounts,
    )


def to_taste(taste: Taste) -> list[Condition]:
    """The comments that this taste leaves."""
    found: list[Condition] = []
    if taste.blocks:
        found.append(
            ~exists().where(
                person_block.c.person_id == param("viewer_id"),
                person_block.c.target_id == comment.c.creator_id,
            )
        )
    if taste.languages:
        found.append(
            exists().where(
                account_language.c.account_id == param("account_id"),
                account_language.c.language_id == comment.c.language_id,
            )
        )
    if taste.no_bots:
        found.append(~exists().where(person.c.id == comment.c.creator_id, person.c.bot.is_(True)))
    return found


def community_not_blocked(community_table: FromClause) -> list[Condition]:
    """The viewer blocks neither the community nor the server that it is on."""
    return [
        ~exists().where(
            community_block.c.person_id == param("viewer_id"),
            community_block.c.community_id == community_table.c.id,
        ),
        ~exists().where(
            instance_block.c.person_id == param("viewer_id"),
            instance_block.c.instance_id == community_table.c.instance_id,
        ),
    ]


def viewer_values(viewer: Viewer | None) -> dict[str, Any]:
    """The parameters that say who looks."""
    if viewer is None:
        return {"viewer_id": None, "account_id": None}
    return {"viewer_id": viewer.person_id, "account_id": viewer.account_id}


SORT_KEYS: dict[CommentSort, tuple[str, ...]] = {
    CommentSort.HOT: ("hot_rank", "score", "id"),
    CommentSort.TOP: ("score", "id"),
    CommentSort.NEW: ("created_at", "id"),
    CommentSort.OLD: ("created_at", "id"),
    CommentSort.CONTROVERSIAL: ("controversy_rank", "score", "id"),
}
"""The columns that a sort compares, in this order."""


def is_ascending(sort: CommentSort) -> bool:
    """Whether the least comes first."""
    return sort == CommentSort.OLD


def sorted_by(sort: CommentSort, table: FromClause = comment) -> Keys:
    """The order of a sort, down to the id."""
    keys = [table.c[name] for name in SORT_KEYS[sort]]
    return [key.asc() if is_ascending(sort) else key.desc() for key in keys]


def in_listing(
    kind: Who, listing: Listing, is_local: ColumnElement[Any], community_id: ColumnElement[Any]
) -> list[Condition]:
    """The comments of a listing; `is_local` and `community_id` are of the comment's community.

    Nobody signed in follows or moderates nothing.
    """
    if listing == Listing.ALL:
        return []
    if listing == Listing.LOCAL:
        return [is_local.is_(True)]
    if kind == Who.NOBODY:
        return [false()]
    if listing == Listing.MODERATOR_VIEW:
        return [moderates(community_id)]
    return [
        exists().where(
            community_follow.c.person_id == param("viewer_id"),
            community_follow.c.community_id == community_id,
        )
    ]


def asks_for_votes(viewer: Viewer | None, query: CommentQuery) -> bool:
    """Nobody signed in has no votes; clients expect that they are then not asked for."""
    return viewer is not None and (query.liked_only or query.disliked_only)


def query_values(query: CommentQuery) -> dict[str, Any]:
    """The parameters that say what is asked for."""
    return {
        "post_id": query.post_id,
        "community_id": query.community_id,
        "creator_id": query.creator_id,
        "vote": 1 if query.liked_only else -1,
        "max_depth": depth_of(query.max_depth or 0),
        "looked_at": VOTES_LOOKED_AT,
    }


def page_of(query: CommentQuery) -> dict[str, int]:
    """How many, and after how many. A tree has no pages."""
    if query.max_depth is not None:
        return {"limit": TREE_CAP, "offset": 0}
    offset = 0 if query.after is not None else (query.page - 1) * query.limit
    return {"limit": query.limit, "offset": offset}


def depth_of(max_depth: int, root_path: str | None = None) -> int:
    """The deepest level that is shown. Clients send any number for "all"."""
    root = 0 if root_path is None else root_path.count(".")
    return root + min(max(max_depth, 0), _DEEPEST)
