"""Reading an archive into a forum: small transactions, each of which knows how far it has come."""

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from moothall.actions import archive
from moothall.domain.archive import ImportRun, Numbered, Problem, Record
from moothall.forum import Forum, Work

from .progress import Progress, Silent
from .reading import ArchiveError, Lines, Text, fingerprint_of, open_lines
from .records import VERSION, BadLine, decode, decode_header

T = TypeVar("T")

MAX_RECORDS = 200
# Characters to render and to index take time too.
_MAX_BYTES = 64 * 1024
_MAX_BAD_LINES = 1_000
_TARGET_S = 0.008


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of an import.

    `resumed` where an earlier one had begun it, `was_done` where one had ended it; `is_cut` for a
    file that lacks its end.
    """

    stored: dict[str, int]
    bad_lines: int
    resumed: bool
    was_done: bool
    is_cut: bool


@dataclass(slots=True)
class _Pace:
    """How many rows a transaction takes, so that it holds the write lock for some milliseconds."""

    size: int = 20
    limit: int = MAX_RECORDS

    def note(self, taken_s: float) -> None:
        """Learn from the last one."""
        if taken_s > _TARGET_S:
            self.size = max(1, int(self.size * max(_TARGET_S / taken_s, 0.25)))
        elif taken_s < _TARGET_S / 2:
            self.size = min(self.limit, self.size * 2)


@dataclass(slots=True)
class _Batch:
    """Lines that are dealt with in one transaction."""

    line: int
    records: list[Numbered] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    bytes: int = 0

    def takes(self, record: Record | None, size: int) -> bool:
        """Whether the next line fits in: one kind of record, not too much of it."""
        if record is None:
            return len(self.problems) < _MAX_BAD_LINES
        if not self.records:
            return True
        return (
            type(record) is type(self.records[0].record)
            and len(self.records) < size
            and self.bytes < _MAX_BYTES
        )


def import_file(forum: Forum, path: Path, progress: Progress | None = None) -> Summary:
    """Read an archive into a forum, from where an interrupted import of the same file stopped.

    Lines that are no good are told to `progress` by number, and skipped. Raises ArchiveError for
    a file that is no archive, and Conflict `import_running`.
    """
    importer = _Importer(forum, progress or Silent())
    with open_lines(path) as lines:
        texts = iter(lines)
        _check_header(path, next(texts, None))
        run = forum.act_now(archive.open_import, fingerprint_of(path))
        was_done, resumed = run.phase == "done", run.line > 0
        if run.phase == "records":
            run = importer.read(run, lines, texts, path.stat().st_size)
        for _ in texts:
            pass  # of what was read by an earlier import, only the end is asked for
    run = importer.finish(run)
    return Summary(run.stored, run.bad_lines, resumed, was_done, lines.is_cut)


def _check_header(path: Path, first: Text | None) -> None:
    if first is None:
        raise ArchiveError(f"{path} is empty")
    try:
        header = decode_header(first.text or b"")
    except BadLine as error:
        reason = first.reason or f"its first line is no header: {error}"
        raise ArchiveError(f"{path} is no archive: {reason}") from None
    if header.version != VERSION:
        raise ArchiveError(
            f"{path} has version {header.version} of the format; this program reads {VERSION}"
        )


class _Importer:
    def __init__(self, forum: Forum, progress: Progress) -> None:
        self._forum = forum
        self._progress = progress
        self._paces: dict[object, _Pace] = {}

    def read(
        self, run: ImportRun, lines: Lines, texts: Iterator[Text], total_bytes: int
    ) -> ImportRun:
        """The phase "records"."""
        left = itertools.dropwhile(lambda text: text.number <= run.line, texts)
        for batch in self._batches(left):
            run = self._store(run, batch)
            self._progress.show("reading", lines.position, total_bytes)
        return self._forum.act_now(archive.end_phase, run)

    def _batches(self, texts: Iterator[Text]) -> Iterator[_Batch]:
        batch: _Batch | None = None
        for text in texts:
            record, problem = _read(text)
            kind = type(record) if record else None
            if batch is not None and not batch.takes(record, self._pace(kind).size):
                yield batch
                batch = None
            batch = batch or _Batch(text.number)
            batch.line = text.number
            batch.bytes += len(text.text or b"")
            if record is not None:
                batch.records.append(Numbered(text.number, record))
            elif problem is not None:
                batch.problems.append(problem)
        if batch is not None:
            yield batch

    def _store(self, run: ImportRun, batch: _Batch) -> ImportRun:
        kind = type(batch.records[0].record) if batch.records else None
        after, problems = self._timed(
            kind, archive.store_records, run, batch.records, batch.line, len(batch.problems)
        )
        for problem in sorted([*batch.problems, *problems]):
            self._progress.say(f"line {problem.line}: {problem.reason}")
        return after

    def finish(self, run: ImportRun) -> ImportRun:
        """All phases after the first, until the import is done."""
        while run.phase != "done":
            total = run.stored.get(_COUNTED.get(run.phase, ""), 0)
            self._progress.show(f"counting {run.phase}", run.place, total)
            run = self._step(run)
        return run

    def _step(self, run: ImportRun) -> ImportRun:
        size = self._pace(run.phase).size
        if run.phase == "activity":
            return self._forum.act_now(archive.count_activity, run)
        if run.phase in {"comments", "posts"}:
            return self._timed(run.phase, archive.recount_slice, run, size)
        if run.phase == "map":
            self._pace(run.phase).limit = 5_000
            return self._timed(run.phase, archive.forget_map, run, size)
        sums = self._forum.read_now(archive.find_sums, run, size)
        return self._timed(run.phase, archive.add_sums, run, sums)

    def _pace(self, kind: object) -> _Pace:
        return self._paces.setdefault(kind, _Pace())

    def _timed(self, kind: object, work: Work[..., T], *args: object) -> T:
        """Act, and learn how long the lock was held."""
        value, taken_s = self._forum.act_now(_timed(work), *args)
        self._pace(kind).note(taken_s)
        return value


def _timed(work: Work[..., T]) -> Work[..., tuple[T, float]]:
    """Let a step tell how many seconds it took: waiting for lock and disk is not in it."""

    def run(tx: Any, /, *args: object) -> tuple[T, float]:
        began = time.perf_counter()
        value = work(tx, *args)
        return value, time.perf_counter() - began

    return run


_COUNTED = {"comments": "comment", "posts": "post", "people": "person", "communities": "community"}


def _read(text: Text) -> tuple[Record | None, Problem | None]:
    """The record of a line, or what is wrong with it; neither for an empty one."""
    if text.text is None:
        return None, Problem(text.number, text.reason)
    if text.text.isspace():
        return None, None
    try:
        return decode(text.text), None
    except BadLine as error:
        return None, Problem(text.number, str(error))
