"""How a refusal becomes an answer."""

import pytest

from moothall.api.answer import refusal
from moothall.domain.errors import (
    Conflict,
    ForumError,
    Invalid,
    NotAllowed,
    NotFound,
    NotSignedIn,
    TooMany,
    Unavailable,
)
from moothall.web.wording import reason, status_of


@pytest.mark.parametrize(
    ("error", "by_api", "by_page"),
    [
        (NotSignedIn(), 401, 401),
        (NotAllowed("x"), 400, 403),
        (NotFound("x"), 400, 404),
        (NotFound("x", by_name=True), 404, 404),
        (Invalid("x"), 400, 400),
        (Conflict("x"), 400, 409),
        (TooMany(), 400, 429),
        (Unavailable("storage_unavailable"), 503, 503),
    ],
)
def test_each_kind_of_refusal_has_its_status(error: ForumError, by_api: int, by_page: int) -> None:
    assert refusal(error).status == by_api
    assert status_of(error) == by_page
    assert reason(error).endswith(".")
