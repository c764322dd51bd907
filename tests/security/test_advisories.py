"""The table of our neighbours' holes names tests that exist."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOTE = ROOT / "docs" / "design" / "0012-advisories.md"
_TEST = re.compile(r"`(tests/[a-z_/]+\.py)::(test_[a-z_0-9]+)`")


def _tests_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}


def test_every_test_that_is_named_exists() -> None:
    named = _TEST.findall(NOTE.read_text(encoding="utf-8"))
    assert len(named) > 40
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).is_file() or name not in _tests_in(ROOT / path)
    ]
    assert missing == []


def test_every_row_of_what_is_here_names_a_test() -> None:
    text = NOTE.read_text(encoding="utf-8")
    rows = text.partition("## What is here")[2].partition("## What comes")[0].splitlines()
    without = [row for row in rows if row.startswith("| ") and not _TEST.search(row)]
    # The head of the table.
    assert len(without) == 1
