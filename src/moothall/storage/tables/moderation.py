"""Reports, the modlog, and what moderators know of people."""

from sqlalchemy import Column, Index, Integer, Table, UniqueConstraint

from ._base import STABLE_IDS, flag, id_column, log_id_column, metadata, ref, text, time

# One table for all that can be reported; subject is "post", "comment", "message", "person" or
# "community". The text as it was when reported is kept beside it.
report = Table(
    "report",
    metadata,
    id_column(),
    ref("creator_id", "person"),
    text("subject"),
    Column("subject_id", Integer, nullable=False),
    # Where moderators find it; null for messages, people and communities (the admins' queue).
    ref("community_id", "community", null=True),
    text("reason"),
    text("original_title", null=True),
    text("original_url", null=True),
    text("original_text", null=True),
    flag("resolved"),
    ref("resolver_id", "person", null=True, on_delete="SET NULL"),
    text("conclusion", null=True),
    flag("local", default=True),
    text("ap_id", null=True),
    time("created_at"),
    time("updated_at", null=True),
    UniqueConstraint("creator_id", "subject", "subject_id"),
    Index("ix_report_subject", "subject", "subject_id"),
    Index("ix_report_queue", "subject", "resolved", "created_at"),
    Index("ix_report_created_at", "subject", "created_at"),
    Index("ix_report_community_id", "community_id", "subject", "resolved", "created_at"),
    **STABLE_IDS,
)

# Every act of a moderator or admin. `kind` is the name that the API's filter uses
# ("ModRemovePost", …); `undone` is the direction (false: removed, locked, banned, added …;
# true: restored, unlocked, unbanned, taken away).
modlog = Table(
    "modlog",
    metadata,
    log_id_column(),
    text("kind"),
    ref("moderator_id", "person", null=True, on_delete="SET NULL"),
    ref("post_id", "post", null=True),
    ref("comment_id", "comment", null=True),
    ref("community_id", "community", null=True, on_delete="SET NULL"),
    ref("person_id", "person", null=True, on_delete="SET NULL"),
    flag("undone"),
    # Of ModFeaturePost: whether in its community (true) or on the site's front page.
    flag("in_community", default=True),
    text("reason", null=True),
    time("expires_at", null=True),
    time("created_at"),
    Index("ix_modlog_created_at", "created_at"),
    Index("ix_modlog_kind", "kind", "created_at"),
    Index("ix_modlog_community_id", "community_id", "kind", "created_at"),
    Index("ix_modlog_person_id", "person_id", "created_at"),
    Index("ix_modlog_moderator_id", "moderator_id", "created_at"),
    Index("ix_modlog_post_id", "post_id"),
    Index("ix_modlog_comment_id", "comment_id"),
    **STABLE_IDS,
)

warning = Table(
    "warning",
    metadata,
    id_column(),
    ref("person_id", "person"),
    ref("moderator_id", "person", null=True, on_delete="SET NULL"),
    ref("community_id", "community", null=True),
    text("reason"),
    time("created_at"),
    time("seen_at", null=True),
    Index("ix_warning_person_id", "person_id", "created_at"),
    Index("ix_warning_community_id", "community_id"),
    **STABLE_IDS,
)

# What a team wants to remember of a person; community null: the admins' notes.
moderator_note = Table(
    "moderator_note",
    metadata,
    id_column(),
    ref("person_id", "person"),
    ref("community_id", "community", null=True),
    ref("author_id", "person", null=True, on_delete="SET NULL"),
    text("note"),
    time("created_at"),
    Index("ix_moderator_note_person_id", "person_id", "community_id"),
    Index("ix_moderator_note_community_id", "community_id"),
    **STABLE_IDS,
)
