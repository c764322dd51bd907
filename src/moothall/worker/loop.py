"""What the background process does all day: due jobs, lane by lane, and regular upkeep.

Each lane has a thread, and so has the upkeep: a mail server that takes its time holds up other
mail, and nothing else. Upkeep comes in small steps, each a short transaction, so that it never
holds up those who write.
"""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from moothall.domain.time import HOUR, MINUTE, SECOND, Clock, Time
from moothall.lib.log import get_logger
from moothall.storage.jobs import ClaimLost, Job, JobQueue

_log = get_logger()

# Does a job; True if it has finished it too, in the same transaction.
Work = Callable[[Job], bool | None]

# How long one job may take before another process may try it.
CLAIM = 10 * MINUTE
MAX_ATTEMPTS = 10
_FIRST_DELAY = 30 * SECOND
_LONGEST_DELAY = 6 * HOUR
_IDLE_S = 1.0
# After a step of upkeep that failed; what is left of its round must not wait for the next.
_AGAIN_S = 60.0
# Between two steps of much work, so that others get to write.
_PAUSE_S = 0.01
# Less than the group gives its children to stop.
STOP_S = 15.0


class DoNotRetry(Exception):
    """Raised by a job that will never succeed; its text is kept for the admins."""


def retry_delay(attempts: int) -> int:
    """Microseconds until the next try after this many failures: doubling, at most six hours."""
    return int(min(_FIRST_DELAY * 2 ** min(attempts, 20), _LONGEST_DELAY))


@dataclass(frozen=True, slots=True)
class Upkeep:
    """Something done regularly. `step()` returns whether it has more to do at once."""

    name: str
    every_s: float
    step: Callable[[], bool]


class LaneWorker:
    """The due jobs of one lane, one after the other."""

    def __init__(self, queue: JobQueue, jobs: Mapping[str, Work], clock: Clock) -> None:
        self._queue = queue
        self._jobs = jobs
        self._clock = clock

    def run_once(self, _stop: threading.Event) -> bool:
        """Do the next job; returns whether there was one."""
        now = self._clock()
        job = self._queue.claim(now, Time(now + CLAIM))
        if job is None:
            return False
        work = self._jobs.get(job.kind)
        if work is None:
            self._put_back(job, DoNotRetry("nobody knows what to do for this kind of job"))
            return True
        try:
            if not work(job):
                self._queue.finish(job)
        except ClaimLost:
            # Somebody else does it, or has done it: there is nothing to put back.
            _log.info("job_claim_lost", job=job.id, kind=job.kind)
        except Exception as error:  # noqa: BLE001 — whatever went wrong, the job must not be lost
            self._put_back(job, error)
        return True

    def _put_back(self, job: Job, error: Exception) -> None:
        failed = isinstance(error, DoNotRetry) or job.attempts + 1 >= MAX_ATTEMPTS
        due_at = Time(self._clock() + retry_delay(job.attempts))
        _log.warning("job_failed", job=job.id, kind=job.kind, error=repr(error), final=failed)
        self._queue.put_back(job, due_at=due_at, error=repr(error), failed=failed)


class Rounds:
    """The regular upkeep: a step of each that is due, in turn."""

    def __init__(self, upkeep: Sequence[Upkeep], clock: Clock) -> None:
        self._upkeep = upkeep
        self._clock = clock
        self._due: dict[str, Time] = {}

    def run_once(self, stop: threading.Event) -> bool:
        """One step of each upkeep that is due; returns whether one of them is not through."""
        has_more = False
        for upkeep in self._upkeep:
            if not stop.is_set():
                has_more |= self._run_upkeep(upkeep)
        return has_more

    def _run_upkeep(self, upkeep: Upkeep) -> bool:
        now = self._clock()
        if now < self._due.get(upkeep.name, 0):
            return False
        try:
            has_more = upkeep.step()
        except Exception:  # noqa: BLE001 — the next time may go well; the others go on
            _log.exception("upkeep_failed", upkeep=upkeep.name)
            self._due[upkeep.name] = Time(now + int(min(upkeep.every_s, _AGAIN_S) * SECOND))
            return False
        if not has_more:
            self._due[upkeep.name] = Time(now + int(upkeep.every_s * SECOND))
        return has_more


def run_all(work: Sequence[LaneWorker | Rounds], stop: threading.Event) -> None:
    """Run each in a thread of its own until told to stop, so that none waits for another.

    Returns when all have stopped, or after `STOP_S`: a mail server that does not answer must not
    keep the process. Whoever cannot go on at all stops the others, and its error is raised.
    """
    errors: list[Exception] = []

    def keep(part: LaneWorker | Rounds) -> None:
        try:
            while not stop.is_set():
                stop.wait(_PAUSE_S if part.run_once(stop) else _IDLE_S)
        except Exception as error:  # noqa: BLE001 — raised below
            errors.append(error)
            stop.set()

    threads = [threading.Thread(target=keep, args=(part,), daemon=True) for part in work]
    for thread in threads:
        thread.start()
    stop.wait()
    ends_at = time.monotonic() + STOP_S
    for thread in threads:
        thread.join(max(0.0, ends_at - time.monotonic()))
    if errors:
        raise errors[0]
