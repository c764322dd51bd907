"""All that an archive holds, batch by batch in the order of ids. Numbers are the rows' own ids."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Select, Table, case, func, null, select, tuple_

from moothall.domain.archive import (
    CommentRecord,
    CommunityRecord,
    FollowRecord,
    ModeratorRecord,
    PersonRecord,
    PostRecord,
    Record,
    VoteRecord,
)
from moothall.domain.languages import LANGUAGES

from .connection import Connection
from .statements import Row, Statement, any_of, param
from .tables import (
    comment,
    comment_vote,
    community,
    community_follow,
    community_language,
    community_moderator,
    instance,
    person,
    post,
    post_vote,
)

_BATCH = 500
T = TypeVar("T")


class _Section(NamedTuple):
    """One part of the archive: its rows, and the columns that order them."""

    query: Statement
    keys: int


def _section(query: "Select[Any]", keys: Sequence[ColumnElement[Any]]) -> _Section:
    """The keys stand in front of each row; the next batch begins after the last of them."""
    names = [f"after_{number}" for number in range(len(keys))]
    labelled = [key.label(f"key_{number}") for number, key in enumerate(keys)]
    place = tuple_(*keys) > tuple_(*[param(name) for name in names])
    ordered = query.add_columns(*labelled).where(place).order_by(*keys).limit(param("limit"))
    return _Section(Statement(ordered), len(keys))


def _rows(conn: Connection, section: _Section) -> Iterator[list[Row]]:
    """Batches of rows without their keys."""
    last: Sequence[int] = [-1] * section.keys
    while True:
        values = {f"after_{number}": value for number, value in enumerate(last)}
        rows = conn.all(section.query, limit=_BATCH, **values)
        if not rows:
            return
        yield [row[: -section.keys] for row in rows]
        last = rows[-1][-section.keys :]


def _host(table: Table) -> ColumnElement[Any]:
    return case((table.c.local.is_(True), null()), else_=instance.c.domain).label("host")


def _columns(table: Table, record: type[Record], other: dict[str, Any]) -> list[Any]:
    """A column for each field of a record, by name or as given."""
    return [other[name] if name in other else table.c[name] for name in record._fields]


def _timed(table: Table) -> dict[str, Any]:
    return {"created": table.c.created_at, "updated": table.c.updated_at}


_PEOPLE = _section(
    select(
        *_columns(
            person,
            PersonRecord,
            {**_timed(person), "host": _host(person), "ban_expires": person.c.ban_expires_at},
        )
    ).join(instance, instance.c.id == person.c.instance_id),
    [person.c.id],
)
_COMMUNITIES = _section(
    select(
        *_columns(
            community,
            CommunityRecord,
            {
                **_timed(community),
                "host": _host(community),
                "restricted": community.c.posting_restricted_to_mods,
                "languages": null().label("languages"),
            },
        )
    ).join(instance, instance.c.id == community.c.instance_id),
    [community.c.id],
)
_LANGUAGES = Statement(
    select(community_language.c.community_id, community_language.c.language_id)
    .where(any_of(community_language.c.community_id, "ids"))
    .order_by(community_language.c.community_id, community_language.c.language_id)
)


def _ties(table: Table, record: type[Record]) -> "Select[Any]":
    fields = {
        "community": table.c.community_id,
        "person": table.c.person_id,
        "created": table.c.created_at,
    }
    return select(*_columns(table, record, fields))


_MODERATORS = _section(
    _ties(community_moderator, ModeratorRecord),
    [
        community_moderator.c.community_id,
        community_moderator.c.created_at,
        community_moderator.c.person_id,
    ],
)
_FOLLOWS = _section(
    _ties(community_follow, FollowRecord),
    [community_follow.c.person_id, community_follow.c.community_id],
)
_POSTS = _section(
    select(
        *_columns(
            post,
            PostRecord,
            {
                **_timed(post),
                "community": post.c.community_id,
                "creator": post.c.creator_id,
                "language": post.c.language_id,
            },
        )
    ),
    [post.c.id],
)
_COMMENTS = _section(
    select(
        *_columns(
            comment,
            CommentRecord,
            {
                **_timed(comment),
                "post": comment.c.post_id,
                "creator": comment.c.creator_id,
                "parent": comment.c.parent_id,
                "language": comment.c.language_id,
            },
        )
    ),
    [comment.c.id],
)


def _votes(table: Table, subject: str) -> _Section:
    fields: dict[str, Any] = {"person": table.c.person_id, "created": table.c.created_at}
    for name in ("post", "comment"):
        fields[name] = table.c[f"{name}_id"] if name == subject else null().label(name)
    keys = [table.c[f"{subject}_id"], table.c.person_id]
    return _section(select(*_columns(table, VoteRecord, fields)), keys)


_POST_VOTES = _votes(post_vote, "post")
_COMMENT_VOTES = _votes(comment_vote, "comment")


def each_record(conn: Connection) -> Iterator[Record]:
    """Everything, in the order of the format; refers to rows by their ids."""
    yield from _of(conn, _PEOPLE, PersonRecord._make)
    for rows in _rows(conn, _COMMUNITIES):
        yield from _with_languages(conn, [CommunityRecord._make(row) for row in rows])
    yield from _of(conn, _MODERATORS, ModeratorRecord._make)
    yield from _of(conn, _FOLLOWS, FollowRecord._make)
    for written in _of(conn, _POSTS, PostRecord._make):
        yield written._replace(language=LANGUAGES[int(written.language)].code)
    for answer in _of(conn, _COMMENTS, CommentRecord._make):
        yield answer._replace(language=LANGUAGES[int(answer.language)].code)
    yield from _of(conn, _POST_VOTES, VoteRecord._make)
    yield from _of(conn, _COMMENT_VOTES, VoteRecord._make)


def _of(conn: Connection, section: _Section, make: Callable[[Row], T]) -> Iterator[T]:
    for rows in _rows(conn, section):
        yield from map(make, rows)


def _with_languages(
    conn: Connection, communities: list[CommunityRecord]
) -> Iterator[CommunityRecord]:
    codes: dict[int, list[str]] = {}
    for community_id, language_id in conn.all(_LANGUAGES, ids=[each.id for each in communities]):
        codes.setdefault(community_id, []).append(LANGUAGES[language_id].code)
    for each in communities:
        yield each._replace(languages=tuple(codes.get(each.id, ())))


_LAST_IDS = {
    name: Statement(select(func.max(table.c.id)))
    for name, table in (
        ("person", person),
        ("community", community),
        ("post", post),
        ("comment", comment),
    )
}


def last_ids(conn: Connection) -> dict[str, int]:
    """The largest id of each numbered kind: how far an export has to go."""
    return {name: conn.value(query) or 0 for name, query in _LAST_IDS.items()}
