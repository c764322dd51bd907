"""Mail: plain-text messages, and their way to the operator's mail server.

Sending blocks, so it belongs to a background job. What comes from strangers (names, addresses)
cannot add a header, a recipient or a line of the SMTP dialogue.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import smtplib
    import ssl

Tls = Literal["none", "starttls", "tls"]

_TIMEOUT_S = 20.0
_MAX_HEADER_CHARS = 200
_MAX_ADDRESS_CHARS = 320
_LOCAL_PART = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_ADDRESS = re.compile(rf"({_LOCAL_PART})@([^\s@]+)", re.ASCII)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


class MailError(Exception):
    """The message was not handed over."""


class InvalidAddress(MailError):
    """Not an address that mail can be sent to."""


class MailRefused(MailError):
    """The mail server said no for good; trying again would not help."""


class MailDeferred(MailError):
    """The mail server could not be reached, or said to try again later."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    host: str
    port: int
    tls: Tls
    username: str = ""
    password: str = field(default="", repr=False)
    timeout_s: float = _TIMEOUT_S  # for connecting, and for each answer


def checked_address(text: str) -> str:
    """Return the address with its domain in lower-case ASCII; raises InvalidAddress.

    One bare address: no name, comment, quoted part or list. Whether somebody reads mail there only
    a mail can tell.
    """
    match = _ADDRESS.fullmatch(text.strip(" ")) if len(text) <= _MAX_ADDRESS_CHARS else None
    if not match or len(match[1]) > 64:
        raise InvalidAddress
    domain = _ascii(match[2])
    if len(domain) > 253 or not _DOMAIN.fullmatch(domain):
        raise InvalidAddress
    return f"{match[1]}@{domain}"


def build_message(
    *, to: str, subject: str, text: str, from_address: str, from_name: str = ""
) -> EmailMessage:
    """Compose a message to one person; raises InvalidAddress.

    Control characters in the subject and the sender's name become spaces.
    """
    from email.headerregistry import Address
    from email.utils import localtime, make_msgid

    sender, recipient = checked_address(from_address), checked_address(to)
    message = EmailMessage()
    message["From"] = Address(_one_line(from_name), addr_spec=sender)
    message["To"] = Address(addr_spec=recipient)
    message["Subject"] = _one_line(subject)
    message["Date"] = localtime()
    message["Message-ID"] = make_msgid(domain=sender.partition("@")[2])
    # RFC 3834: keeps holiday notices and mailing lists from answering.
    message["Auto-Submitted"] = "auto-generated"
    readable = text.encode("utf-8", "replace").decode()
    # Quoted-printable: lines of any length, and readable in the raw where the text is.
    message.set_content(readable, charset="utf-8", cte="quoted-printable")
    return message


def send(
    server: SmtpServer, message: EmailMessage, tls_context: "ssl.SSLContext | None" = None
) -> None:
    """Hand a message of `build_message` to the mail server; blocks until it answers.

    Certificates are checked against the system's authorities, or by `tls_context`. Raises
    MailRefused or MailDeferred.
    """
    import smtplib

    try:
        with _connected(server, message, tls_context) as session:
            if server.username:
                session.login(server.username, server.password)
            session.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code, _ = next(iter(error.recipients.values()))
        raise _failure(code, "the recipient was refused") from None
    except smtplib.SMTPResponseException as error:
        raise _failure(error.smtp_code, type(error).__name__) from None
    except smtplib.SMTPNotSupportedError as error:  # no STARTTLS, or no way to log in
        raise MailRefused(str(error)) from None
    except (OSError, smtplib.SMTPException, EOFError) as error:
        raise MailDeferred(f"{type(error).__name__}: {error}") from None


def _connected(
    server: SmtpServer, message: EmailMessage, tls_context: "ssl.SSLContext | None"
) -> "smtplib.SMTP":
    import smtplib
    import ssl

    # Our own name is given, since smtplib would ask the resolver for it, without a time limit.
    own_name = str(message["Message-ID"]).rpartition("@")[2].rstrip(">")
    address = (server.host, server.port, own_name)
    if server.tls == "none":
        return smtplib.SMTP(*address, timeout=server.timeout_s)
    context = tls_context or ssl.create_default_context()
    if server.tls == "tls":
        return smtplib.SMTP_SSL(*address, timeout=server.timeout_s, context=context)
    session = smtplib.SMTP(*address, timeout=server.timeout_s)
    try:
        session.starttls(context=context)
    except BaseException:
        session.close()
        raise
    return session


def _failure(code: int, what: str) -> MailError:
    # By RFC 5321 section 4.2.1 the first digit tells for good (5) from for now (4).
    kind = MailRefused if 500 <= code < 600 else MailDeferred
    return kind(f"{what} ({code})")


def _one_line(text: str) -> str:
    """Replace all that could end a header line, or confuse its reader, and bound the length."""
    clean = "".join(" " if unicodedata.category(each)[0] in "CZ" else each for each in text)
    return " ".join(clean.split())[:_MAX_HEADER_CHARS]


def _ascii(domain: str) -> str:
    if domain.isascii():
        return domain.lower()
    import idna

    try:
        return idna.encode(domain, uts46=True).decode("ascii").lower()
    except idna.IDNAError:
        raise InvalidAddress from None
