"""Passwords: hashing, checking, and the small pool that both run in.

New hashes are argon2id with 19 MiB, two passes and one lane (the second choice of OWASP's password
storage cheat sheet: 19 ms a check, where the library's default of 64 MiB takes 130 ms and four
logins at once a quarter of a gigabyte). bcrypt hashes are only checked: they come with imported
accounts and are replaced at the next login (`needs_rehash`).
"""

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from argon2.low_level import Type

P = ParamSpec("P")
T = TypeVar("T")

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
# The hash of a password nobody knows, with the costs above.
_DUMMY = (
    "$argon2id$v=19$m=19456,t=2,p=1$8Sr9DUz366A4/x8Ks/xraQ"
    "$yxgqvlj3eIbAe2FlNxJjh8syOVicnvVAqAXPXWlrcXA"
)
_ARGON2 = re.compile(r"\$argon2id\$v=19\$m=([0-9]{1,9}),t=([0-9]{1,9}),p=([0-9]{1,9})\$")
_BCRYPT = re.compile(r"\$2[abxy]\$([0-9]{2})\$[./A-Za-z0-9]{53}")
# A stored hash names its own cost, and may come from an import: one login must not cost minutes.
_MAX_MEMORY_KIB = 128 * 1024
_MAX_PASSES = 16
_MAX_LANES = 16
_MAX_BCRYPT_COST = 14
_BCRYPT_MAX_BYTES = 72  # bcrypt reads no further; its peers cut there, the library refuses


class PasswordsBusy(Exception):
    """Too many passwords are waiting to be checked; try again in a moment."""


def hash_password(password: str) -> str:
    """Hash with a new salt; blocks for about 20 ms."""
    return _HASHER.hash(_encoded(password))


def verify_password(password: str, stored: str) -> bool:
    """Tell whether the password made this hash; false for a hash that `is_supported` refuses."""
    if not is_supported(stored):
        return False
    if stored.startswith("$argon2"):
        return _verify_argon2(password, stored)
    return _verify_bcrypt(password, stored)


def verify_dummy(password: str) -> None:
    """Take the time of a check, for a user who does not exist."""
    _verify_argon2(password, _DUMMY)


def is_supported(stored: str) -> bool:
    """Tell whether this is an argon2id or bcrypt hash at a cost that a login may have."""
    argon2 = _ARGON2.match(stored)
    if argon2:
        memory, passes, lanes = map(int, argon2.groups())
        return memory <= _MAX_MEMORY_KIB and passes <= _MAX_PASSES and lanes <= _MAX_LANES
    bcrypt = _BCRYPT.fullmatch(stored)
    return bcrypt is not None and int(bcrypt[1]) <= _MAX_BCRYPT_COST


def needs_rehash(stored: str) -> bool:
    """Tell whether the hash should be replaced, now that the password is at hand."""
    return not stored.startswith("$argon2id$") or _HASHER.check_needs_rehash(stored)


def _encoded(password: str) -> bytes:
    # A lone surrogate can come out of a JSON escape: strange, and no reason to fail.
    return password.encode("utf-8", "surrogatepass")


def _verify_argon2(password: str, stored: str) -> bool:
    try:
        return _HASHER.verify(stored, _encoded(password))
    except (Argon2Error, InvalidHashError):
        return False


def _verify_bcrypt(password: str, stored: str) -> bool:
    import bcrypt  # rare: imported accounts before their first login

    try:
        return bcrypt.checkpw(_encoded(password)[:_BCRYPT_MAX_BYTES], stored.encode())
    except ValueError:  # a NUL in the password, or a malformed hash
        return False


class PasswordPool:
    """The threads that hash and check, few, so that a burst of logins costs bounded memory.

    At most `max_waiting` calls run or wait; one more raises PasswordsBusy at once.
    """

    def __init__(self, threads: int = 2, max_waiting: int = 100) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="passwords")
        self._max_waiting = max_waiting
        self._waiting = 0

    async def hash(self, password: str) -> str:
        return await self._run(hash_password, password)

    async def verify(self, password: str, stored: str | None) -> bool:
        """Check in the pool; None (no such user) takes the same time and is false."""
        if stored is None:
            await self._run(verify_dummy, password)
            return False
        return await self._run(verify_password, password, stored)

    def close(self) -> None:
        self._executor.shutdown(cancel_futures=True)

    async def _run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if self._waiting >= self._max_waiting:
            raise PasswordsBusy
        self._waiting += 1
        future = self._executor.submit(call, *args, **kwargs)
        # Counted by the pool's own future: a caller who gives up leaves its work in the queue.
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: _quietly(loop, self._finished))
        return await asyncio.wrap_future(future)

    def _finished(self) -> None:
        self._waiting -= 1


def _quietly(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(call)
