"""The keys with which our own actors sign."""

from sqlalchemy import select

from moothall.domain.actor import StoredKey, Subject
from moothall.domain.time import Time

from .connection import Connection
from .dialects import insert_or_ignore
from .statements import Statement, param
from .tables import actor_key

_GET = Statement(
    select(actor_key.c.public_pem, actor_key.c.private_pem).where(
        actor_key.c.subject == param("subject"), actor_key.c.subject_id == param("subject_id")
    )
)
_ADD = insert_or_ignore(
    actor_key,
    {
        "subject": param("subject"),
        "subject_id": param("subject_id"),
        "public_pem": param("public_pem"),
        "private_pem": param("private_pem"),
        "created_at": param("now"),
    },
)


def get_key(conn: Connection, subject: Subject, subject_id: int) -> StoredKey | None:
    """The key of an actor, None if it has none yet."""
    row = conn.one(_GET, subject=subject, subject_id=subject_id)
    return None if row is None else StoredKey._make(row)


def add_key(conn: Connection, subject: Subject, subject_id: int, key: StoredKey, now: Time) -> None:
    """Store an actor's first key; the one of whoever was faster stays."""
    conn.run(_ADD, subject=subject, subject_id=subject_id, **key._asdict(), now=now)
