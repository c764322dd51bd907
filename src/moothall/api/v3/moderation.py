"""Moderation: remove, lock, feature, distinguish, ban, purge, and the modlog."""

from collections.abc import Callable
from typing import TypeVar

from moothall.actions import ban as bans
from moothall.actions import moderation as actions
from moothall.actions import purge, removal
from moothall.api.call import Call
from moothall.api.paging import page_of
from moothall.api.route import Routes
from moothall.api.shapes import modlog as shapes
from moothall.api.shapes.comment import comment_view
from moothall.api.shapes.post import post_view
from moothall.api.shapes.responses import (
    SUCCESS,
    BanFromCommunityResponse,
    BannedPersonsResponse,
    BanPersonResponse,
    CommentResponse,
    PostResponse,
    SuccessResponse,
)
from moothall.api.shapes.user import PersonView, person_view
from moothall.domain.errors import Invalid
from moothall.domain.ids import CommentId, CommunityId, PersonId, PostId
from moothall.domain.moderation import Ban, ModlogQuery
from moothall.domain.time import SECOND, Time
from moothall.door import Bucket, Policy
from moothall.reads import comment as comment_reads
from moothall.reads import moderation as reads
from moothall.reads import post as post_reads
from moothall.reads import user as user_reads

from .requests import comment as comment_requests
from .requests import community as community_requests
from .requests import moderation as requests
from .requests import post as post_requests
from .requests.site import GetModlog

T = TypeVar("T")

routes = Routes()

# Seconds on either side of 1970 that a date can tell.
_MAX_UNIX_TIME = 8_000_000_000_000


@routes.post("/post/remove", who=Policy.USER, bucket=Bucket.MESSAGE)
async def remove_post(call: Call, request: post_requests.RemovePost) -> PostResponse:
    """Take a post away as a moderator, or give it back."""
    post_id = PostId(request.post_id)
    await call.act(removal.remove_post, post_id, removed=request.removed, reason=request.reason)
    return await _post(call, post_id)


@routes.post("/post/lock", who=Policy.USER, bucket=Bucket.MESSAGE)
async def lock_post(call: Call, request: post_requests.LockPost) -> PostResponse:
    """Let only moderators answer, or everybody."""
    post_id = PostId(request.post_id)
    await call.act(actions.lock_post, post_id, locked=request.locked)
    return await _post(call, post_id)


@routes.post("/post/feature", who=Policy.USER, bucket=Bucket.MESSAGE)
async def feature_post(call: Call, request: post_requests.FeaturePost) -> PostResponse:
    """Keep a post at the top, or no longer."""
    post_id = PostId(request.post_id)
    in_community = request.feature_type is post_requests.PostFeatureType.COMMUNITY
    await call.act(
        actions.feature_post, post_id, featured=request.featured, in_community=in_community
    )
    return await _post(call, post_id)


@routes.post("/comment/remove", who=Policy.USER, bucket=Bucket.MESSAGE)
async def remove_comment(call: Call, request: comment_requests.RemoveComment) -> CommentResponse:
    """Take a comment away as a moderator, or give it back."""
    comment_id = CommentId(request.comment_id)
    await call.act(
        removal.remove_comment, comment_id, removed=request.removed, reason=request.reason
    )
    return await _comment(call, comment_id)


@routes.post("/comment/distinguish", who=Policy.USER, bucket=Bucket.MESSAGE)
async def distinguish_comment(
    call: Call, request: comment_requests.DistinguishComment
) -> CommentResponse:
    """Speak as a moderator, or as oneself again."""
    comment_id = CommentId(request.comment_id)
    await call.act(actions.distinguish_comment, comment_id, distinguished=request.distinguished)
    return await _comment(call, comment_id)


@routes.post("/community/ban_user", who=Policy.USER, bucket=Bucket.MESSAGE)
async def ban_from_community(
    call: Call, request: community_requests.BanFromCommunity
) -> BanFromCommunityResponse:
    """Ban somebody from a community, or let them back."""
    community_id, person_id = CommunityId(request.community_id), PersonId(request.person_id)
    if request.ban:
        await call.act(bans.ban_from_community, community_id, person_id, _ban(request))
    else:
        await call.act(bans.unban_from_community, community_id, person_id, request.reason)
    return BanFromCommunityResponse(await _person(call, person_id), request.ban)


