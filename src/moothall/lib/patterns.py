"""Patterns written by admins (slurs, blocked words), matched in linear time and bounded memory.

RE2 (https://github.com/google/re2/wiki/Syntax) has no backtracking, and so neither back references
nor look-around: a pattern with those does not compile, and no pattern can hang the server.
"""

import functools
from collections.abc import Iterator

import re2

# RE2 limits the compiled program to two thirds of this. Where its automaton outgrows the rest, a
# text costs its length times the program's size: at 256 KiB the worst that could be constructed
# takes one to two seconds over 50,000 characters, ordinary ones under a millisecond.
_MAX_MEMORY_BYTES = 256 * 1024
_MAX_PATTERN_CHARS = 10_000
# Each match starts a search anew, and some patterns look at all the rest of the text for it
# (`a(.*b)?`): linear only as long as the matches are counted.
_MAX_MATCHES = 1000


class InvalidPattern(Exception):
    """The pattern does not compile, or is too long."""


class PermissivePattern(Exception):
    """The pattern matches "1", so presumably nearly everything."""


class Pattern:
    """A compiled pattern; cases do not matter to it. Safe to share between threads."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._compiled = _compiled(source)

    def search(self, text: str) -> str | None:
        """Return the first piece of text that matches and is not empty."""
        return next((text[start:end] for start, end in self._spans(text)), None)

    def replace(self, text: str, replacement: str) -> str:
        """Replace every piece that matches; empty matches are none."""
        pieces = []
        position = 0
        for start, end in self._spans(text):
            pieces += [text[position:start], replacement]
            position = end
        return "".join([*pieces, text[position:]])

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where the pattern matches; past the limit, all the rest counts as one match."""
        end = 0
        # RE2 reads UTF-8, which has no lone surrogates; the replacement keeps the length.
        text = text.encode("utf-8", "replace").decode("utf-8")
        for count, match in enumerate(self._compiled.finditer(text)):
            if count == _MAX_MATCHES:
                if end:
                    yield end, len(text)
                return
            if match.end() > match.start():
                end = match.end()
                yield match.span()


@functools.lru_cache(maxsize=32)
def compile_pattern(source: str) -> Pattern:
    """Compile, or take from a small cache.

    Raises InvalidPattern, or PermissivePattern for one that would match nearly everything.
    """
    pattern = Pattern(source)
    if pattern._compiled.search("1"):  # noqa: SLF001 (an empty match counts here)
        raise PermissivePattern
    return pattern


def _compiled(source: str) -> re2._Regexp:
    if len(source) > _MAX_PATTERN_CHARS:
        raise InvalidPattern(f"longer than {_MAX_PATTERN_CHARS} characters")
    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = _MAX_MEMORY_BYTES
    options.log_errors = False
    try:
        return re2.compile(source, options)
    except (re2.error, UnicodeEncodeError) as error:
        raise InvalidPattern(_reason(error)) from None


def _reason(error: Exception) -> str:
    detail = error.args[0] if error.args else ""
    return detail.decode("utf-8", "replace") if isinstance(detail, bytes) else str(detail)
