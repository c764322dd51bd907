"""Bodies of requests: read up to a bound, or thrown away."""

from typing import Any

MAX_DISCARDED_BYTES = 32 * 1024 * 1024


class Disconnected(Exception):
    """The client closed the connection before its request was complete."""


class TooLarge(Exception):
    """The body is larger than its reader takes; it has been discarded."""


async def read_body(receive: Any, max_bytes: int) -> bytes:
    """Read a whole body. Raises TooLarge above `max_bytes`, Disconnected if it is cut off."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Disconnected
        chunk = message.get("body", b"")
        size += len(chunk)
        has_more = message.get("more_body", False)
        if size > max_bytes:
            if has_more:
                await discard(receive)
            raise TooLarge
        chunks.append(chunk)
        if not has_more:
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


async def discard(receive: Any, announced: bytes | None = None) -> None:
    """Read the rest of a refused body and forget it, before the refusal is sent.

    A server that answers and closes while a body is still coming breaks the connection, and the
    client (or the proxy in front: it says 502) may never see the answer. Nobody is owed more than
    32 MiB of that; a body that announces itself as larger is not even begun.
    """
    if announced is not None and (
        not announced.isdigit() or int(announced[:12]) > MAX_DISCARDED_BYTES
    ):
        return
    size = 0
    while size <= MAX_DISCARDED_BYTES:
        message = await receive()
        if message["type"] != "http.request" or not message.get("more_body", False):
            return
        size += len(message.get("body", b""))
