"""People and communities by a part of their name, as both databases' trigram indexes find it."""

import functools
from typing import Any

from sqlalchemy import Boolean, case, desc, false, func, select, text

from moothall.domain.post import PostSort
from moothall.domain.user import Person, PersonCounts, PersonView

from . import columns
from .connection import Connection
from .statements import Statement, any_of, param
from .tables import account, community, person

CANDIDATES = 1_000
_MAX_WORDS = 8
# Shorter ones have no trigram: only the beginning of names is compared with them.
_INDEXED_CHARS = 3
_SHOWN_NAME = {"person": "display_name", "community": "title"}


def name_words(text_: str) -> list[str]:
    """The words of a query for names, in lower case, without `@`, `!` and the host of a handle."""
    words = [word.lstrip("@!").partition("@")[0] for word in text_.lower().split()]
    return [word for word in words if word][:_MAX_WORDS]


def find_ids(conn: Connection, table: str, words: list[str]) -> list[int]:
    """Ids of the people ("person") or communities ("community") whose names have all the words.

    A word counts wherever it stands in the name or the shown name. If all words are shorter than
    three characters, only the beginning of the name counts. At most `CANDIDATES`.
    """
    long = [word for word in words if len(word) >= _INDEXED_CHARS]
    if not long:
        return _by_beginning(conn, table, words)
    if conn.dialect == "sqlite":
        match = " AND ".join('"{}"'.format(word.replace('"', '""')) for word in long)
        rows = conn.all(_containing(table), match=match, candidates=CANDIDATES)
    else:
        patterns = [f"%{_escaped(word)}%" for word in long]
        # The index can answer for one pattern; the longest leaves the fewest to look at.
        first = max(patterns, key=len)
        rows = conn.all(_containing(table), first=first, all=patterns, candidates=CANDIDATES)
    return [row[0] for row in rows]


def _by_beginning(conn: Connection, table: str, words: list[str]) -> list[int]:
    if not words:
        return []
    start = words[0]
    if conn.dialect == "sqlite":
        end = start[:-1] + chr(min(ord(start[-1]) + 1, 0x10FFFF))
        rows = conn.all(_beginning(table), start=start, end=end, candidates=CANDIDATES)
    else:
        pattern = f"{_escaped(start)}%"
        rows = conn.all(_beginning(table), pattern=pattern, candidates=CANDIDATES)
    return [row[0] for row in rows]


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _names(table: str) -> str:
    """What PostgreSQL's index is of, spelled as in its migration."""
    return f"""name_key || ' ' || lower(coalesce({_SHOWN_NAME[table]}, '') COLLATE "und-x-icu")"""


@functools.lru_cache(maxsize=2)
def _containing(table: str) -> Statement:
    index = f"{table}_search"
    return Statement(
        text(f"SELECT rowid FROM {index} WHERE {index} MATCH :match LIMIT :candidates"),
        postgresql=text(
            f"SELECT id FROM {table} WHERE ({_names(table)}) LIKE :first"
            f" AND ({_names(table)}) LIKE ALL (:all) LIMIT :candidates"
        ),
    )


@functools.lru_cache(maxsize=2)
def _beginning(table: str) -> Statement:
    return Statement(
        text(
            f"SELECT id FROM {table} WHERE name_key >= :start AND name_key < :end LIMIT :candidates"
        ),
        postgresql=text(
            f"SELECT id FROM {table} WHERE ({_names(table)}) LIKE :pattern LIMIT :candidates"
        ),
    )


_EXACTLY = Statement(
    select(community.c.id).where(community.c.name_key == param("name_key")).limit(CANDIDATES)
)


def communities_called(conn: Connection, name: str) -> list[int]:
    """Ids of the communities with exactly this name (lower case), here and elsewhere."""
    return [row[0] for row in conn.all(_EXACTLY, name_key=name)]


# ---- people ------------------------------------------------------------------------------------

_ORDERS: dict[PostSort, tuple[str, bool]] = {
    PostSort.NEW: ("created_at", False),
    PostSort.NEW_COMMENTS: ("created_at", False),
    PostSort.OLD: ("created_at", True),
    PostSort.MOST_COMMENTS: ("comment_count", False),
}
_BY_SCORE = ("comment_score", False)


def list_people(
    conn: Connection,
    ids: list[int],
    name: str,
    sort: PostSort | None,
    *,
    local_only: bool,
    limit: int,
    offset: int,
) -> list[PersonView]:
    """A page of these people; without a sort whoever is called exactly `name` comes first."""
    order, ascending = _ORDERS.get(sort or PostSort.HOT, _BY_SCORE)
    statement = _people(order, ascending=ascending, exact=sort is None, local_only=local_only)
    rows = conn.all(statement, ids=ids, name_key=name, limit=limit, offset=offset)
    size = len(Person._fields)
    return [
        PersonView(Person._make(row[:size]), PersonCounts._make(row[size:-1]), row[-1])
        for row in rows
    ]


@functools.lru_cache(maxsize=32)
def _people(order: str, *, ascending: bool, exact: bool, local_only: bool) -> Statement:
    query = (
        select(
            *columns.person(person),
            *columns.person_counts(person),
            func.coalesce(account.c.is_admin, false(), type_=Boolean),
        )
        .outerjoin(account, account.c.person_id == person.c.id)
        .where(any_of(person.c.id, "ids"), person.c.deleted.is_(False))
    )
    if local_only:
        query = query.where(person.c.local.is_(True))
    keys: list[Any] = [person.c[order], person.c.id]
    keys = keys if ascending else [desc(key) for key in keys]
    if exact:
        keys.insert(0, case((person.c.name_key == param("name_key"), 0), else_=1))
    return Statement(query.order_by(*keys).limit(param("limit")).offset(param("offset")))
