"""Connections to other servers: every address is checked here, at the moment it is connected to.

Only for `http_client`, which imports it with its first request: httpcore takes its time to load.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpcore

from .http_errors import Refused, Unreachable
from .public_addresses import is_public

_CONNECTIONS = 200
_KEPT_OPEN = 50
_KEPT_OPEN_S = 30.0

Resolve = Callable[[str, int], Awaitable[list[str]]]


class Target(NamedTuple):
    """Where a request goes: the connection's end, and the names that it is sent under."""

    scheme: str
    host: str
    port: int
    name: str
    authority: str
    path: str
    is_static: bool = False


class Incoming:
    """An answer whose head is here. Names of headers are lower case, repeated ones joined."""

    def __init__(self, response: httpcore.Response) -> None:
        self.status: int = response.status
        self.headers = _joined(response)
        self._response = response

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body as it comes. Raises Unreachable."""
        with _as_ours():
            async for chunk in self._response.aiter_stream():
                yield chunk

    async def aclose(self) -> None:
        """Let the connection go, or close it if not all was read."""
        await self._response.aclose()


class Connections:
    """A pool; `only_public` says whether each address must be."""

    def __init__(
        self, ssl_context: ssl.SSLContext | None, resolve: Resolve | None, *, only_public: bool
    ) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl_context or ssl.create_default_context(),
            max_connections=_CONNECTIONS,
            max_keepalive_connections=_KEPT_OPEN,
            keepalive_expiry=_KEPT_OPEN_S,
            network_backend=_Network(resolve or resolve_by_system, only_public=only_public),
        )

    async def send(
        self, method: str, target: Target, headers: Mapping[str, str], body: bytes
    ) -> Incoming:
        """Send a request. Raises Refused for where it may not go, Unreachable."""
        url = httpcore.URL(
            scheme=target.scheme, host=target.host, port=target.port, target=target.path
        )
        request = httpcore.Request(
            method,
            url,
            headers=[(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
            content=body,
            extensions={"sni_hostname": target.name},
        )
        with _as_ours():
            return Incoming(await self._pool.handle_async_request(request))

    async def aclose(self) -> None:
        """Close every connection."""
        await self._pool.aclose()


async def resolve_by_system(host: str, port: int) -> list[str]:
    """Ask the system's resolver."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class _Network(httpcore.AsyncNetworkBackend):
    """Opens connections, and is the only one to do so."""

    def __init__(self, resolve: Resolve, *, only_public: bool) -> None:
        self._resolve = resolve
        self._only_public = only_public
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 — the interface of httpcore
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in await self._checked_addresses(host, port):
            try:
                return await self._network.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109, ARG002 — as above
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        raise Refused(f"{path} is no address on the web")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _checked_addresses(self, host: str, port: int) -> list[str]:
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} cannot be resolved: {error}") from error
        # One that leads inside is enough: nobody honest mixes them.
        for address in addresses:
            if self._only_public and not is_public(address):
                raise Refused(f"{host} leads to {address}, which is not public")
        return addresses


@contextmanager
def _as_ours() -> Iterator[None]:
    try:
        yield
    except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
        raise Unreachable(f"{type(error).__name__}: {error}") from error


def _joined(response: httpcore.Response) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in response.headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return headers
