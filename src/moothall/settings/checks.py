"""What a value must look like: each check returns it, perhaps tidied, or raises ValueError.

The error's text says what is allowed.
"""

import ipaddress
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

Check = Callable[[Any], Any]


def one_of(*allowed: str) -> Check:
    """A check for one of a few words."""

    def check(value: str) -> str:
        if value not in allowed:
            raise ValueError("must be one of " + ", ".join(json.dumps(each) for each in allowed))
        return value

    return check


def between(low: int, high: int) -> Check:
    """A check for a whole number, both ends included."""

    def check(value: int) -> int:
        if not low <= value <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return value

    return check


def _is_host(text: str) -> bool:
    """Tell whether this is a DNS name in ASCII, an IPv4 address or an IPv6 address in brackets."""
    try:
        if text.startswith("[") and text.endswith("]"):
            return bool(ipaddress.IPv6Address(text[1:-1]))
        if re.fullmatch(r"[0-9.]+", text):
            return bool(ipaddress.IPv4Address(text)) or True
    except ValueError:
        return False
    label = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
    return len(text) <= 253 and re.fullmatch(rf"{label}(\.{label})*", text) is not None


def _is_port(text: str) -> bool:
    return re.fullmatch(r"[1-9][0-9]{0,4}", text) is not None and int(text) <= 65535


def split_port(text: str) -> tuple[str, str]:
    """Split `host[:port]`; the port is empty when there is none."""
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]"):
        return text, ""
    return host, port or "missing"


def domain(value: str) -> str:
    """A public host name, perhaps with a port; empty is for the caller to judge."""
    host, port = split_port(value.strip().lower())
    if value and not (_is_host(host) and (not port or _is_port(port))):
        raise ValueError(
            "must be a host name with an optional port, without scheme, path or spaces, such as "
            '"forum.example" (a name with other letters in its xn-- form)'
        )
    return value.strip().lower()


def web_address(value: str) -> str:
    """Empty, or `http[s]://host[:port]` without anything behind it."""
    match = re.fullmatch(r"https?://([^/?#@\s]+)/?", value)
    host, port = split_port(match[1].lower()) if match else ("", "")
    if value and not (match and _is_host(host) and (not port or _is_port(port))):
        raise ValueError('must be empty or an address such as "https://s3.example.org"')
    return value.rstrip("/")


def listen(value: str) -> str:
    """An address and port to listen on."""
    host, port = split_port(value)
    if not (_is_host(host.lower()) and _is_port(port)):
        raise ValueError('must be ADDRESS:PORT, such as "127.0.0.1:8536" or "[::1]:8536"')
    return value


def listen_or_off(value: str) -> str:
    """The same, or nothing."""
    return listen(value) if value else ""


def database_url(value: str) -> str:
    """The address of a PostgreSQL database, or nothing."""
    allowed = 'must be empty (SQLite) or start with "postgresql://" and name a database'
    if value and not value.startswith("postgresql://"):
        raise ValueError(allowed)
    try:
        parts = urlsplit(value)
        valid = parts.port is None or parts.port > 0
    except ValueError:
        raise ValueError(allowed) from None
    if value and not (valid and len(parts.path) > 1):
        raise ValueError(allowed)
    return value


def smtp_host(value: str) -> str:
    """A host without a port, or nothing."""
    if value and not _is_host(value.lower()):
        raise ValueError("must be a host name or an address, without a port, or empty (no mail)")
    return value.lower()


def mail_address(value: str) -> str:
    """A bare mail address, or nothing."""
    if value and not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]+", value):
        raise ValueError('must be a bare mail address, such as "forum@forum.example"')
    return value


def static_hosts(value: dict[str, Any]) -> dict[str, str]:
    """Host names and the addresses where they really are."""
    return {_static_name(name): _static_base(base) for name, base in value.items()}


def _static_name(name: str) -> str:
    host, port = split_port(name.lower())
    if not (_is_host(host) and (not port or _is_port(port))):
        raise ValueError(f"{json.dumps(name)} is not a host name with an optional port")
    return name.lower()


def _static_base(base: object) -> str:
    match = re.fullmatch(r"https?://([^/?#@\s]+)/?", base) if isinstance(base, str) else None
    if match:
        host, port = split_port(match[1].lower())
        if _is_host(host) and (not port or _is_port(port)):
            return str(base).rstrip("/")
    raise ValueError(
        f'{json.dumps(base, default=str)} is not an address such as "http://127.0.0.1:9001"'
    )
