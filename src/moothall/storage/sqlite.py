"""SQLite: reads on the event loop, writes through one writer thread per process.

Writers of several processes take turns by a file lock around each batch; SQLite's own waiting for
a lock sleeps in growing steps, which made the slowest writes a hundred times slower. Whatever
waits when the lock is taken is committed as one group, each piece of work in a savepoint of its
own: one sync to disk then serves them all, and a refused action undoes nobody else's.
"""

import asyncio
import contextlib
import fcntl
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from moothall.domain.errors import TooMany, Unavailable
from moothall.lib import metrics
from moothall.lib.log import get_logger

from .connection import Connection
from .database import LONG_READ_S, LONG_READERS, MAX_LONG_READS_WAITING, Work
from .statements import Dialect
from .threads import Threads

_log = get_logger()
P = ParamSpec("P")
T = TypeVar("T")

# Enough to spread one sync over a busy moment, few enough that nobody waits for a long batch.
MAX_BATCH = 128
# Longest time a batch may hold the lock before the next process gets its turn, in seconds.
MAX_HOLD_S = 0.02
# Rows changed after which the log is copied into the file. Neighbouring votes touch the same pages,
# so whoever copies less often copies less.
_COPY_AFTER_ROWS = 1_000
# Copying goes on beside the other processes, so a log never ends while all of them write. With so
# many pages (64 MB) a commit copies what is left while it has the lock, and the log begins anew.
_MAX_LOG_PAGES = 16_000
_MAX_LOG_BYTES = 2 * _MAX_LOG_PAGES * 4096
# What a connection keeps of the file; more makes no difference to writing.
_CACHE_KB = 8_000
_MAPPED_BYTES = 1 << 30
# How many steps of SQLite's machine between two looks at the clock: about a millisecond.
_STEPS_PER_LOOK = 20_000


def connect(
    path: Path, *, synchronous: str = "full", read_only: bool = False, is_mapped: bool = False
) -> sqlite3.Connection:
    """A connection with our pragmas; transactions are begun by hand.

    `is_mapped` reads the file through a mapping of it, which is faster, and counts as memory of
    this process as far as it was read: for who reads hot pages, not for who walks through the file.
    """
    raw = sqlite3.connect(
        path, timeout=30, isolation_level=None, check_same_thread=False, cached_statements=512
    )
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute(f"PRAGMA synchronous={'NORMAL' if synchronous == 'normal' else 'FULL'}")
    raw.execute(f"PRAGMA wal_autocheckpoint={_MAX_LOG_PAGES}")
    # One long export keeps the log growing; once it begins anew, the file is cut back to this.
    raw.execute(f"PRAGMA journal_size_limit={_MAX_LOG_BYTES}")
    raw.execute("PRAGMA foreign_keys=ON")
    raw.execute("PRAGMA temp_store=MEMORY")
    raw.execute(f"PRAGMA cache_size=-{_CACHE_KB}")
    raw.execute(f"PRAGMA mmap_size={_MAPPED_BYTES if is_mapped else 0}")
    if read_only:
        raw.execute("PRAGMA query_only=ON")
    return raw


