"""Not doing twice what once is enough for: the same work at the same time, and what just failed."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")

_FAILURES = 2_000
_FAILED_FOR_S = 300.0


class Together(Generic[T]):
    """Runs a piece of work once for all who ask for it at the same time.

    One for each kind of result: who asks under a key gets what others asked for under it.
    """

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Future[T]] = {}

    async def run(self, key: str, work: Callable[[], Awaitable[T]]) -> T:
        """The result of `work`, or of the one that is under way for this key."""
        running = self._running.get(key)
        if running is None:
            running = self._running[key] = asyncio.ensure_future(work())
            running.add_done_callback(lambda _: self._running.pop(key, None))
        # Whoever goes away must not take it from the others.
        return await asyncio.shield(running)


class Failures:
    """Remembers for some minutes what did not succeed, so that it is not tried again at once."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._until: OrderedDict[str, float] = OrderedDict()
        self._monotonic = monotonic

    def add(self, key: str) -> None:
        """It failed just now."""
        self._until[key] = self._monotonic() + _FAILED_FOR_S
        self._until.move_to_end(key)
        while len(self._until) > _FAILURES:
            self._until.popitem(last=False)

    def __contains__(self, key: str) -> bool:
        return self._until.get(key, 0.0) > self._monotonic()
