"""What only admins do: deciding applications to join."""

from moothall.actions.application import decide_application
from moothall.api.call import Call
from moothall.api.paging import page_of
from moothall.api.route import Routes
from moothall.api.shapes.account import registration_application_view
from moothall.api.shapes.responses import (
    GetUnreadRegistrationApplicationCountResponse,
    ListRegistrationApplicationsResponse,
    RegistrationApplicationResponse,
)
from moothall.domain.ids import ApplicationId, PersonId
from moothall.door import Bucket, Policy
from moothall.reads import application as reads

from .requests import moderation as requests

routes = Routes()


@routes.get("/admin/registration_application/count", who=Policy.ADMIN, bucket=Bucket.MESSAGE)
async def count_applications(call: Call) -> GetUnreadRegistrationApplicationCountResponse:
    """How many wait."""
    return GetUnreadRegistrationApplicationCountResponse(await call.read(reads.count_applications))


@routes.get("/admin/registration_application/list", who=Policy.ADMIN, bucket=Bucket.MESSAGE)
async def list_applications(
    call: Call, request: requests.ListRegistrationApplications
) -> ListRegistrationApplicationsResponse:
    """A page of applications."""
    page = page_of(request.page, request.limit)
    found = await call.read(
        reads.list_applications,
        unread_only=bool(request.unread_only),
        limit=page.limit,
        page=page.number,
    )
    return ListRegistrationApplicationsResponse(
        [registration_application_view(each, call.home) for each in found]
    )


@routes.put("/admin/registration_application/approve", who=Policy.ADMIN, bucket=Bucket.MESSAGE)
async def approve_application(
    call: Call, request: requests.ApproveRegistrationApplication
) -> RegistrationApplicationResponse:
    """Let somebody in, or not."""
    application_id = ApplicationId(request.id)
    await call.act(
        decide_application,
        application_id,
        approve=request.approve,
        deny_reason=request.deny_reason,
    )
    view = await call.read(reads.get_application, application_id=application_id)
    return RegistrationApplicationResponse(registration_application_view(view, call.home))


@routes.get("/admin/registration_application", who=Policy.ADMIN, bucket=Bucket.MESSAGE)
async def get_application(
    call: Call, request: requests.GetRegistrationApplication
) -> RegistrationApplicationResponse:
    """The application of one person."""
    view = await call.read(reads.get_application, person_id=PersonId(request.person_id))
    return RegistrationApplicationResponse(registration_application_view(view, call.home))
