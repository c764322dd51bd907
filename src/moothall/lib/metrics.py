"""Counts and durations of several processes, in memory that they share, shown to Prometheus.

Each process writes into a section of its own: no lock, nothing to wait for, and what a process
counted outlives it. One of them answers GET /metrics with the sum over all sections. Until
`attach` was called every function here does nothing, at the cost of one comparison.

A section is an array of 8-byte cells: the number of cells in use, then series one after
another: [cells of this series][bytes of its key][key ...][values ...]. Series are only ever
appended, so a reader in another process needs no lock either.
"""

import mmap
import os
import socket
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_SECTION_BYTES = 256 * 1024
_SECTION_CELLS = _SECTION_BYTES // 8
_HEADER_CELLS = 2  # cells in use, process id

_BOUNDS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_BUCKETS = len(_BOUNDS_S) + 1
_SECONDS = _BUCKETS  # the sum of all durations stands after the buckets

_REQUEST, _GAUGE = "request", "gauge"
_SEPARATOR = "\x1f"
_OVERFLOW = (_REQUEST, "(more)", "", "")
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))

_Key = tuple[str, ...]


class MetricsMemory:
    """The shared memory of a group of processes: make it before they are forked.

    Sections are named for their process, such as "web-1"; pages of it that nobody writes to cost
    nothing.
    """

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self._memory = mmap.mmap(-1, _SECTION_BYTES * len(names))

    def cells(self, name: str) -> "memoryview[float]":
        """Return one section as cells that hold doubles."""
        start = self.names.index(name) * _SECTION_BYTES
        return memoryview(self._memory)[start : start + _SECTION_BYTES].cast("d")


