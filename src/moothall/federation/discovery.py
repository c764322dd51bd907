"""How other servers find whom a handle names: WebFinger (RFC 7033) and host-meta (RFC 6415).

A name may be a person's and a community's at once: one answer then has both, the community last,
because others take the last link of its kind.
"""

from typing import Any, NamedTuple
from urllib.parse import parse_qs
from xml.etree import ElementTree as ET

import msgspec

from moothall.domain.actor import Gone
from moothall.domain.address import own_address
from moothall.domain.errors import NotFound
from moothall.domain.federation import is_open
from moothall.domain.site import Home
from moothall.forum import Forum
from moothall.lib import access, page_cache
from moothall.lib.log import get_logger
from moothall.reads import actor as reads

from .answer import Answer, refusal, send_answer
from .shapes.base import CONTENT_TYPE

log = get_logger()

WEBFINGER = "/.well-known/webfinger"
HOST_META = "/.well-known/host-meta"
_TYPE = "https://www.w3.org/ns/activitystreams#type"
_PROFILE_PAGE = "http://webfinger.net/rel/profile-page"
_SUBSCRIBE = "http://ostatus.org/schema/1.0/subscribe"
_XRD = "http://docs.oasis-open.org/ns/xri/xrd-1.0"
# Three days: whom a name belongs to does not change; an hour where a new name may come.
_KEEP = (b"cache-control", b"public, max-age=259200")
_KEEP_SHORT = (b"cache-control", b"public, max-age=3600")
_MAX_RESOURCE = 2_000


class Asked(NamedTuple):
    """What a resource names: a person ("u"), a community ("c"), either (None), or the site."""

    kind: str | None
    name: str


class Discovery:
    """Wraps the other faces: answers the two addresses, and passes on everything else."""

    def __init__(self, app: Any, forum: Forum) -> None:
        self._app = app
        self._forum = forum
        self._home = forum.home

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        is_asked = scope["type"] == "http" and scope["path"] in (WEBFINGER, HOST_META)
        if not is_asked or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        access.name_route(scope, scope["path"])
        answer = await self._answer(scope)
        if answer.status == 200:
            page_cache.allow(scope)
        await send_answer(send, answer, with_body=scope["method"] == "GET")

    async def _answer(self, scope: Any) -> Answer:
        try:
            if not is_open(await self._forum.site()):
                return refusal(404, "federation_disabled")
            if scope["path"] == HOST_META:
                return _host_meta(self._home)
            return await self._webfinger(scope["query_string"])
        except Exception:
            log.exception("discovery_failed")
            return refusal(500, "unknown")

    async def _webfinger(self, query: bytes) -> Answer:
        resource = _resource(query)
        if resource is None:
            return refusal(400, "unknown")
        asked = asked_for(resource, self._home)
        links = [] if asked is None else await self._links(asked)
        if not links:
            return refusal(404, "couldnt_find_object")
        aliases = [link["href"] for link in links if link["rel"] == "self"]
        body = {"subject": resource, "aliases": aliases, "links": links}
        kind = (b"content-type", b"application/jrd+json")
        return Answer(200, (kind, _KEEP), msgspec.json.encode(body))

    async def _links(self, asked: Asked) -> list[dict[str, Any]]:
        links: list[dict[str, Any]] = []
        if asked.kind is None and asked.name.lower() == self._home.domain.lower():
            return _links_of(f"{self._home.base_url}/", "Application")
        person = None if asked.kind == "c" else await self._person_url(asked.name)
        if person is not None:
            links += _links_of(person, "Person")
            template = f"{self._home.base_url}/search?q={{uri}}"
            links.append({"rel": _SUBSCRIBE, "template": template})
        group = None if asked.kind == "u" else await self._group_url(asked.name)
        if group is not None:
            links += _links_of(group, "Group")
        return links

    async def _person_url(self, name: str) -> str | None:
        try:
            found = await self._forum.read(reads.get_person_actor, name)
        except NotFound:
            return None
        if isinstance(found, Gone):
            return None
        return self._home.person_url(found.view.person.name)

    async def _group_url(self, name: str) -> str | None:
        try:
            found = await self._forum.read(reads.get_group_actor, name)
        except NotFound:
            return None
        if isinstance(found, Gone):
            return None
        return self._home.community_url(found.team.view.community.name)


def asked_for(resource: str, home: Home) -> Asked | None:
    """What a resource names here: `acct:name@host`, `@name@host`, `!name@host`, or an address."""
    if resource.rstrip("/") == home.base_url:
        return Asked(None, home.domain)
    if "://" in resource:
        own = own_address(home, resource)
        return None if own is None or own.kind not in ("u", "c") else Asked(own.kind, own.name)
    handle = resource.removeprefix("acct:")
    kind = {"@": "u", "!": "c"}.get(handle[:1])
    name, _, host = handle.lstrip("@!").partition("@")
    return Asked(kind, name) if name and host.lower() == home.domain.lower() else None


def _resource(query: bytes) -> str | None:
    """The one resource that is asked for; None where that is none."""
    try:
        found = parse_qs(query.decode("ascii"), max_num_fields=16).get("resource", [])
    except ValueError:
        return None
    if len(found) != 1 or len(found[0]) > _MAX_RESOURCE or "\0" in found[0]:
        return None
    is_handle = "://" in found[0] or "@" in found[0]
    return found[0] if is_handle else None


def _links_of(url: str, kind: str) -> list[dict[str, Any]]:
    document = CONTENT_TYPE.decode().partition(";")[0]
    own = {"rel": "self", "type": document, "href": url, "properties": {_TYPE: kind}}
    return [{"rel": _PROFILE_PAGE, "type": "text/html", "href": url}, own]


def _host_meta(home: Home) -> Answer:
    root = ET.Element("XRD", {"xmlns": _XRD})
    template = f"{home.base_url}{WEBFINGER}?resource={{uri}}"
    attributes = {"rel": "lrdd", "type": "application/jrd+json", "template": template}
    ET.SubElement(root, "Link", attributes)
    body = bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
    kind = (b"content-type", b"application/xrd+xml; charset=utf-8")
    return Answer(200, (kind, _KEEP_SHORT), body)
