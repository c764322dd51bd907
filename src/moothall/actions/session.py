"""Signing in and out: sessions of browsers and apps, and the second factor."""

from moothall.domain.account import Device, Proof, login_refusal
from moothall.domain.errors import Conflict, Invalid, NotAllowed, NotFound, NotSignedIn
from moothall.domain.ids import AccountId, SessionId
from moothall.domain.permissions import require
from moothall.domain.time import SECOND
from moothall.domain.user import Account, Viewer
from moothall.lib import jwt, totp
from moothall.lib.tokens import hash_token, new_token
from moothall.storage import account as accounts
from moothall.storage import session as sessions
from moothall.storage.application import find_application_of
from moothall.storage.site import get_site
from moothall.storage.transaction import Transaction
from moothall.storage.user import get_person

_USER_AGENT_CHARS = 300


def open_session(tx: Transaction, account_id: AccountId, device: Device) -> str:
    """Sign somebody in and return the token; only its hash is stored.

    Checks nothing: for callers that have just made sure who it is.
    """
    claims = jwt.Claims(account_id, tx.home.domain, tx.now // SECOND, new_token(16))
    token = jwt.encode(claims, get_site(tx.conn).token_secret.encode())
    agent = device.user_agent and device.user_agent[:_USER_AGENT_CHARS]
    sessions.add_session(
        tx.conn,
        account_id,
        hash_token(token).hex(),
        tx.now,
        address=device.address,
        user_agent=agent,
    )
    return token


def proven_account(tx: Transaction, proof: Proof) -> Account:
    """The account of a proof, if its password is still the one that was checked."""
    account = accounts.get_account(tx.conn, proof.account_id)
    if account is None or account.password_hash != proof.password_hash:
        raise NotSignedIn
    return account


def log_in(tx: Transaction, proof: Proof, totp_token: str | None, device: Device) -> str:
    """Sign in whoever gave the right password, and return the token of the new session.

    Raises NotAllowed for who may not (`site_ban`, `deleted`, `email_not_verified`,
    `registration_application_is_pending`, `registration_denied`), Invalid for the second factor
    (`missing_totp_token`, `incorrect_totp_token`).
    """
    account = proven_account(tx, proof)
    person = get_person(tx.conn, account.person_id)
    if person is None:
        raise NotSignedIn
    application = find_application_of(tx.conn, account.id)
    require(login_refusal(get_site(tx.conn), account, person, application))
    if account.totp_enabled:
        if not totp_token:
            raise Invalid("missing_totp_token")
        _use_code(tx, account, totp_token)
    if proof.new_hash is not None:
        accounts.update_account(tx.conn, account.id, password_hash=proof.new_hash)
    return open_session(tx, account.id, device)


def note_session_use(tx: Transaction, viewer: Viewer) -> None:
    """Remember that somebody came through this session today, so that it is not forgotten."""
    sessions.note_use(tx.conn, viewer.session_id, tx.now)


def log_out(tx: Transaction, viewer: Viewer) -> None:
    """End the session through which this call came."""
    sessions.delete_session(tx.conn, viewer.account_id, viewer.session_id)


def revoke_session(tx: Transaction, viewer: Viewer, session_id: SessionId) -> None:
    """End one of one's own sessions. Raises NotFound for any other."""
    if not sessions.delete_session(tx.conn, viewer.account_id, session_id):
        raise NotFound("not_found")


def revoke_other_sessions(tx: Transaction, viewer: Viewer) -> None:
    """End all sessions but the one through which this call came."""
    sessions.delete_sessions(tx.conn, viewer.account_id, keep=viewer.session_id)


def generate_totp(tx: Transaction, viewer: Viewer) -> str:
    """Make the secret of a second factor, to be enabled next; returns its `otpauth:` address.

    Raises Conflict("totp_already_enabled").
    """
    account = _own_account(tx, viewer)
    if account.totp_enabled:
        raise Conflict("totp_already_enabled")
    secret = totp.new_secret()
    accounts.update_account(tx.conn, account.id, totp_secret=secret)
    return totp.otpauth_url(secret, get_site(tx.conn).name, viewer.name)


def update_totp(tx: Transaction, viewer: Viewer, code: str, *, enabled: bool) -> None:
    """Turn the second factor on or off; both need a code that it makes now.

    Raises Invalid: `missing_totp_secret`, `incorrect_totp_token`.
    """
    account = _own_account(tx, viewer)
    _use_code(tx, account, code)
    if enabled:
        accounts.update_account(tx.conn, account.id, totp_enabled=True)
    else:
        forget_totp(tx, account)


def turn_off_totp(tx: Transaction, viewer: Viewer, proof: Proof) -> None:
    """Turn the second factor off with the password, for who has no code any more.

    Whoever calls is signed in already, which took a code. Raises NotSignedIn for a proof of
    another account.
    """
    account = proven_account(tx, proof)
    if account.id != viewer.account_id:
        raise NotSignedIn
    forget_totp(tx, account)


def forget_totp(tx: Transaction, account: Account) -> None:
    """Ask an account for its password only."""
    accounts.update_account(tx.conn, account.id, totp_enabled=False, totp_secret=None)


def _use_code(tx: Transaction, account: Account, code: str) -> None:
    """Accept a code once: the same one, or an older one, does not work again."""
    if account.totp_secret is None:
        raise Invalid("missing_totp_secret")
    step = totp.matching_step(account.totp_secret, code, tx.now / SECOND)
    if step is None or not accounts.use_totp_step(tx.conn, account.id, step):
        raise Invalid("incorrect_totp_token")


def _own_account(tx: Transaction, viewer: Viewer) -> Account:
    account = accounts.get_account(tx.conn, viewer.account_id)
    if account is None:
        raise NotAllowed("not_logged_in")
    return account
