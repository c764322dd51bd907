"""Addresses of things of this server, taken apart."""

import re
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from .site import Home

_PATH = re.compile(r"/(u|c|post|comment)/([^/]+)/?")
_MAX_DIGITS = 9


class OwnAddress(NamedTuple):
    """What an address of ours names: `kind` is "u", "c", "post" or "comment"."""

    kind: str
    name: str

    @property
    def number(self) -> int | None:
        """The id of a post or comment, None where the name is no such number."""
        name = self.name
        is_number = name.isascii() and name.isdecimal() and len(name) <= _MAX_DIGITS
        return int(name) if is_number else None


def own_address(home: Home, url: str) -> OwnAddress | None:
    """What an address names; None for those of others, for pages, and for what is no address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or parts.netloc.lower() != home.domain.lower():
        return None
    match = _PATH.fullmatch(parts.path)
    return None if match is None else OwnAddress(match[1], unquote(match[2]))
