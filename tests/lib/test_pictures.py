"""Pictures decoded in a process of their own: what comes out, and what is refused."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image

from moothall.lib.pictures import Bounds, Busy, Picture, PictureError, Pictures, TooMuch, Unreadable
from tests.support import pictures as samples

SMALL = Bounds(max_pixels=4_000_000, max_frames=50, max_total_pixels=8_000_000)
Work = Callable[[Pictures], Coroutine[Any, Any, Picture]]


def run(work: Work, bounds: Bounds = SMALL) -> Picture:
    async def whole() -> Picture:
        pictures = Pictures(bounds)
        try:
            return await work(pictures)
        finally:
            await pictures.aclose()

    return asyncio.run(whole())


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "in", tmp_path / "out"


def rewritten(files: tuple[Path, Path], data: bytes, bounds: Bounds = SMALL) -> Picture:
    source, target = files
    source.write_bytes(data)
    return run(lambda pictures: pictures.rewrite(source, target), bounds)


def varied(files: tuple[Path, Path], data: bytes, extension: Any, side: int | None) -> Image.Image:
    source, target = files
    source.write_bytes(data)
    run(lambda pictures: pictures.vary(source, target, extension, side))
    return Image.open(target)


def test_a_photo_keeps_its_orientation_and_loses_all_else(files: tuple[Path, Path]) -> None:
    data = samples.photo_of_a_phone(orientation=6)
    assert samples.SECRET.encode() in data
    made = rewritten(files, data)
    kept = files[1].read_bytes()
    assert (made.extension, made.width, made.height) == ("jpg", 40, 60)
    assert samples.SECRET.encode() not in kept
    with samples.opened(kept) as picture:
        assert not picture.getexif()
        # Turned a quarter to the right, what was left is up.
        assert picture.convert("RGB").crop((20, 5, 21, 6)).tobytes() > b"\xc8"


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP", "AVIF"])
def test_each_format_stays_what_it_was(files: tuple[Path, Path], format: str) -> None:  # noqa: A002
    made = rewritten(files, samples.photo(format=format))
    with samples.opened(files[1].read_bytes()) as picture:
        assert (picture.format, picture.size) == (format, (60, 40))
    assert made.size_bytes == files[1].stat().st_size
    assert len(made.sha256) == 64


def test_texts_and_what_follows_the_end_are_gone(files: tuple[Path, Path]) -> None:
    rewritten(files, samples.png_with_texts())
    kept = files[1].read_bytes()
    assert samples.SECRET.encode() not in kept
    assert b"<script" not in kept


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG"])
def test_an_animation_stays_one(files: tuple[Path, Path], format: str) -> None:  # noqa: A002
    rewritten(files, samples.animation(format))
    kept = files[1].read_bytes()
    assert samples.SECRET.encode() not in kept
    with samples.opened(kept) as picture:
        assert getattr(picture, "n_frames", 1) == 4


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_colour_mode_becomes_every_format(files: tuple[Path, Path], mode: str) -> None:
    picture = Image.new(mode, (30, 20))
    data = samples.saved(picture, "JPEG" if mode == "CMYK" else "PNG")
    rewritten(files, data)
    for extension in ("jpg", "png", "apng", "gif", "webp", "avif"):
        with varied(files, data, extension, 10) as small:
            assert small.size == (10, 7)


def test_a_thumbnail_fits_and_is_never_larger(files: tuple[Path, Path]) -> None:
    with varied(files, samples.photo(400, 100), "webp", 96) as small:
        assert (small.format, small.size) == ("WEBP", (96, 24))
    with varied(files, samples.photo(40, 10), "avif", 96) as small:
        assert (small.format, small.size) == ("AVIF", (40, 10))
    with varied(files, samples.photo_of_a_phone(), "jpg", 30) as small:
        assert small.size == (20, 30)


def test_a_thumbnail_of_an_animation_moves(files: tuple[Path, Path]) -> None:
    with varied(files, samples.animation(), "webp", 16) as small:
        assert (getattr(small, "n_frames", 1), small.size) == (4, (16, 16))
    with varied(files, samples.animation(), "jpg", 16) as still:
        assert getattr(still, "n_frames", 1) == 1


WHOLE = samples.photo(300, 300, "PNG")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<html><script>alert(1)</script>",
        samples.SVG,
        b"GIF89a<script>alert(1)</script>",
        b"GIF87a/*" + b"x" * 100,
        WHOLE[:100],
        WHOLE[: len(WHOLE) // 2],
        samples.photo(300, 300)[:600],
        samples.animation()[:200],
        b"BM" + bytes(200),
        b"II*\0" + bytes(200),
        b"%!PS-Adobe-3.0\n",
        b"\xff\x0a" + bytes(200),
        b"\0\0\0\x20ftypavif" + bytes(200),
        b"\xff\xd8\xff" + bytes(200),
        b"RIFF\x10\0\0\0WEBPVP8 " + bytes(100),
    ],
)
def test_what_is_no_whole_picture_is_refused(files: tuple[Path, Path], data: bytes) -> None:
    with pytest.raises(Unreadable):
        rewritten(files, data)
    assert not files[1].exists()


@pytest.mark.parametrize(
    "data",
    [samples.bomb(), samples.photo(2001, 2000, "PNG"), samples.animation(frames=60)],
    ids=["bomb", "one row too many", "frames"],
)
def test_more_than_the_bounds_is_refused(files: tuple[Path, Path], data: bytes) -> None:
    with pytest.raises(TooMuch):
        rewritten(files, data)
    assert not files[1].exists()


def test_memory_is_bounded(files: tuple[Path, Path]) -> None:
    bounds = Bounds(max_pixels=10**9, max_total_pixels=10**9, memory_bytes=30_000_000)
    with pytest.raises(TooMuch):
        rewritten(files, samples.heavy_png(4000), bounds)


def test_time_is_bounded(files: tuple[Path, Path]) -> None:
    bounds = Bounds(max_pixels=10**9, max_total_pixels=10**9, seconds=1)
    start = time.monotonic()
    with pytest.raises(TooMuch):
        rewritten(files, samples.heavy_png(14_000), bounds)
    assert time.monotonic() - start < 8
    assert not files[1].exists()


def test_what_is_written_is_bounded(files: tuple[Path, Path]) -> None:
    noise = Image.effect_noise((500, 500), 100)
    with pytest.raises(PictureError):
        rewritten(files, samples.saved(noise, "PNG"), SMALL.__class__(max_file_bytes=10_000))
    assert not files[1].exists()


def test_after_a_failure_the_next_picture_is_made(tmp_path: Path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"

    async def work(pictures: Pictures) -> Picture:
        source.write_bytes(b"no picture")
        with pytest.raises(Unreadable):
            await pictures.rewrite(source, target)
        source.write_bytes(samples.photo())
        await pictures.rewrite(source, target)
        process = pictures._process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
        return await pictures.rewrite(source, target)

    assert run(work).extension == "jpg"


def test_a_few_wait_and_too_many_are_told(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.write_bytes(samples.photo())

    async def work(pictures: Pictures) -> Picture:
        made = await asyncio.gather(
            *[pictures.rewrite(source, tmp_path / str(n)) for n in range(60)],
            return_exceptions=True,
        )
        busy = [each for each in made if isinstance(each, Busy)]
        done = [each for each in made if isinstance(each, Picture)]
        assert len(busy) == 20
        assert len(done) == 40
        return done[0]

    run(work)


def test_variants_do_not_hold_up_an_upload(tmp_path: Path) -> None:
    """Any stranger may ask for those, in a hundred forms."""
    source = tmp_path / "in"
    source.write_bytes(samples.photo())
    ended: list[str] = []

    async def vary(pictures: Pictures, n: int) -> None:
        await pictures.vary(source, tmp_path / f"{n}.webp", "webp", 32)
        ended.append("variant")

    async def work(pictures: Pictures) -> Picture:
        variants = [asyncio.create_task(vary(pictures, n)) for n in range(60)]
        await asyncio.sleep(0)
        made = await pictures.rewrite(source, tmp_path / "out")
        ended.append("upload")
        results = await asyncio.gather(*variants, return_exceptions=True)
        assert len([each for each in results if isinstance(each, Busy)]) == 40
        return made

    run(work)
    assert ended.index("upload") <= 2
    assert len(ended) == 21


def test_the_process_knows_nothing_of_ours_and_goes_with_us(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOOTHALL_TEST_SECRET", "password")
    source = tmp_path / "in"
    source.write_bytes(samples.photo())
    seen: list[psutil.Process] = []

    async def work(pictures: Pictures) -> Picture:
        made = await pictures.rewrite(source, tmp_path / "out")
        assert pictures._process is not None
        process = psutil.Process(pictures._process.pid)
        assert "MOOTHALL_TEST_SECRET" not in process.environ()
        assert process.nice() >= 10
        seen.append(process)
        return made

    run(work)
    assert not seen[0].is_running()


# --- videos


@pytest.mark.parametrize(
    "data, extension", [(samples.mp4(), "mp4"), (samples.webm(), "webm")], ids=["mp4", "webm"]
)
def test_a_video_is_measured_and_not_touched(
    files: tuple[Path, Path], data: bytes, extension: str
) -> None:
    found = rewritten(files, data)
    assert found == Picture(extension, 320, 240, 0, "", 5.0)
    assert not files[1].exists()


@pytest.mark.parametrize(
    "data",
    [
        samples.mp4(seconds=0),
        samples.mp4(width=0),
        samples.mp4(fragments=True),
        samples.mp4()[:60],
        samples.webm(seconds=None),
        samples.webm()[:60],
        samples.webm().replace(b"webm", b"mkvv"),
        b"\x1a\x45\xdf\xa3webm" + bytes(100),
        b"\x1a\x45\xdf\xa3webm" + b"\xff" * 100,
        b"\0\0\0\x18ftypisom" + b"\xff" * 100,
        b"\0\0\0\x08ftypisom" + b"\0\0\0\x08moov" * 3000,
    ],
)
def test_a_video_that_does_not_tell_its_length_is_refused(
    files: tuple[Path, Path], data: bytes
) -> None:
    with pytest.raises(Unreadable):
        rewritten(files, data)
