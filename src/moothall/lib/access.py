"""What came of each request: counted for Prometheus, and a line in the log at level debug.

A face says by `name_route` which route a request took; its template, never its path, is counted and
logged, since paths hold tokens and there is no end of them.
"""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from . import metrics
from .log import get_logger

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

FROM_CACHE = "(page cache)"
STATIC_FILE = "(static file)"
_UNKNOWN = "(unknown)"
_KEY = "moothall.route"
# What the client never saw answered: it closed the connection, or our program failed.
_NO_ANSWER = 500

log = get_logger()


def name_route(scope: Any, template: str) -> None:
    """Say which route a request takes, such as "/api/v3/post/list"."""
    scope[_KEY] = template


class Watched:
    """Wraps the whole application; only put there when somebody wants to know."""

    def __init__(self, app: AsgiApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, and note how."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = _NO_ANSWER
        started = time.perf_counter()

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        # The inner scope is what name_route writes to, so it must be this one.
        scope[_KEY] = _UNKNOWN
        try:
            await self._app(scope, receive, watch)
        finally:
            _note(scope[_KEY], scope["method"], status, time.perf_counter() - started)


def _note(route: str, method: str, status: int, seconds: float) -> None:
    metrics.request_finished(route, method, status, seconds)
    log.debug("request", method=method, route=route, status=status, ms=round(seconds * 1000, 2))
