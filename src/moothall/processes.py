"""The group of processes behind `moothall serve`: web workers and one background process.

    supervisor ── launcher (imports everything once, forks the others, ends)
        ├── web-1 … web-N     each serves HTTP on a socket of its own, all on one port
        └── background

The supervisor stays small: it opens the sockets, starts launchers, replaces children that die and
passes on the signal to stop. Why there is a launcher, and what it saves: docs/design/0006.

Signals: SIGTERM, SIGINT and SIGHUP stop the group after what is under way is finished; a second
one ends it at once. Children that die take nobody with them; when the supervisor dies, however it
does, the kernel kills them all.
"""

import gc
import importlib
import os
import resource
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from moothall.lib import listeners, metrics, process_guard
from moothall.lib.forked import (
    STOPPING,
    check_single_thread,
    exit_after,
    exit_if_failed,
    forget_signals,
    signals_held,
    stop_event,
)
from moothall.lib.log_line import write_line

if TYPE_CHECKING:
    from moothall.lib.asgi_server import AsgiApp  # imports the server, which only workers need

CANNOT_LISTEN = 2
"""Exit code when an address is taken or cannot be had."""

_BACKGROUND = "background"

_STEADY_S = 60.0  # a child that lived so long died of something new
_FIRST_DELAY_S = 0.5
_LONGEST_DELAY_S = 30.0

# Imported before the fork although used after it, so that workers share the pages. anyio's is what
# Litestar's start-up loads by name: 10 MB in each worker, were it loaded there.
_SHARED_BY_WEB = ("asyncio", "moothall.lib.asgi_server", "anyio._backends._asyncio")


@dataclass(frozen=True, slots=True)
class Program:
    """What the processes run. Functions are named as "package.module:function".

    They are imported in the launcher, never in the supervisor. `argument` is handed to each; it is
    inherited through fork, so it may hold shared memory (buckets) made before.
    """

    web_app: str
    """f(argument) → ASGI application. Called once, before the workers are forked: it must start
    no thread and open no connection; those belong into the application's lifespan."""
    background: str
    """f(argument, stop: threading.Event) → None. Returns soon after `stop` is set; returning
    before counts as a death."""
    argument: Any = None
    prepare: str = ""
    """f(argument) → None, in a process of its own before all others: migrations. SystemExit with a
    text ends the group with that line, as it does in the other functions at the first start."""


@dataclass(slots=True)
class _Child:
    """A place in the group, and the process that holds it now."""

    name: str
    listener: socket.socket | None = None
    pid: int = 0
    is_ready: bool = False
    started_at: float = 0.0
    deaths_in_a_row: int = 0
    due_at: float = 0.0


def run_group(
    program: Program,
    *,
    listen: tuple[str, int],
    workers: int,
    metrics_listen: tuple[str, int] | None = None,
    stop_timeout_s: float = 25.0,
    log_form: str = "console",
    on_ready: Callable[[int], None] = lambda _port: None,
) -> int:
    """Run until a signal says stop; returns the exit code for the command.

    0 after a stop, 1 if a child had to be killed or the first start failed, 2 for an address that
    cannot be had. `log_form` is that of lib.log: "json" or "console". `on_ready` gets the port
    once every process is ready for the first time. A child gets so long to stop. Must be
    called from the main thread of a process without other threads.
    """
    try:
        web = listeners.open_listeners(*listen, count=workers)
        shown = listeners.open_listeners(*metrics_listen)[0] if metrics_listen else None
    except listeners.CannotListen as error:
        sys.stderr.write(f"moothall: {error}\n")
        return CANNOT_LISTEN
    _allow_many_connections()
    children = [_Child(f"web-{number}", listener) for number, listener in enumerate(web, 1)]
    children.append(_Child(_BACKGROUND, shown))
    supervisor = _Supervisor(program, listen[0], children, log_form, on_ready)
    return supervisor.run(stop_timeout_s)


