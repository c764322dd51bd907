"""HTML that other programs wrote: made harmless for our pages, or reduced to plain text.

Two steps. First our own linear pass (`_balance`) rewrites the fragment into properly nested
elements of a small vocabulary with a bounded depth; an HTML5 parser, which must repair any tag
soup, can be driven into quadratic time and unbounded output by soup alone. Then nh3 (ammonia)
parses the result and decides what is allowed: it is always the last step, so no fault in our own
pass can let anything active through.
"""

import html as stdlib_html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import nh3

MAX_FRAGMENT: Final = 100_000
"""Characters of a fragment that are read; the rest is cut off."""

MAX_DEPTH: Final = 60
"""Elements inside each other; deeper ones lose their tags and keep their text."""

URL_SCHEMES: Final = frozenset({"http", "https", "mailto", "magnet"})
LINK_REL: Final = "nofollow ugc noopener"


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


INLINE_TAGS: Final = _names(
    "a abbr b bdi bdo cite code del dfn em i ins kbd mark q rp rt ruby s samp small span strong"
    " sub sup time u var wbr"
)
BLOCK_TAGS: Final = _names(
    "blockquote br caption dd details dl dt h3 h4 h5 h6 hr li ol p pre summary table tbody td"
    " tfoot th thead tr ul"
)
TABLE_ATTRIBUTES: Final = {cell: {"align": {"left", "center", "right"}} for cell in ("td", "th")}

_MENTION_CLASSES = {"mention", "hashtag", "u-url", "h-card", "invisible", "ellipsis"}
_CLEANER = nh3.Cleaner(
    tags=INLINE_TAGS | BLOCK_TAGS,
    attributes={"a": {"href", "title"}, "ol": {"start"}, "abbr": {"title"}},
    allowed_classes={"a": _MENTION_CLASSES, "span": _MENTION_CLASSES},
    tag_attribute_values=TABLE_ATTRIBUTES,
    url_schemes=URL_SCHEMES,
    # A relative address written by another server would point into our own pages.
    url_relative="deny",
    link_rel=LINK_REL,
)

