"""The site itself, other servers, and the small lists that an admin keeps."""

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint

from ._base import CLUSTERED, STABLE_IDS, count, flag, id_column, key_ref, metadata, ref, text, time

# Every server that we know, ourselves included (the site row names it).
instance = Table(
    "instance",
    metadata,
    id_column(),
    Column("domain", Text, nullable=False, unique=True),
    text("software", null=True),
    text("version", null=True),
    text("name", null=True),
    text("description", null=True),
    text("icon", null=True),
    text("actor_id", null=True),
    text("inbox_url", null=True),
    time("created_at"),
    time("updated_at", null=True),
    time("last_seen_at", null=True),
    **STABLE_IDS,
)

# Allow and block list. A row's kind is "allowed" or "blocked".
instance_rule = Table(
    "instance_rule",
    metadata,
    key_ref("instance_id", "instance"),
    Column("kind", Text, primary_key=True),
    text("reason", null=True),
    time("created_at"),
    time("expires_at", null=True),
    **CLUSTERED,
)

# One row, id 1: what the Lemmy API splits into site, local_site and rate limits.
site = Table(
    "site",
    metadata,
    id_column(),
    ref("instance_id", "instance"),
    text("domain"),
    text("name"),
    text("sidebar", null=True),
    text("sidebar_html", null=True),
    text("description", null=True),
    text("icon", null=True),
    text("banner", null=True),
    text("content_warning", null=True),
    flag("is_set_up"),
    text("setup_token_hash", null=True),
    flag("enable_downvotes", default=True),
    flag("enable_nsfw", default=True),
    flag("community_creation_admin_only"),
    flag("require_email_verification"),
    text("application_question", null=True),
    flag("private_instance"),
    text("default_theme", default="browser"),
    text("default_post_listing_type", default="Local"),
    text("default_post_listing_mode", default="List"),
    text("default_sort_type", default="Active"),
    text("legal_information", null=True),
    flag("hide_modlog_mod_names", default=True),
    flag("application_email_admins"),
    flag("reports_email_admins"),
    text("slur_filter_regex", null=True),
    count("actor_name_max_length", 20),
    flag("federation_enabled", default=True),
    flag("federation_signed_fetch"),
    flag("captcha_enabled"),
    text("captcha_difficulty", default="medium"),
    text("registration_mode", default="RequireApplication"),
    # Token buckets: how many at once, and in how many seconds an empty bucket is full again.
    count("rate_message", 180),
    count("rate_message_s", 60),
    count("rate_post", 6),
    count("rate_post_s", 600),
    count("rate_register", 10),
    count("rate_register_s", 3600),
    count("rate_image", 6),
    count("rate_image_s", 3600),
    count("rate_comment", 6),
    count("rate_comment_s", 600),
    count("rate_search", 60),
    count("rate_search_s", 600),
    count("rate_import_user_settings", 1),
    count("rate_import_user_settings_s", 86400),
    count("users"),
    count("communities"),
    count("users_active_day"),
    count("users_active_week"),
    count("users_active_month"),
    count("users_active_half_year"),
    # Signs the tokens of the API; made once.
    text("token_secret"),
    time("created_at"),
    time("updated_at", null=True),
    **STABLE_IDS,
)

SITE_ID = 1
IS_SITE = site.c.id == SITE_ID
"""There is one row."""

# How much was written here: the sums over a few rows, since a row is locked until its transaction is
# committed, and everybody who writes would wait for everybody else.
site_total = Table(
    "site_total",
    metadata,
    id_column(),
    count("posts"),
    count("comments"),
)

language = Table(
    "language",
    metadata,
    id_column(),
    Column("code", Text, nullable=False, unique=True),
    text("name"),
)

# No rows: every language is welcome.
site_language = Table(
    "site_language",
    metadata,
    key_ref("language_id", "language"),
)

tagline = Table(
    "tagline",
    metadata,
    id_column(),
    text("content"),
    time("created_at"),
    time("updated_at", null=True),
)

