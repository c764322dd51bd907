"""The one client for everything that leaves: link previews, remote pictures, other servers.

An address may come from anybody, so each request is guarded, and the guard stands where the
connection is made: a name is resolved once, every address it has must be public, and the
connection goes to the address that was checked, not to the name again. A redirect is a new request
with the same guard. Bytes and total time are bounded, for what arrives compressed after unpacking.

    async with HttpClient(rules, user_agent) as client:
        answer = await client.get("https://example.org/", limits=Limits(max_bytes=100_000))

A client belongs to the event loop that first uses it.
"""

import asyncio
import re
import ssl
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self
from urllib.parse import quote, urljoin, urlsplit

from .http_errors import BadAnswer, HttpError, Refused, TooLarge, Unreachable

if TYPE_CHECKING:
    from .http_connections import Connections, Incoming, Target

__all__ = [
    "Answer",
    "BadAnswer",
    "HttpClient",
    "HttpError",
    "Limits",
    "Refused",
    "Resolve",
    "Rules",
    "Streamed",
    "TooLarge",
    "Unreachable",
]

MAX_URL_CHARS = 4096
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PORTS = {"http": 80, "https": 443}
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
# A name that ends in a number is an IPv4 address to some resolvers, in whatever notation.
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_SAFE = "!$%&'()*+,-./:;=?@_~[]|"

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""The addresses of a host, the preferred one first. Raises OSError where there are none."""


class Limits(NamedTuple):
    """Bounds of one exchange, its redirects included."""

    max_bytes: int
    total_s: float = 10.0
    redirects: int = 0


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator allows.

    `allow_private_addresses` also permits http, ports, addresses as hosts and single-label names.
    `static_hosts` maps `host[:port]` to `http[s]://address[:port]`, where that host really is;
    the operator wrote it, so it may be private. The Host header and the name that a certificate
    must have stay those of the host.
    """

    allow_private_addresses: bool = False
    static_hosts: Mapping[str, str] = field(default_factory=dict)


class Answer(NamedTuple):
    """A whole answer. `url` is where it came from in the end; names of headers are lower case."""

    status: int
    headers: Mapping[str, str]
    url: str
    body: bytes


class Streamed:
    """An answer whose body is still coming."""

    def __init__(self, incoming: "Incoming", url: str, max_bytes: int) -> None:
        self.status: int = incoming.status
        self.headers: Mapping[str, str] = incoming.headers
        self.url = url
        self._incoming = incoming
        self._max_bytes = max_bytes

    @property
    def content_type(self) -> str:
        """The type without its parameters, in lower case; empty where none is given."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body, unpacked. Raises TooLarge as soon as there is too much, BadAnswer."""
        length = self.headers.get("content-length", "")
        if length.isascii() and length.isdigit() and int(length[:19]) > self._max_bytes:
            raise TooLarge(self.url)
        given = 0
        async for chunk in self._unpacked():
            given += len(chunk)
            if given > self._max_bytes:
                raise TooLarge(self.url)
            yield chunk

    async def read(self) -> bytes:
        """The whole body; raises as `chunks` does."""
        return b"".join([chunk async for chunk in self.chunks()])

    async def read_start(self) -> bytes:
        """The body's first bytes, as many as the limit allows; the rest is never fetched."""
        start = bytearray()
        with suppress(TooLarge):
            async for chunk in self._unpacked():
                start += chunk
                if len(start) >= self._max_bytes:
                    break
        return bytes(start[: self._max_bytes])

    async def _unpacked(self) -> AsyncIterator[bytes]:
        unpack, check_end = _unpacking(self.headers.get("content-encoding", ""), self._max_bytes)
        received = 0
        async for packed in self._incoming.chunks():
            received += len(packed)
            yield unpack(packed)
            if received > self._max_bytes:
                raise TooLarge(self.url)
        if received:
            check_end()


