"""What shapes the text of a list of posts: the same names for its queries and their filters."""

from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Table

from moothall.domain.visibility import Who

from .post_order import Order
from .tables import community_follow, community_moderator


class Scope(StrEnum):
    """Which posts a list is about."""

    ALL = "all"
    LOCAL = "local"
    COMMUNITY = "community"
    FOLLOWED = "followed"
    MODERATED = "moderated"
    CREATOR = "creator"
    SAVED = "saved"
    VOTED = "voted"
    LINK = "link"


class Way(StrEnum):
    """How candidates are found, see `post_list`."""

    WALK = "walk"
    HEADS = "heads"
    RANGE = "range"


class After(StrEnum):
    """Where the page begins: at the top, after a pinned post, or further down."""

    TOP = "top"
    PINNED = "pinned"
    REST = "rest"


class Kind(NamedTuple):
    """What shapes the text of a list's query. The flags from `nsfw` on name filters that apply."""

    scope: Scope
    order: Order
    who: Who
    own: bool = False
    in_community: bool = False
    by_vote: bool = False
    nsfw: bool = False
    read: bool = False
    hidden: bool = False
    bots: bool = False
    languages: bool = False
    blocks: bool = False

    @property
    def pinned_by(self) -> str:
        """The column that pins posts to the top of this list."""
        return "featured_community" if self.scope == Scope.COMMUNITY else "featured_local"

    @property
    def is_walk_of_marks(self) -> bool:
        """Whether the list has its order from when somebody saved or voted."""
        return self.scope in (Scope.SAVED, Scope.VOTED)

    @property
    def is_sorted_late(self) -> bool:
        """Whether a walk finds the posts in another order than the list has."""
        by_age = self.order.key == "created_at"
        return self.scope == Scope.LINK or (self.scope == Scope.CREATOR and not by_age)


def ties_of(kind: Kind) -> Table:
    """The table that says which communities somebody follows or moderates."""
    return community_follow if kind.scope == Scope.FOLLOWED else community_moderator
