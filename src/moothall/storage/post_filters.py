"""What a candidate for a list of posts has to pass: by whom it is, where it stands, who looks."""

from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, literal, or_, select

from .post_kind import Kind, Scope, ties_of
from .statements import param
from .tables import (
    account_language,
    community,
    community_block,
    instance_block,
    person,
    person_block,
    post_hide,
    post_read,
    post_vote,
)
from .visibility import community_listed, community_visible

Condition = ColumnElement[bool]


def filters(kind: Kind, c: Any) -> list[Condition]:
    """What a candidate `c` (with its id, community_id, creator_id, nsfw, language_id) has to pass.

    The cheapest first: a walk may pass over thousands.
    """
    found = _scope_filters(kind, c)
    if kind.nsfw:
        found.append(c.c.nsfw.is_(False))
    found.append(_community_passes(kind, c))
    if kind.read:
        found.append(~_has(post_read, post_read.c.post_id == c.c.id, _mine(post_read)))
    if kind.hidden:
        found.append(~_has(post_hide, post_hide.c.post_id == c.c.id, _mine(post_hide)))
    if kind.bots:
        found.append(~_has(person, person.c.id == c.c.creator_id, person.c.bot.is_(True)))
    if kind.languages:
        read = select(account_language.c.language_id).where(
            account_language.c.account_id == param("account_id")
        )
        found.append(c.c.language_id.in_(read))
    if kind.blocks:
        found.append(c.c.creator_id.not_in(_listed_by_viewer(person_block, "target_id")))
        found.append(c.c.community_id.not_in(_listed_by_viewer(community_block, "community_id")))
    return found


def _scope_filters(kind: Kind, c: Any) -> list[Condition]:
    found: list[Condition] = []
    if kind.order.window is not None and not kind.is_walk_of_marks:
        found.append(c.c.created_at > param("since"))
    if kind.scope in (Scope.FOLLOWED, Scope.MODERATED):
        ties = ties_of(kind).alias("tie")
        found.append(_has(ties, ties.c.community_id == c.c.community_id, _mine(ties)))
    if kind.in_community:
        found.append(c.c.community_id == param("community_id"))
    if kind.is_walk_of_marks:
        found.append(c.c.removed.is_(False))
        found.append(or_(c.c.deleted.is_(False), c.c.creator_id == param("viewer_id")))
    if kind.scope == Scope.VOTED:
        # One's own posts have one's own vote, and are no discovery.
        found.append(and_(c.c.vote == param("vote"), c.c.creator_id != param("viewer_id")))
    elif kind.by_vote:
        mine = (post_vote.c.post_id == c.c.id, _mine(post_vote))
        found.append(_has(post_vote, *mine, post_vote.c.score == param("vote")))
        found.append(c.c.creator_id != param("viewer_id"))
    return found


def _community_passes(kind: Kind, c: Any) -> Condition:
    home = community.alias("home")
    conditions = [home.c.id == c.c.community_id]
    if kind.scope in (Scope.ALL, Scope.LOCAL, Scope.FOLLOWED, Scope.LINK) or (
        kind.scope == Scope.CREATOR and not kind.own
    ):
        conditions.append(community_listed(kind.who, home))
    else:
        # Asked for by name, by team or by one's own mark: hidden is only hidden from the rest.
        conditions += [home.c.deleted.is_(False), home.c.removed.is_(False)]
        conditions.append(community_visible(kind.who, home))
    if kind.nsfw:
        conditions.append(home.c.nsfw.is_(False))
    if kind.blocks:
        blocked = _listed_by_viewer(instance_block, "instance_id")
        conditions.append(home.c.instance_id.not_in(blocked))
    return _has(home, *conditions)


def _has(table: Any, *conditions: Condition) -> Condition:
    """Whether there is such a row, looked up for each candidate.

    The offset keeps PostgreSQL from turning it into a join over both tables in full.
    """
    return select(literal(1)).select_from(table).where(*conditions).offset(0).exists()


def _mine(table: Any) -> Condition:
    own: Condition = table.c.person_id == param("viewer_id")
    return own


def _listed_by_viewer(table: Table, name: str) -> "Select[Any]":
    return select(table.c[name]).where(_mine(table))
