"""The database that a process holds: reads and writes as functions of one connection.

A caller hands over a function; the database decides where it runs. `read` gives it a consistent
view and refuses changes; `write` runs it in a transaction of its own, which is committed, and on
disk, before the call returns. A function that raises leaves nothing behind.
"""

from collections.abc import Callable
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from .connection import Connection
from .statements import Dialect

P = ParamSpec("P")
T = TypeVar("T")
Work = Callable[Concatenate[Connection, P], T]

# How many long reads run at once in a process, and how many more may wait for that.
LONG_READERS = 2
MAX_LONG_READS_WAITING = 20
# How long one may take, in seconds.
LONG_READ_S = 10.0


class Database(Protocol):
    """What both databases offer."""

    dialect: Dialect

    def open(self) -> None:
        """Connect. Before that nothing is opened and no thread started, so a process may fork."""

    async def read(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run bounded, index-planned reads; on SQLite right here, on the event loop."""

    async def read_long(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run reads whose cost has no small bound (search), away from the event loop.

        Raises TooMany where too many wait already, and TooMany("took_too_long") after ten seconds.
        """

    async def write(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a change; returns when it is committed."""

    def read_now(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """`read` for threads without an event loop."""

    def write_now(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """`write` for threads without an event loop."""

    async def change_mark(self) -> int:
        """A number that differs after any committed change by anybody; cheap to ask for.

        To be compared within this process only.
        """

    def close(self) -> None:
        """Finish what was handed over and let go of every connection."""
