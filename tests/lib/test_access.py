"""What came of each request is counted by its route and logged at level debug only."""

import asyncio
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from moothall.lib import log, metrics
from moothall.lib.access import AsgiApp, Message, Receive, Scope, Send, Watched, name_route


async def _answers(scope: Scope, _receive: Receive, send: Send) -> None:
    name_route(scope, "/post/{post_id}")
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def _fails(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise RuntimeError


def _get(app: AsgiApp) -> list[Message]:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": "/post/secret"}
    asyncio.run(Watched(app)(scope, receive, send))
    return sent


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    written = io.StringIO()
    log.set_up("debug", "json", written)
    yield written
    log.set_up("info", "console")


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> metrics.MetricsMemory:
    made = metrics.MetricsMemory(["web-1"])
    monkeypatch.setattr(metrics, "_section", None)  # put back after the test
    metrics.attach(made, "web-1")
    return made


def test_an_answer_is_counted_and_logged_by_its_route(
    lines: io.StringIO, memory: metrics.MetricsMemory
) -> None:
    assert [message["type"] for message in _get(_answers)] == [
        "http.response.start",
        "http.response.body",
    ]
    count = 'duration_seconds_count{method="GET",route="/post/{post_id}",status="4xx"} 1.0'
    assert count in metrics.render(memory).decode()
    written = [json.loads(each) for each in lines.getvalue().splitlines()]
    [line] = [each for each in written if each["event"] == "request"]
    shown = {key: line[key] for key in ("event", "level", "method", "route", "status")}
    assert shown == {
        "event": "request",
        "level": "debug",
        "method": "GET",
        "route": "/post/{post_id}",
        "status": 404,
    }
    assert "secret" not in lines.getvalue()


def test_a_failure_counts_as_one(lines: io.StringIO, memory: metrics.MetricsMemory) -> None:
    with pytest.raises(RuntimeError):
        _get(_fails)
    assert 'route="(unknown)",status="5xx"' in metrics.render(memory).decode()


def test_at_level_info_nothing_is_logged(lines: io.StringIO) -> None:
    log.set_up("info", "json", lines)
    _get(_answers)
    assert lines.getvalue() == ""
