"""The forms that pictures are shown in: as they are, smaller, or in another format."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, get_args

from moothall.domain.errors import Invalid, NotFound, TooMany
from moothall.door import Door
from moothall.lib.blobs import CHUNK, BlobsAway
from moothall.lib.file_cache import FileCache
from moothall.lib.log import get_logger
from moothall.lib.media_tools import MediaTools
from moothall.lib.pictures import CONTENT_TYPES, Busy, Extension, PictureError, TooMuch

log = get_logger()

# The sizes that pictures are made in: whoever asks for another gets the next smaller one. Any
# number would let a stranger keep the decoder busy for ever.
SIDES = (32, 48, 64, 96, 128, 160, 192, 256, 320, 384, 512, 640, 768, 1024, 1280, 1600, 2048)
EXTENSIONS: tuple[Extension, ...] = get_args(Extension)
_SPELLINGS: dict[str, Extension] = {
    **{extension: extension for extension in EXTENSIONS},
    "jpeg": "jpg",
    # Nobody reads or writes it here; what asks for it can also read this.
    "jxl": "webp",
}
_FULL = "full"
# For each address: as many as some pages of lists show to who has never seen them.
_MADE = 200
_MADE_S = 60.0


class Shape(NamedTuple):
    """In which form a picture is asked for; None for as it is."""

    extension: Extension | None = None
    max_side: int | None = None

    @property
    def is_original(self) -> bool:
        """Whether nothing is asked for."""
        return self.extension is None and self.max_side is None


class Found(NamedTuple):
    """A picture or video to be sent. `etag` is the same as long as its bytes are."""

    content_type: str
    size: int
    etag: str
    source: Path | str

    @property
    def is_video(self) -> bool:
        """Whether it is one, which players ask for in parts."""
        return self.content_type.startswith("video/")


def shape_of(format: str | None, thumbnail: int | None, name: str = "") -> Shape:  # noqa: A002
    """What the parameters of a picture's address ask for.

    A thumbnail without a format is one of the kind that the name ends in, else a JPEG. Raises
    Invalid for a format that there is none of, and a size below 1.
    """
    if thumbnail is not None and thumbnail < 1:
        raise Invalid("unknown", "thumbnail must be at least 1")
    if format is not None and format.lower() not in _SPELLINGS:
        raise Invalid("unknown", f"format must be one of {', '.join(_SPELLINGS)}")
    side = None
    if thumbnail is not None:
        side = max((side for side in SIDES if side <= thumbnail), default=SIDES[0])
    if format is not None:
        return Shape(_SPELLINGS[format.lower()], side)
    if side is None:
        return Shape()
    return Shape(_SPELLINGS.get(name.rpartition(".")[2].lower(), "jpg"), side)


@contextmanager
def scratch_file(tools: MediaTools) -> Iterator[Path]:
    """A name for a file that is gone afterwards."""
    tools.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=tools.folder) as folder:
        yield Path(folder, "picture")


@contextmanager
def as_forum_errors() -> Iterator[None]:
    """What went wrong with a picture, as an error that a person can be told."""
    try:
        yield
    except TooMuch as error:
        raise Invalid("too_large", str(error)) from error
    except Busy as error:
        raise TooMany from error
    except PictureError as error:
        raise Invalid("not_an_image_type", str(error)) from error
    except (BlobsAway, OSError) as error:
        log.exception("media_store_failed")
        raise Invalid("pictrs_response_error", "the store of pictures does not answer") from error


async def varied(
    door: Door,
    tools: MediaTools,
    cache: FileCache,
    group: str,
    extension: Extension,
    side: int | None,
    source: Path | str,
) -> Path:
    """A picture in another form, from the cache or made now; `source` is a file or a blob's key.

    Raises Invalid for what cannot be decoded, TooMany.
    """
    name = f"{side or _FULL}-.{extension}"
    kept = await asyncio.to_thread(cache.get, group, name)
    if kept is not None:
        return kept
    count_making(door)

    async def make() -> Path:
        written = cache.new_file(group, name)
        with scratch_file(tools) as scratch, as_forum_errors():
            file = source
            if isinstance(file, str):
                file = await asyncio.to_thread(_local, tools, file, scratch)
            await tools.pictures.vary(file, written, extension, side)
        return await asyncio.to_thread(cache.put, group, name, written)

    return await tools.varied.run(f"{group}/{name}", make)


def count_making(door: Door) -> None:
    """Count a picture that is not in the cache for who asks: it costs seconds of ours.

    Raises TooMany.
    """
    door.count_work("picture", _MADE, _MADE_S)


def _local(tools: MediaTools, key: str, scratch: Path) -> Path:
    """A blob as a file of this machine."""
    path = tools.blobs.path(key)
    if path is not None:
        return path
    with scratch.open("wb") as copy:
        for chunk in tools.blobs.chunks(key, 0, 2**40):
            copy.write(chunk)
    return scratch


async def found_file(path: Path, extension: str) -> Found:
    """A file of a cache as something to send."""
    size = (await asyncio.to_thread(path.stat)).st_size
    mark = hashlib.blake2s(f"{path}:{size}".encode(), digest_size=16).hexdigest()
    return Found(CONTENT_TYPES[extension], size, mark, path)


def extension_of(content_type: str) -> Extension:
    """The extension of a picture's type."""
    return next(each for each in EXTENSIONS if CONTENT_TYPES[each] == content_type)


def absent() -> NotFound:
    """The refusal of what is not there, or cannot be had."""
    return NotFound("couldnt_find_object", by_name=True)


async def chunks_of(
    tools: MediaTools, found: Found, start: int = 0, length: int | None = None
) -> AsyncIterator[bytes]:
    """The bytes to send. Raises NotFound, before the first, where they are gone meanwhile."""
    wanted = found.size - start if length is None else length
    if isinstance(found.source, str):
        chunks = tools.blobs.chunks(found.source, start, wanted)
    else:
        chunks = _file_chunks(found.source, start, wanted)
    try:
        while chunk := await asyncio.to_thread(next, chunks, b""):
            yield chunk
    except FileNotFoundError:
        raise absent() from None


def _file_chunks(path: Path, start: int, length: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(start)
        while length > 0 and (chunk := file.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk
