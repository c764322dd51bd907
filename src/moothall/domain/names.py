"""What people and communities may be called, and how their names are written."""

import re

from .errors import Invalid
from .text import is_tame, is_visible

# One alphabet per name: mixing them is how one name is made to look like another.
_ALPHABETS = re.compile(r"[A-Za-z0-9_]+|[\u0621-\u064A0-9_\u0660-\u0669]+|[\u0400-\u04FF0-9_]+")
_MIN_CHARS = 3
_MATRIX_ID = re.compile(r"@[\x21-\x39\x3B-\x7E]+:[A-Za-z0-9.-]+(:[0-9]{2,5})?")
_MAX_MATRIX_ID = 255


def check_name(name: str, max_chars: int) -> None:
    """Refuse what is no name of a person or community; raises Invalid("invalid_name")."""
    if not (_MIN_CHARS <= len(name) <= max_chars and _ALPHABETS.fullmatch(name)):
        raise Invalid("invalid_name")


def checked_display_name(text: str, max_chars: int) -> str:
    """The name without the space around it; raises Invalid("invalid_display_name")."""
    name = text.strip()
    visible = sum(is_visible(char) for char in name)
    if (
        not _MIN_CHARS <= visible <= len(name) <= max_chars
        or len(name.splitlines()) > 1
        or name.startswith("@")
        or not is_tame(name)
        or not is_visible(name[0])
    ):
        raise Invalid("invalid_display_name")
    return name


def check_matrix_id(text: str) -> None:
    """Refuse what is no `@user:host[:port]`; raises Invalid("invalid_matrix_id")."""
    if len(text) > _MAX_MATRIX_ID or not _MATRIX_ID.fullmatch(text):
        raise Invalid("invalid_matrix_id")


def split_handle(handle: str, home_domain: str) -> tuple[str, str | None]:
    """`name`, `name@host` or `@name@host` as (name, host); the host is None for our own people."""
    name, _, host = handle.strip().removeprefix("@").partition("@")
    host = host.lower()
    return name, None if host in {"", home_domain.lower()} else host
