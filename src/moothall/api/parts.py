"""What the JSON face is given beside the forum."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from moothall.domain.site import Site
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.lib.limiter import Limiter, NoLimiter
from moothall.lib.passwords import PasswordPool

# The version of the client contract that we keep; clients choose their dialect by it.
API_VERSION = "0.19.20"
_SITE_SECONDS = 1.0


class SiteCache:
    """The site's row, read again at most once a second in each process."""

    def __init__(self, load: Callable[[Any], Site]) -> None:
        self._load = load
        self._site: Site | None = None
        self._until = 0.0

    async def get(self, forum: Forum) -> Site:
        """The row, at most a second old."""
        now = time.monotonic()
        site = self._site
        if site is None or now >= self._until:
            site = await forum.read(self._load)
            self._site = site
            self._until = now + _SITE_SECONDS
        return site

    def forget(self) -> None:
        """Read it again at the next call."""
        self._site = None


@dataclass(frozen=True, slots=True)
class Parts:
    """Means and settings of the face.

    `find_viewer(tx, token_hash)` finds whose token it is; None for a token that is not valid, or
    whose owner is banned or deleted. `load_site(tx)` reads the site's row.
    """

    find_viewer: Callable[[Any, str], Viewer | None]
    load_site: Callable[[Any], Site]
    software_version: str
    passwords: PasswordPool = field(default_factory=PasswordPool)
    limiter: Limiter = field(default_factory=NoLimiter)
    trusted_proxies: int = 0
    nodeinfo_as_lemmy: bool = False
    site_cache: SiteCache = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "site_cache", SiteCache(self.load_site))
