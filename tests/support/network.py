"""Keeps the tests away from the network: whatever leaves the machine fails the test that sent it.

It sees what Python's own sockets do. Servers that a test starts as processes of their own, and
drivers with sockets of their own, are told loopback addresses only.
"""

import ipaddress
import socket
import sys
from collections.abc import Sequence

_ADDRESS_EVENTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_NAME_EVENTS = frozenset({"socket.getaddrinfo", "socket.gethostbyname"})
_LOCAL_NAMES = frozenset({"", "localhost", "localhost."})


class OutsideContactError(OSError):
    """A test tried to reach something that is not on this machine."""


class NetworkGuard:
    """Refuses contact with the outside and remembers the attempts, since callers may swallow it."""

    def __init__(self) -> None:
        self._attempts: list[str] = []
        self._is_on = False

    def install(self) -> None:
        """Watch from now on, until `close`. Python keeps an audit hook for ever, so call once."""
        self._is_on = True
        sys.addaudithook(self._see)

    def close(self) -> None:
        """Let everything pass again."""
        self._is_on = False

    def take_attempts(self) -> list[str]:
        """Return what was refused since the last call, and forget it."""
        attempts, self._attempts = self._attempts, []
        return attempts

    def _see(self, event: str, arguments: Sequence[object]) -> None:
        if not self._is_on:
            return
        if event in _ADDRESS_EVENTS and not _is_local_address(arguments[1]):
            self._refuse(f"{event} to {arguments[1]!r}")
        if event in _NAME_EVENTS and not _needs_no_resolver(arguments[0]):
            self._refuse(f"{event} of {arguments[0]!r}")

    def _refuse(self, attempt: str) -> None:
        self._attempts.append(attempt)
        raise OutsideContactError(attempt)


def _is_local_address(address: object) -> bool:
    if not isinstance(address, tuple):  # a Unix socket's path, or a connected socket's None
        return True
    host = str(address[0]).partition("%")[0]
    if host in _LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _needs_no_resolver(host: object) -> bool:
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")
    return name.lower() in _LOCAL_NAMES or _is_literal(name)


def _is_literal(name: str) -> bool:
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return _is_old_spelling_of_ipv4(name)
    return True


def _is_old_spelling_of_ipv4(name: str) -> bool:
    """Tell whether the C library reads `name` as an address, as it does `127.1` or `0x7f000001`."""
    try:
        socket.inet_aton(name)
    except OSError:
        return False
    return True
