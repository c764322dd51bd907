"""Forms with files (multipart/form-data, RFC 7578), read as they arrive: files go to disk.

    async with read_form(receive, content_type, content_length, folder, limits) as form:
        form.fields, form.files

The files are gone when the block is left, and when anything goes wrong before.
"""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from multipart import MultipartError, PushMultipartParser, parse_options_header

from .request_body import Disconnected, TooLarge, discard

FORM_TYPE = b"multipart/form-data"
# Bytes are collected up to this before a thread writes them.
_WRITE_BYTES = 1024 * 1024
# A form of many parts has boundaries and headers beside its contents.
_OVERHEAD_BYTES = 64 * 1024


class Malformed(Exception):
    """Not a form that can be read; the text says why."""


class FormLimits(NamedTuple):
    """Bounds of one form; `total_s` for its whole arrival.

    Without `keeps_files` the files in it are passed over. With `passes_over_large` so is a file
    that is too large, while all else of its form is read.
    """

    max_file_bytes: int
    max_files: int = 1
    max_text_bytes: int = 1024 * 1024
    max_parts: int = 200
    total_s: float = 600.0
    keeps_files: bool = True
    passes_over_large: bool = False


class File(NamedTuple):
    """A file of a form, on disk as long as the form is read. `filename` is what the sender says."""

    name: str
    filename: str
    path: Path
    size: int


class Form(NamedTuple):
    """What a form holds, in its order; `passed_over` are the names of inputs whose file is not."""

    fields: list[tuple[str, str]]
    files: list[File]
    passed_over: list[str]


def is_form(content_type: bytes | None) -> bool:
    """Whether a Content-Type header announces such a form."""
    return (content_type or b"").split(b";", 1)[0].strip().lower() == FORM_TYPE


@asynccontextmanager
async def read_form(
    receive: Any,
    content_type: bytes,
    content_length: bytes | None,
    folder: Path,
    limits: FormLimits,
) -> AsyncIterator[Form]:
    """Read a whole form. Raises Malformed, TooLarge, Disconnected (cut off or too slow)."""
    reader = _Reader(folder, limits)
    try:
        yield await reader.read(receive, content_type, content_length)
    finally:
        reader.close()


class _Reader:
    def __init__(self, folder: Path, limits: FormLimits) -> None:
        self._folder = folder
        self._limits = limits
        self._max_bytes = (
            limits.max_files * limits.max_file_bytes + limits.max_text_bytes + _OVERHEAD_BYTES
        )
        self._bytes = 0
        self._form = Form([], [], [])
        self._paths: list[Path] = []
        self._file: BinaryIO | None = None
        self._text_bytes = 0
        self._segment: Any = None
        self._held = bytearray()
        self._has_more = True
        self._skips = False

    async def read(self, receive: Any, content_type: bytes, length: bytes | None) -> Form:
        limits = self._limits
        if length is not None and (not length.isdigit() or int(length[:16]) > self._max_bytes):
            await discard(receive, length)
            raise TooLarge
        try:
            async with asyncio.timeout(limits.total_s):
                await self._parse(receive, content_type)
        except (TooLarge, Malformed):
            if self._has_more:
                await discard(receive)
            raise
        except TimeoutError:
            raise Disconnected from None
        return self._form

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        for path in self._paths:
            path.unlink(missing_ok=True)

    async def _parse(self, receive: Any, content_type: bytes) -> None:
        _, options = parse_options_header(content_type.decode("latin-1"))
        try:
            parser = PushMultipartParser(
                options.get("boundary", ""), max_segment_count=self._limits.max_parts
            )
            while self._has_more:
                message = await receive()
                if message["type"] != "http.request":
                    raise Disconnected
                self._has_more = message.get("more_body", False)
                body = message.get("body", b"")
                self._bytes += len(body)
                if self._bytes > self._max_bytes:
                    raise TooLarge
                for event in parser.parse(body):
                    await self._take(event)
            parser.close()
        except MultipartError as error:
            raise Malformed(str(error)) from error

    async def _take(self, event: Any) -> None:
        if event is None:
            await self._end()
        elif self._segment is None:
            self._begin(event)
        elif self._skips:
            return
        elif self._file is None:
            self._text_bytes += len(event)
            if self._text_bytes > self._limits.max_text_bytes:
                raise TooLarge
            self._held += event
        else:
            if self._segment.bytes_received > self._limits.max_file_bytes:
                self._give_up_file()
                return
            self._held += event
            if len(self._held) >= _WRITE_BYTES:
                await self._write()

    def _begin(self, segment: Any) -> None:
        if segment.disposition != "form-data" or not segment.name:
            raise Malformed("a part without a name")
        self._segment = segment
        self._skips = segment.filename is not None and not self._limits.keeps_files
        if segment.filename is None or self._skips:
            return
        if len(self._paths) >= self._limits.max_files:
            raise Malformed("too many files")
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix="upload-", dir=self._folder)
        self._paths.append(Path(name))
        self._file = os.fdopen(handle, "wb")

    def _give_up_file(self) -> None:
        assert self._file is not None  # noqa: S101 (only called for files)
        if not self._limits.passes_over_large:
            raise TooLarge
        self._file.close()
        self._file = None
        self._held = bytearray()
        self._paths[-1].unlink(missing_ok=True)
        self._skips = True

    async def _write(self) -> None:
        assert self._file is not None  # noqa: S101 (only called for files)
        held, self._held = self._held, bytearray()
        await asyncio.to_thread(self._file.write, held)

    async def _end(self) -> None:
        segment, self._segment = self._segment, None
        if self._skips:
            if segment.bytes_received:
                self._form.passed_over.append(segment.name)
            return
        if self._file is None:
            text = self._held.decode("utf-8", "replace").replace("\0", "")
            self._held = bytearray()
            # Browsers send line breaks as CR LF; one spelling is stored.
            self._form.fields.append((segment.name, text.replace("\r\n", "\n")))
            return
        await self._write()
        self._file.close()
        self._file = None
        size = segment.bytes_received
        self._form.files.append(File(segment.name, segment.filename, self._paths[-1], size))
