"""The site's own emoji, one by one; all of them come with the site."""

from moothall.domain.errors import NotFound
from moothall.domain.ids import EmojiId
from moothall.domain.site import CustomEmojiView
from moothall.domain.user import Viewer
from moothall.storage import emoji as rows
from moothall.storage.transaction import Transaction


def get_emoji(tx: Transaction, viewer: Viewer | None, emoji_id: EmojiId) -> CustomEmojiView:  # noqa: ARG001 — everybody sees them
    """One emoji. Raises NotFound."""
    found = rows.get_emoji(tx.conn, emoji_id)
    if found is None:
        raise NotFound("unknown", "Record not found", by_name=True)
    return found