class _Supervisor:
    def __init__(
        self,
        program: Program,
        host: str,
        children: list[_Child],
        log_form: str,
        on_ready: Callable[[int], None],
    ) -> None:
        self._program = program
        self._children = children
        self._log_form = log_form
        self._on_ready = on_ready
        first = children[0].listener
        assert first is not None  # noqa: S101 (run_group gives every web worker a listener)
        self._address: tuple[str, int] = (host, first.getsockname()[1])
        has_metrics = children[-1].listener is not None
        self._metrics = metrics.MetricsMemory([c.name for c in children]) if has_metrics else None
        self._pid = os.getpid()
        self._launcher = 0
        self._launching: list[_Child] = []
        self._was_ready = False
        self._stops_asked = 0
        self._failed_with: int | None = None
        self._status, self._status_writer = os.pipe()
        self._wake, self._wake_writer = os.pipe()

    def run(self, stop_timeout_s: float) -> int:
        for descriptor in (self._status, self._wake, self._wake_writer):
            os.set_blocking(descriptor, False)
        process_guard.adopt_orphans()
        signal.set_wakeup_fd(self._wake_writer, warn_on_full_buffer=False)
        for number in STOPPING:
            signal.signal(number, self._ask_to_stop)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)  # only to be woken
        while not self._stops_asked and self._failed_with is None:
            self._launch_due()
            self._wait(self._seconds_until_due())
            self._notice()
        return self._stop(stop_timeout_s)

    def _ask_to_stop(self, _number: int, _frame: object) -> None:
        self._stops_asked += 1

    # --- waiting and noticing

    def _seconds_until_due(self) -> float | None:
        if self._launcher:
            return None
        due = [child.due_at for child in self._children if not child.pid]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _wait(self, timeout_s: float | None) -> None:
        select.select([self._status, self._wake], [], [], timeout_s)
        _read_all(self._wake)

    def _notice(self) -> None:
        """Take in what launchers and children report, and who has died."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                pid, status = 0, 0
            # After waitpid: a child that is gone has been reported before, so it is known by now.
            self._read_status()
            if not pid:
                return
            self._died(pid, os.waitstatus_to_exitcode(status))

    def _read_status(self) -> None:
        for line in _read_all(self._status).decode().splitlines():
            event, name, pid = line.split()
            child = next(child for child in self._children if child.name == name)
            if event == "started":
                child.pid, child.is_ready, child.started_at = int(pid), False, time.monotonic()
            elif child.pid == int(pid):
                child.is_ready = True
        if not self._was_ready and all(child.is_ready for child in self._children):
            self._was_ready = True
            self._on_ready(self._address[1])

    def _died(self, pid: int, code: int) -> None:
        if pid == self._launcher:
            self._launcher = 0
            for child in self._launching:
                if not child.pid:  # one that was reported ends, or lives, on its own
                    self._lost(child, pid, code)
        for child in self._children:
            if child.pid == pid:
                self._lost(child, pid, code)

    def _lost(self, child: _Child, pid: int, code: int) -> None:
        """Plan a replacement: at once after a steady life, then ever later.

        `pid` is the launcher's where the child had none yet.
        """
        now = time.monotonic()
        if child.is_ready and now - child.started_at >= _STEADY_S:
            child.deaths_in_a_row = 0
        child.deaths_in_a_row += 1
        delay_s = 0.0
        if child.deaths_in_a_row > 1:
            delay_s = min(_FIRST_DELAY_S * 2 ** (child.deaths_in_a_row - 2), _LONGEST_DELAY_S)
        child.pid, child.is_ready, child.due_at = 0, False, now + delay_s
        if self._stops_asked or self._failed_with is not None:
            return
        if not self._was_ready:
            # Nothing has worked yet, so trying again would only repeat the message.
            self._failed_with = code if code > 0 else 1
            return
        self._log("process_died", child, pid=pid, code=code, restart_in_s=delay_s)
        self._let_others_accept(child)

    def _let_others_accept(self, child: _Child) -> None:
        """Close a dead worker's socket, so that its share of connections goes to the others.

        The last one stays open: then connections wait for the replacement instead of failing.
        """
        web = [other for other in self._children if other.name != _BACKGROUND]
        if child in web and child.listener and any(other.is_ready for other in web):
            child.listener.close()
            child.listener = None

    # --- launching

    def _launch_due(self) -> None:
        now = time.monotonic()
        due = [child for child in self._children if not child.pid and child.due_at <= now]
        if not due or self._launcher:
            return
        for child in due:
            if child.listener is None and child.name != _BACKGROUND:
                child.listener = listeners.bind_another(*self._address)
        self._launching = due
        with signals_held():
            self._launcher = os.fork()
            if not self._launcher:
                forget_signals()
                exit_after(self._launch)

    def _launch(self) -> int:
        """Run in the launcher: import, build, fork the children, end."""
        process_guard.die_with_parent(self._pid)
        _be_called("launcher")
        gc.disable()  # until all is loaded: importing makes hardly any garbage
        preparing = 0 if self._was_ready else self._start_preparing()
        if preparing:
            # Where the operator has to do something, nobody waits seconds for the imports.
            signal.signal(signal.SIGCHLD, lambda _number, _frame: exit_if_failed(preparing))
        bodies = self._load_bodies()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        code = os.waitstatus_to_exitcode(os.waitpid(preparing, 0)[1]) if preparing else 0
        if code:
            return code if code > 0 else 1
        check_single_thread()
        gc.collect()
        gc.freeze()  # the collector would otherwise write to, and so copy, every shared page
        self._fork_children(bodies)
        return 0

    def _start_preparing(self) -> int:
        """Start the preparation, which runs beside the imports; returns its process id, or 0."""
        if not self._program.prepare:
            return 0
        launcher = os.getpid()
        pid = os.fork()
        if not pid:
            exit_after(partial(self._prepare, launcher))
        return pid

    def _prepare(self, launcher: int) -> int:
        process_guard.die_with_parent(launcher)
        _load(self._program.prepare)(self._program.argument)
        return 0

    def _load_bodies(self) -> list[Callable[[], int]]:
        """Load what the children run, now, and return the functions to call after the forks."""
        argument = self._program.argument
        bodies: list[Callable[[], int]] = []
        web = [child for child in self._launching if child.name != _BACKGROUND]
        if web:
            for name in _SHARED_BY_WEB:
                importlib.import_module(name)
            app = _load(self._program.web_app)(argument)
            bodies += [partial(self._run_web, child, app) for child in web]
        if len(web) < len(self._launching):
            bodies.append(partial(self._run_background, _load(self._program.background)))
        return bodies

    def _fork_children(self, bodies: list[Callable[[], int]]) -> None:
        launcher = os.getpid()
        go, go_writer = os.pipe()
        for child, body in zip(self._launching, bodies, strict=True):
            pid = os.fork()
            if not pid:
                os.close(go_writer)
                exit_after(partial(self._begin, launcher, go, body))
            self._report("started", child, pid)
        # All are reported, or none runs: without this byte they read the end of the pipe.
        os.write(go_writer, b"." * len(bodies))

    def _report(self, event: str, child: _Child, pid: int) -> None:
        os.write(self._status_writer, f"{event} {child.name} {pid}\n".encode())

    # --- in the children

    def _begin(self, launcher: int, go: int, body: Callable[[], int]) -> int:
        if not os.read(go, 1):
            return 1
        os.close(go)
        while os.getppid() == launcher:  # which is about to end; then the supervisor adopts us
            time.sleep(0.0005)
        process_guard.die_with_parent(self._pid)
        for number in (signal.SIGINT, signal.SIGHUP):
            # A terminal sends these to all of us; the supervisor says when to stop.
            signal.signal(number, signal.SIG_IGN)
        gc.enable()
        return body()

    def _become(self, child: _Child) -> None:
        _be_called(child.name)
        for other in self._children:
            if other is not child and other.listener:
                other.listener.close()
        if self._metrics:
            metrics.attach(self._metrics, child.name)

    def _run_web(self, child: _Child, app: "AsgiApp") -> int:
        from moothall.lib.asgi_server import serve

        self._become(child)
        assert child.listener is not None  # noqa: S101 (opened before the launch)
        was_ready = serve(app, child.listener, partial(self._report, "ready", child, os.getpid()))
        return 0 if was_ready else 1

    def _run_background(self, background: Callable[[Any, threading.Event], None]) -> int:
        child = self._children[-1]
        self._become(child)
        stop = stop_event()
        stop_metrics: Callable[[], None] = lambda: None  # noqa: E731 (the case without metrics)
        if self._metrics and child.listener:
            stop_metrics = metrics.serve(self._metrics, child.listener)
        self._report("ready", child, os.getpid())
        background(self._program.argument, stop)
        stop_metrics()
        return 0 if stop.is_set() else 1

    # --- stopping

    def _stop(self, timeout_s: float) -> int:
        """Ask every child to finish, wait, and kill who does not."""
        for child in self._children:
            if child.listener:
                child.listener.close()  # ours; the children's own end as they stop
        deadline = time.monotonic() + timeout_s
        asked: set[int] = set()
        while self._living():
            for pid in self._living() - asked:
                _send(pid, signal.SIGTERM)
                asked.add(pid)
            left_s = deadline - time.monotonic()
            if left_s <= 0 or self._stops_asked > 1:
                self._kill()
                return self._failed_with or 1
            self._wait(left_s)
            self._notice()
        return self._failed_with or 0

    def _log(self, event: str, child: _Child, **fields: object) -> None:
        write_line(self._log_form, "error", event, process=child.name, **fields)

    def _living(self) -> set[int]:
        return {child.pid for child in self._children if child.pid} | (
            {self._launcher} if self._launcher else set()
        )

    def _kill(self) -> None:
        for child in self._children:
            if child.pid:
                self._log("process_killed", child, pid=child.pid)
        for pid in self._living():
            _send(pid, signal.SIGKILL)
        while self._living():
            self._wait(None)
            self._notice()


def _allow_many_connections() -> None:
    """Raise the limit of open files, often 1,024, towards what the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _read_all(descriptor: int) -> bytes:
    """Read what waits in a non-blocking pipe. Lines in it were written whole, so they come whole."""
    data = b""
    while True:
        try:
            part = os.read(descriptor, 65_536)
        except BlockingIOError:
            return data
        data += part


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return  # ended meanwhile; waitpid tells


def _be_called(name: str) -> None:
    process_guard.name_process(f"moot-{name}")


def _load(path: str) -> Callable[..., Any]:
    module, _, name = path.partition(":")
    loaded: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return loaded
