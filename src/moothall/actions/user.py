"""People of this server: making an account and leaving again, and whom they block."""

from typing import Any

from moothall.domain.account import Proof
from moothall.domain.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from moothall.domain.ids import AccountId, InstanceId, PersonId
from moothall.domain.names import check_name
from moothall.domain.user import Account, Viewer
from moothall.storage import account as accounts
from moothall.storage import block as blocks
from moothall.storage import erasure as erasure_rows
from moothall.storage import event, mail_token
from moothall.storage import session as sessions
from moothall.storage.application import delete_application_of
from moothall.storage.site import get_site
from moothall.storage.transaction import Transaction
from moothall.storage.user import find_person, get_person_view

from .erasure import erase_content
from .media import erase_all_uploads, replace_uses
from .session import proven_account

# What a deleted person's profile no longer says.
_GONE = dict.fromkeys(
    ("display_name", "bio", "bio_html", "avatar", "banner", "matrix_user_id"), None
)


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


def open_account(tx: Transaction, name: str, password_hash: str) -> AccountId:
    """Give an account to a local person that an archive brought without one.

    Raises NotFound `couldnt_find_person`, Conflict `user_already_exists` where there is one.
    """
    person = find_person(tx.conn, name, None)
    if person is None or person.deleted:
        raise NotFound("couldnt_find_person", name)
    if accounts.find_account_of(tx.conn, person.id) is not None:
        raise Conflict("user_already_exists", name)
    account_id = accounts.add_account(
        tx.conn, person.id, tx.now, password_hash=password_hash, accepted_application=True
    )
    event.add(tx.conn, "person_created", tx.now, person_id=person.id)
    return account_id


def delete_account(tx: Transaction, viewer: Viewer, proof: Proof, *, delete_content: bool) -> None:
    """Leave for good: profile, address, sessions, follows and offices go; the name stays taken.

    With `delete_content` all that was written here is overwritten, at once or, where it is much,
    soon. Raises NotSignedIn for a proof of another account, NotAllowed("cannot_leave_admin") for
    the last admin.
    """
    account = proven_account(tx, proof)
    if account.id != viewer.account_id:
        raise NotSignedIn
    if account.is_admin and accounts.lock_admins(tx.conn) == [account.id]:
        raise NotAllowed("cannot_leave_admin")
    empty_account(tx, account)
    accounts.update_person(tx.conn, viewer.person_id, **_GONE, deleted=True, updated_at=tx.now)
    erasure_rows.leave_communities(tx.conn, viewer.person_id)
    accounts.count_people(tx.conn, -1)
    replace_uses(tx, "person", viewer.person_id, viewer.person_id)
    if delete_content:
        erase_all_uploads(tx, account.id)
        erase_content(tx, viewer.person_id)
    event.add(
        tx.conn,
        "person_deleted",
        tx.now,
        person_id=viewer.person_id,
        delete_content=delete_content,
    )


def empty_account(tx: Transaction, account: Account) -> None:
    """Take from an account its address, offices, sessions and drafts."""
    accounts.update_account(
        tx.conn,
        account.id,
        email=None,
        email_key=None,
        email_verified=False,
        is_admin=False,
        admin_since=None,
        totp_enabled=False,
        totp_secret=None,
    )
    sessions.delete_sessions(tx.conn, account.id)
    mail_token.delete_tokens(tx.conn, account.id)
    delete_application_of(tx.conn, account.id)
    accounts.delete_drafts(tx.conn, account.id)


def block_person(tx: Transaction, viewer: Viewer, person_id: PersonId, *, block: bool) -> None:
    """Stop seeing somebody, or see them again.

    Raises Invalid("cant_block_yourself"), NotFound("couldnt_find_person"),
    NotAllowed("cant_block_admin").
    """
    if person_id == viewer.person_id:
        raise Invalid("cant_block_yourself")
    target = get_person_view(tx.conn, person_id)
    if target is None or target.person.deleted:
        raise NotFound("couldnt_find_person")
    if not block:
        blocks.unblock_person(tx.conn, viewer.person_id, person_id)
        return
    if target.is_admin:
        raise NotAllowed("cant_block_admin")
    blocks.block_person(tx.conn, viewer.person_id, person_id, tx.now)


def block_instance(
    tx: Transaction, viewer: Viewer, instance_id: InstanceId, *, block: bool
) -> None:
    """Stop seeing the communities of a server, or see them again.

    Raises NotAllowed("cant_block_local_instance"), NotFound("couldnt_find_object").
    """
    if instance_id == get_site(tx.conn).instance_id:
        raise NotAllowed("cant_block_local_instance")
    if blocks.get_instance(tx.conn, instance_id) is None:
        raise NotFound("couldnt_find_object")
    if block:
        blocks.block_instance(tx.conn, viewer.person_id, instance_id, tx.now)
    else:
        blocks.unblock_instance(tx.conn, viewer.person_id, instance_id)
