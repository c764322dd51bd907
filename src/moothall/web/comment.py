"""Pages of comments: one with its surroundings, writing and changing."""

from typing import Any, NamedTuple

from moothall.actions.comment import edit_comment
from moothall.actions.comment_once import create_comment_once
from moothall.domain.comment import CommentPage, CommentSort, CommentView, NewComment
from moothall.domain.errors import ForumError
from moothall.domain.ids import CommentId, LanguageId, PostId
from moothall.domain.permissions import may_edit_comment, require
from moothall.domain.post import OpenedPost
from moothall.domain.site import Site
from moothall.domain.user import Viewer
from moothall.door import Bucket, Policy
from moothall.reads.comment import get_comment, list_under, list_with_context
from moothall.reads.post import get_post, open_post

from .answer import Answer, see_other
from .forms import Form, Id
from .page import Pages
from .post import Cursor, branches_query, may_moderate, more_comments
from .thread import steps
from .visit import Visit

pages = Pages()

_CONTEXT = 2


class ShowComment(Form, frozen=True, kw_only=True):
    """One comment; what answers it in an order, from where on."""

    comment_id: int
    sort: CommentSort | None = None
    after: Cursor | None = None


class Focus(NamedTuple):
    """A comment with the comments above it that give it sense, and its answers."""

    post: OpenedPost
    context: list[CommentView]
    page: CommentPage


@pages.get("/comment/{comment_id:int}", who=Policy.PUBLIC)
async def show_comment(visit: Visit, form: ShowComment) -> Answer:
    """A branch of a discussion."""
    focus = await visit.read(_read_focus, form, visit.site)
    return visit.render(
        "comment.html",
        view=focus.post.view,
        community_html=focus.post.community_html,
        steps=steps([*focus.context, *focus.page.comments]),
        more=more_comments(f"/comment/{form.comment_id}", form.sort, focus.page),
        focus=form.comment_id,
        moderates=may_moderate(visit.viewer, focus.post),
    )


def _read_focus(tx: Any, viewer: Viewer | None, form: ShowComment, site: Site) -> Focus:
    found = get_comment(tx, viewer, CommentId(form.comment_id))
    post = open_post(tx, viewer, found.comment.post_id, site=site, html=True)
    context = list_with_context(tx, viewer, found.comment, levels=_CONTEXT, with_html=True)
    query = branches_query(viewer, form.sort, form.after)
    # Of the other answers to what stands above nothing is said here, and how many of its own are
    # left is told by a link below.
    alone = [_without_answers(each) for each in context]
    return Focus(post, alone, list_under(tx, viewer, post.view, query, below=found.comment))


def _without_answers(view: CommentView) -> CommentView:
    return view._replace(counts=view.counts._replace(child_count=0))


class ReplyForm(Form, frozen=True, kw_only=True):
    """What an answer says."""

    content: str = ""
    language: Id = 0


class ReplyToPost(ReplyForm, frozen=True, kw_only=True):
    """An answer to a post."""

    post_id: int


@pages.get("/post/{post_id:int}/reply", who=Policy.USER)
async def show_reply_to_post(
    visit: Visit, form: ReplyToPost, error: ForumError | None = None
) -> Answer:
    """The form for an answer to a post, where it does not stand on the post's own page."""
    view = await visit.read(get_post, PostId(form.post_id), html=True)
    return visit.render("reply_to_post.html", form=form, view=view, error=error)


@pages.post(
    "/post/{post_id:int}/reply", who=Policy.USER, bucket=Bucket.COMMENT, again=show_reply_to_post
)
async def take_reply_to_post(visit: Visit, form: ReplyToPost) -> Answer:
    """Answer a post."""
    new = NewComment(PostId(form.post_id), form.content, None, _language(form))
    comment_id = await visit.act(create_comment_once, new)
    return see_other(f"/post/{form.post_id}?sort=New#comment-{comment_id}")


class ReplyToComment(ReplyForm, frozen=True, kw_only=True):
    """An answer to a comment."""

    comment_id: int


@pages.get("/comment/{comment_id:int}/reply", who=Policy.USER)
async def show_reply(visit: Visit, form: ReplyToComment, error: ForumError | None = None) -> Answer:
    """The form for an answer to a comment, under that comment."""
    parent = await visit.read(get_comment, CommentId(form.comment_id), with_html=True)
    return visit.render("reply.html", form=form, parent=parent, error=error)


@pages.post(
    "/comment/{comment_id:int}/reply", who=Policy.USER, bucket=Bucket.COMMENT, again=show_reply
)
async def take_reply(visit: Visit, form: ReplyToComment) -> Answer:
    """Answer a comment."""
    parent_id = CommentId(form.comment_id)
    parent = await visit.read(get_comment, parent_id)
    new = NewComment(parent.comment.post_id, form.content, parent_id, _language(form))
    comment_id = await visit.act(create_comment_once, new)
    return see_other(f"/comment/{comment_id}#comment-{comment_id}")


class EditComment(ReplyForm, frozen=True, kw_only=True):
    """New words."""

    comment_id: int


@pages.get("/comment/{comment_id:int}/edit", who=Policy.USER)
async def show_edit(visit: Visit, form: EditComment, error: ForumError | None = None) -> Answer:
    """The form with what the comment says now, or with what was typed before."""
    view = await visit.read(get_comment, CommentId(form.comment_id))
    require(may_edit_comment(visit.need_viewer().person_id, view.creator.id))
    content = view.comment.content if error is None else form.content
    return visit.render(
        "edit_comment.html", view=view, content=content, comment_id=form.comment_id, error=error
    )


@pages.post(
    "/comment/{comment_id:int}/edit", who=Policy.USER, bucket=Bucket.COMMENT, again=show_edit
)
async def take_edit(visit: Visit, form: EditComment) -> Answer:
    """Change one's own comment."""
    comment_id = CommentId(form.comment_id)
    await visit.act(edit_comment, comment_id, form.content, _language(form))
    return see_other(f"/comment/{comment_id}#comment-{comment_id}")


def _language(form: ReplyForm) -> LanguageId | None:
    return LanguageId(form.language) if form.language else None
