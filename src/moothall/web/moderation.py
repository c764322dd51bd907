"""Pages of moderation: reporting, removing, banning, the queue of reports, the public log."""

from typing import Annotated, Any, NamedTuple

from msgspec import Meta

from moothall.actions.ban import (
    ban_from_community,
    ban_person,
    unban_from_community,
    unban_person,
)
from moothall.actions.removal import remove_comment, remove_post
from moothall.actions.report import report_comment, report_post
from moothall.domain.errors import ForumError, NotFound
from moothall.domain.ids import CommentId, CommunityId, PersonId, PostId
from moothall.domain.moderation import (
    Ban,
    CommentReportView,
    ModlogKind,
    ModlogQuery,
    PostReportView,
    PrivateMessageReportView,
    ReportQuery,
)
from moothall.domain.time import DAY, Time
from moothall.domain.user import Viewer
from moothall.door import Bucket, Policy
from moothall.reads import report as reads
from moothall.reads.comment import get_comment
from moothall.reads.community import get_community
from moothall.reads.moderation import modlog
from moothall.reads.post import get_post
from moothall.reads.user import get_profile

from . import wording
from .addresses import person_path, with_query
from .answer import Answer, see_other
from .forms import Form, Id, PageNumber
from .page import Pages
from .visit import Visit

pages = Pages()

_PAGE = 20


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


class BanForm(ReasonForm, frozen=True, kw_only=True):
    """Who is banned, for how long (0 days: for good), and whether what they wrote goes too."""

    person_id: int
    days: Annotated[int, Meta(ge=0, le=3650)] = 7
    remove_data: bool = False

    def ban(self, now: Time) -> Ban:
        """The same as the action wants it."""
        ends = Time(now + self.days * DAY) if self.days else None
        return Ban(self.reason.strip() or None, ends, self.remove_data)


class CommunityBan(BanForm, frozen=True, kw_only=True):
    """The same in one community."""

    community_id: int


@pages.get("/ban/{community_id:int}/{person_id:int}", who=Policy.MODERATOR_ANYWHERE)
async def show_community_ban(
    visit: Visit, form: CommunityBan, error: ForumError | None = None
) -> Answer:
    """The form to ban somebody from a community."""
    community = await visit.read(get_community, community_id=CommunityId(form.community_id))
    profile = await visit.read(get_profile, person_id=PersonId(form.person_id))
    return visit.render(
        "ban.html", form=form, error=error, view=profile, community=community.community
    )


@pages.post(
    "/ban/{community_id:int}/{person_id:int}",
    who=Policy.MODERATOR_ANYWHERE,
    bucket=Bucket.MESSAGE,
    again=show_community_ban,
)
async def take_community_ban(visit: Visit, form: CommunityBan) -> Answer:
    """Ban somebody from a community."""
    community_id, person_id = CommunityId(form.community_id), PersonId(form.person_id)
    await visit.act(ban_from_community, community_id, person_id, form.ban(visit.now))
    profile = await visit.read(get_profile, person_id=person_id)
    return see_other(person_path(profile.person))


@pages.get("/site_ban/{person_id:int}", who=Policy.ADMIN)
async def show_site_ban(visit: Visit, form: BanForm, error: ForumError | None = None) -> Answer:
    """The form to ban somebody from the site."""
    profile = await visit.read(get_profile, person_id=PersonId(form.person_id))
    return visit.render("ban.html", form=form, error=error, view=profile, community=None)


@pages.post(
    "/site_ban/{person_id:int}", who=Policy.ADMIN, bucket=Bucket.MESSAGE, again=show_site_ban
)
async def take_site_ban(visit: Visit, form: BanForm) -> Answer:
    """Ban somebody from the site."""
    person_id = PersonId(form.person_id)
    await visit.act(ban_person, person_id, form.ban(visit.now))
    profile = await visit.read(get_profile, person_id=person_id)
    return see_other(person_path(profile.person))


class LiftForm(ReasonForm, frozen=True, kw_only=True):
    """Whose ban is lifted, and why."""

    person_id: int


class CommunityLift(LiftForm, frozen=True, kw_only=True):
    """The same in one community."""

    community_id: int


@pages.get("/unban/{community_id:int}/{person_id:int}", who=Policy.MODERATOR_ANYWHERE)
async def show_community_unban(
    visit: Visit, form: CommunityLift, error: ForumError | None = None
) -> Answer:
    """The form to let somebody back into a community."""
    community = await visit.read(get_community, community_id=CommunityId(form.community_id))
    profile = await visit.read(get_profile, person_id=PersonId(form.person_id))
    return visit.render(
        "unban.html", form=form, error=error, view=profile, community=community.community
    )


