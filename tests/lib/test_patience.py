"""Bodies that do not arrive are given up, the sooner when the server stops."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from moothall.lib import patience as module
from moothall.lib.patience import Patience

Message = dict[str, Any]
MORE = {"type": "http.request", "body": b"a", "more_body": True}
LAST = {"type": "http.request", "body": b"b", "more_body": False}
GONE = {"type": "http.disconnect"}


def client(*messages: Message) -> Callable[[], Awaitable[Message]]:
    """A client that sends these, then nothing any more."""
    left = list(messages)

    async def receive() -> Message:
        if not left:
            await asyncio.Event().wait()
        return left.pop(0)

    return receive


def test_what_arrives_is_handed_on() -> None:
    async def run() -> list[Any]:
        receive = Patience().bound(client(MORE, LAST))
        return [await receive(), await receive()]

    assert asyncio.run(run()) == [MORE, LAST]


def test_a_pause_that_is_too_long_is_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAUSE_S", 0.05)

    async def run() -> list[Any]:
        receive = Patience().bound(client(MORE))
        return [await receive(), await receive()]

    assert asyncio.run(run()) == [MORE, GONE]


@pytest.mark.parametrize("is_late", [False, True])
def test_a_stop_ends_the_waiting(monkeypatch: pytest.MonkeyPatch, *, is_late: bool) -> None:
    monkeypatch.setattr(module, "STOP_S", 0.05)

    async def run() -> Any:
        patience = Patience()
        receive = patience.bound(client())
        if is_late:
            patience.stop()
            return await receive()
        asyncio.get_running_loop().call_later(0.02, patience.stop)
        return await receive()

    assert asyncio.run(asyncio.wait_for(run(), 15)) == GONE


def test_after_the_body_one_may_wait_for_the_client_to_leave(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "PAUSE_S", 0.02)

    async def run() -> None:
        receive = Patience().bound(client(LAST))
        await receive()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(receive(), 0.2)

    asyncio.run(run())
