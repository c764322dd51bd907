"""Signing in and out: sessions of browsers and apps."""

from typing import NamedTuple

from moothall.domain.ids import AccountId
from moothall.domain.time import SECOND
from moothall.lib import jwt
from moothall.lib.tokens import hash_token, new_token
from moothall.storage import session as sessions
from moothall.storage.site import get_site
from moothall.storage.transaction import Transaction

_USER_AGENT_CHARS = 300


class Device(NamedTuple):
    """From where somebody signs in, as shown in the list of their sessions."""

    address: str | None = None
    user_agent: str | None = None


def open_session(tx: Transaction, account_id: AccountId, device: Device) -> str:
    """Sign somebody in and return the token; only its hash is stored.

    Checks nothing: for callers that have just made sure who it is.
    """
    claims = jwt.Claims(account_id, tx.home.domain, tx.now // SECOND, new_token(16))
    token = jwt.encode(claims, get_site(tx.conn).token_secret.encode())
    agent = device.user_agent and device.user_agent[:_USER_AGENT_CHARS]
    sessions.add_session(
        tx.conn,
        account_id,
        hash_token(token).hex(),
        tx.now,
        address=device.address,
        user_agent=agent,
    )
    return token
