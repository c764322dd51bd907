"""Posts: write, list, open, vote, save, hide. What moderators do with them: `moderation`."""

from moothall.actions import post as actions
from moothall.actions.vote import vote_post
from moothall.api.call import Call
from moothall.api.paging import page_of
from moothall.api.route import Routes
from moothall.api.shapes.community import community_view, moderator_view
from moothall.api.shapes.post import post_view, post_views, vote_view
from moothall.api.shapes.responses import (
    SUCCESS,
    GetPostResponse,
    GetPostsResponse,
    ListPostLikesResponse,
    PostResponse,
    SuccessResponse,
)
from moothall.domain.errors import Invalid
from moothall.domain.ids import CommentId, CommunityId, LanguageId, PostId
from moothall.domain.post import NewPost, PostEdit, PostQuery
from moothall.door import Bucket, Policy
from moothall.reads import post as reads

from .requests import post as requests

routes = Routes()


async def _answer(call: Call, post_id: PostId) -> PostResponse:
    return PostResponse(post_view(await call.read(reads.get_post, post_id), call.home))


@routes.post("/post", who=Policy.USER, bucket=Bucket.POST)
async def create_post(call: Call, request: requests.CreatePost) -> PostResponse:
    """Write a post."""
    if request.honeypot:
        raise Invalid("honeypot_failed")
    new = NewPost(
        community_id=CommunityId(request.community_id),
        name=request.name,
        url=request.url,
        body=request.body,
        alt_text=request.alt_text,
        nsfw=request.nsfw or False,
        language_id=_language(request.language_id),
        custom_thumbnail=request.custom_thumbnail,
    )
    return await _answer(call, await call.act(actions.create_post, new))


def _language(language_id: int | None) -> LanguageId | None:
    return None if language_id is None else LanguageId(language_id)


@routes.get("/post", who=Policy.PUBLIC, bucket=Bucket.MESSAGE)
async def get_post(call: Call, request: requests.GetPost) -> GetPostResponse:
    """Open a post, which is then read."""
    details = await call.read(
        reads.get_post_page,
        post_id=None if request.id is None else PostId(request.id),
        comment_id=None if request.comment_id is None else CommentId(request.comment_id),
        site=call.site,
    )
    found = details.post
    if call.viewer is not None and (found.unread_comments or not found.read):
        await call.act_own(actions.mark_post_opened, found.post.id)
    return GetPostResponse(
        post_view=post_view(found._replace(read=call.viewer is not None), call.home),
        community_view=community_view(details.community, call.home),
        moderators=[moderator_view(each, call.home) for each in details.moderators],
        cross_posts=post_views(details.cross_posts, call.home),
    )


@routes.put("/post", who=Policy.USER, bucket=Bucket.MESSAGE)
async def edit_post(call: Call, request: requests.EditPost) -> PostResponse:
    """Change one's own post."""
    edit = PostEdit(
        name=request.name,
        url=request.url,
        body=request.body,
        alt_text=request.alt_text,
        nsfw=request.nsfw,
        language_id=_language(request.language_id),
        custom_thumbnail=request.custom_thumbnail,
    )
    post_id = PostId(request.post_id)
    await call.act(actions.edit_post, post_id, edit)
    return await _answer(call, post_id)


@routes.post("/post/delete", who=Policy.USER, bucket=Bucket.MESSAGE)
async def delete_post(call: Call, request: requests.DeletePost) -> PostResponse:
    """Take back one's own post, or restore it."""
    post_id = PostId(request.post_id)
    await call.act(actions.delete_post, post_id, deleted=request.deleted)
    return await _answer(call, post_id)


@routes.post("/post/mark_as_read", who=Policy.USER, bucket=Bucket.MESSAGE)
async def mark_as_read(call: Call, request: requests.MarkPostAsRead) -> SuccessResponse:
    """Mark posts as read or unread."""
    post_ids = [PostId(each) for each in request.post_ids]
    await call.act_own(actions.mark_posts_read, post_ids, read=request.read)
    return SUCCESS


@routes.post("/post/hide", who=Policy.USER, bucket=Bucket.MESSAGE)
async def hide_posts(call: Call, request: requests.HidePost) -> SuccessResponse:
    """Keep posts out of one's lists, or show them again."""
    post_ids = [PostId(each) for each in request.post_ids]
    await call.act_own(actions.hide_posts, post_ids, hide=request.hide)
    return SUCCESS


@routes.get("/post/list", who=Policy.PUBLIC, bucket=Bucket.MESSAGE)
async def list_posts(call: Call, request: requests.GetPosts) -> GetPostsResponse:
    """A page of posts."""
    page = page_of(request.page, request.limit, "couldnt_get_posts")
    query = PostQuery(
        community_id=None if request.community_id is None else CommunityId(request.community_id),
        saved_only=request.saved_only or False,
        liked_only=request.liked_only or False,
        disliked_only=request.disliked_only or False,
        show_hidden=request.show_hidden or False,
        show_read=request.show_read,
        show_nsfw=request.show_nsfw,
        limit=page.limit,
        page=page.number,
        after=request.page_cursor,
        # Every page that is not empty has a cursor in this version, the last one too.
        looks_on=False,
    )
    found = await call.read(
        reads.list_chosen_posts,
        query,
        call.site,
        listing=request.type_,
        sort=request.sort,
        community_name=request.community_name,
    )
    return GetPostsResponse(post_views(found.posts, call.home), found.next_cursor)


@routes.post("/post/like", who=Policy.USER, bucket=Bucket.MESSAGE)
async def like_post(call: Call, request: requests.CreatePostLike) -> PostResponse:
    """Vote; any score but 1 and -1 withdraws the vote."""
    post_id = PostId(request.post_id)
    score = request.score if request.score in (1, -1) else 0
    await call.act(vote_post, post_id, score)
    return await _answer(call, post_id)


@routes.get("/post/like/list", who=Policy.USER, bucket=Bucket.MESSAGE)
async def list_likes(call: Call, request: requests.ListPostLikes) -> ListPostLikesResponse:
    """Who voted, for moderators."""
    page = page_of(request.page, request.limit)
    found = await call.read_own(
        reads.list_post_votes, PostId(request.post_id), limit=page.limit, offset=page.offset
    )
    return ListPostLikesResponse([vote_view(each, call.home) for each in found])


@routes.put("/post/save", who=Policy.USER, bucket=Bucket.MESSAGE)
async def save_post(call: Call, request: requests.SavePost) -> PostResponse:
    """Keep a post for later, or no longer."""
    post_id = PostId(request.post_id)
    await call.act_own(actions.save_post, post_id, save=request.save)
    return await _answer(call, post_id)
