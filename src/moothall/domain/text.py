"""Pure rules about texts: what can be stored, how long it is, what a blocked link matches."""

import re

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """The text without what no database takes: NUL, and halves of characters (surrogates)."""
    return _UNSTORABLE.sub("", text)


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
