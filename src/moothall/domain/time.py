"""Points in time: whole microseconds since 1970-01-01 UTC.

Both databases store such integers and every room passes them on; only the faces turn them into
text. A clock is an argument wherever a rule depends on it, so that tests can say what time it is.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NewType

Time = NewType("Time", int)
Clock = Callable[[], Time]

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
MONTH = 30 * DAY
YEAR = 365 * DAY

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def system_clock() -> Time:
    """The time of this machine."""
    return Time(time.time_ns() // 1000)


def to_datetime(moment: int) -> datetime:
    """The aware UTC datetime of a point in time."""
    return _EPOCH + timedelta(microseconds=moment)


def from_datetime(moment: datetime) -> Time:
    """The point in time of an aware datetime.

    Raises ValueError for a naive one: a time without a zone is not a point in time.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    delta = moment - _EPOCH
    return Time((delta.days * 86_400 + delta.seconds) * SECOND + delta.microseconds)