class HttpClient:
    """Asks other servers. `ssl_context` and `resolve` are the system's unless a test brings one."""

    def __init__(
        self,
        rules: Rules,
        user_agent: str,
        *,
        ssl_context: ssl.SSLContext | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        self._rules = rules
        self._user_agent = user_agent
        self._ssl_context = ssl_context
        self._resolve = resolve
        # Those to static hosts have a pool of their own, whose network checks nothing.
        self._pools: dict[bool, Connections] = {}

    @property
    def permits_http(self) -> bool:
        """Whether anything but https is asked at all."""
        return self._rules.allow_private_addresses

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close every connection; the next request opens new ones."""
        pools, self._pools = self._pools, {}
        for pool in pools.values():
            await pool.aclose()

    async def get(
        self, url: str, *, limits: Limits, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Ask for a document and read it whole. Raises HttpError."""
        return await self.request("GET", url, limits=limits, headers=headers)

    async def request(
        self,
        method: str,
        url: str,
        *,
        limits: Limits,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        """Send a request and read the answer whole. Raises HttpError."""
        async with self.stream(method, url, limits=limits, headers=headers, body=body) as answer:
            return Answer(answer.status, answer.headers, answer.url, await answer.read())

    @asynccontextmanager
    async def stream(
        self,
        method: str,
        url: str,
        *,
        limits: Limits,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> AsyncIterator[Streamed]:
        """Send a request; its answer is read inside of the `async with`. Raises HttpError.

        Redirects are followed as far as the limits say, and only for GET; one that may not be
        followed is the answer. The time runs until the block is left.
        """
        try:
            async with asyncio.timeout(limits.total_s):
                incoming, final_url = await self._send(method, url, headers or {}, body, limits)
                try:
                    yield Streamed(incoming, final_url, limits.max_bytes)
                finally:
                    await incoming.aclose()
        except TimeoutError:
            raise Unreachable(f"no whole answer in {limits.total_s} s") from None

    async def _send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, limits: Limits
    ) -> "tuple[Incoming, str]":
        left = limits.redirects if method == "GET" else 0
        while True:
            target = _target(url, self._rules)
            incoming = await self._send_once(method, target, headers, body)
            location = incoming.headers.get("location")
            if incoming.status not in _REDIRECTS or location is None or left <= 0:
                return incoming, url
            left -= 1
            await incoming.aclose()
            url = _joined(url, location)

    async def _send_once(
        self, method: str, target: "Target", headers: Mapping[str, str], body: bytes
    ) -> "Incoming":
        sent = {
            "host": target.authority,
            "user-agent": self._user_agent,
            "accept": "*/*",
            "accept-encoding": "gzip",
            **{name.lower(): value for name, value in headers.items()},
        }
        if body or method not in ("GET", "HEAD"):
            sent["content-length"] = str(len(body))
        pool = self._pool(is_static=target.is_static)
        return await pool.send(method, target, sent, body)

    def _pool(self, *, is_static: bool) -> "Connections":
        pool = self._pools.get(is_static)
        if pool is None:
            from .http_connections import Connections

            only_public = not (is_static or self._rules.allow_private_addresses)
            pool = self._pools[is_static] = Connections(
                self._ssl_context, self._resolve, only_public=only_public
            )
        return pool


def _target(url: str, rules: Rules) -> "Target":
    from .http_connections import Target

    scheme, name, port, path = _parts(url)
    usual = port == _PORTS[scheme]
    shown = f"[{name}]" if ":" in name else name
    authority = shown if usual else f"{shown}:{port}"
    base = rules.static_hosts.get(authority)
    if base is not None:
        real = urlsplit(base)
        end = real.port or _PORTS[real.scheme]
        return Target(real.scheme, real.hostname or "", end, name, authority, path, is_static=True)
    if not rules.allow_private_addresses:
        if scheme != "https" or not usual:
            raise Refused("only https on its usual port")
        if "." not in name or _NUMBER.fullmatch(name.rpartition(".")[2]):
            raise Refused(f"{name} is no name on the public internet")
    return Target(scheme, name, port, name, authority, path)


def _parts(url: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and path with the query; the fragment never leaves. Raises Refused."""
    if len(url) > MAX_URL_CHARS or not url.isprintable() or " " in url or "\\" in url:
        raise Refused("not an address")
    try:
        split = urlsplit(url)
        port = split.port
    except ValueError:
        raise Refused("not an address") from None
    if split.scheme not in _PORTS or "@" in split.netloc or not split.hostname:
        raise Refused("not an address on the web, or one with a name and password")
    if port == 0:
        raise Refused("there is no port 0")
    path = quote(split.path or "/", safe=_SAFE)
    query = f"?{quote(split.query, safe=_SAFE)}" if split.query else ""
    name = _host(split.hostname)
    return split.scheme, name, port or _PORTS[split.scheme], path + query


def _host(host: str) -> str:
    if ":" in host:
        if "%" in host:
            raise Refused("an address with a zone")
        return host.lower()
    if not host.isascii():
        import idna  # most hosts are ASCII

        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except idna.IDNAError:
            raise Refused(f"{host} is no host name") from None
    name = host.lower().removesuffix(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise Refused(f"{name} is no host name")
    return name


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise Refused("the redirect leads to no address") from None


def _unpacking(
    encoding: str, max_bytes: int
) -> tuple[Callable[[bytes], bytes], Callable[[], None]]:
    """How to unpack chunks of a body, and what to call after the last.

    Never makes more than `max_bytes` + 1 of one. Both raise BadAnswer.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return (lambda chunk: chunk), (lambda: None)
    if encoding not in ("gzip", "x-gzip"):
        raise BadAnswer(f"packed as {encoding!r}, which we did not ask for")
    unpacker = zlib.decompressobj(wbits=31)

    def unpack(chunk: bytes) -> bytes:
        try:
            return unpacker.decompress(chunk, max_bytes + 1)
        except zlib.error as error:
            raise BadAnswer(str(error)) from error

    def check_end() -> None:
        if not unpacker.eof or unpacker.unused_data:
            raise BadAnswer("its packed body is cut off, or goes on after its end")

    return unpack, check_end
