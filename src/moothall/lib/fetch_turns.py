"""Turns to ask other servers: a few at a time, and no server may take all of them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from .urls import host_of


class TooManyWait(Exception):
    """So many wait already that another one would wait in vain."""


class FetchTurns:
    """How many other servers a process waits for at once, and how often for the same one.

    One that is slow holds up who wants something of it, and nobody else.
    """

    def __init__(self, at_once: int = 16, of_host: int = 4, places_of_host: int = 40) -> None:
        self._all = asyncio.Semaphore(at_once)
        self._of_host = of_host
        self._places_of_host = places_of_host
        self._hosts: dict[str, asyncio.Semaphore] = {}
        self._taken: Counter[str] = Counter()

    @asynccontextmanager
    async def of(self, url: str) -> AsyncIterator[None]:
        """Wait for a turn to ask the host of this address. Raises TooManyWait."""
        host = host_of(url)
        if self._taken[host] >= self._places_of_host:
            raise TooManyWait
        self._taken[host] += 1
        turn = self._hosts.setdefault(host, asyncio.Semaphore(self._of_host))
        try:
            async with turn, self._all:
                yield
        finally:
            self._taken[host] -= 1
            if not self._taken[host]:
                del self._taken[host], self._hosts[host]
