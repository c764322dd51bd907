"""The door of one request: who asks, whether they may, how much of it, and then the forum.

Every face lets its requests in through here, so that none of them can forget what another checks.
What a handler does goes through `read`, `act` and their kin. The first of them finds out who asks
and checks the policy, inside the same transaction as the work itself.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import Concatenate, ParamSpec, TypeVar

from moothall.actions.session import note_session_use
from moothall.domain.account import Device
from moothall.domain.errors import ForumError, NotAllowed, NotSignedIn, TooMany
from moothall.domain.site import Home, Site
from moothall.domain.time import DAY
from moothall.domain.user import Doer, Viewer
from moothall.forum import Forum, Work
from moothall.lib.limiter import Limiter, NoLimiter, account_key, address_key
from moothall.lib.log import get_logger
from moothall.lib.media_tools import MediaTools
from moothall.lib.passwords import PasswordPool
from moothall.reads.user import viewer_by_token_hash
from moothall.storage.transaction import Transaction

_log = get_logger()
P = ParamSpec("P")
T = TypeVar("T")


class Policy(Enum):
    """Who may use a route at all; what depends on the object is decided by actions and reads."""

    ANYONE = "anyone, on private instances too"
    PUBLIC = "anyone, but on private instances only who is signed in"
    USER = "who is signed in"
    MODERATOR_ANYWHERE = "moderators of any community, and admins"
    ADMIN = "admins"


class Bucket(StrEnum):
    """Rate-limit buckets, named as in the site's settings and shared by all faces."""

    MESSAGE = "message"
    POST = "post"
    REGISTER = "register"
    IMAGE = "image"
    COMMENT = "comment"
    SEARCH = "search"
    IMPORT = "import_user_settings"


_FORGIVEN = (Bucket.POST, Bucket.COMMENT)


