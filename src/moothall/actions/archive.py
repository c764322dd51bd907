"""Reading an archive in, in steps so short that a running forum does not feel them.

Each step stores in its own transaction how far the import has come, so a process that dies loses
nothing and the next one goes on. First come the records, a few lines at a time; then phase by
phase the counters and ranks of what they became. Nobody is told of anything (no notification, and
one event for all): it happened long ago.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from moothall.domain.archive import (
    IMPORT_PHASES,
    KINDS,
    CommentRecord,
    CommunityRecord,
    FollowRecord,
    ImportRun,
    ModeratorRecord,
    Numbered,
    PersonRecord,
    PostRecord,
    Problem,
    Record,
    VoteRecord,
    check_record,
)
from moothall.domain.errors import Conflict
from moothall.storage import archive as rows
from moothall.storage import event
from moothall.storage.recount import Correction
from moothall.storage.tables import SITE_ID
from moothall.storage.transaction import Transaction

from . import recount, upkeep
from .archive_batch import Batch, each_of
from .archive_people import store_communities, store_follows, store_moderators, store_people
from .archive_writings import store_comments, store_posts, store_votes

_RECOUNT = {"comments": recount.recount_comments, "posts": recount.recount_posts}
_SUBJECTS = {
    "comments": "comment",
    "posts": "post",
    "people": "person",
    "communities": "community",
    "site": "site",
}
_STORE: dict[type[Record], Callable[[Batch, Sequence[Numbered]], None]] = {
    PersonRecord: store_people,
    CommunityRecord: store_communities,
    ModeratorRecord: store_moderators,
    FollowRecord: store_follows,
    PostRecord: store_posts,
    CommentRecord: store_comments,
    VoteRecord: store_votes,
}


def open_import(tx: Transaction, fingerprint: str) -> ImportRun:
    """Begin to read in the archive with this fingerprint, or find how far it has come."""
    return rows.open_run(tx.conn, fingerprint, IMPORT_PHASES[0], tx.now)


def store_records(
    tx: Transaction, run: ImportRun, records: Sequence[Numbered], line: int, bad_lines: int
) -> tuple[ImportRun, list[Problem]]:
    """Store records of one kind; all up to `line` is then dealt with.

    `bad_lines` counts those of them that are no records at all; problems are told of the records
    that could not be stored. Raises Conflict `import_running` if another process goes on with the
    same archive.
    """
    batch = _store(tx, run.id, records)
    stored = Counter(run.stored)
    if batch.stored:
        stored[KINDS[type(records[0].record)]] += batch.stored
    after = run._replace(
        line=line,
        bad_lines=run.bad_lines + bad_lines + len(batch.problems),
        stored=dict(stored),
    )
    return _advance(tx, run, after), batch.problems


def _store(tx: Transaction, run_id: int, records: Sequence[Numbered]) -> Batch:
    """Store records of one kind; the batch tells which were not."""
    batch = Batch(tx, run_id)
    if records:
        good = each_of(batch, records, lambda record: check_record(record, tx.now))
        _STORE[type(records[0].record)](batch, good)
    return batch


def end_phase(tx: Transaction, run: ImportRun) -> ImportRun:
    """Go on with the next phase."""
    following = IMPORT_PHASES[IMPORT_PHASES.index(run.phase) + 1]
    if following == "done":
        event.add(tx.conn, "archive_imported", tx.now, stored=run.stored)
    return _advance(tx, run, run._replace(phase=following, place=0))


def _advance(tx: Transaction, before: ImportRun, after: ImportRun) -> ImportRun:
    if before != after and not rows.advance_run(tx.conn, before, after, tx.now):
        raise Conflict("import_running", "another process is importing this archive")
    return after


def count_activity(tx: Transaction, run: ImportRun) -> ImportRun:
    """The phase "activity": who is active in the next few communities."""
    place = upkeep.count_active_users(tx, run.place)
    return end_phase(tx, run) if place is None else _advance(tx, run, run._replace(place=place))


def recount_slice(tx: Transaction, run: ImportRun, size: int) -> ImportRun:
    """The phases "comments" and "posts": the figures of the next rows."""
    found = rows.rows_after(tx.conn, run.id, _SUBJECTS[run.phase], run.place, size)
    if not found:
        return end_phase(tx, run)
    _RECOUNT[run.phase](tx, [row_id for _, row_id in found])
    return _advance(tx, run, run._replace(place=found[-1][0]))


class Sums(NamedTuple):
    """What some people or communities lack; `place` None after the last of them."""

    corrections: list[Correction]
    place: int | None


def find_sums(tx: Transaction, run: ImportRun, size: int) -> Sums:
    """The phases "people", "communities" and "site", first half: only reads."""
    kind = _SUBJECTS[run.phase]
    if kind == "site":
        return Sums(recount.find_corrections(tx, kind, [SITE_ID]), None)
    found = rows.rows_after(tx.conn, run.id, kind, run.place, size)
    corrections = recount.find_corrections(tx, kind, [row_id for _, row_id in found])
    return Sums(corrections, found[-1][0] if found else None)


def add_sums(tx: Transaction, run: ImportRun, sums: Sums) -> ImportRun:
    """The second half: add what lacks, once."""
    recount.correct(tx, _SUBJECTS[run.phase], sums.corrections)
    if sums.place is None:
        return end_phase(tx, run)
    return _advance(tx, run, run._replace(place=sums.place))


def forget_map(tx: Transaction, run: ImportRun, size: int) -> ImportRun:
    """The phase "map": the archive's numbers are not needed any more."""
    gone = rows.forget_map(tx.conn, run.id, size)
    if not gone:
        return end_phase(tx, run)
    return _advance(tx, run, run._replace(place=run.place + gone))
