"""How long a server waits for the rest of a body: not for ever, and hardly at all when it stops.

A client that pauses for too long is taken for one that is gone. Without that, one half-sent request
would hold up every stop of the server for as long as its supervisor has patience.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

PAUSE_S = 20.0
"""The longest pause inside a body."""
STOP_S = 3.0
"""How long what is under way may take to arrive once the server stops."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]


class Patience:
    """One for all requests of an event loop."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Timeout] = set()
        self._stop_at = float("inf")

    def stop(self) -> None:
        """From now on there is little time left, for those who wait already too."""
        self._stop_at = asyncio.get_running_loop().time() + STOP_S
        for each in self._waiting:
            each.reschedule(min(self._stop_at, each.when() or self._stop_at))

    def bound(self, receive: Receive) -> Receive:
        """ASGI's receive of one request, which tells that the client is gone if the body stops."""
        is_complete = False

        async def bounded() -> Message:
            nonlocal is_complete
            if is_complete:
                return await receive()
            message = await self._wait(receive)
            is_complete = not message.get("more_body", False)
            return message

        return bounded

    async def _wait(self, receive: Receive) -> Message:
        until = min(asyncio.get_running_loop().time() + PAUSE_S, self._stop_at)
        try:
            async with asyncio.timeout_at(until) as limit:
                self._waiting.add(limit)
                try:
                    return await receive()
                finally:
                    self._waiting.discard(limit)
        except TimeoutError:
            return {"type": "http.disconnect"}
