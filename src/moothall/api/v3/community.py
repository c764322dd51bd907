"""Communities: the routes of version 3, but for bans, which are moderation's."""

from moothall.actions import community as actions
from moothall.api.call import Call
from moothall.api.paging import page_of
from moothall.api.route import Routes
from moothall.api.shapes.community import community_view, moderator_view, shown_visibility
from moothall.api.shapes.responses import (
    SUCCESS,
    AddModToCommunityResponse,
    BlockCommunityResponse,
    CommunityResponse,
    GetCommunityResponse,
    ListCommunitiesResponse,
    SuccessResponse,
)
from moothall.domain.community import (
    CommunityChanges,
    CommunityPage,
    CommunityQuery,
    NewCommunity,
    Visibility,
)
from moothall.domain.ids import CommunityId, LanguageId, PersonId
from moothall.domain.post import Listing
from moothall.domain.site import Home
from moothall.door import Bucket, Policy
from moothall.reads import community as reads

from .requests import community as requests

routes = Routes()


@routes.post("/community", who=Policy.USER, bucket=Bucket.REGISTER)
async def create_community(call: Call, request: requests.CreateCommunity) -> CommunityResponse:
    """Found a community."""
    new = NewCommunity(
        name=request.name,
        title=request.title,
        description=request.description,
        icon=request.icon,
        banner=request.banner,
        nsfw=bool(request.nsfw),
        posting_restricted_to_mods=bool(request.posting_restricted_to_mods),
        language_ids=_language_ids(request.discussion_languages),
        visibility=request.visibility or Visibility.PUBLIC,
    )
    community_id = await call.act(actions.create_community, new)
    return await _response(call, community_id)


@routes.get("/community", who=Policy.PUBLIC, bucket=Bucket.MESSAGE)
async def get_community(call: Call, request: requests.GetCommunity) -> GetCommunityResponse:
    """One community, by id or name."""
    community_id = None if request.id is None else CommunityId(request.id)
    page = await call.read(reads.get_community_page, community_id=community_id, name=request.name)
    return GetCommunityResponse(
        community_view=community_view(page.view, call.home),
        moderators=[moderator_view(each, call.home) for each in page.moderators],
        discussion_languages=list(page.language_ids),
    )


@routes.put("/community", who=Policy.USER, bucket=Bucket.MESSAGE)
async def edit_community(call: Call, request: requests.EditCommunity) -> CommunityResponse:
    """Change what a community says of itself."""
    changes = CommunityChanges(
        title=request.title,
        description=request.description,
        icon=request.icon,
        banner=request.banner,
        nsfw=request.nsfw,
        posting_restricted_to_mods=request.posting_restricted_to_mods,
        language_ids=_language_ids(request.discussion_languages),
        visibility=await _new_visibility(call, request),
    )
    community_id = CommunityId(request.community_id)
    await call.act(actions.edit_community, community_id, changes)
    return await _response(call, community_id)


async def _new_visibility(call: Call, request: requests.EditCommunity) -> Visibility | None:
    """What is asked for; nothing where an app sends back what it was shown."""
    if request.visibility is None:
        return None
    found = await call.read(reads.get_community, community_id=CommunityId(request.community_id))
    is_as_shown = shown_visibility(found.community) == request.visibility
    return None if is_as_shown else request.visibility


@routes.put("/community/hide", who=Policy.ADMIN, bucket=Bucket.MESSAGE)
async def hide_community(call: Call, request: requests.HideCommunity) -> SuccessResponse:
    """Leave a community out of the lists of those who do not follow it."""
    await call.act(
        actions.hide_community,
        CommunityId(request.community_id),
        hidden=request.hidden,
        reason=request.reason,
    )
    return SUCCESS


