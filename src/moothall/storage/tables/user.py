"""People, local and remote, and what belongs to an account here."""

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint

from ._base import CLUSTERED, STABLE_IDS, count, flag, id_column, key_ref, metadata, ref, text, time

# A person is public; what only they and the admins may know stands in `account`.
person = Table(
    "person",
    metadata,
    id_column(),
    ref("instance_id", "instance"),
    text("name"),
    # Names are looked up regardless of case.
    text("name_key"),
    text("display_name", null=True),
    text("bio", null=True),
    text("bio_html", null=True),
    text("avatar", null=True),
    text("banner", null=True),
    text("matrix_user_id", null=True),
    flag("bot"),
    flag("local", default=True),
    # Null for a local person: the address follows from the name.
    text("ap_id", null=True),
    text("inbox_url", null=True),
    text("shared_inbox_url", null=True),
    flag("banned"),
    time("ban_expires_at", null=True),
    flag("deleted"),
    text("moved_to", null=True),
    count("post_count"),
    count("comment_count"),
    count("post_score"),
    count("comment_score"),
    time("created_at"),
    time("updated_at", null=True),
    time("refreshed_at", null=True),
    # When a local person last wrote or voted anywhere; null for all others.
    time("last_active_at", null=True),
    UniqueConstraint("instance_id", "name_key"),
    Index("ix_person_ap_id", "ap_id", unique=True),
    Index("ix_person_name_key", "name_key"),
    Index("ix_person_created_at", "created_at"),
    Index("ix_person_comment_score", "comment_score"),
    Index("ix_person_ban_expires_at", "ban_expires_at"),
    **STABLE_IDS,
)

_BANNED = person.c.banned.is_(True)
Index("ix_person_banned", person.c.id, sqlite_where=_BANNED, postgresql_where=_BANNED)
_ACTIVE = person.c.last_active_at.is_not(None)
Index(
    "ix_person_last_active_at",
    person.c.last_active_at,
    sqlite_where=_ACTIVE,
    postgresql_where=_ACTIVE,
)

account = Table(
    "account",
    metadata,
    id_column(),
    ref("person_id", "person"),
    text("password_hash"),
    text("email", null=True),
    # Lower case, for look-up and uniqueness.
    Column("email_key", Text, nullable=True, unique=True),
    flag("email_verified"),
    flag("is_admin"),
    # Rank among admins: the one appointed first stands highest.
    time("admin_since", null=True),
    flag("accepted_application"),
    text("totp_secret", null=True),
    flag("totp_enabled"),
    # The last 30-second step whose code was used: a code works once.
    count("totp_last_step"),
    flag("show_nsfw"),
    flag("blur_nsfw", default=True),
    flag("auto_expand"),
    text("theme", default="browser"),
    text("default_sort_type", default="Active"),
    text("default_listing_type", default="Local"),
    text("default_comment_sort_type", default="Hot"),
    text("interface_language", default="browser"),
    text("post_listing_mode", default="List"),
    flag("show_avatars", default=True),
    flag("send_notifications_to_email"),
    flag("show_scores", default=True),
    flag("show_bot_accounts", default=True),
    flag("show_read_posts", default=True),
    flag("open_links_in_new_tab"),
    flag("infinite_scroll_enabled"),
    flag("enable_keyboard_navigation"),
    flag("enable_animated_images", default=True),
    flag("collapse_bot_comments"),
    # Which figures of votes are shown.
    flag("votes_show_score"),
    flag("votes_show_upvotes", default=True),
    flag("votes_show_downvotes", default=True),
    flag("votes_show_percentage"),
    time("donation_dialog_at"),
    time("created_at"),
    UniqueConstraint("person_id"),
    Index("ix_account_is_admin", "admin_since"),
    **STABLE_IDS,
)

# A signed-in browser or app. Only the hash of its token is kept.
session = Table(
    "session",
    metadata,
    id_column(),
    ref("account_id", "account"),
    Column("token_hash", Text, nullable=False, unique=True),
    text("address", null=True),
    text("user_agent", null=True),
    time("created_at"),
    # To the day: written once in one, not with every request.
    time("last_used_at"),
    Index("ix_session_account_id", "account_id"),
    Index("ix_session_last_used_at", "last_used_at"),
    **STABLE_IDS,
)

