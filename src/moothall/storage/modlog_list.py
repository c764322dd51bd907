"""Reading the modlog.

Acts about a community that the viewer may not know of are left out (`community_known`); what is
deleted or removed is no reason to leave an act out, since that is what the modlog is about. Which
words of it are shown is decided by `reads.moderation`.
"""

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Select, and_, literal, or_, select, true, union_all

from moothall.domain.comment import Comment
from moothall.domain.community import Community
from moothall.domain.moderation import ModlogEntry, ModlogKind, ModlogQuery, ModlogView, kinds_of
from moothall.domain.post import Post
from moothall.domain.user import Person, Viewer
from moothall.domain.visibility import Who, who

from . import columns
from .connection import Connection
from .statements import Row, Statement, param
from .tables import comment, community, modlog, person, post
from .visibility import community_known, moderates

# The acts that are not done in a community; the others cannot be told without theirs.
_ELSEWHERE = (
    ModlogKind.BAN,
    ModlogKind.ADD,
    ModlogKind.PURGE_PERSON,
    ModlogKind.PURGE_COMMUNITY,
)
_FILTERS = ("moderator_id", "person_id", "community_id", "post_id", "comment_id")


T = TypeVar("T")


class Act(NamedTuple):
    """An entry with all that it is about; `may_read`: the viewer moderates there."""

    view: ModlogView
    may_read: bool


class _Shape(NamedTuple):
    """What decides the text of a query."""

    who: Who
    kinds: tuple[ModlogKind, ...]
    filters: tuple[str, ...]
    each: bool


def list_acts(
    conn: Connection, viewer: Viewer | None, query: ModlogQuery, *, each: bool = False
) -> list[Act]:
    """A page of acts, newest first; with `each`, such a page of every kind."""
    kinds = kinds_of(query)
    if not kinds:
        return []
    filters = tuple(name for name in _FILTERS if getattr(query, name) is not None)
    values = {name: getattr(query, name) for name in filters}
    if viewer is not None:
        values["viewer_id"] = viewer.person_id
    statement = _statement(_Shape(who(viewer), kinds, filters, each))
    offset = (query.page - 1) * query.limit
    rows = conn.all(statement, **values, limit=query.limit, offset=offset)
    return [_act(row) for row in rows]


_moderator = person.alias("moderator")
_other = person.alias("other")


@functools.lru_cache(maxsize=256)
def _statement(shape: _Shape) -> Statement:
    page = _pages(shape) if shape.each else _page(shape, shape.kinds).subquery("page")
    may_read: ColumnElement[bool] = literal(shape.who == Who.ADMIN)
    if shape.who == Who.PERSON:
        may_read = moderates(modlog.c.community_id)
    query = (
        select(
            *columns.of(modlog, ModlogEntry._fields),
            *columns.person(_moderator),
            *columns.person(_other),
            *columns.community(community),
            *columns.post(post),
            *columns.comment(comment),
            may_read.label("may_read"),
        )
        .select_from(page)
        .join(modlog, modlog.c.id == page.c.id)
        .outerjoin(_moderator, _moderator.c.id == modlog.c.moderator_id)
        .outerjoin(_other, _other.c.id == modlog.c.person_id)
        .outerjoin(community, community.c.id == modlog.c.community_id)
        .outerjoin(post, post.c.id == modlog.c.post_id)
        .outerjoin(comment, comment.c.id == modlog.c.comment_id)
        .order_by(modlog.c.created_at.desc(), modlog.c.id.desc())
    )
    return Statement(query)


def _pages(shape: _Shape) -> Any:
    pages = [_page(shape, (kind,)).subquery(f"page_{kind.value}") for kind in shape.kinds]
    return union_all(*[select(page.c.id) for page in pages]).subquery("page")


def _page(shape: _Shape, kinds: tuple[ModlogKind, ...]) -> "Select[Any]":
    query = select(modlog.c.id).outerjoin(community, community.c.id == modlog.c.community_id)
    query = query.where(*[modlog.c[name] == param(name) for name in shape.filters])
    query = query.where(_is_shown(shape.who, kinds))
    if len(kinds) < len(ModlogKind):
        query = query.where(_is_one_of(kinds))
    query = query.order_by(modlog.c.created_at.desc(), modlog.c.id.desc())
    return query.limit(param("limit")).offset(param("offset"))


def _is_one_of(kinds: Sequence[ModlogKind]) -> ColumnElement[bool]:
    return or_(*[modlog.c.kind == kind.value for kind in kinds])


def _is_shown(viewer: Who, kinds: tuple[ModlogKind, ...]) -> ColumnElement[bool]:
    is_known = and_(modlog.c.community_id.is_not(None), community_known(viewer, community))
    elsewhere = [kind for kind in kinds if kind in _ELSEWHERE]
    if not elsewhere:
        return is_known
    return true() if len(elsewhere) == len(kinds) else or_(is_known, _is_one_of(elsewhere))


_ENTRY = len(ModlogEntry._fields)
_PERSON = _ENTRY + len(Person._fields)
_OTHER = _PERSON + len(Person._fields)
_COMMUNITY = _OTHER + len(Community._fields)
_POST = _COMMUNITY + len(Post._fields)
_COMMENT = _POST + len(Comment._fields)


def _act(row: Row) -> Act:
    view = ModlogView(
        entry=ModlogEntry._make(row[:_ENTRY]),
        moderator=_optional(Person, row[_ENTRY:_PERSON]),
        person=_optional(Person, row[_PERSON:_OTHER]),
        community=_optional(Community, row[_OTHER:_COMMUNITY]),
        post=_optional(Post, row[_COMMUNITY:_POST]),
        comment=_optional(Comment, row[_POST:_COMMENT]),
    )
    return Act(view, may_read=bool(row[_COMMENT]))


def _optional(kind: type[T], part: Row) -> T | None:
    """A value from an outer join: without an id there is none."""
    return None if part[0] is None else kind(*part)
