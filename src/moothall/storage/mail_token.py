"""Tokens in mailed links: each proves once that somebody reads the mail of an account."""

from typing import NamedTuple

from sqlalchemy import delete, func, insert, select

from moothall.domain.ids import AccountId
from moothall.domain.time import Time

from .connection import Connection
from .statements import Statement, param
from .tables import mail_token

VERIFY_EMAIL = "verify_email"
RESET_PASSWORD = "reset_password"  # noqa: S105 — the purpose of a token


class MailToken(NamedTuple):
    """What a mailed token stands for; `email` is the address that it proves."""

    account_id: AccountId
    email: str | None


_ADD = Statement(
    insert(mail_token).values(
        token_hash=param("token_hash"),
        account_id=param("account_id"),
        purpose=param("purpose"),
        email=param("email"),
        created_at=param("created_at"),
    )
)


def add(
    conn: Connection,
    token_hash: str,
    account_id: AccountId,
    purpose: str,
    now: Time,
    *,
    email: str | None,
) -> None:
    """Keep the hash of a token that is about to be mailed."""
    conn.run(
        _ADD,
        token_hash=token_hash,
        account_id=account_id,
        purpose=purpose,
        email=email,
        created_at=now,
    )


_TAKE = Statement(
    delete(mail_token)
    .where(
        mail_token.c.token_hash == param("token_hash"),
        mail_token.c.purpose == param("purpose"),
        mail_token.c.created_at > param("since"),
    )
    .returning(mail_token.c.account_id, mail_token.c.email)
)


def take(conn: Connection, token_hash: str, purpose: str, since: Time) -> MailToken | None:
    """Use up a token that was made after `since`; None if there is none."""
    row = conn.one(_TAKE, token_hash=token_hash, purpose=purpose, since=since)
    return None if row is None else MailToken._make(row)


_FIND = Statement(
    select(mail_token.c.account_id, mail_token.c.email).where(
        mail_token.c.token_hash == param("token_hash"),
        mail_token.c.purpose == param("purpose"),
        mail_token.c.created_at > param("since"),
    )
)


def find(conn: Connection, token_hash: str, purpose: str, since: Time) -> MailToken | None:
    """The same without using it up."""
    row = conn.one(_FIND, token_hash=token_hash, purpose=purpose, since=since)
    return None if row is None else MailToken._make(row)


_OF_ACCOUNT = (
    mail_token.c.account_id == param("account_id"),
    mail_token.c.purpose == param("purpose"),
)
_COUNT = Statement(
    select(func.count()).where(*_OF_ACCOUNT, mail_token.c.created_at > param("since"))
)
_DELETE = Statement(delete(mail_token).where(*_OF_ACCOUNT))
_DELETE_ALL = Statement(delete(mail_token).where(mail_token.c.account_id == param("account_id")))
_OLD = (
    select(mail_token.c.token_hash)
    .where(mail_token.c.created_at < param("before"))
    .limit(param("size"))
)
_FORGET_OLD = Statement(delete(mail_token).where(mail_token.c.token_hash.in_(_OLD)))


def count_since(conn: Connection, account_id: AccountId, purpose: str, since: Time) -> int:
    """How many tokens of an account were made after `since` and are not used yet."""
    found: int = conn.value(_COUNT, account_id=account_id, purpose=purpose, since=since)
    return found


def delete_tokens(conn: Connection, account_id: AccountId, purpose: str | None = None) -> None:
    """Make the tokens of an account worthless, all or those of one purpose."""
    if purpose is None:
        conn.run(_DELETE_ALL, account_id=account_id)
    else:
        conn.run(_DELETE, account_id=account_id, purpose=purpose)


def forget_old(conn: Connection, before: Time, size: int) -> int:
    """Forget tokens that were never used, at most `size`; returns how many."""
    return conn.run(_FORGET_OLD, before=before, size=size)
