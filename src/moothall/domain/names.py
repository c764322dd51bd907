"""What people and communities may be called."""

import re

from .errors import Invalid

# One alphabet per name: mixing them is how one name is made to look like another.
_ALPHABETS = re.compile(r"[A-Za-z0-9_]+|[\u0621-\u064A0-9_\u0660-\u0669]+|[\u0400-\u04FF0-9_]+")
_MIN_CHARS = 3


def check_name(name: str, max_chars: int) -> None:
    """Refuse what is no name of a person or community; raises Invalid("invalid_name")."""
    if not (_MIN_CHARS <= len(name) <= max_chars and _ALPHABETS.fullmatch(name)):
        raise Invalid("invalid_name")
