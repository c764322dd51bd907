"""Forms that were sent after their session had ended: what was typed goes along through the log-in.

Nothing is stored on the server for it. The page that asks who it is carries the fields, and after
the log-in the form is shown again with them; it is then for its author to send it.
"""

from typing import NamedTuple
from urllib.parse import unquote, urlencode

import msgspec

from moothall.domain.errors import NotSignedIn
from moothall.door import Bucket

from .forms import CSRF_FIELD, own_path, pairs_of
from .page import Route

# Says of a form that waits that a file came with it, which is not kept.
LOST_FILE_FIELD = "lost_file"


class SignedOut(NotSignedIn):
    """The session ended while a page of it was open."""

    def __init__(self) -> None:
        super().__init__("signed_out")


class SignedInAgain(NotSignedIn):
    """Not wrong at all: what a form says when it comes back after the log-in."""

    def __init__(self, *, lost_file: bool = False) -> None:
        super().__init__("signed_in_again_without_file" if lost_file else "signed_in_again")


class Interrupted(msgspec.Struct, frozen=True):
    """A form that waits for its sender: where it was going, and its fields."""

    address: str
    fields: list[tuple[str, str]]

    @property
    def path(self) -> str:
        """The address without its query, as the table of pages knows it."""
        return unquote(own_path(self.address).partition("?")[0])

    @property
    def lost_file(self) -> bool:
        """Whether a picture has to be chosen again."""
        return any(name == LOST_FILE_FIELD for name, _ in self.fields)

    @property
    def encoded(self) -> bytes:
        """The fields as a browser would send them."""
        return urlencode(self.fields).encode()


class Resumed(NamedTuple):
    """A form that waited, and the session with which it goes on."""

    form: Interrupted
    session: str


def is_kept(route: Route) -> bool:
    """Whether a form is shown again later: not if there may be a password in it."""
    return route.again is not None and route.bucket is not Bucket.REGISTER


def kept(address: str, encoded: bytes) -> str:
    """A form as text, to go along in a field of another one."""
    fields = [pair for pair in pairs_of(encoded) if pair[0] != CSRF_FIELD]
    return msgspec.json.encode(Interrupted(address, fields)).decode()


def read_kept(text: str) -> Interrupted | None:
    """The form in such a field; None if there is none."""
    if not text:
        return None
    try:
        return msgspec.json.decode(text, type=Interrupted)
    except msgspec.DecodeError:
        return None
