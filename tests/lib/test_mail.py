"""Mail, against a real SMTP server on loopback: with and without TLS, and every way to fail."""

import datetime as dt
import email
import email.policy
import ipaddress
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from moothall.lib.mail import (
    InvalidAddress,
    MailDeferred,
    MailError,
    MailRefused,
    SmtpServer,
    build_message,
    checked_address,
    send,
)


class Mailbox:
    """What the server received; refuses the recipients it is told to refuse."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []

    async def handle_RCPT(  # noqa: N802 (named by aiosmtpd)
        self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.startswith("gone@"):
            return "550 no such user"
        if address.startswith("full@"):
            return "452 mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Envelope
    ) -> str:
        self.envelopes.append(envelope)
        return "250 OK"

    def received(self) -> EmailMessage:
        (envelope,) = self.envelopes
        content = envelope.original_content
        assert content is not None
        return email.message_from_bytes(content, policy=email.policy.default)


@contextmanager
def _serving(mailbox: Mailbox, **options: Any) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def port(mailbox: Mailbox) -> Iterator[int]:
    with _serving(mailbox) as port:
        yield port


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a certificate for 127.0.0.1, signed by itself, and its key into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([loopback]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    path.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


def _server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def _message(**changes: str) -> EmailMessage:
    parts = {
        "to": "ada@people.example",
        "subject": "Welcome",
        "text": "Hello",
        "from_address": "forum@forum.example",
        "from_name": "The Forum",
    }
    return build_message(**(parts | changes))


def _plain(port: int, **changes: Any) -> SmtpServer:
    return SmtpServer("127.0.0.1", port, "none", **changes)


def test_a_message_arrives_as_it_was_written(mailbox: Mailbox, port: int) -> None:
    text = "Grüße 🔑\n" + "https://forum.example/verify_email/" + "x" * 1500 + "\n.\nend\n"

    send(_plain(port), _message(subject="Schöne Grüße " * 8, text=text, from_name="Förum"))

    received = mailbox.received()
    (envelope,) = mailbox.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == (
        "forum@forum.example",
        ["ada@people.example"],
    )
    assert received["From"] == "Förum <forum@forum.example>"
    assert received["To"] == "ada@people.example"
    assert received["Subject"] == ("Schöne Grüße " * 8).strip()
    assert received["Auto-Submitted"] == "auto-generated"
    assert received["Message-ID"].endswith("@forum.example>")
    assert abs(received["Date"].datetime.timestamp() - time.time()) < 60
    assert received.get_content_type() == "text/plain"
    assert received.get_content_charset() == "utf-8"
    assert received.get_content().replace("\r\n", "\n") == text


def test_every_message_has_its_own_id() -> None:
    assert _message()["Message-ID"] != _message()["Message-ID"]


@pytest.mark.parametrize(
    "hostile",
    [
        "Ada\nBcc: eve@evil.example",
        "Ada\r\nBcc: eve@evil.example",
        "Ada\rBcc: eve@evil.example",
        "Ada\u2028Bcc: eve@evil.example",
        "Ada\x0bBcc: eve@evil.example",
        "Ada\x85Bcc: eve@evil.example",
        "Ada\0\ud800 Bcc: eve@evil.example",
        'Ada" <eve@evil.example>, "Bcc: eve@evil.example',
    ],
)
def test_no_name_or_subject_can_add_a_header(mailbox: Mailbox, port: int, hostile: str) -> None:
    send(_plain(port), _message(from_name=hostile, subject=hostile))

    received = mailbox.received()
    (envelope,) = mailbox.envelopes
    assert envelope.rcpt_tos == ["ada@people.example"]
    assert received["Bcc"] is None
    assert [each.addr_spec for each in received["From"].addresses] == ["forum@forum.example"]
    assert "Bcc: eve@evil.example" in received["Subject"]


def test_a_dialogue_in_the_text_stays_text(mailbox: Mailbox, port: int) -> None:
    text = "a\r\n.\r\nMAIL FROM:<eve@evil.example>\r\nRCPT TO:<bob@people.example>\r\n"

    send(_plain(port), _message(text=text))

    assert "MAIL FROM:<eve@evil.example>" in mailbox.received().get_content()


@pytest.mark.parametrize(
    "text,address",
    [
        ("ada@people.example", "ada@people.example"),
        (" Ada.L+forum@People.Example ", "Ada.L+forum@people.example"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@localhost", "ada@localhost"),
    ],
)
def test_addresses_are_tidied(text: str, address: str) -> None:
    assert checked_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ada",
        "@people.example",
        "ada@",
        "ada@b@c.example",
        "ada@people.example, eve@evil.example",
        "Ada <ada@people.example>",
        "ada@people.example\n",
        "ada@people.example\r\nRCPT TO:<eve@evil.example>",
        "a da@people.example",
        '"a da"@people.example',
        ".ada@people.example",
        "ada..l@people.example",
        "ädä@people.example",
        "ada@-people.example",
        "ada@people..example",
        "ada@[127.0.0.1]",
        "ada@people.example\0",
        "a" * 65 + "@people.example",
        "ada@" + "a" * 64 + ".example",
        "ada@\u2488.example",
    ],
)
def test_all_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidAddress):
        checked_address(text)
    with pytest.raises(InvalidAddress):
        _message(to=text)
    with pytest.raises(InvalidAddress):
        _message(from_address=text)


def test_a_long_address_is_refused_quickly() -> None:
    started = time.process_time()

    with pytest.raises(InvalidAddress):
        checked_address("a." * 100_000 + "@")

    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "to,error", [("gone@people.example", MailRefused), ("full@people.example", MailDeferred)]
)
def test_a_refused_recipient_is_told_for_good_or_for_now(
    mailbox: Mailbox, port: int, to: str, error: type[MailError]
) -> None:
    with pytest.raises(error, match="the recipient was refused"):
        send(_plain(port), _message(to=to))

    assert mailbox.envelopes == []


def test_starttls_encrypts_and_checks_the_certificate(mailbox: Mailbox, certificate: Path) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate))
    context = _server_context(certificate)
    with _serving(mailbox, tls_context=context, require_starttls=True) as port:
        server = SmtpServer("127.0.0.1", port, "starttls")
        send(server, _message(), trusting)

        with pytest.raises(MailDeferred, match="CERTIFICATE_VERIFY_FAILED"):
            send(server, _message())
        with pytest.raises(MailRefused):
            send(_plain(port), _message())

    assert len(mailbox.envelopes) == 1


def test_tls_from_the_first_byte(mailbox: Mailbox, certificate: Path) -> None:
    trusting = ssl.create_default_context(cafile=str(certificate))
    with _serving(mailbox, ssl_context=_server_context(certificate)) as port:
        send(SmtpServer("127.0.0.1", port, "tls"), _message(), trusting)

    assert len(mailbox.envelopes) == 1


def test_a_server_without_starttls_gets_no_mail(mailbox: Mailbox, port: int) -> None:
    with pytest.raises(MailRefused, match="STARTTLS"):
        send(SmtpServer("127.0.0.1", port, "starttls"), _message())

    assert mailbox.envelopes == []


def test_logging_in(mailbox: Mailbox, certificate: Path) -> None:
    def authenticate(_server: Any, _session: Any, _envelope: Any, _kind: str, data: Any) -> Any:
        known = (data.login, data.password) == (b"forum", b"secret")
        return AuthResult(success=known, handled=False)

    trusting = ssl.create_default_context(cafile=str(certificate))
    options = {
        "tls_context": _server_context(certificate),
        "authenticator": authenticate,
        "auth_required": True,
    }
    with _serving(mailbox, **options) as port:
        send(SmtpServer("127.0.0.1", port, "starttls", "forum", "secret"), _message(), trusting)
        with pytest.raises(MailRefused, match="SMTPAuthenticationError") as caught:
            send(SmtpServer("127.0.0.1", port, "starttls", "forum", "guess"), _message(), trusting)

    assert "guess" not in str(caught.value)
    assert len(mailbox.envelopes) == 1


def test_the_password_of_the_mail_server_is_not_printed() -> None:
    assert "secret" not in repr(SmtpServer("127.0.0.1", 25, "none", "forum", "secret"))


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]

    with pytest.raises(MailDeferred, match="ConnectionRefusedError"):
        send(_plain(port), _message())


@contextmanager
def _answering(answer: Callable[[socket.socket], object]) -> Iterator[int]:
    """Serve one connection by hand."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                answer(connection)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(10)


def test_a_silent_server_is_given_up() -> None:
    released = threading.Event()
    with _answering(lambda _: released.wait(10)) as port:
        started = time.monotonic()
        with pytest.raises(MailDeferred, match="timed out"):
            send(_plain(port, timeout_s=0.3), _message())
        released.set()

    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "greeting,error",
    [
        (b"", MailDeferred),
        (b"421 come back later\r\n", MailDeferred),
        (b"554 go away\r\n", MailRefused),
        (b"nonsense\r\n", MailDeferred),
        (b"220 " + b"x" * 100_000, MailRefused),
    ],
)
def test_a_server_that_does_not_want_us(greeting: bytes, error: type[MailError]) -> None:
    with _answering(lambda connection: connection.sendall(greeting)) as port, pytest.raises(error):
        send(_plain(port, timeout_s=2), _message())


def test_the_mail_library_is_loaded_only_to_send() -> None:
    code = "import sys, moothall.lib.mail\nassert 'smtplib' not in sys.modules"

    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
