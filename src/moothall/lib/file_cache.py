"""Files that can be made again: kept in a folder within a budget of bytes, the least used go first.

Entries belong to groups, so that all that was made of one thing can be dropped at once. Several
processes share a folder: each counts what it adds itself and looks at the whole from time to time,
so the folder may exceed its budget by a twentieth for each of them.
"""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_LOOK_AFTER = 20
_KEEP_TENTHS = 9
_UNFINISHED = ".part"


class _Entry(NamedTuple):
    used_at: float
    size: int
    path: Path


class FileCache:
    """Keeps files under (group, name). Both are names of our own making, safe in a path.

    `max_age_s` is how long after it was put an entry is still given; None: for ever.
    """

    def __init__(
        self,
        folder: Path,
        budget_bytes: int,
        max_age_s: float | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = folder
        self._budget = budget_bytes
        self._max_age_s = max_age_s
        self._clock = clock
        # The first addition looks at what earlier runs left.
        self._added = budget_bytes
        self._lock = threading.Lock()

    def get(self, group: str, name: str) -> Path | None:
        """The file, counted as used now; None if it is not kept, or too old."""
        path = self._path(group, name)
        try:
            put_at = path.stat().st_mtime
            now = self._clock()
            if self._max_age_s is not None and now - put_at > self._max_age_s:
                path.unlink(missing_ok=True)
                return None
            # The two times of a file: last used, and put.
            os.utime(path, (now, put_at))
        except FileNotFoundError:
            return None
        return path

    def new_file(self, group: str, name: str) -> Path:
        """Where to write what is then handed to `put`; on the same disk, its folder made."""
        path = self._path(group, name)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mark = f"{os.getpid()}-{threading.get_ident()}-{time.monotonic_ns()}"
        return path.with_name(f"{path.name}.{mark}{_UNFINISHED}")

    def put(self, group: str, name: str, written: Path) -> Path:
        """Keep a file that was written at `new_file`. Others may be dropped for it."""
        path = self._path(group, name)
        size = written.stat().st_size
        now = self._clock()
        os.utime(written, (now, now))
        written.replace(path)
        with self._lock:
            self._added += size
            is_due = self._added * _LOOK_AFTER >= self._budget
            if is_due:
                self._added = 0
        if is_due:
            self.trim()
        return path

    def drop(self, group: str) -> None:
        """Forget all that was made of one thing."""
        shutil.rmtree(self._path(group, "x").parent, ignore_errors=True)

    def groups(self, prefix: str) -> Iterator[str]:
        """Whose files are kept, of those that begin with these two characters."""
        with suppress(FileNotFoundError), os.scandir(self._folder / prefix) as entries:
            yield from (entry.name for entry in entries)

    def trim(self) -> None:
        """Drop what was not used for longest, until a tenth of the budget is free."""
        entries = sorted(self._entries())
        total = sum(entry.size for entry in entries)
        if total <= self._budget:
            return
        for entry in entries:
            if total * 10 <= self._budget * _KEEP_TENTHS:
                return
            entry.path.unlink(missing_ok=True)
            with suppress(OSError):
                entry.path.parent.rmdir()  # if that was the last of its group
            total -= entry.size

    def _entries(self) -> Iterator[_Entry]:
        for folder, _, names in os.walk(self._folder):
            for name in names:
                path = Path(folder, name)
                with suppress(FileNotFoundError):
                    found = path.stat()
                    yield _Entry(found.st_atime, found.st_size, path)

    def _path(self, group: str, name: str) -> Path:
        return self._folder / group[:2] / group / name
