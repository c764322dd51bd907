"""Page numbers, as clients of the Lemmy API send them."""

from typing import NamedTuple

from moothall.domain.errors import Invalid

DEFAULT_LIMIT = 10
MAX_LIMIT = 50
# Deeper pages cost as much as all before them; cursors go on without end.
MAX_PAGE = 100


class Page(NamedTuple):
    """A checked page; the first has number 1."""

    number: int
    limit: int

    @property
    def offset(self) -> int:
        """How many rows come before this page."""
        return (self.number - 1) * self.limit


def page_of(page: int | None, limit: int | None, code: str = "unknown") -> Page:
    """Check a page number (1..100, default 1) and a length (1..50, default 10).

    Raises Invalid with `code`: "couldnt_get_posts" and "couldnt_get_comments" for those lists.
    """
    number = 1 if page is None else page
    length = DEFAULT_LIMIT if limit is None else limit
    if not 1 <= number <= MAX_PAGE:
        raise Invalid(code, f"page must be from 1 to {MAX_PAGE}")
    if not 1 <= length <= MAX_LIMIT:
        raise Invalid(code, f"limit must be from 1 to {MAX_LIMIT}")
    return Page(number, length)
