"""Registration: captchas, the form's checks, and the new account in whichever mode the site has.

`signing_in.join` goes in four steps: `check_registration`, so that refusals cost nothing;
`spend_captcha`, which must stay committed whatever comes after; the hash (`password.hash_new`);
`register`, which checks everything again.
"""

import uuid

from moothall.domain.account import (
    Device,
    Registered,
    Registration,
    needs_application,
    registration_refusal,
)
from moothall.domain.errors import Invalid, NotFound
from moothall.domain.permissions import require
from moothall.domain.text import storable
from moothall.domain.time import MINUTE, Time
from moothall.lib.captcha import Difficulty, matches, new_answer
from moothall.storage import account as accounts
from moothall.storage import captcha as captchas
from moothall.storage.application import add_application
from moothall.storage.site import get_site
from moothall.storage.transaction import Transaction

from . import mail
from .session import open_session
from .site import check_setup_token
from .text import refuse_slurs
from .user import create_account

CAPTCHA_VALID = 10 * MINUTE
_DIFFICULTIES: dict[str, Difficulty] = {"easy": "easy", "medium": "medium", "hard": "hard"}


def create_captcha(tx: Transaction) -> tuple[str, str, Difficulty] | None:
    """A new captcha as (id, answer, difficulty), to be drawn; None where the site wants none."""
    site = get_site(tx.conn)
    if not site.captcha_enabled:
        return None
    difficulty = _DIFFICULTIES.get(site.captcha_difficulty, "medium")
    captcha_id, answer = str(uuid.uuid4()), new_answer(difficulty)
    captchas.add(tx.conn, captcha_id, answer, tx.now)
    return captcha_id, answer, difficulty


def spend_captcha(tx: Transaction, captcha_id: str | None, answer: str | None) -> bool:
    """Use up a captcha and tell whether the answer is right; it never works again."""
    if not captcha_id:
        return False
    expected = captchas.take(tx.conn, captcha_id, Time(tx.now - CAPTCHA_VALID))
    return expected is not None and matches(expected, answer or "")


def check_registration(tx: Transaction, form: Registration) -> None:
    """Raise what is wrong with a form, as far as the form and the site's settings tell."""
    site = get_site(tx.conn)
    # Until the site is set up, only whoever reads the server's log may make an account.
    if not site.is_set_up:
        check_setup_token(site, form.setup_token)
    require(registration_refusal(form, site))


def register(
    tx: Transaction,
    form: Registration,
    password_hash: str,
    device: Device,
    *,
    captcha_passed: bool,
) -> Registered:
    """Make an account, and sign in if nothing else has to be waited for.

    The first person on a site that is not set up needs its setup token and becomes an admin.
    Raises Invalid, NotAllowed or Conflict with the codes of the form's checks, then
    `captcha_incorrect`, `slurs`, `invalid_name`, `email_already_exists`, `user_already_exists`.
    """
    site = get_site(tx.conn)
    check_registration(tx, form)
    if site.is_set_up and site.captcha_enabled and not captcha_passed:
        raise Invalid("captcha_incorrect")
    refuse_slurs(tx, form.name)
    refuse_slurs(tx, form.answer or "")
    email = mail.checked_email(form.email) if form.email else None
    fields = {} if form.show_nsfw is None else {"show_nsfw": form.show_nsfw}
    account_id = create_account(
        tx,
        form.name,
        password_hash,
        email=email,
        is_admin=not site.is_set_up,
        accepted_application=not needs_application(site),
        interface_language=form.interface_language,
        **fields,
    )
    waits_for_mail = site.is_set_up and site.require_email_verification
    if waits_for_mail and email is not None:
        account = accounts.get_account(tx.conn, account_id)
        if account is None:
            raise NotFound("couldnt_find_local_user")
        mail.send_verification(tx, account, email)
    if needs_application(site):
        answer = storable(form.answer or "").strip()
        add_application(tx.conn, account_id, answer, tx.now)
        if not waits_for_mail:
            mail.tell_admins_of_application(tx, form.name, answer)
    is_in = not waits_for_mail and not needs_application(site)
    return Registered(
        account_id,
        token=open_session(tx, account_id, device) if is_in else None,
        application_pending=needs_application(site),
        verify_email_sent=waits_for_mail,
    )
