"""Serving a table of routes: one ASGI application for a whole API version.

All paths of the API are constant, so a route is found by one look into a dictionary; the framework
sees a single mounted application. Per call: limit, decode, handler, encode; every error becomes an
answer here.
"""

import secrets
from collections.abc import Iterable
from typing import Any

from moothall.domain.errors import ForumError
from moothall.forum import Forum
from moothall.lib import access, page_cache
from moothall.lib.log import get_logger
from moothall.lib.request_body import Disconnected, TooLarge, discard, read_body

from .answer import PREFLIGHT, Answer, bug, empty, encode, refusal, send_answer
from .call import Call
from .client import Client, client_of
from .decode import MAX_BODY_BYTES, is_json, malformed
from .parts import Parts
from .route import Route

log = get_logger()


class Api:
    """Answers the calls of one table."""

    def __init__(
        self, routes: Iterable[Route], forum: Forum, parts: Parts, prefix: str = ""
    ) -> None:
        self._forum = forum
        self._prefix = prefix
        self._parts = parts
        self._paths: dict[str, dict[str, Route]] = {}
        for route in routes:
            self._add(route)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one HTTP request; `scope["path"]` is the path below the mount."""
        if scope["type"] != "http":
            await send({"type": "websocket.close"})
            return
        methods = self._paths.get(scope["path"].strip("/"))
        route = None if methods is None else methods.get(scope["method"])
        if route is None:
            await _send_unrouted(scope, send, methods)
            return
        access.name_route(scope, self._prefix + route.path)
        client = client_of(scope, self._parts.trusted_proxies)
        try:
            answer = await self._answer(route, client, scope, receive)
        except Disconnected:
            return
        may_share = client.token_hash is None and route.method == "GET"
        if may_share and answer.is_plain:
            page_cache.allow(scope)
        await send_answer(send, answer, may_share=may_share)

    def _add(self, route: Route) -> None:
        methods = self._paths.setdefault(route.path.strip("/"), {})
        if route.method in methods:
            raise ValueError(f"{route.method} {route.path} is declared twice")
        methods[route.method] = route

    async def _answer(self, route: Route, client: Client, scope: Any, receive: Any) -> Answer:
        call = None
        try:
            site = await self._forum.site()
            call = Call(self._forum, self._parts, route, site, client)
            call.count_address()
            request = await _request_of(route, scope, receive)
            result = await (
                route.handler(call, request) if route.has_request else route.handler(call)
            )
            # A handler that needed nothing from the forum is still only for whom it is meant.
            await call.admit()
            return result if type(result) is Answer else Answer(encode(result))
        except ForumError as error:
            if call is not None:
                call.forgive(error)
            return refusal(error)
        except Disconnected:
            raise
        except Exception:
            request_id = secrets.token_hex(8)
            log.exception("api_call_failed", route=route.name, request_id=request_id)
            return bug(request_id)


async def _request_of(route: Route, scope: Any, receive: Any) -> Any:
    if not route.has_request:
        return None
    if route.method == "GET":
        return route.read(scope["query_string"])
    return route.read(await read_json_body(scope, receive))


async def read_json_body(scope: Any, receive: Any) -> bytes:
    """Read a body of JSON; raises Invalid for another type or too much, Disconnected if cut off."""
    content_type = length = None
    for name, value in scope["headers"]:
        if name == b"content-type":
            content_type = value
        elif name == b"content-length":
            length = value
    if not is_json(content_type):
        await discard(receive, length)
        raise malformed("Content-Type must be application/json")
    if length is not None and (not length.isdigit() or int(length[:12]) > MAX_BODY_BYTES):
        await discard(receive, length)
        raise malformed("the body is too large")
    try:
        return await read_body(receive, MAX_BODY_BYTES)
    except TooLarge:
        raise malformed("the body is too large") from None


async def _send_unrouted(scope: Any, send: Any, methods: dict[str, Route] | None) -> None:
    if scope["method"] == "OPTIONS":
        await send({"type": "http.response.start", "status": 200, "headers": list(PREFLIGHT)})
        await send({"type": "http.response.body", "body": b""})
        return
    allow = (b"allow", ", ".join(methods or ()).encode())
    answer = empty(404) if methods is None else empty(405, allow)
    await send_answer(send, answer, may_share=False)
