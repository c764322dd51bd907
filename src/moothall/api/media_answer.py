"""Sending pictures and videos: whole or in parts, with headers of their own.

A file that somebody sent is never a document of ours: its type is the one that we found, nothing
in it may run, and a browser that opens it by itself does so without our name.
"""

import re
from typing import Any

from moothall.domain.errors import NotFound
from moothall.lib.media_tools import MediaTools
from moothall.media.forms import Found, chunks_of

from .answer import Headers, refusal, send_answer

SAFE: Headers = (
    (b"x-content-type-options", b"nosniff"),
    (
        b"content-security-policy",
        b"default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox",
    ),
    (b"content-disposition", b"inline"),
    (b"access-control-allow-origin", b"*"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    # A name is never given to another content; a month is how long a deleted one may linger.
    (b"cache-control", b"public, max-age=2592000, immutable"),
)
_OUTSIDE = (0, 0)
_RANGE = re.compile(rb"bytes=([0-9]{0,15})-([0-9]{0,15})")


async def send_found(scope: Any, send: Any, tools: MediaTools, found: Found) -> None:
    """Send a picture or video, or the part of it that is asked for."""
    headers = dict(scope["headers"])
    etag = f'"{found.etag}"'.encode()
    common = [*SAFE, (b"content-type", found.content_type.encode()), (b"etag", etag)]
    if etag in headers.get(b"if-none-match", b""):
        await _send_empty(send, 304, common)
        return
    common.append((b"accept-ranges", b"bytes"))
    start, end, status = 0, found.size, 200
    asked = headers.get(b"range")
    if asked is not None and headers.get(b"if-range", etag) == etag:
        part = part_of(asked, found.size)
        if part == _OUTSIDE:
            unmet = (b"content-range", f"bytes */{found.size}".encode())
            await _send_empty(send, 416, [*common, unmet])
            return
        if part is not None:
            start, end = part
            status = 206
            shown = f"bytes {start}-{end - 1}/{found.size}".encode()
            common.append((b"content-range", shown))
    common.append((b"content-length", str(end - start).encode()))
    if scope["method"] == "HEAD":
        await _send_empty(send, status, common)
        return
    await _send_chunks(send, status, common, chunks_of(tools, found, start, end - start))


async def _send_empty(send: Any, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def _send_chunks(send: Any, status: int, headers: list[Any], chunks: Any) -> None:
    try:
        # Nothing is promised before the first bytes are there.
        first = await anext(chunks, b"")
    except NotFound as error:
        await send_answer(send, refusal(error), may_share=False)
        return
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": first, "more_body": True})
    async for chunk in chunks:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def part_of(asked: bytes, size: int) -> tuple[int, int] | None:
    """The start and end of one asked part; (0, 0) for one outside; None for what we do not read."""
    match = _RANGE.fullmatch(asked.strip())
    if match is None or asked.strip() == b"bytes=-":
        return None
    first, last = match[1], match[2]
    if not first:
        length = min(int(last), size)
        return (size - length, size) if length else _OUTSIDE
    start = int(first)
    end = min(int(last) + 1, size) if last else size
    if last and int(last) < start:
        return None
    return (start, end) if start < size else _OUTSIDE
