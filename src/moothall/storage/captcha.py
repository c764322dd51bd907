"""Captchas that wait for their answer."""

from sqlalchemy import delete, insert, select

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
_OLD = select(captcha.c.uuid).where(captcha.c.created_at < param("before")).limit(param("size"))
_FORGET_OLD = Statement(delete(captcha).where(captcha.c.uuid.in_(_OLD)))


def add(conn: Connection, uuid: str, answer: str, now: Time) -> None:
    """Keep the answer of a new captcha."""
    conn.run(_ADD, uuid=uuid, answer=answer, created_at=now)


def take(conn: Connection, uuid: str, since: Time) -> str | None:
    """Use up a captcha that was made after `since`; its answer, or None if there is none."""
    answer: str | None = conn.value(_TAKE, uuid=uuid, since=since)
    return answer


def forget_old(conn: Connection, before: Time, size: int) -> int:
    """Forget captchas that nobody answered, at most `size`; returns how many."""
    return conn.run(_FORGET_OLD, before=before, size=size)
