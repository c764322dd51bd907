"""Examples out of the documentation, so that tests can run the very lines that people copy."""

import re
from pathlib import Path

OPERATE = Path(__file__).resolve().parent.parent.parent / "docs" / "operate"

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples(name: str, language: str) -> list[str]:
    """All blocks of one language in a document of docs/operate, in their order."""
    text = (OPERATE / name).read_text(encoding="utf-8")
    return [block for found, block in _BLOCK.findall(text) if found == language]


def example(name: str, language: str, containing: str = "") -> str:
    """The one block that holds this text."""
    [found] = [block for block in examples(name, language) if containing in block]
    return found
