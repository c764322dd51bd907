"""What feeds need beside the lists that pages show: who may read one's own, and the sitemap."""

import hmac

from moothall.domain.ids import SessionId
from moothall.domain.time import DAY, Time
from moothall.domain.user import Viewer
from moothall.lib.tokens import derived, hash_token
from moothall.storage import session, sitemap
from moothall.storage.transaction import Transaction

from .community import shows_nsfw

_PURPOSE = "feed"
_MAX_DIGITS = 9
_SITEMAP_AGE = 31 * DAY
_SITEMAP_POSTS = 50_000


def feed_key(session_id: SessionId, token_hash: str) -> str:
    """A key that opens a person's own feeds and nothing else, and ends with their session."""
    return f"{session_id}-{derived(token_hash, _PURPOSE)}"


def token_hash_by_key(tx: Transaction, key: str) -> str | None:
    """Whose session a key stands for; apps for the Lemmy API send the session's token itself."""
    number, _, proof = key.partition("-")
    if not (number.isascii() and number.isdecimal() and len(number) <= _MAX_DIGITS):
        return hash_token(key).hex() if key.count(".") == 2 else None
    session_id = SessionId(int(number))
    found = session.token_hash_of(tx.conn, session_id)
    if found is None or not hmac.compare_digest(derived(found, _PURPOSE).encode(), proof.encode()):
        return None
    return found


def list_sitemap(tx: Transaction, viewer: Viewer | None) -> list[tuple[str, Time]]:  # noqa: ARG001 — it is for programs that are nobody
    """Addresses of this server's posts of the last 31 days, with the time of their last change.

    The newest 50,000 that anybody may read, without those that lists keep from strangers.
    """
    found = sitemap.list_posts(
        tx.conn,
        since=Time(tx.now - _SITEMAP_AGE),
        limit=_SITEMAP_POSTS,
        with_nsfw=shows_nsfw(tx, None),
    )
    return [(tx.home.post_url(post_id), changed_at) for post_id, changed_at in found]
