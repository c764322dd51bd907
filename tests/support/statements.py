"""How many statements a request costs, and how many transactions that write."""

from collections.abc import Callable
from typing import Any

import pytest

from moothall import forum as forum_module
from moothall.forum import Forum
from moothall.storage.connection import Connection
from moothall.storage.database import Database
from moothall.storage.statements import Compiled


class Counter:
    """Counts what a forum asks of its database while it is in force."""

    def __init__(self, forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
        self.texts: list[str] = []
        self.writes = 0
        run = Connection._execute
        write = type(forum._database).write

        def execute(conn: Connection, compiled: Compiled, values: dict[str, Any]) -> Any:
            self.texts.append(compiled.text)
            return run(conn, compiled, values)

        async def write_once(database: Database, *args: Any, **kwargs: Any) -> Any:
            self.writes += 1
            return await write(database, *args, **kwargs)

        monkeypatch.setattr(Connection, "_execute", execute)
        monkeypatch.setattr(type(forum._database), "write", write_once)
        # The site's row is kept for a second, and a slow machine is to keep it as well.
        monkeypatch.setattr(forum_module, "_SITE_SECONDS", 3600.0)
        monkeypatch.setattr(forum, "forget_site", lambda: None)

    def statements_of(self, ask: Callable[[], Any]) -> list[str]:
        """The statements of a request, but for what every process keeps after its first one."""
        ask()
        self.texts.clear()
        self.writes = 0
        ask()
        return list(self.texts)
