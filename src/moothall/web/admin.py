"""Pages for admins: who waits to be let in."""

from typing import Any

from moothall.actions.application import decide_application
from moothall.domain.ids import ApplicationId
from moothall.door import Bucket, Policy
from moothall.reads.application import list_applications

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
        applications=found,
        kinds=[
            ("Waiting", "/registration_applications", not form.decided),
            ("All", "/registration_applications?decided=true", form.decided),
        ],
        older=link(page=form.page + 1) if len(found) == _PAGE else None,
        newer=link(page=form.page - 1) if form.page > 1 else None,
    )


class DecisionForm(Form, frozen=True, kw_only=True):
    """What an admin decided."""

    application_id: int
    approve: bool = False
    reason: str = ""


@pages.post(
    "/registration_applications/{application_id:int}", who=Policy.ADMIN, bucket=Bucket.MESSAGE
)
async def decide(visit: Visit, form: DecisionForm) -> Answer:
    """Let somebody in, or not."""
    await visit.act(
        decide_application,
        ApplicationId(form.application_id),
        approve=form.approve,
        deny_reason=form.reason or None,
    )
    return see_other("/registration_applications")