@routes.post("/user/ban", who=Policy.ADMIN, bucket=Bucket.MESSAGE)
async def ban_person(call: Call, request: requests.BanPerson) -> BanPersonResponse:
    """Ban somebody from the site, or let them back."""
    person_id = PersonId(request.person_id)
    if request.ban:
        await call.act(bans.ban_person, person_id, _ban(request))
    else:
        await call.act(bans.unban_person, person_id, request.reason)
    return BanPersonResponse(await _person(call, person_id), request.ban)


@routes.get("/user/banned", who=Policy.ADMIN, bucket=Bucket.MESSAGE)
async def list_banned(call: Call) -> BannedPersonsResponse:
    """Everybody of this server who is banned from it."""
    found = await call.read_own(reads.list_banned)
    return BannedPersonsResponse([person_view(each, call.home) for each in found])


@routes.post("/admin/purge/person", who=Policy.ADMIN, bucket=Bucket.MESSAGE)
async def purge_person(call: Call, request: requests.PurgePerson) -> SuccessResponse:
    """Erase all that somebody wrote, and ban them."""
    await call.act(purge.purge_person, PersonId(request.person_id), request.reason)
    return SUCCESS


@routes.post("/admin/purge/community", who=Policy.ADMIN, bucket=Bucket.MESSAGE)
async def purge_community(call: Call, request: requests.PurgeCommunity) -> SuccessResponse:
    """Erase a community with all that stands in it."""
    await call.act(purge.purge_community, CommunityId(request.community_id), request.reason)
    return SUCCESS


@routes.post("/admin/purge/post", who=Policy.ADMIN, bucket=Bucket.MESSAGE)
async def purge_post(call: Call, request: requests.PurgePost) -> SuccessResponse:
    """Erase a post with its comments."""
    await call.act(purge.purge_post, PostId(request.post_id), request.reason)
    return SUCCESS


@routes.post("/admin/purge/comment", who=Policy.ADMIN, bucket=Bucket.MESSAGE)
async def purge_comment(call: Call, request: requests.PurgeComment) -> SuccessResponse:
    """Erase a comment."""
    await call.act(purge.purge_comment, CommentId(request.comment_id), request.reason)
    return SUCCESS


@routes.get("/modlog", who=Policy.PUBLIC, bucket=Bucket.MESSAGE)
async def get_modlog(call: Call, request: GetModlog) -> shapes.GetModlogResponse:
    """What moderators and admins did: a page of each kind of act."""
    page = page_of(request.page, request.limit)
    query = ModlogQuery(
        kind=request.type_.kind,
        moderator_id=_id(PersonId, request.mod_person_id),
        person_id=_id(PersonId, request.other_person_id),
        community_id=_id(CommunityId, request.community_id),
        post_id=_id(PostId, request.post_id),
        comment_id=_id(CommentId, request.comment_id),
        page=page.number,
        limit=page.limit,
    )
    return shapes.modlog(await call.read(reads.modlog_by_kind, query), call.home)


def _id(kind: Callable[[int], T], value: int | None) -> T | None:
    return None if value is None else kind(value)


def _ban(request: requests.BanPerson | community_requests.BanFromCommunity) -> Ban:
    return Ban(
        reason=request.reason,
        expires_at=_moment(request.expires),
        remove_data=bool(request.remove_data),
    )


def _moment(seconds: int | None) -> Time | None:
    if seconds is None:
        return None
    if abs(seconds) > _MAX_UNIX_TIME:
        raise Invalid("invalid_unix_time")
    return Time(seconds * SECOND)


async def _post(call: Call, post_id: PostId) -> PostResponse:
    return PostResponse(post_view(await call.read(post_reads.get_post, post_id), call.home))


async def _comment(call: Call, comment_id: CommentId) -> CommentResponse:
    view = await call.read(comment_reads.get_comment, comment_id)
    return CommentResponse(comment_view(view, call.home), [])


async def _person(call: Call, person_id: PersonId) -> PersonView:
    view = await call.read(user_reads.get_profile, person_id=person_id)
    return person_view(view, call.home)
