"""Bringing pictures, and finding those that were brought.

An upload is written anew, kept in the store, and only then somebody's.
"""

import asyncio
import hashlib
from pathlib import Path

from moothall.actions import media as actions
from moothall.domain.errors import Conflict, Invalid, NotAllowed
from moothall.domain.media import Allowance, NewUpload, Upload
from moothall.door import Door
from moothall.lib.media_tools import MediaTools
from moothall.lib.pictures import Picture
from moothall.reads import media as reads

from .forms import (
    Found,
    Shape,
    absent,
    as_forum_errors,
    extension_of,
    found_file,
    scratch_file,
    varied,
)

# A content that is being erased is gone in a moment, and can then be stored again.
_TRIES = 20
_PAUSE_S = 0.5


async def take_upload(door: Door, tools: MediaTools, file: Path, size: int) -> Upload:
    """Make a file that somebody sent their upload.

    Raises Invalid `not_an_image_type` for what is none or damaged, `too_large` for what exceeds a
    bound or the quota, TooMany where too many come at once, and what the door says.
    """
    limits = tools.limits
    allowance = Allowance(quota_bytes=limits.quota_bytes, videos=limits.videos)
    await door.read_own(actions.require_room, allowance, size)
    with scratch_file(tools) as written:
        with as_forum_errors():
            made = await tools.pictures.rewrite(file, written)
        if made.seconds is None:
            return await _store(door, tools, made, written, allowance)
    video = await _video(tools, file, size, made)
    return await _store(door, tools, video, file, allowance)


async def _video(tools: MediaTools, file: Path, size: int, made: Picture) -> Picture:
    """A video is kept as it is."""
    if not tools.limits.videos:
        raise NotAllowed("not_an_image_type", "videos are not taken here")
    longest = tools.limits.max_video_s
    if made.seconds is None or made.seconds > longest:
        raise Invalid("too_large", f"a video may last {longest} seconds")
    return made._replace(size_bytes=size, sha256=await asyncio.to_thread(_hash, file))


def _hash(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


async def _store(
    door: Door, tools: MediaTools, made: Picture, file: Path, allowance: Allowance
) -> Upload:
    new = NewUpload(
        made.sha256, made.extension, made.content_type, made.width, made.height, made.size_bytes
    )
    with as_forum_errors():
        await asyncio.to_thread(tools.blobs.put, new.sha256, file)
        upload = await _added(door, new, allowance)
        # The last upload of the same content may have been erased until now; from here on not.
        if not await asyncio.to_thread(tools.blobs.has, new.sha256):
            await asyncio.to_thread(tools.blobs.put, new.sha256, file)
    return upload


async def _added(door: Door, new: NewUpload, allowance: Allowance) -> Upload:
    for _ in range(_TRIES):
        try:
            return await door.act_own(actions.add_upload, new, allowance)
        except Conflict:
            await asyncio.sleep(_PAUSE_S)
    return await door.act_own(actions.add_upload, new, allowance)


async def find_upload(door: Door, tools: MediaTools, alias: str, shape: Shape) -> Found:
    """An upload in the form asked for. Raises NotFound by name; else as `take_upload`."""
    upload = await door.read(lambda tx, _: reads.find_upload(tx, alias))
    if shape.is_original:
        return Found(upload.content_type, upload.size_bytes, upload.sha256[:32], upload.sha256)
    if upload.content_type.startswith("video/"):
        raise absent()
    extension = shape.extension or extension_of(upload.content_type)
    made = await varied(
        door, tools, tools.thumbnails, upload.sha256, extension, shape.max_side, upload.sha256
    )
    return await found_file(made, extension)
