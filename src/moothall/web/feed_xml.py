"""Feeds as XML: RSS 2.0 and Atom (RFC 4287), and the sitemap. Values in, bytes out.

The library writes the markup, so nothing that people wrote can become part of it.
"""

import re
from collections.abc import Iterable
from email.utils import format_datetime
from typing import NamedTuple
from xml.etree import ElementTree as ET

from moothall.domain.time import Time, to_datetime

_ATOM = "http://www.w3.org/2005/Atom"
_DC = "http://purl.org/dc/elements/1.1/"
_MEDIA = "http://search.yahoo.com/mrss/"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_PREFIXES = {"atom": _ATOM, "dc": _DC, "media": _MEDIA}
for _prefix, _namespace in _PREFIXES.items():
    ET.register_namespace(_prefix, _namespace)
# What XML 1.0 cannot hold at all, not even as a number.
_UNSPEAKABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EPOCH = Time(0)


class Author(NamedTuple):
    """Who wrote an entry, and their address."""

    name: str
    url: str


class Entry(NamedTuple):
    """One thing in a feed. `url` is its id too; `html` is sanitised."""

    url: str
    title: str
    html: str
    created_at: Time
    updated_at: Time | None = None
    author: Author | None = None
    # The community: its title and its address.
    category: tuple[str, str] | None = None
    # What a post links to, with its type if that is known.
    link: tuple[str, str | None] | None = None
    thumbnail: str | None = None


class Feed(NamedTuple):
    """A feed: `url` is the page that shows the same, `address` the feed itself."""

    title: str
    description: str
    url: str
    address: str
    entries: list[Entry]

    @property
    def updated_at(self) -> Time:
        """When the latest of its entries was written."""
        return max((each.created_at for each in self.entries), default=_EPOCH)


def rss(feed: Feed) -> bytes:
    """https://www.rssboard.org/rss-specification"""
    root = ET.Element("rss", {"version": "2.0"})
    channel = ET.SubElement(root, "channel")
    _add(channel, "title", feed.title)
    _add(channel, "link", feed.url)
    _add(channel, "description", feed.description)
    kind = {"href": feed.address, "rel": "self", "type": "application/rss+xml"}
    ET.SubElement(channel, f"{{{_ATOM}}}link", kind)
    if feed.entries:
        _add(channel, "lastBuildDate", _rfc_2822(feed.updated_at))
    for entry in feed.entries:
        _add_item(ET.SubElement(channel, "item"), entry)
    return _bytes(root)


def _add_item(item: ET.Element, entry: Entry) -> None:
    _add(item, "title", entry.title)
    _add(item, "link", entry.url)
    _add(item, "description", entry.html)
    _add(item, "comments", entry.url)
    _add(item, "guid", entry.url)
    _add(item, "pubDate", _rfc_2822(entry.created_at))
    if entry.author is not None:
        _add(item, f"{{{_DC}}}creator", entry.author.url)
    if entry.category is not None:
        _add(item, "category", entry.category[0], domain=entry.category[1])
    if entry.link is not None:
        url, kind = entry.link
        # Nobody knows how long the page is; readers want the number all the same.
        _add(item, "enclosure", url=url, length="0", type=kind or "text/html")
    if entry.thumbnail is not None:
        _add(item, f"{{{_MEDIA}}}content", url=entry.thumbnail, medium="image")


def atom(feed: Feed) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc4287"""
    # Unprefixed, as simple readers want it: the namespace is the default one.
    root = ET.Element("feed", {"xmlns": _ATOM})
    _add(root, "id", feed.address)
    _add(root, "title", feed.title)
    _add(root, "subtitle", feed.description)
    _add(root, "updated", _rfc_3339(feed.updated_at))
    _add(root, "link", href=feed.url, rel="alternate", type="text/html")
    _add(root, "link", href=feed.address, rel="self", type="application/atom+xml")
    for entry in feed.entries:
        _add_entry(ET.SubElement(root, "entry"), entry)
    return _bytes(root)


def _add_entry(element: ET.Element, entry: Entry) -> None:
    _add(element, "id", entry.url)
    _add(element, "title", entry.title)
    _add(element, "updated", _rfc_3339(entry.updated_at or entry.created_at))
    _add(element, "published", _rfc_3339(entry.created_at))
    author = ET.SubElement(element, "author")
    # An author is asked for by the standard; a moderator may be hidden.
    _add(author, "name", entry.author.name if entry.author else "somebody")
    if entry.author is not None:
        _add(author, "uri", entry.author.url)
    _add(element, "link", href=entry.url, rel="alternate", type="text/html")
    if entry.link is not None:
        _add(element, "link", href=entry.link[0], rel="related")
    if entry.category is not None:
        title, url = entry.category
        _add(element, "category", term=title, scheme=url)
    if entry.thumbnail is not None:
        _add(element, f"{{{_MEDIA}}}thumbnail", url=entry.thumbnail)
    _add(element, "content", entry.html, type="html")


def sitemap(pages: Iterable[tuple[str, Time]]) -> bytes:
    """https://www.sitemaps.org/protocol.html: addresses with the time of their last change."""
    root = ET.Element("urlset", {"xmlns": _SITEMAP})
    for url, changed_at in pages:
        page = ET.SubElement(root, "url")
        _add(page, "loc", url)
        _add(page, "lastmod", _rfc_3339(changed_at))
    return _bytes(root)


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> None:
    cleaned = {key: _clean(value) for key, value in attributes.items()}
    element = ET.SubElement(parent, name, cleaned)
    if text is not None:
        element.text = _clean(text)


def _clean(text: str) -> str:
    return _UNSPEAKABLE.sub("", text)


def _rfc_2822(moment: Time) -> str:
    return format_datetime(to_datetime(moment))


def _rfc_3339(moment: Time) -> str:
    return to_datetime(moment).strftime("%Y-%m-%dT%H:%M:%SZ")


def _bytes(root: ET.Element) -> bytes:
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
