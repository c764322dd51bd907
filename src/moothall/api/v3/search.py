"""Searching, and finding what an address or a handle means."""

from moothall.api.call import Call
from moothall.api.paging import page_of
from moothall.api.route import Routes
from moothall.api.shapes.comment import comment_view, comment_views
from moothall.api.shapes.community import community_view
from moothall.api.shapes.post import post_view, post_views
from moothall.api.shapes.responses import ResolveObjectResponse, SearchResponse
from moothall.api.shapes.user import person_view
from moothall.domain.errors import NotFound
from moothall.domain.ids import CommunityId, PersonId
from moothall.domain.post import Listing, PostSort
from moothall.domain.search import SearchQuery
from moothall.door import Bucket, Policy
from moothall.reads import resolve
from moothall.reads import search as reads

from .requests.site import ResolveObject, Search

routes = Routes()


@routes.get("/search", who=Policy.PUBLIC, bucket=Bucket.SEARCH)
async def search(call: Call, request: Search) -> SearchResponse:
    """Posts, comments, communities and people."""
    page = page_of(request.page, request.limit)
    query = SearchQuery(
        text=request.q,
        kind=request.type_,
        sort=request.sort or PostSort.HOT,
        listing=request.listing_type or Listing.ALL,
        community_id=None if request.community_id is None else CommunityId(request.community_id),
        creator_id=None if request.creator_id is None else PersonId(request.creator_id),
        title_only=bool(request.post_title_only),
        page=page.number,
        limit=page.limit,
    )
    found = await call.read_long(reads.search, query, community_name=request.community_name)
    return SearchResponse(
        type_=request.type_,
        comments=comment_views(found.comments, call.home),
        posts=post_views(found.posts, call.home),
        communities=[community_view(view, call.home) for view in found.communities],
        users=[person_view(view, call.home) for view in found.people],
    )


@routes.get("/resolve_object", who=Policy.PUBLIC, bucket=Bucket.MESSAGE)
async def resolve_object(call: Call, request: ResolveObject) -> ResolveObjectResponse:
    """The one thing that an address, `!name@host` or `@name@host` means, here or elsewhere."""
    try:
        found = await call.read(resolve.resolve_object, request.q)
    except NotFound:
        if not await call.look_up(request.q):
            raise
        found = await call.read(resolve.resolve_object, request.q)
    home = call.home
    return ResolveObjectResponse(
        comment=None if found.comment is None else comment_view(found.comment, home),
        post=None if found.post is None else post_view(found.post, home),
        community=None if found.community is None else community_view(found.community, home),
        person=None if found.person is None else person_view(found.person, home),
    )
