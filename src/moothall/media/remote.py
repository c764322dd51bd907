"""Pictures of other servers: passed on, and kept nowhere but in a cache that forgets."""

import asyncio
import hashlib
from contextlib import suppress
from pathlib import Path

from moothall.domain.errors import Invalid, TooMany
from moothall.door import Door
from moothall.lib.fetch_turns import TooManyWait
from moothall.lib.file_cache import FileCache
from moothall.lib.http_client import HttpError, Limits
from moothall.lib.log import get_logger
from moothall.lib.media_tools import MediaTools
from moothall.lib.pictures import Extension, PictureError, kind_of
from moothall.lib.urls import UrlError, normalise_url
from moothall.reads import media as reads

from .forms import EXTENSIONS, Found, Shape, absent, count_making, found_file, varied

log = get_logger()

_REMOTE_S = 15.0


async def find_remote(door: Door, tools: MediaTools, url: str, shape: Shape) -> Found:
    """A picture of another server that something here shows, in the form asked for.

    Raises NotFound by name for all others, and for what cannot be had.
    """
    with suppress(UrlError):
        url = normalise_url(url)
    await door.read(lambda tx, _: reads.require_remote_image(tx, url))
    group = hashlib.sha256(url.encode()).hexdigest()
    original, extension = await _remote_original(door, tools, url, group)
    if shape.is_original:
        return await found_file(original, extension)
    wanted = shape.extension or extension
    try:
        made = await varied(door, tools, tools.remote, group, wanted, shape.max_side, original)
    except Invalid:
        raise absent() from None
    return await found_file(made, wanted)


async def _remote_original(
    door: Door, tools: MediaTools, url: str, group: str
) -> tuple[Path, Extension]:
    kept = await asyncio.to_thread(_kept_original, tools.remote, group)
    if kept is not None:
        return kept
    if url in tools.failures:
        raise absent()
    count_making(door)
    try:
        return await tools.fetched.run(group, lambda: _fetch(tools, url, group))
    except TooManyWait:
        raise TooMany from None
    except (HttpError, PictureError) as error:
        log.info("remote_picture_failed", url=url, reason=str(error))
        tools.failures.add(url)
        raise absent() from error


def _kept_original(cache: FileCache, group: str) -> tuple[Path, Extension] | None:
    for extension in EXTENSIONS:
        path = cache.get(group, f"original.{extension}")
        if path is not None:
            return path, extension
    return None


async def _fetch(tools: MediaTools, url: str, group: str) -> tuple[Path, Extension]:
    limits = Limits(tools.limits.max_remote_bytes, _REMOTE_S, redirects=3)
    asked = asked_url(tools, url)
    async with (
        tools.fetching.of(asked),
        tools.client.stream("GET", asked, limits=limits, headers={"Accept": "image/*"}) as answer,
    ):
        if answer.status != 200:
            raise PictureError(f"status {answer.status}")
        data = await answer.read()
    extension = kind_of(data[:64])
    if extension is None:
        raise PictureError("not a picture that we know")
    return await asyncio.to_thread(_keep, tools.remote, group, extension, data), extension


def asked_url(tools: MediaTools, url: str) -> str:
    """The address to ask: https also where somebody wrote http, if that is all we ask."""
    if tools.client.permits_http or not url.startswith("http://"):
        return url
    return "https://" + url.removeprefix("http://")


def _keep(cache: FileCache, group: str, extension: Extension, data: bytes) -> Path:
    name = f"original.{extension}"
    written = cache.new_file(group, name)
    written.write_bytes(data)
    return cache.put(group, name, written)
