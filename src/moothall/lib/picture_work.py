"""Decoding and writing pictures: runs in a child process only, since its input is hostile.

What is uploaded is decoded and written anew, in the format it came in: that leaves behind all
metadata (places, names, thumbnails of what was cut away) and whatever else hid in the file. The
orientation and the colours that metadata described are put into the pixels first.
"""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from PIL import (
    AvifImagePlugin,
    GifImagePlugin,
    Image,
    ImageCms,
    ImageOps,
    ImageSequence,
    JpegImagePlugin,
    PngImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

# The only readers there are: `Image.open` tries no others.
FORMATS = {
    "JPEG": "jpg",
    "PNG": "png",
    "GIF": "gif",
    "WEBP": "webp",
    "AVIF": "avif",
}
PLUGINS = (JpegImagePlugin, PngImagePlugin, GifImagePlugin, WebPImagePlugin, AvifImagePlugin)
"""Imported here, so that `Image.open` need not look for them."""
_WRITERS: dict[str, tuple[str, dict[str, Any]]] = {
    "jpg": ("JPEG", {"quality": 90, "progressive": True}),
    "png": ("PNG", {}),
    "apng": ("PNG", {}),
    "gif": ("GIF", {}),
    "webp": ("WEBP", {"quality": 85, "method": 2}),
    "avif": ("AVIF", {"quality": 70, "speed": 8, "max_threads": 1}),
}
_ANIMATED = frozenset({"apng", "gif", "webp"})
# A small animation in memory; a larger one becomes a still picture where it is made smaller.
_MAX_ANIMATION_BYTES = 64 * 1024 * 1024
_NO_METADATA = {"exif": b"", "xmp": b"", "icc_profile": None, "comment": b""}


_ORIENTATION = 0x0112
# From 5 on a picture lies on its side.
_LYING = 5


class Bounds(NamedTuple):
    """What is decoded at all: pixels of one frame, frames, pixels of all of them."""

    max_pixels: int
    max_frames: int
    max_total_pixels: int


class NotAPicture(Exception):
    """It cannot be read as one of the formats that we know, or not to its end."""


class TooMuchPicture(Exception):
    """More pixels or frames than allowed."""


class Written(NamedTuple):
    """What was written. `extension` names the format."""

    extension: str
    width: int
    height: int
    size_bytes: int
    sha256: str


def rewrite(source: Path, target: Path, bounds: Bounds) -> Written:
    """Write an upload anew in its own format, animations whole. Raises NotAPicture, TooMuch…"""
    with _opened(source, bounds) as picture:
        extension = FORMATS[str(picture.format)]
        writer, options = _WRITERS[extension]
        if getattr(picture, "n_frames", 1) > 1:
            picture.save(target, writer, save_all=True, **_NO_METADATA, **options)
            size = picture.size
        else:
            still = _storable(_upright(picture), writer)
            still.save(target, writer, **_NO_METADATA, **options)
            size = still.size
    return _written(target, extension, size)


def measure(source: Path, bounds: Bounds) -> Written:
    """Look at the head of a picture; nothing is written, so there is no hash."""
    with _opened(source, bounds) as picture:
        width, height = picture.size
        if picture.getexif().get(_ORIENTATION, 1) >= _LYING:
            width, height = height, width
        return Written(FORMATS[str(picture.format)], width, height, 0, "")


def vary(
    source: Path, target: Path, extension: str, max_side: int | None, bounds: Bounds
) -> Written:
    """Write a picture in another format, or smaller: neither side longer than `max_side`."""
    writer, options = _WRITERS[extension]
    with _opened(source, bounds) as picture:
        side = max_side or max(picture.size)
        if extension in _ANIMATED and _is_small_animation(picture, side):
            frames = list(_frames(picture, side))
            first, others = frames[0], frames[1:]
            durations = [frame.info.get("duration", 100) for frame in frames]
            options = {**options, "loop": picture.info.get("loop", 0), "duration": durations}
            first.save(
                target, writer, save_all=True, append_images=others, **_NO_METADATA, **options
            )
        else:
            picture.draft(None, (side, side))  # a JPEG is decoded at about the size asked for
            first = _upright(picture)
            first.thumbnail((side, side), reducing_gap=2.0)
            first = _storable(first, writer)
            first.save(target, writer, **_NO_METADATA, **options)
        return _written(target, extension, first.size)


class _opened:  # noqa: N801 — reads as a verb at the `with`
    """An open picture whose header is within bounds; every error of a decoder is NotAPicture."""

    def __init__(self, source: Path, bounds: Bounds) -> None:
        self._source = source
        self._bounds = bounds

    def __enter__(self) -> Image.Image:
        Image.MAX_IMAGE_PIXELS = None  # `_check` is stricter, and knows frames
        AvifImagePlugin.DEFAULT_MAX_THREADS = 1
        try:
            self._picture = Image.open(self._source, formats=list(FORMATS))
        except (UnidentifiedImageError, *_DECODING) as error:
            raise NotAPicture(str(error)) from error
        try:
            _check(self._picture, self._bounds)
        except BaseException:
            self._picture.close()
            raise
        return self._picture

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._picture.close()
        # With a number it is the system that failed, a full disk for one, not the picture.
        is_ours = isinstance(error, OSError) and error.errno is not None
        if isinstance(error, _DECODING) and not is_ours:
            raise NotAPicture(str(error)) from error


# Whatever a decoder of hostile bytes may raise.
_DECODING = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    AttributeError,
    OverflowError,
    ZeroDivisionError,
    RuntimeError,
)


