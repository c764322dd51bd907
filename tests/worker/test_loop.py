"""The loop: jobs once each, retries with growing delays, upkeep in its rhythm."""

import threading
from typing import Any

import pytest

from moothall.domain.time import HOUR, MINUTE, SECOND, Time
from moothall.forum import Forum
from moothall.storage import jobs
from moothall.storage.jobs import JobQueue
from moothall.storage.transaction import Transaction
from moothall.worker.loop import CLAIM, MAX_ATTEMPTS, DoNotRetry, Loop, Upkeep, retry_delay


class Worker:
    """A loop whose jobs write down what they were asked to do."""

    def __init__(self, forum: Forum) -> None:
        self.forum = forum
        self.clock: Any = forum.clock
        self.done: list[dict[str, Any]] = []
        self.error: Exception | None = None
        self.queue = JobQueue(forum._database)
        self.loop = Loop(self.queue, {"note": self.note}, [], forum.clock)

    def note(self, payload: dict[str, Any]) -> None:
        if self.error is not None:
            raise self.error
        self.done.append(payload)

    def add(self, kind: str = "note", **payload: Any) -> None:
        self.forum.act_now(lambda tx: jobs.add(tx.conn, kind, payload, tx.now))

    def run_all(self) -> None:
        while self.loop.run_once(threading.Event()):
            pass


@pytest.fixture
def worker(forum: Forum) -> Worker:
    return Worker(forum)


def test_jobs_are_done_once_in_their_order(worker: Worker) -> None:
    worker.add(n=1)
    worker.clock.advance(SECOND)
    worker.add(n=2)
    worker.run_all()
    worker.run_all()
    assert worker.done == [{"n": 1}, {"n": 2}]


def test_a_job_for_later_waits(worker: Worker) -> None:
    def later(tx: Transaction) -> None:
        jobs.add(tx.conn, "note", {}, tx.now, due_at=Time(tx.now + HOUR))

    worker.forum.act_now(later)
    worker.run_all()
    assert worker.done == []
    worker.clock.advance(HOUR)
    worker.run_all()
    assert worker.done == [{}]


def test_a_failed_job_comes_again_after_its_delay(worker: Worker) -> None:
    worker.add(n=1)
    worker.error = OSError("the mail server is away")
    worker.run_all()
    worker.error = None
    worker.run_all()
    assert worker.done == []
    worker.clock.advance(retry_delay(0))
    worker.run_all()
    assert worker.done == [{"n": 1}]


def test_it_is_given_up_at_last_and_kept(worker: Worker) -> None:
    worker.add(n=1)
    worker.error = OSError("away")
    for attempt in range(MAX_ATTEMPTS):
        worker.run_all()
        worker.clock.advance(retry_delay(attempt))
    worker.error = None
    worker.clock.advance(24 * HOUR)
    worker.run_all()
    assert worker.done == []


@pytest.mark.parametrize(
    "kind, error", [("note", DoNotRetry("no such mailbox")), ("unheard", None)]
)
def test_what_can_never_succeed_is_not_tried_again(
    worker: Worker, kind: str, error: Exception | None
) -> None:
    worker.add(kind)
    worker.error = error
    worker.run_all()
    worker.error = None
    worker.clock.advance(24 * HOUR)
    worker.run_all()
    assert worker.done == []


def test_whoever_dies_loses_the_claim_and_not_the_job(worker: Worker) -> None:
    worker.add(n=1)
    now = worker.clock()
    assert worker.queue.claim(now, Time(now + CLAIM)) is not None
    worker.run_all()
    assert worker.done == []
    worker.clock.advance(CLAIM + MINUTE)
    worker.run_all()
    assert worker.done == [{"n": 1}]


def test_upkeep_goes_on_at_once_while_there_is_more_and_then_rests(forum: Forum) -> None:
    clock: Any = forum.clock
    left = [True, True, False, False]
    taken: list[bool] = []

    def step() -> bool:
        taken.append(left[len(taken)])
        return taken[-1]

    loop = Loop(JobQueue(forum._database), {}, [Upkeep("sweep", 600, step)], forum.clock)
    for _ in range(5):
        loop.run_once(threading.Event())
    assert taken == [True, True, False]
    clock.advance(600 * SECOND)
    loop.run_once(threading.Event())
    assert len(taken) == 4


def test_upkeep_that_fails_stops_nobody(forum: Forum) -> None:
    done: list[str] = []

    def fail() -> bool:
        raise OSError("disk")

    def work() -> bool:
        done.append("work")
        return False

    upkeep = [Upkeep("bad", 60, fail), Upkeep("good", 60, work)]
    Loop(JobQueue(forum._database), {}, upkeep, forum.clock).run_once(threading.Event())
    assert done == ["work"]


def test_told_to_stop_it_stops(worker: Worker) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=worker.loop.run, args=(stop,))
    thread.start()
    stop.set()
    thread.join(5)
    assert not thread.is_alive()
