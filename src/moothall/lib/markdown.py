"""Markdown as the clients of the Lemmy API expect it, to HTML that is safe to show.

comrak parses, our own step adds what it does not know (mentions, spoilers, pictures as links,
headings below those of the page, footnote ids that may share a page), and nh3 decides at the end
what is allowed. Every text renders: one that is too long, too deep or too wide for the limits
below is shown as plain text.
"""

import html as stdlib_html
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import quote, unquote

import comrak
import nh3

from moothall.lib import html

MAX_TEXT: Final = 50_000
"""Characters; a longer text is shown without formatting."""

MAX_DEPTH: Final = 100
"""Elements inside each other in the result; a deeper text is shown without formatting."""

MAX_HTML: Final = 1_000_000
"""Characters of HTML that one text may become before it is shown without formatting."""

MAX_MENTIONS: Final = 50

# comrak fills short rows of a table up to its width without a limit, and is quadratic in nested
# directives: a text that exceeds one of these loses that one feature.
_MAX_TABLE_CELLS: Final = 50_000
_MAX_DIRECTIVES: Final = 200
_MAX_FOOTNOTE_REFERENCES: Final = 1_000


class MentionKind(StrEnum):
    """What a mention names: `@name@host` a person, `!name@host` a community."""

    PERSON = "person"
    COMMUNITY = "community"


@dataclass(frozen=True, slots=True)
class Mention:
    """A person or community named in a text; `host` is in lower case and may carry a port."""

    name: str
    host: str
    kind: MentionKind


@dataclass(frozen=True, slots=True)
class Links:
    """Where the links of a rendering lead.

    `base_url` is our own address without a final slash, `domain` the host (and port) in our
    names. Pictures under `base_url` are shown; for any other `image_url` gives the address from
    which a page may load it, and without it, or where it gives "", the picture becomes a link.
    """

    base_url: str
    domain: str
    image_url: Callable[[str], str] | None = None


def render(text: str, links: Links, prefix: str = "") -> str:
    """Return the safe HTML of a Markdown text; `prefix` begins every id in it (footnotes)."""
    if is_plain(text):
        return plain(text)
    text = html.without_surrogates(text)
    source = _parse(text)
    if source is None:
        return _CLEANER.clean(f"<p>{stdlib_html.escape(text)}</p>\n")
    if "[^" in text:
        return _FOOTNOTES_CLEANER.clean(_prefixed(_adapted(source, links), prefix))
    return _CLEANER.clean(_adapted(source, links))


def plain(text: str) -> str:
    """Return what `render` gives for a text that `is_plain`."""
    return f"<p>{text.replace('&', '&amp;')}</p>\n"


def is_plain(text: str) -> bool:
    """Say whether nothing in the text is Markdown: one paragraph, rendered as `plain` does.

    Cautious: some texts without formatting are not recognised. Such a text needs no stored HTML.
    """
    return (
        _PLAIN_CHARS.fullmatch(text) is not None
        and _OPENS_BLOCK.match(text) is None
        and not text.endswith((" ", "\n"))
        and "://" not in text
        and "www." not in text
        and ("\n" not in text or _BREAKS_PLAIN_LINE.search(text) is None)
        and ("&" not in text or _ENTITY.search(text) is None)
    )


# All but what may have a meaning inside a line, controls, and the white space of Unicode, which
# CommonMark strips or HTML writes as an entity.
_PLAIN_CHARS = re.compile(
    "[^\x00-\x09\x0b-\x1f\x7f-\x9f\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f\u3000\ufeff\ud800-\udfff"
    r"\\`*_~^\[\]<>|@]+"
)
_OPENS_BLOCK = re.compile(r"[ \n#+=:\-]|[0-9]{1,9}[.)]")
_BREAKS_PLAIN_LINE = re.compile(rf" \n|\n(?:{_OPENS_BLOCK.pattern})")
_ENTITY = re.compile(r"&[a-zA-Z#]")


def mentions(text: str) -> list[Mention]:
    """Return whom a text names outside code and links, each once, at most `MAX_MENTIONS`."""
    if "@" not in text:
        return []
    source = _parse(html.without_surrogates(text))
    found: dict[Mention, None] = {}
    for match in _MENTIONS.finditer(_without_mail_links(source or "")):
        mention = _mention(match)
        if mention is not None:
            found[mention] = None
            if len(found) == MAX_MENTIONS:
                break
    return list(found)


def links_in(text: str) -> list[str]:
    """Return the addresses of the links and pictures of a text and those spelled in its code.

    Each once. The host is in lower case without percent-encoding, so that a rule about hosts
    cannot be passed by spelling; mail addresses and links inside the page are left out.
    """
    text = html.without_surrogates(text)
    source = _parse(text)
    raw = text if source is None else stdlib_html.unescape(" ".join(_CODE.findall(source)))
    found = [stdlib_html.unescape(url) for url in _DESTINATIONS.findall(source or "")]
    found += _RAW_URL.findall(raw)
    return list(dict.fromkeys(_spelled(url) for url in found if _leads_away(url)))