class SqliteDatabase:
    """See `database.Database`."""

    dialect: Dialect = "sqlite"

    def __init__(self, path: Path, *, synchronous: str = "full") -> None:
        self._path = path
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._writer = Writer(path, synchronous)
        self.long_read_s = LONG_READ_S

    def open(self) -> None:
        """Connect for reading; the writer connects with the first write."""
        self._loop_reader = connect(self._path, read_only=True, is_mapped=True)
        self._mark_reader = connect(self._path, read_only=True)
        self._opened += [self._loop_reader, self._mark_reader]
        self._long_readers = Threads(LONG_READERS, MAX_LONG_READS_WAITING, "reader")

    async def read(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run here and now: an index-planned read takes less time than a hop to a thread."""
        return _read_on(self._loop_reader, work, *args, **kwargs)

    async def read_long(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run in a thread, so that the event loop goes on."""
        return await self._long_readers.run(lambda: self._read_for_long(work, *args, **kwargs))

    async def write(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Hand over to the writer thread; resumes after the commit of its batch."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._writer.submit(_Task(lambda c: work(c, *args, **kwargs), _LoopResult(loop, done)))
        return await done

    def read_now(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Read on a connection of this thread's own."""
        return _read_on(self._thread_reader(), work, *args, **kwargs)

    def write_now(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Write and wait for the commit."""
        done: Future[T] = Future()
        self._writer.submit(_Task(lambda c: work(c, *args, **kwargs), _ThreadResult(done)))
        return done.result()

    async def change_mark(self) -> int:
        """SQLite's own counter of commits by other connections."""
        mark: int = self._mark_reader.execute("PRAGMA data_version").fetchone()[0]
        return mark

    def close(self) -> None:
        """Finish the queue, then close every connection."""
        self._long_readers.close()
        self._writer.close()
        for raw in self._opened:
            raw.close()
        self._opened.clear()

    def _read_for_long(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        raw = self._thread_reader()
        ends_at = time.monotonic() + self.long_read_s
        raw.set_progress_handler(lambda: time.monotonic() > ends_at, _STEPS_PER_LOOK)
        try:
            return _read_on(raw, work, *args, **kwargs)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
            raise TooMany("took_too_long") from error
        finally:
            raw.set_progress_handler(None, 0)

    def _thread_reader(self) -> sqlite3.Connection:
        raw: sqlite3.Connection | None = getattr(self._local, "reader", None)
        if raw is None:
            raw = self._local.reader = connect(self._path, read_only=True)
            self._opened.append(raw)
        return raw


def _read_on(raw: sqlite3.Connection, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    # One transaction, so that all queries of one answer see the same moment.
    raw.execute("BEGIN")
    try:
        return work(Connection(raw, "sqlite"), *args, **kwargs)
    finally:
        if raw.in_transaction:
            raw.execute("COMMIT")


class _LoopResult:
    """An outcome for somebody who awaits it on an event loop."""

    __slots__ = ("_done", "loop")

    def __init__(self, loop: asyncio.AbstractEventLoop, done: "asyncio.Future[Any]") -> None:
        self.loop = loop
        self._done = done

    def deliver(self, value: Any, error: BaseException | None) -> None:
        """Called on the loop. Whoever asked may be gone by now."""
        if self._done.done():
            return
        if error is None:
            self._done.set_result(value)
        elif isinstance(error, StopIteration):
            # A future does not take it, and whoever waits would wait for ever.
            self._done.set_exception(RuntimeError("a write raised StopIteration"))
        else:
            self._done.set_exception(error)


class _ThreadResult:
    """An outcome for a thread that waits."""

    __slots__ = ("_done", "loop")

    def __init__(self, done: "Future[Any]") -> None:
        self.loop = None
        self._done = done

    def deliver(self, value: Any, error: BaseException | None) -> None:
        """Called on the writer thread."""
        if error is None:
            self._done.set_result(value)
        else:
            self._done.set_exception(error)


class _Task:
    """A piece of work, where its outcome goes, and the outcome itself once it has run."""

    __slots__ = ("error", "result", "value", "work")

    def __init__(
        self, work: Callable[[Connection], Any], result: "_LoopResult | _ThreadResult"
    ) -> None:
        self.work = work
        self.result = result
        self.value: Any = None
        self.error: BaseException | None = None


class Writer:
    """The one thread of this process that changes the database.

    It never ends before it is told to: whatever goes wrong is told to those who wait, and the next
    batch begins with a new connection.
    """

    def __init__(self, path: Path, synchronous: str) -> None:
        self._queue: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._path = path
        self._synchronous = synchronous
        self._thread: threading.Thread | None = None
        # Held while something is queued, so that nothing comes to stand behind the end.
        self._door = threading.Lock()
        self._closed = False
        self._raw: sqlite3.Connection | None = None
        self._lock: int | None = None
        self._copied = 0

    def submit(self, task: _Task) -> None:
        """Queue a piece of work; the thread starts with the first one."""
        with self._door:
            if self._closed:
                raise RuntimeError("the database is closed")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
                self._thread.start()
            self._queue.put(task)

    def close(self) -> None:
        """Run what is queued, then stop."""
        with self._door:
            if not self._closed and self._thread is not None:
                self._queue.put(None)
            self._closed = True
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        goes_on = True
        while goes_on and (first := self._queue.get()) is not None:
            batch = [first]
            try:
                goes_on = self._run_batch(batch)
            except BaseException as error:  # noqa: BLE001 — somebody waits for each of them
                # The disk is full or the file is broken: nobody in this batch is acknowledged.
                told = _told(error, len(batch))
                for task in batch:
                    task.error = task.error or told
                self._disconnect()
            _deliver(batch)
            self._copy_log()
        self._disconnect()

    def _run_batch(self, batch: list[_Task]) -> bool:
        """Run and commit the first and what else waits. False when told to stop."""
        raw, lock = self._opened()
        fcntl.flock(lock, fcntl.LOCK_EX)
        began = time.monotonic()
        try:
            raw.execute("BEGIN IMMEDIATE")
            goes_on = self._fill(raw, batch)
            raw.execute("COMMIT")
        finally:
            if raw.in_transaction:
                raw.execute("ROLLBACK")
            fcntl.flock(lock, fcntl.LOCK_UN)
            held_s = time.monotonic() - began
            metrics.keep_highest("write_lock_longest_hold_seconds", held_s)
        return goes_on

    def _fill(self, raw: sqlite3.Connection, batch: list[_Task]) -> bool:
        started = time.monotonic()
        connection = Connection(raw, "sqlite")
        _run_task(raw, connection, batch[0])
        while len(batch) < MAX_BATCH and time.monotonic() - started < MAX_HOLD_S:
            try:
                task = self._queue.get_nowait()
            except queue.Empty:
                return True
            if task is None:
                return False
            batch.append(task)
            _run_task(raw, connection, task)
        return True

    def _opened(self) -> tuple[sqlite3.Connection, int]:
        if self._lock is None:
            self._lock = os.open(self._path.with_name("write.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        if self._raw is None:
            self._raw = connect(self._path, synchronous=self._synchronous)
            self._copied = 0
        return self._raw, self._lock

    def _disconnect(self) -> None:
        raw, self._raw = self._raw, None
        lock, self._lock = self._lock, None
        if raw is not None:
            with contextlib.suppress(sqlite3.Error):
                raw.close()
        if lock is not None:
            # Which lets go of it, if that could not be done before.
            os.close(lock)

    def _copy_log(self) -> None:
        """Copy the log into the file as far as no reader is in the way; no commit waits for it."""
        raw = self._raw
        if raw is None or raw.total_changes - self._copied < _COPY_AFTER_ROWS:
            return
        self._copied = raw.total_changes
        # What cannot be copied now stays in the log, where it is as safe.
        with contextlib.suppress(sqlite3.Error):
            raw.execute("PRAGMA wal_checkpoint(PASSIVE)")


def _run_task(raw: sqlite3.Connection, connection: Connection, task: _Task) -> None:
    raw.execute("SAVEPOINT work")
    try:
        task.value = task.work(connection)
    except BaseException as error:
        if not raw.in_transaction:
            # This one ended the transaction of all, as a full disk does.
            raise
        # It belongs to whoever asked, not to the batch.
        task.error = _told(error, 1) if _is_of_the_disk(error) else error
        raw.execute("ROLLBACK TO work")
    raw.execute("RELEASE work")


def _is_of_the_disk(error: BaseException) -> bool:
    """A disk that is full, or fails: all who write meet it, and none can do anything about it."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


def _told(error: BaseException, waiting: int) -> BaseException:
    """Write down what befell a batch; returns what those who wait are told."""
    _log.error("write_failed", error=repr(error), waiting=waiting)
    if not _is_of_the_disk(error):
        return error
    told = Unavailable("storage_unavailable")
    told.__cause__ = error
    return told


def _deliver(batch: list[_Task]) -> None:
    """Tell everybody, waking each event loop once."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Task]] = {}
    for task in batch:
        if task.result.loop is None:
            task.result.deliver(task.value, task.error)
        else:
            by_loop.setdefault(task.result.loop, []).append(task)
    for loop, tasks in by_loop.items():
        # On a loop that is closed by now nobody waits any more.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_deliver_on_loop, tasks)


def _deliver_on_loop(tasks: list[_Task]) -> None:
    for task in tasks:
        task.result.deliver(task.value, task.error)
