"""NodeInfo: what other servers and directories ask about this one.

https://nodeinfo.diaspora.software/protocol and schemas 2.0 and 2.1, which differ by nothing that we
say. Some apps read it first and refuse a
server whose software is not `lemmy`: `as_lemmy` presents us under that name, with the version of
the client contract.
"""

from typing import Any

from moothall.domain.site import RegistrationMode, Site
from moothall.forum import Forum

from .answer import Answer, empty, json_answer
from .parts import API_VERSION, Parts

PATH = "/nodeinfo/2.1"
PATH_2_0 = "/nodeinfo/2.0"
# Where older clients look; answered by a redirect, as the Lemmy API does.
OLD_PATHS = ("/version", "/nodeinfo/2.0.json", "/nodeinfo/2.1.json")
_SCHEMA = "http://nodeinfo.diaspora.software/ns/schema/{}"


class NodeInfo:
    """The documents of this server."""

    def __init__(self, forum: Forum, parts: Parts) -> None:
        self._forum = forum
        self._parts = parts

    async def well_known(self) -> Answer:
        """Where the documents are. The newest comes first, because some look no further."""
        base = self._forum.home.base_url
        links = [
            {"rel": _SCHEMA.format(version), "href": base + path}
            for version, path in (("2.1", PATH), ("2.0", PATH_2_0))
        ]
        return json_answer({"links": links}, {"Cache-Control": "public, max-age=259200"})

    async def document(self) -> Answer:
        """The document itself."""
        return await self._document("2.1")

    async def document_2_0(self) -> Answer:
        """The same for those who know the older schema."""
        return await self._document("2.0")

    async def _document(self, version: str) -> Answer:
        site = await self._forum.site()
        answer = json_answer(
            nodeinfo(site, self._software(), version), {"Cache-Control": "public, max-age=3600"}
        )
        kind = f'application/json; profile="{_SCHEMA.format(version)}#"'
        return answer._replace(headers=((b"content-type", kind.encode()), *answer.headers[1:]))

    async def moved(self) -> Answer:
        """From an old address to the document."""
        return empty(307, (b"location", PATH.encode()))

    def _software(self) -> dict[str, str]:
        if self._parts.nodeinfo_as_lemmy:
            return {"name": "lemmy", "version": API_VERSION}
        return {"name": "moothall", "version": self._parts.software_version}


def nodeinfo(site: Site, software: dict[str, str], version: str) -> dict[str, Any]:
    """The document of a schema."""
    return {
        "version": version,
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
