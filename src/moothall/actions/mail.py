"""What we mail, and proving addresses by mail. A message is a job, stored with its cause."""

from moothall.domain.errors import Conflict, Invalid, NotFound
from moothall.domain.time import DAY, Time
from moothall.domain.user import Account
from moothall.lib.mail import InvalidAddress, checked_address
from moothall.lib.tokens import hash_token, new_token
from moothall.storage import account as accounts
from moothall.storage import jobs, mail_token
from moothall.storage.application import find_application_of
from moothall.storage.site import get_site
from moothall.storage.transaction import Transaction
from moothall.storage.user import get_person

SEND_JOB = "send_mail"
TOKENS_KEPT = 7 * DAY
"""How long a link to prove an address works; links for a new password work a day."""


def queue_mail(tx: Transaction, to: str, subject: str, text: str) -> None:
    """Have a message sent once this transaction is committed."""
    message = {"to": to, "subject": subject, "text": text}
    jobs.add(tx.conn, SEND_JOB, message, tx.now, lane=jobs.Lane.MAIL)


def checked_email(text: str) -> str:
    """An address as it is stored; raises Invalid("invalid_email_address")."""
    try:
        return checked_address(text)
    except InvalidAddress:
        raise Invalid("invalid_email_address") from None


def send_verification(tx: Transaction, account: Account, email: str) -> None:
    """Mail a link that proves that this address is read by the owner of the account."""
    token = _new_token(tx, account, mail_token.VERIFY_EMAIL, email)
    name, site = _names(tx, account)
    queue_mail(
        tx,
        email,
        f"Please confirm your address for {site}",
        f"Hello {name},\n\nsomebody, presumably you, gave this address to {site}.\n"
        f"Please open this link to confirm it:\n\n{tx.home.base_url}/verify_email/{token}\n\n"
        "The link works for a week. If it was not you, there is nothing to do.\n",
    )


def send_reset_link(tx: Transaction, account: Account, email: str) -> None:
    """Mail a link that lets its reader set a new password."""
    token = _new_token(tx, account, mail_token.RESET_PASSWORD, email)
    name, site = _names(tx, account)
    queue_mail(
        tx,
        email,
        f"A new password for {site}",
        f"Hello {name},\n\nsomebody, presumably you, asked for a new password for {site}.\n"
        f"This link lets you set one:\n\n{tx.home.base_url}/password_change/{token}\n\n"
        "The link works once, for a day. If it was not you, there is nothing to do.\n",
    )


def check_verification(tx: Transaction, token: str) -> None:
    """Raise NotFound("token_not_found") for a mailed token that `verify_email` will not take."""
    since = Time(tx.now - TOKENS_KEPT)
    if mail_token.find(tx.conn, hash_token(token).hex(), mail_token.VERIFY_EMAIL, since) is None:
        raise NotFound("token_not_found")


def verify_email(tx: Transaction, token: str) -> None:
    """Take an address as proven, by the token that was mailed to it.

    Raises NotFound("token_not_found"), and Conflict("email_already_exists") if somebody else has
    proven the same address meanwhile.
    """
    since = Time(tx.now - TOKENS_KEPT)
    found = mail_token.take(tx.conn, hash_token(token).hex(), mail_token.VERIFY_EMAIL, since)
    account = None if found is None else accounts.get_account(tx.conn, found.account_id)
    if found is None or found.email is None or account is None:
        raise NotFound("token_not_found")
    other = accounts.find_account_by_email(tx.conn, found.email)
    if other is not None and other.id != account.id:
        raise Conflict("email_already_exists")
    was_verified = account.email_verified
    accounts.update_account(
        tx.conn,
        account.id,
        email=found.email,
        email_key=found.email.lower(),
        email_verified=True,
    )
    if not was_verified:
        _announce_application(tx, account)


def tell_admins_of_application(tx: Transaction, name: str, answer: str) -> None:
    """Mail the admins that somebody waits for their decision, if they want such mail."""
    site = get_site(tx.conn)
    if not site.application_email_admins:
        return
    for email in accounts.admin_emails(tx.conn):
        queue_mail(
            tx,
            email,
            f"{name} would like to join {site.name}",
            f"{name} would like to join {site.name} and wrote:\n\n{answer}\n\n"
            f"Applications are decided at {tx.home.base_url}/registration_applications\n",
        )


def tell_admins_of_report(tx: Transaction, name: str, subject: str, reason: str) -> None:
    """Mail the admins that somebody reported something, if they want such mail."""
    site = get_site(tx.conn)
    if not site.reports_email_admins:
        return
    for email in accounts.admin_emails(tx.conn):
        queue_mail(
            tx,
            email,
            f"A report on {site.name}",
            f"{name} reported a {subject} on {site.name} and wrote:\n\n{reason}\n\n"
            f"Reports are settled at {tx.home.base_url}/reports\n",
        )


def tell_applicant(
    tx: Transaction, account: Account, email: str, *, approved: bool, reason: str | None
) -> None:
    """Mail somebody what the admins decided."""
    name, site = _names(tx, account)
    if approved:
        subject = f"Welcome to {site}"
        said = f"your application was accepted. You can sign in at {tx.home.base_url}/login"
    else:
        subject = f"Your application to {site}"
        said = "your application was not accepted."
        said += f" The admins wrote:\n\n{reason}" if reason else ""
    queue_mail(tx, email, subject, f"Hello {name},\n\n{said}\n")


def _announce_application(tx: Transaction, account: Account) -> None:
    application = find_application_of(tx.conn, account.id)
    if application is not None and application.decided_at is None:
        name, _ = _names(tx, account)
        tell_admins_of_application(tx, name, application.answer)


def _new_token(tx: Transaction, account: Account, purpose: str, email: str) -> str:
    token = new_token()
    mail_token.add(tx.conn, hash_token(token).hex(), account.id, purpose, tx.now, email=email)
    return token


def _names(tx: Transaction, account: Account) -> tuple[str, str]:
    person = get_person(tx.conn, account.person_id)
    return ("" if person is None else person.name), get_site(tx.conn).name
