"""The schema of the first version."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table and index."""
    op.create_table(
        "activity_seen",
        sa.Column("id_hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id_hash", name=op.f("pk_activity_seen")),
    )
    op.create_index("ix_activity_seen_created_at", "activity_seen", ["created_at"], unique=False)
    op.create_table(
        "activity_sent",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ap_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_sent")),
        sa.UniqueConstraint("ap_id", name=op.f("uq_activity_sent_ap_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_activity_sent_created_at", "activity_sent", ["created_at"], unique=False)
    op.create_table(
        "actor_key",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("public_pem", sa.Text(), nullable=False),
        sa.Column("private_pem", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "subject_id", name=op.f("pk_actor_key")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "blob",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("erasing", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blob")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "blocked_url",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocked_url")),
        sa.UniqueConstraint("url", name=op.f("uq_blocked_url_url")),
    )
    op.create_table(
        "blocked_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), server_default="refuse", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocked_word")),
        sa.UniqueConstraint("word", name=op.f("uq_blocked_word_word")),
    )
    op.create_table(
        "captcha",
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("uuid", name=op.f("pk_captcha")),
    )
    op.create_index("ix_captcha_created_at", "captcha", ["created_at"], unique=False)
    op.create_table(
        "custom_emoji",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shortcode", sa.Text(), nullable=False),
        sa.Column("image_url", sa.Text(), nullable=False),
        sa.Column("alt_text", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_emoji")),
        sa.UniqueConstraint("shortcode", name=op.f("uq_custom_emoji_shortcode")),
    )
    op.create_table(
        "edit_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edit_history")),
    )
    op.create_index(
        "ix_edit_history_subject",
        "edit_history",
        ["subject", "subject_id", "created_at"],
        unique=False,
    )
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_event_transaction_id",
        "event",
        ["transaction_id", "id"],
        unique=False,
        sqlite_where=sa.text("transaction_id IS NOT NULL"),
    )
    op.create_table(
        "event_cursor",
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("consumer", name=op.f("pk_event_cursor")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("line", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("place", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("bad_lines", sa.Integer(), server_default="0", nullable=False),
        sa.Column("stored", sa.Text(), server_default="{}", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_import_run_fingerprint")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "instance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("software", sa.Text(), nullable=True),
        sa.Column("version", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("icon", sa.Text(), nullable=True),
        sa.Column("actor_id", sa.Text(), nullable=True),
        sa.Column("inbox_url", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=True),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instance")),
        sa.UniqueConstraint("domain", name=op.f("uq_instance_domain")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("failed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_job_due_at", "job", ["lane", "failed", "due_at"], unique=False)
    op.create_table(
        "language",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_language")),
        sa.UniqueConstraint("code", name=op.f("uq_language_code")),
    )
    op.create_table(
        "remote_image",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=True),
        sa.Column("width", sa.Integer(), server_default="0", nullable=False),
        sa.Column("height", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_remote_image")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "site_total",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("posts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("comments", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_total")),
    )
    op.create_table(
        "tagline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tagline")),
    )
    op.create_table(
        "text_index",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_text_index")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "activity_received",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("ap_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"],
            ["instance.id"],
            name=op.f("fk_activity_received_instance_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_received")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_activity_received_due_at", "activity_received", ["due_at"], unique=False)
    op.create_index(
        "ix_activity_received_instance_id", "activity_received", ["instance_id", "id"], unique=False
    )
    op.create_table(
        "community",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("description_html", sa.Text(), nullable=True),
        sa.Column("icon", sa.Text(), nullable=True),
        sa.Column("banner", sa.Text(), nullable=True),
        sa.Column("local", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("ap_id", sa.Text(), nullable=True),
        sa.Column("inbox_url", sa.Text(), nullable=True),
        sa.Column("shared_inbox_url", sa.Text(), nullable=True),
        sa.Column("followers_url", sa.Text(), nullable=True),
        sa.Column("moderators_url", sa.Text(), nullable=True),
        sa.Column("featured_url", sa.Text(), nullable=True),
        sa.Column("removed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("hidden", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("nsfw", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column(
            "posting_restricted_to_mods", sa.Boolean(), server_default=sa.false(), nullable=False
        ),
        sa.Column("visibility", sa.Text(), server_default="Public", nullable=False),
        sa.Column("subscribers", sa.Integer(), server_default="0", nullable=False),
        sa.Column("subscribers_local", sa.Integer(), server_default="0", nullable=False),
        sa.Column("posts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("comments", sa.Integer(), server_default="0", nullable=False),
        sa.Column("users_active_day", sa.Integer(), server_default="0", nullable=False),
        sa.Column("users_active_week", sa.Integer(), server_default="0", nullable=False),
        sa.Column("users_active_month", sa.Integer(), server_default="0", nullable=False),
        sa.Column("users_active_half_year", sa.Integer(), server_default="0", nullable=False),
        sa.Column("hot_rank", sa.Float(), server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=True),
        sa.Column("refreshed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"],
            ["instance.id"],
            name=op.f("fk_community_instance_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community")),
        sa.UniqueConstraint(
            "instance_id", "name_key", name=op.f("uq_community_instance_id_name_key")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_community_ap_id", "community", ["ap_id"], unique=True)
    op.create_index("ix_community_comments", "community", ["comments", "id"], unique=False)
    op.create_index("ix_community_created_at", "community", ["created_at", "id"], unique=False)
    op.create_index("ix_community_hot_rank", "community", ["hot_rank", "id"], unique=False)
    op.create_index(
        "ix_community_local_hot_rank", "community", ["local", "hot_rank", "id"], unique=False
    )
    op.create_index("ix_community_name_key", "community", ["name_key"], unique=False)
    op.create_index("ix_community_subscribers", "community", ["subscribers", "id"], unique=False)
    op.create_index(
        "ix_community_users_active_day", "community", ["users_active_day", "id"], unique=False
    )
    op.create_index(
        "ix_community_users_active_half_year",
        "community",
        ["users_active_half_year", "id"],
        unique=False,
    )
    op.create_index(
        "ix_community_users_active_month", "community", ["users_active_month", "id"], unique=False
    )
    op.create_index(
        "ix_community_users_active_week", "community", ["users_active_week", "id"], unique=False
    )
    op.create_table(
        "custom_emoji_keyword",
        sa.Column("custom_emoji_id", sa.Integer(), nullable=False),
        sa.Column("keyword", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["custom_emoji_id"],
            ["custom_emoji.id"],
            name=op.f("fk_custom_emoji_keyword_custom_emoji_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("custom_emoji_id", "keyword", name=op.f("pk_custom_emoji_keyword")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "delivery_cursor",
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.BigInteger(), nullable=False),
        sa.Column("fail_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("last_success_at", sa.BigInteger(), nullable=True),
        sa.Column("last_try_at", sa.BigInteger(), nullable=True),
        sa.Column("next_try_at", sa.BigInteger(), nullable=True),
        sa.Column("dead", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"],
            ["instance.id"],
            name=op.f("fk_delivery_cursor_instance_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("instance_id", name=op.f("pk_delivery_cursor")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "import_map",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("archive_id", sa.BigInteger(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["import_run.id"], name=op.f("fk_import_map_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "kind", "archive_id", name=op.f("pk_import_map")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "instance_rule",
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"],
            ["instance.id"],
            name=op.f("fk_instance_rule_instance_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("instance_id", "kind", name=op.f("pk_instance_rule")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=True),
        sa.Column("bio", sa.Text(), nullable=True),
        sa.Column("bio_html", sa.Text(), nullable=True),
        sa.Column("avatar", sa.Text(), nullable=True),
        sa.Column("banner", sa.Text(), nullable=True),
        sa.Column("matrix_user_id", sa.Text(), nullable=True),
        sa.Column("bot", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("local", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("ap_id", sa.Text(), nullable=True),
        sa.Column("inbox_url", sa.Text(), nullable=True),
        sa.Column("shared_inbox_url", sa.Text(), nullable=True),
        sa.Column("banned", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("ban_expires_at", sa.BigInteger(), nullable=True),
        sa.Column("deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("moved_to", sa.Text(), nullable=True),
        sa.Column("post_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("comment_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("post_score", sa.Integer(), server_default="0", nullable=False),
        sa.Column("comment_score", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=True),
        sa.Column("refreshed_at", sa.BigInteger(), nullable=True),
        sa.Column("last_active_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_person_instance_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("instance_id", "name_key", name=op.f("uq_person_instance_id_name_key")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_person_ap_id", "person", ["ap_id"], unique=True)
    op.create_index("ix_person_ban_expires_at", "person", ["ban_expires_at"], unique=False)
    op.create_index(
        "ix_person_banned",
        "person",
        ["id"],
        unique=False,
        sqlite_where=sa.text("banned IS 1"),
        postgresql_where=sa.text("banned IS true"),
    )
    op.create_index("ix_person_comment_score", "person", ["comment_score"], unique=False)
    op.create_index("ix_person_created_at", "person", ["created_at"], unique=False)
    op.create_index(
        "ix_person_last_active_at",
        "person",
        ["last_active_at"],
        unique=False,
        sqlite_where=sa.text("last_active_at IS NOT NULL"),
        postgresql_where=sa.text("last_active_at IS NOT NULL"),
    )
    op.create_index("ix_person_name_key", "person", ["name_key"], unique=False)
    op.create_table(
        "site",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sidebar", sa.Text(), nullable=True),
        sa.Column("sidebar_html", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("icon", sa.Text(), nullable=True),
        sa.Column("banner", sa.Text(), nullable=True),
        sa.Column("content_warning", sa.Text(), nullable=True),
        sa.Column("is_set_up", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("setup_token_hash", sa.Text(), nullable=True),
        sa.Column("enable_downvotes", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("enable_nsfw", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column(
            "community_creation_admin_only", sa.Boolean(), server_default=sa.false(), nullable=False
        ),
        sa.Column(
            "require_email_verification", sa.Boolean(), server_default=sa.false(), nullable=False
        ),
        sa.Column("application_question", sa.Text(), nullable=True),
        sa.Column("private_instance", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("default_theme", sa.Text(), server_default="browser", nullable=False),
        sa.Column("default_post_listing_type", sa.Text(), server_default="Local", nullable=False),
        sa.Column("default_post_listing_mode", sa.Text(), server_default="List", nullable=False),
        sa.Column("default_sort_type", sa.Text(), server_default="Active", nullable=False),
        sa.Column("legal_information", sa.Text(), nullable=True),
        sa.Column("hide_modlog_mod_names", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column(
            "application_email_admins", sa.Boolean(), server_default=sa.false(), nullable=False
        ),
        sa.Column("reports_email_admins", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("slur_filter_regex", sa.Text(), nullable=True),
        sa.Column("actor_name_max_length", sa.Integer(), server_default="20", nullable=False),
        sa.Column("federation_enabled", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column(
            "federation_signed_fetch", sa.Boolean(), server_default=sa.false(), nullable=False
        ),
        sa.Column("captcha_enabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("captcha_difficulty", sa.Text(), server_default="medium", nullable=False),
        sa.Column(
            "registration_mode", sa.Text(), server_default="RequireApplication", nullable=False
        ),
        sa.Column("rate_message", sa.Integer(), server_default="180", nullable=False),
        sa.Column("rate_message_s", sa.Integer(), server_default="60", nullable=False),
        sa.Column("rate_post", sa.Integer(), server_default="6", nullable=False),
        sa.Column("rate_post_s", sa.Integer(), server_default="600", nullable=False),
        sa.Column("rate_register", sa.Integer(), server_default="10", nullable=False),
        sa.Column("rate_register_s", sa.Integer(), server_default="3600", nullable=False),
        sa.Column("rate_image", sa.Integer(), server_default="6", nullable=False),
        sa.Column("rate_image_s", sa.Integer(), server_default="3600", nullable=False),
        sa.Column("rate_comment", sa.Integer(), server_default="6", nullable=False),
        sa.Column("rate_comment_s", sa.Integer(), server_default="600", nullable=False),
        sa.Column("rate_search", sa.Integer(), server_default="60", nullable=False),
        sa.Column("rate_search_s", sa.Integer(), server_default="600", nullable=False),
        sa.Column("rate_import_user_settings", sa.Integer(), server_default="1", nullable=False),
        sa.Column(
            "rate_import_user_settings_s", sa.Integer(), server_default="86400", nullable=False
        ),
        sa.Column("users", sa.Integer(), server_default="0", nullable=False),
        sa.Column("communities", sa.Integer(), server_default="0", nullable=False),
        sa.Column("users_active_day", sa.Integer(), server_default="0", nullable=False),
        sa.Column("users_active_week", sa.Integer(), server_default="0", nullable=False),
        sa.Column("users_active_month", sa.Integer(), server_default="0", nullable=False),
        sa.Column("users_active_half_year", sa.Integer(), server_default="0", nullable=False),
        sa.Column("token_secret", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_site_instance_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "site_language",
        sa.Column("language_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["language_id"],
            ["language.id"],
            name=op.f("fk_site_language_language_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("language_id", name=op.f("pk_site_language")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("email_key", sa.Text(), nullable=True),
        sa.Column("email_verified", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("is_admin", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("admin_since", sa.BigInteger(), nullable=True),
        sa.Column("accepted_application", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("totp_secret", sa.Text(), nullable=True),
        sa.Column("totp_enabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("totp_last_step", sa.Integer(), server_default="0", nullable=False),
        sa.Column("show_nsfw", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("blur_nsfw", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("auto_expand", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("theme", sa.Text(), server_default="browser", nullable=False),
        sa.Column("default_sort_type", sa.Text(), server_default="Active", nullable=False),
        sa.Column("default_listing_type", sa.Text(), server_default="Local", nullable=False),
        sa.Column("default_comment_sort_type", sa.Text(), server_default="Hot", nullable=False),
        sa.Column("interface_language", sa.Text(), server_default="browser", nullable=False),
        sa.Column("post_listing_mode", sa.Text(), server_default="List", nullable=False),
        sa.Column("show_avatars", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column(
            "send_notifications_to_email", sa.Boolean(), server_default=sa.false(), nullable=False
        ),
        sa.Column("show_scores", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("show_bot_accounts", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("show_read_posts", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("open_links_in_new_tab", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column(
            "infinite_scroll_enabled", sa.Boolean(), server_default=sa.false(), nullable=False
        ),
        sa.Column(
            "enable_keyboard_navigation", sa.Boolean(), server_default=sa.false(), nullable=False
        ),
        sa.Column("enable_animated_images", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("collapse_bot_comments", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("votes_show_score", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("votes_show_upvotes", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("votes_show_downvotes", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("votes_show_percentage", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("donation_dialog_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_account_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email_key", name=op.f("uq_account_email_key")),
        sa.UniqueConstraint("person_id", name=op.f("uq_account_person_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_account_is_admin", "account", ["admin_since"], unique=False)
    op.create_table(
        "community_activity",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_community_activity_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_community_activity_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("community_id", "person_id", name=op.f("pk_community_activity")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "community_ban",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_community_ban_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_community_ban_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("community_id", "person_id", name=op.f("pk_community_ban")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_community_ban_community_id",
        "community_ban",
        ["community_id", "created_at"],
        unique=False,
    )
    op.create_index("ix_community_ban_expires_at", "community_ban", ["expires_at"], unique=False)
    op.create_index("ix_community_ban_person_id", "community_ban", ["person_id"], unique=False)
    op.create_table(
        "community_block",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_community_block_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_community_block_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", "community_id", name=op.f("pk_community_block")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_community_block_community_id", "community_block", ["community_id"], unique=False
    )
    op.create_table(
        "community_follow",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("pending", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_community_follow_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_community_follow_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", "community_id", name=op.f("pk_community_follow")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_community_follow_community_id", "community_follow", ["community_id"], unique=False
    )
    op.create_table(
        "community_language",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("language_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_community_language_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["language_id"],
            ["language.id"],
            name=op.f("fk_community_language_language_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("community_id", "language_id", name=op.f("pk_community_language")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "community_moderator",
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_community_moderator_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_community_moderator_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("community_id", "person_id", name=op.f("pk_community_moderator")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_community_moderator_person_id", "community_moderator", ["person_id"], unique=False
    )
    op.create_table(
        "feed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("creator_id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("is_public", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("local", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("ap_id", sa.Text(), nullable=True),
        sa.Column("deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["person.id"], name=op.f("fk_feed_creator_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_feed_instance_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
        sa.UniqueConstraint("instance_id", "name", name=op.f("uq_feed_instance_id_name")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_feed_creator_id", "feed", ["creator_id"], unique=False)
    op.create_table(
        "instance_block",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"],
            ["instance.id"],
            name=op.f("fk_instance_block_instance_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_instance_block_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", "instance_id", name=op.f("pk_instance_block")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "moderator_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"],
            ["person.id"],
            name=op.f("fk_moderator_note_author_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_moderator_note_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
            name=op.f("fk_moderator_note_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderator_note")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_moderator_note_community_id", "moderator_note", ["community_id"], unique=False
    )
    op.create_index(
        "ix_moderator_note_person_id", "moderator_note", ["person_id", "community_id"], unique=False
    )
    op.create_table(
        "person_block",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_block_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["person.id"], name=op.f("fk_person_block_target_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "target_id", name=op.f("pk_person_block")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_person_block_target_id", "person_block", ["target_id"], unique=False)
    op.create_table(
        "person_follow",
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("follower_id", sa.Integer(), nullable=False),
        sa.Column("pending", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["follower_id"],
            ["person.id"],
            name=op.f("fk_person_follow_follower_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["target_id"],
            ["person.id"],
            name=op.f("fk_person_follow_target_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("target_id", "follower_id", name=op.f("pk_person_follow")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_person_follow_follower_id", "person_follow", ["follower_id"], unique=False)
    op.create_table(
        "post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("creator_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("body_html", sa.Text(), nullable=True),
        sa.Column("alt_text", sa.Text(), nullable=True),
        sa.Column("language_id", sa.Integer(), server_default="0", nullable=False),
        sa.Column("nsfw", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("removed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("locked", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("featured_community", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("featured_local", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("local", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("in_local", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("ap_id", sa.Text(), nullable=True),
        sa.Column("thumbnail_url", sa.Text(), nullable=True),
        sa.Column("embed_title", sa.Text(), nullable=True),
        sa.Column("embed_description", sa.Text(), nullable=True),
        sa.Column("embed_video_url", sa.Text(), nullable=True),
        sa.Column("url_content_type", sa.Text(), nullable=True),
        sa.Column("image_width", sa.Integer(), nullable=True),
        sa.Column("image_height", sa.Integer(), nullable=True),
        sa.Column("comments", sa.Integer(), server_default="0", nullable=False),
        sa.Column("score", sa.Integer(), server_default="0", nullable=False),
        sa.Column("upvotes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("downvotes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("newest_comment_at", sa.BigInteger(), nullable=False),
        sa.Column("newest_comment_necro_at", sa.BigInteger(), nullable=False),
        sa.Column("hot_rank", sa.Float(), server_default="0", nullable=False),
        sa.Column("active_rank", sa.Float(), server_default="0", nullable=False),
        sa.Column("scaled_rank", sa.Float(), server_default="0", nullable=False),
        sa.Column("controversy_rank", sa.Float(), server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=True),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_post_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["person.id"], name=op.f("fk_post_creator_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_post_all_active_rank",
        "post",
        [
            "featured_local",
            "active_rank",
            "created_at",
            "id",
            "community_id",
            "creator_id",
            "nsfw",
            "language_id",
            "deleted",
            "removed",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0"),
        postgresql_where=sa.text("deleted IS false AND removed IS false"),
    )
    op.create_index(
        "ix_post_all_comments",
        "post",
        [
            "featured_local",
            "comments",
            "created_at",
            "id",
            "community_id",
            "creator_id",
            "nsfw",
            "language_id",
            "deleted",
            "removed",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0"),
        postgresql_where=sa.text("deleted IS false AND removed IS false"),
    )
    op.create_index(
        "ix_post_all_controversy_rank",
        "post",
        [
            "featured_local",
            "controversy_rank",
            "created_at",
            "id",
            "community_id",
            "creator_id",
            "nsfw",
            "language_id",
            "deleted",
            "removed",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0"),
        postgresql_where=sa.text("deleted IS false AND removed IS false"),
    )
    op.create_index(
        "ix_post_all_created_at",
        "post",
        [
            "featured_local",
            "created_at",
            "id",
            "community_id",
            "creator_id",
            "nsfw",
            "language_id",
            "deleted",
            "removed",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0"),
        postgresql_where=sa.text("deleted IS false AND removed IS false"),
    )
    op.create_index(
        "ix_post_all_hot_rank",
        "post",
        [
            "featured_local",
            "hot_rank",
            "created_at",
            "id",
            "community_id",
            "creator_id",
            "nsfw",
            "language_id",
            "deleted",
            "removed",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0"),
        postgresql_where=sa.text("deleted IS false AND removed IS false"),
    )
    op.create_index(
        "ix_post_all_newest_comment_at",
        "post",
        [
            "featured_local",
            "newest_comment_at",
            "created_at",
            "id",
            "community_id",
            "creator_id",
            "nsfw",
            "language_id",
            "deleted",
            "removed",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0"),
        postgresql_where=sa.text("deleted IS false AND removed IS false"),
    )
    op.create_index(
        "ix_post_all_quarter",
        "post",
        [
            "quarter",
            "featured_local",
            "score",
            "created_at",
            "id",
            "community_id",
            "creator_id",
            "nsfw",
            "language_id",
            "deleted",
            "removed",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0"),
        postgresql_where=sa.text("deleted IS false AND removed IS false"),
    )
    op.create_index(
        "ix_post_all_recent",
        "post",
        [
            "featured_local",
            "score",
            "created_at",
            "id",
            "community_id",
            "creator_id",
            "nsfw",
            "language_id",
            "deleted",
            "removed",
            "hot_rank",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0 AND hot_rank > 0"),
        postgresql_where=sa.text("deleted IS false AND removed IS false AND hot_rank > 0"),
    )
    op.create_index(
        "ix_post_all_scaled_rank",
        "post",
        [
            "featured_local",
            "scaled_rank",
            "created_at",
            "id",
            "community_id",
            "creator_id",
            "nsfw",
            "language_id",
            "deleted",
            "removed",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0"),
        postgresql_where=sa.text("deleted IS false AND removed IS false"),
    )
    op.create_index(
        "ix_post_all_score",
        "post",
        [
            "featured_local",
            "score",
            "created_at",
            "id",
            "community_id",
            "creator_id",
            "nsfw",
            "language_id",
            "deleted",
            "removed",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0"),
        postgresql_where=sa.text("deleted IS false AND removed IS false"),
    )
    op.create_index("ix_post_ap_id", "post", ["ap_id"], unique=True)
    op.create_index(
        "ix_post_community_active_rank",
        "post",
        [
            "community_id",
            "featured_community",
            "active_rank",
            "created_at",
            "id",
            "creator_id",
            "nsfw",
            "language_id",
            "featured_local",
            "deleted",
            "removed",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0"),
        postgresql_where=sa.text("deleted IS false AND removed IS false"),
    )
    op.create_index(
        "ix_post_community_comments",
        "post",
        [
            "community_id",
            "featured_community",
            "comments",
            "created_at",
            "id",
            "creator_id",
            "nsfw",
            "language_id",
            "featured_local",
            "deleted",
            "removed",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0"),
        postgresql_where=sa.text("deleted IS false AND removed IS false"),
    )
    op.create_index(
        "ix_post_community_controversy_rank",
        "post",
        [
            "community_id",
            "featured_community",
            "controversy_rank",
            "created_at",
            "id",
            "creator_id",
            "nsfw",
            "language_id",
            "featured_local",
            "deleted",
            "removed",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0"),
        postgresql_where=sa.text("deleted IS false AND removed IS false"),
    )
    op.create_index(
        "ix_post_community_created_at",
        "post",
        [
            "community_id",
            "featured_community",
            "created_at",
            "id",
            "creator_id",
            "nsfw",
            "language_id",
            "featured_local",
            "deleted",
            "removed",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0"),
        postgresql_where=sa.text("deleted IS false AND removed IS false"),
    )
    op.create_index(
        "ix_post_community_hot_rank",
        "post",
        [
            "community_id",
            "featured_community",
            "hot_rank",
            "created_at",
            "id",
            "creator_id",
            "nsfw",
            "language_id",
            "featured_local",
            "deleted",
            "removed",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0"),
        postgresql_where=sa.text("deleted IS false AND removed IS false"),
    )
    op.create_index("ix_post_community_id", "post", ["community_id"], unique=False)
    op.create_index(
        "ix_post_community_newest_comment_at",
        "post",
        [
            "community_id",
            "featured_community",
            "newest_comment_at",
            "created_at",
            "id",
            "creator_id",
            "nsfw",
            "language_id",
            "featured_local",
            "deleted",
            "removed",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0"),
        postgresql_where=sa.text("deleted IS false AND removed IS false"),
    )
    op.create_index(
        "ix_post_community_quarter",
        "post",
        [
            "quarter",
            "community_id",
            "featured_community",
            "score",
            "created_at",
            "id",
            "creator_id",
            "nsfw",
            "language_id",
            "featured_local",
            "deleted",
            "removed",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0"),
        postgresql_where=sa.text("deleted IS false AND removed IS false"),
    )
    op.create_index(
        "ix_post_community_recent",
        "post",
        [
            "community_id",
            "featured_community",
            "score",
            "created_at",
            "id",
            "creator_id",
            "nsfw",
            "language_id",
            "featured_local",
            "deleted",
            "removed",
            "hot_rank",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0 AND hot_rank > 0"),
        postgresql_where=sa.text("deleted IS false AND removed IS false AND hot_rank > 0"),
    )
    op.create_index(
        "ix_post_community_scaled_rank",
        "post",
        [
            "community_id",
            "featured_community",
            "scaled_rank",
            "created_at",
            "id",
            "creator_id",
            "nsfw",
            "language_id",
            "featured_local",
            "deleted",
            "removed",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0"),
        postgresql_where=sa.text("deleted IS false AND removed IS false"),
    )
    op.create_index(
        "ix_post_community_score",
        "post",
        [
            "community_id",
            "featured_community",
            "score",
            "created_at",
            "id",
            "creator_id",
            "nsfw",
            "language_id",
            "featured_local",
            "deleted",
            "removed",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0"),
        postgresql_where=sa.text("deleted IS false AND removed IS false"),
    )
    op.create_index("ix_post_creator_id", "post", ["creator_id", "created_at"], unique=False)
    op.create_index(
        "ix_post_local_active_rank",
        "post",
        [
            "featured_local",
            "active_rank",
            "created_at",
            "id",
            "community_id",
            "creator_id",
            "nsfw",
            "language_id",
            "deleted",
            "removed",
            "in_local",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0 AND in_local IS 1"),
        postgresql_where=sa.text("deleted IS false AND removed IS false AND in_local IS true"),
    )
    op.create_index(
        "ix_post_local_comments",
        "post",
        [
            "featured_local",
            "comments",
            "created_at",
            "id",
            "community_id",
            "creator_id",
            "nsfw",
            "language_id",
            "deleted",
            "removed",
            "in_local",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0 AND in_local IS 1"),
        postgresql_where=sa.text("deleted IS false AND removed IS false AND in_local IS true"),
    )
    op.create_index(
        "ix_post_local_controversy_rank",
        "post",
        [
            "featured_local",
            "controversy_rank",
            "created_at",
            "id",
            "community_id",
            "creator_id",
            "nsfw",
            "language_id",
            "deleted",
            "removed",
            "in_local",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0 AND in_local IS 1"),
        postgresql_where=sa.text("deleted IS false AND removed IS false AND in_local IS true"),
    )
    op.create_index(
        "ix_post_local_created_at",
        "post",
        [
            "featured_local",
            "created_at",
            "id",
            "community_id",
            "creator_id",
            "nsfw",
            "language_id",
            "deleted",
            "removed",
            "in_local",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0 AND in_local IS 1"),
        postgresql_where=sa.text("deleted IS false AND removed IS false AND in_local IS true"),
    )
    op.create_index(
        "ix_post_local_hot_rank",
        "post",
        [
            "featured_local",
            "hot_rank",
            "created_at",
            "id",
            "community_id",
            "creator_id",
            "nsfw",
            "language_id",
            "deleted",
            "removed",
            "in_local",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0 AND in_local IS 1"),
        postgresql_where=sa.text("deleted IS false AND removed IS false AND in_local IS true"),
    )
    op.create_index(
        "ix_post_local_newest_comment_at",
        "post",
        [
            "featured_local",
            "newest_comment_at",
            "created_at",
            "id",
            "community_id",
            "creator_id",
            "nsfw",
            "language_id",
            "deleted",
            "removed",
            "in_local",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0 AND in_local IS 1"),
        postgresql_where=sa.text("deleted IS false AND removed IS false AND in_local IS true"),
    )
    op.create_index(
        "ix_post_local_quarter",
        "post",
        [
            "quarter",
            "featured_local",
            "score",
            "created_at",
            "id",
            "community_id",
            "creator_id",
            "nsfw",
            "language_id",
            "deleted",
            "removed",
            "in_local",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0 AND in_local IS 1"),
        postgresql_where=sa.text("deleted IS false AND removed IS false AND in_local IS true"),
    )
    op.create_index(
        "ix_post_local_recent",
        "post",
        [
            "featured_local",
            "score",
            "created_at",
            "id",
            "community_id",
            "creator_id",
            "nsfw",
            "language_id",
            "deleted",
            "removed",
            "in_local",
            "hot_rank",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0 AND in_local IS 1 AND hot_rank > 0"),
        postgresql_where=sa.text(
            "deleted IS false AND removed IS false AND in_local IS true AND hot_rank > 0"
        ),
    )
    op.create_index(
        "ix_post_local_scaled_rank",
        "post",
        [
            "featured_local",
            "scaled_rank",
            "created_at",
            "id",
            "community_id",
            "creator_id",
            "nsfw",
            "language_id",
            "deleted",
            "removed",
            "in_local",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0 AND in_local IS 1"),
        postgresql_where=sa.text("deleted IS false AND removed IS false AND in_local IS true"),
    )
    op.create_index(
        "ix_post_local_score",
        "post",
        [
            "featured_local",
            "score",
            "created_at",
            "id",
            "community_id",
            "creator_id",
            "nsfw",
            "language_id",
            "deleted",
            "removed",
            "in_local",
        ],
        unique=False,
        sqlite_where=sa.text("deleted IS 0 AND removed IS 0 AND in_local IS 1"),
        postgresql_where=sa.text("deleted IS false AND removed IS false AND in_local IS true"),
    )
    op.create_index(
        "ix_post_url",
        "post",
        ["url"],
        unique=False,
        sqlite_where=sa.text("url IS NOT NULL"),
        postgresql_where=sa.text("url IS NOT NULL"),
    )
    op.create_index(
        "ix_post_young",
        "post",
        ["id", "hot_rank", "active_rank"],
        unique=False,
        sqlite_where=sa.text("hot_rank > 0 OR active_rank > 0"),
        postgresql_where=sa.text("hot_rank > 0 OR active_rank > 0"),
    )
    op.create_table(
        "private_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("creator_id", sa.Integer(), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_html", sa.Text(), nullable=True),
        sa.Column("deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("removed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("read", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("local", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("ap_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["creator_id"],
            ["person.id"],
            name=op.f("fk_private_message_creator_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"],
            ["person.id"],
            name=op.f("fk_private_message_recipient_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_private_message")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_private_message_ap_id", "private_message", ["ap_id"], unique=True)
    op.create_index(
        "ix_private_message_conversation",
        "private_message",
        ["recipient_id", "creator_id", "created_at"],
        unique=False,
    )
    op.create_index(
        "ix_private_message_creator_id",
        "private_message",
        ["creator_id", "created_at"],
        unique=False,
    )
    op.create_index(
        "ix_private_message_recipient_id",
        "private_message",
        ["recipient_id", "created_at"],
        unique=False,
    )
    op.create_index(
        "ix_private_message_unread",
        "private_message",
        ["recipient_id", "created_at"],
        unique=False,
        sqlite_where=sa.text("read IS 0"),
        postgresql_where=sa.text("read IS false"),
    )
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("creator_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("original_title", sa.Text(), nullable=True),
        sa.Column("original_url", sa.Text(), nullable=True),
        sa.Column("original_text", sa.Text(), nullable=True),
        sa.Column("resolved", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("resolver_id", sa.Integer(), nullable=True),
        sa.Column("conclusion", sa.Text(), nullable=True),
        sa.Column("local", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("ap_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_report_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["person.id"], name=op.f("fk_report_creator_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["resolver_id"], ["person.id"], name=op.f("fk_report_resolver_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint(
            "creator_id",
            "subject",
            "subject_id",
            name=op.f("uq_report_creator_id_subject_subject_id"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_report_community_id",
        "report",
        ["community_id", "subject", "resolved", "created_at"],
        unique=False,
    )
    op.create_index("ix_report_created_at", "report", ["subject", "created_at"], unique=False)
    op.create_index(
        "ix_report_queue", "report", ["subject", "resolved", "created_at"], unique=False
    )
    op.create_index("ix_report_subject", "report", ["subject", "subject_id"], unique=False)
    op.create_table(
        "settings_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("admin_id", sa.Integer(), nullable=True),
        sa.Column("setting", sa.Text(), nullable=False),
        sa.Column("old_value", sa.Text(), nullable=True),
        sa.Column("new_value", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["admin_id"],
            ["person.id"],
            name=op.f("fk_settings_change_admin_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_settings_change")),
    )
    op.create_table(
        "tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("color", sa.Text(), nullable=True),
        sa.Column("ap_id", sa.Text(), nullable=True),
        sa.Column("deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"], ["community.id"], name=op.f("fk_tag_community_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tag")),
        sa.UniqueConstraint("community_id", "name", name=op.f("uq_tag_community_id_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "warning",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_warning_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"],
            ["person.id"],
            name=op.f("fk_warning_moderator_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_warning_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_warning")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_warning_community_id", "warning", ["community_id"], unique=False)
    op.create_index("ix_warning_person_id", "warning", ["person_id", "created_at"], unique=False)
    op.create_table(
        "account_language",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("language_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_account_language_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["language_id"],
            ["language.id"],
            name=op.f("fk_account_language_language_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "language_id", name=op.f("pk_account_language")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.Column("creator_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column(
            "path", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("depth", sa.Integer(), server_default="1", nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_html", sa.Text(), nullable=True),
        sa.Column("language_id", sa.Integer(), server_default="0", nullable=False),
        sa.Column("deleted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("removed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("distinguished", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("local", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("in_local", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("ap_id", sa.Text(), nullable=True),
        sa.Column("score", sa.Integer(), server_default="0", nullable=False),
        sa.Column("upvotes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("downvotes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("child_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("hot_rank", sa.Float(), server_default="0", nullable=False),
        sa.Column("controversy_rank", sa.Float(), server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_comment_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["creator_id"], ["person.id"], name=op.f("fk_comment_creator_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_comment_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_comment_ap_id",
        "comment",
        ["ap_id"],
        unique=True,
        sqlite_where=sa.text("ap_id IS NOT NULL"),
        postgresql_where=sa.text("ap_id IS NOT NULL"),
    )
    op.create_index(
        "ix_comment_community_controversy_rank",
        "comment",
        ["community_id", "controversy_rank", "id"],
        unique=False,
        sqlite_where=sa.text("controversy_rank > 0"),
        postgresql_where=sa.text("controversy_rank > 0"),
    )
    op.create_index(
        "ix_comment_community_created_at", "comment", ["community_id", "created_at"], unique=False
    )
    op.create_index(
        "ix_comment_community_hot_rank",
        "comment",
        ["community_id", "hot_rank", "score", "id"],
        unique=False,
        sqlite_where=sa.text("hot_rank > 0"),
        postgresql_where=sa.text("hot_rank > 0"),
    )
    op.create_index(
        "ix_comment_community_score", "comment", ["community_id", "score", "id"], unique=False
    )
    op.create_index(
        "ix_comment_controversy_rank",
        "comment",
        ["controversy_rank", "id"],
        unique=False,
        sqlite_where=sa.text("controversy_rank > 0"),
        postgresql_where=sa.text("controversy_rank > 0"),
    )
    op.create_index("ix_comment_created_at", "comment", ["created_at"], unique=False)
    op.create_index("ix_comment_creator_id", "comment", ["creator_id", "created_at"], unique=False)
    op.create_index(
        "ix_comment_hot_rank",
        "comment",
        ["hot_rank", "score", "id"],
        unique=False,
        sqlite_where=sa.text("hot_rank > 0"),
        postgresql_where=sa.text("hot_rank > 0"),
    )
    op.create_index(
        "ix_comment_local_controversy_rank",
        "comment",
        ["controversy_rank", "id"],
        unique=False,
        sqlite_where=sa.text("in_local IS 1 AND controversy_rank > 0"),
        postgresql_where=sa.text("in_local IS true AND controversy_rank > 0"),
    )
    op.create_index(
        "ix_comment_local_created_at",
        "comment",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("in_local IS 1"),
        postgresql_where=sa.text("in_local IS true"),
    )
    op.create_index(
        "ix_comment_local_hot_rank",
        "comment",
        ["hot_rank", "score", "id"],
        unique=False,
        sqlite_where=sa.text("in_local IS 1 AND hot_rank > 0"),
        postgresql_where=sa.text("in_local IS true AND hot_rank > 0"),
    )
    op.create_index(
        "ix_comment_local_score",
        "comment",
        ["score", "id"],
        unique=False,
        sqlite_where=sa.text("in_local IS 1"),
        postgresql_where=sa.text("in_local IS true"),
    )
    op.create_index("ix_comment_path", "comment", ["post_id", "path"], unique=False)
    op.create_index("ix_comment_score", "comment", ["score", "id"], unique=False)
    op.create_table(
        "feed_community",
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_feed_community_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["feed.id"], name=op.f("fk_feed_community_feed_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("feed_id", "community_id", name=op.f("pk_feed_community")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_feed_community_community_id", "feed_community", ["community_id"], unique=False
    )
    op.create_table(
        "feed_follow",
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["feed.id"], name=op.f("fk_feed_follow_feed_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_feed_follow_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("feed_id", "person_id", name=op.f("pk_feed_follow")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "mail_token",
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_mail_token_account_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_mail_token")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_mail_token_account_id", "mail_token", ["account_id"], unique=False)
    op.create_index("ix_mail_token_created_at", "mail_token", ["created_at"], unique=False)
    op.create_table(
        "post_hide",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_post_hide_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_post_hide_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "person_id", name=op.f("pk_post_hide")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "post_read",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("comments_seen", sa.Integer(), nullable=True),
        sa.Column("comments_seen_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_post_read_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_post_read_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "person_id", name=op.f("pk_post_read")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "post_save",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_post_save_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_post_save_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "person_id", name=op.f("pk_post_save")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_post_save_created_at", "post_save", ["person_id", "created_at"], unique=False
    )
    op.create_table(
        "post_tag",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_post_tag_post_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tag_id"], ["tag.id"], name=op.f("fk_post_tag_tag_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "tag_id", name=op.f("pk_post_tag")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_post_tag_tag_id", "post_tag", ["tag_id"], unique=False)
    op.create_table(
        "post_vote",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_post_vote_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_post_vote_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "person_id", name=op.f("pk_post_vote")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_post_vote_person_id", "post_vote", ["person_id", "created_at"], unique=False
    )
    op.create_table(
        "registration_application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("admin_id", sa.Integer(), nullable=True),
        sa.Column("deny_reason", sa.Text(), nullable=True),
        sa.Column("denied", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_registration_application_account_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["admin_id"],
            ["person.id"],
            name=op.f("fk_registration_application_admin_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_application")),
        sa.UniqueConstraint("account_id", name=op.f("uq_registration_application_account_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_registration_application_admin_id",
        "registration_application",
        ["admin_id", "created_at"],
        unique=False,
    )
    op.create_table(
        "session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_session_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_token_hash")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_session_account_id", "session", ["account_id"], unique=False)
    op.create_index("ix_session_last_used_at", "session", ["last_used_at"], unique=False)
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("delete_token", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), server_default="0", nullable=False),
        sa.Column("height", sa.Integer(), server_default="0", nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_upload_account_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("alias", name=op.f("uq_upload_alias")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_upload_account_id", "upload", ["account_id", "created_at", "size_bytes"], unique=False
    )
    op.create_index("ix_upload_created_at", "upload", ["created_at"], unique=False)
    op.create_index("ix_upload_sha256", "upload", ["sha256"], unique=False)
    op.create_table(
        "comment_save",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comment.id"],
            name=op.f("fk_comment_save_comment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_comment_save_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("comment_id", "person_id", name=op.f("pk_comment_save")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_comment_save_created_at", "comment_save", ["person_id", "created_at"], unique=False
    )
    op.create_table(
        "comment_vote",
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comment.id"],
            name=op.f("fk_comment_vote_comment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_comment_vote_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("comment_id", "person_id", name=op.f("pk_comment_vote")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_comment_vote_person_id", "comment_vote", ["person_id", "created_at"], unique=False
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_draft_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_draft_community_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["comment.id"], name=op.f("fk_draft_parent_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_draft_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_draft_account_id", "draft", ["account_id", "created_at"], unique=False)
    op.create_index("ix_draft_community_id", "draft", ["community_id"], unique=False)
    op.create_index("ix_draft_parent_id", "draft", ["parent_id"], unique=False)
    op.create_index("ix_draft_post_id", "draft", ["post_id"], unique=False)
    op.create_table(
        "modlog",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("moderator_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("community_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("undone", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("in_community", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["comment.id"], name=op.f("fk_modlog_comment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["community_id"],
            ["community.id"],
            name=op.f("fk_modlog_community_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["moderator_id"],
            ["person.id"],
            name=op.f("fk_modlog_moderator_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_modlog_person_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_modlog_post_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_modlog")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_modlog_comment_id", "modlog", ["comment_id"], unique=False)
    op.create_index(
        "ix_modlog_community_id", "modlog", ["community_id", "kind", "created_at"], unique=False
    )
    op.create_index("ix_modlog_created_at", "modlog", ["created_at"], unique=False)
    op.create_index("ix_modlog_kind", "modlog", ["kind", "created_at"], unique=False)
    op.create_index(
        "ix_modlog_moderator_id", "modlog", ["moderator_id", "created_at"], unique=False
    )
    op.create_index("ix_modlog_person_id", "modlog", ["person_id", "created_at"], unique=False)
    op.create_index("ix_modlog_post_id", "modlog", ["post_id"], unique=False)
    op.create_table(
        "upload_use",
        sa.Column("upload_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["upload.id"], name=op.f("fk_upload_use_upload_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("upload_id", "subject", "subject_id", name=op.f("pk_upload_use")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_upload_use_subject", "upload_use", ["subject", "subject_id"], unique=False)
    op.create_table(
        "notification",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("private_message_id", sa.Integer(), nullable=True),
        sa.Column("modlog_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("read", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["comment.id"],
            name=op.f("fk_notification_comment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["modlog_id"], ["modlog.id"], name=op.f("fk_notification_modlog_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_notification_post_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["private_message_id"],
            ["private_message.id"],
            name=op.f("fk_notification_private_message_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"],
            ["person.id"],
            name=op.f("fk_notification_recipient_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint(
            "recipient_id",
            "kind",
            "comment_id",
            name=op.f("uq_notification_recipient_id_kind_comment_id"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notification_comment_id", "notification", ["comment_id"], unique=False)
    op.create_index(
        "ix_notification_modlog_id",
        "notification",
        ["modlog_id"],
        unique=False,
        sqlite_where=sa.text("modlog_id IS NOT NULL"),
        postgresql_where=sa.text("modlog_id IS NOT NULL"),
    )
    op.create_index(
        "ix_notification_post_id",
        "notification",
        ["post_id"],
        unique=False,
        sqlite_where=sa.text("post_id IS NOT NULL"),
        postgresql_where=sa.text("post_id IS NOT NULL"),
    )
    op.create_index(
        "ix_notification_private_message_id",
        "notification",
        ["private_message_id"],
        unique=False,
        sqlite_where=sa.text("private_message_id IS NOT NULL"),
        postgresql_where=sa.text("private_message_id IS NOT NULL"),
    )
    op.create_index(
        "ix_notification_recipient_id",
        "notification",
        ["recipient_id", "kind", "created_at"],
        unique=False,
    )
    op.create_index(
        "ix_notification_unread",
        "notification",
        ["recipient_id", "kind", "created_at"],
        unique=False,
        sqlite_where=sa.text("read IS 0"),
        postgresql_where=sa.text("read IS false"),
    )
