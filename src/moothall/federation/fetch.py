"""Fetching documents of other servers: signed, checked, and not twice where once is enough.

Every request goes through the one guarded client. A document is believed when its id is the address
where it was found; so nobody can serve, under their own address, what belongs to somebody else.
"""

import time
from collections import OrderedDict
from http import HTTPStatus
from urllib.parse import urljoin

from moothall.domain.federation import is_open, may_talk_to
from moothall.forum import Forum
from moothall.lib import urls
from moothall.lib.http_client import Answer, HttpClient, Limits
from moothall.lib.http_errors import HttpError
from moothall.lib.http_signatures import Request, Scheme, SigningKey, sign
from moothall.lib.once import Failures, Together
from moothall.reads.actor import list_rules

from .keys import Keys
from .reading.document import MAX_BYTES, Document, Unreadable, is_id, own_id, parse
from .shapes.actor import site_id
from .shapes.base import key_id

_ACCEPT = 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
_TYPES = ("application/activity+json", "application/ld+json")
_LIMITS = Limits(max_bytes=MAX_BYTES, total_s=10.0)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_REFUSED = frozenset({400, 401, 403})
_MAX_REMEMBERED = 1_000


class FetchFailed(Exception):
    """The document cannot be had; the text says why."""


class IsGone(FetchFailed):
    """Its server says that it was there and is no longer."""


class Fetcher:
    """Asks other servers in the name of this one."""

    def __init__(self, forum: Forum, client: HttpClient, keys: Keys) -> None:
        self._forum = forum
        self._client = client
        self._keys = keys
        self._together = Together[Document]()
        self._failures = Failures()
        # Which form of signature a host took last.
        self._schemes: OrderedDict[str, Scheme] = OrderedDict()

    async def document(self, url: str) -> Document:
        """The document with this id, as its own server tells it. Raises FetchFailed.

        Who asks for what is being fetched already waits for the same answer.
        """
        url = url.partition("#")[0]
        if url in self._failures:
            raise FetchFailed(f"{url} failed a moment ago")
        try:
            return await self._together.run(url, lambda: self._document(url))
        except FetchFailed:
            self._failures.add(url)
            raise

    async def json(self, url: str, accept: str) -> Document:
        """Another document, unsigned (WebFinger, NodeInfo), after one redirect at most."""
        await self._check_host(url)
        try:
            answer = await self._client.get(
                url, limits=_LIMITS._replace(redirects=1), headers={"accept": accept}
            )
            if answer.status != HTTPStatus.OK:
                raise FetchFailed(f"{url} answers {answer.status}")
            return parse(answer.body)
        except (HttpError, Unreadable) as error:
            raise FetchFailed(str(error)) from error

    async def _document(self, url: str) -> Document:
        found, at = await self._get(url)
        if own_id(found) == at:
            return found
        # It may be known under several addresses; its own must lead to itself.
        if not urls.same_host(own_id(found), at):
            raise FetchFailed(f"{at} is not the address of {own_id(found)}")
        again, at = await self._get(own_id(found))
        if own_id(again) != at:
            raise FetchFailed(f"{at} is not the address of {own_id(again)}")
        return again

    async def _get(self, url: str) -> tuple[Document, str]:
        """A document and where it was found in the end."""
        try:
            answer = await self._signed(url)
            if answer.status in _REDIRECTS:
                url = urljoin(url, answer.headers.get("location", ""))
                answer = await self._signed(url)
            _check(answer, url)
            found = parse(answer.body)
            own_id(found)
        except (HttpError, Unreadable, ValueError) as error:
            raise FetchFailed(f"{url}: {error}") from error
        return found, url

    async def _signed(self, url: str) -> Answer:
        await self._check_host(url)
        host = urls.authority_of(url)
        first = self._schemes.get(host, Scheme.DRAFT)
        answer = await self._send(url, first)
        if answer.status not in _REFUSED:
            return answer
        second = Scheme.RFC9421 if first is Scheme.DRAFT else Scheme.DRAFT
        again = await self._send(url, second)
        if again.status in _REFUSED:
            return answer
        self._schemes[host] = second
        while len(self._schemes) > _MAX_REMEMBERED:
            self._schemes.popitem(last=False)
        return again

    async def _send(self, url: str, scheme: Scheme) -> Answer:
        pair = await self._keys.of("site", 1)
        key = SigningKey(key_id(site_id(self._forum.home)), pair.private_pem)
        headers = {"accept": _ACCEPT}
        signed = sign(Request("GET", url, headers), key, time.time(), scheme)
        return await self._client.get(url, limits=_LIMITS, headers={**headers, **signed})

    async def _check_host(self, url: str) -> None:
        if not is_open(await self._forum.site()):
            raise FetchFailed("this site talks to nobody")
        host = urls.host_of(url)
        if not is_id(url) or urls.authority_of(url) == self._forum.home.domain.lower():
            raise FetchFailed(f"{url} is no address of another server")
        rules = await self._forum.read(list_rules)
        if not may_talk_to(host, rules):
            raise FetchFailed(f"{host} is blocked here")


def _check(answer: Answer, url: str) -> None:
    if answer.status == HTTPStatus.GONE:
        raise IsGone(f"{url} is gone")
    if answer.status != HTTPStatus.OK:
        raise FetchFailed(f"{url} answers {answer.status}")
    kind, *parameters = (part.strip() for part in answer.headers.get("content-type", "").split(";"))
    if kind.lower() not in _TYPES:
        # So that an upload never passes for a document.
        raise FetchFailed(f"{url} is {kind or 'of no type'}, no ActivityPub document")
    if kind.lower() == _TYPES[1] and not any("activitystreams" in each for each in parameters):
        raise FetchFailed(f"{url} is linked data, but no ActivityPub document")
