"""The group of processes, as real processes with a tiny program in them."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).with_name("fake_program.py")


class Group:
    """One run of the fake program; ends with the test, whatever the test did."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self._seen: set[int] = set()

    def start(self, workers: int = 2, *, wait: bool = True, **orders: Any) -> None:
        given = json.dumps({"folder": str(self.folder), "workers": workers, **orders})
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM), given], stderr=subprocess.PIPE, text=True
        )
        if wait:
            until(lambda: self.process.poll() is not None or self.ready_port() != 0, 15)
            assert self.process.poll() is None, self.errors()
            self.port = self.ready_port()
            self.children()

    def ready_port(self) -> int:
        file = self.folder / "ready"
        return int(file.read_text()) if file.exists() else 0

    def children(self) -> dict[str, int]:
        """Return the process ids by name, without the launcher that may be at work."""
        found = {name_of(pid): pid for pid in descendants(self.process.pid)}
        self._seen |= set(found.values())
        return {n: p for n, p in found.items() if n.startswith(("moot-web", "moot-back"))}

    def journal(self, word: str) -> list[str]:
        file = self.folder / "journal"
        lines = file.read_text().splitlines() if file.exists() else []
        return [line for line in lines if line.startswith(word + " ")]

    def sign(self, name: str) -> None:
        (self.folder / name).touch()

    def get(self, path: str) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def stop(self, number: int = signal.SIGTERM, timeout_s: float = 10) -> int:
        self.children()
        self.process.send_signal(number)
        return self.process.wait(timeout_s)

    def errors(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.read()

    def all_gone(self) -> bool:
        return not any(is_running(pid) for pid in self._seen)

    def clean_up(self) -> None:
        if not hasattr(self, "process"):
            return
        if self.process.poll() is None:
            self.children()
            self.process.kill()
            self.process.wait()
        until(self.all_gone, 3)
        assert self.process.stderr is not None
        self.process.stderr.close()


def descendants(pid: int) -> Iterator[int]:
    for child in map(int, process_file(pid, f"task/{pid}/children").split()):
        yield child
        yield from descendants(child)


def name_of(pid: int) -> str:
    return process_file(pid, "comm").strip()


def is_running(pid: int) -> bool:
    state = process_file(pid, "stat").rpartition(") ")[2][:1]
    return state not in {"", "Z", "X"}


def process_file(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text()
    except OSError:  # ended
        return ""


def until(is_so: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Group]:
    group = Group(tmp_path)
    yield group
    group.clean_up()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_every_worker_serves_and_the_background_process_runs(group: Group) -> None:
    group.start(workers=2)
    names = group.children()
    assert sorted(names) == ["moot-background", "moot-web-1", "moot-web-2"]
    answered_by = Counter(int(group.get("/pid")) for _ in range(60))
    assert set(answered_by) == {names["moot-web-1"], names["moot-web-2"]}
    assert min(answered_by.values()) >= 10
    assert len(group.journal("background")) == 1


def test_the_application_is_built_once_and_after_the_preparation_began(group: Group) -> None:
    group.start(workers=2)
    assert len(group.journal("prepare")) == 1
    assert len(group.journal("build")) == 1
    builder = int(group.journal("build")[0].split()[1])
    assert not is_running(builder)


@pytest.mark.parametrize("workers", [1, 2])
def test_no_child_outlives_a_killed_supervisor(group: Group, workers: int) -> None:
    group.start(workers=workers)
    children = group.children()
    assert len(children) == workers + 1
    group.process.kill()
    group.process.wait()
    until(lambda: not any(map(is_running, children.values())), 2)


def test_no_child_outlives_a_supervisor_killed_while_it_starts(group: Group) -> None:
    group.start(wait=False)
    until(lambda: bool(group.journal("build")), 15)
    group.children()
    group.process.kill()
    group.process.wait()
    until(group.all_gone, 2)
    time.sleep(0.3)
    assert not group.journal("background") or group.all_gone()


def test_a_killed_worker_is_replaced_and_service_goes_on(group: Group) -> None:
    group.start(workers=2)
    before = group.children()
    os.kill(before["moot-web-1"], signal.SIGKILL)
    lost = 0
    deadline = time.monotonic() + 10
    while group.children().get("moot-web-1") in {None, before["moot-web-1"]}:
        assert time.monotonic() < deadline
        try:
            group.get("/pid")
        except (OSError, http.client.HTTPException):
            lost += 1  # what the dead worker's own queue held in its last instant
    assert lost <= 2
    after = group.children()
    until(lambda: int(group.get("/pid")) == after["moot-web-1"], 5)
    assert after["moot-web-2"] == before["moot-web-2"]
    assert after["moot-background"] == before["moot-background"]


def test_with_one_worker_connections_wait_for_its_replacement(group: Group) -> None:
    group.start(workers=1)
    os.kill(group.children()["moot-web-1"], signal.SIGKILL)
    until(lambda: "moot-web-1" not in group.children(), 2)
    assert int(group.get("/pid")) == group.children()["moot-web-1"]


def test_a_launcher_that_dies_is_told_with_its_own_number(group: Group) -> None:
    group.start(workers=1)
    group.sign("slow-build")
    os.kill(group.children()["moot-web-1"], signal.SIGKILL)

    def launcher() -> int:
        found = {name_of(pid): pid for pid in descendants(group.process.pid)}
        return found.get("moot-launcher", 0)

    until(lambda: launcher() > 0, 10)
    pid = launcher()
    os.kill(pid, signal.SIGKILL)
    until(lambda: launcher() not in {0, pid}, 10)
    assert group.stop() == 0
    died = [json.loads(line) for line in group.errors().splitlines() if "process_died" in line]
    assert [line["pid"] for line in died][1:] == [pid]


def test_a_killed_background_process_is_replaced(group: Group) -> None:
    group.start(workers=1)
    web = group.children()["moot-web-1"]
    os.kill(group.children()["moot-background"], signal.SIGKILL)
    until(lambda: len(group.journal("background")) == 2, 5)
    assert int(group.get("/pid")) == web


def test_one_that_dies_again_and_again_is_restarted_ever_later(group: Group) -> None:
    group.start(workers=1)
    group.sign("break-background")
    time.sleep(3.5)
    # Deaths at 0; at once; then 0.5, 1 and 2 seconds apart: without a delay there were dozens.
    starts = len(group.journal("background"))
    assert 3 <= starts <= 5
    assert group.get("/pid")
    assert group.stop() == 0
    delays = [json.loads(line)["restart_in_s"] for line in group.errors().splitlines()]
    assert delays[:4] == [0.0, 0.5, 1.0, 2.0][: len(delays)]


def test_a_worker_that_cannot_start_again_leaves_its_share_to_the_others(group: Group) -> None:
    group.start(workers=2)
    group.sign("break-web")
    children = group.children()
    os.kill(children["moot-web-1"], signal.SIGKILL)
    until(lambda: "moot-web-1" not in group.children(), 5)
    deadline = time.monotonic() + 3  # several attempts to start
    while time.monotonic() < deadline:
        assert int(group.get("/pid")) == children["moot-web-2"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_stop_finishes_what_is_under_way(group: Group, number: int) -> None:
    group.start(workers=2)
    answers: list[str] = []
    slow = threading.Thread(target=lambda: answers.append(group.get("/slow")))
    slow.start()
    until(lambda: bool(group.journal("slow-begun")), 5)
    assert group.stop(number) == 0
    slow.join()
    assert int(answers[0]) > 0
    assert len(group.journal("web-drained")) == 2
    assert len(group.journal("job-finished")) == 1
    assert group.all_gone()
    with pytest.raises(ConnectionRefusedError):
        group.get("/pid")


def test_the_signal_of_a_terminal_to_the_whole_group_stops_it_in_order(group: Group) -> None:
    group.start(workers=1)
    for pid in (*group.children().values(), group.process.pid):
        os.kill(pid, signal.SIGINT)
    assert group.process.wait(10) == 0
    assert len(group.journal("job-finished")) == 1


def test_an_idle_open_connection_does_not_delay_the_stop(group: Group) -> None:
    group.start(workers=1)
    connection = http.client.HTTPConnection("127.0.0.1", group.port, timeout=10)
    connection.request("GET", "/pid")
    connection.getresponse().read()
    begun = time.monotonic()
    assert group.stop() == 0
    assert time.monotonic() - begun < 3
    connection.close()


def test_who_does_not_finish_in_time_is_killed(group: Group) -> None:
    group.start(workers=1, stop_timeout_s=0.7)
    group.sign("stubborn")
    assert group.stop() == 1
    assert group.all_gone()
    assert '"process_killed"' in group.errors()


def test_a_second_signal_ends_the_wait(group: Group) -> None:
    group.start(workers=1)
    group.sign("stubborn")
    group.children()
    group.process.terminate()
    time.sleep(0.5)
    assert group.stop(timeout_s=3) == 1
    assert group.all_gone()


def test_a_stop_while_the_group_still_starts(group: Group) -> None:
    group.start(wait=False)
    until(lambda: bool(group.journal("prepare")), 15)
    assert group.stop() == 0
    assert group.all_gone()


@pytest.mark.parametrize("shares_its_port", [False, True])
def test_a_busy_port_is_refused_in_one_line(group: Group, shares_its_port: bool) -> None:
    with socket.socket() as other:
        if shares_its_port:  # as a second server of ours does
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        group.start(wait=False, port=port)
        assert group.process.wait(10) == 2
    assert group.errors() == (
        f"moothall: cannot listen on 127.0.0.1:{port}: another program listens there already\n"
    )
    assert not group.journal("prepare")


def test_a_second_group_on_the_same_port_is_refused(group: Group, tmp_path: Path) -> None:
    group.start(workers=2)
    (tmp_path / "second").mkdir()
    second = Group(tmp_path / "second")
    second.start(wait=False, port=group.port)
    assert second.process.wait(10) == 2
    second.clean_up()
    assert group.get("/pid")


def test_the_port_is_free_at_once_after_a_stop(group: Group) -> None:
    port = free_port()
    group.start(workers=2, port=port)
    assert group.get("/pid")
    assert group.stop() == 0
    (group.folder / "ready").unlink()
    group.clean_up()
    group.start(workers=2, port=port)
    assert group.get("/pid")


def test_a_refused_preparation_ends_the_start_in_one_line(group: Group) -> None:
    group.sign("refuse")
    group.start(wait=False)
    assert group.process.wait(10) == 1
    assert group.errors() == "the database is of a newer version\n"
    assert not group.journal("background")


def test_a_refused_preparation_waits_for_no_import(group: Group) -> None:
    group.sign("refuse")
    group.start(wait=False, build_s=60)
    assert group.process.wait(20) == 1
    assert group.errors() == "the database is of a newer version\n"


def test_a_preparation_that_goes_well_does_not_end_the_imports(group: Group) -> None:
    group.start(build_s=2)
    assert group.journal("prepare")
    assert group.get("/pid")


def test_an_application_that_cannot_start_ends_the_first_start(group: Group) -> None:
    group.sign("break-web")
    group.start(wait=False)
    assert group.process.wait(10) == 1
    assert "the web part cannot start" in group.errors()
    assert group.all_gone()


def test_a_thread_before_the_fork_is_refused(group: Group) -> None:
    group.start(wait=False, thread_too_early=True)
    assert group.process.wait(10) == 1
    assert "threads were started before the fork, 1 in all: Thread-1" in group.errors()


def test_a_limit_holds_over_all_workers_and_over_a_restart(group: Group) -> None:
    group.start(workers=2)
    taken = [group.get("/take") for _ in range(8)]
    assert taken == ["True"] * 8
    before = group.children()
    os.kill(before["moot-web-1"], signal.SIGKILL)
    until(
        lambda: group.children().get("moot-web-1", before["moot-web-1"]) not in before.values(), 5
    )
    until(lambda: int(group.get("/pid")) == group.children()["moot-web-1"], 5)
    assert [group.get("/take") for _ in range(8)].count("True") == 2


def test_metrics_of_all_processes_are_summed_on_an_address_of_their_own(group: Group) -> None:
    port = free_port()
    group.start(workers=2, metrics_port=port)
    for _ in range(20):
        group.get("/measured")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/metrics")
    shown = connection.getresponse().read().decode()
    connection.close()
    line = 'moothall_request_duration_seconds_count{method="GET",route="/measured",status="2xx"}'
    assert f"{line} 20.0\n" in shown
    assert 'moothall_jobs_due{queue="mail"} 7.0\n' in shown
    for name in ("web-1", "web-2", "background"):
        assert f'moothall_process_memory_bytes{{process="{name}"}}' in shown
    assert group.stop() == 0


def test_a_busy_metrics_port_is_refused_too(group: Group) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        group.start(wait=False, metrics_port=other.getsockname()[1])
        assert group.process.wait(10) == 2
    assert "another program listens there already" in group.errors()
