"""Pictures: lists of uploads, the proxy for pictures of other servers, previews of links."""

from moothall.api.answer import Answer
from moothall.api.call import Call
from moothall.api.media_answer import SAFE
from moothall.api.paging import page_of
from moothall.api.route import Routes
from moothall.api.shapes.account import local_image_view
from moothall.api.shapes.responses import (
    GetSiteMetadataResponse,
    LinkMetadata,
    ListMediaResponse,
)
from moothall.door import Bucket, Policy
from moothall.media.forms import chunks_of, shape_of
from moothall.media.previews import look_at_link
from moothall.media.remote import find_remote
from moothall.reads import media as reads

from .requests.post import GetSiteMetadata
from .requests.site import ImageProxy
from .requests.user import ListMedia

routes = Routes()


@routes.get("/account/list_media", who=Policy.USER, bucket=Bucket.MESSAGE)
async def list_media(call: Call, request: ListMedia) -> ListMediaResponse:
    """What the caller has uploaded, the newest first."""
    page = page_of(request.page, request.limit)
    found = await call.read_own(reads.list_own_uploads, limit=page.limit, offset=page.offset)
    return ListMediaResponse([local_image_view(each, call.home) for each in found])


@routes.get("/admin/list_all_media", who=Policy.ADMIN, bucket=Bucket.MESSAGE)
async def list_all_media(call: Call, request: ListMedia) -> ListMediaResponse:
    """What anybody has uploaded, the newest first."""
    page = page_of(request.page, request.limit)
    found = await call.read_own(reads.list_all_uploads, limit=page.limit, offset=page.offset)
    return ListMediaResponse([local_image_view(each, call.home) for each in found])


@routes.get("/post/site_metadata", who=Policy.USER, bucket=Bucket.MESSAGE)
async def site_metadata(call: Call, request: GetSiteMetadata) -> GetSiteMetadataResponse:
    """What stands at a link, for somebody who is about to post it."""
    facts = await look_at_link(call, call.parts.tools(), request.url)
    return GetSiteMetadataResponse(
        LinkMetadata(facts.title, facts.description, facts.image, facts.video, facts.content_type)
    )


@routes.get("/image_proxy", who=Policy.ANYONE, bucket=None)
async def image_proxy(call: Call, request: ImageProxy) -> Answer:
    """A picture of another server that something here shows."""
    tools = call.parts.tools()
    shape = shape_of(request.format, request.thumbnail, request.url.partition("?")[0])
    found = await find_remote(call, tools, request.url, shape)
    body = b"".join([chunk async for chunk in chunks_of(tools, found)])
    kind = (b"content-type", found.content_type.encode())
    return Answer(body, (*[each for each in SAFE if each[0] not in _COMMON], kind))


# What every answer of the API has anyway.
_COMMON = (b"x-content-type-options", b"access-control-allow-origin")
