"""People of this server: making an account and leaving again, and whom they block."""

from typing import Any

from moothall.domain.errors import Conflict
from moothall.domain.ids import AccountId
from moothall.domain.names import check_name
from moothall.storage import account as accounts
from moothall.storage import event
from moothall.storage.site import get_site
from moothall.storage.transaction import Transaction
from moothall.storage.user import find_person


def create_account(
    tx: Transaction,
    name: str,
    password_hash: str,
    *,
    email: str | None = None,
    is_admin: bool = False,
    **fields: Any,
) -> AccountId:
    """Make a person and their account, whatever the registration mode.

    `fields` are further columns of the account. Raises Invalid("invalid_name"),
    Conflict("email_already_exists") and Conflict("user_already_exists"), in this order.
    """
    site = get_site(tx.conn)
    check_name(name, site.actor_name_max_length)
    if email and accounts.find_account_by_email(tx.conn, email):
        raise Conflict("email_already_exists")
    if find_person(tx.conn, name, None):
        raise Conflict("user_already_exists")
    person_id = accounts.add_local_person(tx.conn, site.instance_id, name, tx.now)
    values: dict[str, Any] = {
        "password_hash": password_hash,
        "email": email or None,
        "email_key": email.lower() if email else None,
        "is_admin": is_admin,
        "admin_since": tx.now if is_admin else None,
        "accepted_application": True,
        "theme": site.default_theme,
        "default_sort_type": site.default_sort_type,
        "default_listing_type": site.default_post_listing_type,
        "post_listing_mode": site.default_post_listing_mode,
        "show_nsfw": site.content_warning is not None,
        **fields,
    }
    account_id = accounts.add_account(tx.conn, person_id, tx.now, **values)
    accounts.count_people(tx.conn, 1)
    event.add(tx.conn, "person_created", tx.now, person_id=person_id)
    return account_id