_KEPT_ATTRIBUTES: Final = {
    "a": frozenset({"href", "title", "class"}),
    "span": frozenset({"class"}),
    "ol": frozenset({"start"}),
    "abbr": frozenset({"title"}),
    "td": frozenset({"align"}),
    "th": frozenset({"align"}),
    "img": frozenset({"src", "alt"}),
}
_VOID = frozenset({"br", "hr", "wbr"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_KNOWN = INLINE_TAGS | BLOCK_TAGS | _HEADINGS | {"img"}
_DROPPED_WITH_CONTENT = _names(
    "script style template iframe object svg math noscript noembed noframes textarea title"
    " select xmp audio video canvas head"
)
# Tags that end a word although they are not in our vocabulary.
_SEPARATING = BLOCK_TAGS | _HEADINGS | _names("div section article header footer aside")

# Possessive repeats stand only on single characters: on groups early releases of Python 3.11 are
# wrong. A tag whose quotes do not pair is read again without them.
_TAG = re.compile(
    r"""<(/?)([a-zA-Z][a-zA-Z0-9]*+)((?:[^<>"']++|"[^"]*"|'[^']*')*)>""",
)
_TAG_WITH_STRAY_QUOTE = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*+)()[^<>]*>")
_ATTRIBUTE = re.compile(
    r"""(?<![a-zA-Z-])([a-zA-Z][a-zA-Z-]*+)\s*+=\s*+("[^"]*"|'[^']*'|[^\s"'>]+)"""
)


@dataclass(frozen=True, slots=True)
class _Tag:
    name: str
    closing: bool
    attributes: dict[str, str]


def sanitize(fragment: str, max_depth: int = MAX_DEPTH) -> str:
    """Return the HTML of another server in the form in which our pages may show it.

    Pictures become links to them, since our pages ask no other host for anything; headings move
    down two levels; ids, styles and all classes but those of mentions and hashtags go. Reads at
    most `MAX_FRAGMENT` characters; time and output are linear in them. Elements that are nested
    more deeply than `max_depth` go, what is in them stays.
    """
    return _CLEANER.clean(_balance(without_surrogates(fragment[:MAX_FRAGMENT]), max_depth))


def to_text(fragment: str, max_chars: int) -> str:
    """Return the words of an HTML fragment on one line, at most `max_chars` characters.

    The result is plain text: whoever puts it into a page must escape it. Control characters and
    Unicode direction overrides are left out, because an excerpt stands inside other lines.
    """
    parts: list[str] = []
    for piece in _pieces(fragment[:MAX_FRAGMENT]):
        if isinstance(piece, str):
            parts.append(piece)
        elif piece.name in _SEPARATING:
            parts.append(" ")
    words = _INVISIBLE.sub("", stdlib_html.unescape("".join(parts))).split()
    return _cut(" ".join(words), max_chars)


# C0 and C1 controls but white space, direction marks and overrides, and lone surrogates.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def _cut(line: str, max_chars: int) -> str:
    if len(line) <= max_chars:
        return line
    if max_chars < 1:
        return ""
    head = line[: max_chars - 1]
    word_end = head.rfind(" ")
    # A cut at a word end reads better, unless the last word is most of the line.
    if word_end > len(head) // 2:
        head = head[:word_end]
    return head.rstrip() + "…"


def without_surrogates(text: str) -> str:
    """Replace lone surrogates (JSON can smuggle them in), which UTF-8 cannot express."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def _pieces(source: str) -> Iterator[str | _Tag]:
    """Split into text (still with its entities, `<` escaped) and tags; linear in the length.

    Comments, declarations and the elements whose content is not text are skipped.
    """
    scanner = _Scanner(source)
    position = 0
    while (start := source.find("<", position)) >= 0:
        if start > position:
            yield source[position:start]
        after_markup = scanner.end_of_declaration(start)
        if after_markup is not None:
            position = after_markup
            continue
        match = _TAG.match(source, start) or _TAG_WITH_STRAY_QUOTE.match(source, start)
        if match is None:
            yield "&lt;"
            position = start + 1
            continue
        position = match.end()
        name = match[2].lower()
        if name in _DROPPED_WITH_CONTENT:
            position = position if match[1] else scanner.end_of_element(name, position)
            continue
        yield _Tag(name, bool(match[1]), _attributes(name, match[3]))
    if position < len(source):
        yield source[position:]


class _Scanner:
    """Finds where skipped things end, and remembers what no longer occurs.

    Without that memory, ten thousand unclosed comments would each search the whole rest.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._lower = source.lower() if source.isascii() else _ascii_lower(source)
        self._absent: set[str] = set()

    def end_of_declaration(self, start: int) -> int | None:
        """Return where the comment or declaration that starts here ends; None if it is none."""
        if self._source.startswith("<!--", start):
            return self._after("-->", start + 2)
        if self._source.startswith(("<!", "<?"), start):
            return self._after(">", start)
        return None

    def end_of_element(self, name: str, position: int) -> int:
        """Return the position after the end tag, or `position` when there is none."""
        found = self._after(f"</{name}", position)
        return position if found is None else (self._after(">", found) or found)

    def _after(self, token: str, position: int) -> int | None:
        if token in self._absent:
            return None
        found = self._lower.find(token, position)
        if found < 0:
            self._absent.add(token)
            return None
        return found + len(token)


_UPPER_TO_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def _ascii_lower(text: str) -> str:
    """Lower-case without changing any length, as `str.lower` does for some letters."""
    return text.translate(_UPPER_TO_LOWER)


def _attributes(name: str, source: str) -> dict[str, str]:
    kept = _KEPT_ATTRIBUTES.get(name)
    if kept is None or not source:
        return {}
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(source):
        key = match[1].lower()
        if key in kept:
            found.setdefault(key, stdlib_html.unescape(match[2].strip("\"'")))
    return found


def _balance(source: str, max_depth: int) -> str:
    """Rewrite a fragment as properly nested elements of our vocabulary."""
    tree = _Nesting(max_depth)
    for piece in _pieces(source):
        if isinstance(piece, str):
            tree.text(piece)
        elif piece.name not in _KNOWN:
            if piece.name in _SEPARATING:
                tree.end_paragraph()
        elif piece.closing:
            tree.close(_shifted(piece.name))
        elif piece.name == "img":
            tree.picture(piece.attributes)
        else:
            tree.open(_shifted(piece.name), piece.attributes)
    return tree.finish()


def _shifted(name: str) -> str:
    """Move headings down two levels: the first two belong to the page."""
    return f"h{min(6, int(name[1]) + 2)}" if name in _HEADINGS else name


_BLOCKS_IN_PARAGRAPH = BLOCK_TAGS - {"br", "summary", "caption"}
_CELLS = frozenset({"td", "th"})
_ROW_GROUPS = frozenset({"thead", "tbody", "tfoot"})
# An opening tag ends an open element of the first set, unless one of the second lies between:
# the optional end tags of HTML.
_IMPLIED_ENDS: Final = {
    "li": (frozenset({"li"}), frozenset({"ul", "ol", "table"})),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl", "table"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl", "table"})),
    "td": (_CELLS, frozenset({"table"})),
    "th": (_CELLS, frozenset({"table"})),
    "tr": (frozenset({"tr"}), frozenset({"table"})),
    "thead": (_ROW_GROUPS, frozenset({"table"})),
    "tbody": (_ROW_GROUPS, frozenset({"table"})),
    "tfoot": (_ROW_GROUPS, frozenset({"table"})),
    "a": (frozenset({"a"}), _CELLS),
}
_PARAGRAPH_END = (
    frozenset({"p", "h3", "h4", "h5", "h6"}),
    frozenset({"blockquote", "caption", "dd", "details", "dt", "li", "td", "th"}),
)
# Inside these only the named children: anything else an HTML parser would move out of the table.
_TABLE_CHILDREN: Final = {
    "table": _ROW_GROUPS | {"tr", "caption"},
    "thead": frozenset({"tr"}),
    "tbody": frozenset({"tr"}),
    "tfoot": frozenset({"tr"}),
    "tr": _CELLS,
}
_TABLE_PARTS = _ROW_GROUPS | _CELLS | {"tr", "caption"}


