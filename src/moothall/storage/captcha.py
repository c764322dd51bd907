"""Captchas that wait for their answer."""

from sqlalchemy import delete, insert

from moothall.domain.time import Time

from .connection import Connection
from .statements import Statement, param
from .tables import captcha

_ADD = Statement(
    insert(captcha).values(
        uuid=param("uuid"), answer=param("answer"), created_at=param("created_at")
    )
)
_TAKE = Statement(
    delete(captcha)
    .where(captcha.c.uuid == param("uuid"), captcha.c.created_at > param("since"))
    .returning(captcha.c.answer)
)
_DELETE_OLD = Statement(delete(captcha).where(captcha.c.created_at < param("before")))


def add(conn: Connection, uuid: str, answer: str, now: Time) -> None:
    """Keep the answer of a new captcha."""
    conn.run(_ADD, uuid=uuid, answer=answer, created_at=now)


def take(conn: Connection, uuid: str, since: Time) -> str | None:
    """Use up a captcha that was made after `since`; its answer, or None if there is none."""
    answer: str | None = conn.value(_TAKE, uuid=uuid, since=since)
    return answer


def delete_old(conn: Connection, before: Time) -> None:
    """Forget captchas that nobody answered."""
    conn.run(_DELETE_OLD, before=before)
