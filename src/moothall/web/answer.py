"""Answers of the HTML face as bytes, and the headers that each of them carries."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

if TYPE_CHECKING:
    from .interrupted import Resumed

Headers = tuple[tuple[bytes, bytes], ...]

# Nothing from elsewhere, nothing inline: what slips through a text still has nothing to run.
_POLICY = (
    b"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    b"media-src 'self' data:; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    b"frame-ancestors 'none'; base-uri 'none'"
)
COMMON: Headers = (
    (b"content-security-policy", _POLICY),
    (b"x-content-type-options", b"nosniff"),
    # Other sites learn nothing of what is read here; our own forms still show their origin.
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
HTML = (b"content-type", b"text/html; charset=utf-8")
_OF_ADDRESSES = "/?#[]@!$&'()*+,;=:%"
_JSON = (b"content-type", b"application/json")
# Other servers ask for documents under the addresses of pages.
_VARY = (b"vary", b"Accept, Cookie")
# `no-cache`: a browser may keep it for its back button, and asks before it shows it anew.
_SHARED = (b"cache-control", b"public, no-cache")
_PRIVATE = (b"cache-control", b"private, no-cache")
NO_STORE = (b"cache-control", b"no-store")


class Answer(NamedTuple):
    """A whole answer. Cookies are among the headers.

    `resumes`: instead of the body, the page of a form that waited for the log-in.
    """

    body: bytes
    headers: Headers = (HTML,)
    status: int = 200
    resumes: "Resumed | None" = None

    def with_headers(self, *headers: tuple[bytes, bytes]) -> "Answer":
        """The same with further headers."""
        return self._replace(headers=(*self.headers, *headers))


def see_other(address: str) -> Answer:
    """After a form was taken: the browser asks for this page, so that reload repeats nothing."""
    return Answer(b"", (_location(address), NO_STORE), 303)


def moved(address: str) -> Answer:
    """The same thing stands at a better address."""
    return Answer(b"", (_location(address),), 301)


def _location(address: str) -> tuple[bytes, bytes]:
    # Whatever an address was put together from, it stays within its line.
    return (b"location", quote(address, safe=_OF_ADDRESSES, errors="replace").encode("ascii"))


def json_answer(value: Mapping[str, Any], status: int = 200) -> Answer:
    """An answer to one of our own scripts."""
    return Answer(json.dumps(value).encode(), (_JSON, NO_STORE), status)


async def send_answer(send: Any, answer: Answer, *, may_share: bool, with_body: bool) -> None:
    """Send an answer with the headers that all have; `may_share`: it is the same for everybody."""
    headers = [
        *answer.headers,
        *COMMON,
        _VARY,
        (b"content-length", str(len(answer.body)).encode()),
    ]
    if not any(name == b"cache-control" for name, _ in answer.headers):
        headers.append(_SHARED if may_share else _PRIVATE)
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body if with_body else b""})
