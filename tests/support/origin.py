"""A web server on loopback that answers as a test tells it, slowly and wrongly if need be.

with Origin() as origin:
origin.replies["/"] = Reply(b"hello", {"Content-Type": "text/plain"})
origin.base_url, origin.seen
"""

import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer. `pause_s` passes before the body and before each repetition of it.

    `length` is what Content-Length says, if not the truth.
    """

    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    repeat: int = 1
    pause_s: float = 0.0
    length: int | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A request that arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Origin:
    """The server; `replies` are by path without the query, others get a 404."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.replies: dict[str, Reply] = {}
        self.seen: list[Seen] = []
        self._tls = tls

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1."""
        return int(self._server.server_address[1])

    @property
    def base_url(self) -> str:
        """Its own address, without a slash."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        if self._tls is not None:
            self._server.socket = self._tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(origin: Origin) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            origin.seen.append(Seen(self.command, self.path, headers, self.rfile.read(length)))
            reply = origin.replies.get(self.path.partition("?")[0], Reply(status=404))
            try:
                self._send(reply)
            except OSError:
                self.close_connection = True  # the client has had enough

        def _send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            whole = len(reply.body) * reply.repeat
            self.send_header("Content-Length", str(whole if reply.length is None else reply.length))
            self.end_headers()
            for _ in range(reply.repeat):
                time.sleep(reply.pause_s)
                self.wfile.write(reply.body)
            if reply.length is not None:
                self.close_connection = True

        do_GET = do_POST = do_HEAD = _serve  # noqa: N815 — the names are http.server's

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    return Handler
