"""Pages for admins: who waits to be let in, and who runs the site."""

from typing import Any

from moothall.actions.application import decide_application
from moothall.actions.site import add_admin, remove_admin
from moothall.domain.errors import ForumError, Invalid, blame
from moothall.domain.ids import ApplicationId, PersonId
from moothall.door import Bucket, Policy
from moothall.reads.application import list_applications
from moothall.reads.site import list_admins
from moothall.reads.user import get_profile

from .addresses import with_query
from .answer import Answer, see_other
from .forms import Form, PageNumber
from .page import Pages
from .visit import Visit

pages = Pages()

_PAGE = 20


class ApplicationsForm(Form, frozen=True, kw_only=True):
    """Which applications; `decided` those too that were decided."""

    decided: bool = False
    page: PageNumber = 1


@pages.get("/registration_applications", who=Policy.ADMIN)
async def show_applications(visit: Visit, form: ApplicationsForm) -> Answer:
    """Who would like to join, and why."""
    found = await visit.read(
        list_applications,
        unread_only=not form.decided,
        limit=_PAGE,
        page=form.page,
    )

    def link(**changes: Any) -> str:
        return with_query(
            "/registration_applications", **{"decided": form.decided or None, **changes}
        )

    return visit.render(
        "applications.html",
        tab="applications",
        applications=found,
        kinds=[
            ("Waiting", "/registration_applications", not form.decided),
            ("All", "/registration_applications?decided=true", form.decided),
        ],
        older=link(page=form.page + 1) if len(found) == _PAGE else None,
        newer=link(page=form.page - 1) if form.page > 1 else None,
    )


class DecisionForm(Form, frozen=True, kw_only=True):
    """What an admin decided; a form that does not say it decides nothing."""

    application_id: int
    approve: bool | None = None
    reason: str = ""


@pages.post(
    "/registration_applications/{application_id:int}", who=Policy.ADMIN, bucket=Bucket.MESSAGE
)
async def decide(visit: Visit, form: DecisionForm) -> Answer:
    """Let somebody in, or not. Raises Invalid `undecided`."""
    if form.approve is None:
        await visit.admit()
        raise Invalid("undecided", field="approve")
    await visit.act(
        decide_application,
        ApplicationId(form.application_id),
        approve=form.approve,
        deny_reason=form.reason or None,
    )
    return see_other("/registration_applications")


class AdminForm(Form, frozen=True, kw_only=True):
    """Who is to be an admin, by name."""

    name: str = ""


@pages.get("/admin/admins", who=Policy.ADMIN)
async def show_admins(visit: Visit, form: AdminForm, error: ForumError | None = None) -> Answer:
    """Who runs the site."""
    admins = await visit.read(lambda tx, _: list_admins(tx))
    return visit.render("admin_admins.html", admins=admins, form=form, error=error, tab="admins")


@pages.post("/admin/admins", who=Policy.ADMIN, bucket=Bucket.MESSAGE, again=show_admins)
async def appoint(visit: Visit, form: AdminForm) -> Answer:
    """Make somebody an admin."""
    with blame("name"):
        found = await visit.read(get_profile, name=form.name.strip().lstrip("@"))
        await visit.act(add_admin, found.person.id)
    visit.site_changed()
    return see_other("/admin/admins")


class DismissForm(AdminForm, frozen=True, kw_only=True):
    """Which admin."""

    person_id: int


@pages.post(
    "/admin/admins/{person_id:int}/dismiss",
    who=Policy.ADMIN,
    bucket=Bucket.MESSAGE,
    again=show_admins,
)
async def dismiss(visit: Visit, form: DismissForm) -> Answer:
    """Take the office from somebody of lower rank, or from oneself."""
    await visit.act(remove_admin, PersonId(form.person_id))
    visit.site_changed()
    is_self = form.person_id == visit.need_viewer().person_id
    return see_other("/" if is_self else "/admin/admins")