class _Nesting:
    """Writes elements, closing each one before what contains it."""

    def __init__(self, max_depth: int) -> None:
        self._max_depth = max_depth
        self._written: list[str] = []
        self._stack: list[str] = []

    def text(self, source: str) -> None:
        self._written.append(source)

    def open(self, name: str, attributes: dict[str, str]) -> None:
        if name in _IMPLIED_ENDS:
            self._end(*_IMPLIED_ENDS[name])
        elif name in _BLOCKS_IN_PARAGRAPH:
            self.end_paragraph()
        if not self._may_hold(name):
            return
        self._written.append(_start_tag(name, attributes))
        if name not in _VOID:
            self._stack.append(name)

    def close(self, name: str) -> None:
        self._end(
            frozenset({name}), _CELLS if name not in _TABLE_PARTS | {"table"} else frozenset()
        )

    def end_paragraph(self) -> None:
        self._end(*_PARAGRAPH_END)

    def picture(self, attributes: dict[str, str]) -> None:
        source = attributes.get("src", "")
        label = stdlib_html.escape(attributes.get("alt") or source)
        if "a" in self._stack or not source:
            self.text(label)
            return
        self.open("a", {"href": source})
        self.text(label)
        self.close("a")

    def finish(self) -> str:
        while self._stack:
            self._written.append(f"</{self._stack.pop()}>")
        return "".join(self._written)

    def _may_hold(self, name: str) -> bool:
        if len(self._stack) >= self._max_depth:
            return False
        parent = self._stack[-1] if self._stack else ""
        children = _TABLE_CHILDREN.get(parent)
        return name in children if children is not None else name not in _TABLE_PARTS

    def _end(self, names: frozenset[str], boundary: frozenset[str]) -> None:
        for depth in range(len(self._stack) - 1, -1, -1):
            if self._stack[depth] in names:
                while len(self._stack) > depth:
                    self._written.append(f"</{self._stack.pop()}>")
                return
            if self._stack[depth] in boundary:
                return


def _start_tag(name: str, attributes: dict[str, str]) -> str:
    written = "".join(f' {key}="{stdlib_html.escape(value)}"' for key, value in attributes.items())
    return f"<{name}{written}>"
