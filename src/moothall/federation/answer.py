"""Answers to other servers, and the headers that each carries."""

from typing import Any, NamedTuple

import msgspec

from .shapes.base import CONTENT_TYPE, Document, with_context

Headers = tuple[tuple[bytes, bytes], ...]

_COMMON: Headers = (
    (b"vary", b"Accept"),
    (b"x-content-type-options", b"nosniff"),
    (b"access-control-allow-origin", b"*"),
)
_JSON = (b"content-type", b"application/json")


class Answer(NamedTuple):
    """A whole answer."""

    status: int
    headers: Headers
    body: bytes


def document(value: Document, status: int = 200) -> Answer:
    """A document with its context; kept by others for a minute if it is there."""
    keep = b"public, max-age=60" if status == 200 else b"no-store"
    headers = ((b"content-type", CONTENT_TYPE), (b"cache-control", keep))
    return Answer(status, headers, msgspec.json.encode(with_context(value)))


def refusal(status: int, code: str) -> Answer:
    """An error, with its stable code."""
    headers = (_JSON, (b"cache-control", b"no-store"))
    return Answer(status, headers, msgspec.json.encode({"error": code}))


def elsewhere(url: str) -> Answer:
    """We only have a copy: whoever wants the document asks the server that keeps it."""
    return Answer(308, ((b"location", url.encode("latin-1", "ignore")),), b"")


async def send_answer(send: Any, answer: Answer, *, with_body: bool) -> None:
    """Send an answer, or what a HEAD gets of it."""
    length = (b"content-length", str(len(answer.body)).encode())
    headers = [*answer.headers, *_COMMON, length]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body if with_body else b""})
