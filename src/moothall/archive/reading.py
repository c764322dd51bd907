"""An archive file, line by line: plain or gzip, of any size, and whatever may be in it."""

import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

MAX_LINE_BYTES = 1024 * 1024
_CHUNK = 1024 * 1024
_GZIP_MAGIC = b"\x1f\x8b"


class ArchiveError(Exception):
    """The archive cannot be read at all; one line for the operator."""


class Text(NamedTuple):
    """A line of the file; `text` None where it is too long, or where the file is damaged."""

    number: int
    text: bytes | None
    reason: str = ""


class Lines:
    """The lines of an open file. `position` is how much of the file itself has been read."""

    def __init__(self, raw: BinaryIO, stream: io.BufferedIOBase) -> None:
        self._raw = raw
        self._stream = stream
        self.is_cut = False
        """After the last line: whether the file is damaged, or ends in the middle of that line."""

    @property
    def position(self) -> int:
        """Bytes of the file, compressed or not."""
        return self._raw.tell()

    def __iter__(self) -> Iterator[Text]:
        number = 1
        try:
            while line := self._stream.readline(MAX_LINE_BYTES + 1):
                if len(line) > MAX_LINE_BYTES:
                    self._skip(line)
                    yield Text(number, None, "longer than 1 MiB")
                else:
                    yield Text(number, line)
                number += 1
                self.is_cut = not line.rstrip().endswith(b"}") and not line.endswith(b"\n")
        except (OSError, EOFError, zlib.error) as error:
            self.is_cut = True
            yield Text(number, None, f"the file is damaged from here on ({error})")

    def _skip(self, line: bytes) -> None:
        while line and not line.endswith(b"\n"):
            line = self._stream.readline(MAX_LINE_BYTES)


@contextmanager
def open_lines(path: Path) -> Iterator[Lines]:
    """Open an archive; gzip is told by the name or by how the content begins.

    Raises ArchiveError where there is no such file.
    """
    try:
        raw = path.open("rb")
    except OSError as error:
        raise ArchiveError(f"cannot read {path}: {error.strerror}") from None
    with raw:
        is_gzip = path.suffix == ".gz" or raw.peek(2)[:2] == _GZIP_MAGIC
        stream: io.BufferedIOBase = raw
        if is_gzip:
            # No larger buffer around it: what stands before a damage would be lost with it.
            stream = gzip.GzipFile(fileobj=raw)
        yield Lines(raw, stream)


def fingerprint_of(path: Path) -> str:
    """A hash of the whole file: an import goes on only with the very same one."""
    digest = hashlib.blake2b(digest_size=24)
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise ArchiveError(f"cannot read {path}: {error.strerror}") from None
    return digest.hexdigest()
