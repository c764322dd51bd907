"""Applications to join: what admins decide about them."""

from moothall.domain.errors import Invalid, NotFound
from moothall.domain.ids import ApplicationId
from moothall.domain.permissions import may_administer, require
from moothall.domain.text import length, storable
from moothall.domain.user import Doer
from moothall.storage import account as accounts
from moothall.storage import application as applications
from moothall.storage import event
from moothall.storage import session as sessions
from moothall.storage.transaction import Transaction

from . import mail

_MAX_REASON = 1000


def decide_application(
    tx: Transaction,
    by: Doer,
    application_id: ApplicationId,
    *,
    approve: bool,
    deny_reason: str | None = None,
) -> ApplicationId:
    """Let somebody in or not, and mail them; may be decided anew.

    Raises NotAllowed("not_an_admin"), NotFound("couldnt_find_registration_application").
    """
    require(may_administer(by))
    view = applications.get_view(tx.conn, application_id)
    if view is None:
        raise NotFound("couldnt_find_registration_application")
    reason = None if approve else _reason(deny_reason)
    applications.decide_application(
        tx.conn, application_id, by.person_id, tx.now, denied=not approve, deny_reason=reason
    )
    account = view.account
    accounts.update_account(tx.conn, account.id, accepted_application=approve)
    if not approve:
        sessions.delete_sessions(tx.conn, account.id)
    event.add(
        tx.conn, "application_decided", tx.now, application_id=application_id, approved=approve
    )
    if account.email is not None:
        mail.tell_applicant(tx, account, account.email, approved=approve, reason=reason)
    return application_id


def _reason(text: str | None) -> str | None:
    reason = storable(text or "").strip()
    if length(reason) > _MAX_REASON:
        raise Invalid("invalid_body_field")
    return reason or None
