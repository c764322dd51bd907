"""The tests' own ground holds: no way out of the machine, a database of one's own for each test."""

import socket
import subprocess
from pathlib import Path
from typing import LiteralString

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


def _lend(postgres: PostgresServer, *statements: LiteralString) -> str:
    """Lend a database, do this in it, give it back, and return its name."""
    name = postgres.lend_database(_prepare_with_rows)
    with psycopg.connect(postgres.url(name)) as connection:
        for statement in statements:
            connection.execute(statement)
    postgres.take_back(name)
    return name


def _prepare_with_rows(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("""
            CREATE TABLE moot (id serial PRIMARY KEY, title text, length int GENERATED ALWAYS AS
                (length(title)) STORED);
            CREATE TABLE talk (id int GENERATED ALWAYS AS IDENTITY, moot_id int REFERENCES moot);
            INSERT INTO moot (title) VALUES ('the first');
            INSERT INTO talk (moot_id) VALUES (1);
        """)


def test_a_lent_database_is_as_it_was_prepared_whatever_was_done(postgres: PostgresServer) -> None:
    changes: tuple[LiteralString, ...] = (
        "DELETE FROM talk",
        "UPDATE moot SET id = 9, title = 'another'",
        "INSERT INTO moot (title) VALUES ('second'), ('third')",
        "INSERT INTO talk (moot_id) VALUES (9), (2)",
    )
    name = _lend(postgres, *changes)
    assert postgres.lend_database(_prepare_with_rows) == name
    with psycopg.connect(postgres.url(name)) as connection:
        assert connection.execute("SELECT * FROM moot").fetchall() == [(1, "the first", 9)]
        assert connection.execute("SELECT * FROM talk").fetchall() == [(1, 1)]
        for table in ("moot (title) VALUES ('new')", "talk (moot_id) VALUES (1)"):
            added = connection.execute(f"INSERT INTO {table} RETURNING id")
            assert added.fetchone() == (2,)
    postgres.take_back(name)


@pytest.mark.parametrize(
    "change",
    ["ALTER TABLE moot ADD COLUMN note text", "CREATE TABLE more (id int)", "ANALYZE moot"],
)
def test_a_lent_database_of_another_structure_is_not_lent_again(
    change: LiteralString, postgres: PostgresServer
) -> None:
    name = _lend(postgres, change)
    assert _lend(postgres) != name


def test_what_a_test_left_open_does_not_reach_the_next(postgres: PostgresServer) -> None:
    name = postgres.lend_database(_prepare_with_rows)
    left_open = psycopg.connect(postgres.url(name))
    left_open.execute("INSERT INTO moot (title) VALUES ('late')")
    postgres.take_back(name)
    with pytest.raises(psycopg.OperationalError):
        left_open.commit()
    assert _lend(postgres) == name


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