@pages.post(
    "/unban/{community_id:int}/{person_id:int}",
    who=Policy.MODERATOR_ANYWHERE,
    bucket=Bucket.MESSAGE,
    again=show_community_unban,
)
async def take_community_unban(visit: Visit, form: CommunityLift) -> Answer:
    """Let somebody back into a community."""
    community_id, person_id = CommunityId(form.community_id), PersonId(form.person_id)
    await visit.act(unban_from_community, community_id, person_id, form.reason.strip() or None)
    profile = await visit.read(get_profile, person_id=person_id)
    return see_other(person_path(profile.person))


@pages.get("/site_unban/{person_id:int}", who=Policy.ADMIN)
async def show_site_unban(visit: Visit, form: LiftForm, error: ForumError | None = None) -> Answer:
    """The form to let somebody back onto the site."""
    profile = await visit.read(get_profile, person_id=PersonId(form.person_id))
    return visit.render("unban.html", form=form, error=error, view=profile, community=None)


@pages.post(
    "/site_unban/{person_id:int}", who=Policy.ADMIN, bucket=Bucket.MESSAGE, again=show_site_unban
)
async def take_site_unban(visit: Visit, form: LiftForm) -> Answer:
    """Let somebody back onto the site."""
    person_id = PersonId(form.person_id)
    await visit.act(unban_person, person_id, form.reason.strip() or None)
    profile = await visit.read(get_profile, person_id=person_id)
    return see_other(person_path(profile.person))


class QueueForm(Form, frozen=True, kw_only=True):
    """Which reports; `settled` those that were resolved too."""

    settled: bool = False
    page: PageNumber = 1


class Queue(NamedTuple):
    """The reports that a viewer decides on."""

    posts: list[PostReportView]
    comments: list[CommentReportView]
    messages: list[PrivateMessageReportView]


@pages.get("/reports", who=Policy.MODERATOR_ANYWHERE)
async def show_reports(visit: Visit, form: QueueForm) -> Answer:
    """The queue of reports."""
    query = ReportQuery(unresolved_only=not form.settled, page=form.page, limit=_PAGE)
    queue = await visit.read_own(_read_queue, query)
    is_full = any(len(each) == _PAGE for each in queue)

    def link(**changes: Any) -> str:
        return with_query("/reports", **{"settled": form.settled or None, **changes})

    return visit.render(
        "reports.html",
        queue=queue,
        kinds=[
            ("Waiting", "/reports", not form.settled),
            ("All", "/reports?settled=true", form.settled),
        ],
        older=link(page=form.page + 1) if is_full else None,
        newer=link(page=form.page - 1) if form.page > 1 else None,
    )


def _read_queue(tx: Any, viewer: Viewer, query: ReportQuery) -> Queue:
    return Queue(
        reads.list_post_reports(tx, viewer, query),
        reads.list_comment_reports(tx, viewer, query),
        reads.list_private_message_reports(tx, viewer, query) if viewer.is_admin else [],
    )


class LogForm(Form, frozen=True, kw_only=True):
    """Which acts of moderators."""

    kind: ModlogKind | None = None
    community: Id | None = None
    person: Id | None = None
    page: PageNumber = 1


@pages.get("/modlog", who=Policy.PUBLIC)
async def show_modlog(visit: Visit, form: LogForm) -> Answer:
    """What moderators and admins did."""
    query = ModlogQuery(
        kind=form.kind,
        community_id=None if form.community is None else CommunityId(form.community),
        person_id=None if form.person is None else PersonId(form.person),
        page=form.page,
        limit=_PAGE,
    )
    acts = await visit.read(modlog, query)

    def link(**changes: Any) -> str:
        kept = {"kind": form.kind, "community": form.community, "person": form.person}
        return with_query("/modlog", **{**kept, **changes})

    return visit.render(
        "modlog.html",
        acts=acts,
        kinds=[("Everything", link(kind=None), form.kind is None)]
        + [(text, link(kind=each), each == form.kind) for each, text in wording.ACTS.items()],
        kind_label="Everything" if form.kind is None else wording.ACTS[form.kind],
        older=link(page=form.page + 1) if len(acts) == _PAGE else None,
        newer=link(page=form.page - 1) if form.page > 1 else None,
    )
