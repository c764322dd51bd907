"""Communities and who belongs to them in which role."""

from sqlalchemy import Index, Table, UniqueConstraint

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

community = Table(
    "community",
    metadata,
    id_column(),
    ref("instance_id", "instance"),
    text("name"),
    text("name_key"),
    text("title"),
    text("description", null=True),
    text("description_html", null=True),
    text("icon", null=True),
    text("banner", null=True),
    flag("local", default=True),
    text("ap_id", null=True),
    text("inbox_url", null=True),
    text("shared_inbox_url", null=True),
    text("followers_url", null=True),
    text("moderators_url", null=True),
    text("featured_url", null=True),
    flag("removed"),
    flag("deleted"),
    flag("hidden"),
    flag("nsfw"),
    flag("posting_restricted_to_mods"),
    # "Public", "LocalOnly"; "Private" and "Unlisted" are received and never shown to outsiders.
    text("visibility", default="Public"),
    count("subscribers"),
    count("subscribers_local"),
    count("posts"),
    count("comments"),
    count("users_active_day"),
    count("users_active_week"),
    count("users_active_month"),
    count("users_active_half_year"),
    rank("hot_rank"),
    time("created_at"),
    time("updated_at", null=True),
    time("refreshed_at", null=True),
    UniqueConstraint("instance_id", "name_key"),
    Index("ix_community_ap_id", "ap_id", unique=True),
    Index("ix_community_name_key", "name_key"),
    Index("ix_community_hot_rank", "hot_rank", "id"),
    # The default order among local ones, which a server with many remote ones has few of.
    Index("ix_community_local_hot_rank", "local", "hot_rank", "id"),
    Index("ix_community_created_at", "created_at", "id"),
    Index("ix_community_comments", "comments", "id"),
    Index("ix_community_subscribers", "subscribers", "id"),
    Index("ix_community_users_active_day", "users_active_day", "id"),
    Index("ix_community_users_active_week", "users_active_week", "id"),
    Index("ix_community_users_active_month", "users_active_month", "id"),
    Index("ix_community_users_active_half_year", "users_active_half_year", "id"),
    **STABLE_IDS,
)

community_follow = Table(
    "community_follow",
    metadata,
    key_ref("person_id", "person"),
    key_ref("community_id", "community"),
    flag("pending"),
    time("created_at"),
    Index("ix_community_follow_community_id", "community_id"),
    **CLUSTERED,
)

# The first appointed stands highest.
community_moderator = Table(
    "community_moderator",
    metadata,
    key_ref("community_id", "community"),
    key_ref("person_id", "person"),
    time("created_at"),
    Index("ix_community_moderator_person_id", "person_id"),
    **CLUSTERED,
)

community_ban = Table(
    "community_ban",
    metadata,
    key_ref("community_id", "community"),
    key_ref("person_id", "person"),
    time("created_at"),
    time("expires_at", null=True),
    Index("ix_community_ban_community_id", "community_id", "created_at"),
    Index("ix_community_ban_person_id", "person_id"),
    Index("ix_community_ban_expires_at", "expires_at"),
    **CLUSTERED,
)

# No rows: the languages of the site.
community_language = Table(
    "community_language",
    metadata,
    key_ref("community_id", "community"),
    key_ref("language_id", "language"),
    **CLUSTERED,
)

# When a person last wrote or voted in a community: what "active users" counts.
community_activity = Table(
    "community_activity",
    metadata,
    key_ref("community_id", "community"),
    key_ref("person_id", "person"),
    time("last_at"),
    **CLUSTERED,
)

# Tags (flair) that a community offers for its posts.
tag = Table(
    "tag",
    metadata,
    id_column(),
    ref("community_id", "community"),
    text("name"),
    text("title", null=True),
    text("color", null=True),
    text("ap_id", null=True),
    flag("deleted"),
    time("created_at"),
    time("updated_at", null=True),
    UniqueConstraint("community_id", "name"),
    **STABLE_IDS,
)

post_tag = Table(
    "post_tag",
    metadata,
    key_ref("post_id", "post"),
    key_ref("tag_id", "tag"),
    Index("ix_post_tag_tag_id", "tag_id"),
    **CLUSTERED,
)
