"""The columns of the values that many queries return, in the order of their types in `domain`.

A query lists the groups that it needs one after the other; `split` cuts its rows back into groups.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Text, cast, null

from moothall.domain.comment import Comment, CommentCounts
from moothall.domain.community import Community, CommunityCounts
from moothall.domain.post import Post, PostCounts
from moothall.domain.user import Person, PersonCounts

Columns = list[ColumnElement[Any]]


def of(table: FromClause, names: Sequence[str], label: str = "") -> Columns:
    """Columns by name, labelled so that two groups of one kind do not clash."""
    prefix = f"{label or getattr(table, 'name', 't')}_"
    return [table.c[name].label(prefix + name) for name in names]


def person(table: FromClause) -> Columns:
    """The columns of a `Person`."""
    return of(table, Person._fields)


def person_counts(table: FromClause) -> Columns:
    """The columns of `PersonCounts`."""
    return of(table, PersonCounts._fields)


def community(table: FromClause) -> Columns:
    """The columns of a `Community`."""
    return of(table, Community._fields)


def community_counts(table: FromClause) -> Columns:
    """The columns of `CommunityCounts`."""
    return of(table, CommunityCounts._fields)


def post(table: FromClause, *, html: bool = False) -> Columns:
    """The columns of a `Post`; its HTML is left out where no page shows it."""
    return _with_html(table, Post._fields, "body_html", html=html)


def post_counts(table: FromClause) -> Columns:
    """The columns of `PostCounts`."""
    return of(table, PostCounts._fields)


def comment(table: FromClause, *, html: bool = False) -> Columns:
    """The columns of a `Comment`; its HTML is left out where no page shows it."""
    return _with_html(table, Comment._fields, "content_html", html=html)


def comment_counts(table: FromClause) -> Columns:
    """The columns of `CommentCounts`."""
    return of(table, CommentCounts._fields)


def _with_html(table: FromClause, fields: Sequence[str], name: str, *, html: bool) -> Columns:
    columns = of(table, [field for field in fields if field != name])
    return [*columns, table.c[name] if html else cast(null(), Text).label(f"no_{name}")]
