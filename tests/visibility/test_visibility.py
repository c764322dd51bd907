"""Every way of seeing, by everybody: what is shown, what is not, and nothing on the side."""

import pytest

from tests.visibility import table
from tests.visibility.scene import PEOPLE, Scene
from tests.visibility.ways import Way, all_ways

WAYS = all_ways()


@pytest.mark.parametrize("way", WAYS, ids=[way.name for way in WAYS])
def test_who_sees_what(scene: Scene, way: Way) -> None:
    wrong = []
    for who in PEOPLE:
        found = scene.found(way.ask(scene, who))
        for key in scene.tokens:
            if key in way.shows:
                if (key in found) != (who in way.shows[key]):
                    wrong.append(f"{who}: {key} is {'shown' if key in found else 'missing'}")
            elif key in found and who not in table.MAY_SEE[key] | way.also.get(key, table.NOBODY):
                wrong.append(f"{who}: {key} leaks")
    assert wrong == []
