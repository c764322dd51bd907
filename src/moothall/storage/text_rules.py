"""What the site allows in texts: read for every text that is stored, so nothing else is read."""

from sqlalchemy import select

from .connection import Connection
from .statements import Statement
from .tables import blocked_url, site

_SLUR_FILTER = Statement(select(site.c.slur_filter_regex).where(site.c.id == 1))
_BLOCKED_URLS = Statement(select(blocked_url.c.url))


def slur_filter(conn: Connection) -> str | None:
    """The pattern of words that nobody may write, None where there is none."""
    found: str | None = conn.value(_SLUR_FILTER)
    return found or None


def blocked_urls(conn: Connection) -> list[str]:
    """Addresses that nobody may link to, without their scheme."""
    return [url for (url,) in conn.all(_BLOCKED_URLS)]
