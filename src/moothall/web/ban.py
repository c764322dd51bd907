"""Pages that ban somebody from a community or from the site, and let them back."""

from typing import Annotated

from msgspec import Meta

from moothall.actions.ban import (
    ban_from_community,
    ban_person,
    unban_from_community,
    unban_person,
)
from moothall.domain.errors import ForumError
from moothall.domain.ids import CommunityId, PersonId
from moothall.domain.moderation import Ban
from moothall.domain.time import DAY, Time
from moothall.door import Bucket, Policy
from moothall.reads.community import get_community
from moothall.reads.user import get_profile

from .addresses import person_path
from .answer import Answer, see_other
from .forms import Form
from .page import Pages
from .visit import Visit

pages = Pages()


class LiftForm(Form, frozen=True, kw_only=True):
    """Whose ban is lifted, and why."""

    person_id: int
    reason: str = ""


class CommunityLift(LiftForm, frozen=True, kw_only=True):
    """The same in one community."""

    community_id: int


class BanForm(Form, frozen=True, kw_only=True):
    """Who is banned, why, for how long (0 days: for good), and whether what they wrote goes too."""

    person_id: int
    reason: str = ""
    days: Annotated[int, Meta(ge=0, le=3650)] = 7
    remove_data: bool = False

    def ban(self, now: Time) -> Ban:
        """The same as the action wants it."""
        ends = Time(now + self.days * DAY) if self.days else None
        return Ban(self.reason.strip() or None, ends, self.remove_data)


class CommunityBan(BanForm, frozen=True, kw_only=True):
    """The same in one community."""

    community_id: int


async def _ask(
    visit: Visit,
    template: str,
    form: BanForm | LiftForm,
    error: ForumError | None,
    community_id: int | None = None,
) -> Answer:
    """The form; without a community it is about the site."""
    community = None
    if community_id is not None:
        place = await visit.read(get_community, community_id=CommunityId(community_id))
        community = place.community
    profile = await visit.read(get_profile, person_id=PersonId(form.person_id))
    return visit.render(template, form=form, error=error, view=profile, community=community)


async def _to_person(visit: Visit, person_id: PersonId) -> Answer:
    profile = await visit.read(get_profile, person_id=person_id)
    return see_other(person_path(profile.person))


@pages.get("/ban/{community_id:int}/{person_id:int}", who=Policy.MODERATOR_ANYWHERE)
async def show_community_ban(
    visit: Visit, form: CommunityBan, error: ForumError | None = None
) -> Answer:
    """The form to ban somebody from a community."""
    return await _ask(visit, "ban.html", form, error, form.community_id)


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
    return await _to_person(visit, person_id)


@pages.get("/site_ban/{person_id:int}", who=Policy.ADMIN)
async def show_site_ban(visit: Visit, form: BanForm, error: ForumError | None = None) -> Answer:
    """The form to ban somebody from the site."""
    return await _ask(visit, "ban.html", form, error)


@pages.post(
    "/site_ban/{person_id:int}", who=Policy.ADMIN, bucket=Bucket.MESSAGE, again=show_site_ban
)
async def take_site_ban(visit: Visit, form: BanForm) -> Answer:
    """Ban somebody from the site."""
    person_id = PersonId(form.person_id)
    await visit.act(ban_person, person_id, form.ban(visit.now))
    return await _to_person(visit, person_id)


@pages.get("/unban/{community_id:int}/{person_id:int}", who=Policy.MODERATOR_ANYWHERE)
async def show_community_unban(
    visit: Visit, form: CommunityLift, error: ForumError | None = None
) -> Answer:
    """The form to let somebody back into a community."""
    return await _ask(visit, "unban.html", form, error, form.community_id)


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
    return await _to_person(visit, person_id)


@pages.get("/site_unban/{person_id:int}", who=Policy.ADMIN)
async def show_site_unban(visit: Visit, form: LiftForm, error: ForumError | None = None) -> Answer:
    """The form to let somebody back onto the site."""
    return await _ask(visit, "unban.html", form, error)


@pages.post(
    "/site_unban/{person_id:int}", who=Policy.ADMIN, bucket=Bucket.MESSAGE, again=show_site_unban
)
async def take_site_unban(visit: Visit, form: LiftForm) -> Answer:
    """Let somebody back onto the site."""
    person_id = PersonId(form.person_id)
    await visit.act(unban_person, person_id, form.reason.strip() or None)
    return await _to_person(visit, person_id)
