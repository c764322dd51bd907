"""What a person is told: kind is "reply", "mention", later "post", "message" and "moderation"."""

from sqlalchemy import Index, Table, UniqueConstraint

from ._base import STABLE_IDS, flag, log_id_column, log_ref, metadata, ref, text, time

notification = Table(
    "notification",
    metadata,
    log_id_column(),
    ref("recipient_id", "person"),
    text("kind"),
    ref("comment_id", "comment", null=True),
    ref("post_id", "post", null=True),
    ref("private_message_id", "private_message", null=True),
    log_ref("modlog_id", "modlog"),
    flag("read"),
    time("created_at"),
    UniqueConstraint("recipient_id", "kind", "comment_id"),
    Index("ix_notification_recipient_id", "recipient_id", "kind", "created_at"),
    Index("ix_notification_comment_id", "comment_id"),
    **STABLE_IDS,
)

_UNREAD = notification.c.read.is_(False)
Index(
    "ix_notification_unread",
    notification.c.recipient_id,
    notification.c.kind,
    notification.c.created_at,
    sqlite_where=_UNREAD,
    postgresql_where=_UNREAD,
)

# Few rows have these; without an index each purge would read all notifications.
for _name in ("post_id", "private_message_id", "modlog_id"):
    _IS_SET = notification.c[_name].is_not(None)
    Index(
        f"ix_notification_{_name}",
        notification.c[_name],
        sqlite_where=_IS_SET,
        postgresql_where=_IS_SET,
    )
