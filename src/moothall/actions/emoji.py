"""The site's own emoji: made, changed and taken away by admins, each act written down."""

import json
import re

from moothall.domain.errors import Conflict, Invalid, NotFound
from moothall.domain.ids import EmojiId
from moothall.domain.permissions import may_administer, require
from moothall.domain.site import CustomEmojiView, EmojiFields
from moothall.domain.text import length, storable
from moothall.domain.user import Doer
from moothall.storage import emoji as rows
from moothall.storage import event
from moothall.storage.site import add_settings_change
from moothall.storage.transaction import Transaction

from .text import prepare_url

_MAX_ALT_TEXT = 1_500
_MAX_WORD = 100
_MAX_KEYWORDS = 100
# What can stand between two colons in a text.
_SHORTCODE = re.compile(r"[^\s:]{1,100}")
_SETTING = "custom_emojis"


def create_emoji(tx: Transaction, by: Doer, shortcode: str, fields: EmojiFields) -> EmojiId:
    """Add an emoji, as an admin; its short code is kept in small letters.

    Raises Conflict `unknown` where the code is taken, and Invalid for fields that break a rule.
    """
    require(may_administer(by))
    code = storable(shortcode).strip().lower()
    if not (_SHORTCODE.fullmatch(code) and code.isprintable()):
        raise Invalid("unknown", "a short code is one word of at most 100 characters, without `:`")
    emoji_id = rows.add_emoji(tx.conn, code, _checked(tx, fields), tx.now)
    if emoji_id is None:
        raise Conflict("unknown", f"there is an emoji {code} already")
    _write_down(tx, by, "custom_emoji_created", emoji_id, None, code)
    return emoji_id


def edit_emoji(tx: Transaction, by: Doer, emoji_id: EmojiId, fields: EmojiFields) -> None:
    """Say everything about an emoji anew, but for its short code. Raises NotFound, Invalid."""
    require(may_administer(by))
    code = _get(tx, emoji_id).custom_emoji.shortcode
    rows.update_emoji(tx.conn, emoji_id, _checked(tx, fields), tx.now)
    _write_down(tx, by, "custom_emoji_edited", emoji_id, code, code)


def delete_emoji(tx: Transaction, by: Doer, emoji_id: EmojiId) -> None:
    """Take an emoji away for good. Raises NotFound."""
    require(may_administer(by))
    code = _get(tx, emoji_id).custom_emoji.shortcode
    rows.delete_emoji(tx.conn, emoji_id)
    _write_down(tx, by, "custom_emoji_deleted", emoji_id, code, None)


def _get(tx: Transaction, emoji_id: EmojiId) -> CustomEmojiView:
    found = rows.get_emoji(tx.conn, emoji_id)
    if found is None:
        raise NotFound("unknown", "Record not found", by_name=True)
    return found


def _checked(tx: Transaction, fields: EmojiFields) -> EmojiFields:
    url = prepare_url(tx, fields.image_url)
    if not url.startswith(("http://", "https://")):
        raise Invalid("invalid_url_scheme")
    alt_text = storable(fields.alt_text).strip()
    if length(alt_text) > _MAX_ALT_TEXT:
        raise Invalid("alt_text_length_overflow")
    words = (storable(word).strip().lower() for word in fields.keywords)
    keywords = sorted({word for word in words if word})
    category = storable(fields.category).strip()
    if len(keywords) > _MAX_KEYWORDS:
        raise Invalid("too_many_items", f"at most {_MAX_KEYWORDS} keywords")
    if any(length(word) > _MAX_WORD for word in (category, *keywords)):
        raise Invalid("unknown", f"a category or keyword has at most {_MAX_WORD} characters")
    return EmojiFields(category, url, alt_text, keywords)


def _write_down(
    tx: Transaction, by: Doer, kind: str, emoji_id: EmojiId, old: str | None, new: str | None
) -> None:
    before, after = (None if code is None else json.dumps(code) for code in (old, new))
    add_settings_change(tx.conn, by.person_id, _SETTING, before, after, tx.now)
    event.add(tx.conn, kind, tx.now, doer_id=by.person_id, emoji_id=emoji_id)
