"""Jobs once each, retries with growing delays, upkeep in its rhythm, and lanes that do not wait."""

import io
import threading
from typing import Any

import pytest

from moothall.actions.job import do_job
from moothall.domain.time import HOUR, MINUTE, SECOND, Time
from moothall.forum import Forum
from moothall.lib import log
from moothall.storage import jobs
from moothall.storage.jobs import ClaimLost, Job, JobQueue, Lane
from moothall.storage.transaction import Transaction
from moothall.worker import loop
from moothall.worker.loop import (
    CLAIM,
    MAX_ATTEMPTS,
    DoNotRetry,
    LaneWorker,
    Rounds,
    Upkeep,
    retry_delay,
    run_all,
)


class Worker:
    """A lane whose jobs write down what they were asked to do."""

    def __init__(self, forum: Forum) -> None:
        self.forum = forum
        self.clock: Any = forum.clock
        self.done: list[dict[str, Any]] = []
        self.error: Exception | None = None
        self.queue = JobQueue(forum._database, Lane.DATABASE)
        self.lane = LaneWorker(self.queue, {"note": self.note}, forum.clock)

    def note(self, job: Job) -> None:
        if self.error is not None:
            raise self.error
        self.done.append(job.payload)

    def add(self, kind: str = "note", **payload: Any) -> None:
        self.forum.act_now(lambda tx: jobs.add(tx.conn, kind, payload, tx.now))

    def run_all(self) -> None:
        while self.lane.run_once(threading.Event()):
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


@pytest.mark.parametrize("error", [OSError("the mail server is away"), KeyError("n")])
def test_a_failed_job_comes_again_after_its_delay(worker: Worker, error: Exception) -> None:
    worker.add(n=1)
    worker.error = error
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


def _claim(worker: Worker) -> Job:
    now = worker.clock()
    found = worker.queue.claim(now, Time(now + CLAIM))
    assert found is not None
    return found


def test_whoever_is_too_late_takes_nothing_from_the_next_one(worker: Worker) -> None:
    worker.add(n=1)
    slow = _claim(worker)
    worker.clock.advance(CLAIM + MINUTE)
    next_one = _claim(worker)
    worker.queue.put_back(slow, due_at=worker.clock(), error="too late")
    worker.queue.finish(slow)
    worker.run_all()
    assert worker.done == []
    worker.queue.put_back(next_one, due_at=worker.clock(), error="away")
    worker.run_all()
    assert worker.done == [{"n": 1}]


def test_a_step_and_its_end_are_one(worker: Worker) -> None:
    """Whoever dies right after the step leaves nothing behind that would do it again."""

    def step(tx: Transaction, payload: dict[str, Any]) -> None:
        jobs.add(tx.conn, "note", {"n": payload["n"] + 1}, tx.now)

    worker.add(n=1)
    claimed = _claim(worker)
    worker.forum.act_now(do_job, claimed, step)
    worker.clock.advance(CLAIM + MINUTE)
    with pytest.raises(ClaimLost):
        worker.forum.act_now(do_job, claimed, step)
    worker.run_all()
    assert worker.done == [{"n": 2}]


def _nothing(_tx: Transaction, _payload: dict[str, Any]) -> None:
    pass


