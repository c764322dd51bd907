"""The JSON face as handlers for the framework."""

from collections.abc import Awaitable, Callable, Iterable
from functools import cache
from typing import Any

from litestar.handlers import ASGIRouteHandler, asgi
from litestar.types import Receive, Scope, Send

from moothall.forum import Forum
from moothall.lib.access import name_route

from . import nodeinfo, openapi, pictures, v3
from .answer import Answer, empty, encode, send_answer
from .health import Health
from .parts import Parts
from .route import Route
from .serve import Api

_ALIVE, _READY = "/healthz", "/readyz"
HEALTH_PATHS = frozenset({_ALIVE, _READY})
"""Asked by machines that want to know about this very moment."""


def build(forum: Forum, parts: Parts) -> list[ASGIRouteHandler]:
    """Every handler of this face; starting fails here if a route is not declared rightly."""
    info, health = nodeinfo.NodeInfo(forum, parts), Health(forum)
    return [
        mounted(v3.PREFIX, v3.all_routes(), forum, parts),
        pictures.mounted(forum, parts),
        document(openapi.PATH, _openapi),
        document("/.well-known/nodeinfo", info.well_known),
        document(nodeinfo.PATH, info.document),
        document(nodeinfo.PATH_2_0, info.document_2_0),
        *(document(path, info.moved) for path in nodeinfo.OLD_PATHS),
        document(_ALIVE, health.alive),
        document(_READY, health.ready),
    ]


async def _openapi() -> Answer:
    return Answer(_openapi_bytes())


@cache
def _openapi_bytes() -> bytes:
    return encode(openapi.openapi(v3.all_routes(), v3.PREFIX))


def mounted(prefix: str, routes: Iterable[Route], forum: Forum, parts: Parts) -> ASGIRouteHandler:
    """A whole table of routes below one prefix."""
    api = Api(routes, forum, parts, prefix)

    # The scope is ours from here on, so it need not be copied for each call.
    @asgi(prefix, is_mount=True, copy_scope=False)
    async def serve_api(scope: Scope, receive: Receive, send: Send) -> None:
        await api(scope, receive, send)

    return serve_api


def document(path: str, answer: Callable[[], Awaitable[Answer]]) -> ASGIRouteHandler:
    """A fixed address that answers everybody alike."""

    @asgi(path, copy_scope=False)
    async def serve_document(
        scope: Scope,
        receive: Receive,  # noqa: ARG001 — the framework passes it by name
        send: Send,
    ) -> None:
        name_route(scope, path)
        await _send_document(answer, scope, send)

    return serve_document


async def _send_document(answer: Callable[[], Awaitable[Answer]], scope: Any, send: Any) -> None:
    if scope["type"] != "http":
        await send({"type": "websocket.close"})
    elif scope["method"] == "GET":
        await send_answer(send, await answer(), may_share=True)
    else:
        await send_answer(send, empty(405, (b"allow", b"GET")), may_share=True)
