"""A town of its own for each module: what is tried here may leave traces."""

from collections.abc import Iterator

import pytest

from tests.support.forums import Template
from tests.support.town import Town, a_town


@pytest.fixture(scope="module")
def town(
    database_kind: str,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Town]:
    """Everybody whom the rules tell apart."""
    folder = tmp_path_factory.mktemp(f"town_{database_kind}")
    template = Template(tmp_path_factory.mktemp("town_template"), is_set_up=True)
    if database_kind == "sqlite":
        opened = template.sqlite(folder)
    else:
        opened = template.postgresql(request.getfixturevalue("postgres"), folder)
    with opened as forum:
        yield a_town(forum)
