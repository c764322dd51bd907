"""The index of words: what posts and comments contain, as stems. Searching: `search_list`.

The words of a text are cut to stems by `lib.stems`, so that both databases, which only compare them,
find the same. The index has no copy of the texts: to take one out of SQLite's, its stems are
computed again from the stored text. So whoever changes words calls `forget_…` before the change and
`index_…` after it; both may be called twice. When the stems of the same words change, everything is
indexed anew: `text_index`.

What is deleted or removed stays in the index until it is overwritten or purged: the queries leave
it out, and so it is found again when it is given back.

Each text also has labels, which no word can be: `§c7` its community, `§u3` its author, `§l` that
its community is of this server. A search in a narrow place then costs no more than it finds.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, select, text

from moothall.domain.languages import LANGUAGES
from moothall.lib.stems import stem_words

from .connection import Connection
from .statements import Row, Statement, any_of
from .tables import comment, post

# PostgreSQL takes words of 2,046 bytes and 1 MB of them in one text.
MAX_WORD_CHARS = 64
_MAX_WORDS_BYTES = 500_000
# The last position that PostgreSQL tells from the ones after it.
_LAST_POSITION = 16_383


def community_label(community_id: int) -> str:
    """The label of what stands in a community."""
    return f"§c{community_id}"


def creator_label(person_id: int) -> str:
    """The label of what somebody wrote."""
    return f"§u{person_id}"


LOCAL_LABEL = "§l"
"""The label of what stands in a community of this server."""


class _Text(NamedTuple):
    """What is indexed of one post (two parts: title and body) or comment (one part)."""

    id: int
    parts: tuple[list[str], ...]
    labels: list[str]


class _Subject(NamedTuple):
    """The statements for one kind of text; `columns` are those of SQLite's table."""

    columns: tuple[str, ...]
    texts: Statement
    indexed: Statement
    add: Statement
    forget: Statement


_PLACE = ("language_id", "community_id", "creator_id", "in_local")


def _subject(name: str, columns: tuple[str, ...], texts: "Select[Any]") -> _Subject:
    table = f"{name}_search"
    listed, values = ", ".join(columns), ", ".join(f":{column}" for column in columns)
    return _Subject(
        columns,
        Statement(texts),
        Statement(
            text(f"SELECT rowid FROM {table} WHERE rowid = :id"),
            postgresql=text(f"SELECT id FROM {table} WHERE id = :id"),
        ),
        Statement(
            text(f"INSERT INTO {table}(rowid, {listed}) VALUES (:id, {values})"),
            postgresql=text(
                f"INSERT INTO {table}(id, terms) VALUES (:id, CAST(:terms AS tsvector))"
            ),
        ),
        Statement(
            text(f"INSERT INTO {table}({table}, rowid, {listed}) VALUES ('delete', :id, {values})"),
            postgresql=text(f"DELETE FROM {table} WHERE id = :id"),
        ),
    )


_POST = _subject(
    "post",
    ("title", "body"),
    select(
        post.c.id, *[post.c[name] for name in _PLACE], post.c.name, post.c.body, post.c.alt_text
    ).where(any_of(post.c.id, "ids")),
)
_COMMENT = _subject(
    "comment",
    ("content",),
    select(comment.c.id, *[comment.c[name] for name in _PLACE], comment.c.content).where(
        any_of(comment.c.id, "ids")
    ),
)


def index_posts(conn: Connection, ids: Sequence[int]) -> None:
    """Let posts be found by their present words."""
    _index(conn, _POST, _posts(conn, ids))


def forget_posts(conn: Connection, ids: Sequence[int]) -> None:
    """Let posts be found no more; to be called while they still have the words to forget."""
    _forget(conn, _POST, _posts(conn, ids))


def index_comments(conn: Connection, ids: Sequence[int]) -> None:
    """Let comments be found by their present words."""
    _index(conn, _COMMENT, _comments(conn, ids))


def index_new_comment(conn: Connection, comment_id: int, comment: Mapping[str, Any]) -> None:
    """Let a comment be found that was stored just now, from the columns it was stored with."""
    row = (comment_id, *[comment[name] for name in _PLACE])
    new = _text(row, comment["content"])
    conn.run(_COMMENT.add, id=comment_id, **_values(conn, _COMMENT, new))


def forget_comments(conn: Connection, ids: Sequence[int]) -> None:
    """Let comments be found no more; to be called while they still have the words to forget."""
    _forget(conn, _COMMENT, _comments(conn, ids))


def _posts(conn: Connection, ids: Sequence[int]) -> Iterator[_Text]:
    for row in conn.all(_POST.texts, ids=list(ids)):
        name, body, alt_text = row[5:]
        rest = "\n".join(part for part in (body, alt_text) if part)
        yield _text(row, name, rest)


def _comments(conn: Connection, ids: Sequence[int]) -> Iterator[_Text]:
    for row in conn.all(_COMMENT.texts, ids=list(ids)):
        yield _text(row, row[5])


def _text(row: Row, *parts: str) -> _Text:
    id_, language_id, community_id, creator_id, in_local = row[:5]
    language = LANGUAGES[language_id].code
    labels = [community_label(community_id), creator_label(creator_id)]
    return _Text(
        id_,
        tuple(list(_bounded(stem_words(part, language))) for part in parts),
        [*labels, LOCAL_LABEL] if in_local else labels,
    )


def _bounded(words: Iterable[str]) -> Iterator[str]:
    left = _MAX_WORDS_BYTES
    for word in words:
        cut = word[:MAX_WORD_CHARS]
        left -= len(cut.encode())
        if left < 0:
            return
        yield cut


def _index(conn: Connection, subject: _Subject, texts: Iterator[_Text]) -> None:
    for each in texts:
        if conn.one(subject.indexed, id=each.id) is None:
            conn.run(subject.add, id=each.id, **_values(conn, subject, each))


def _forget(conn: Connection, subject: _Subject, texts: Iterator[_Text]) -> None:
    for each in texts:
        # To forget what is not there would spoil SQLite's index.
        if conn.one(subject.indexed, id=each.id) is not None:
            values = {} if conn.dialect == "postgresql" else _values(conn, subject, each)
            conn.run(subject.forget, id=each.id, **values)


def _values(conn: Connection, subject: _Subject, each: _Text) -> dict[str, str]:
    if conn.dialect == "postgresql":
        return {"terms": _vector(each)}
    *first, last = each.parts
    parts = [*first, [*last, *each.labels]]
    return {name: " ".join(part) for name, part in zip(subject.columns, parts, strict=True)}


def _vector(each: _Text) -> str:
    """The text of a `tsvector`; words of a title have weight A. No word has a quote in it."""
    words: list[str] = []
    position = 0
    for number, part in enumerate(each.parts):
        weight = "A" if number == 0 and len(each.parts) > 1 else ""
        for word in part:
            position = min(position + 1, _LAST_POSITION)
            words.append(f"'{word}':{position}{weight}")
        # A phrase does not begin in a title and end in a body.
        position += 1
    return " ".join([*words, *(f"'{label}'" for label in each.labels)])
