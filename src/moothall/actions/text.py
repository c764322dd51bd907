"""What people write, made ready to be stored: slur rule, blocked links, lengths, rendering.

Every action that stores a text takes it through here. What was written is kept; its HTML is a
cache beside it.
"""

import hashlib
from typing import NamedTuple

from moothall.domain.errors import Invalid, blame
from moothall.domain.media import proxied_url, unproxied
from moothall.domain.text import has_visible, is_blocked_url, length, storable, tame
from moothall.lib import markdown, urls
from moothall.lib.patterns import InvalidPattern, Pattern, PermissivePattern, compile_pattern
from moothall.storage import text_rules
from moothall.storage.transaction import Transaction

from .media import note_remote_picture

MAX_POST_BODY = 50_000
MAX_BODY = 10_000
"""UTF-16 units of a comment, a message, a description, a sidebar."""

# Each is a row; a text that has more shows the rest as links.
_MAX_PICTURES = 100
_MIN_TITLE = 3
_MAX_TITLE = 200
_REPLACEMENT = "*removed*"


def prepare_title(tx: Transaction, text: str) -> str:
    """A post's title as it is stored.

    Raises Invalid: `slurs`, or `invalid_post_title` for one that is shorter than 3 or longer than
    200 characters, has a line break, or shows nothing that a reader could press.
    """
    given = storable(text).strip()
    title = tame(given)
    refuse_slurs(tx, title)
    is_one_line = len(given.splitlines()) <= 1
    if not _MIN_TITLE <= length(title) <= _MAX_TITLE or not is_one_line or not has_visible(title):
        raise Invalid("invalid_post_title")
    return title


def refuse_slurs(tx: Transaction, text: str) -> None:
    """For names, titles and reasons, which nothing can be cut out of. Raises Invalid `slurs`."""
    pattern = _slurs(tx)
    if pattern is not None and pattern.search(text) is not None:
        raise Invalid("slurs")


def prepare_body(
    tx: Transaction, text: str, max_chars: int, code: str = "invalid_body_field"
) -> tuple[str, str | None]:
    """A Markdown text as it is stored, with its HTML (None where it is plain).

    Slurs are replaced. Raises Invalid: `code` for more than `max_chars` UTF-16 units,
    `blocked_url` for a link that an admin blocked.
    """
    # A client that shows what we proxy, and saves it, means the picture itself.
    body = unproxied(storable(text), tx.home.base_url)
    if length(body) > max_chars:
        raise Invalid(code, f"it is too long: {length(body):,} characters where {max_chars:,} fit")
    body = replace_slurs(tx, body)
    _refuse_blocked_links(tx, body)
    return body, render(tx, body)


def prepare_words(
    tx: Transaction, text: str, max_chars: int, code: str = "invalid_body_field"
) -> tuple[str, str | None]:
    """`prepare_body` for what somebody says: at least one character of it must be seen.

    Raises Invalid `code` also for what is empty, blank, or made of characters without a shape.
    """
    if not has_visible(storable(text)):
        raise Invalid(code, "there is nothing to read in it")
    return prepare_body(tx, text, max_chars, code)


def replace_slurs(tx: Transaction, text: str) -> str:
    """The text with what the site does not want to read cut out."""
    pattern = _slurs(tx)
    return text if pattern is None else pattern.replace(text, _REPLACEMENT)


def render(tx: Transaction, text: str) -> str | None:
    """The HTML of a stored text, None where it is plain."""
    if markdown.is_plain(text):
        return None
    # Two footnotes on one page must not share an id, and a row has no id before it is stored.
    mark = hashlib.blake2s(text.encode("utf-8", "replace"), digest_size=5).hexdigest()
    links = markdown.Links(
        base_url=tx.home.base_url,
        domain=tx.home.domain,
        image_url=RemotePictures(tx).shown_from,
    )
    return markdown.render(text, links, prefix=f"n{mark}-")


