"""Pictures of strangers, decoded away from everything else.

    pictures = Pictures(bounds)
    made = await pictures.rewrite(path_of_upload, path_of_result)

Nothing here looks into a file: that happens in a child process (see `picture_process`), which is
started by the first picture and ends some time after the last. One picture at a time for each
`Pictures`; a few more wait for their turn, uploads before variants, and beyond that Busy is raised.
"""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

Extension = Literal["apng", "avif", "gif", "jpg", "png", "webp"]

CONTENT_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "apng": "image/apng",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "mp4": "video/mp4",
    "webm": "video/webm",
}
# How files begin, by which they are told, whatever their names say.
_MAGIC: tuple[tuple[re.Pattern[bytes], Extension], ...] = (
    (re.compile(rb"\xff\xd8\xff"), "jpg"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "png"),
    (re.compile(rb"GIF8[79]a"), "gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "webp"),
    (re.compile(rb"....ftypavi[fs]", re.DOTALL), "avif"),
)
_IDLE_S = 30.0
_MAX_WAITING = 40
# The child ends itself at the bound; this is for one that cannot.
_GRACE_S = 5.0
_MAX_LINE = 8192


class PictureError(Exception):
    """A picture was not made; the text says why, in words for whoever sent it.

    Unreadable: it is none that we know, damaged, or cut off.
    TooMuch: more pixels, pictures, seconds, time or memory than allowed.
    Busy: too many wait already; later it may go well.
    """


class Unreadable(PictureError):
    """Not a picture or video that we know, or damaged."""


class TooMuch(PictureError):
    """Beyond a bound."""


class Busy(PictureError):
    """Too many pictures at once."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one picture may take; a 12-megapixel photo takes about 150 MB for a second."""

    max_pixels: int = 40_000_000
    max_frames: int = 1_000
    max_total_pixels: int = 400_000_000
    memory_bytes: int = 768 * 1024 * 1024
    seconds: int = 20
    max_file_bytes: int = 64 * 1024 * 1024


class Picture(NamedTuple):
    """What was written, or, of a video, found. `seconds` is None for what is no video.

    `sha256` and `size_bytes` are those of the file written; of a video, "" and 0.
    """

    extension: str
    width: int
    height: int
    size_bytes: int
    sha256: str
    seconds: float | None = None

    @property
    def content_type(self) -> str:
        """The media type."""
        return CONTENT_TYPES[self.extension]


def kind_of(head: bytes) -> Extension | None:
    """The format of a picture by its first bytes; None where it is none that we know."""
    return next((extension for magic, extension in _MAGIC if magic.match(head)), None)


class _Turn:
    """One after the other, in the order they came; who finds all places taken is refused."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._taken = 0
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[None]:
        """Wait for it. Raises Busy."""
        if self._taken >= self._places:
            raise Busy("too many pictures at once; try again in a moment")
        self._taken += 1
        try:
            async with self._lock:
                yield
        finally:
            self._taken -= 1


class Pictures:
    """The way to the decoding process of this process."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._process: asyncio.subprocess.Process | None = None
        self._turn = _Turn(_MAX_WAITING)
        # Anybody may ask for these: only one of them at a time stands in the way of uploads.
        self._turn_of_variants = _Turn(_MAX_WAITING // 2)
        self._ending: asyncio.TimerHandle | None = None

    async def rewrite(self, source: Path, target: Path) -> Picture:
        """Write an uploaded picture anew, without metadata; of a video only read the head.

        Raises PictureError; then nothing is left at `target`.
        """
        return await self._task(target, {"kind": "rewrite", "source": str(source)})

    async def measure(self, source: Path) -> Picture:
        """Look at the head of a picture or video, and write nothing. Raises PictureError."""
        return await self._task(Path(os.devnull), {"kind": "measure", "source": str(source)})

    async def vary(
        self, source: Path, target: Path, extension: Extension, max_side: int | None
    ) -> Picture:
        """Write a picture in another format or smaller. Raises PictureError, as above."""
        task = {"kind": "vary", "source": str(source), "extension": extension}
        async with self._turn_of_variants():
            return await self._task(target, {**task, "max_side": max_side})

    async def aclose(self) -> None:
        """End the process."""
        self._keep()
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                process.kill()
            await process.wait()
            _close_pipes(process)

    async def _task(self, target: Path, task: dict[str, Any]) -> Picture:
        try:
            async with self._turn():
                answer = await self._ask({**task, "target": str(target)})
        except BaseException:
            _remove(target, task)
            raise
        if "error" in answer:
            _remove(target, task)
        return _picture(answer)

    async def _ask(self, task: dict[str, Any]) -> dict[str, Any]:
        bounds = self._bounds
        task |= {
            "bounds": [bounds.max_pixels, bounds.max_frames, bounds.max_total_pixels],
            "seconds": bounds.seconds,
            "memory_bytes": bounds.memory_bytes,
            "max_file_bytes": bounds.max_file_bytes,
        }
        self._keep()
        try:
            async with asyncio.timeout(bounds.seconds + _GRACE_S):
                line = await self._exchange(json.dumps(task).encode() + b"\n")
        except BaseException as error:
            # Its answer would be taken for that of the next picture.
            await self.aclose()
            if isinstance(error, TimeoutError):
                raise TooMuch("too much time") from None
            raise
        self._ending = asyncio.get_running_loop().call_later(_IDLE_S, self._end)
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def _exchange(self, line: bytes) -> bytes:
        process = self._process
        if process is None or process.returncode is not None:
            process = self._process = await _start()
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 (pipes)
        process.stdin.write(line)
        await process.stdin.drain()
        answer = await process.stdout.readline()
        if not answer:
            raise TooMuch("the decoder ended")
        return answer

    def _keep(self) -> None:
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None

    def _end(self) -> None:
        """Let the process go: it ends at the end of its input."""
        process, self._process = self._process, None
        if process is not None:
            _close_pipes(process)


async def _start() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-m",
        "moothall.lib.picture_process",
        str(os.getpid()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={"LANG": "C.UTF-8"},  # nothing of ours: neither addresses nor passwords
        limit=_MAX_LINE,
    )


def _remove(target: Path, task: dict[str, Any]) -> None:
    if task["kind"] != "measure":
        target.unlink(missing_ok=True)


def _close_pipes(process: asyncio.subprocess.Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    # The transport of standard output closes when the process does.


_ERRORS = {
    "not_a_picture": Unreadable("not a picture that can be read, or only a part of one"),
    "limit": TooMuch("too much time or memory"),
}


def _picture(answer: dict[str, Any]) -> Picture:
    error = answer.get("error")
    if error is None:
        video = answer.get("video")
        if video is None:
            return Picture(**answer)
        return Picture(video["extension"], video["width"], video["height"], 0, "", video["seconds"])
    if error == "too_much":
        raise TooMuch(answer["reason"])
    if error == "not_a_video":
        raise Unreadable(answer["reason"])
    raise type(_ERRORS[error])(str(_ERRORS[error]))