_DESTINATIONS = re.compile(r'<(?:a href|img src)="([^"]*)"')
_CODE = re.compile(r"<code\b[^>]*>(.*?)</code>", re.DOTALL)
_RAW_URL = re.compile(r"""\bhttps?://[^\s<>"'`]+""", re.IGNORECASE)
_AUTHORITY = re.compile(r"([a-z][a-z0-9+.-]*://|//)([^/?#]*)", re.IGNORECASE)


def _leads_away(url: str) -> bool:
    return bool(url) and not url.startswith("#") and not url.lower().startswith("mailto:")


def _spelled(url: str) -> str:
    return _AUTHORITY.sub(lambda m: m[1].lower() + unquote(m[2]).lower(), url, count=1)


# ---- comrak ------------------------------------------------------------------------------------


def _extensions(
    *, table: bool = True, footnotes: bool = True, directives: bool = True
) -> comrak.ExtensionOptions:
    options = comrak.ExtensionOptions()
    options.strikethrough = True
    options.autolink = True
    options.superscript = True
    options.subscript = True
    options.table = table
    options.footnotes = footnotes
    options.block_directive = directives
    return options


def _rendering() -> comrak.RenderOptions:
    options = comrak.RenderOptions()
    options.escape = True
    return options


_EXTENSIONS = _extensions()
_RENDERING = _rendering()


def _parse(text: str) -> str | None:
    """Return comrak's HTML, or None for a text that exceeds a limit."""
    if len(text) > MAX_TEXT:
        return None
    source = comrak.render_markdown(
        text, extension_options=_extensions_for(text), render_options=_RENDERING
    )
    return None if len(source) > MAX_HTML or _is_deep(source) else source


def _extensions_for(text: str) -> comrak.ExtensionOptions:
    table = "|" not in text or _table_cells(text) <= _MAX_TABLE_CELLS
    footnotes = text.count("[^") <= _MAX_FOOTNOTE_REFERENCES
    directives = text.count(":::") <= _MAX_DIRECTIVES
    if table and footnotes and directives:
        return _EXTENSIONS
    return _extensions(table=table, footnotes=footnotes, directives=directives)


_LINE_ENDS = re.compile(r"\r\n?|\n")
_DELIMITER_ROW_CHARS = " \t\v\f|:->"


def _table_cells(text: str) -> int:
    """Return an upper bound of the cells that the tables of a text may get."""
    lines = _LINE_ENDS.split(text)
    width = max(
        (line.count("|") + 1 for line in lines if not line.strip(_DELIMITER_ROW_CHARS)), default=0
    )
    return width * len(lines)


_NESTING_TAG = re.compile(r"<(/?)(?!br|hr|img|/)")


def _is_deep(source: str) -> bool:
    """Say whether elements are nested too deeply: an HTML parser is quadratic in depth."""
    if source.count("</") <= MAX_DEPTH:
        return False
    depth = 0
    for match in _NESTING_TAG.finditer(source):
        depth += -1 if match[1] else 1
        if depth > MAX_DEPTH:
            return True
    return False


# ---- our own step ------------------------------------------------------------------------------


def _adapted(source: str, links: Links) -> str:
    """Add to comrak's HTML what it does not know; each part only where it occurs."""
    if "<img" in source:
        source = _PICTURES.sub(lambda match: _picture_or_link(match, links), source)
    if '<a href=""' in source:  # what comrak leaves of a link with a dangerous scheme
        source = source.replace('<a href=""', "<a")
    if "@" in source:
        source = _MENTIONS.sub(
            lambda match: _mention_link(match, links), _without_mail_links(source)
        )
    if "<h" in source:
        source = _HEADING.sub(lambda match: f"{match[1]}{min(6, int(match[2]) + 2)}>", source)
    if "<div" in source:
        source = _with_spoilers(source)
    return source


_HEADING = re.compile(r"(</?h)([1-6])>")
_FOOTNOTE_ID = re.compile(r'( id="| href="#)(fn(?:ref)?-)')


def _prefixed(source: str, prefix: str) -> str:
    safe_prefix = stdlib_html.escape(prefix)
    return _FOOTNOTE_ID.sub(lambda match: f"{match[1]}{safe_prefix}{match[2]}", source)


_PICTURES = re.compile(r"<a\b[^>]*>.*?</a>|<img\b[^>]*>", re.DOTALL)
_PICTURE = re.compile(r"<img\b[^>]*>")
_PICTURE_ATTRIBUTE = re.compile(r'\b(src|alt|title)="([^"]*)"')


def _picture_or_link(match: re.Match[str], links: Links) -> str:
    """Rewrite a picture, or the pictures within a link."""
    whole = match[0]
    if whole.startswith("<img"):
        return _picture(whole, links, in_link=False)
    if "<img" not in whole:
        return whole
    return _PICTURE.sub(lambda inner: _picture(inner[0], links, in_link=True), whole)


