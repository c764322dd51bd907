"""Proof that HTML does nothing: it is parsed as browsers parse it and every node is looked at.

`assert_inert` takes a fragment (rendered Markdown, sanitised HTML) or a whole page of ours;
`hostile_strings` is the corpus to put wherever people may write.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib

HOSTILE_STRINGS = Path(__file__).parents[1] / "data" / "hostile" / "strings.json"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FRAGMENT_TAGS = _words("""
    a abbr b bdi bdo blockquote br caption cite code dd del details dfn dl dt em h3 h4 h5 h6 hr i
    img ins kbd li mark ol p pre q rp rt ruby s samp section small span strong sub summary sup
    table tbody td tfoot th thead time tr u ul var wbr
    """)
_FRAGMENT_ATTRIBUTES = _words("align alt aria-label class href id loading rel src start title")
_NEVER_IN_PAGES = _words("applet base embed frame frameset iframe object portal style")
_ADDRESS_ATTRIBUTES = _words(
    "action background cite data formaction href longdesc manifest ping poster src xlink:href"
)
_LOADS = frozenset({"src", "poster", "background", "data"})
_LINK_SCHEMES = frozenset({"", "http", "https", "mailto", "magnet"})
# A browser drops these before it looks for the scheme.
_IGNORED_IN_URLS = re.compile("[\x00-\x20]")


def hostile_strings() -> list[str]:
    """Return texts that have broken renderers, ours or others'."""
    strings: list[str] = json.loads(HOSTILE_STRINGS.read_text())
    return strings


def assert_inert(html: str, *, origin: str = "https://forum.example") -> None:
    """Fail if the HTML runs, loads, submits or overlays anything that a text may not.

    A fragment may hold only the vocabulary of formatted text. A page (it begins with a doctype or
    an html element) may also have forms and scripts, but no inline script or style, nothing
    loaded from another host than `origin`, no handler attribute and no address that runs.
    """
    is_page = re.match(r"\s*<(!doctype|html)", html, re.IGNORECASE) is not None
    for element in _elements(html, is_page=is_page):
        tag = str(element.tag).rpartition("}")[2].lower()
        assert tag in _FRAGMENT_TAGS or (is_page and tag not in _NEVER_IN_PAGES), f"<{tag}>: {html}"
        if is_page:
            _assert_page_element(tag, element, origin, html)
        for name, value in element.attrib.items():
            allowed = is_page or name in _FRAGMENT_ATTRIBUTES
            assert allowed, f"attribute {name}: {html}"
            _assert_attribute(name.lower(), value, origin, html)


def _elements(html: str, *, is_page: bool) -> Iterator[Element]:
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root: Element = parser.parse(html) if is_page else parser.parseFragment(html)
    for element in root.iter():
        if element is not root or is_page:
            # A comment has a function for a tag; in a fragment nothing may leave one behind.
            is_comment = callable(element.tag)
            assert is_page or not is_comment, f"comment: {html}"
            if not is_comment:
                yield element


def _assert_page_element(tag: str, element: Element, origin: str, html: str) -> None:
    if tag == "script":
        is_data = element.get("type", "") in {"application/json", "application/ld+json"}
        has_code = bool((element.text or "").strip())
        assert is_data or (element.get("src") and not has_code), f"inline script: {html}"
    if tag == "meta":
        assert element.get("http-equiv", "").lower() != "refresh", f"refresh: {html}"
    if tag == "link" and element.get("rel", "").lower() not in {"canonical", "alternate"}:
        _assert_own(element.get("href", ""), origin, html)


def _assert_attribute(name: str, value: str, origin: str, html: str) -> None:
    assert not name.startswith("on"), f"handler {name}: {html}"
    assert name not in {"style", "srcdoc", "formaction"}, f"{name}: {html}"
    if name not in _ADDRESS_ATTRIBUTES:
        return
    address = _IGNORED_IN_URLS.sub("", value)
    scheme = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", address)
    assert (scheme[1].lower() if scheme else "") in _LINK_SCHEMES, f"{name}={value!r}: {html}"
    if name in _LOADS:
        _assert_own(address, origin, html)


def _assert_own(address: str, origin: str, html: str) -> None:
    target = urlsplit(urljoin(f"{origin}/", address.replace("\\", "/")))
    assert f"{target.scheme}://{target.netloc}" == origin, f"loads {address!r}: {html}"
