"""Sessions: which browsers and apps an account is signed in with."""

from sqlalchemy import delete, insert, select, update

from moothall.domain.ids import AccountId, SessionId
from moothall.domain.time import Time
from moothall.domain.user import Session

from . import columns
from .connection import Connection
from .statements import Statement, param
from .tables import session

_ADD = Statement(
    insert(session)
    .values(
        account_id=param("account_id"),
        token_hash=param("token_hash"),
        address=param("address"),
        user_agent=param("user_agent"),
        created_at=param("created_at"),
        last_used_at=param("created_at"),
    )
    .returning(session.c.id)
)


def add_session(
    conn: Connection,
    account_id: AccountId,
    token_hash: str,
    now: Time,
    *,
    address: str | None,
    user_agent: str | None,
) -> SessionId:
    """A new session; the token itself is never stored."""
    session_id: int = conn.value(
        _ADD,
        account_id=account_id,
        token_hash=token_hash,
        address=address,
        user_agent=user_agent,
        created_at=now,
    )
    return SessionId(session_id)


_LIST = Statement(
    select(*columns.of(session, Session._fields))
    .where(session.c.account_id == param("account_id"))
    .order_by(session.c.id.desc())
    .limit(param("limit"))
)


def list_sessions(conn: Connection, account_id: AccountId, limit: int) -> list[Session]:
    """The sessions of an account, newest first."""
    return [Session._make(row) for row in conn.all(_LIST, account_id=account_id, limit=limit)]


_NOTE_USE = Statement(
    update(session).where(session.c.id == param("session_id")).values(last_used_at=param("now"))
)
_UNUSED = select(session.c.id).where(session.c.last_used_at < param("before")).limit(param("size"))
_FORGET_UNUSED = Statement(delete(session).where(session.c.id.in_(_UNUSED)))


def note_use(conn: Connection, session_id: SessionId, now: Time) -> None:
    """Somebody came through this session just now."""
    conn.run(_NOTE_USE, session_id=session_id, now=now)


def forget_unused(conn: Connection, before: Time, size: int) -> int:
    """End sessions through which nobody has come since; returns how many, at most `size`."""
    return conn.run(_FORGET_UNUSED, before=before, size=size)


_MINE = session.c.account_id == param("account_id")
_DELETE = Statement(delete(session).where(_MINE, session.c.id == param("session_id")))
_DELETE_ALL = Statement(delete(session).where(_MINE))
_DELETE_OTHERS = Statement(delete(session).where(_MINE, session.c.id != param("session_id")))


def delete_session(conn: Connection, account_id: AccountId, session_id: SessionId) -> bool:
    """End one session of this account; False if it has no such session."""
    return conn.run(_DELETE, account_id=account_id, session_id=session_id) > 0


def delete_sessions(
    conn: Connection, account_id: AccountId, *, keep: SessionId | None = None
) -> int:
    """End all sessions of an account, or all but one; returns how many."""
    if keep is None:
        return conn.run(_DELETE_ALL, account_id=account_id)
    return conn.run(_DELETE_OTHERS, account_id=account_id, session_id=keep)


_TOKEN_HASH = Statement(select(session.c.token_hash).where(session.c.id == param("session_id")))


def token_hash_of(conn: Connection, session_id: SessionId) -> str | None:
    """The hash of the token of a session, None where it has ended."""
    found: str | None = conn.value(_TOKEN_HASH, session_id=session_id)
    return found