def _picture(tag: str, links: Links, *, in_link: bool) -> str:
    attributes = {
        name: stdlib_html.unescape(value) for name, value in _PICTURE_ATTRIBUTE.findall(tag)
    }
    url, alt = attributes.get("src", ""), attributes.get("alt", "")
    shown_from = _own(url, links)
    if not shown_from and links.image_url and url:
        shown_from = links.image_url(url)
    title = f' title="{stdlib_html.escape(attributes["title"])}"' if "title" in attributes else ""
    if shown_from:
        return (
            f'<img src="{stdlib_html.escape(shown_from)}" alt="{stdlib_html.escape(alt)}"'
            f'{title} loading="lazy" />'
        )
    label = stdlib_html.escape(alt or url)
    if in_link or not url:
        return label
    return f'<a href="{stdlib_html.escape(url)}"{title}>{label}</a>'


def _own(url: str, links: Links) -> str:
    """Return the address of a picture on our own host, else an empty string."""
    is_rooted = url.startswith("/") and not url.startswith(("//", "/\\", "/%5C", "/%5c"))
    return url if is_rooted or url.startswith(f"{links.base_url}/") else ""


# A name in a text; a link, code or a tag is taken whole, so that no name inside is found, and
# a run of them with the text between at once: a call for each tag would cost more than the rest.
_NAME = r"\w(?:[\w.-]{0,98}\w)?"
_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(?::[0-9]{1,5})?"
_SIGIL = r"([@!])(?<![\w@!/.-].)"
_LINK_OR_CODE = "|".join(rf"{tag}\b[^<]*(?:<(?!/{tag}>)[^<]*)*</{tag}>" for tag in ("a", "code"))
_MENTIONS = re.compile(
    rf"(?:<(?:{_LINK_OR_CODE}|[^>]*>)[^<@!]*)+|{_SIGIL}({_NAME})@({_HOST})(?![\w@])"
)
_MAIL_IN_MENTION = re.compile(
    rf'{_SIGIL}([\w.-]{{0,100}})<a href="mailto:[^"]*">([\w.-]+@[\w.-]+)</a>'
)


def _without_mail_links(source: str) -> str:
    """Undo the mail link that comrak makes of the last part of `@name@host`."""
    if "mailto:" not in source:
        return source
    return _MAIL_IN_MENTION.sub(r"\1\2\3", source)


def _mention(match: re.Match[str]) -> Mention | None:
    """Return the name found, or None where something else was taken whole."""
    if not match[1]:
        return None
    host = match[3].lower()
    # A bare word is seldom a host in a sentence; in test networks it comes with a port.
    if ("." not in host and ":" not in host) or ".." in host:
        return None
    kind = MentionKind.PERSON if match[1] == "@" else MentionKind.COMMUNITY
    return Mention(match[2], host, kind)


def _mention_link(match: re.Match[str], links: Links) -> str:
    mention = _mention(match)
    if mention is None:
        return match[0]
    room = "u" if mention.kind is MentionKind.PERSON else "c"
    suffix = "" if mention.host == links.domain.lower() else f"@{mention.host}"
    base = stdlib_html.escape(links.base_url)
    return f'<a href="{base}/{room}/{quote(mention.name)}{suffix}">{match[0]}</a>'


_DIRECTIVE = re.compile(r'<div class="([^"]*)">|</div>')


def _with_spoilers(source: str) -> str:
    """Turn `spoiler` directives into details elements; others show their first line again.

    A div in comrak's HTML can only be a directive: what was written as HTML is escaped.
    """
    ends: list[str] = []

    def element(match: re.Match[str]) -> str:
        info = match[1]
        if info is None:
            return ends.pop() if ends else ""
        word, _, title = info.strip().partition(" ")
        is_spoiler = word == "spoiler"
        ends.append("</details>" if is_spoiler else "")
        if is_spoiler:
            return f"<details><summary>{title.strip() or 'Spoiler'}</summary>"
        return f"<p>::: {info}</p>" if info else ""

    return _DIRECTIVE.sub(element, source)


# ---- nh3, always last --------------------------------------------------------------------------


def _cleaner(*, footnotes: bool) -> nh3.Cleaner:
    attributes = {
        "a": {"href", "title"},
        "img": {"src", "alt", "title", "loading"},
        "ol": {"start"},
    }
    classes: dict[str, set[str]] = {}
    tags = html.INLINE_TAGS | html.BLOCK_TAGS | {"img"}
    if footnotes:
        tags |= {"section"}
        attributes["a"] |= {"id", "aria-label"}
        attributes["li"] = {"id"}
        classes = {"section": {"footnotes"}, "sup": {"footnote-ref"}, "a": {"footnote-backref"}}
    return nh3.Cleaner(
        tags=tags,
        attributes=attributes,
        allowed_classes=classes,
        tag_attribute_values=html.TABLE_ATTRIBUTES,
        url_schemes=html.URL_SCHEMES,
        # Authors link to pages of the forum that shows the text: /c/name@host.
        url_relative="pass_through",
        link_rel=html.LINK_REL,
    )


_CLEANER = _cleaner(footnotes=False)
_FOOTNOTES_CLEANER = _cleaner(footnotes=True)
