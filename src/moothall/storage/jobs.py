"""Jobs: work to be done later, stored with the change that caused it.

A job is claimed for a while, worked on outside of any transaction, then finished or put back with
the reason. Whoever dies in between loses the claim, not the job: it may run more than once.
"""

import json
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import and_, delete, insert, or_, select, update

from moothall.domain.time import Time

from .connection import Connection
from .database import Database
from .statements import Statement, param
from .tables import job


class Lane(StrEnum):
    """What a job has to wait for, so that it only holds up others that wait for the same."""

    DATABASE = "database"
    MAIL = "mail"
    # The store of uploads, which may be on another machine.
    MEDIA = "media"
    # Other people's servers, which take their time.
    PREVIEW = "preview"


_ADD = Statement(
    insert(job)
    .values(
        kind=param("kind"),
        lane=param("lane"),
        payload=param("payload"),
        due_at=param("due_at"),
        created_at=param("created_at"),
    )
    .returning(job.c.id)
)


def add(
    conn: Connection,
    kind: str,
    payload: dict[str, Any],
    now: Time,
    *,
    due_at: Time | None = None,
    lane: Lane = Lane.DATABASE,
) -> int:
    """Store a job, due at once if nothing else is said. It may run more than once."""
    text = json.dumps(payload, separators=(",", ":"))
    job_id: int = conn.value(
        _ADD,
        kind=kind,
        lane=lane,
        payload=text,
        due_at=now if due_at is None else due_at,
        created_at=now,
    )
    return job_id


class Job(NamedTuple):
    """A claimed job; `attempts` counts the earlier ones that failed.

    `claimed_until` tells this claim from a later one of the same job, when this one has run out.
    """

    id: int
    kind: str
    payload: dict[str, Any]
    attempts: int
    claimed_until: Time


class ClaimLost(Exception):
    """The job took too long and is somebody else's now, or done."""


_free = or_(job.c.claimed_until.is_(None), job.c.claimed_until <= param("now"))
_next = (
    select(job.c.id)
    .where(
        job.c.lane == param("lane"),
        job.c.failed.is_(False),
        job.c.due_at <= param("now"),
        _free,
    )
    .order_by(job.c.due_at)
    .limit(1)
    .scalar_subquery()
)
# The condition stands again outside: of two claimants that saw the same job free, the second
# waits for the first and then finds it taken.
_CLAIM = Statement(
    update(job)
    .where(job.c.id == _next, _free)
    .values(claimed_until=param("until"))
    .returning(job.c.id, job.c.kind, job.c.payload, job.c.attempts)
)
_is_ours = and_(job.c.id == param("job_id"), job.c.claimed_until == param("claim"))
_FINISH = Statement(delete(job).where(_is_ours))
_PUT_BACK = Statement(
    update(job)
    .where(_is_ours)
    .values(
        due_at=param("due_at"),
        attempts=job.c.attempts + 1,
        claimed_until=None,
        last_error=param("error"),
        failed=param("failed"),
    )
)


def claim(conn: Connection, lane: Lane, now: Time, until: Time) -> Job | None:
    """Take the job of a lane that is due longest; nobody else gets it before `until`."""
    row = conn.one(_CLAIM, lane=lane, now=now, until=until)
    return None if row is None else Job(row[0], row[1], json.loads(row[2]), row[3], until)


def finish(conn: Connection, claimed: Job) -> bool:
    """The job is done. False where the claim has run out and another has it, or it is done."""
    return conn.run(_FINISH, job_id=claimed.id, claim=claimed.claimed_until) == 1


def put_back(
    conn: Connection, claimed: Job, *, due_at: Time, error: str, failed: bool = False
) -> None:
    """The job did not succeed: again at `due_at`, or never (`failed`, kept for admins to see).

    Nothing happens where the claim has run out and another has it.
    """
    conn.run(
        _PUT_BACK,
        job_id=claimed.id,
        claim=claimed.claimed_until,
        due_at=due_at,
        error=error,
        failed=failed,
    )


class JobQueue:
    """The jobs of one lane as the worker sees them, each step a transaction of its own."""

    def __init__(self, database: Database, lane: Lane) -> None:
        self._database = database
        self._lane = lane

    def claim(self, now: Time, until: Time) -> Job | None:
        """See `claim`. Looks first without the write lock, since most looks find nothing."""
        if self._database.read_now(_is_due, self._lane, now):
            return self._database.write_now(claim, self._lane, now, until)
        return None

    def finish(self, claimed: Job) -> None:
        """See `finish`."""
        self._database.write_now(finish, claimed)

    def put_back(self, claimed: Job, *, due_at: Time, error: str, failed: bool = False) -> None:
        """See `put_back`."""
        self._database.write_now(put_back, claimed, due_at=due_at, error=error, failed=failed)


_IS_DUE = Statement(
    select(job.c.id)
    .where(
        job.c.lane == param("lane"),
        job.c.failed.is_(False),
        job.c.due_at <= param("now"),
        _free,
    )
    .limit(1)
)


def _is_due(conn: Connection, lane: Lane, now: Time) -> bool:
    return conn.one(_IS_DUE, lane=lane, now=now) is not None
