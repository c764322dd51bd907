"""Style sheet, scripts and pictures of our own: under addresses that change with their content.

So a browser may keep each for ever, and still never shows an old one after an upgrade.
"""

import hashlib
import re
from importlib.resources import files
from typing import Final

from .answer import Answer, Headers

PREFIX: Final = "/static/"
_TYPES = {
    "css": b"text/css; charset=utf-8",
    "js": b"text/javascript; charset=utf-8",
    "svg": b"image/svg+xml",
}
_FOR_EVER: Headers = ((b"cache-control", b"public, max-age=31536000, immutable"),)


class StaticFiles:
    """All files of the folder, read once."""

    def __init__(self) -> None:
        self._answers: dict[str, Answer] = {}
        self._addresses: dict[str, str] = {}
        for file in files("moothall.web").joinpath("static").iterdir():
            content = file.read_bytes()
            self._add(file.name, _tight(content) if file.name.endswith(".css") else content)

    def address(self, name: str) -> str:
        """Where a file is found now; raises KeyError for one that is not there."""
        return self._addresses[name]

    def find(self, path: str) -> Answer | None:
        """The file at an address."""
        return self._answers.get(path)

    def _add(self, name: str, content: bytes) -> None:
        stem, _, suffix = name.rpartition(".")
        mark = hashlib.blake2b(content, digest_size=6).hexdigest()
        address = f"{PREFIX}{stem}.{mark}.{suffix}"
        self._addresses[name] = address
        headers = ((b"content-type", _TYPES[suffix]), *_FOR_EVER)
        self._answers[address] = Answer(content, headers)


def _tight(css: bytes) -> bytes:
    """Our style sheet without comments and layout. Strings in it must hold none of {};, and space."""
    without_comments = re.sub(rb"/\*.*?\*/", b"", css, flags=re.DOTALL)
    return re.sub(rb"\s*([{};,\n])\s*", rb"\1", without_comments).replace(b"\n", b"")
