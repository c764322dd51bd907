"""Jobs: work to be done later, stored with the change that caused it."""

import json
from typing import Any

from sqlalchemy import insert

from moothall.domain.time import Time

from .connection import Connection
from .statements import Statement, param
from .tables import job

_ADD = Statement(
    insert(job)
    .values(
        kind=param("kind"),
        payload=param("payload"),
        due_at=param("due_at"),
        created_at=param("created_at"),
    )
    .returning(job.c.id)
)


def add(
    conn: Connection, kind: str, payload: dict[str, Any], now: Time, *, due_at: Time | None = None
) -> int:
    """Store a job, due at once if nothing else is said. It may run more than once."""
    text = json.dumps(payload, separators=(",", ":"))
    job_id: int = conn.value(
        _ADD, kind=kind, payload=text, due_at=now if due_at is None else due_at, created_at=now
    )
    return job_id
