"""One scene per database, for all cases of this folder: they only look at it."""

from collections.abc import Iterator

import pytest

from tests.support.forums import Template
from tests.visibility.scene import Scene, a_scene


@pytest.fixture(scope="session")
def scene(
    database_kind: str,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Scene]:
    """Everything in every state."""
    folder = tmp_path_factory.mktemp(f"scene_{database_kind}")
    template = Template(tmp_path_factory.mktemp("scene_template"), is_set_up=True)
    if database_kind == "sqlite":
        opened = template.sqlite(folder)
    else:
        opened = template.postgresql(request.getfixturevalue("postgres"), folder)
    with opened as forum:
        yield a_scene(forum)
