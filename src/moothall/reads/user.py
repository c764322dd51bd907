"""People as others see them, and accounts as their owners see them."""

from moothall.domain.account import Credentials, SecondFactor
from moothall.domain.errors import NotFound, NotSignedIn
from moothall.domain.ids import PersonId
from moothall.domain.names import split_handle
from moothall.domain.notification import Visitor
from moothall.domain.site import Instance
from moothall.domain.user import Account, AccountView, Person, PersonView, Session, Viewer
from moothall.lib import totp
from moothall.storage import account as accounts
from moothall.storage import block, session, visitor
from moothall.storage import user as users
from moothall.storage.site import get_site
from moothall.storage.transaction import Transaction

_MISSING = "couldnt_find_person"
# More signed-in devices than that nobody can tell apart anyway.
_MAX_SESSIONS = 500


def viewer_by_token_hash(tx: Transaction, token_hash: str) -> Viewer | None:
    """Who is signed in with a token: its SHA-256 in hexadecimal (`lib.tokens.hash_token`)."""
    return users.viewer_by_token_hash(tx.conn, token_hash)


def visitor_by_token_hash(tx: Transaction, token_hash: str) -> Visitor | None:
    """The same with what waits for them, for pages, which all tell it."""
    return visitor.visitor_by_token_hash(tx.conn, token_hash, tx.now)


def get_profile(
    tx: Transaction,
    viewer: Viewer | None,
    *,
    person_id: PersonId | None = None,
    name: str | None = None,
) -> PersonView:
    """A person by id, or by `name` or `name@host`. Deleted ones are shown to admins only.

    Raises NotFound("couldnt_find_person").
    """
    by_name = name is not None
    if person_id is not None:
        found = users.get_person_view(tx.conn, person_id)
    elif name is not None:
        own_name, domain = split_handle(name, tx.home.domain)
        found = users.find_person_view(tx.conn, own_name, domain)
    else:
        raise NotFound("no_id_given")
    if found is None or (found.person.deleted and not (viewer and viewer.is_admin)):
        raise NotFound(_MISSING, by_name=by_name)
    return found


def credentials(tx: Transaction, name_or_email: str) -> Credentials:
    """Whose password to check for this name or address; for nobody's, empty ones."""
    text = name_or_email.strip()
    find = accounts.find_account_by_email if "@" in text else accounts.find_account_by_name
    account = find(tx.conn, text)
    return Credentials() if account is None else Credentials(account.id, account.password_hash)


def own_credentials(tx: Transaction, viewer: Viewer) -> Credentials:
    """One's own, to be proven again before something grave."""
    account = _account(tx, viewer)
    return Credentials(account.id, account.password_hash)


def account_view(tx: Transaction, viewer: Viewer) -> AccountView:
    """One's own account with all its settings."""
    found = accounts.get_account_view(tx.conn, viewer.account_id)
    if found is None:
        raise NotSignedIn
    return found


def second_factor(tx: Transaction, viewer: Viewer) -> SecondFactor:
    """One's own second factor. A secret in use is never shown again."""
    account = _account(tx, viewer)
    secret = account.totp_secret
    if account.totp_enabled or secret is None:
        return SecondFactor(account.totp_enabled)
    url = totp.otpauth_url(secret, get_site(tx.conn).name, viewer.name)
    return SecondFactor(is_on=False, secret=secret, otpauth_url=url)


def list_sessions(tx: Transaction, viewer: Viewer) -> list[Session]:
    """One's own sessions, newest first, at most 500."""
    return session.list_sessions(tx.conn, viewer.account_id, _MAX_SESSIONS)


def list_blocked_people(tx: Transaction, viewer: Viewer) -> list[Person]:
    """Whom the viewer blocks."""
    return block.list_blocked_people(tx.conn, viewer.person_id)


def list_blocked_instances(tx: Transaction, viewer: Viewer) -> list[Instance]:
    """The servers that the viewer blocks."""
    return block.list_blocked_instances(tx.conn, viewer.person_id)


def _account(tx: Transaction, viewer: Viewer) -> Account:
    account = accounts.get_account(tx.conn, viewer.account_id)
    if account is None:
        raise NotSignedIn
    return account
