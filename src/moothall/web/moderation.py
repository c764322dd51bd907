"""Pages that ask why a post or comment is to be reported, removed or restored."""

from typing import NamedTuple

from moothall.actions.removal import remove_comment, remove_post
from moothall.actions.report import report_comment, report_post
from moothall.domain.errors import ForumError, NotFound
from moothall.domain.ids import CommentId, PostId
from moothall.door import Bucket, Policy
from moothall.reads.comment import get_comment
from moothall.reads.post import get_post

from .answer import Answer, see_other
from .forms import Form
from .page import Pages
from .visit import Visit

pages = Pages()


class ReasonForm(Form, frozen=True, kw_only=True):
    """Why."""

    reason: str = ""


class AboutPost(ReasonForm, frozen=True, kw_only=True):
    """What is to be done with a post, and why."""

    post_id: int
    deed: str


class AboutComment(ReasonForm, frozen=True, kw_only=True):
    """What is to be done with a comment, and why."""

    comment_id: int
    deed: str


class Question(NamedTuple):
    """The words of a page that asks for a reason."""

    heading: str
    label: str
    hint: str
    button: str
    required: bool


_IN_LOG = "Everybody can read it in the moderation log."
_QUESTIONS = {
    "report": Question(
        "Report",
        "What is wrong?",
        "The moderators read this, and see who reported.",
        "Send the report",
        required=True,
    ),
    "remove": Question("Remove", "Reason", _IN_LOG, "Remove", required=False),
    "restore": Question("Restore", "Reason", _IN_LOG, "Restore", required=False),
}


def _question(deed: str) -> Question:
    question = _QUESTIONS.get(deed)
    if question is None:
        raise NotFound("unknown")
    return question


@pages.get("/post/{post_id:int}/{deed}", who=Policy.USER)
async def ask_about_post(visit: Visit, form: AboutPost, error: ForumError | None = None) -> Answer:
    """The form to report a post; for moderators to remove or restore it."""
    question = _question(form.deed)
    view = await visit.read(get_post, PostId(form.post_id), html=True)
    values = {"question": question, "view": view, "comment": None}
    return visit.render("reason.html", form=form, error=error, here=_post_path(form), **values)


@pages.post(
    "/post/{post_id:int}/{deed}", who=Policy.USER, bucket=Bucket.MESSAGE, again=ask_about_post
)
async def act_on_post(visit: Visit, form: AboutPost) -> Answer:
    """Report, remove or restore it."""
    _question(form.deed)
    post_id, reason = PostId(form.post_id), form.reason.strip()
    if form.deed == "report":
        await visit.act(report_post, post_id, reason)
        return visit.render("reported.html", here=_post_path(form), readers="The moderators")
    await visit.act(remove_post, post_id, removed=form.deed == "remove", reason=reason or None)
    return see_other(_post_path(form))


@pages.get("/comment/{comment_id:int}/{deed}", who=Policy.USER)
async def ask_about_comment(
    visit: Visit, form: AboutComment, error: ForumError | None = None
) -> Answer:
    """The same for a comment."""
    question = _question(form.deed)
    view = await visit.read(get_comment, CommentId(form.comment_id), with_html=True)
    values = {"question": question, "view": view, "comment": view.comment}
    return visit.render("reason.html", form=form, error=error, here=_comment_path(form), **values)


@pages.post(
    "/comment/{comment_id:int}/{deed}",
    who=Policy.USER,
    bucket=Bucket.MESSAGE,
    again=ask_about_comment,
)
async def act_on_comment(visit: Visit, form: AboutComment) -> Answer:
    """Report, remove or restore it."""
    _question(form.deed)
    comment_id, reason = CommentId(form.comment_id), form.reason.strip()
    if form.deed == "report":
        await visit.act(report_comment, comment_id, reason)
        return visit.render("reported.html", here=_comment_path(form), readers="The moderators")
    await visit.act(
        remove_comment, comment_id, removed=form.deed == "remove", reason=reason or None
    )
    return see_other(f"{_comment_path(form)}#comment-{comment_id}")


def _post_path(form: AboutPost) -> str:
    return f"/post/{form.post_id}"


def _comment_path(form: AboutComment) -> str:
    return f"/comment/{form.comment_id}"
