"""What all shapes share: the rule about nulls, required fields, and times as text."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar, cast

import msgspec

S = TypeVar("S", bound=msgspec.Struct)

# The default of a required field that stands behind an optional one. A struct made by position
# needs one; no builder leaves it in place, and a field left so would be missing on the wire.
REQUIRED: Any = msgspec.UNSET

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = 1_000_000
_SECONDS_TEXT = len("2026-01-01T00:00:00")


class Shape(msgspec.Struct, omit_defaults=True, gc=False):
    """Base of all shapes: optional fields are left out when they are null."""


def fragment(shape: S) -> S:
    """Encode a shape now, because an answer will hold it many times.

    What comes back only stands for the shape: it can be put into another one and be sent, but has
    no fields to read.
    """
    return cast(S, msgspec.Raw(msgspec.json.encode(shape)))


@lru_cache(8192)
def timestamp(moment: int) -> str:
    """RFC 3339 in UTC with Z and 0, 3 or 6 digits of a second, from microseconds since 1970."""
    seconds, micros = divmod(moment, _SECOND)
    text = (_EPOCH + timedelta(seconds=seconds)).isoformat()[:_SECONDS_TEXT]
    if micros == 0:
        return f"{text}Z"
    if micros % 1000 == 0:
        return f"{text}.{micros // 1000:03}Z"
    return f"{text}.{micros:06}Z"


def optional_timestamp(moment: int | None) -> str | None:
    """`timestamp`, of what may be missing."""
    return None if moment is None else timestamp(moment)
