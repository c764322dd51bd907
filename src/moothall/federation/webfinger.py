"""Finding the id of somebody by their handle, as RFC 7033 has it."""

from typing import Literal
from urllib.parse import quote

from .fetch import Fetcher, FetchFailed
from .reading.document import Document, is_id, many

Kind = Literal["Person", "Group"]

_TYPE = "https://www.w3.org/ns/activitystreams#type"
_JRD = "application/jrd+json, application/json"


async def find_actor(fetcher: Fetcher, name: str, host: str, kind: Kind | None) -> str:
    """The id of `name@host`; `kind` chooses where both are called so. Raises FetchFailed."""
    resource = quote(f"acct:{name}@{host}", safe=":@")
    found = await fetcher.json(
        f"https://{host}/.well-known/webfinger?resource={resource}", accept=_JRD
    )
    links = [link for link in many(found, "links") if _leads_to_actor(link)]
    if not links:
        raise FetchFailed(f"{host} knows nobody called {name}")
    fitting = [link for link in links if kind is None or _kind(link) in (kind, None)]
    # The last, as those do who put the community there.
    return str((fitting or links)[-1]["href"])


def _leads_to_actor(link: object) -> bool:
    if not isinstance(link, dict) or link.get("rel") != "self" or not is_id(link.get("href")):
        return False
    kind = link.get("type")
    return isinstance(kind, str) and kind.startswith("application/")


def _kind(link: Document) -> str | None:
    properties = link.get("properties")
    found = properties.get(_TYPE) if isinstance(properties, dict) else None
    return found if isinstance(found, str) else None
