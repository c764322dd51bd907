"""PostgreSQL: a pool of connections and a small pool of threads that use them.

Every piece of work is one transaction. Two that meet on the same rows may be told by the server
that one of them must start again; that one is run again from its beginning. So is, once, one that
finds a key taken that was free when it looked: the second time it sees whose it is, and can say so.
"""

import random
import time
from typing import Any, ParamSpec, TypeVar

import psycopg
from psycopg import errors
from psycopg_pool import ConnectionPool

from moothall.domain.errors import TooMany, Unavailable
from moothall.lib.log import get_logger

from .connection import Connection
from .database import LONG_READ_S, LONG_READERS, MAX_LONG_READS_WAITING, Work
from .statements import Dialect
from .threads import Threads

_log = get_logger()
P = ParamSpec("P")
T = TypeVar("T")
_TRIES = 5
# Connections, and threads that use them, in each process.
_POOL_SIZE = 8
# The longest pause before a try, in seconds, for each try before it: those who met should not meet
# again.
_PAUSE_S = 0.01
_MAX_WAITING = 500
# A connection that lay idle for so long is asked whether the server is still there: one restart
# of the server would otherwise be one failed request for each connection.
_CHECK_AFTER_S = 1
# There is a connection for each thread, so whoever waits waits for the server itself. A client is
# told soon that it is away; and trying again begins anew as often, with short pauses, so that its
# return is noticed soon too.
_POOL_WAIT_S = 5
_RECONNECT_S = 5
_MET_ANOTHER = (errors.SerializationFailure, errors.DeadlockDetected)


class _Connection(psycopg.Connection[Any]):
    """Knows when it was last lent, by the monotonic clock."""

    lent_at = 0.0


class PostgresqlDatabase:
    """See `database.Database`."""

    dialect: Dialect = "postgresql"

    def __init__(self, url: str, *, pool_size: int = _POOL_SIZE) -> None:
        self._pool: ConnectionPool[_Connection] = ConnectionPool(
            url,
            connection_class=_Connection,
            min_size=1,
            max_size=pool_size + LONG_READERS,
            timeout=_POOL_WAIT_S,
            reconnect_timeout=_RECONNECT_S,
            open=False,
            configure=_configure,
            check=_check,
        )
        self._threads = Threads(pool_size, _MAX_WAITING, "postgresql")
        self._long_readers = Threads(LONG_READERS, MAX_LONG_READS_WAITING, "reader")
        self.long_read_s = LONG_READ_S

    def open(self) -> None:
        """Start the pool."""
        self._pool.open()

    async def read(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run in a thread of the pool, in a read-only transaction."""
        return await self._threads.run(lambda: self.read_now(work, *args, **kwargs))

    async def read_long(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """The same in threads of their own, so that slow ones hold up nobody else."""
        return await self._long_readers.run(lambda: self._read_for_long(work, *args, **kwargs))

    async def write(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run in a thread of the pool; resumes after the commit."""
        return await self._threads.run(lambda: self.write_now(work, *args, **kwargs))

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

    def _read_for_long(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        def run(conn: Connection) -> T:
            conn.script(f"SET LOCAL statement_timeout = {int(self.long_read_s * 1000)}")
            return work(conn, *args, **kwargs)

        try:
            return self.read_now(run)
        except errors.QueryCanceled as error:
            raise TooMany("took_too_long") from error

    def write_now(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Write and commit, again from the start where the server asks for it."""
        attempt = 1
        while True:
            try:
                with self._pool.connection() as raw:
                    return work(Connection(raw, "postgresql"), *args, **kwargs)
            except errors.DiskFull as error:
                _log.error("write_failed", error=repr(error))
                raise Unavailable("storage_unavailable") from error
            except errors.UniqueViolation:
                if attempt > 1:
                    raise
            except _MET_ANOTHER as error:
                if attempt == _TRIES:
                    raise
                _log.info("write_again", reason=type(error).__name__, attempt=attempt)
                time.sleep(random.uniform(0, _PAUSE_S * attempt))  # noqa: S311 — no secret
            attempt += 1

    async def change_mark(self) -> int:
        """What a snapshot of now consists of: the bounds, and who is in progress between them.

        The newest transaction's number alone would stay as it is when an older one commits.
        """
        return await self._threads.run(self._change_mark)

    def _change_mark(self) -> int:
        with self._pool.connection() as raw:
            return hash(raw.execute("SELECT pg_current_snapshot()::text").fetchall()[0][0])

    def close(self) -> None:
        """Finish what runs, then close the pool."""
        self._threads.close()
        self._long_readers.close()
        self._pool.close()


def _configure(raw: psycopg.Connection[Any]) -> None:
    # Our queries are short: compiling their plans to machine code takes longer than running them.
    raw.execute("SET jit = off")
    # Indexes fit in memory or lie on a disk without a moving head.
    raw.execute("SET random_page_cost = 1.1")
    raw.commit()


def _check(raw: _Connection) -> None:
    now = time.monotonic()
    if now - raw.lent_at > _CHECK_AFTER_S:
        ConnectionPool.check_connection(raw)
    raw.lent_at = now
