"""A job and its end in one transaction, for work that is nothing but a change of the forum."""

from collections.abc import Callable
from typing import Any

from moothall.storage import jobs
from moothall.storage.jobs import ClaimLost, Job
from moothall.storage.transaction import Transaction


def do_job(tx: Transaction, job: Job, work: Callable[[Transaction, dict[str, Any]], None]) -> bool:
    """Do what a job asks for, and finish it: both happen or neither.

    A step that queues the next one would otherwise, after a crash between work and end, run again
    and queue it twice. Returns True, for the worker: there is nothing left to finish. Raises
    ClaimLost, and does nothing then.
    """
    if not jobs.finish(tx.conn, job):
        raise ClaimLost
    work(tx, job.payload)
    return True
