"""People as others see them, and accounts as their owners see them."""

from moothall.domain.user import Viewer
from moothall.storage import user as users
from moothall.storage.transaction import Transaction


def viewer_by_token_hash(tx: Transaction, token_hash: str) -> Viewer | None:
    """Who is signed in with a token: its SHA-256 in hexadecimal (`lib.tokens.hash_token`)."""
    return users.viewer_by_token_hash(tx.conn, token_hash)
