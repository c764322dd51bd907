"""One call of the API: what its handler is given.

A handler reaches the forum only through `read`, `read_long`, `act` and their kin. The first of them
finds out who calls and checks the route's policy, inside the same transaction as the work itself;
so nothing can be seen or done by whoever may not.
"""

import time
from typing import Any, Concatenate, ParamSpec, TypeVar

from moothall.domain.errors import NotAllowed, NotSignedIn, TooMany
from moothall.domain.site import Home, Site
from moothall.domain.user import Actor, Viewer
from moothall.forum import Forum, Work
from moothall.lib.limiter import account_key

from .client import Client
from .parts import Parts
from .route import Route, Who

P = ParamSpec("P")
T = TypeVar("T")


class Call:
    """Facts of one call and its door to the forum."""

    __slots__ = ("_admitted", "_forum", "_parts", "_route", "_viewer", "client", "site")

    def __init__(
        self, forum: Forum, parts: Parts, route: Route, site: Site, client: Client
    ) -> None:
        self._forum = forum
        self._parts = parts
        self._route = route
        self._viewer: Viewer | None = None
        self._admitted = False
        self.site = site
        self.client = client

    @property
    def home(self) -> Home:
        """Where this server lives, for the builders of shapes."""
        return self._forum.home

    @property
    def viewer(self) -> Viewer | None:
        """Who calls. Known after the first `read` or `act`, or after `admit`."""
        if not self._admitted:
            raise RuntimeError("the caller is not known yet: read, act or admit first")
        return self._viewer

    @property
    def parts(self) -> Parts:
        """Mail, captchas and other means beside the forum. Known after `admit` like the viewer."""
        if not self._admitted:
            raise RuntimeError("the caller is not known yet: read, act or admit first")
        return self._parts

    def need_viewer(self) -> Viewer:
        """Who calls, for routes that need somebody. Raises NotSignedIn."""
        viewer = self.viewer
        if viewer is None:
            raise NotSignedIn
        return viewer

    async def admit(self) -> Viewer | None:
        """Find out who calls and check the policy, where that must come before other work."""
        if not self._admitted:
            if self.client.token_hash is None:
                self._settle(None)
            else:
                await self._forum.read(self._admit)
        return self._viewer

    async def read(
        self, work: "Work[Concatenate[Viewer | None, P], T]", /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a bounded function of `reads`, as `work(tx, viewer, …)`."""

        def run(tx: Any) -> T:
            return work(tx, self._admit(tx), *args, **kwargs)

        return await self._forum.read(run)

    async def read_long(
        self, work: "Work[Concatenate[Viewer | None, P], T]", /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`read` for what may take long (search, exports): runs away from the event loop."""

        def run(tx: Any) -> T:
            return work(tx, self._admit(tx), *args, **kwargs)

        return await self._forum.read_long(run)

    async def read_own(
        self, work: "Work[Concatenate[Viewer, P], T]", /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`read` for functions that need somebody signed in, as `work(tx, viewer, …)`."""

        def run(tx: Any) -> T:
            return work(tx, self._somebody(tx), *args, **kwargs)

        return await self._forum.read(run)

    async def act(
        self, work: "Work[Concatenate[Actor, P], T]", /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a function of `actions`, as `work(tx, actor, …)`; returns when it is committed."""

        def run(tx: Any) -> T:
            return work(tx, self._somebody(tx).actor, *args, **kwargs)

        return await self._forum.act(run)

    async def act_own(
        self, work: "Work[Concatenate[Viewer, P], T]", /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`act` for what concerns the account (settings, saves, blocks): `work(tx, viewer, …)`."""

        def run(tx: Any) -> T:
            return work(tx, self._somebody(tx), *args, **kwargs)

        return await self._forum.act(run)

    async def act_openly(self, work: "Work[P, T]", /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run an action that needs nobody signed in (register, log in, a mailed link)."""

        def run(tx: Any) -> T:
            self._admit(tx)
            return work(tx, *args, **kwargs)

        return await self._forum.act(run)

    def site_changed(self) -> None:
        """Forget the kept site row, so that the next call of this process sees the change."""
        self._parts.site_cache.forget()

    def _somebody(self, tx: Any) -> Viewer:
        viewer = self._admit(tx)
        if viewer is None:
            raise NotSignedIn
        return viewer

    def _admit(self, tx: Any) -> Viewer | None:
        if self._admitted:
            return self._viewer
        token_hash = self.client.token_hash
        viewer = None if token_hash is None else self._parts.find_viewer(tx, token_hash)
        return self._settle(viewer)

    def _settle(self, viewer: Viewer | None) -> Viewer | None:
        _check_policy(self._route.who, viewer, self.site)
        self._count(viewer)
        self._viewer = viewer
        self._admitted = True
        return viewer

    def _count(self, viewer: Viewer | None) -> None:
        bucket = self._route.bucket
        if bucket is None or viewer is None:
            return
        limit = self.site.rate_limit(bucket)
        key = account_key(bucket, viewer.account_id)
        if not self._parts.limiter.take(key, limit.capacity, limit.interval_s, time.monotonic()):
            raise TooMany


def _check_policy(who: Who, viewer: Viewer | None, site: Site) -> None:
    if viewer is None:
        if who is Who.ANYONE:
            return
        if who is Who.PUBLIC:
            if site.private_instance:
                raise NotAllowed("instance_is_private")
            return
        raise NotSignedIn
    if who is Who.ADMIN and not viewer.is_admin:
        raise NotAllowed("not_an_admin")
    if who is Who.MODERATOR_ANYWHERE and not (viewer.is_admin or viewer.moderates):
        raise NotAllowed("not_a_mod_or_admin")
