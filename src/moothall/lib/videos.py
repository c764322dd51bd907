"""Short videos: what their container says of itself. Nothing is decoded.

MP4 by ISO/IEC 14496-12, WebM by RFC 8794 (EBML) and RFC 9559 (Matroska). Both are read by jumping
from element to element, with a bound on how many, and only what says how long the video is and how
large its picture.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

_MAX_ELEMENTS = 2_000
_HEAD = 64


class NotAVideo(Exception):
    """No MP4 or WebM, or one that does not say how long it is."""


class Video(NamedTuple):
    """What the container says. The extension is "mp4" or "webm"."""

    extension: str
    seconds: float
    width: int
    height: int


def is_video(head: bytes) -> bool:
    """Whether the first bytes (at least 12) are those of a container that may hold a video."""
    return _is_mp4(head) or head.startswith(b"\x1a\x45\xdf\xa3")


def _is_mp4(head: bytes) -> bool:
    # Pictures use the same container: their brands are others.
    brand = head[8:12]
    return head[4:8] == b"ftyp" and (
        brand in (b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash") or brand.startswith(b"iso")
    )


def read_video(path: Path) -> Video:
    """Read the head of a video. Raises NotAVideo."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
        size = path.stat().st_size
        try:
            if _is_mp4(head):
                video = _mp4(file, size)
            elif head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head:
                video = _webm(file, size)
            else:
                raise NotAVideo("neither MP4 nor WebM")
        except (struct.error, IndexError, OverflowError, ZeroDivisionError) as error:
            raise NotAVideo("a damaged video") from error
    if not (video.seconds > 0 and video.width > 0 and video.height > 0):
        raise NotAVideo("a video that does not say how long or how large it is")
    return video


# --- MP4


class _Box(NamedTuple):
    kind: bytes
    start: int
    end: int


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[_Box]:
    position = start
    for _ in range(_MAX_ELEMENTS):
        if position + 8 > end:
            return
        file.seek(position)
        length, kind = struct.unpack(">I4s", file.read(8))
        body = position + 8
        if length == 1:
            (length,) = struct.unpack(">Q", file.read(8))
            body += 8
        elif length == 0:
            length = end - position
        if length < body - position or position + length > end:
            raise NotAVideo("a damaged video")
        yield _Box(kind, body, position + length)
        position += length


def _mp4(file: BinaryIO, size: int) -> Video:
    seconds, width, height = 0.0, 0, 0
    for box in _boxes(file, 0, size):
        if box.kind != b"moov":
            continue
        for inner in _boxes(file, box.start, box.end):
            if inner.kind == b"mvhd":
                seconds = max(seconds, _mvhd_seconds(file, inner))
            elif inner.kind == b"trak":
                width, height = max((width, height), _track_size(file, inner))
            elif inner.kind == b"mvex":
                # Its length is that of fragments which we would have to add up.
                raise NotAVideo("a video in fragments, which does not say how long it is")
    return Video("mp4", seconds, width, height)


def _mvhd_seconds(file: BinaryIO, box: _Box) -> float:
    file.seek(box.start)
    body = file.read(min(32, box.end - box.start))
    if body[0] == 1:
        scale, length = struct.unpack(">IQ", body[20:32])
    else:
        scale, length = struct.unpack(">II", body[12:20])
    return float(length / scale)


def _track_size(file: BinaryIO, track: _Box) -> tuple[int, int]:
    for box in _boxes(file, track.start, track.end):
        if box.kind == b"tkhd":
            file.seek(box.end - 8)
            width, height = struct.unpack(">II", file.read(8))
            return width >> 16, height >> 16
    return 0, 0


# --- WebM

_SEGMENT = 0x18538067
_INFO = 0x1549A966
_SCALE = 0x2AD7B1
_DURATION = 0x4489
_TRACKS = 0x1654AE6B
_TRACK = 0xAE
_PICTURE = 0xE0
_WIDTH = 0xB0
_HEIGHT = 0xBA
_CLUSTER = 0x1F43B675


class _Element(NamedTuple):
    id: int
    start: int
    end: int


def _vint(file: BinaryIO) -> tuple[int, int]:
    """A number of variable length with its marker, and how many bytes it has."""
    first = file.read(1)[0]
    width = 9 - first.bit_length()
    rest = file.read(width - 1)
    if first == 0 or len(rest) < width - 1:
        raise NotAVideo("a damaged video")
    return int.from_bytes(bytes([first]) + rest, "big"), width


def _elements(file: BinaryIO, start: int, end: int) -> Iterator[_Element]:
    position = start
    for _ in range(_MAX_ELEMENTS):
        if position >= end:
            return
        file.seek(position)
        kind, _width = _vint(file)
        marked, width = _vint(file)
        length = marked - (1 << (7 * width))
        body = file.tell()
        # A length of all ones is unknown: the rest of what contains it.
        is_unknown = length == (1 << (7 * width)) - 1
        stop = end if is_unknown else body + length
        if stop > end:
            raise NotAVideo("a damaged video")
        yield _Element(kind, body, stop)
        position = stop


def _webm(file: BinaryIO, size: int) -> Video:
    seconds, width, height = 0.0, 0, 0
    for top in _elements(file, 0, size):
        if top.id != _SEGMENT:
            continue
        for element in _elements(file, top.start, top.end):
            if element.id == _CLUSTER:
                break
            if element.id == _INFO:
                seconds = _info_seconds(file, element)
            elif element.id == _TRACKS:
                width, height = _webm_size(file, element)
    return Video("webm", seconds, width, height)


def _info_seconds(file: BinaryIO, info: _Element) -> float:
    scale, duration = 1_000_000, 0.0
    for element in _elements(file, info.start, info.end):
        if element.id == _SCALE:
            scale = _number(file, element)
        elif element.id == _DURATION:
            file.seek(element.start)
            data = file.read(min(8, element.end - element.start))
            (duration,) = struct.unpack(">f" if len(data) == 4 else ">d", data)
    return duration * scale / 1e9


def _webm_size(file: BinaryIO, tracks: _Element) -> tuple[int, int]:
    for track in _elements(file, tracks.start, tracks.end):
        if track.id != _TRACK:
            continue
        for part in _elements(file, track.start, track.end):
            if part.id == _PICTURE:
                found = {
                    element.id: _number(file, element)
                    for element in _elements(file, part.start, part.end)
                    if element.id in (_WIDTH, _HEIGHT)
                }
                return found.get(_WIDTH, 0), found.get(_HEIGHT, 0)
    return 0, 0


def _number(file: BinaryIO, element: _Element) -> int:
    file.seek(element.start)
    return int.from_bytes(file.read(min(8, element.end - element.start)), "big")