# What a mailed link allows, once: purpose is "verify_email" or "reset_password".
mail_token = Table(
    "mail_token",
    metadata,
    Column("token_hash", Text, primary_key=True),
    ref("account_id", "account"),
    text("purpose"),
    text("email", null=True),
    time("created_at"),
    Index("ix_mail_token_account_id", "account_id"),
    Index("ix_mail_token_created_at", "created_at"),
    **CLUSTERED,
)

registration_application = Table(
    "registration_application",
    metadata,
    id_column(),
    ref("account_id", "account"),
    text("answer"),
    ref("admin_id", "person", null=True, on_delete="SET NULL"),
    text("deny_reason", null=True),
    flag("denied"),
    time("created_at"),
    time("decided_at", null=True),
    UniqueConstraint("account_id"),
    Index("ix_registration_application_admin_id", "admin_id", "created_at"),
    **STABLE_IDS,
)

# No rows: every language is shown.
account_language = Table(
    "account_language",
    metadata,
    key_ref("account_id", "account"),
    key_ref("language_id", "language"),
    **CLUSTERED,
)

person_block = Table(
    "person_block",
    metadata,
    key_ref("person_id", "person"),
    key_ref("target_id", "person"),
    time("created_at"),
    Index("ix_person_block_target_id", "target_id"),
    **CLUSTERED,
)

community_block = Table(
    "community_block",
    metadata,
    key_ref("person_id", "person"),
    key_ref("community_id", "community"),
    time("created_at"),
    Index("ix_community_block_community_id", "community_id"),
    **CLUSTERED,
)

instance_block = Table(
    "instance_block",
    metadata,
    key_ref("person_id", "person"),
    key_ref("instance_id", "instance"),
    time("created_at"),
    **CLUSTERED,
)

person_follow = Table(
    "person_follow",
    metadata,
    key_ref("target_id", "person"),
    key_ref("follower_id", "person"),
    flag("pending"),
    time("created_at"),
    Index("ix_person_follow_follower_id", "follower_id"),
    **CLUSTERED,
)

# The keys of our actors; subject is "person", "community" or "site". Made when first needed.
actor_key = Table(
    "actor_key",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("subject_id", Integer, primary_key=True),
    text("public_pem"),
    text("private_pem", null=True),
    time("created_at"),
    **CLUSTERED,
)

private_message = Table(
    "private_message",
    metadata,
    id_column(),
    ref("creator_id", "person"),
    ref("recipient_id", "person"),
    text("content"),
    text("content_html", null=True),
    flag("deleted"),
    flag("removed"),
    flag("read"),
    flag("local", default=True),
    text("ap_id", null=True),
    time("created_at"),
    time("updated_at", null=True),
    Index("ix_private_message_recipient_id", "recipient_id", "created_at"),
    Index("ix_private_message_creator_id", "creator_id", "created_at"),
    Index("ix_private_message_conversation", "recipient_id", "creator_id", "created_at"),
    Index("ix_private_message_ap_id", "ap_id", unique=True),
    **STABLE_IDS,
)

_UNREAD = private_message.c.read.is_(False)
Index(
    "ix_private_message_unread",
    private_message.c.recipient_id,
    private_message.c.created_at,
    sqlite_where=_UNREAD,
    postgresql_where=_UNREAD,
)

# What a person has begun to write: subject is "post", "comment" or "message".
draft = Table(
    "draft",
    metadata,
    id_column(),
    ref("account_id", "account"),
    text("subject"),
    ref("community_id", "community", null=True),
    ref("post_id", "post", null=True),
    ref("parent_id", "comment", null=True),
    text("title", null=True),
    text("url", null=True),
    text("body"),
    time("created_at"),
    time("updated_at", null=True),
    Index("ix_draft_account_id", "account_id", "created_at"),
    Index("ix_draft_community_id", "community_id"),
    Index("ix_draft_post_id", "post_id"),
    Index("ix_draft_parent_id", "parent_id"),
    **STABLE_IDS,
)
