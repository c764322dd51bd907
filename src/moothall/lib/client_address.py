"""The address of a client behind trusted proxies."""

import ipaddress
from collections.abc import Iterable
from typing import Any


def client_address(peer: Any, forwarded: Iterable[bytes], trusted_proxies: int) -> str:
    """The client's address: `trusted_proxies` entries from the right of X-Forwarded-For.

    Whatever stands further left was written by the client and is not believed. Falls back to the
    address of the connection, and to "" where there is none (a unix socket).
    """
    direct = str(peer[0]) if peer else ""
    if trusted_proxies == 0:
        return direct
    chain = [entry.strip() for line in forwarded for entry in line.split(b",")]
    if not chain:
        return direct
    return _address(chain[max(0, len(chain) - trusted_proxies)]) or direct


def _address(raw: bytes) -> str | None:
    text = raw.decode("latin-1").strip('"')
    if text.startswith("["):
        text = text[1:].split("]", 1)[0]
    elif text.count(":") == 1:
        text = text.split(":", 1)[0]
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None
