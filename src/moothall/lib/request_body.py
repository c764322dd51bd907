"""Bodies of requests that nobody wants."""

from typing import Any

MAX_DISCARDED_BYTES = 32 * 1024 * 1024


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
