"""Looking at links: what stands there, for the preview of a post."""

import asyncio

from moothall.actions.preview import store_preview
from moothall.domain.errors import Invalid, TooMany
from moothall.domain.ids import PostId
from moothall.domain.media import LinkFacts
from moothall.door import Door
from moothall.forum import Forum
from moothall.lib.fetch_turns import TooManyWait
from moothall.lib.http_client import HttpError, Limits, Refused, Streamed
from moothall.lib.link_preview import read_preview
from moothall.lib.log import get_logger
from moothall.lib.media_tools import MediaTools
from moothall.lib.pictures import CONTENT_TYPES, PictureError

from .forms import scratch_file
from .remote import asked_url

log = get_logger()

_LIMITS = Limits(max_bytes=1024 * 1024, total_s=10.0, redirects=3)
_ACCEPT = {"Accept": "text/html, application/xhtml+xml, image/*;q=0.9, */*;q=0.5"}
_MAX_TYPE_CHARS = 100
# A server that is away three times may be without a preview.
_TRIES = 3


async def look_at_link(door: Door, tools: MediaTools, url: str) -> LinkFacts:
    """What stands at a link, for somebody who is about to post it.

    Raises Invalid: `invalid_url` for what we do not ask, `unknown` for what does not answer; TooMany.
    """
    await door.admit()
    try:
        async with tools.fetching.of(url):
            return await facts_of(tools, url)
    except TooManyWait:
        raise TooMany from None
    except Refused as error:
        raise Invalid("invalid_url", str(error)) from error
    except HttpError as error:
        raise Invalid("unknown", "the page cannot be fetched") from error


async def facts_of(tools: MediaTools, url: str) -> LinkFacts:
    """Fetch the beginning of what stands at a link. Raises HttpError."""
    asked = asked_url(tools, url)
    async with tools.client.stream("GET", asked, limits=_LIMITS, headers=_ACCEPT) as answer:
        if answer.status != 200:
            return LinkFacts()
        start = await answer.read_start()
    kind = answer.content_type
    if kind.startswith(("image/", "video/")):
        return await _facts_of_media(tools, start)
    if kind not in ("text/html", "application/xhtml+xml", ""):
        return LinkFacts(content_type=_shown(kind))
    return await asyncio.to_thread(_facts_of_page, answer, start)


def _facts_of_page(answer: Streamed, start: bytes) -> LinkFacts:
    found = read_preview(start, answer.headers.get("content-type", ""), answer.url)
    kind = _shown(answer.content_type)
    return LinkFacts(found.title, found.description, found.image, found.video, kind)


def _shown(kind: str) -> str | None:
    return kind if kind.isascii() and kind.isprintable() and len(kind) <= _MAX_TYPE_CHARS else None


async def _facts_of_media(tools: MediaTools, start: bytes) -> LinkFacts:
    """Its type as we find it; sizes stand at the beginning of a picture."""
    with scratch_file(tools) as file:
        await asyncio.to_thread(file.write_bytes, start)
        try:
            found = await tools.pictures.measure(file)
        except PictureError:
            return LinkFacts()
    kind = CONTENT_TYPES[found.extension]
    return LinkFacts(content_type=kind, width=found.width, height=found.height)


def preview_link(forum: Forum, tools: MediaTools, attempts: int, *, post_id: int, url: str) -> None:
    """Look at the link of a post and store what stands there; a job, so away from any loop.

    Raises Unreachable as long as another try makes sense.
    """
    try:
        facts = asyncio.run(_look(tools, url))
    except HttpError as error:
        if not isinstance(error, Refused) and attempts + 1 < _TRIES:
            raise
        log.info("no_preview", url=url, reason=str(error))
        return
    forum.act_now(store_preview, PostId(post_id), url, facts)


async def _look(tools: MediaTools, url: str) -> LinkFacts:
    try:
        return await facts_of(tools, url)
    finally:
        # What was opened belongs to this loop, which ends.
        await tools.aclose()
