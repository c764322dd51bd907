"""Counts of several processes in shared memory."""

import os

import pytest

from moothall.lib import metrics
from moothall.lib.metrics import MetricsMemory

COUNT = "moothall_request_duration_seconds_count"


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> MetricsMemory:
    monkeypatch.setattr(metrics, "_section", None)
    return MetricsMemory(["web-1", "web-2"])


def shown(memory: MetricsMemory) -> dict[str, float]:
    lines = metrics.render(memory).decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


def test_nothing_is_counted_before_it_is_switched_on(memory: MetricsMemory) -> None:
    metrics.request_finished("/post", "GET", 200, 0.1)
    metrics.set_gauge("jobs_due", 3)
    assert not metrics.is_on()
    metrics.attach(memory, "web-1")
    assert metrics.is_on()
    assert not any(name.startswith((COUNT, "moothall_jobs")) for name in shown(memory))


def test_requests_are_counted_by_route_method_and_class_of_status(memory: MetricsMemory) -> None:
    metrics.attach(memory, "web-1")
    for status, seconds in ((200, 0.004), (204, 0.02), (404, 0.3), (200, 60.0)):
        metrics.request_finished("/post/{id}", "GET", status, seconds)
    labels = 'method="GET",route="/post/{id}",status="2xx"'
    values = shown(memory)
    assert values[f"{COUNT}{{{labels}}}"] == 3
    assert values[f"moothall_request_duration_seconds_sum{{{labels}}}"] == pytest.approx(60.024)
    bucket = "moothall_request_duration_seconds_bucket{le="
    rest = f",{labels}}}"
    counts = [values[f'{bucket}"{bound}"{rest}'] for bound in ("0.0025", "0.005", "0.025", "10.0")]
    assert counts == [0, 1, 2, 2]
    assert values[f'{COUNT}{{method="GET",route="/post/{{id}}",status="4xx"}}'] == 1


def test_a_bound_belongs_to_its_bucket(memory: MetricsMemory) -> None:
    metrics.attach(memory, "web-1")
    metrics.request_finished("/", "GET", 200, 0.005)
    values = shown(memory)
    in_bucket = 'moothall_request_duration_seconds_bucket{le="0.005",method="GET",route="/"'
    assert values[in_bucket + ',status="2xx"}'] == 1


def test_sections_are_summed_and_a_successor_counts_on(memory: MetricsMemory) -> None:
    metrics.attach(memory, "web-1")
    metrics.request_finished("/", "GET", 200, 0.1)
    metrics.set_gauge("jobs_due", 5, queue="mail")
    pid = os.fork()
    if not pid:
        metrics.attach(memory, "web-2")
        metrics.request_finished("/", "GET", 200, 0.1)
        metrics.set_gauge("jobs_due", 2, queue="mail")
        os._exit(0)
    os.waitpid(pid, 0)
    name = f'{COUNT}{{method="GET",route="/",status="2xx"}}'
    assert shown(memory)[name] == 2
    assert shown(memory)['moothall_jobs_due{queue="mail"}'] == 7
    metrics.attach(memory, "web-1")
    metrics.request_finished("/", "GET", 200, 0.1)
    assert shown(memory)[name] == 3
    assert shown(memory)['moothall_jobs_due{queue="mail"}'] == 2  # what it measured died with it


def test_the_highest_value_of_each_process_is_kept(memory: MetricsMemory) -> None:
    metrics.keep_highest("hold_seconds", 9)
    for name, values in (("web-1", (0.2, 0.5, 0.1)), ("web-2", (0.3,))):
        metrics.attach(memory, name)
        for value in values:
            metrics.keep_highest("hold_seconds", value)
    assert shown(memory)['moothall_hold_seconds{process="web-1"}'] == 0.5
    assert shown(memory)['moothall_hold_seconds{process="web-2"}'] == 0.3


def test_made_up_methods_and_more_routes_than_fit_do_not_grow_it(memory: MetricsMemory) -> None:
    metrics.attach(memory, "web-1")
    for number in range(5_000):
        metrics.request_finished(f"/route/{number}", f"M{number}", 200, 0.1)
        metrics.set_gauge("odd", 1, number=str(number))
    counts = {name: value for name, value in shown(memory).items() if name.startswith(COUNT)}
    assert sum(counts.values()) == 5_000
    assert counts[f'{COUNT}{{method="",route="(more)",status=""}}'] > 1_000
    assert {name.split('"')[1] for name in counts} == {"(other)", ""}


def test_the_memory_of_living_processes_is_shown_and_of_dead_ones_is_not(
    memory: MetricsMemory,
) -> None:
    metrics.attach(memory, "web-1")
    values = shown(memory)
    assert values['moothall_process_memory_bytes{process="web-1"}'] > 1_000_000
    assert 'moothall_process_memory_bytes{process="web-2"}' not in values


def test_labels_that_hold_quotes_are_escaped(memory: MetricsMemory) -> None:
    metrics.attach(memory, "web-1")
    metrics.set_gauge("odd", 1, name='say "x"\n')
    assert rb'moothall_odd{name="say \"x\"\n"} 1.0' in metrics.render(memory)
