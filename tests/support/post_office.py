"""What a person gets beside the forum: their mail, and eyes for a captcha.

with PostOffice() as office:
    with Server(folder, url, smtp=office.smtp) as server:
        office.watch(server)
        ...  # a program asks office.url for /mail?to=… and /captcha?uuid=…
"""

import email
import email.policy
import http.server
import threading
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from sqlalchemy import select

from moothall.storage.opening import database_at
from moothall.storage.statements import Statement, param
from moothall.storage.tables import captcha
from tests.support.server import Server, free_port

_ANSWER = Statement(select(captcha.c.answer).where(captcha.c.uuid == param("uuid")))


class PostOffice:
    """A mail server on loopback, and an address at which programs ask for what it got."""

    def __init__(self) -> None:
        self._mails: list[tuple[str, str]] = []
        self._server: Server | None = None
        self._smtp = Controller(self, hostname="127.0.0.1", port=free_port())
        self._desk = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._clerk())
        self._thread = threading.Thread(target=self._desk.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._smtp.start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._desk.shutdown()
        self._desk.server_close()
        self._thread.join()
        self._smtp.stop()

    @property
    def smtp(self) -> dict[str, Any]:
        """The settings of a forum that sends its mail here."""
        return {
            "host": "127.0.0.1",
            "port": self._smtp.port,
            "tls": "none",
            "from_address": "forum@forum.example",
        }

    @property
    def url(self) -> str:
        """Where programs ask."""
        return f"http://127.0.0.1:{self._desk.server_address[1]}"

    def watch(self, server: Server) -> None:
        """See the captchas of this server too."""
        self._server = server

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802 — named by the library
        """Take a message."""
        content = envelope.original_content or b""
        message = email.message_from_bytes(content, policy=email.policy.default)
        self._mails += [(to, _text_of(message)) for to in envelope.rcpt_tos]
        return "250 OK"

    def _mail_to(self, address: str) -> str | None:
        return next((text for to, text in reversed(self._mails) if to == address), None)

    def _answer_of(self, uuid: str) -> str | None:
        assert self._server is not None
        settings = self._server.settings
        database = database_at(settings["database_url"], Path(settings["data_dir"]))
        database.open()
        try:
            found: str | None = database.read_now(lambda conn: conn.value(_ANSWER, uuid=uuid))
        finally:
            database.close()
        return found

    def _clerk(self) -> type[http.server.BaseHTTPRequestHandler]:
        office = self

        class Clerk(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                found = (
                    office._mail_to(asked["to"])
                    if parts.path == "/mail"
                    else office._answer_of(asked["uuid"])
                )
                body = (found or "").encode()
                self.send_response(404 if found is None else 200)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 — the library's name
                """Say nothing."""

        return Clerk


def _text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    return "" if body is None else str(body.get_content())
