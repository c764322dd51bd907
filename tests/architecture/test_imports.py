"""The arrows of the house hold, and each room says what belongs into it."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGE = ROOT / "src" / "moothall"
ROOMS = sorted(path.parent for path in PACKAGE.glob("*/__init__.py"))
MODULES = sorted(PACKAGE.rglob("*.py"))


def _imported_packages(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module.partition(".")[0]


def test_every_import_follows_the_arrows() -> None:
    checker = Path(sys.executable).parent / "lint-imports"
    result = subprocess.run([checker], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    "module", sorted((PACKAGE / "domain").rglob("*.py")), ids=lambda path: path.stem
)
def test_domain_imports_only_the_standard_library(module: Path) -> None:
    allowed = sys.stdlib_module_names | {"moothall"}
    assert set(_imported_packages(module)) <= allowed


@pytest.mark.parametrize("room", ROOMS, ids=lambda path: path.name)
def test_every_room_says_what_belongs_here(room: Path) -> None:
    assert ast.get_docstring(ast.parse((room / "__init__.py").read_text()))


def test_every_module_says_what_belongs_here() -> None:
    silent = [
        str(module.relative_to(ROOT))
        for module in MODULES
        if not ast.get_docstring(ast.parse(module.read_text()))
    ]
    assert silent == []


def test_rooms_are_found() -> None:
    assert {room.name for room in ROOMS} >= {"actions", "domain", "reads", "storage", "web"}
