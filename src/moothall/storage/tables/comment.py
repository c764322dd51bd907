"""Comments, their tree and ranks, and what people do with them.

`path` is the materialised path that clients of the Lemmy API know: `0.<id>.<id>…`, root first,
ending in the comment's own id. All descendants of a comment stand in one range of it.
"""

from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    and_,
    literal_column,
)

from ._base import (
    CLUSTERED,
    STABLE_IDS,
    count,
    flag,
    id_column,
    key_ref,
    metadata,
    rank,
    ref,
    text,
    time,
)

comment = Table(
    "comment",
    metadata,
    id_column(),
    ref("post_id", "post"),
    ref("community_id", "community"),
    ref("creator_id", "person"),
    Column("parent_id", Integer),
    # Compared byte by byte, whatever the language of the database's texts is.
    Column("path", Text().with_variant(Text(collation="C"), "postgresql"), nullable=False),
    # 1 for an answer to the post itself.
    count("depth", 1),
    text("content"),
    # Null: plain text, rendered as one paragraph.
    text("content_html", null=True),
    Column("language_id", Integer, nullable=False, server_default="0"),
    flag("deleted"),
    flag("removed"),
    flag("distinguished"),
    flag("local", default=True),
    flag("in_local"),
    text("ap_id", null=True),
    count("score"),
    count("upvotes"),
    count("downvotes"),
    # All descendants, deleted and removed ones too.
    count("child_count"),
    rank("hot_rank"),
    rank("controversy_rank"),
    time("created_at"),
    time("updated_at", null=True),
    **STABLE_IDS,
)

# A constant of the statement: bound as a parameter, it would not tell SQLite that these are the
# rows of a partial index.
_NOTHING: ColumnElement[int] = literal_column("0")
HOT = comment.c.hot_rank > _NOTHING
CONTROVERSIAL = comment.c.controversy_rank > _NOTHING
_IN_LOCAL = comment.c.in_local.is_(True)
_REMOTE = comment.c.ap_id.is_not(None)


def _index(name: str, keys: list[str], condition: Any = None, *, unique: bool = False) -> None:
    where: dict[str, Any] = {}
    if condition is not None:
        where = {"sqlite_where": condition, "postgresql_where": condition}
    Index(name, *[comment.c[key] for key in keys], unique=unique, **where)


def _list_indexes(name: str, lead: list[str], scope: Any = None) -> None:
    """The orders of a feed in one scope; few comments are hot or disputed at any time."""
    _index(f"ix_comment_{name}created_at", [*lead, "created_at"], scope)
    _index(f"ix_comment_{name}score", [*lead, "score", "id"], scope)
    hot = HOT if scope is None else and_(scope, HOT)
    _index(f"ix_comment_{name}hot_rank", [*lead, "hot_rank", "score", "id"], hot)
    disputed = CONTROVERSIAL if scope is None else and_(scope, CONTROVERSIAL)
    _index(f"ix_comment_{name}controversy_rank", [*lead, "controversy_rank", "id"], disputed)


_index("ix_comment_ap_id", ["ap_id"], _REMOTE, unique=True)
_index("ix_comment_path", ["post_id", "path"])
_index("ix_comment_creator_id", ["creator_id", "created_at"])
_list_indexes("", [])
_list_indexes("local_", [], _IN_LOCAL)
_list_indexes("community_", ["community_id"])

comment_vote = Table(
    "comment_vote",
    metadata,
    key_ref("comment_id", "comment"),
    key_ref("person_id", "person"),
    Column("score", SmallInteger, nullable=False),
    time("created_at"),
    Index("ix_comment_vote_person_id", "person_id", "created_at"),
    **CLUSTERED,
)

comment_save = Table(
    "comment_save",
    metadata,
    key_ref("comment_id", "comment"),
    key_ref("person_id", "person"),
    time("created_at"),
    Index("ix_comment_save_created_at", "person_id", "created_at"),
    **CLUSTERED,
)
