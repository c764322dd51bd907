"""Around a fork: what a process must let go of before and after it, and how the new one ends."""

import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""The signals that ask a process to stop."""
HANDLED = (*STOPPING, signal.SIGCHLD)


@contextmanager
def signals_held() -> Iterator[None]:
    """Hold signals back around a fork, so that none meets the child with its parent's handlers."""
    signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)


def forget_signals() -> None:
    """Take signals as a fresh process does, not as the parent did."""
    signal.set_wakeup_fd(-1)
    for number in HANDLED:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)


def exit_after(body: Callable[[], int]) -> NoReturn:
    """Run a forked process to its end; it never returns into its parent's code."""
    code = 1
    try:
        code = body()
    except SystemExit as error:
        if isinstance(error.code, int) or error.code is None:
            code = error.code or 0
        else:
            sys.stderr.write(f"{error.code}\n")
    except BaseException:  # noqa: BLE001 (the process ends here: it says why, and with what code)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def exit_if_failed(pid: int) -> None:
    """End this process as that one has ended, unless it runs or went well; it stays to be waited for."""
    ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    if ended is not None and ended.si_status:
        os._exit(ended.si_status if ended.si_code == os.CLD_EXITED else 1)


def check_single_thread() -> None:
    """Refuse to fork beside other threads: what they hold would stay locked in the children."""
    count = len(os.listdir("/proc/self/task"))  # noqa: PTH208 (counts threads of C libraries too)
    if count > 1:
        names = ", ".join(thread.name for thread in threading.enumerate()[1:])
        raise RuntimeError(f"threads were started before the fork, {count - 1} in all: {names}")


def stop_event() -> threading.Event:
    """Return an event that SIGTERM sets.

    Set from a thread, woken by the signal's byte in a pipe: a handler runs in the main thread, and
    might find it inside the very lock of the event that it wants to set.
    """
    stop = threading.Event()
    reader, writer = os.pipe()
    os.set_blocking(writer, False)

    def set_when_signalled() -> None:
        os.read(reader, 1)
        stop.set()

    threading.Thread(target=set_when_signalled, name="stop", daemon=True).start()
    signal.set_wakeup_fd(writer)
    signal.signal(signal.SIGTERM, lambda _number, _frame: None)
    return stop
