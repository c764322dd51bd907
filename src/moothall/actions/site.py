"""The site: its beginning, its settings and the people who run it."""

import hmac
import secrets

from moothall.domain.community import Standing
from moothall.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from moothall.domain.ids import AccountId, PersonId
from moothall.domain.moderation import ModlogKind
from moothall.domain.permissions import may_act_on, may_administer, require
from moothall.domain.site import Site, SiteChanges
from moothall.domain.site_rules import checked_site_name
from moothall.domain.time import Time
from moothall.domain.user import Account, Doer
from moothall.lib.keys import generate_key_pair
from moothall.lib.tokens import hash_token, new_token
from moothall.storage import account as accounts
from moothall.storage import event, modlog
from moothall.storage import language as language_rows
from moothall.storage import site as site_rows
from moothall.storage.transaction import Transaction
from moothall.storage.user import get_person

from .site_settings import apply_changes
from .text_index import begin_index
from .user import create_account

_NAME = "New Site"
_QUESTION = "To keep spam out, please say in a few words why you would like to join."


def ensure_site(tx: Transaction) -> str | None:
    """Make what every forum needs (own instance, site, languages) if it is not there yet.

    Returns a fresh setup token until the site is set up; it is shown once and only its hash is
    kept. Raises Invalid `other_domain` if the database belongs to another domain.
    """
    site = site_rows.find_site(tx.conn)
    if site is None:
        _add_site(tx)
    elif site.domain != tx.home.domain:
        raise Invalid(
            "other_domain",
            f"the database belongs to {site.domain}, the settings say {tx.home.domain}",
        )
    elif site.is_set_up:
        return None
    token = new_token()
    site_rows.update_site(tx.conn, setup_token_hash=hash_token(token).hex())
    return token


def _add_site(tx: Transaction) -> None:
    instance_id = site_rows.add_instance(tx.conn, tx.home.domain, tx.now)
    site_rows.add_site(
        tx.conn,
        instance_id=instance_id,
        domain=tx.home.domain,
        name=_NAME,
        application_question=_QUESTION,
        token_secret=secrets.token_hex(32),
        now=tx.now,
    )
    keys = generate_key_pair()
    site_rows.add_site_key(tx.conn, keys.public_pem, keys.private_pem, tx.now)
    language_rows.add_languages(tx.conn)
    begin_index(tx)


def check_setup_token(site: Site, token: str | None) -> None:
    """Refuse whoever cannot read the server's log, until the site is set up.

    Raises Conflict `site_already_exists` once it is, and NotAllowed `setup_token_required`.
    """
    if site.is_set_up:
        raise Conflict("site_already_exists")
    given = hash_token(token or "").hex()
    if not hmac.compare_digest(given, site.setup_token_hash or ""):
        raise NotAllowed("setup_token_required", "the log of the server's start shows the token")


def set_up_site(
    tx: Transaction,
    token: str,
    admin_name: str,
    password_hash: str,
    site_name: str,
    *,
    email: str | None = None,
) -> AccountId:
    """Make the first admin and name the site, with the token of the log; it works once.

    Raises what `check_setup_token`, `create_account` and the site's name can raise.
    """
    check_setup_token(site_rows.get_site(tx.conn), token)
    return _set_up(tx, admin_name, password_hash, site_name, email)


def apply_setup_section(
    tx: Transaction, admin_username: str, password_hash: str, site_name: str
) -> bool:
    """Do the same as the settings' [setup] says. False where anybody is here already."""
    site = site_rows.get_site(tx.conn)
    if site.is_set_up or site.users:
        return False
    _set_up(tx, admin_username, password_hash, site_name or site.name, None)
    return True


def create_site(
    tx: Transaction, by: Doer, token: str | None, changes: SiteChanges, *, sends_mail: bool = False
) -> None:
    """Set the site up as an admin who has registered with the token already."""
    require(may_administer(by))
    check_setup_token(site_rows.get_site(tx.conn), token)
    apply_changes(tx, by, changes, sends_mail=sends_mail)
    _finish(tx)


def _set_up(
    tx: Transaction, admin_name: str, password_hash: str, site_name: str, email: str | None
) -> AccountId:
    name = checked_site_name(site_name)
    account_id = create_account(
        tx, admin_name, password_hash, email=email, is_admin=True, email_verified=email is not None
    )
    site_rows.update_site(tx.conn, name=name)
    _finish(tx)
    return account_id


def _finish(tx: Transaction) -> None:
    if not site_rows.mark_set_up(tx.conn, tx.now):
        raise Conflict("site_already_exists")
    event.add(tx.conn, "site_created", tx.now)


def add_admin(tx: Transaction, by: Doer, person_id: PersonId) -> None:
    """Let a local person run the site too, below all who do already.

    Raises NotFound `couldnt_find_person`, Invalid `object_not_local`, NotAllowed `banned`.
    Nothing happens where they are an admin already.
    """
    require(may_administer(by))
    account = _local_account(tx, person_id)
    if account.is_admin:
        return
    accounts.update_account(
        tx.conn, account.id, is_admin=True, admin_since=tx.now, accepted_application=True
    )
    _log_admin(tx, by, person_id, undone=False)


def remove_admin(tx: Transaction, by: Doer, person_id: PersonId) -> None:
    """Take the office from an admin of lower rank, or from oneself if another is left.

    Raises NotAllowed `not_higher_admin` and `cannot_leave_admin`.
    """
    require(may_administer(by))
    admins = accounts.lock_admins(tx.conn)
    account = _local_account(tx, person_id, also_banned=True)
    if not account.is_admin:
        return
    require(
        may_act_on(
            _admin_standing(by.admin_since),
            _admin_standing(account.admin_since),
            same_person=by.person_id == person_id,
        )
    )
    if len(admins) == 1:
        raise NotAllowed("cannot_leave_admin")
    accounts.update_account(tx.conn, account.id, is_admin=False, admin_since=None)
    _log_admin(tx, by, person_id, undone=True)


def leave_admin(tx: Transaction, by: Doer) -> None:
    """Cease to be an admin. Raises NotAllowed `cannot_leave_admin` for the last one."""
    remove_admin(tx, by, by.person_id)


def _local_account(tx: Transaction, person_id: PersonId, *, also_banned: bool = False) -> Account:
    person = get_person(tx.conn, person_id)
    if person is None or person.deleted:
        raise NotFound("couldnt_find_person")
    if not person.local:
        raise Invalid("object_not_local")
    if person.banned and not also_banned:
        raise NotAllowed("banned")
    account = accounts.find_account_of(tx.conn, person_id)
    if account is None:
        raise NotFound("couldnt_find_local_user")
    return account


def _admin_standing(admin_since: Time | None) -> Standing:
    return Standing(is_admin=True, is_moderator=False, is_banned=False, admin_since=admin_since)


def _log_admin(tx: Transaction, by: Doer, person_id: PersonId, *, undone: bool) -> None:
    modlog.add(tx.conn, ModlogKind.ADD, by.person_id, tx.now, person_id=person_id, undone=undone)
    kind = "admin_removed" if undone else "admin_added"
    event.add(tx.conn, kind, tx.now, person_id=person_id, doer_id=by.person_id)
