"""One ASGI application, served over HTTP/1.1 in this process on a listening socket it was given.

granian's own supervisor starts every worker from nothing; ours forks (see the design note on
processes), so only granian's embedded server is used, on the socket that we hand it.
"""

import asyncio
import signal
import socket
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server

from moothall.lib.listeners import BACKLOG
from moothall.lib.patience import Patience

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
AsgiApp = Callable[[Any, Any, Any], Awaitable[None]]

_CONNECTIONS_AT_ONCE = 1024
# A stop waits for who is in the middle of these lines.
_HEAD_TIMEOUT_MS = 8_000
_WITHOUT_BODY = frozenset({"GET", "HEAD"})

# Errors go to whatever the program has set up; granian would write to standard output itself.
_KEEP_LOGGING = {"incremental": True, "handlers": {}, "loggers": {"_granian": {}}}


class _ServerOnSocket(Server):
    """granian's embedded server, which otherwise opens a socket of its own."""

    def __init__(self, app: AsgiApp, listener: socket.socket) -> None:
        super().__init__(
            app,
            interface=Interfaces.ASGI,
            http=HTTPModes.http1,
            http1_settings=HTTP1Settings(header_read_timeout=_HEAD_TIMEOUT_MS),
            websockets=False,
            backlog=BACKLOG,
            backpressure=_CONNECTIONS_AT_ONCE,
            log_level=LogLevels.error,
            log_dictconfig=_KEEP_LOGGING,
        )
        # granian closes the descriptor when it stops, so it must be the only owner.
        self._listener_fd = listener.detach()

    def _init_shared_socket(self) -> None:
        holder: Any = SocketHolder  # its type information lacks the arguments
        self._shd = holder(self._listener_fd, uds=False, backlog=BACKLOG)


def serve(app: AsgiApp, listener: socket.socket, on_ready: Callable[[], None]) -> bool:
    """Serve until SIGTERM, then stop accepting, finish the requests under way and shut down.

    The application must speak ASGI's lifespan protocol: `on_ready` is called once its start-up is
    complete. Returns False when it never was. Takes over the socket.
    """
    ready = False

    def announce() -> None:
        nonlocal ready
        ready = True
        on_ready()

    async def run() -> None:
        patience = Patience()
        server = _ServerOnSocket(_announcing(app, patience, announce), listener)

        def stop() -> None:
            patience.stop()
            server.stop()  # type: ignore[no-untyped-call]

        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
        await server.serve()

    asyncio.run(run())
    return ready


def _announcing(app: AsgiApp, patience: Patience, on_ready: Callable[[], None]) -> AsgiApp:
    """Watch the lifespan for its completed start-up, and that bodies arrive.

    Requests pass without another coroutine.
    """

    async def live(scope: _Message, receive: _Receive, send: _Send) -> None:
        is_started = False

        async def watched_send(message: _Message) -> None:
            nonlocal is_started
            # The server's own state first: a group that is ready may be asked to stop at once.
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                is_started = True
                on_ready()

        try:
            await app(scope, receive, watched_send)
        except Exception:
            # granian takes a bare exception for "knows no lifespan" and would serve all the same.
            if not is_started:
                failed = {"type": "lifespan.startup.failed", "message": traceback.format_exc()}
                await send(failed)
            raise

    def watched(scope: _Message, receive: _Receive, send: _Send) -> Awaitable[None]:
        if scope["type"] == "lifespan":
            return live(scope, receive, send)
        if scope["method"] not in _WITHOUT_BODY:
            receive = patience.bound(receive)
        return app(scope, receive, send)

    return watched
