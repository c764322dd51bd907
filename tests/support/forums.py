"""Forums for tests: a real database each, copied from one that was migrated once."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from moothall.actions.site import ensure_site
from moothall.domain.site import Home
from moothall.forum import Forum
from moothall.storage.migrations import migrate
from moothall.storage.opening import database_at
from moothall.storage.site import update_site
from moothall.storage.transaction import Transaction
from tests.support.clock import Clock
from tests.support.postgres import PostgresServer

HOME = Home(domain="forum.example", base_url="https://forum.example")


@contextmanager
def open_forum(url: str, data_dir: Path) -> Iterator[Forum]:
    """Open a forum on a migrated database, with a clock that the test sets."""
    # Nothing here outlives the tests, so nothing waits for the disk.
    database = database_at(url, data_dir, synchronous="normal")
    database.open()
    try:
        yield Forum(database, HOME, Clock())
    finally:
        database.close()


def set_up(tx: Transaction) -> None:
    """Declare the site set up, without the admin that the real way would make."""
    update_site(
        tx.conn, is_set_up=True, setup_token_hash=None, name="Test Forum", registration_mode="Open"
    )


def _prepare(url: str, data_dir: Path, *, is_set_up: bool) -> None:
    migrate(url, data_dir)
    with open_forum(url, data_dir) as forum:
        forum.act_now(ensure_site)
        if is_set_up:
            forum.act_now(set_up)


class Template:
    """A prepared database of each kind: made when first asked for, then copied."""

    def __init__(self, folder: Path, *, is_set_up: bool) -> None:
        self._folder = folder
        self._is_set_up = is_set_up
        self._prepare: Callable[[str], None] = lambda url: _prepare(
            url, folder, is_set_up=is_set_up
        )

    @contextmanager
    def sqlite(self, data_dir: Path) -> Iterator[Forum]:
        """A forum on a SQLite file of its own in this folder."""
        original = self._folder / "moothall.sqlite"
        if not original.exists():
            self._prepare("")
        shutil.copy(original, data_dir)
        with open_forum("", data_dir) as forum:
            yield forum

    @contextmanager
    def postgresql(self, server: PostgresServer, data_dir: Path) -> Iterator[Forum]:
        """A forum on a PostgreSQL database that nobody else uses meanwhile."""
        name = server.lend_database(self._prepare)
        try:
            with open_forum(server.url(name), data_dir) as forum:
                yield forum
        finally:
            server.take_back(name)
