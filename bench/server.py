"""Starting and stopping what is measured, and asking the kernel how much memory it takes."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

START_TIMEOUT_S = 60
_MEMORY_EVERY_S = 1.0


def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(frozen=True, slots=True)
class Running:
    """A started group of processes."""

    process: subprocess.Popen[bytes]
    url: str
    metrics_url: str
    started_in_s: float

    def memory_mb(self) -> float:
        """Proportional set size of the process and all its descendants, in MB."""
        return sum(_pss_kb(pid) for pid in _family(self.process.pid)) / 1000

    @contextlib.contextmanager
    def watched(self) -> "Iterator[list[float]]":
        """Note its memory again and again while the block runs, in MB."""
        seen = [self.memory_mb()]
        is_over = threading.Event()

        def watch() -> None:
            while not is_over.wait(_MEMORY_EVERY_S):
                seen.append(self.memory_mb())

        watcher = threading.Thread(target=watch, name="memory")
        watcher.start()
        try:
            yield seen
        finally:
            is_over.set()
            watcher.join()


@contextlib.contextmanager
def running(
    command: list[str], environment: Mapping[str, str], port: int, path: str, metrics: int = 0
) -> Iterator[Running]:
    """Start a command; it runs once `path` answers with 200. Stopped by SIGTERM at the end."""
    began = time.monotonic()
    process = subprocess.Popen(command, env={**os.environ, **environment})
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(process, url + path)
        started_in_s = time.monotonic() - began
        yield Running(process, url, f"http://127.0.0.1:{metrics}/metrics", started_in_s)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


def forum(
    data_dir: Path, database_url: str, domain: str, workers: int, *, with_metrics: bool = False
) -> "contextlib.AbstractContextManager[Running]":
    """The forum itself, without limits of rate."""
    port = free_port()
    metrics = free_port() if with_metrics else 0
    environment = {
        "MOOTHALL_DOMAIN": domain,
        "MOOTHALL_PUBLIC_SCHEME": "https",
        "MOOTHALL_LISTEN": f"127.0.0.1:{port}",
        "MOOTHALL_DATA_DIR": str(data_dir),
        "MOOTHALL_DATABASE_URL": database_url,
        "MOOTHALL_SERVER__WORKERS": str(workers),
        "MOOTHALL_RATE_LIMIT__ENABLED": "false",
        "MOOTHALL_SERVER__METRICS_LISTEN": f"127.0.0.1:{metrics}" if metrics else "",
        "MOOTHALL_LOG__LEVEL": "warning",
    }
    command = [sys.executable, "-m", "moothall.cli", "serve"]
    return running(command, environment, port, "/api/v3/site", metrics)


def _wait(process: "subprocess.Popen[bytes]", url: str) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=START_TIMEOUT_S) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.01)
    raise RuntimeError(f"{url} did not answer within {START_TIMEOUT_S} s")


def _family(pid: int) -> Iterator[int]:
    yield pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for child in children:
        # One may end while we look.
        with contextlib.suppress(FileNotFoundError):
            yield from _family(int(child))


def _pss_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0
