"""The public JavaScript client library of the Lemmy API, against the real server.

Each *.test.mjs is one subject, driven by people of its own; this file starts the server for them.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.post_office import PostOffice
from tests.support.server import ADMIN, PASSWORD, Server, clean_environment

HERE = Path(__file__).parent
SUBJECTS = sorted(HERE.glob("*.test.mjs"))
FIRST_START = HERE / "first_start.test.mjs"
JOINING = HERE / "joining.test.mjs"
# Servers of their own.
_ELSEWHERE = (FIRST_START, JOINING)


@pytest.fixture(scope="module")
def _servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Server]]:
    servers: dict[str, Server] = {}
    yield servers
    for server in servers.values():
        assert server.stop() == 0, server.log
        assert "traceback" not in server.log.lower(), server.log


@pytest.fixture
def server(
    _servers: dict[str, Server],
    database_kind: str,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Server:
    """The server of all subjects on this database."""
    if database_kind not in _servers:
        url = ""
        if database_kind == "postgresql":
            postgres = request.getfixturevalue("postgres")
            url = postgres.url(postgres.create_database())
        # As apps want it that look at NodeInfo first.
        compat = {"nodeinfo_as_lemmy": True}
        started = Server(tmp_path_factory.mktemp("town"), url, compat=compat)
        started.start()
        _servers[database_kind] = started
    return _servers[database_kind]


def run_subject(node: Path, subject: Path, server: Server, **more: str) -> None:
    """Run one file of tests in Node; fails with what it printed."""
    given = {"FORUM_URL": server.url, "FORUM_ADMIN": ADMIN, "FORUM_PASSWORD": PASSWORD, **more}
    done = subprocess.run(
        [node, subject],
        cwd=HERE,
        env={**clean_environment(), **given},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode != 0:
        pytest.fail(f"{done.stdout}\n{done.stderr}\n{server.log[-4000:]}", pytrace=False)
    assert "# fail 0" in done.stdout or "fail 0" in done.stdout, done.stdout


@pytest.mark.parametrize(
    "subject", [each for each in SUBJECTS if each not in _ELSEWHERE], ids=lambda path: path.name
)
def test_a_client_spends_its_day(node: Path, server: Server, subject: Path) -> None:
    run_subject(node, subject, server)


def test_the_first_person_needs_the_token(
    node: Path, fresh_database_url: str, tmp_path: Path
) -> None:
    with Server(tmp_path, fresh_database_url, is_set_up=False) as server:
        run_subject(node, FIRST_START, server, SETUP_TOKEN=server.setup_token)
        token = server.setup_token
        assert server.stop() == 0
        server.start()
        assert token not in server.log, "the token is spent, and not shown again"
        assert "/setup" not in server.log
        assert server.stop() == 0


def test_joining_takes_a_captcha_and_mail(
    node: Path, fresh_database_url: str, tmp_path: Path
) -> None:
    with (
        PostOffice() as office,
        Server(tmp_path, fresh_database_url, smtp=office.smtp) as server,
    ):
        office.watch(server)
        run_subject(node, JOINING, server, POST_OFFICE=office.url)
        assert server.stop() == 0


def test_there_are_subjects() -> None:
    assert len(SUBJECTS) >= 6
    assert os.access(HERE / "node_modules", os.R_OK)
