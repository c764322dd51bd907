"""Comments: write, read, list, save, and who voted on them."""

from moothall.actions import comment as actions
from moothall.actions.vote import vote_comment
from moothall.api.call import Call
from moothall.api.paging import page_of
from moothall.api.route import Routes
from moothall.api.shapes.comment import comment_view, comment_views
from moothall.api.shapes.post import vote_view
from moothall.api.shapes.responses import (
    CommentResponse,
    GetCommentsResponse,
    ListCommentLikesResponse,
)
from moothall.domain.comment import CommentQuery, NewComment
from moothall.domain.ids import CommentId, CommunityId, LanguageId, PostId
from moothall.door import Bucket, Policy
from moothall.reads import comment as reads

from .requests import comment as requests

routes = Routes()


@routes.post("/comment", who=Policy.USER, bucket=Bucket.COMMENT)
async def create_comment(call: Call, request: requests.CreateComment) -> CommentResponse:
    """Answer a post or a comment."""
    new = NewComment(
        post_id=PostId(request.post_id),
        content=request.content,
        parent_id=None if request.parent_id is None else CommentId(request.parent_id),
        language_id=_language(request.language_id),
    )
    return await _answer(call, await call.act(actions.create_comment, new))


@routes.put("/comment", who=Policy.USER, bucket=Bucket.MESSAGE)
async def edit_comment(call: Call, request: requests.EditComment) -> CommentResponse:
    """Change one's own comment."""
    comment_id = CommentId(request.comment_id)
    language_id = _language(request.language_id)
    await call.act(actions.edit_comment, comment_id, request.content, language_id)
    return await _answer(call, comment_id)


@routes.post("/comment/delete", who=Policy.USER, bucket=Bucket.MESSAGE)
async def delete_comment(call: Call, request: requests.DeleteComment) -> CommentResponse:
    """Take back one's own comment, or restore it."""
    comment_id = CommentId(request.comment_id)
    await call.act(actions.delete_comment, comment_id, deleted=request.deleted)
    return await _answer(call, comment_id)


@routes.put("/comment/save", who=Policy.USER, bucket=Bucket.MESSAGE)
async def save_comment(call: Call, request: requests.SaveComment) -> CommentResponse:
    """Keep a comment for later, or no longer."""
    comment_id = CommentId(request.comment_id)
    await call.act_own(actions.save_comment, comment_id, save=request.save)
    return await _answer(call, comment_id)


@routes.get("/comment", who=Policy.PUBLIC, bucket=Bucket.MESSAGE)
async def get_comment(call: Call, request: requests.GetComment) -> CommentResponse:
    """One comment."""
    return await _answer(call, CommentId(request.id))


@routes.get("/comment/list", who=Policy.PUBLIC, bucket=Bucket.MESSAGE)
async def list_comments(call: Call, request: requests.GetComments) -> GetCommentsResponse:
    """A tree, a thread or a feed."""
    page = await call.read(
        reads.list_chosen_comments,
        _query(request),
        call.site,
        listing=request.type_,
        community_name=request.community_name,
    )
    return GetCommentsResponse(comment_views(page.comments, call.home))


@routes.post("/comment/like", who=Policy.USER, bucket=Bucket.MESSAGE)
async def like_comment(call: Call, request: requests.CreateCommentLike) -> CommentResponse:
    """Vote; any score but 1 and -1 withdraws the vote."""
    comment_id = CommentId(request.comment_id)
    score = request.score if request.score in (1, -1) else 0
    await call.act(vote_comment, comment_id, score)
    return await _answer(call, comment_id)


@routes.get("/comment/like/list", who=Policy.USER, bucket=Bucket.MESSAGE)
async def list_comment_likes(
    call: Call, request: requests.ListCommentLikes
) -> ListCommentLikesResponse:
    """Who voted on a comment, for moderators."""
    page = page_of(request.page, request.limit)
    votes = await call.read_own(
        reads.list_comment_likes,
        CommentId(request.comment_id),
        limit=page.limit,
        page=page.number,
    )
    return ListCommentLikesResponse([vote_view(vote, call.home) for vote in votes])


async def _answer(call: Call, comment_id: CommentId) -> CommentResponse:
    view = await call.read(reads.get_comment, comment_id)
    return CommentResponse(comment_view(view, call.home), [])


def _language(language_id: int | None) -> LanguageId | None:
    return None if language_id is None else LanguageId(language_id)


def _query(request: requests.GetComments) -> CommentQuery:
    """What is asked for, as far as it does not depend on who asks."""
    query = CommentQuery(
        sort=request.sort,
        post_id=None if request.post_id is None else PostId(request.post_id),
        parent_id=None if request.parent_id is None else CommentId(request.parent_id),
        community_id=None if request.community_id is None else CommunityId(request.community_id),
        max_depth=request.max_depth,
        saved_only=bool(request.saved_only),
        liked_only=bool(request.liked_only),
        disliked_only=bool(request.disliked_only),
    )
    if request.max_depth is not None:
        # A tree has no pages, and clients send limits of any size with it.
        return query
    page = page_of(request.page, request.limit, "couldnt_get_comments")
    return query._replace(page=page.number, limit=page.limit)
