"""Reading JSON of strangers: bounded, without surprises, and as loosely as peers write it.

A property may be absent, null, one value or a list; where an object is meant there may be its id,
and the other way round.
"""

import json
from datetime import datetime
from typing import Any, NoReturn

from moothall.domain.text import storable
from moothall.domain.time import Time, from_datetime
from moothall.lib import urls
from moothall.lib.html import sanitize

Document = dict[str, Any]

MAX_BYTES = 1_000_000
MAX_DEPTH = 32
MAX_VALUES = 1_000
"""Of one property; what a list has beyond is not read."""
_MAX_ID_CHARS = 2_000
# Turning HTML into Markdown costs its length times its depth.
_HTML_FOR_CHAR = 4
_MAX_HTML_DEPTH = 8


class Unreadable(Exception):
    """The document is not what it should be; the text says why."""


def parse(body: bytes) -> Document:
    """One JSON object. Raises Unreadable, also for a name that stands in an object twice.

    Programs differ in which of two values they believe: so one could be checked here, and another
    be meant.
    """
    if len(body) > MAX_BYTES:
        raise Unreadable("the document is too large")
    try:
        found = json.loads(body, object_pairs_hook=_object, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Unreadable("the document is no JSON") from None
    if not isinstance(found, dict):
        raise Unreadable("the document is no object")
    if _depth(found) > MAX_DEPTH:
        raise Unreadable("the document is nested too deeply")
    return found


def _object(pairs: list[tuple[str, Any]]) -> Document:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Unreadable("a name stands twice in one object")
    return found


def _no_number(_name: str) -> NoReturn:
    raise ValueError("no number of JSON")


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level and depth <= MAX_DEPTH:
        depth += 1
        inner: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                inner.extend(each.values())
            elif isinstance(each, list):
                inner.extend(each)
        level = inner
    return depth


# --- properties


def many(document: Document, name: str) -> list[Any]:
    """All values of a property; none where it is absent or null."""
    value = document.get(name)
    if value is None:
        return []
    return value[:MAX_VALUES] if isinstance(value, list) else [value]


def types(document: Document) -> list[str]:
    """The types of an object, mostly one."""
    return [each for each in many(document, "type") if isinstance(each, str)]


def id_in(value: Any) -> str | None:
    """The id that a value is or has; None for what is no address on the web."""
    found = value.get("id") if isinstance(value, dict) else value
    return found if is_id(found) else None


def is_id(value: Any) -> bool:
    """Whether this can be an id: an address with a host, short enough to keep."""
    return (
        isinstance(value, str)
        and len(value) <= _MAX_ID_CHARS
        and value.startswith(("https://", "http://"))
        and value.isprintable()
        and "\\" not in value
        and "@" not in value.split("/", 3)[2]
        and bool(urls.authority_of(value))
    )


def id_of(document: Document, name: str) -> str | None:
    """The first id that a property is or has."""
    return next((found for value in many(document, name) if (found := id_in(value))), None)


def need_id(document: Document, name: str) -> str:
    """The same, where it must be there. Raises Unreadable."""
    found = id_of(document, name)
    if found is None:
        raise Unreadable(f"it has no {name}")
    return found


def own_id(document: Document) -> str:
    """The document's own id. Raises Unreadable."""
    found = document.get("id")
    if not is_id(found):
        raise Unreadable("it has no id")
    return str(found)


def line(document: Document, name: str, max_chars: int) -> str | None:
    """A short text on one line, cut; None where there is nothing to see in it."""
    value = document.get(name)
    if not isinstance(value, str):
        return None
    return " ".join(storable(value[: 4 * max_chars]).split())[:max_chars] or None


def flag(document: Document, name: str) -> bool:
    """Whether a property is true."""
    return document.get(name) is True


def moment(document: Document, name: str) -> Time | None:
    """A point in time, with its zone; None for what is none."""
    value = document.get(name)
    if not isinstance(value, str):
        return None
    try:
        return from_datetime(datetime.fromisoformat(value.strip()))
    except (ValueError, OverflowError):
        return None


def picture(document: Document, name: str) -> str | None:
    """The address of a picture: an Image, a Link, a mere address, or a list of these."""
    found = [address for value in many(document, name) if (address := _address(value))]
    # The last, as the largest communities of the network do.
    return found[-1] if found else None


def _address(value: Any) -> str | None:
    if isinstance(value, dict):
        inner = [*many(value, "url"), *many(value, "href")]
        return next((found for each in inner if (found := _address_of_link(each))), None)
    return value if is_id(value) else None


def _address_of_link(value: Any) -> str | None:
    address = value.get("href") if isinstance(value, dict) else value
    return address if is_id(address) else None


# --- texts


def markdown(document: Document, name: str, max_chars: int) -> str | None:
    """A text as Markdown, cut: as it was written where that is told, else made from its HTML."""
    written = _source(document)
    if written is None:
        value = document.get(name)
        if not isinstance(value, str):
            return None
        is_markdown = document.get("mediaType") == "text/markdown"
        written = value if is_markdown else from_html(value, max_chars)
    return storable(written[:max_chars]).strip() or None


def _source(document: Document) -> str | None:
    source = document.get("source")
    if not isinstance(source, dict) or source.get("mediaType") != "text/markdown":
        return None
    content = source.get("content")
    return content if isinstance(content, str) else None


def from_html(text: str, max_chars: int) -> str:
    """Markdown that reads like this HTML, or like the beginning of it if it is very long."""
    from markdownify import MarkdownConverter  # 4 MB, and most peers tell the source

    class Converter(MarkdownConverter):
        def convert_hN(self, n: int, el: Any, text: str, parent_tags: Any) -> Any:  # noqa: N802
            # `sanitize` moved headings down for our pages; rendering will do so again.
            shown = max(1, n - 2)
            return super().convert_hN(shown, el, text, parent_tags)  # type: ignore[misc]

    safe = sanitize(storable(text[: _HTML_FOR_CHAR * max_chars]), _MAX_HTML_DEPTH)
    return str(Converter(heading_style="ATX", bullets="-").convert(safe)).strip()