custom_emoji = Table(
    "custom_emoji",
    metadata,
    id_column(),
    Column("shortcode", Text, nullable=False, unique=True),
    text("image_url"),
    text("alt_text"),
    text("category"),
    time("created_at"),
    time("updated_at", null=True),
)

custom_emoji_keyword = Table(
    "custom_emoji_keyword",
    metadata,
    key_ref("custom_emoji_id", "custom_emoji"),
    Column("keyword", Text, primary_key=True),
    **CLUSTERED,
)

# Links that nobody may post; `url` has no scheme, as the API shows it.
blocked_url = Table(
    "blocked_url",
    metadata,
    id_column(),
    Column("url", Text, nullable=False, unique=True),
    time("created_at"),
    time("updated_at", null=True),
)

# Words and phrases beside the one slur pattern; action is "refuse", "replace" or "report".
blocked_word = Table(
    "blocked_word",
    metadata,
    id_column(),
    Column("word", Text, nullable=False, unique=True),
    text("action", default="refuse"),
    time("created_at"),
)

# Who changed which setting, from what to what (secrets never).
settings_change = Table(
    "settings_change",
    metadata,
    id_column(),
    ref("admin_id", "person", null=True, on_delete="SET NULL"),
    text("setting"),
    text("old_value", null=True),
    text("new_value", null=True),
    time("created_at"),
)

# A captcha that waits for its answer; used once, gone after ten minutes.
captcha = Table(
    "captcha",
    metadata,
    Column("uuid", Text, primary_key=True),
    text("answer"),
    time("created_at"),
    Index("ix_captcha_created_at", "created_at"),
)

# A content that the media store keeps. Its row is what somebody holds who adds an upload of this
# content, or erases it after the last one: so the two cannot pass each other.
blob = Table(
    "blob",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("size_bytes", Integer, nullable=False),
    flag("erasing"),
    time("created_at"),
    **CLUSTERED,
)

# Pictures and short videos that people uploaded here; one content may have come several times.
upload = Table(
    "upload",
    metadata,
    id_column(),
    Column("alias", Text, nullable=False, unique=True),
    text("delete_token"),
    text("sha256"),
    text("content_type"),
    count("width"),
    count("height"),
    Column("size_bytes", Integer, nullable=False),
    ref("account_id", "account", null=True, on_delete="SET NULL"),
    time("created_at"),
    Index("ix_upload_account_id", "account_id", "created_at", "size_bytes"),
    Index("ix_upload_created_at", "created_at"),
    Index("ix_upload_sha256", "sha256"),
    **STABLE_IDS,
)

# Where an upload is used: subject is "post", "comment", "person", "community", "site", "message".
upload_use = Table(
    "upload_use",
    metadata,
    key_ref("upload_id", "upload"),
    Column("subject", Text, primary_key=True),
    Column("subject_id", Integer, primary_key=True),
    Index("ix_upload_use_subject", "subject", "subject_id"),
    **CLUSTERED,
)

# Remote pictures that something here shows: only these does the picture proxy fetch.
remote_image = Table(
    "remote_image",
    metadata,
    Column("url", Text, primary_key=True),
    text("content_type", null=True),
    count("width"),
    count("height"),
    time("created_at"),
    **CLUSTERED,
)

feed = Table(
    "feed",
    metadata,
    id_column(),
    ref("creator_id", "person"),
    ref("instance_id", "instance"),
    text("name"),
    text("title"),
    text("description", null=True),
    flag("is_public"),
    flag("local", default=True),
    text("ap_id", null=True),
    flag("deleted"),
    time("created_at"),
    time("updated_at", null=True),
    Index("ix_feed_creator_id", "creator_id"),
    UniqueConstraint("instance_id", "name"),
    **STABLE_IDS,
)

feed_community = Table(
    "feed_community",
    metadata,
    key_ref("feed_id", "feed"),
    key_ref("community_id", "community"),
    Index("ix_feed_community_community_id", "community_id"),
    **CLUSTERED,
)

feed_follow = Table(
    "feed_follow",
    metadata,
    key_ref("feed_id", "feed"),
    key_ref("person_id", "person"),
    time("created_at"),
    **CLUSTERED,
)
