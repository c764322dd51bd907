"""Applications to join, as the admins see them."""

from moothall.domain.errors import NotFound, NotSignedIn
from moothall.domain.ids import ApplicationId, PersonId
from moothall.domain.permissions import may_administer, require
from moothall.domain.user import RegistrationApplicationView, Viewer
from moothall.storage import application as applications
from moothall.storage.site import get_site
from moothall.storage.transaction import Transaction

_MISSING = "couldnt_find_registration_application"


def list_applications(
    tx: Transaction, viewer: Viewer | None, *, unread_only: bool, limit: int, page: int
) -> list[RegistrationApplicationView]:
    """Those that wait, oldest first; or all of them, newest first; `page` 1 is the first.

    Where addresses have to be proven, unproven applicants are left out.
    """
    _require_admin(viewer)
    return applications.list_views(
        tx.conn,
        waiting_only=unread_only,
        verified_only=get_site(tx.conn).require_email_verification,
        limit=limit,
        offset=(page - 1) * limit,
    )


def count_applications(tx: Transaction, viewer: Viewer | None) -> int:
    """How many wait for a decision."""
    _require_admin(viewer)
    verified_only = get_site(tx.conn).require_email_verification
    return applications.count_waiting(tx.conn, verified_only=verified_only)


def get_application(
    tx: Transaction,
    viewer: Viewer | None,
    *,
    application_id: ApplicationId | None = None,
    person_id: PersonId | None = None,
) -> RegistrationApplicationView:
    """One application, by its id or by who wrote it."""
    _require_admin(viewer)
    found = None
    if application_id is not None:
        found = applications.get_view(tx.conn, application_id)
    elif person_id is not None:
        found = applications.find_view_of(tx.conn, person_id)
    if found is None:
        raise NotFound(_MISSING)
    return found


def _require_admin(viewer: Viewer | None) -> None:
    if viewer is None:
        raise NotSignedIn
    require(may_administer(viewer.doer))