@routes.get("/community/list", who=Policy.PUBLIC, bucket=Bucket.MESSAGE)
async def list_communities(
    call: Call, request: requests.ListCommunities
) -> ListCommunitiesResponse:
    """A page of communities."""
    page = page_of(request.page, request.limit)
    query = CommunityQuery(
        listing=request.type_ or Listing.ALL,
        sort=request.sort,
        show_nsfw=request.show_nsfw,
        page=page.number,
        limit=page.limit,
    )
    found = await call.read(reads.list_communities, query)
    return ListCommunitiesResponse([community_view(each, call.home) for each in found])


@routes.post("/community/follow", who=Policy.USER, bucket=Bucket.MESSAGE)
async def follow_community(call: Call, request: requests.FollowCommunity) -> CommunityResponse:
    """Follow a community or cease to."""
    community_id = CommunityId(request.community_id)
    await call.act(actions.follow_community, community_id, follow=request.follow)
    if request.follow:
        return await _response(call, community_id)
    # Leaving works also where there is nothing to see any more.
    left = await call.read_own(reads.get_left_community, community_id)
    return _community_response(left, call.home)


@routes.post("/community/block", who=Policy.USER, bucket=Bucket.MESSAGE)
async def block_community(call: Call, request: requests.BlockCommunity) -> BlockCommunityResponse:
    """Never see a community again, or undo that."""
    community_id = CommunityId(request.community_id)
    await call.act_own(actions.block_community, community_id, block=request.block)
    view = await call.read(reads.get_community, community_id=community_id)
    return BlockCommunityResponse(community_view(view, call.home), view.blocked)


@routes.post("/community/delete", who=Policy.USER, bucket=Bucket.MESSAGE)
async def delete_community(call: Call, request: requests.DeleteCommunity) -> CommunityResponse:
    """Close a community, or open it again."""
    community_id = CommunityId(request.community_id)
    await call.act(actions.delete_community, community_id, deleted=request.deleted)
    return await _response(call, community_id)


@routes.post("/community/remove", who=Policy.ADMIN, bucket=Bucket.MESSAGE)
async def remove_community(call: Call, request: requests.RemoveCommunity) -> CommunityResponse:
    """Take a community away, or give it back."""
    community_id = CommunityId(request.community_id)
    await call.act(
        actions.remove_community, community_id, removed=request.removed, reason=request.reason
    )
    return await _response(call, community_id)


@routes.post("/community/transfer", who=Policy.USER, bucket=Bucket.MESSAGE)
async def transfer_community(
    call: Call, request: requests.TransferCommunity
) -> GetCommunityResponse:
    """Put another moderator first."""
    community_id = CommunityId(request.community_id)
    await call.act(actions.transfer_community, community_id, PersonId(request.person_id))
    page = await call.read(reads.get_community_page, community_id=community_id)
    return GetCommunityResponse(
        community_view=community_view(page.view, call.home),
        moderators=[moderator_view(each, call.home) for each in page.moderators],
        discussion_languages=[],
    )


@routes.post("/community/mod", who=Policy.USER, bucket=Bucket.MESSAGE)
async def add_moderator(
    call: Call, request: requests.AddModToCommunity
) -> AddModToCommunityResponse:
    """Appoint a moderator, or dismiss one of lower rank."""
    act = actions.add_moderator if request.added else actions.remove_moderator
    community_id = CommunityId(request.community_id)
    await call.act(act, community_id, PersonId(request.person_id))
    found = await call.read(reads.moderators, community_id)
    return AddModToCommunityResponse([moderator_view(each, call.home) for each in found])


async def _response(call: Call, community_id: CommunityId) -> CommunityResponse:
    page = await call.read(reads.get_community_page, community_id=community_id)
    return _community_response(page, call.home)


def _community_response(page: CommunityPage, home: Home) -> CommunityResponse:
    return CommunityResponse(community_view(page.view, home), list(page.language_ids))


def _language_ids(asked: list[int] | None) -> list[LanguageId] | None:
    return None if asked is None else [LanguageId(each) for each in asked]