class PrivateInstance(NotAllowed):
    """Nobody is signed in, and the site shows this only to who is."""

    def __init__(self) -> None:
        super().__init__("instance_is_private")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What every face is given beside the forum.

    `trusted_proxies` counts the entries of X-Forwarded-For that our own proxies wrote;
    `sends_mail` says whether a mail server is set up. `look_up` fetches what an address or a
    handle means from other servers; None while we talk to none.
    """

    software_version: str
    passwords: PasswordPool = field(default_factory=PasswordPool)
    limiter: Limiter = field(default_factory=NoLimiter)
    trusted_proxies: int = 0
    sends_mail: bool = False
    media: MediaTools | None = None
    look_up: Callable[[str], Awaitable[bool]] | None = None

    def tools(self) -> MediaTools:
        """The tools for pictures; every server has them, only some tests go without."""
        if self.media is None:
            raise RuntimeError("there are no tools for pictures")
        return self.media


class Door:
    """What every face knows of a request, and its way to the forum."""

    __slots__ = (
        "_admitted",
        "_bucket",
        "_forum",
        "_policy",
        "_taken",
        "_token_hash",
        "_user_agent",
        "_viewer",
        "address",
        "parts",
        "site",
    )

    def __init__(
        self,
        forum: Forum,
        parts: Parts,
        site: Site,
        *,
        address: str,
        user_agent: str | None,
        token_hash: str | None,
    ) -> None:
        self._forum = forum
        self._user_agent = user_agent
        self._token_hash = token_hash
        self._policy = Policy.ANYONE
        self._bucket: Bucket | None = None
        self._taken: list[tuple[Bucket, bytes]] = []
        self._viewer: Viewer | None = None
        self._admitted = False
        self.parts = parts
        self.site = site
        self.address = address

    @property
    def home(self) -> Home:
        """Where this server lives."""
        return self._forum.home

    @property
    def device(self) -> Device:
        """From where somebody signs in, for the list of their sessions."""
        return Device(self.address or None, self._user_agent)

    @property
    def viewer(self) -> Viewer | None:
        """Who asks; None also while that is not known yet."""
        return self._viewer

    def need_viewer(self) -> Viewer:
        """Who asks, where there must be somebody. Raises NotSignedIn."""
        return _somebody(self.viewer)

    def enter(self, policy: Policy, bucket: Bucket | None) -> None:
        """Say what is asked for: who may, and what it counts as, from here on."""
        self._policy = policy
        self._bucket = bucket

    def count_address(self) -> None:
        """Count the request for its address, before any work is done for it. Raises TooMany."""
        if self._bucket is not None:
            self._count(self._bucket, address_key(self._bucket, self.address))

    def count_also(self, bucket: Bucket) -> None:
        """Count what comes with the request and is bounded by itself. Raises TooMany."""
        self._count(bucket, address_key(bucket, self.address))
        if self._viewer is not None:
            self._count(bucket, account_key(bucket, self._viewer.account_id))

    def count_work(self, name: str, capacity: int, interval_s: float) -> None:
        """Count work that not every such request costs, for its address. Raises TooMany."""
        key, limiter, now = address_key(name, self.address), self.parts.limiter, time.monotonic()
        if not limiter.take(key, capacity, interval_s, now):
            raise TooMany(wait_s=limiter.wait_s(key, capacity, interval_s, now))

    async def recognised(self) -> Viewer | None:
        """Who asks, where that matters before anything is decided; nothing is counted or refused."""
        if self._viewer is None and self._token_hash is not None:
            token_hash = self._token_hash
            self._viewer = await self._forum.read(lambda tx: viewer_by_token_hash(tx, token_hash))
        return self._viewer

    def forgive(self, error: ForumError) -> None:
        """Give back what a refused attempt took, if it is a text that was refused.

        Who mistypes a name or forgets a title has written nothing yet. Such attempts count as
        messages instead, of which there are many: so they stay bounded. What asks for a password
        or a captcha is never given back.
        """
        spent = [each for each in self._taken if each[0] in _FORGIVEN]
        if not spent or isinstance(error, TooMany) or not self._is_one_more_attempt():
            return
        for bucket, key in spent:
            limit = self.site.rate_limit(bucket)
            self.parts.limiter.give_back(key, limit.capacity, limit.interval_s, time.monotonic())

    async def admit(self) -> Viewer | None:
        """Find out who asks and check the policy, where that must come before other work."""
        if not self._admitted:
            if self._token_hash is None:
                self._settle(None)
            else:
                await self._read(self._admit)
        return self._viewer

    async def read(
        self, work: "Work[Concatenate[Viewer | None, P], T]", /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a bounded function of `reads`, as `work(tx, viewer, …)`."""

        def run(tx: Transaction) -> T:
            return work(tx, self._reader(tx), *args, **kwargs)

        return await self._read(run)

    async def read_long(
        self, work: "Work[Concatenate[Viewer | None, P], T]", /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`read` for what may take long (search, exports): runs away from the event loop."""

        def run(tx: Transaction) -> T:
            return work(tx, self._reader(tx), *args, **kwargs)

        value = await self._forum.read_long(run)
        await self._note_use()
        return value

    async def read_own(
        self, work: "Work[Concatenate[Viewer, P], T]", /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`read` for functions that need somebody signed in, as `work(tx, viewer, …)`."""

        def run(tx: Transaction) -> T:
            return work(tx, _somebody(self._reader(tx)), *args, **kwargs)

        return await self._read(run)

    async def _read(self, work: "Work[[], T]") -> T:
        value = await self._forum.read(work)
        await self._note_use()
        return value

    async def _note_use(self) -> None:
        """Keep a session that is used from being forgotten, by one write a day.

        Apart from what was asked for, so that a full disk does not end reading.
        """
        viewer = self._viewer
        if viewer is None or self._forum.clock() - viewer.session_used_at < DAY:
            return
        self._viewer = viewer._replace(session_used_at=self._forum.clock())
        try:
            await self._forum.act(note_session_use, viewer)
        except Exception:  # noqa: BLE001 — tried again with the next request
            _log.exception("session_use_not_noted")

    async def act(
        self, work: "Work[Concatenate[Doer, P], T]", /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a function of `actions`, as `work(tx, doer, …)`; returns when it is committed."""

        def run(tx: Transaction) -> T:
            return work(tx, _somebody(self._admit(tx)).doer, *args, **kwargs)

        value = await self._forum.act(run)
        await self._note_use()
        return value

    async def act_own(
        self, work: "Work[Concatenate[Viewer, P], T]", /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`act` for what concerns the account (settings, saves, blocks): `work(tx, viewer, …)`."""

        def run(tx: Transaction) -> T:
            return work(tx, _somebody(self._admit(tx)), *args, **kwargs)

        value = await self._forum.act(run)
        await self._note_use()
        return value

    async def act_openly(self, work: "Work[P, T]", /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run an action that needs nobody signed in (register, log in, a mailed link)."""

        def run(tx: Transaction) -> T:
            self._admit(tx)
            return work(tx, *args, **kwargs)

        return await self._forum.act(run)

    async def look_up(self, text: str) -> bool:
        """Fetch what is not known here from another server; whether it is here now.

        Only for somebody signed in: a stranger must not send us out.
        """
        fetch = self.parts.look_up
        if fetch is None or await self.admit() is None:
            return False
        return await fetch(text)

    def site_changed(self) -> None:
        """Forget the kept site row, so that the next request to this process sees the change."""
        self._forum.forget_site()

    def _reader(self, tx: Transaction) -> Viewer | None:
        """Who reads; a face that shows more beside every page looks it up here."""
        return self._admit(tx)

    def _admit(self, tx: Transaction) -> Viewer | None:
        if self._admitted:
            return self._viewer
        token_hash = self._token_hash
        return self._settle(None if token_hash is None else viewer_by_token_hash(tx, token_hash))

    def _settle(self, viewer: Viewer | None) -> Viewer | None:
        # Known even if they may not go on: a page that refuses greets them too.
        self._viewer = viewer
        _check_policy(self._policy, viewer, self.site)
        if self._bucket is not None and viewer is not None:
            self._count(self._bucket, account_key(self._bucket, viewer.account_id))
        self._admitted = True
        return viewer

    def _count(self, bucket: Bucket, key: bytes) -> None:
        limit = self.site.rate_limit(bucket)
        limiter, now = self.parts.limiter, time.monotonic()
        if not limiter.take(key, limit.capacity, limit.interval_s, now):
            raise TooMany(wait_s=limiter.wait_s(key, limit.capacity, limit.interval_s, now))
        self._taken.append((bucket, key))

    def _is_one_more_attempt(self) -> bool:
        """Whether the attempts at anything are still within the limit of messages."""
        limit = self.site.rate_limit(Bucket.MESSAGE)
        keys = [address_key(Bucket.MESSAGE, self.address)]
        if self._viewer is not None:
            keys.append(account_key(Bucket.MESSAGE, self._viewer.account_id))
        now = time.monotonic()
        return all(
            self.parts.limiter.take(key, limit.capacity, limit.interval_s, now) for key in keys
        )


def _somebody(viewer: Viewer | None) -> Viewer:
    if viewer is None:
        raise NotSignedIn
    return viewer


def _check_policy(policy: Policy, viewer: Viewer | None, site: Site) -> None:
    if viewer is None:
        if policy is Policy.ANYONE:
            return
        if policy is not Policy.PUBLIC:
            raise NotSignedIn
        if site.private_instance:
            raise PrivateInstance
    elif policy is Policy.ADMIN and not viewer.is_admin:
        raise NotAllowed("not_an_admin")
    elif policy is Policy.MODERATOR_ANYWHERE and not (viewer.is_admin or viewer.moderates):
        raise NotAllowed("not_a_mod_or_admin")
