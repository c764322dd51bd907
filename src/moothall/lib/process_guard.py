"""What only the Linux kernel can promise about processes: no orphans, and a name in `ps`.

These are thin calls of prctl(2); they raise OSError where the kernel refuses.
"""

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_PR_SET_CHILD_SUBREAPER = 36

_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(parent_pid: int) -> None:
    """Have the kernel kill this process the moment its parent ends, however the parent ends.

    The kernel forgets this at a fork, so each process asks for itself. It acts when the *thread*
    that forked us ends: fork from a thread that lives as long as its process. A parent that was
    gone before we asked is noticed by its id, and then this call does not return.
    """
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:
        os.kill(os.getpid(), signal.SIGKILL)


def adopt_orphans() -> None:
    """Become the parent of every process below us whose own parent ends, in place of init."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def name_process(name: str) -> None:
    """Show this name, of which the kernel keeps 15 bytes, in `top` and `ps -o comm`."""
    _prctl(_PR_SET_NAME, name.encode())


def _prctl(option: int, value: int | bytes) -> None:
    argument = ctypes.c_char_p(value) if isinstance(value, bytes) else ctypes.c_ulong(value)
    if _libc.prctl(option, argument, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
