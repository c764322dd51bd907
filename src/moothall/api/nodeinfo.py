"""NodeInfo: what other servers and directories ask about this one.

https://nodeinfo.diaspora.software/protocol and schema 2.1. Some apps read it first and refuse a
server whose software is not `lemmy`: `as_lemmy` presents us under that name, with the version of
the client contract.
"""

from typing import Any

from moothall.domain.site import RegistrationMode, Site
from moothall.forum import Forum

from .answer import Answer, empty, json_answer
from .parts import API_VERSION, Parts

PATH = "/nodeinfo/2.1"
# Where older clients look; answered by a redirect, as the Lemmy API does.
OLD_PATHS = ("/version", "/nodeinfo/2.0.json", "/nodeinfo/2.1.json")
_SCHEMA = "http://nodeinfo.diaspora.software/ns/schema/2.1"


class NodeInfo:
    """The documents of this server."""

    def __init__(self, forum: Forum, parts: Parts) -> None:
        self._forum = forum
        self._parts = parts

    async def well_known(self) -> Answer:
        """Where the document is."""
        href = self._forum.home.base_url + PATH
        return json_answer(
            {"links": [{"rel": _SCHEMA, "href": href}]},
            {"Cache-Control": "public, max-age=259200"},
        )

    async def document(self) -> Answer:
        """The document itself."""
        site = await self._forum.site()
        answer = json_answer(
            nodeinfo(site, self._software()), {"Cache-Control": "public, max-age=3600"}
        )
        kind = f'application/json; profile="{_SCHEMA}#"'
        return answer._replace(headers=((b"content-type", kind.encode()), *answer.headers[1:]))

    async def moved(self) -> Answer:
        """From an old address to the document."""
        return empty(307, (b"location", PATH.encode()))

    def _software(self) -> dict[str, str]:
        if self._parts.nodeinfo_as_lemmy:
            return {"name": "lemmy", "version": API_VERSION}
        return {"name": "moothall", "version": self._parts.software_version}


def nodeinfo(site: Site, software: dict[str, str]) -> dict[str, Any]:
    """The document of schema 2.1."""
    return {
        "version": "2.1",
        "software": software,
        "protocols": ["activitypub"] if site.federation_enabled else [],
        "usage": {
            "users": {
                "total": site.users,
                "activeHalfyear": site.users_active_half_year,
                "activeMonth": site.users_active_month,
            },
            "localPosts": site.posts,
            "localComments": site.comments,
        },
        "openRegistrations": site.registration_mode != RegistrationMode.CLOSED,
        "services": {"inbound": [], "outbound": []},
        "metadata": {},
    }