def _check(picture: Image.Image, bounds: Bounds) -> None:
    width, height = picture.size
    if width * height > bounds.max_pixels:
        raise TooMuchPicture(f"more than {bounds.max_pixels // 1_000_000} megapixels")
    try:
        frames = int(getattr(picture, "n_frames", 1))
    except _DECODING as error:
        raise NotAPicture(str(error)) from error
    if frames > bounds.max_frames or frames * width * height > bounds.max_total_pixels:
        raise TooMuchPicture("an animation of too many pictures")


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as its metadata says, in the colours of screens."""
    turned = ImageOps.exif_transpose(picture)
    profile = picture.info.get("icc_profile")
    if not profile or turned.mode not in ("RGB", "RGBA", "L", "CMYK"):
        return turned
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if turned.mode == "RGBA" else "RGB"
        managed = ImageCms.profileToProfile(
            turned, source, ImageCms.createProfile("sRGB"), outputMode=mode
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return turned  # a damaged profile: the colours as they are
    return managed or turned


def _storable(picture: Image.Image, writer: str) -> Image.Image:
    """In a colour mode that the format can hold."""
    if writer == "JPEG":
        return _without_alpha(picture)
    if writer == "PNG":
        fits = picture.mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")
        return picture if fits else picture.convert("RGBA" if _has_alpha(picture) else "RGB")
    if writer == "GIF" and picture.mode in ("L", "P"):
        return picture
    return picture.convert("RGBA" if _has_alpha(picture) else "RGB")


def _has_alpha(picture: Image.Image) -> bool:
    return picture.has_transparency_data


def _without_alpha(picture: Image.Image) -> Image.Image:
    if _has_alpha(picture):
        seen = picture.convert("RGBA")
        ground = Image.new("RGBA", seen.size, "white")
        ground.alpha_composite(seen)
        return ground.convert("RGB")
    return picture if picture.mode in ("L", "RGB") else picture.convert("RGB")


def _is_small_animation(picture: Image.Image, side: int) -> bool:
    frames = getattr(picture, "n_frames", 1)
    width, height = picture.size
    scale = min(1.0, side / max(width, height))
    return frames > 1 and 4 * frames * width * height * scale**2 <= _MAX_ANIMATION_BYTES


def _frames(picture: Image.Image, side: int) -> Iterator[Image.Image]:
    for frame in ImageSequence.Iterator(picture):
        small = frame.convert("RGBA")
        small.thumbnail((side, side))
        yield small


def _written(target: Path, extension: str, size: tuple[int, int]) -> Written:
    with target.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Written(extension, *size, target.stat().st_size, digest)
