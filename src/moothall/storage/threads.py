"""A few threads for work that blocks, and a bound on how many may wait for one."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from moothall.domain.errors import TooMany

T = TypeVar("T")


class Threads:
    """`size` threads; whoever comes while `max_waiting` others wait is refused."""

    def __init__(self, size: int, max_waiting: int, name: str) -> None:
        self._executor = ThreadPoolExecutor(size, thread_name_prefix=name)
        self._places = threading.BoundedSemaphore(size + max_waiting)

    async def run(self, call: Callable[[], T]) -> T:
        """Call in one of the threads. Raises TooMany at once if too many wait already."""
        if not self._places.acquire(blocking=False):
            raise TooMany
        # The place is free when the call has ended, not when whoever asked has gone.
        done = self._executor.submit(_without_stop_iteration, call)
        done.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(done)

    def close(self) -> None:
        """Finish what was handed over."""
        self._executor.shutdown()


def _without_stop_iteration(call: Callable[[], T]) -> T:
    # A future of asyncio does not take it, and whoever waits would wait for ever.
    try:
        return call()
    except StopIteration as error:
        raise RuntimeError("a call in a thread raised StopIteration") from error
