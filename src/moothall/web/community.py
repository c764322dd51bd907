"""Pages to found a community, to change what it says of itself, to close, remove or hide it."""

from typing import NamedTuple

from moothall.actions.community import (
    create_community,
    delete_community,
    edit_community,
    hide_community,
    remove_community,
)
from moothall.domain.community import CommunityChanges, CommunityPage, NewCommunity, Visibility
from moothall.domain.errors import ForumError, NotAllowed, NotFound
from moothall.door import Bucket, Policy
from moothall.reads.community import get_community, get_community_page

from .addresses import community_path
from .answer import Answer, see_other
from .forms import Form
from .page import Pages
from .powers import powers
from .visit import Visit

pages = Pages()


class CommunityForm(Form, frozen=True, kw_only=True):
    """What a community says of itself, and who may do what."""

    title: str = ""
    description: str = ""
    nsfw: bool = False
    only_moderators_post: bool = False
    local_only: bool = False
    icon: str = ""
    without_icon: bool = False

    @property
    def visibility(self) -> Visibility:
        """Who sees it."""
        return Visibility.LOCAL_ONLY if self.local_only else Visibility.PUBLIC


class NewForm(CommunityForm, frozen=True, kw_only=True):
    """The same, and the name that stands in its address."""

    community_name: str = ""


@pages.get("/create_community", who=Policy.USER)
async def show_new(visit: Visit, form: NewForm, error: ForumError | None = None) -> Answer:
    """The form to found a community."""
    await visit.admit()
    return visit.render("new_community.html", form=form, error=error)


@pages.post("/create_community", who=Policy.USER, bucket=Bucket.POST, again=show_new)
async def found(visit: Visit, form: NewForm) -> Answer:
    """Found it."""
    new = NewCommunity(
        name=form.community_name.strip(),
        title=form.title.strip(),
        description=form.description or None,
        icon=form.icon or None,
        nsfw=form.nsfw,
        posting_restricted_to_mods=form.only_moderators_post,
        visibility=form.visibility,
    )
    community_id = await visit.act(create_community, new)
    view = await visit.read(get_community, community_id=community_id)
    return see_other(community_path(view.community))


class EditForm(CommunityForm, frozen=True, kw_only=True):
    """Which one is changed."""

    name: str


@pages.get("/c/{name}/edit", who=Policy.USER)
async def show_edit(visit: Visit, form: EditForm, error: ForumError | None = None) -> Answer:
    """The form with what the community says now, or what was typed."""
    page = await visit.read(get_community_page, name=form.name)
    if not powers(visit.viewer, page.view, page.moderators).run:
        raise NotAllowed("not_a_moderator")
    community = page.view.community
    values = form
    if error is None:
        values = EditForm(
            name=form.name,
            title=community.title,
            description=community.description or "",
            nsfw=community.nsfw,
            only_moderators_post=community.posting_restricted_to_mods,
            local_only=community.visibility == Visibility.LOCAL_ONLY,
            icon=community.icon or "",
        )
    return visit.render("edit_community.html", form=values, community=community, error=error)


@pages.post("/c/{name}/edit", who=Policy.USER, bucket=Bucket.POST, again=show_edit)
async def take_edit(visit: Visit, form: EditForm) -> Answer:
    """Change it."""
    view = await visit.read(get_community, name=form.name)
    changes = CommunityChanges(
        title=form.title.strip(),
        description=form.description,
        icon="" if form.without_icon else form.icon,
        nsfw=form.nsfw,
        posting_restricted_to_mods=form.only_moderators_post,
        visibility=form.visibility,
    )
    await visit.act(edit_community, view.community.id, changes)
    return see_other(community_path(view.community))


class Question(NamedTuple):
    """The words of a page that asks whether something is really to be done with a community."""

    heading: str
    meaning: str
    button: str
    for_admins: bool = True
    is_grave: bool = False

    @property
    def with_reason(self) -> bool:
        """Whether it comes into the moderation log, with a reason."""
        return self.for_admins


_QUESTIONS = {
    "close": Question(
        "Close",
        "Nobody finds the community any more, and nobody can write in it. You can open it again.",
        "Close it",
        for_admins=False,
        is_grave=True,
    ),
    "open": Question(
        "Open",
        "Everybody finds the community again, with all that was written in it.",
        "Open it again",
        for_admins=False,
    ),
    "remove": Question(
        "Remove",
        "Only its moderators and admins see the community any more, and nobody can write in it.",
        "Remove it",
        is_grave=True,
    ),
    "restore": Question(
        "Restore",
        "The community is there again, with all that was written in it.",
        "Restore it",
    ),
    "hide": Question(
        "Hide",
        "The lists leave the community out for everybody who does not follow it. Whoever knows its "
        "name can still read and join it.",
        "Hide it",
    ),
    "show": Question("Show", "The lists have the community again.", "Show it again"),
}


class DeedForm(Form, frozen=True, kw_only=True):
    """What is to be done with which community, and why."""

    name: str
    deed: str
    reason: str = ""


@pages.get("/c/{name}/{deed}", who=Policy.USER)
async def ask_deed(visit: Visit, form: DeedForm, error: ForumError | None = None) -> Answer:
    """The page before a community is closed, removed or hidden, or the opposite."""
    question = _question(form.deed)
    page = await visit.read(get_community_page, name=form.name)
    _check_power(visit, page, question)
    community = page.view.community
    return visit.render(
        "community_deed.html", question=question, community=community, form=form, error=error
    )


@pages.post("/c/{name}/{deed}", who=Policy.USER, bucket=Bucket.MESSAGE, again=ask_deed)
async def do_deed(visit: Visit, form: DeedForm) -> Answer:
    """Do it."""
    _question(form.deed)
    view = await visit.read(get_community, name=form.name)
    community_id, reason = view.community.id, form.reason.strip() or None
    match form.deed:
        case "close" | "open":
            await visit.act(delete_community, community_id, deleted=form.deed == "close")
        case "remove" | "restore":
            removed = form.deed == "remove"
            await visit.act(remove_community, community_id, removed=removed, reason=reason)
        case _:
            hidden = form.deed == "hide"
            await visit.act(hide_community, community_id, hidden=hidden, reason=reason)
    return see_other(community_path(view.community))


def _question(deed: str) -> Question:
    question = _QUESTIONS.get(deed)
    if question is None:
        raise NotFound("unknown")
    return question


def _check_power(visit: Visit, page: CommunityPage, question: Question) -> None:
    own = powers(visit.viewer, page.view, page.moderators)
    if question.for_admins and not own.administer:
        raise NotAllowed("not_an_admin")
    if not question.for_admins and not own.close:
        raise NotAllowed("not_top_mod")
