"""Comments, their tree and ranks, and what people do with them.

`path` is the materialised path that clients of the Lemmy API know: `0.<id>.<id>…`, root first,
ending in the comment's own id. All descendants of a comment stand in one range of it.
"""

from sqlalchemy import Column, Index, Integer, SmallInteger, Table

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
    text("path"),
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

_HOT = comment.c.hot_rank > 0
_CONTROVERSIAL = comment.c.controversy_rank > 0
_REMOTE = comment.c.ap_id.is_not(None)
Index(
    "ix_comment_ap_id",
    comment.c.ap_id,
    unique=True,
    sqlite_where=_REMOTE,
    postgresql_where=_REMOTE,
)
Index("ix_comment_path", comment.c.post_id, comment.c.path)
Index("ix_comment_creator_id", comment.c.creator_id, comment.c.created_at)
Index("ix_comment_created_at", comment.c.created_at, comment.c.id)
Index("ix_comment_score", comment.c.score, comment.c.id)
Index(
    "ix_comment_hot_rank",
    comment.c.hot_rank,
    comment.c.score,
    comment.c.id,
    sqlite_where=_HOT,
    postgresql_where=_HOT,
)
Index(
    "ix_comment_controversy_rank",
    comment.c.controversy_rank,
    comment.c.id,
    sqlite_where=_CONTROVERSIAL,
    postgresql_where=_CONTROVERSIAL,
)
Index("ix_comment_community_created_at", comment.c.community_id, comment.c.created_at)
Index("ix_comment_community_score", comment.c.community_id, comment.c.score)

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
