"""One request to the HTML face: what its handler is given.

A handler reaches the forum only through `read`, `act` and their kin. The first of them finds out
who asks and checks the page's policy, inside the same transaction as the work itself; so nothing
can be seen or done by whoever may not.
"""

import time
from typing import Any, Concatenate, NamedTuple, ParamSpec, TypeVar

from moothall.domain.errors import NotAllowed, NotSignedIn, TooMany
from moothall.domain.notification import UnreadCounts
from moothall.domain.site import Home, Site
from moothall.domain.time import Time
from moothall.domain.user import Actor, Viewer
from moothall.forum import Forum, Work
from moothall.lib.limiter import account_key
from moothall.reads.notification import count_unread
from moothall.reads.user import viewer_by_token_hash

from . import session
from .answer import Answer
from .page import Route, Who
from .parts import Parts
from .render import Renderer

P = ParamSpec("P")
T = TypeVar("T")


class Asked(NamedTuple):
    """Facts of the request. `here` is its address on this server, to come back to."""

    here: str
    address: str
    user_agent: str | None
    cookies: session.Cookies
    by_script: bool


class Visit:
    """Facts of one request and its door to the forum."""

    __slots__ = (
        "_admitted",
        "_forum",
        "_new_form_key",
        "_renderer",
        "_route",
        "_viewer",
        "asked",
        "now",
        "parts",
        "site",
        "unread",
    )

    def __init__(
        self, forum: Forum, parts: Parts, renderer: Renderer, site: Site, asked: Asked
    ) -> None:
        self._forum = forum
        self._renderer = renderer
        self._route: Route | None = None
        self._viewer: Viewer | None = None
        self._admitted = False
        self._new_form_key: str | None = None
        self.parts = parts
        self.site = site
        self.asked = asked
        self.now: Time = forum.clock()
        self.unread: UnreadCounts | None = None

    @property
    def home(self) -> Home:
        """Where this server lives."""
        return self._forum.home

    @property
    def viewer(self) -> Viewer | None:
        """Who asks; None also while that is not known yet."""
        return self._viewer

    @property
    def admitted(self) -> bool:
        """Whether it is known who asks, and that they may."""
        return self._admitted

    @property
    def is_same_for_all(self) -> bool:
        """Whether nothing that belongs to this browser can have gone into the answer."""
        cookies = self.asked.cookies
        return cookies.session is None and cookies.form_key is None and self._new_form_key is None

    @property
    def csrf_token(self) -> str:
        """The token for the forms of this answer."""
        cookies = self.asked.cookies
        if self._viewer is not None and cookies.session is not None:
            return session.csrf_token(cookies.session)
        return session.csrf_token(self._form_key())

    def check_own_form(self, token: str) -> None:
        """Refuse a form that does not come from a page that we gave to this browser.

        Raises NotAllowed("form_expired").
        """
        cookies = self.asked.cookies
        if not any(
            session.is_csrf_token(key, token) for key in (cookies.session, cookies.form_key)
        ):
            raise NotAllowed("form_expired")

    def cookies_to_set(self) -> list[tuple[bytes, bytes]]:
        """Headers that this answer needs beside its own."""
        secure = self.parts.secure_cookies
        headers = []
        if self._new_form_key is not None:
            headers.append(session.form_key_cookie(self._new_form_key, secure=secure))
        if self._admitted and self._viewer is None and self.asked.cookies.session is not None:
            headers.append(session.forget_session_cookie(secure=secure))
        return headers

    @property
    def unread_total(self) -> int:
        """How much waits in the inbox of who asks."""
        return 0 if self.unread is None else sum(self.unread)

    def enter(self, route: Route | None) -> None:
        """Say which page this is; its policy holds from here on. None: a page for everybody."""
        self._route = route

    def need_viewer(self) -> Viewer:
        """Who asks, for pages that need somebody. Raises NotSignedIn."""
        if self._viewer is None:
            raise NotSignedIn
        return self._viewer

    async def admit(self) -> Viewer | None:
        """Find out who asks and check the policy, where that must come before other work."""
        if not self._admitted:
            if self.asked.cookies.session is None:
                self._settle(None)
            else:
                await self._forum.read(self._admit)
        return self._viewer

    async def read(
        self, work: "Work[Concatenate[Viewer | None, P], T]", /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a bounded function of `reads`, as `work(tx, viewer, …)`."""

        def run(tx: Any) -> T:
            viewer = self._admit(tx)
            self._look_into_inbox(tx)
            return work(tx, viewer, *args, **kwargs)

        return await self._forum.read(run)

    async def read_long(
        self, work: "Work[Concatenate[Viewer | None, P], T]", /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`read` for what may take long (search): runs away from the event loop."""

        def run(tx: Any) -> T:
            viewer = self._admit(tx)
            self._look_into_inbox(tx)
            return work(tx, viewer, *args, **kwargs)

        return await self._forum.read_long(run)

    async def read_own(
        self, work: "Work[Concatenate[Viewer, P], T]", /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`read` for functions that need somebody signed in, as `work(tx, viewer, …)`."""

        def run(tx: Any) -> T:
            viewer = self._somebody(tx)
            self._look_into_inbox(tx)
            return work(tx, viewer, *args, **kwargs)

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

    def render(self, template: str, **values: Any) -> Answer:
        """A page from a template, which also sees this visit."""
        return Answer(self._renderer.render(template, visit=self, **values))

    def _look_into_inbox(self, tx: Any) -> None:
        # The head of every page says how much waits; asked once, in the first read.
        if self._viewer is not None and self.unread is None:
            self.unread = count_unread(tx, self._viewer)

    def _somebody(self, tx: Any) -> Viewer:
        viewer = self._admit(tx)
        if viewer is None:
            raise NotSignedIn
        return viewer

    def _admit(self, tx: Any) -> Viewer | None:
        if self._admitted:
            return self._viewer
        token_hash = self.asked.cookies.token_hash
        return self._settle(None if token_hash is None else viewer_by_token_hash(tx, token_hash))

    def _settle(self, viewer: Viewer | None) -> Viewer | None:
        # Known even if they may not see this page: the refusal too has a head with their name.
        self._viewer = viewer
        if self._route is not None:
            _check_policy(self._route.who, viewer, self.site)
            self._count(self._route, viewer)
        self._admitted = True
        return viewer

    def _count(self, route: Route, viewer: Viewer | None) -> None:
        if route.bucket is None or viewer is None:
            return
        limit = self.site.rate_limit(route.bucket)
        key = account_key(route.bucket, viewer.account_id)
        if not self.parts.limiter.take(key, limit.capacity, limit.interval_s, time.monotonic()):
            raise TooMany

    def _form_key(self) -> str:
        kept = self.asked.cookies.form_key or self._new_form_key
        if kept is None:
            kept = self._new_form_key = session.new_form_key()
        return kept


def _check_policy(who: Who, viewer: Viewer | None, site: Site) -> None:
    if viewer is None:
        if who is Who.ANYONE or (who is Who.PUBLIC and not site.private_instance):
            return
        raise NotSignedIn
    if who is Who.ADMIN and not viewer.is_admin:
        raise NotAllowed("not_an_admin")
    if who is Who.MODERATOR_ANYWHERE and not (viewer.is_admin or viewer.moderates):
        raise NotAllowed("not_a_mod_or_admin")
