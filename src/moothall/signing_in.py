"""Joining, signing in, new passwords, leaving: what takes more than one transaction.

A password is hashed between two transactions, never inside of one, and a captcha that was tried is
spent whatever comes after it. The order of these steps is a matter of safety, so it stands here
once for all faces: what costs nothing is refused before anything is hashed.
"""

import asyncio
from typing import NamedTuple

from moothall.actions import password as passwords
from moothall.actions import registration
from moothall.actions import session as sessions
from moothall.actions import user as users
from moothall.actions.site import check_setup_token, set_up_site
from moothall.domain.account import Device, Registered, Registration
from moothall.domain.errors import Invalid
from moothall.door import Door
from moothall.lib.captcha import Captcha, make_captcha
from moothall.reads import user as reads
from moothall.storage.transaction import Transaction


class SetUp(NamedTuple):
    """What whoever read the server's log gives at the first start."""

    token: str
    admin_name: str
    password: str
    password_verify: str
    site_name: str


async def draw_captcha(door: Door) -> tuple[str, Captcha] | None:
    """A new captcha and its id; None where the site wants none."""
    made = await door.act_openly(registration.create_captcha)
    if made is None:
        return None
    captcha_id, answer, difficulty = made
    # Drawing takes longer than anything else here: the event loop goes on meanwhile.
    return captcha_id, await asyncio.to_thread(make_captcha, answer, difficulty)


async def join(
    door: Door, form: Registration, captcha_id: str | None, captcha_answer: str | None
) -> Registered:
    """Make an account. Raises what `hash_new` and `register` can raise.

    Raises Invalid("no_email_setup") where an address must be proven and no mail can be sent.
    """
    site = door.site
    if site.is_set_up and site.require_email_verification and not door.parts.sends_mail:
        raise Invalid("no_email_setup")
    await door.read(lambda tx, _: registration.check_registration(tx, form))
    passed = not door.site.captcha_enabled or await door.act_openly(
        registration.spend_captcha, captcha_id, captcha_answer
    )
    new_hash = await passwords.hash_new(door.parts.passwords, form.password, form.password_verify)
    return await door.act_openly(
        registration.register, form, new_hash, door.device, captcha_passed=passed
    )


async def set_up(door: Door, given: SetUp) -> str:
    """Make the site and its first admin, and return the token of their session.

    Raises what `hash_new` and `set_up_site` can raise.
    """
    await door.admit()
    check_setup_token(door.site, given.token)
    new_hash = await passwords.hash_new(door.parts.passwords, given.password, given.password_verify)
    token = await door.act_openly(_set_up, given, new_hash, door.device)
    door.site_changed()
    return token


def _set_up(tx: Transaction, given: SetUp, new_hash: str, device: Device) -> str:
    account_id = set_up_site(tx, given.token, given.admin_name, new_hash, given.site_name)
    return sessions.open_session(tx, account_id, device)


async def sign_in(door: Door, name_or_email: str, password: str, totp_token: str | None) -> str:
    """Return the token of a new session. Raises what `prove` and `log_in` can raise."""
    found = await door.read(lambda tx, _: reads.credentials(tx, name_or_email))
    proof = await passwords.prove(door.parts.passwords, found, password)
    return await door.act_openly(sessions.log_in, proof, totp_token, door.device)


async def change_password(door: Door, old: str, new: str, new_verify: str) -> str:
    """Set a new password, end all sessions, and return the token of a new one.

    Raises what `prove` and `hash_new` can raise.
    """
    found = await door.read_own(reads.own_credentials)
    pool = door.parts.passwords
    proof = await passwords.prove(pool, found, old)
    new_hash = await passwords.hash_new(pool, new, new_verify)
    return await door.act_own(passwords.change_password, proof, new_hash, door.device)


async def reset_password(door: Door, mailed_token: str, new: str, new_verify: str) -> None:
    """Set a new password by a mailed link. Raises what `hash_new` and the action can raise."""
    await door.admit()
    new_hash = await passwords.hash_new(door.parts.passwords, new, new_verify)
    await door.act_openly(passwords.reset_password, mailed_token, new_hash)


async def turn_off_second_factor(door: Door, password: str) -> None:
    """Ask for the password alone from now on. Raises what `prove` and `turn_off_totp` can raise."""
    found = await door.read_own(reads.own_credentials)
    proof = await passwords.prove(door.parts.passwords, found, password)
    await door.act_own(sessions.turn_off_totp, proof)


async def leave(door: Door, password: str, *, delete_content: bool) -> None:
    """Delete the account for good. Raises what `prove` and `delete_account` can raise."""
    found = await door.read_own(reads.own_credentials)
    proof = await passwords.prove(door.parts.passwords, found, password)
    await door.act_own(users.delete_account, proof, delete_content=delete_content)
