"""A PostgreSQL server for the tests: their own, on loopback, gone with the tests."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import psycopg
from psycopg import sql

from tests.support.pristine import Pristine
from tests.support.programs import required_program

_START_SECONDS = 30
# Rows that were deleted stay in the files of a database until it is given up: this many tests.
_MAX_USES = 50
_SUPERUSER = "moothall"

# Nothing in these databases outlives the tests, so nothing waits for the disk.
_SERVER_OPTIONS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    # It would change plans in the middle of a test.
    "autovacuum=off",
    "max_connections=200",
    "shared_buffers=64MB",
    "listen_addresses=127.0.0.1",
    "log_min_messages=warning",
)


@dataclass
class _Template:
    """A prepared database, and the copies of it that wait for the next test."""

    name: str
    pristine: Pristine
    idle: list[str] = field(default_factory=list)
    uses: Counter[str] = field(default_factory=Counter)


class PostgresServer:
    """One running server. Use it as a context manager, or call `start` and `stop`.

    The server ends with the thread that started it, even if that is killed. Run as root, it
    changes to the user `postgres` of Debian's package, since PostgreSQL refuses to run as root.
    """

    def __init__(self) -> None:
        self._postgres = required_program("postgres", "postgresql")
        self._initdb = required_program("initdb", "postgresql")
        self._folder = Path(tempfile.mkdtemp(prefix="moothall-postgres-"))
        self._user = "postgres" if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0
        self._databases = 0
        self._templates: dict[Callable[[str], None], _Template] = {}
        self._lent: dict[str, _Template] = {}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Make the cluster, start the server and wait until it answers."""
        if self._user is not None:
            account = pwd.getpwnam(self._user)
            os.chown(self._folder, account.pw_uid, account.pw_gid)
        self._initialise()
        self._port = _free_port()
        self._process = self._launch()
        self._wait_until_ready()

    def stop(self) -> None:
        """End the server at once and remove its files."""
        if self._process is not None:
            # SIGQUIT: there is nothing to keep, so connections left open need not end first.
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(timeout=_START_SECONDS)
            self._process = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def halt(self) -> None:
        """Stop the server, under whoever is connected, and keep its data for `go_on`."""
        assert self._process is not None
        # Not SIGQUIT: without syncs to disk, what was committed last would be lost.
        self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=_START_SECONDS)

    def go_on(self) -> None:
        """Start it again after `halt`, on the same port."""
        self._process = self._launch()
        self._wait_until_ready()

    def url(self, database: str) -> str:
        """Return the address of `database` as `database_url` in the settings takes it."""
        return f"postgresql://{_SUPERUSER}@127.0.0.1:{self._port}/{database}"

    def create_database(self, prepare: Callable[[str], None] | None = None) -> str:
        """Make a database of its own and return its name.

        With `prepare`, the database is a copy of one that was handed to `prepare` (its URL) once:
        migrations then cost one run for all tests. `prepare` must leave no connection open.
        """
        return self._copy("template0" if prepare is None else self._template(prepare).name)

    def lend_database(self, prepare: Callable[[str], None]) -> str:
        """Return the name of a database as `prepare` leaves one, to be given back."""
        template = self._template(prepare)
        name = template.idle.pop() if template.idle else self._copy(template.name)
        self._lent[name] = template
        return name

    def take_back(self, name: str) -> None:
        """Make a lent database ready for the next who asks; or end it, if that cannot be done."""
        template = self._lent.pop(name)
        template.uses[name] += 1
        if template.uses[name] < _MAX_USES and template.pristine.restore(self.url(name)):
            template.idle.append(name)
        else:
            self.drop_database(name)

    def drop_database(self, name: str) -> None:
        """Remove the database, and end the connections that a test left open."""
        self._administer(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _template(self, prepare: Callable[[str], None]) -> _Template:
        if prepare not in self._templates:
            name = f"template_{len(self._templates)}"
            self._create(name, "template0")
            prepare(self.url(name))
            self._templates[prepare] = _Template(name, Pristine.of(self.url(name)))
        return self._templates[prepare]

    def _copy(self, template: str) -> str:
        self._databases += 1
        name = f"test_{self._databases}"
        self._create(name, template)
        return name

    def _create(self, name: str, template: str) -> None:
        self._administer(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )

    def _administer(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _as_server(self, *command: str | Path) -> list[str]:
        """Prefix `command` so that it runs as the server's user and dies with its parent."""
        prefix = ["setpriv", "--pdeathsig=SIGQUIT"]
        if self._user is not None:
            prefix += [f"--reuid={self._user}", f"--regid={self._user}", "--init-groups"]
        return [*prefix, "--", *map(str, command)]

    def _initialise(self) -> None:
        subprocess.run(
            self._as_server(
                self._initdb,
                f"--pgdata={self._folder / 'data'}",
                f"--username={_SUPERUSER}",
                "--auth=trust",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ),
            cwd=self._folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def _launch(self) -> subprocess.Popen[bytes]:
        options = (*_SERVER_OPTIONS, f"port={self._port}")
        command = self._as_server(
            self._postgres,
            *("-D", self._folder / "data", "-k", self._folder),
            *(part for option in options for part in ("-c", option)),
        )
        with (self._folder / "log").open("wb") as log:
            return subprocess.Popen(command, cwd=self._folder, stdout=log, stderr=log)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
            except psycopg.OperationalError:
                if time.monotonic() > deadline or self._has_ended():
                    self.stop_with_log()
                time.sleep(0.05)
            else:
                return

    def _has_ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def stop_with_log(self) -> None:
        """Give up on a server that does not answer, and say what it said."""
        log = (self._folder / "log").read_text(errors="replace")
        self.stop()
        message = f"PostgreSQL did not start:\n{log}"
        raise RuntimeError(message)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
