"""Work that is stored with the change that caused it, and the log of activities in and out."""

from sqlalchemy import BigInteger, Column, Index, LargeBinary, Table, Text

from ._base import (
    CLUSTERED,
    STABLE_IDS,
    count,
    flag,
    id_column,
    key_ref,
    log_id_column,
    metadata,
    ref,
    text,
    time,
)

# What happened; consumers keep a cursor and may read an event twice. On SQLite ids are given in the
# order of commit. On PostgreSQL they are not: there the order is that of the transactions' numbers,
# then of ids, and nobody reads as far as a transaction that is still in progress.
event = Table(
    "event",
    metadata,
    log_id_column(),
    text("kind"),
    # JSON: ids and what cannot be read from the rows afterwards.
    text("payload"),
    time("created_at"),
    # Null on SQLite, where the index is therefore empty.
    Column("transaction_id", BigInteger),
    **STABLE_IDS,
)
Index(
    "ix_event_transaction_id",
    event.c.transaction_id,
    event.c.id,
    sqlite_where=event.c.transaction_id.is_not(None),
)

event_cursor = Table(
    "event_cursor",
    metadata,
    Column("consumer", Text, primary_key=True),
    Column("transaction_id", BigInteger, nullable=False),
    Column("event_id", BigInteger, nullable=False),
    **CLUSTERED,
)

# Something to do later, at least once: mail, a picture's preview, a long erasure.
job = Table(
    "job",
    metadata,
    log_id_column(),
    text("kind"),
    # Jobs of one lane are done one after the other; lanes do not wait for each other.
    text("lane"),
    text("payload"),
    time("due_at"),
    count("attempts"),
    # Until then one process works on it.
    time("claimed_until", null=True),
    text("last_error", null=True),
    flag("failed"),
    time("created_at"),
    Index("ix_job_due_at", "lane", "failed", "due_at"),
    **STABLE_IDS,
)

# Which stems the index of words holds; subject is "post" or "comment". See `storage.search`.
text_index = Table(
    "text_index",
    metadata,
    Column("subject", Text, primary_key=True),
    text("fingerprint"),
    **CLUSTERED,
)

# Activities of ours, kept while somebody still has to receive them.
activity_sent = Table(
    "activity_sent",
    metadata,
    log_id_column(),
    Column("ap_id", Text, nullable=False, unique=True),
    text("kind"),
    text("actor"),
    # Order is kept among activities of one object.
    text("object_id", null=True),
    text("document"),
    # JSON: inboxes, or the name of a set of receivers.
    text("audience"),
    time("created_at"),
    Index("ix_activity_sent_created_at", "created_at"),
    **STABLE_IDS,
)

delivery_cursor = Table(
    "delivery_cursor",
    metadata,
    key_ref("instance_id", "instance"),
    Column("activity_id", BigInteger, nullable=False),
    count("fail_count"),
    text("last_error", null=True),
    time("last_success_at", null=True),
    time("last_try_at", null=True),
    time("next_try_at", null=True),
    flag("dead"),
    **CLUSTERED,
)

# Ids seen before, as a short hash: what arrives twice is applied once.
activity_seen = Table(
    "activity_seen",
    metadata,
    Column("id_hash", BigInteger, primary_key=True, autoincrement=False),
    time("created_at"),
    Index("ix_activity_seen_created_at", "created_at"),
)

# What arrived and waits, or was refused and is kept for the admins to see.
activity_received = Table(
    "activity_received",
    metadata,
    log_id_column(),
    ref("instance_id", "instance"),
    text("ap_id"),
    text("kind"),
    text("actor"),
    Column("document", LargeBinary, nullable=False),
    count("attempts"),
    text("refusal", null=True),
    time("due_at"),
    time("created_at"),
    Index("ix_activity_received_instance_id", "instance_id", "id"),
    Index("ix_activity_received_due_at", "due_at"),
    **STABLE_IDS,
)

# An archive that is being read in, or was: `line` says how far into it, `phase` and `place` how far
# the work on its rows has come. The fingerprint tells the file.
import_run = Table(
    "import_run",
    metadata,
    id_column(),
    Column("fingerprint", Text, nullable=False, unique=True),
    text("phase"),
    Column("line", BigInteger, nullable=False, server_default="0"),
    Column("place", BigInteger, nullable=False, server_default="0"),
    count("bad_lines"),
    # JSON: how many of each kind were stored.
    text("stored", default="{}"),
    time("created_at"),
    time("updated_at"),
    **STABLE_IDS,
)

# Which row a record of an archive became; gone when the import is done.
import_map = Table(
    "import_map",
    metadata,
    key_ref("run_id", "import_run"),
    Column("kind", Text, primary_key=True),
    Column("archive_id", BigInteger, primary_key=True),
    Column("row_id", BigInteger, nullable=False),
    **CLUSTERED,
)
