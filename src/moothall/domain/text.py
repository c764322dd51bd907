"""Pure rules about texts: what can be stored, how long it is, what a blocked link matches."""

import re
import unicodedata

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """The text without what no database takes: NUL, and halves of characters (surrogates)."""
    return _UNSTORABLE.sub("", text)


# Controls, and what turns the direction of all that follows on the line (not the mere marks of
# direction, which some languages need).
_TURNS_LINES = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# Letters that are blank.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def tame(line: str) -> str:
    """A title without what would act on the text around it wherever it is shown."""
    return _TURNS_LINES.sub("", line)


def is_tame(line: str) -> bool:
    """Whether there is nothing of that in it."""
    return _TURNS_LINES.search(line) is None


def is_visible(char: str) -> bool:
    """Whether something is seen of a character.

    Nothing is of controls, formats (zero width, direction), spaces, what is unassigned, and the
    blank letters.
    """
    return unicodedata.category(char)[0] not in "CZ" and char not in _BLANK


def has_visible(text: str) -> bool:
    """Whether anything of a text is seen."""
    return any(map(is_visible, text))


def length(text: str) -> int:
    """Length in UTF-16 units, as every client counts."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def is_blocked_url(text: str, entry: str) -> bool:
    """Whether a blocked address (without scheme) stands in the text as words of its own.

    So `evil.example` is found in `https://evil.example/x` and not in `https://noevil.example`.
    Both in lower case.
    """
    start = text.find(entry) if entry else -1
    while start != -1:
        end = start + len(entry)
        if not _is_word(text[max(start - 1, 0) : start]) and not _is_word(text[end : end + 1]):
            return True
        start = text.find(entry, start + 1)
    return False


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"
