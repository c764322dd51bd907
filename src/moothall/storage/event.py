"""Events: what happened, stored with the change itself and read in order by the workers."""

import json
from typing import Any

from sqlalchemy import insert

from moothall.domain.time import Time

from .connection import Connection
from .statements import Statement, param
from .tables import event

_ADD = Statement(
    insert(event).values(
        kind=param("kind"), payload=param("payload"), created_at=param("created_at")
    )
)


def add(conn: Connection, kind: str, now: Time, **payload: Any) -> None:
    """Store that something happened; `payload` holds ids and what the rows will not tell later."""
    text = json.dumps(payload, separators=(",", ":"))
    conn.run(_ADD, kind=kind, payload=text, created_at=now)
