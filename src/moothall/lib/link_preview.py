"""What a web page says of itself for a preview: title, description, picture, video.

The Open Graph protocol (https://ogp.me), then what HTML itself has. Only the head of the page is
read, by looking for single tags: a page that is no HTML at all costs no more than one that is, and
time is linear in what is read.
"""

import codecs
import html
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urljoin

from .html import to_text
from .urls import UrlError, normalise_url

MAX_HEAD_BYTES = 512 * 1024
MAX_TITLE = 400
MAX_DESCRIPTION = 1_000

_END_OF_HEAD = re.compile(r"<(?:/head|body)\b", re.IGNORECASE)
# Everything in a tag is bounded: without that, unclosed quotes would each search the rest.
_META = re.compile(
    r"""<meta\b((?:[^<>"']++|"[^"]{0,4000}"|'[^']{0,4000}'){1,60})>""", re.IGNORECASE
)
_TITLE = re.compile(r"<title\b[^>]{0,500}>([^<]{1,2000})", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""(?<![\w:-])(property|name|content)\s{0,20}=\s{0,20}("[^"]{0,4000}"|'[^']{0,4000}'|[^\s"'>]{1,2000})""",
    re.IGNORECASE,
)
_CHARSET = re.compile(rb"charset\s{0,5}=\s{0,5}[\"']?([a-zA-Z0-9_.:-]{2,40})", re.IGNORECASE)
_HEAD_OF_CHARSET = 2048
# The encodings of the web (https://encoding.spec.whatwg.org), as Python names them. It knows others
# too, which take minutes for a page that is made for it.
_ENCODINGS = frozenset(
    (
        "ascii",
        "utf-8",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "big5",
        "big5hkscs",
        "euc_jp",
        "euc_kr",
        "cp949",
        "gb2312",
        "gbk",
        "gb18030",
        "iso2022_jp",
        "shift_jis",
        "cp932",
        "koi8-r",
        "koi8-u",
        "mac-roman",
        "mac-cyrillic",
        "cp866",
        "cp874",
        "tis-620",
        *(f"cp125{number}" for number in range(9)),
        *(f"iso8859-{number}" for number in range(1, 17)),
    )
)


class Preview(NamedTuple):
    """What a page says; None for what it does not. Addresses are whole, on http or https."""

    title: str | None = None
    description: str | None = None
    image: str | None = None
    video: str | None = None


def read_preview(page: bytes, content_type: str, url: str) -> Preview:
    """Read the beginning of a page that came from `url`; `content_type` with its parameters."""
    text = _decoded(page[:MAX_HEAD_BYTES], content_type)
    end = _END_OF_HEAD.search(text)
    head = text if end is None else text[: end.start()]
    said: dict[str, str] = {}
    for name, content in _metas(head):
        said.setdefault(name, content)
    title = _TITLE.search(head)
    return Preview(
        title=_line(said.get("og:title") or (title[1] if title else ""), MAX_TITLE),
        description=_line(
            said.get("og:description") or said.get("description", ""), MAX_DESCRIPTION
        ),
        image=_address(said.get("og:image:secure_url") or said.get("og:image", ""), url),
        video=_address(
            said.get("og:video:secure_url") or said.get("og:video:url") or said.get("og:video", ""),
            url,
        ),
    )


def _metas(head: str) -> Iterator[tuple[str, str]]:
    for tag in _META.finditer(head):
        values = {
            match[1].lower(): html.unescape(match[2].strip("\"'"))
            for match in _ATTRIBUTE.finditer(tag[1])
        }
        name = values.get("property") or values.get("name")
        if name and values.get("content"):
            yield name.lower(), values["content"]


def _decoded(page: bytes, content_type: str) -> str:
    match = _CHARSET.search(content_type.encode("latin-1", "replace")) or _CHARSET.search(
        page[:_HEAD_OF_CHARSET]
    )
    name = match[1].decode("ascii") if match else "utf-8"
    try:
        encoding = codecs.lookup(name).name
    except LookupError:
        encoding = ""
    return page.decode(encoding if encoding in _ENCODINGS else "utf-8", "replace")


def _line(text: str, max_chars: int) -> str | None:
    return to_text(html.escape(html.unescape(text)), max_chars) or None


def _address(text: str, url: str) -> str | None:
    if not text.strip():
        return None
    try:
        whole = normalise_url(urljoin(url, text.strip()))
    except (UrlError, ValueError):
        return None
    return whole if whole.startswith(("http://", "https://")) else None