def test_a_step_that_ends_its_job_takes_two_commits(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One to claim it, one for the work: each commit waits for the disk."""
    worker.add()
    database, commits = worker.forum._database, []
    write = database.write_now

    def counted(*args: Any, **kwargs: Any) -> Any:
        commits.append(args[0])
        return write(*args, **kwargs)

    monkeypatch.setattr(database, "write_now", counted)
    forum = worker.forum
    steps = {"note": lambda job: forum.act_now(do_job, job, _nothing)}
    assert LaneWorker(worker.queue, steps, worker.clock).run_once(threading.Event())
    assert len(commits) == 2
    worker.clock.advance(CLAIM + MINUTE)
    worker.run_all()
    assert worker.done == []


def test_a_lost_claim_is_no_failure(worker: Worker) -> None:
    def slow(job: Job) -> bool:
        worker.clock.advance(CLAIM + MINUTE)
        worker.run_all()
        return worker.forum.act_now(do_job, job, _nothing)

    written = io.StringIO()
    log.set_up("info", "json", written)
    worker.add(n=1)
    assert LaneWorker(worker.queue, {"note": slow}, worker.clock).run_once(threading.Event())
    assert worker.done == [{"n": 1}]
    assert "job_claim_lost" in written.getvalue()
    assert "job_failed" not in written.getvalue()


def test_a_step_that_fails_leaves_its_job(worker: Worker) -> None:
    def fail(tx: Transaction, payload: dict[str, Any]) -> None:
        raise OSError(payload["n"])

    worker.add(n=1)
    claimed = _claim(worker)
    with pytest.raises(OSError, match="1"):
        worker.forum.act_now(do_job, claimed, fail)
    worker.clock.advance(CLAIM + MINUTE)
    worker.run_all()
    assert worker.done == [{"n": 1}]


def _in_the_background(stop: threading.Event, *work: LaneWorker | Rounds) -> threading.Thread:
    thread = threading.Thread(target=run_all, args=(work, stop))
    thread.start()
    return thread


def _stopped(thread: threading.Thread, stop: threading.Event) -> bool:
    stop.set()
    thread.join(20)
    return not thread.is_alive()


def test_much_upkeep_does_not_wait_between_its_steps(forum: Forum) -> None:
    stop = threading.Event()
    left = list(range(50))

    def step() -> bool:
        left.pop()
        if not left:
            stop.set()
        return bool(left)

    thread = _in_the_background(stop, Rounds([Upkeep("sweep", 600, step)], forum.clock))
    thread.join(20)
    assert _stopped(thread, stop)
    assert left == []


def test_upkeep_goes_on_at_once_while_there_is_more_and_then_rests(forum: Forum) -> None:
    clock: Any = forum.clock
    left = [True, True, False, False]
    taken: list[bool] = []

    def step() -> bool:
        taken.append(left[len(taken)])
        return taken[-1]

    rounds = Rounds([Upkeep("sweep", 600, step)], forum.clock)
    assert [rounds.run_once(threading.Event()) for _ in range(5)] == [True, True, *[False] * 3]
    assert taken == [True, True, False]
    clock.advance(600 * SECOND)
    rounds.run_once(threading.Event())
    assert len(taken) == 4


def test_upkeep_that_fails_stops_nobody(forum: Forum) -> None:
    done: list[str] = []

    def fail() -> bool:
        raise OSError("disk")

    def work() -> bool:
        done.append("work")
        return False

    upkeep = [Upkeep("bad", 60, fail), Upkeep("good", 60, work)]
    Rounds(upkeep, forum.clock).run_once(threading.Event())
    assert done == ["work"]


def test_upkeep_that_failed_is_tried_again_before_its_next_round(forum: Forum) -> None:
    now = Time(1_000_000)
    tried: list[Time] = []

    def step() -> bool:
        tried.append(now)
        if len(tried) == 1:
            raise OSError("the store is away")
        return False

    rounds = Rounds([Upkeep("sweep", 86_400, step)], lambda: now)
    for seconds in (0, 30, 61, 3600):
        now = Time(1_000_000 + seconds * 1_000_000)
        rounds.run_once(threading.Event())
    assert tried == [1_000_000, 62_000_000]


def test_a_mail_server_that_hangs_holds_up_only_mail(forum: Forum) -> None:
    answers, stop = threading.Event(), threading.Event()
    done: list[str] = []
    noted, swept = threading.Event(), threading.Event()

    def send(job: Job) -> None:
        answers.wait(30)
        done.append(job.kind)

    def note(_: Job) -> None:
        noted.set()

    def sweep() -> bool:
        swept.set()
        return False

    def add(tx: Transaction) -> None:
        for _ in range(3):
            jobs.add(tx.conn, "send", {}, tx.now, lane=Lane.MAIL)
        jobs.add(tx.conn, "note", {}, tx.now)

    forum.act_now(add)
    kinds = {"send": send, "note": note}
    lanes = [LaneWorker(JobQueue(forum._database, name), kinds, forum.clock) for name in Lane]
    thread = _in_the_background(stop, *lanes, Rounds([Upkeep("sweep", 60, sweep)], forum.clock))
    assert noted.wait(20)
    assert swept.wait(20)
    assert done == []
    answers.set()
    assert _stopped(thread, stop)


def test_who_does_not_stop_is_left_behind(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "STOP_S", 0.1)
    answers, begun, stop = threading.Event(), threading.Event(), threading.Event()

    def hang() -> bool:
        begun.set()
        answers.wait(60)
        return False

    thread = _in_the_background(stop, Rounds([Upkeep("hang", 60, hang)], forum.clock))
    assert begun.wait(20)
    assert _stopped(thread, stop)
    answers.set()


def test_who_cannot_go_on_stops_all(worker: Worker) -> None:
    """The supervisor then starts the process again."""

    class Broken:
        def claim(self, *_: object) -> Job | None:
            raise OSError("no database")

    broken: Any = Broken()
    stop = threading.Event()
    with pytest.raises(OSError, match="no database"):
        run_all([worker.lane, LaneWorker(broken, {}, worker.clock)], stop)
    assert stop.is_set()


def test_told_to_stop_it_stops(worker: Worker) -> None:
    stop = threading.Event()
    assert _stopped(_in_the_background(stop, worker.lane), stop)
