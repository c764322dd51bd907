"""Reading an archive in, in steps so short that a running forum does not feel them.

Each step stores in its own transaction how far the import has come, so a process that dies loses
nothing and the next one goes on. First come the records, a few lines at a time; then phase by
phase the counters and ranks of what they became.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from moothall.domain.archive import IMPORT_PHASES, KINDS, ImportRun, Numbered, Problem
from moothall.domain.errors import Conflict, NotFound
from moothall.domain.ids import AccountId
from moothall.storage import account as accounts
from moothall.storage import archive as rows
from moothall.storage import event
from moothall.storage.recount import Correction
from moothall.storage.transaction import Transaction
from moothall.storage.user import find_person

from . import recount, upkeep
from .archive_records import store

T = TypeVar("T")

_RECOUNT = {"comments": recount.recount_comments, "posts": recount.recount_posts}
_SUBJECTS = {
    "comments": "comment",
    "posts": "post",
    "people": "person",
    "communities": "community",
    "site": "site",
}


def timed(tx: Transaction, work: Callable[..., T], *args: object) -> tuple[T, float]:
    """Run a step and tell how many seconds it took, so that the next one can be larger or smaller.

    Waiting for the lock and for the disk is not in it.
    """
    began = time.perf_counter()
    value = work(tx, *args)
    return value, time.perf_counter() - began


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
    batch = store(tx, run.id, records)
    stored = Counter(run.stored)
    if batch.stored:
        stored[KINDS[type(records[0].record)]] += batch.stored
    after = run._replace(
        line=line,
        bad_lines=run.bad_lines + bad_lines + len(batch.problems),
        stored=dict(stored),
    )
    return _advance(tx, run, after), batch.problems


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
        return Sums(recount.find_corrections(tx, kind, [recount.SITE_ID]), None)
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


def open_account(
    tx: Transaction, name: str, password_hash: str, *, is_admin: bool = False
) -> AccountId:
    """Give an account to a local person that an archive brought without one.

    Raises NotFound `couldnt_find_person`, Conflict `user_already_exists` where there is one.
    """
    person = find_person(tx.conn, name, None)
    if person is None or person.deleted:
        raise NotFound("couldnt_find_person", name)
    if accounts.find_account_of(tx.conn, person.id) is not None:
        raise Conflict("user_already_exists", name)
    account_id = accounts.add_account(
        tx.conn,
        person.id,
        tx.now,
        password_hash=password_hash,
        is_admin=is_admin,
        admin_since=tx.now if is_admin else None,
        accepted_application=True,
    )
    accounts.count_people(tx.conn, 1)
    event.add(tx.conn, "person_created", tx.now, person_id=person.id)
    return account_id
