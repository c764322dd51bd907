"""The list of routes in docs/api is the table that is served."""

import re
from pathlib import Path

from moothall.api import v3

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api" / "README.md"


def test_every_route_is_documented_and_no_other() -> None:
    listed = set(re.findall(r"^\| (GET|POST|PUT) \| `([^`]+)` \|", PAGE.read_text(), re.MULTILINE))
    assert listed == {(route.method, route.path) for route in v3.all_routes()}
