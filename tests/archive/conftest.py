"""A second forum beside `forum`, on the same kind of database: where an archive of it goes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from moothall.forum import Forum
from tests.conftest import _a_forum
from tests.support.forums import Template


@pytest.fixture
def other_forum(
    database_kind: str,
    request: pytest.FixtureRequest,
    _templates: dict[bool, Template],
    tmp_path: Path,
) -> Iterator[Forum]:
    """Return another empty forum."""
    folder = tmp_path / "other"
    folder.mkdir()
    with _a_forum(request, _templates[True], folder) as opened:
        yield opened
