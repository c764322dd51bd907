"""The site's own emoji."""

from moothall.actions import emoji as actions
from moothall.api.call import Call
from moothall.api.route import Routes
from moothall.api.shapes.responses import SUCCESS, CustomEmojiResponse, SuccessResponse
from moothall.api.shapes.site import custom_emoji_view
from moothall.domain.ids import EmojiId
from moothall.domain.site import EmojiFields
from moothall.door import Bucket, Policy
from moothall.reads import emoji as reads

from .requests import site as requests

routes = Routes()


@routes.post("/custom_emoji", who=Policy.ADMIN, bucket=Bucket.MESSAGE)
async def create_custom_emoji(
    call: Call, request: requests.CreateCustomEmoji
) -> CustomEmojiResponse:
    """Add an emoji."""
    emoji_id = await call.act(actions.create_emoji, request.shortcode, _fields(request))
    return await _answer(call, emoji_id)


@routes.put("/custom_emoji", who=Policy.ADMIN, bucket=Bucket.MESSAGE)
async def edit_custom_emoji(call: Call, request: requests.EditCustomEmoji) -> CustomEmojiResponse:
    """Say everything about an emoji anew, but for its short code."""
    emoji_id = EmojiId(request.id)
    await call.act(actions.edit_emoji, emoji_id, _fields(request))
    return await _answer(call, emoji_id)


@routes.post("/custom_emoji/delete", who=Policy.ADMIN, bucket=Bucket.MESSAGE)
async def delete_custom_emoji(call: Call, request: requests.DeleteCustomEmoji) -> SuccessResponse:
    """Take an emoji away."""
    await call.act(actions.delete_emoji, EmojiId(request.id))
    call.site_changed()
    return SUCCESS


def _fields(request: requests.CreateCustomEmoji | requests.EditCustomEmoji) -> EmojiFields:
    return EmojiFields(request.category, request.image_url, request.alt_text, request.keywords)


async def _answer(call: Call, emoji_id: EmojiId) -> CustomEmojiResponse:
    call.site_changed()
    found = await call.read(reads.get_emoji, emoji_id)
    return CustomEmojiResponse(custom_emoji_view(found, call.site.id))
