"""Turns to ask other servers: a slow one keeps its own callers waiting, and only so many."""

import asyncio

import pytest

from moothall.lib.fetch_turns import FetchTurns, TooManyWait


def test_a_slow_host_leaves_turns_to_others() -> None:
    async def run() -> None:
        turns = FetchTurns(at_once=3, of_host=2, places_of_host=5)
        answers = asyncio.Event()
        asking: list[int] = []

        async def ask(n: int) -> None:
            async with turns.of(f"https://slow.example/{n}"):
                asking.append(n)
                await answers.wait()

        slow = [asyncio.create_task(ask(n)) for n in range(5)]
        await asyncio.sleep(0.01)
        assert asking == [0, 1]
        async with asyncio.timeout(30), turns.of("https://other.example/"):
            pass
        with pytest.raises(TooManyWait):
            async with turns.of("https://SLOW.example/more"):
                pass
        slow[4].cancel()
        answers.set()
        await asyncio.gather(*slow[:4])
        assert asking == [0, 1, 2, 3]
        async with asyncio.timeout(30), turns.of("https://slow.example/"):
            pass

    asyncio.run(run())
