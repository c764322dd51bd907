"""Making two actions meet: both look before either of them changes anything."""

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from moothall.domain.errors import ForumError

T = TypeVar("T")
_PATIENCE_S = 0.5


def after_both(look: Callable[..., T]) -> Callable[..., T]:
    """The same function, which returns when two have called it.

    Where only one writes at a time the other never comes, and it returns after half a second.
    """
    meeting = threading.Barrier(2)

    def slowly(*args: Any) -> T:
        found = look(*args)
        with contextlib.suppress(threading.BrokenBarrierError):
            meeting.wait(_PATIENCE_S)
        return found

    return slowly


def codes_of_two(attempt: Callable[[int], Any]) -> list[str]:
    """Do something twice at once; the codes of what was refused, "in" for what was not."""

    def outcome(number: int) -> str:
        try:
            attempt(number)
        except ForumError as refused:
            return refused.code
        return "in"

    with ThreadPoolExecutor(2) as threads:
        return sorted(threads.map(outcome, range(2)), reverse=True)
