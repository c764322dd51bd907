"""Who sees what, as conditions for queries: the twin of `domain.visibility`.

A condition is built for a kind of viewer (`Who`), so it belongs into a builder under `lru_cache`
with that kind among its flags. Whoever is signed in is bound as `viewer_id`; for nobody there is
no such parameter. Every query that shows something of a community has one of the first two.
"""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, exists, or_, true

from moothall.domain.visibility import LOCAL_ONLY, PRIVATE, UNLISTED, Who

from .statements import param
from .tables import community, community_follow, community_moderator, post

Condition = ColumnElement[bool]


def community_visible(who: Who, table: FromClause = community) -> Condition:
    """The community itself, or a single thing in it, may be shown (`sees_community`)."""
    if who == Who.ADMIN:
        return true()
    is_open = and_(_is_there(table), _is_open_to(who, table))
    return is_open if who == Who.NOBODY else or_(is_open, moderates(table.c.id))


def community_known(who: Who, table: FromClause = community) -> Condition:
    """Acts about it may be told, whether it is still there or not (`knows_community`)."""
    if who == Who.ADMIN:
        return true()
    is_open = _is_open_to(who, table)
    return is_open if who == Who.NOBODY else or_(is_open, moderates(table.c.id))


def community_listed(who: Who, table: FromClause = community) -> Condition:
    """Lists of All and Local have it and what stands in it (`lists_community`)."""
    if who == Who.NOBODY:
        is_offered = and_(table.c.hidden.is_(False), table.c.visibility != UNLISTED)
        return and_(_is_there(table), is_offered, _is_open_to(who, table))
    is_offered = or_(
        and_(table.c.hidden.is_(False), table.c.visibility != UNLISTED), follows(table.c.id)
    )
    return and_(_is_there(table), is_offered, _is_open_in_lists(who, table))


def post_visible(who: Who, table: FromClause = post, inside: FromClause = community) -> Condition:
    """A post may be opened (`sees_post`); `inside` is its community."""
    if who == Who.ADMIN:
        return true()
    is_open = and_(post_listed(table), community_visible(who, inside))
    if who == Who.NOBODY:
        return is_open
    return or_(is_open, table.c.creator_id == param("viewer_id"), moderates(inside.c.id))


def post_listed(table: FromClause = post) -> Condition:
    """Ordinary lists have a post, as far as the post itself says (`lists_post`)."""
    return and_(table.c.deleted.is_(False), table.c.removed.is_(False))


def post_on_profile(who: Who, table: FromClause = post) -> Condition:
    """The list of a profile has it."""
    if who == Who.NOBODY:
        return post_listed(table)
    is_there = or_(table.c.deleted.is_(False), table.c.creator_id == param("viewer_id"))
    return is_there if who == Who.ADMIN else and_(is_there, table.c.removed.is_(False))


# `correlate_except`: a query around these may have the same table for a purpose of its own.
def follows(community_id: ColumnElement[Any]) -> Condition:
    """The viewer follows this community, and was accepted."""
    own = exists().where(
        community_follow.c.person_id == param("viewer_id"),
        community_follow.c.community_id == community_id,
        community_follow.c.pending.is_(False),
    )
    return own.correlate_except(community_follow)


def moderates(community_id: ColumnElement[Any]) -> Condition:
    """The viewer is one of the moderators of this community."""
    own = exists().where(
        community_moderator.c.community_id == community_id,
        community_moderator.c.person_id == param("viewer_id"),
    )
    return own.correlate_except(community_moderator)


def _is_there(table: FromClause) -> Condition:
    return and_(table.c.deleted.is_(False), table.c.removed.is_(False))


def _is_open_to(who: Who, table: FromClause) -> Condition:
    if who == Who.NOBODY:
        return and_(table.c.visibility != LOCAL_ONLY, table.c.visibility != PRIVATE)
    return or_(table.c.visibility != PRIVATE, follows(table.c.id))


def _is_open_in_lists(who: Who, table: FromClause) -> Condition:
    if who == Who.ADMIN:
        return true()
    return or_(_is_open_to(who, table), moderates(table.c.id))
