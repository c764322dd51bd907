"""How much one transaction takes on: rows are counted, and so is the text in them."""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")

MAX_CHARS = 100_000
"""Text whose words are computed, or computed again, within some tens of milliseconds."""


def portion(rows: Sequence[T], chars_of: Callable[[T], int]) -> Sequence[T]:
    """The first rows that have at most `MAX_CHARS` of text together; at least one, if any."""
    left = MAX_CHARS
    for number, row in enumerate(rows):
        left -= chars_of(row)
        if left < 0:
            return rows[: max(number, 1)]
    return rows
