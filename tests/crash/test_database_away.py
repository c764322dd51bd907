"""PostgreSQL stops under a running server, and comes back: the server says so, and goes on."""

import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.postgres import PostgresServer
from tests.support.server import Server, until

SOON_S = 12


@pytest.fixture
def database() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this test's own, which it may stop."""
    with PostgresServer() as server:
        yield server


def _status(server: Server, path: str) -> int:
    return httpx.get(server.url + path, timeout=30).status_code


def test_a_database_that_goes_away_is_told_and_found_again(
    database: PostgresServer, tmp_path: Path
) -> None:
    url = database.url(database.create_database())
    with Server(tmp_path, url, log={"format": "json"}) as server:
        admin = server.log_in()
        workers = {name: pid for name, pid in server.children().items() if "web" in name}
        database.halt()
        started = time.monotonic()
        assert _status(server, "/healthz") == 200
        assert time.monotonic() - started < 1, "the health of the process waits for nothing"
        assert _status(server, "/readyz") == 503
        answer = httpx.get(f"{server.url}/api/v3/post/list", timeout=30)
        assert (answer.status_code, answer.json()) == (500, {"error": "unknown"})
        assert _status(server, "/") == 500
        assert time.monotonic() - started < 3 * SOON_S
        database.go_on()
        until(lambda: all(_status(server, "/readyz") == 200 for _ in range(6)), SOON_S, "a return")
        until(lambda: _status(server, "/") == 200, SOON_S, "a page")
        server.post("/community", admin, name="again", title="Again")
        # The workers are the same as before; only what works in the background was restarted.
        assert workers.items() <= server.children().items()
        assert server.stop() == 0
