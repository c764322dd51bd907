"""What only the operator of the machine does, by command: no viewer, no mail, no token."""

from moothall.domain.errors import NotFound
from moothall.domain.moderation import ModlogKind
from moothall.domain.user import Account
from moothall.storage import account as accounts
from moothall.storage import event, modlog
from moothall.storage import site as site_rows
from moothall.storage.transaction import Transaction
from moothall.storage.user import find_person

from .password import set_password
from .session import forget_totp
from .site import apply_setup_section
from .user import create_account


def create_admin(tx: Transaction, name: str, password_hash: str) -> None:
    """Make an account that is an admin; the first one also sets up the site.

    Raises what `actions.user.create_account` does.
    """
    site = site_rows.get_site(tx.conn)
    if not apply_setup_section(tx, name, password_hash, site.name):
        create_account(tx, name, password_hash, is_admin=True)


def make_admin(tx: Transaction, name: str) -> None:
    """Make somebody of this server an admin, below those who are. Raises NotFound."""
    account = _account(tx, name)
    if account.is_admin:
        return
    accounts.update_account(
        tx.conn, account.id, is_admin=True, admin_since=tx.now, accepted_application=True
    )
    modlog.add(tx.conn, ModlogKind.ADD, None, tx.now, person_id=account.person_id)
    event.add(tx.conn, "admin_added", tx.now, person_id=account.person_id)


def set_password_of(tx: Transaction, name: str, password_hash: str) -> None:
    """Set a password and end every session. Raises NotFound."""
    set_password(tx, _account(tx, name).id, password_hash)


def remove_second_factor(tx: Transaction, name: str) -> None:
    """Let somebody sign in with the password alone, who lost their device. Raises NotFound."""
    forget_totp(tx, _account(tx, name))


def _account(tx: Transaction, name: str) -> Account:
    person = find_person(tx.conn, name, None)
    account = None if person is None else accounts.find_account_of(tx.conn, person.id)
    if account is None:
        raise NotFound("couldnt_find_person", name)
    return account
