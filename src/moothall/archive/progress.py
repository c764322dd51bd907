"""What the operator sees of long work: a bar in a terminal, now and then a line elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol, TextIO

_SECONDS_BETWEEN_LINES = 5.0


class Progress(Protocol):
    """How far the work has come."""

    def show(self, what: str, done: int, total: int) -> None:
        """So much of so much; a `total` of 0 where nobody knows."""

    def say(self, text: str) -> None:
        """A line that stays."""


class Silent:
    """For callers that want neither."""

    def show(self, what: str, done: int, total: int) -> None:
        """Nothing."""

    def say(self, text: str) -> None:
        """Nothing."""


class PlainLines:
    """For logs and pipes."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._next = time.monotonic() + _SECONDS_BETWEEN_LINES

    def show(self, what: str, done: int, total: int) -> None:
        """A line now and then."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + _SECONDS_BETWEEN_LINES
            self.say(f"{what}: {done * 100 // total} %" if total else f"{what}: {done:,}")

    def say(self, text: str) -> None:
        """The line."""
        self._stream.write(f"{text}\n")
        self._stream.flush()


@contextmanager
def progress_on(stream: TextIO = sys.stderr) -> Iterator[Progress]:
    """The progress that suits this stream."""
    if not stream.isatty():
        yield PlainLines(stream)
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
    )
    with RichProgress(*columns, console=Console(file=stream), transient=True) as bars:
        yield _Bar(bars, bars.add_task("", total=None))


class _Bar:
    def __init__(self, bars: "RichProgress", task: "TaskID") -> None:  # type: ignore[name-defined] # noqa: F821
        self._bars = bars
        self._task = task

    def show(self, what: str, done: int, total: int) -> None:
        self._bars.update(self._task, description=what, completed=done, total=total or None)

    def say(self, text: str) -> None:
        self._bars.console.print(text, markup=False, highlight=False)
