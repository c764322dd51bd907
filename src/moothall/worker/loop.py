"""The loop of the background process: due jobs one after the other, and regular upkeep.

Upkeep comes in small steps, each a short transaction, so that it never holds up those who write.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from moothall.domain.time import HOUR, MINUTE, SECOND, Clock, Time
from moothall.lib.log import get_logger
from moothall.storage.jobs import Job, JobQueue

_log = get_logger()

# How long one job may take before another process may try it.
CLAIM = 10 * MINUTE
MAX_ATTEMPTS = 10
_FIRST_DELAY = 30 * SECOND
_LONGEST_DELAY = 6 * HOUR
_IDLE_S = 1.0
# Between two steps of much work, so that others get to write.
_PAUSE_S = 0.01


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


class Loop:
    """Runs until told to stop; one job or step at a time."""

    def __init__(
        self,
        queue: JobQueue,
        jobs: Mapping[str, Callable[[Job], None]],
        upkeep: Sequence[Upkeep],
        clock: Clock,
    ) -> None:
        self._queue = queue
        self._jobs = jobs
        self._upkeep = upkeep
        self._clock = clock
        self._due: dict[str, Time] = {}

    def run(self, stop: threading.Event) -> None:
        """Work while there is work, else look again each second."""
        while not stop.is_set():
            stop.wait(_PAUSE_S if self.run_once(stop) else _IDLE_S)

    def run_once(self, stop: threading.Event) -> bool:
        """One job if one is due, and a step of each upkeep that is due.

        Returns whether there may be more at once: there was a job, or an upkeep is not through.
        """
        has_more = self._run_job()
        for upkeep in self._upkeep:
            if not stop.is_set():
                has_more |= self._run_upkeep(upkeep)
        return has_more

    def _run_job(self) -> bool:
        now = self._clock()
        job = self._queue.claim(now, Time(now + CLAIM))
        if job is None:
            return False
        work = self._jobs.get(job.kind)
        if work is None:
            self._put_back(job, DoNotRetry("nobody knows what to do for this kind of job"))
            return True
        try:
            work(job)
        except Exception as error:  # noqa: BLE001 — whatever went wrong, the job must not be lost
            self._put_back(job, error)
        else:
            # Where the work was done in one transaction, the job is finished with it already.
            self._queue.finish(job)
        return True

    def _put_back(self, job: Job, error: Exception) -> None:
        failed = isinstance(error, DoNotRetry) or job.attempts + 1 >= MAX_ATTEMPTS
        due_at = Time(self._clock() + retry_delay(job.attempts))
        _log.warning("job_failed", job=job.id, kind=job.kind, error=repr(error), final=failed)
        self._queue.put_back(job, due_at=due_at, error=repr(error), failed=failed)

    def _run_upkeep(self, upkeep: Upkeep) -> bool:
        now = self._clock()
        if now < self._due.get(upkeep.name, 0):
            return False
        try:
            has_more = upkeep.step()
        except Exception:  # noqa: BLE001 — the next time may go well; the others go on
            _log.exception("upkeep_failed", upkeep=upkeep.name)
            has_more = False
        if not has_more:
            self._due[upkeep.name] = Time(now + int(upkeep.every_s * SECOND))
        return has_more