class _Section:
    """The writer of one section; a process that replaces another continues its counts."""

    def __init__(self, cells: "memoryview[float]", process: str) -> None:
        self.process = process
        self._cells = cells
        self._starts: dict[_Key, int] = {}
        if not cells[0]:
            cells[0] = _HEADER_CELLS
        for key, start in _series(cells):
            self._starts[key] = start
            if key[0] == _GAUGE:  # what the process before us measured is no longer true
                cells[start] = 0.0
        cells[1] = os.getpid()
        self._start_of(_OVERFLOW)

    def observe(self, key: _Key, seconds: float) -> None:
        """Count one event that took so long."""
        start = self._start_of(key)
        self._cells[start + bisect_left(_BOUNDS_S, seconds)] += 1
        self._cells[start + _SECONDS] += seconds

    def set_gauge(self, key: _Key, value: float) -> None:
        """Put down a measured value, in place of the one before."""
        start = self._start_of(key)
        if key in self._starts:
            self._cells[start] = value

    def raise_gauge(self, key: _Key, value: float) -> None:
        """Put down a measured value if it is higher than the one before."""
        start = self._start_of(key)
        if key in self._starts and value > self._cells[start]:
            self._cells[start] = value

    def _start_of(self, key: _Key) -> int:
        start = self._starts.get(key)
        return self._append(key) if start is None else start

    def _append(self, key: _Key) -> int:
        """Add a series and return where its values start; a full section has one for all others."""
        text = _SEPARATOR.join(key).encode()[:1024]
        values = 1 if key[0] == _GAUGE else _BUCKETS + 1
        begin = int(self._cells[0])
        start = begin + 2 + -(-len(text) // 8)
        if start + values > _SECTION_CELLS:
            return self._starts[_OVERFLOW]
        self._cells[begin + 1] = len(text)
        self._cells.cast("B")[(begin + 2) * 8 : (begin + 2) * 8 + len(text)] = text
        self._cells[begin] = start + values - begin
        self._cells[0] = start + values  # last: from here on readers see the series
        self._starts[key] = start
        return start


def _series(cells: "memoryview[float]") -> Iterator[tuple[_Key, int]]:
    """Yield each series' key and the cell where its values start."""
    raw = cells.cast("B")
    at, end = _HEADER_CELLS, int(cells[0])
    while at < end:
        length = int(cells[at + 1])
        text = bytes(raw[(at + 2) * 8 : (at + 2) * 8 + length])
        yield tuple(text.decode(errors="replace").split(_SEPARATOR)), at + 2 + -(-length // 8)
        at += int(cells[at])


_section: _Section | None = None


def attach(memory: MetricsMemory, name: str) -> None:
    """Let this process count in the section of that name from here on."""
    global _section  # noqa: PLW0603 (counting is global to a process, as logging is)
    _section = _Section(memory.cells(name), name)


def is_on() -> bool:
    """Say whether anything is counted: asks before work that only metrics need."""
    return _section is not None


def request_finished(route: str, method: str, status: int, seconds: float) -> None:
    """Count one answered request by its route template, never by its path, and its status class.

    Called from one thread, the event loop's: two at once could lose a count.
    """
    if _section is None:
        return
    shown = method if method in _METHODS else "(other)"
    _section.observe((_REQUEST, route, shown, f"{status // 100}xx"), seconds)


def set_gauge(name: str, value: float, /, **labels: str) -> None:
    """Show a measured value, such as the jobs that wait; processes that set the same are summed."""
    if _section is None:
        return
    flat = [part for label in sorted(labels.items()) for part in label]
    _section.set_gauge((_GAUGE, name, *flat), value)


def keep_highest(name: str, value: float) -> None:
    """Show the highest value that this process has measured, apart from those of the others."""
    if _section is not None:
        _section.raise_gauge((_GAUGE, name, "process", _section.process), value)


# --- showing


def serve(memory: MetricsMemory, listener: socket.socket) -> Callable[[], None]:
    """Answer GET /metrics on that socket from a thread of its own; returns what stops it."""
    from http.server import BaseHTTPRequestHandler, HTTPServer

    from prometheus_client import CONTENT_TYPE_LATEST

    class Handler(BaseHTTPRequestHandler):
        timeout = 5  # seconds that one slow client may hold up the next

        def do_GET(self) -> None:
            if self.path.partition("?")[0] != "/metrics":
                self.send_error(404)
                return
            body = render(memory)
            self.send_response(200)
            self.send_header("Content-Type", CONTENT_TYPE_LATEST)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Keep quiet: a scrape every few seconds is no event."""

    server = HTTPServer(("", 0), Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()

    def stop() -> None:
        server.shutdown()
        thread.join()

    return stop


def render(memory: MetricsMemory) -> bytes:
    """Write the sum over all sections in Prometheus' text format."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    registry.register(_Collector(memory))
    return generate_latest(registry)


class _Collector:
    """What prometheus_client asks for the present values."""

    def __init__(self, memory: MetricsMemory) -> None:
        self._memory = memory

    def collect(self) -> Iterator[Any]:
        totals = _sum_up(self._memory)
        yield _request_family({key: row for key, row in totals.items() if key[0] == _REQUEST})
        yield from _gauge_families({key: row[0] for key, row in totals.items() if key[0] == _GAUGE})
        yield self._memory_family()

    def _memory_family(self) -> Any:
        from prometheus_client.core import GaugeMetricFamily

        family = GaugeMetricFamily(
            "moothall_process_memory_bytes",
            "Memory of each process, with what several share divided among them (PSS)",
            labels=["process"],
        )
        for name in self._memory.names:
            size = proportional_memory(int(self._memory.cells(name)[1]))
            if size:
                family.add_metric([name], size)
        return family


def _sum_up(memory: MetricsMemory) -> dict[_Key, list[float]]:
    totals: dict[_Key, list[float]] = {}
    for name in memory.names:
        cells = memory.cells(name)
        for key, start in _series(cells):
            size = 1 if key[0] == _GAUGE else _BUCKETS + 1
            row = cells[start : start + size].tolist()
            before = totals.get(key, [0.0] * size)
            totals[key] = [old + new for old, new in zip(before, row, strict=True)]
    return totals


def _request_family(totals: Mapping[_Key, list[float]]) -> Any:
    from prometheus_client.core import HistogramMetricFamily

    family = HistogramMetricFamily(
        "moothall_request_duration_seconds",
        "Answered requests and the time they took, by route",
        labels=["route", "method", "status"],
    )
    for (_, route, method, status), row in sorted(totals.items()):
        count, buckets = 0.0, []
        for bound, events in zip((*map(str, _BOUNDS_S), "+Inf"), row, strict=False):
            count += events
            buckets.append((bound, count))
        if count:
            family.add_metric([route, method, status], buckets, row[_SECONDS])
    return family


def _gauge_families(totals: Mapping[_Key, float]) -> list[Any]:
    from prometheus_client.core import GaugeMetricFamily

    families: dict[str, Any] = {}
    for (_, name, *labels), value in sorted(totals.items()):
        family = families.get(name)
        if family is None:
            family = GaugeMetricFamily(f"moothall_{name}", _words(name), labels=labels[::2])
            families[name] = family
        family.add_metric(labels[1::2], value)
    return list(families.values())


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def proportional_memory(pid: int) -> int:
    """Return the bytes of a process' proportional set size, 0 if it is gone or not ours to see."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as lines:  # noqa: PTH123 (no file)
            sizes = [int(line.split()[1]) for line in lines if line.startswith("Pss:")]
    except OSError:
        return 0
    return sum(sizes) * 1024
