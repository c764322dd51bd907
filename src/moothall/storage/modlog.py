"""Writing the modlog. No act of a moderator or admin changes anything without its row here."""

from typing import Any

from sqlalchemy import insert

from moothall.domain.moderation import ModlogKind
from moothall.domain.time import Time

from .connection import Connection
from .statements import Statement, param
from .tables import modlog

_NAMES = (
    "kind",
    "moderator_id",
    "post_id",
    "comment_id",
    "community_id",
    "person_id",
    "undone",
    "in_community",
    "reason",
    "expires_at",
    "created_at",
)
_ADD = Statement(
    insert(modlog).values({name: param(name) for name in _NAMES}).returning(modlog.c.id)
)
_DEFAULTS: dict[str, Any] = dict.fromkeys(_NAMES) | {"undone": False, "in_community": True}


def add(
    conn: Connection, kind: ModlogKind, moderator_id: int | None, now: Time, **about: Any
) -> int:
    """Write one act: `about` names what it concerns (post_id, person_id, …), undone, reason."""
    values = {"kind": kind.value, "moderator_id": moderator_id, "created_at": now, **about}
    entry_id: int = conn.value(_ADD, **{**_DEFAULTS, **values})
    return entry_id
