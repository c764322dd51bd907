"""PostgreSQL: a pool of connections and a small pool of threads that use them.

Every piece of work is one transaction. Two that meet on the same rows may be told by the server
that one of them must start again; that one is run again from its beginning. So is one that finds
a key taken that was free when it looked: the second time it sees whose it is, and can say so.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

import psycopg
from psycopg import errors
from psycopg_pool import ConnectionPool

from .connection import Connection
from .database import Work
from .statements import Dialect

P = ParamSpec("P")
T = TypeVar("T")
_TRIES = 5
# There is a connection for each thread, so whoever waits waits for the server itself. A client is told
# soon that it is away; and trying again begins anew as often, with short pauses, so that its return
# is noticed soon too.
_POOL_WAIT_S = 5
_RECONNECT_S = 5
_AGAIN = (errors.SerializationFailure, errors.DeadlockDetected, errors.UniqueViolation)


class PostgresqlDatabase:
    """See `database.Database`."""

    dialect: Dialect = "postgresql"

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self._pool: ConnectionPool[psycopg.Connection[Any]] = ConnectionPool(
            url,
            min_size=1,
            max_size=pool_size,
            timeout=_POOL_WAIT_S,
            reconnect_timeout=_RECONNECT_S,
            open=False,
            configure=_configure,
        )
        self._threads = ThreadPoolExecutor(pool_size, thread_name_prefix="postgresql")

    def open(self) -> None:
        """Start the pool."""
        self._pool.open()

    async def read(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run in a thread of the pool, in a read-only transaction."""
        return await self._in_thread(lambda: self.read_now(work, *args, **kwargs))

    async def read_long(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """The same: every read is off the event loop here."""
        return await self._in_thread(lambda: self.read_now(work, *args, **kwargs))

    async def write(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run in a thread of the pool; resumes after the commit."""
        return await self._in_thread(lambda: self.write_now(work, *args, **kwargs))

    def read_now(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Read in one snapshot, so that all queries of one answer see the same moment."""
        with self._pool.connection() as raw:
            raw.read_only = True
            raw.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            try:
                value = work(Connection(raw, "postgresql"), *args, **kwargs)
            finally:
                raw.rollback()
                raw.read_only = None
                raw.isolation_level = None
            return value

    def write_now(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Write and commit, again from the start where the server asks for it."""
        for attempt in range(1, _TRIES + 1):
            try:
                with self._pool.connection() as raw:
                    return work(Connection(raw, "postgresql"), *args, **kwargs)
            except _AGAIN:
                if attempt == _TRIES:
                    raise
        raise AssertionError("unreachable")

    async def change_mark(self) -> int:
        """The server's counter of transactions that changed something."""
        return await self._in_thread(self._change_mark)

    def _change_mark(self) -> int:
        with self._pool.connection() as raw:
            text = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text"
            return int(raw.execute(text).fetchall()[0][0])

    def close(self) -> None:
        """Finish what runs, then close the pool."""
        self._threads.shutdown()
        self._pool.close()

    async def _in_thread(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)


def _configure(raw: psycopg.Connection[Any]) -> None:
    # Our queries are short: compiling their plans to machine code takes longer than running them.
    raw.execute("SET jit = off")
    # Indexes fit in memory or lie on a disk without a moving head.
    raw.execute("SET random_page_cost = 1.1")
    raw.commit()
