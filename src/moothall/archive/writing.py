"""Writing a forum to an archive: numbered anew from one on, so that equal forums give equal files."""

import gzip
import io
import os
from array import array
from bisect import bisect_left
from pathlib import Path
from typing import Any

from moothall.domain.archive import KINDS, Record
from moothall.forum import Forum
from moothall.reads.archive import show_all

from .progress import Progress, Silent
from .reading import ArchiveError
from .records import encode, encode_header

_EVERY = 1_000
# What a field refers to; each kind is numbered by itself.
_REFERENCES = {
    "community": "community",
    "person": "person",
    "creator": "person",
    "post": "post",
    "parent": "comment",
    "comment": "comment",
}


class _Numbers:
    """Row ids, ascending, and their places: eight bytes each."""

    def __init__(self) -> None:
        self._ids = array("q")

    def add(self, row_id: int) -> int:
        """The number of the next row."""
        self._ids.append(row_id)
        return len(self._ids)

    def of(self, row_id: int) -> int:
        """The number of a row that was added."""
        return bisect_left(self._ids, row_id) + 1


class _Writer:
    """Takes records with row ids, and writes their lines."""

    def __init__(self, file: io.BufferedIOBase, progress: Progress) -> None:
        self._file = file
        self._progress = progress
        self._numbers = {kind: _Numbers() for kind in set(_REFERENCES.values())}
        self._last_ids: dict[str, int] = {}
        self.written = 0

    def begin(self, last_ids: dict[str, int]) -> None:
        """Write the header; now it is known how much there is."""
        self._last_ids = last_ids
        self._file.write(encode_header() + b"\n")

    def take(self, record: Record) -> None:
        """Write a record's line."""
        if self.written % _EVERY == 0:
            self._show(record)
        self._file.write(encode(self._numbered(record)) + b"\n")
        self.written += 1

    def _numbered(self, record: Record) -> Record:
        kind = KINDS[type(record)]
        changes: dict[str, Any] = {}
        for name, target in _REFERENCES.items():
            row_id = getattr(record, name, None)
            if row_id is not None:
                changes[name] = self._numbers[target].of(row_id)
        if kind in self._numbers:
            changes["id"] = self._numbers[kind].add(record.id)  # type: ignore[union-attr]
        return record._replace(**changes)

    def _show(self, record: Record) -> None:
        kind = KINDS[type(record)]
        for name in (kind, "post", "comment", "person"):
            place = getattr(record, "id" if name == kind else name, None)
            if place is not None:
                self._progress.show(f"writing {kind}", place, self._last_ids.get(name, 0))
                return


def export_file(forum: Forum, path: Path, progress: Progress | None = None) -> int:
    """Write the whole forum, as it is at one moment, and tell how many records that were.

    Compressed if the name ends in `.gz`. The file appears when it is complete, readable by its
    owner only: removed texts are in it. Raises ArchiveError where it cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        try:
            return _export(forum, part, path, progress or Silent())
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise ArchiveError(f"cannot write {path}: {error.strerror}") from None


def _export(forum: Forum, part: Path, path: Path, progress: Progress) -> int:
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as raw:  # noqa: PTH123 — a descriptor has no path
        if path.suffix == ".gz":
            # No name and no time in it: the same forum gives the same bytes.
            with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as compressed:
                written = _write(forum, compressed, progress)
        else:
            written = _write(forum, raw, progress)
        raw.flush()
        os.fsync(raw.fileno())
    part.replace(path)
    return written


def _write(forum: Forum, file: io.BufferedIOBase, progress: Progress) -> int:
    writer = _Writer(file, progress)
    forum.read_now(show_all, writer.begin, writer.take)
    return writer.written
