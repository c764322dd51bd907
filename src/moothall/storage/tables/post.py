"""Posts, their ranks, and what people do with them.

A list page is answered from one index: it holds the order of the list and the columns that its
filters need, and only the rows of the page are then fetched. So there is an index for each order
in each scope (everywhere, local communities, one community). Deleted and removed posts are in none
of them.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    SmallInteger,
    Table,
    and_,
    literal_column,
    or_,
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

post = Table(
    "post",
    metadata,
    id_column(),
    ref("community_id", "community"),
    ref("creator_id", "person"),
    text("name"),
    text("url", null=True),
    text("body", null=True),
    # Null with a body: plain text, rendered as one paragraph.
    text("body_html", null=True),
    text("alt_text", null=True),
    Column("language_id", Integer, nullable=False, server_default="0"),
    flag("nsfw"),
    flag("deleted"),
    flag("removed"),
    flag("locked"),
    flag("featured_community"),
    flag("featured_local"),
    flag("local", default=True),
    # Whether the community is ours: never changes, and lists of local posts have indexes by it.
    flag("in_local"),
    text("ap_id", null=True),
    text("thumbnail_url", null=True),
    text("embed_title", null=True),
    text("embed_description", null=True),
    text("embed_video_url", null=True),
    text("url_content_type", null=True),
    Column("image_width", Integer),
    Column("image_height", Integer),
    count("comments"),
    count("score"),
    count("upvotes"),
    count("downvotes"),
    time("newest_comment_at"),
    # The newest comment that counts for "active": not the author's, within two days.
    time("newest_comment_necro_at"),
    rank("hot_rank"),
    rank("active_rank"),
    rank("scaled_rank"),
    rank("controversy_rank"),
    time("created_at"),
    time("updated_at", null=True),
    # Of `created_at`, see `domain.post.quarter_of`.
    Column("quarter", Integer, nullable=False),
    Index("ix_post_ap_id", "ap_id", unique=True),
    **STABLE_IDS,
)

LISTED = and_(post.c.deleted.is_(False), post.c.removed.is_(False))
LISTED_LOCAL = and_(LISTED, post.c.in_local.is_(True))
ORDERS = (
    "hot_rank",
    "active_rank",
    "scaled_rank",
    "controversy_rank",
    "newest_comment_at",
    "comments",
    "score",
)


# `deleted` and `removed` are constant here, but only an index that has all columns which a query
# names saves SQLite the look at the row.
_FILTERS = (
    "id",
    "community_id",
    "creator_id",
    "nsfw",
    "language_id",
    "featured_local",
    "deleted",
    "removed",
)


def _list_index(
    scope: str, order: str, lead: list[str], condition: ColumnElement[bool], also: list[str]
) -> Index:
    columns = [
        post.c[name] for name in dict.fromkeys([*lead, order, "created_at", *_FILTERS, *also])
    ]
    name = f"ix_post_{scope}_{order}"
    return Index(name, *columns, sqlite_where=condition, postgresql_where=condition)


# Name, what its indexes begin with, which posts they hold, what they need beside `_FILTERS`.
_SCOPES: tuple[tuple[str, list[str], ColumnElement[bool], list[str]], ...] = (
    ("all", ["featured_local"], LISTED, []),
    ("local", ["featured_local"], LISTED_LOCAL, ["in_local"]),
    ("community", ["community_id", "featured_community"], LISTED, []),
)
for _order in (*ORDERS, "created_at"):
    for _scope, _lead, _condition, _also in _SCOPES:
        _list_index(_scope, _order, _lead, _condition, _also)

# The best of the last days are found among the young: a post has a rank for a week (`hot_rank`), and
# those are few however old the forum is.
_RECENT = post.c.hot_rank > 0
for _scope, _lead, _condition, _also in _SCOPES:
    _names = [*_lead, "score", "created_at", *_FILTERS, *_also, "hot_rank"]
    Index(
        f"ix_post_{_scope}_recent",
        *[post.c[_name] for _name in dict.fromkeys(_names)],
        sqlite_where=and_(_condition, _RECENT),
        postgresql_where=and_(_condition, _RECENT),
    )

# The best of a longer time are found quarter by quarter: the index of the score alone would lead past
# all the better posts of earlier years.
for _scope, _lead, _condition, _also in _SCOPES:
    _list_index(_scope, "quarter", ["quarter", *_lead, "score"], _condition, _also)

# Everything by its author, deleted and removed too: they see their own.
Index("ix_post_creator_id", post.c.creator_id, post.c.created_at)
Index(
    "ix_post_url",
    post.c.url,
    sqlite_where=post.c.url.is_not(None),
    postgresql_where=post.c.url.is_not(None),
)
# Everything in a community, deleted and removed too: what its purge erases.
Index("ix_post_community_id", post.c.community_id)
# The posts whose ranks still fall: all that the background pass ever looks at.
# A written 0: a bound one would not be seen to imply the index's condition.
YOUNG = or_(post.c.hot_rank > literal_column("0"), post.c.active_rank > literal_column("0"))
Index(
    "ix_post_young",
    post.c.id,
    post.c.hot_rank,
    post.c.active_rank,
    sqlite_where=YOUNG,
    postgresql_where=YOUNG,
)

post_vote = Table(
    "post_vote",
    metadata,
    key_ref("post_id", "post"),
    key_ref("person_id", "person"),
    Column("score", SmallInteger, nullable=False),
    time("created_at"),
    Index("ix_post_vote_person_id", "person_id", "created_at"),
    **CLUSTERED,
)

post_save = Table(
    "post_save",
    metadata,
    key_ref("post_id", "post"),
    key_ref("person_id", "person"),
    time("created_at"),
    Index("ix_post_save_created_at", "person_id", "created_at"),
    **CLUSTERED,
)

# Read by this person; how many comments they had seen, and when.
post_read = Table(
    "post_read",
    metadata,
    key_ref("post_id", "post"),
    key_ref("person_id", "person"),
    Column("comments_seen", Integer),
    Column("comments_seen_at", BigInteger),
    time("created_at"),
    **CLUSTERED,
)

post_hide = Table(
    "post_hide",
    metadata,
    key_ref("post_id", "post"),
    key_ref("person_id", "person"),
    time("created_at"),
    **CLUSTERED,
)

# What a post or comment said before an edit; subject is "post" or "comment".
edit_history = Table(
    "edit_history",
    metadata,
    id_column(),
    text("subject"),
    Column("subject_id", Integer, nullable=False),
    text("title", null=True),
    text("url", null=True),
    text("body", null=True),
    # When this version was replaced.
    time("created_at"),
    Index("ix_edit_history_subject", "subject", "subject_id", "created_at"),
)
