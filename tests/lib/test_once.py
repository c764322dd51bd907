"""The same work once for all who ask at the same time, and what failed not again at once."""

import asyncio

from moothall.lib.once import Failures, Together


def test_who_asks_at_the_same_time_gets_the_same() -> None:
    runs: list[str] = []

    async def ask() -> list[str]:
        together, free = Together[str](), asyncio.Event()

        async def work() -> str:
            runs.append("run")
            await free.wait()
            return "result"

        asked = [asyncio.ensure_future(together.run("key", work)) for _ in range(3)]
        await asyncio.sleep(0)
        # Whoever goes away does not take it from the others.
        asked[0].cancel()
        await asyncio.sleep(0)
        free.set()
        found = await asyncio.gather(*asked[1:])
        await together.run("key", work)
        return found

    assert asyncio.run(ask()) == ["result", "result"]
    assert runs == ["run", "run"]


def test_an_error_is_for_all_who_waited_and_for_nobody_later() -> None:
    async def fail() -> str:
        await asyncio.sleep(0)
        raise OSError("away")

    async def succeed() -> str:
        return "result"

    async def ask() -> str:
        together = Together[str]()
        failed = await asyncio.gather(
            together.run("key", fail), together.run("key", fail), return_exceptions=True
        )
        assert [str(each) for each in failed] == ["away", "away"]
        return await together.run("key", succeed)

    assert asyncio.run(ask()) == "result"


def test_failures_are_forgotten_in_time_and_in_number() -> None:
    now = 0.0
    failures = Failures(lambda: now)
    failures.add("first")
    assert "first" in failures
    assert "second" not in failures
    now = 301.0
    assert "first" not in failures
    failures.add("first")
    for number in range(2_000):
        failures.add(str(number))
    assert "first" not in failures
    assert "1999" in failures
