"""The forum as all faces and commands have it: it runs an action or a read in a transaction.

Nobody above holds a connection. What comes from outside goes through `door` first.
"""

import time
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

from moothall.domain.site import Home, Site
from moothall.domain.time import Clock, system_clock
from moothall.reads.site import get_site
from moothall.storage.connection import Connection
from moothall.storage.database import Database
from moothall.storage.transaction import Transaction

P = ParamSpec("P")
T = TypeVar("T")
Work = Callable[Concatenate[Transaction, P], T]

_SITE_SECONDS = 1.0


class Forum:
    """One forum: its database, its address and its clock."""

    def __init__(self, database: Database, home: Home, clock: Clock = system_clock) -> None:
        self._database = database
        self.home = home
        self.clock = clock
        self._site: Site | None = None
        self._site_until = 0.0
        # Counts how often the remembered site was dropped.
        self._site_round = 0
        self._mark: int | None = None

    async def site(self) -> Site:
        """The site's row, read again at most once a second in each process."""
        now = time.monotonic()
        if self._site is not None and now < self._site_until:
            return self._site
        current_round = self._site_round
        site = await self.read(get_site)
        # What was dropped while the row was on its way must not come back as if it were new. And a
        # forum is set up once: whoever did that must not be sent back by the next process.
        if current_round == self._site_round and site.is_set_up:
            self._site = site
            self._site_until = now + _SITE_SECONDS
        return site

    def forget_site(self) -> None:
        """Read the site's row again at the next call of `site`."""
        self._site = None
        self._site_round += 1

    async def read(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function of `reads` whose cost has a small bound."""
        return await self._database.read(self._in_transaction(work), *args, **kwargs)

    async def read_long(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function of `reads` that may take long: search, reports over everything."""
        return await self._database.read_long(self._in_transaction(work), *args, **kwargs)

    async def act(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function of `actions`; returns when its change is committed."""
        return await self._database.write(self._in_transaction(work), *args, **kwargs)

    def read_now(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """`read` for threads without an event loop (commands, the background process)."""
        return self._database.read_now(self._in_transaction(work), *args, **kwargs)

    def act_now(self, work: Work[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """`act` for threads without an event loop."""
        return self._database.write_now(self._in_transaction(work), *args, **kwargs)

    async def change_mark(self) -> int:
        """A number that differs after any committed change, by whichever process.

        Whoever keeps answers under a mark must not make them of a site that is older than the
        mark: so the remembered site goes when the mark moves.
        """
        mark = await self._database.change_mark()
        if mark != self._mark:
            self._mark = mark
            self.forget_site()
        return mark

    def _in_transaction(self, work: Work[P, T]) -> Callable[Concatenate[Connection, P], T]:
        def run(conn: Connection, /, *args: P.args, **kwargs: P.kwargs) -> T:
            return work(Transaction(conn, self.clock(), self.home), *args, **kwargs)

        return run
