"""Pictures and videos as people, phones and attackers make them."""

import io
import struct
import zlib
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

SECRET = "52.5200N-somebody-was-here"


def photo(width: int = 60, height: int = 40, format: str = "JPEG", **options: Any) -> bytes:  # noqa: A002
    """A picture whose left half is red and whose right half is blue."""
    picture = Image.new("RGB", (width, height), "red")
    picture.paste("blue", (width // 2, 0, width, height))
    return saved(picture, format, **options)


def photo_of_a_phone(orientation: int = 6) -> bytes:
    """A JPEG with a place and a name in its metadata, lying on its side."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = SECRET
    exif[0x9286] = SECRET
    return photo(exif=exif.tobytes(), comment=SECRET.encode(), quality=95)


def png_with_texts() -> bytes:
    """A PNG that says things beside its pixels, and goes on after its end."""
    info = PngInfo()
    info.add_text("Comment", SECRET)
    info.add_itxt("XML:com.adobe.xmp", SECRET)
    return photo(format="PNG", pnginfo=info) + f"<script>{SECRET}</script>".encode()


def animation(format: str = "GIF", frames: int = 4, size: int = 30) -> bytes:  # noqa: A002
    """A few frames of changing colour."""
    pictures = [Image.new("RGB", (size, size), (n * 40 % 256, 90, 200)) for n in range(frames)]
    options = {"comment": SECRET.encode()} if format == "GIF" else {}
    return saved(
        pictures[0],
        format,
        save_all=True,
        append_images=pictures[1:],
        duration=100,
        loop=0,
        **options,
    )


def saved(picture: Image.Image, format: str, **options: Any) -> bytes:  # noqa: A002
    """The bytes of a file."""
    buffer = io.BytesIO()
    picture.save(buffer, format, **options)
    return buffer.getvalue()


def opened(data: bytes) -> Image.Image:
    """The picture of a file."""
    return Image.open(io.BytesIO(data))


def bomb(side: int = 60_000) -> bytes:
    """A PNG of a few bytes that announces billions of pixels."""
    return _png(side, side, zlib.compress(b"\0" * 1000))


def heavy_png(side: int = 6_000) -> bytes:
    """A PNG of little that becomes much, all of it there."""
    packer = zlib.compressobj(9)
    row = b"\0" * (side * 3 + 1)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    return _png(side, side, data)


def _png(width: int, height: int, data: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", data), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(value)) + kind + value + struct.pack(">I", zlib.crc32(kind + value))
        for kind, value in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


SVG = b"""<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>"""


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def mp4(
    seconds: float = 5.0, width: int = 320, height: int = 240, *, fragments: bool = False
) -> bytes:
    """The shell of an MP4 video."""
    mvhd = _box(b"mvhd", struct.pack(">IIIII", 0, 0, 0, 1000, int(seconds * 1000)), bytes(80))
    tkhd = _box(b"tkhd", bytes(76), struct.pack(">II", width << 16, height << 16))
    more = _box(b"mvex") if fragments else b""
    moov = _box(b"moov", mvhd, _box(b"trak", tkhd), more)
    return _box(b"ftyp", b"isom", bytes(4), b"isommp42") + moov + _box(b"mdat", b"x" * 500)


def _element(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack(">Q", 1 << 56 | len(body)) + body


def webm(seconds: float | None = 5.0, width: int = 320, height: int = 240) -> bytes:
    """The shell of a WebM video; without seconds as browsers record it."""
    length = b"" if seconds is None else _element(b"\x44\x89", struct.pack(">d", seconds * 1000))
    info = _element(b"\x15\x49\xa9\x66", _element(b"\x2a\xd7\xb1", b"\x0f\x42\x40") + length)
    sizes = _element(b"\xb0", struct.pack(">H", width)) + _element(
        b"\xba", struct.pack(">H", height)
    )
    tracks = _element(b"\x16\x54\xae\x6b", _element(b"\xae", _element(b"\xe0", sizes)))
    head = _element(b"\x1a\x45\xdf\xa3", _element(b"\x42\x82", b"webm"))
    return head + _element(b"\x18\x53\x80\x67", info + tracks)
