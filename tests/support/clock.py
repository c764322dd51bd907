"""A clock that a test sets."""

from moothall.domain.time import MINUTE, Time

# 2026-03-01T12:00:00Z: a round moment, so that times in failures are easy to read.
START = Time(1_772_366_400 * 1_000_000)


class Clock:
    """Stands still until it is told to go on; each look costs one microsecond.

    So two acts never carry the same time, as in life.
    """

    def __init__(self, start: Time = START) -> None:
        self._now = start

    def __call__(self) -> Time:
        """Tell the time."""
        self._now = Time(self._now + 1)
        return self._now

    @property
    def now(self) -> Time:
        """The time of the last look."""
        return self._now

    def advance(self, duration: int = MINUTE) -> None:
        """Let microseconds pass."""
        self._now = Time(self._now + duration)

    def set(self, moment: int) -> None:
        """Go to a point in time."""
        self._now = Time(moment)
