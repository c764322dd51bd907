"""The tests' own ground holds: no way out of the machine, a database of one's own for each test."""

import socket
import subprocess
from pathlib import Path

import psycopg
import pytest

from tests.conftest import ROOT
from tests.support.network import NetworkGuard, OutsideContactError
from tests.support.postgres import PostgresServer
from tests.support.programs import required_program

DOCUMENTATION_ADDRESS = "192.0.2.1"  # set aside by RFC 5737: nobody's


@pytest.mark.parametrize("host", ["forum.example", DOCUMENTATION_ADDRESS, b"forum.example"])
def test_contact_with_the_outside_is_refused_and_remembered(
    network_guard: NetworkGuard, host: str | bytes
) -> None:
    with pytest.raises(OutsideContactError):
        socket.create_connection((host, 80), timeout=1)  # type: ignore[arg-type] # bytes are taken
    assert len(network_guard.take_attempts()) == 1


def test_an_unconnected_datagram_is_refused_too(network_guard: NetworkGuard) -> None:
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with sender, pytest.raises(OutsideContactError):
        sender.sendto(b"?", (DOCUMENTATION_ADDRESS, 53))
    assert len(network_guard.take_attempts()) == 1


def test_loopback_is_allowed(network_guard: NetworkGuard) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1]), timeout=5).close()
    assert network_guard.take_attempts() == []


def _prepare(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE moot (id integer)")


def test_each_postgresql_database_starts_from_what_was_prepared(postgres: PostgresServer) -> None:
    first, second = (postgres.create_database(_prepare) for _ in range(2))
    with psycopg.connect(postgres.url(first)) as connection:
        connection.execute("INSERT INTO moot VALUES (1)")
    with psycopg.connect(postgres.url(second)) as connection:
        assert connection.execute("SELECT count(*) FROM moot").fetchone() == (0,)
    for name in (first, second):
        postgres.drop_database(name)


def test_a_dropped_database_is_gone(postgres: PostgresServer) -> None:
    name = postgres.create_database()
    left_open = psycopg.connect(postgres.url(name))
    postgres.drop_database(name)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(postgres.url(name))
    left_open.close()


def test_a_fresh_database_is_empty(fresh_database_url: str) -> None:
    if not fresh_database_url:
        return  # SQLite makes its file in the data folder that the test brings
    with psycopg.connect(fresh_database_url) as connection:
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert connection.execute(tables).fetchone() == (0,)


@pytest.mark.parametrize(
    ("ci", "outcome"),
    [
        pytest.param("true", pytest.fail.Exception, id="fails in the build"),
        pytest.param("", pytest.skip.Exception, id="is skipped elsewhere"),
    ],
)
def test_a_test_without_its_program(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[Exception]
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match="package no-such-package"):
        required_program("no-such-program", "no-such-package")


def test_the_locked_node_finds_the_locked_client(node: Path) -> None:
    script = "import('lemmy-js-client').then(m => console.log(typeof m.LemmyHttp))"
    answer = subprocess.run(
        [node, "-e", script],
        cwd=ROOT / "tests/clients",
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert answer.stdout.strip() == "function"
