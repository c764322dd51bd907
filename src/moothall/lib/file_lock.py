"""A lock on a file that lasts as long as the process that took it, and its forked children."""

import fcntl
import os
from pathlib import Path


def take_lock(path: Path) -> bool:
    """Take the lock for the rest of this process's life; False if another process has it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return False
    return True


def is_locked(path: Path) -> bool:
    """Whether another process has the lock."""
    if not path.exists():
        return False
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
