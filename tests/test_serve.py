"""What an operator sees of a running server: figures, log lines, errors with their number."""

import json
import re
import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from moothall.lib.stems import fingerprint
from tests.support.server import Server, until


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path, log={"format": "json"}) as started:
        yield started


@pytest.mark.parametrize(
    "begun",
    [
        (
            b"POST /api/v3/user/login HTTP/1.1\r\nhost: x\r\n"
            b"content-type: application/json\r\ncontent-length: 500\r\n\r\n{"
        ),
        (
            b"POST /login HTTP/1.1\r\nhost: x\r\n"
            b"content-type: application/x-www-form-urlencoded\r\ncontent-length: 500\r\n\r\na"
        ),
        b"GET / HTTP/1.1\r\nhost: x\r\n",
    ],
    ids=["body", "form", "head"],
)
def test_a_request_that_never_ends_does_not_hold_up_the_stop(server: Server, begun: bytes) -> None:
    with socket.create_connection(("127.0.0.1", httpx.URL(server.url).port)) as client:
        client.sendall(begun)
        httpx.get(f"{server.url}/healthz")  # by now the other one is under way too
        started = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - started < 15


def _count(metrics: str, route: str, method: str = "GET", status: str = "2xx") -> float:
    """The requests of one route, summed over all processes."""
    labels = f'method="{method}",route="{re.escape(route)}",status="{status}"'
    found = re.search(rf"duration_seconds_count{{{labels}}} (\S+)", metrics)
    return float(found[1]) if found else 0.0


def test_requests_are_counted_by_route_over_all_workers(server: Server) -> None:
    token = server.log_in()
    for _ in range(12):  # each on a connection of its own, so that both workers get some
        server.get("/post/list", token)
    with server.client() as client:
        assert client.get("/nowhere").status_code == 404
        assert client.get("/user/unread_count").status_code == 401
    front = httpx.get(server.url)
    assert front.status_code == 200
    style = re.search(r'href="(/static/[^"]+\.css)"', front.text)
    assert style is not None
    assert httpx.get(server.url + style[1]).status_code == 200
    httpx.get(f"{server.url}/healthz")
    metrics = server.metrics()
    assert httpx.get(f"{server.url}/metrics").status_code == 404, "not on the public address"
    assert _count(metrics, "/api/v3/post/list") == 12
    assert _count(metrics, "/api/v3/user/login", "POST") == 1
    assert _count(metrics, "/api/v3/user/unread_count", status="4xx") == 1
    assert _count(metrics, "(unknown)", status="4xx") == 1
    assert _count(metrics, "(static file)") == 1
    assert _count(metrics, "/") == 1
    assert _count(metrics, "/healthz") == 1
    for name in ("web-1", "web-2", "background"):
        assert re.search(rf'memory_bytes{{process="{name}"}} [1-9]', metrics)


def test_every_line_of_a_json_log_is_json(tmp_path: Path) -> None:
    with Server(tmp_path, is_set_up=False, log={"format": "json"}) as server:
        lines = [json.loads(line) for line in server.log.splitlines()]
        assert {line["event"] for line in lines} == {"starting", "setup_needed", "ready"}
        [needed] = [line for line in lines if line["event"] == "setup_needed"]
        assert httpx.get(f"{server.url}/setup").status_code == 200
        assert needed["address"].endswith(f"/setup?token={server.setup_token}")
        assert all(line["time"] and line["level"] == "info" for line in lines)


def test_an_unexpected_error_has_a_number_that_stands_in_the_log(server: Server) -> None:
    with closing(sqlite3.connect(server.folder / "data" / "moothall.sqlite")) as raw:
        raw.execute("ALTER TABLE modlog RENAME TO gone")
    answer = httpx.get(f"{server.url}/api/v3/modlog")
    page = httpx.get(f"{server.url}/modlog")
    assert (answer.status_code, page.status_code) == (500, 500)
    assert answer.json() == {"error": "unknown"}
    until(lambda: len(server.events) >= 4, 5, "the writing of both lines")
    by_event = {line["event"]: line for line in server.events}
    failed = by_event["api_call_failed"]
    assert failed["request_id"] == answer.headers["x-request-id"]
    assert "no such table" in failed["traceback"]
    assert by_event["page_failed"]["request_id"] in page.text
    assert "no such table" not in page.text + answer.text
    assert _count(server.metrics(), "/api/v3/modlog", status="5xx") == 1


def test_requests_are_logged_at_level_debug_only(server: Server, tmp_path: Path) -> None:
    server.get("/post/list")
    assert [line["event"] for line in server.events] == ["starting", "ready"]
    assert server.stop() == 0
    server.settings["log"]["level"] = "debug"
    server.write_config()
    server.start()
    server.get("/post/list")
    until(lambda: any(line["event"] == "request" for line in server.events), 5, "the line")
    [line] = [line for line in server.events if line["event"] == "request"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/api/v3/post/list", 200)
    assert server.stop() == 0


def test_a_start_renews_an_index_of_other_stems(server: Server) -> None:
    assert server.stop() == 0
    database = server.folder / "data" / "moothall.sqlite"
    with closing(sqlite3.connect(database)) as raw, raw:
        raw.execute("UPDATE text_index SET fingerprint = 'older'")
    server.start()
    assert "search_index_renewed" in [line["event"] for line in server.events]
    assert server.stop() == 0
    with closing(sqlite3.connect(database)) as raw:
        found = {row[0] for row in raw.execute("SELECT fingerprint FROM text_index")}
    assert found == {fingerprint()}