class RemotePictures:
    """The pictures of other servers in one text: our pages show them through the proxy."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._left = _MAX_PICTURES

    def shown_from(self, url: str) -> str:
        """The address at which we pass it on, and note it; "" for what stays a link."""
        try:
            normal = urls.normalise_url(url)
        except urls.UrlError:
            return ""
        if self._left <= 0 or not normal.startswith(("http://", "https://")):
            return ""
        self._left -= 1
        note_remote_picture(self._tx, normal)
        return proxied_url(normal, self._tx.home.base_url)


def prepare_reason(reason: str | None) -> str | None:
    """Why a moderator did something, as the modlog keeps it; None where nothing was said.

    Raises Invalid `invalid_body_field` for more than 10,000 UTF-16 units.
    """
    text = storable(reason or "").strip()
    if length(text) > MAX_BODY:
        raise Invalid("invalid_body_field")
    return text or None


def prepare_url(tx: Transaction, url: str, *, check_blocked: bool = True) -> str:
    """An address in its one spelling.

    Raises Invalid: `invalid_url`, `invalid_url_scheme`, `url_length_overflow`, `blocked_url`.
    """
    try:
        normal = urls.normalise_url(unproxied(url, tx.home.base_url))
    except urls.UrlTooLong:
        raise Invalid("url_length_overflow") from None
    except urls.InvalidUrlScheme:
        raise Invalid("invalid_url_scheme") from None
    except urls.UrlError:
        raise Invalid("invalid_url") from None
    if check_blocked and _is_blocked(normal, text_rules.blocked_urls(tx.conn)):
        raise Invalid("blocked_url")
    return normal


def checked_pattern(source: str) -> Pattern:
    """The pattern of a slur filter. Raises Invalid `invalid_regex` and `permissive_regex`."""
    try:
        return compile_pattern(source)
    except InvalidPattern as error:
        raise Invalid("invalid_regex", str(error)) from None
    except PermissivePattern:
        raise Invalid("permissive_regex") from None


def without_scheme(text: str) -> str:
    """A link as it is blocked: in its one spelling, without the scheme, for a site its host.

    Raises Invalid `invalid_url`.
    """
    text = text.strip()
    try:
        normal = urls.normalise_url(text if "://" in text else f"https://{text}")
    except urls.UrlError:
        raise Invalid("invalid_url", text[:100]) from None
    host, _, path = normal.split("//", 1)[-1].partition("/")
    return f"{host}/{path}" if path else host


class Trial(NamedTuple):
    """What rules would do to a text: what is left of it, and which blocked links it holds."""

    text: str
    has_slurs: bool
    blocked: list[str]


def try_rules(source: str, blocked_urls: list[str], text: str) -> Trial:
    """Try a slur filter and blocked links before they are stored; both may be empty.

    Raises what `checked_pattern` and `without_scheme` raise, with the name of the setting.
    """
    with blame("slur_filter_regex"):
        left = checked_pattern(source).replace(text, _REPLACEMENT) if source else text
    with blame("blocked_urls"):
        entries = [without_scheme(each) for each in blocked_urls]
    spelled = [text, *map(_spelled, markdown.links_in(text))]
    found = [each for each in entries if any(_is_blocked(part, [each]) for part in spelled)]
    return Trial(left, left != text, found)


def prepare_picture(tx: Transaction, url: str, *, check_blocked: bool = True) -> str:
    """The address of a picture, which our pages will show through the proxy if it is not ours.

    Raises as `prepare_url` does.
    """
    normal = prepare_url(tx, url, check_blocked=check_blocked)
    if not normal.startswith(("http://", "https://")):
        raise Invalid("invalid_url_scheme")
    note_remote_picture(tx, normal)
    return normal


def _slurs(tx: Transaction) -> Pattern | None:
    source = text_rules.slur_filter(tx.conn)
    return compile_pattern(source) if source else None


def _refuse_blocked_links(tx: Transaction, text: str) -> None:
    blocked = text_rules.blocked_urls(tx.conn)
    if not blocked:
        return
    # The text as it stands, and its links as a browser would spell them.
    if _is_blocked(text, blocked) or any(
        _is_blocked(_spelled(link), blocked) for link in markdown.links_in(text)
    ):
        raise Invalid("blocked_url")


def _is_blocked(text: str, blocked: list[str]) -> bool:
    lowered = text.lower()
    return any(is_blocked_url(lowered, entry.lower()) for entry in blocked)


def _spelled(link: str) -> str:
    try:
        return urls.normalise_url(link)
    except urls.UrlError:
        return link
