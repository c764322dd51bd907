"""How much one transaction takes on: rows are counted, and so is the text in them."""

from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

MAX_CHARS = 100_000
"""Text whose words are computed, or computed again, within some tens of milliseconds."""


class Portion(NamedTuple, Generic[T]):
    """What is taken on now, and whether there may be more."""

    rows: Sequence[T]
    has_more: bool


def portion(rows: Sequence[T], limit: int, chars_of: Callable[[T], int]) -> Portion[T]:
    """Of rows that were asked for up to a limit: those with at most `MAX_CHARS` of text together.

    At least one is taken on, if there is any.
    """
    left = MAX_CHARS
    for number, row in enumerate(rows):
        left -= chars_of(row)
        if left < 0 and number > 0:
            return Portion(rows[:number], has_more=True)
    return Portion(rows, has_more=len(rows) == limit)
