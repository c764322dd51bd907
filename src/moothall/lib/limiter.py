"""Rate limits that all faces share: what is counted, and by whom."""

import ipaddress
from typing import Protocol

_IPV6_SITE_BITS = 64


class Limiter(Protocol):
    """Token buckets that all processes of this server share. Called from several threads."""

    def take(self, key: bytes, capacity: int, refill_period_s: float, now: float) -> bool:
        """Take one token; False when the bucket is empty.

        `now` is in seconds of a clock that never goes back.
        """

    def give_back(self, key: bytes, capacity: int, refill_period_s: float, now: float) -> None:
        """Put back a token that was taken for nothing."""

    def wait_s(self, key: bytes, capacity: int, refill_period_s: float, now: float) -> float:
        """In how many seconds there will be a token, 0 if there is one."""


class NoLimiter:
    """For `rate_limit.enabled = false`."""

    def take(self, key: bytes, capacity: int, refill_period_s: float, now: float) -> bool:  # noqa: ARG002 — the protocol's signature
        """Always room."""
        return True

    def give_back(self, key: bytes, capacity: int, refill_period_s: float, now: float) -> None:
        """Nothing was taken."""

    def wait_s(self, key: bytes, capacity: int, refill_period_s: float, now: float) -> float:  # noqa: ARG002 — the protocol's signature
        """Never."""
        return 0.0


def address_key(bucket: str, address: str) -> bytes:
    """The key of a client address: one household or server has a whole /64 of IPv6."""
    return f"{bucket} {_group(address)}".encode()


def account_key(bucket: str, account_id: int) -> bytes:
    """The key of an account, whatever addresses it comes from."""
    return f"{bucket} @{account_id}".encode()


def _group(address: str) -> str:
    if ":" not in address:
        return address
    try:
        parsed = ipaddress.IPv6Address(address)
    except ValueError:
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return f"{int(parsed) >> (128 - _IPV6_SITE_BITS):x}::"
