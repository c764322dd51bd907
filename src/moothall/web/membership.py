"""Pages of a community's team and of those whom it has banned."""

from moothall.actions.community import add_moderator, remove_moderator, transfer_community
from moothall.domain.community import Community
from moothall.domain.errors import ForumError, NotFound
from moothall.domain.ids import PersonId
from moothall.door import Bucket, Policy
from moothall.reads.community import get_community, get_community_page
from moothall.reads.moderation import list_banned_there
from moothall.reads.user import get_profile

from .addresses import community_path, with_query
from .answer import Answer, see_other
from .forms import Form, Handle, PageNumber
from .page import Pages
from .powers import members, powers
from .visit import Visit

pages = Pages()

_PAGE = 50


class TeamForm(Form, frozen=True, kw_only=True):
    """Which community."""

    name: str
    person: Handle = ""


@pages.get("/c/{name}/moderators", who=Policy.USER)
async def show_team(visit: Visit, form: TeamForm, error: ForumError | None = None) -> Answer:
    """The team: who is in it, and for those who run the community how to change that."""
    page = await visit.read(get_community_page, name=form.name)
    viewer = visit.need_viewer()
    own = powers(viewer, page.view, page.moderators)
    return visit.render(
        "community_team.html",
        community=page.view.community,
        powers=own,
        team=members(viewer, page.view, page.moderators),
        person=form.person,
        error=error,
    )


@pages.post("/c/{name}/moderators", who=Policy.USER, bucket=Bucket.MESSAGE, again=show_team)
async def appoint(visit: Visit, form: TeamForm) -> Answer:
    """Take somebody into the team."""
    place = await visit.read(get_community, name=form.name)
    person = await visit.read(get_profile, name=_handle(form.person))
    await visit.act(add_moderator, place.community.id, person.person.id)
    return _back_to_team(place.community)


class MemberForm(TeamForm, frozen=True, kw_only=True):
    """Which member of the team."""

    person_id: int = 0


@pages.post("/c/{name}/dismiss", who=Policy.USER, bucket=Bucket.MESSAGE, again=show_team)
async def dismiss(visit: Visit, form: MemberForm) -> Answer:
    """Take somebody, or oneself, out of the team."""
    place = await visit.read(get_community, name=form.name)
    await visit.act(remove_moderator, place.community.id, PersonId(form.person_id))
    if form.person_id == visit.need_viewer().person_id:
        return see_other(community_path(place.community))
    return _back_to_team(place.community)


@pages.post("/c/{name}/transfer", who=Policy.USER, bucket=Bucket.MESSAGE, again=show_team)
async def hand_over(visit: Visit, form: MemberForm) -> Answer:
    """Put another member of the team first."""
    place = await visit.read(get_community, name=form.name)
    await visit.act(transfer_community, place.community.id, PersonId(form.person_id))
    return _back_to_team(place.community)


def _back_to_team(community: Community) -> Answer:
    return see_other(f"{community_path(community)}/moderators")


class BansForm(Form, frozen=True, kw_only=True):
    """Which community, which page; `person` is somebody to ban."""

    name: str
    person: Handle = ""
    page: PageNumber = 1


@pages.get("/c/{name}/bans", who=Policy.MODERATOR_ANYWHERE)
async def show_bans(visit: Visit, form: BansForm) -> Answer:
    """Who is banned from a community; with `person`, the way to the form that bans them."""
    place = await visit.read(get_community, name=form.name)
    community_id = place.community.id
    bans = await visit.read_own(list_banned_there, community_id, page=form.page, limit=_PAGE)
    error = None
    if form.person.strip():
        try:
            person = await visit.read(get_profile, name=_handle(form.person))
        except NotFound as missing:
            error = missing
        else:
            return see_other(f"/ban/{community_id}/{person.person.id}")
    path = f"{community_path(place.community)}/bans"
    return visit.render(
        "community_bans.html",
        community=place.community,
        bans=bans,
        person=form.person,
        error=error,
        older=with_query(path, page=form.page + 1) if len(bans) == _PAGE else None,
        newer=with_query(path, page=form.page - 1) if form.page > 1 else None,
    )


def _handle(text: str) -> str:
    handle = text.strip()
    if not handle:
        raise NotFound("couldnt_find_person")
    return handle
