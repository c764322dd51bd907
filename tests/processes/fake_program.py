"""A tiny program for the group of processes: run as a command, with what it should do as JSON.

    python fake_program.py '{"folder": "…", "workers": 2}'

Each part writes a line into the folder's journal, so that a test sees what happened where.
"""

import asyncio
import json
import os
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moothall.lib import metrics
from moothall.lib.shared_buckets import SharedBuckets
from moothall.processes import Program, run_group


@dataclass(frozen=True)
class Argument:
    folder: Path
    buckets: SharedBuckets
    orders: dict[str, Any]

    def note(self, *words: object) -> None:
        """Append a line to the journal; short appends by several processes do not mix."""
        with (self.folder / "journal").open("a") as journal:
            journal.write(" ".join(map(str, (*words, os.getpid()))) + "\n")

    def has(self, name: str) -> bool:
        """Say whether the test has put up this sign."""
        return (self.folder / name).exists()


def prepare(argument: Argument) -> None:
    """Run before all else."""
    argument.note("prepare")
    if argument.has("refuse"):
        raise SystemExit("the database is of a newer version")


def web_app(argument: Argument) -> Any:
    """Build the application: /pid, /slow, /take, /measured."""
    time.sleep(60 if argument.has("slow-build") else argument.orders.get("build_s", 0))
    argument.note("build")
    from moothall.lib import log

    log.set_up("info", "json")
    if argument.orders.get("thread_too_early"):
        threading.Thread(target=time.sleep, args=(5,), daemon=True).start()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await _live(argument, receive, send)
            return
        body = await _answer(argument, scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body.encode()})

    return app


async def _live(argument: Argument, receive: Any, send: Any) -> None:
    await receive()
    if argument.has("break-web"):
        raise RuntimeError("the web part cannot start")
    await send({"type": "lifespan.startup.complete"})
    await receive()
    argument.note("web-drained")
    await send({"type": "lifespan.shutdown.complete"})


async def _answer(argument: Argument, path: str) -> str:
    if path == "/slow":
        argument.note("slow-begun")
        await asyncio.sleep(1.5)
    elif path == "/take":
        return str(argument.buckets.take(b"one", 10, 3600.0, time.monotonic()))
    elif path == "/measured":
        metrics.request_finished("/measured", "GET", 200, 0.002)
    return str(os.getpid())


def background(argument: Argument, stop: threading.Event) -> None:
    """Work until told to stop, then finish the job in hand."""
    argument.note("background")
    metrics.set_gauge("jobs_due", 7, queue="mail")
    while not stop.wait(0.05):
        if argument.has("break-background"):
            os._exit(9)
    if argument.has("stubborn"):
        time.sleep(60)
    time.sleep(0.3)
    argument.note("job-finished")


def _write(path: Path, text: str) -> None:
    path.with_suffix(".new").write_text(text)
    path.with_suffix(".new").rename(path)


def main() -> int:
    """Run the group as the orders say."""
    orders = json.loads(sys.argv[1])
    folder = Path(orders["folder"])
    port = orders.get("metrics_port")
    return run_group(
        Program(
            web_app="fake_program:web_app",
            background="fake_program:background",
            prepare="fake_program:prepare",
            argument=Argument(folder, SharedBuckets(64), orders),
        ),
        listen=("127.0.0.1", orders.get("port", 0)),
        workers=orders["workers"],
        metrics_listen=("127.0.0.1", port) if port else None,
        log_form="json",
        stop_timeout_s=orders.get("stop_timeout_s", 20.0),
        on_ready=lambda bound: _write(folder / "ready", str(bound)),
    )


if __name__ == "__main__":
    raise SystemExit(main())
