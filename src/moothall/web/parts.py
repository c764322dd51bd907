"""What the HTML face is given beside the forum."""

from dataclasses import dataclass, field
from typing import Protocol

from moothall.domain.site import Site
from moothall.forum import Forum
from moothall.lib.limiter import Limiter, NoLimiter
from moothall.lib.passwords import PasswordPool


class SiteSource(Protocol):
    """The site's row, kept for a moment; one for all faces, so that a change shows on each."""

    async def get(self, forum: Forum) -> Site:
        """The row, hardly older than a second."""
        ...

    def forget(self) -> None:
        """Read it again at the next call."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """Means and settings of the face.

    `secure_cookies` is true where browsers reach us by https. `trusted_proxies` counts the
    entries of X-Forwarded-For that our own proxies wrote.
    """

    passwords: PasswordPool
    site: SiteSource
    software_version: str
    secure_cookies: bool
    limiter: Limiter = field(default_factory=NoLimiter)
    trusted_proxies: int = 0
