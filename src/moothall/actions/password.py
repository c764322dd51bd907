"""Passwords: proving that one is right, making a new one, and the mailed way to a new one.

Hashing takes milliseconds of a processor, so it happens before an action, in the pool of
`lib.passwords`, and never inside of a transaction: `prove` and `hash_new` are awaited first
(by `signing_in`), and their results are what the actions here and in `session` ask for.
"""

from moothall.domain.account import Credentials, Device, Proof, check_password
from moothall.domain.errors import Invalid, NotFound, NotSignedIn, TooMany
from moothall.domain.ids import AccountId
from moothall.domain.time import DAY, HOUR, Time
from moothall.domain.user import Viewer
from moothall.lib.passwords import PasswordPool, PasswordsBusy, needs_rehash
from moothall.lib.tokens import hash_token
from moothall.storage import account as accounts
from moothall.storage import jobs, mail_token
from moothall.storage import session as sessions
from moothall.storage.transaction import Transaction

from . import mail
from .session import open_session, proven_account

RESET_JOB = "reset_password"
_RESET_VALID = DAY
_MAX_RESETS_AN_HOUR = 3
_MAX_EMAIL_CHARS = 320


async def prove(pool: PasswordPool, credentials: Credentials, password: str) -> Proof:
    """Check a password; an unknown account takes the same time and has the same answer.

    Raises NotSignedIn("incorrect_login"), and TooMany while too many others are being checked.
    """
    try:
        is_right = await pool.verify(password, credentials.password_hash)
        account_id, stored = credentials
        if not is_right or account_id is None or stored is None:
            raise NotSignedIn
        new_hash = await pool.hash(password) if needs_rehash(stored) else None
    except PasswordsBusy:
        raise TooMany from None
    return Proof(account_id, stored, new_hash)


async def hash_new(pool: PasswordPool, password: str, password_verify: str) -> str:
    """Hash a new password that was typed twice.

    Raises Invalid("invalid_password") and Invalid("passwords_do_not_match"), and TooMany while too
    many others are being hashed.
    """
    check_password(password)
    if password != password_verify:
        raise Invalid("passwords_do_not_match")
    try:
        return await pool.hash(password)
    except PasswordsBusy:
        raise TooMany from None


def change_password(
    tx: Transaction, viewer: Viewer, proof: Proof, new_hash: str, device: Device
) -> str:
    """Set a new password, end every session, and return the token of a new one."""
    account = proven_account(tx, proof)
    if account.id != viewer.account_id:
        raise NotSignedIn
    set_password(tx, account.id, new_hash)
    return open_session(tx, account.id, device)


def set_password(tx: Transaction, account_id: AccountId, new_hash: str) -> None:
    """Replace a password: whoever used the old one, or asked for a new one by mail, is out."""
    accounts.update_account(tx.conn, account_id, password_hash=new_hash)
    sessions.delete_sessions(tx.conn, account_id)
    mail_token.delete_tokens(tx.conn, account_id, mail_token.RESET_PASSWORD)


def request_password_reset(tx: Transaction, email: str, *, sends_mail: bool) -> None:
    """Take down that somebody forgot their password.

    Nothing is looked up here: known and unknown addresses get the same answer after the same work.
    Raises Invalid("no_email_setup") where no mail server is set up.
    """
    if not sends_mail:
        raise Invalid("no_email_setup")
    jobs.add(tx.conn, RESET_JOB, {"email": email[:_MAX_EMAIL_CHARS]}, tx.now)


def send_password_reset(tx: Transaction, email: str) -> None:
    """Mail a link for a new password to the account with this address, if there is one (a job)."""
    account = accounts.find_account_by_email(tx.conn, email)
    if account is None or account.email is None:
        return
    since = Time(tx.now - HOUR)
    sent = mail_token.count_since(tx.conn, account.id, mail_token.RESET_PASSWORD, since)
    # Nobody's mailbox can be filled by asking again and again.
    if sent < _MAX_RESETS_AN_HOUR:
        mail.send_reset_link(tx, account, account.email)


def check_reset_token(tx: Transaction, token: str) -> None:
    """Raise NotFound("token_not_found") for a mailed token that `reset_password` will not take."""
    since = Time(tx.now - _RESET_VALID)
    if mail_token.find(tx.conn, hash_token(token).hex(), mail_token.RESET_PASSWORD, since) is None:
        raise NotFound("token_not_found")


def reset_password(tx: Transaction, token: str, new_hash: str) -> None:
    """Set a new password with a mailed token; ends every session.

    Raises NotFound("token_not_found") for one that is wrong, used or older than a day.
    """
    since = Time(tx.now - _RESET_VALID)
    found = mail_token.take(tx.conn, hash_token(token).hex(), mail_token.RESET_PASSWORD, since)
    if found is None:
        raise NotFound("token_not_found")
    set_password(tx, found.account_id, new_hash)
