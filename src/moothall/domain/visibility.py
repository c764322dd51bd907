"""Who sees which community: the base of what is visible of everything in it.

The same rule stands as SQL in `storage.visibility`; one table of cases runs through both.
"""

from enum import StrEnum
from typing import NamedTuple, Protocol

from .community import Community, Standing
from .post import Post
from .user import Doer, Viewer


class Who(StrEnum):
    """The kinds of viewers that the rule, and so the text of a query, tells apart."""

    NOBODY = "nobody"
    PERSON = "person"
    ADMIN = "admin"


def who(viewer: Viewer | None) -> Who:
    """Which kind a viewer is."""
    if viewer is None:
        return Who.NOBODY
    return Who.ADMIN if viewer.is_admin else Who.PERSON


class Removable(Protocol):
    """A community, a post, a comment: what its author deletes and a moderator removes."""

    @property
    def deleted(self) -> bool:
        """Taken back by its author."""

    @property
    def removed(self) -> bool:
        """Taken away by a moderator or admin."""


def is_there(thing: Removable) -> bool:
    """Neither deleted nor removed; only that is counted, and in lists."""
    return not thing.deleted and not thing.removed


class Ties(NamedTuple):
    """What binds a viewer to one community. `follows` only counts once it was accepted."""

    who: Who
    is_moderator: bool = False
    follows: bool = False


def ties_of(doer: Doer, standing: Standing, *, follows: bool) -> Ties:
    """What binds somebody who acts: other servers show their people only what all may see."""
    kind = Who.ADMIN if standing.is_admin else Who.PERSON if doer.local else Who.NOBODY
    return Ties(kind, standing.is_moderator, follows)


# What nobody outside of this server may see, and what only its own followers may.
LOCAL_ONLY = "LocalOnly"
PRIVATE = "Private"
# Whoever knows the name may read it; lists leave it out, like one that an admin has hidden.
UNLISTED = "Unlisted"


def sees_community(community: Community, ties: Ties) -> bool:
    """Whether the community itself, or a single thing in it, may be shown."""
    if ties.who == Who.ADMIN or ties.is_moderator:
        return True
    return is_there(community) and _is_open_to(community, ties)


def knows_community(community: Community, ties: Ties) -> bool:
    """Whether acts about it may be told: those about what is gone too, that is what they say."""
    return ties.who == Who.ADMIN or ties.is_moderator or _is_open_to(community, ties)


def lists_community(community: Community, ties: Ties) -> bool:
    """Whether lists of All and Local have it and what stands in it.

    What is deleted or removed is in no list, not even for those who may still open it; what is
    hidden only for those who follow it.
    """
    if not is_there(community):
        return False
    if (community.hidden or community.visibility == UNLISTED) and not ties.follows:
        return False
    return ties.who == Who.ADMIN or ties.is_moderator or _is_open_to(community, ties)


def _is_open_to(community: Community, ties: Ties) -> bool:
    if community.visibility == LOCAL_ONLY:
        return ties.who != Who.NOBODY
    if community.visibility == PRIVATE:
        return ties.follows
    return True


def sees_post(post: Post, community: Community, ties: Ties, *, is_author: bool) -> bool:
    """Whether a post may be opened: what is gone only by its author and those who moderate."""
    if ties.who == Who.ADMIN or ties.is_moderator or is_author:
        return True
    return is_there(post) and sees_community(community, ties)


def lists_post(post: Post, ties: Ties, *, is_author: bool, on_profile: bool = False) -> bool:
    """Whether lists have a post, as far as the post itself says.

    A deleted post is only in its author's profile, a removed one only there where admins look.
    """
    if post.removed and not (on_profile and ties.who == Who.ADMIN):
        return False
    return not post.deleted or (on_profile and is_author)


def without_text(post: Post) -> Post:
    """What is told of a post to whoever may know of it but not read it: its title."""
    return post._replace(
        url=None,
        body=None,
        body_html=None,
        alt_text=None,
        thumbnail_url=None,
        embed_title=None,
        embed_description=None,
        embed_video_url=None,
    )


def without_description(community: Community) -> Community:
    """What is told of a community to whoever may know of it but not see it: its name."""
    return community._replace(description=None, icon=None, banner=None)
