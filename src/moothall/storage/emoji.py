"""The emoji of the site: single ones and their keywords. The list of all stands in `site_list`."""

from collections.abc import Iterable

from sqlalchemy import delete, insert, select, update

from moothall.domain.ids import EmojiId
from moothall.domain.site import CustomEmoji, CustomEmojiView, EmojiFields
from moothall.domain.time import Time

from . import columns
from .connection import Connection
from .dialects import both_inserts
from .statements import Statement, param
from .tables import custom_emoji, custom_emoji_keyword

_FIELDS = ("category", "image_url", "alt_text")
_ADD = both_inserts(
    lambda insert_into: (
        insert_into(custom_emoji)
        .values(
            shortcode=param("shortcode"),
            created_at=param("now"),
            **{name: param(name) for name in _FIELDS},
        )
        .on_conflict_do_nothing()
        .returning(custom_emoji.c.id)
    )
)
_is_it = custom_emoji.c.id == param("emoji_id")
_GET = Statement(select(*columns.of(custom_emoji, CustomEmoji._fields)).where(_is_it))
_KEYWORDS = Statement(
    select(custom_emoji_keyword.c.keyword)
    .where(custom_emoji_keyword.c.custom_emoji_id == param("emoji_id"))
    .order_by(custom_emoji_keyword.c.keyword)
)
_UPDATE = Statement(
    update(custom_emoji)
    .where(_is_it)
    .values(updated_at=param("now"), **{name: param(name) for name in _FIELDS})
)
_DELETE = Statement(delete(custom_emoji).where(_is_it))
_FORGET_KEYWORDS = Statement(
    delete(custom_emoji_keyword).where(custom_emoji_keyword.c.custom_emoji_id == param("emoji_id"))
)
_ADD_KEYWORD = Statement(
    insert(custom_emoji_keyword).values(custom_emoji_id=param("emoji_id"), keyword=param("keyword"))
)


def add_emoji(conn: Connection, shortcode: str, fields: EmojiFields, now: Time) -> EmojiId | None:
    """A new emoji; None where its short code is taken."""
    found: int | None = conn.value(_ADD, shortcode=shortcode, now=now, **_values(fields))
    if found is None:
        return None
    _add_keywords(conn, EmojiId(found), fields.keywords)
    return EmojiId(found)


def get_emoji(conn: Connection, emoji_id: EmojiId) -> CustomEmojiView | None:
    """One emoji with its keywords."""
    row = conn.one(_GET, emoji_id=emoji_id)
    if row is None:
        return None
    keywords = [keyword for (keyword,) in conn.all(_KEYWORDS, emoji_id=emoji_id)]
    return CustomEmojiView(CustomEmoji._make(row), keywords)


def update_emoji(conn: Connection, emoji_id: EmojiId, fields: EmojiFields, now: Time) -> None:
    """Replace all that is said about an emoji."""
    conn.run(_UPDATE, emoji_id=emoji_id, now=now, **_values(fields))
    conn.run(_FORGET_KEYWORDS, emoji_id=emoji_id)
    _add_keywords(conn, emoji_id, fields.keywords)


def delete_emoji(conn: Connection, emoji_id: EmojiId) -> None:
    """Take an emoji away; its keywords go with it."""
    conn.run(_DELETE, emoji_id=emoji_id)


def _values(fields: EmojiFields) -> dict[str, str]:
    return {name: getattr(fields, name) for name in _FIELDS}


def _add_keywords(conn: Connection, emoji_id: EmojiId, keywords: Iterable[str]) -> None:
    conn.run_many(_ADD_KEYWORD, ({"emoji_id": emoji_id, "keyword": each} for each in keywords))
