"""Registering, signing in and out, passwords, second factor: what leads to a token or ends it."""

import asyncio
import base64
import re

from moothall.actions import mail, password, registration
from moothall.actions import session as sessions
from moothall.api.answer import Answer, json_answer
from moothall.api.call import Call
from moothall.api.route import Bucket, Routes, Who
from moothall.api.shapes.account import LoginToken, login_token
from moothall.api.shapes.responses import (
    SUCCESS,
    CaptchaResponse,
    GenerateTotpSecretResponse,
    GetCaptchaResponse,
    LoginResponse,
    SuccessResponse,
    UpdateTotpResponse,
)
from moothall.domain.account import Device, Registration
from moothall.domain.errors import NotSignedIn
from moothall.lib.captcha import Captcha, make_captcha
from moothall.reads import user as reads

from .requests import user as requests

routes = Routes()

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,3}")


@routes.post("/user/register", who=Who.ANYONE, bucket=Bucket.REGISTER)
async def register(call: Call, request: requests.Register) -> LoginResponse:
    """Make an account."""
    form = Registration(
        name=request.username,
        password=request.password,
        password_verify=request.password_verify,
        email=request.email,
        answer=request.answer,
        honeypot=request.honeypot,
        show_nsfw=request.show_nsfw,
        interface_language=_first_language(call.client.accept_language),
        setup_token=request.setup_token,
    )
    await call.read(lambda tx, _: registration.check_registration(tx, form))
    passed = not call.site.captcha_enabled or await call.act_openly(
        registration.spend_captcha, request.captcha_uuid, request.captcha_answer
    )
    new_hash = await password.hash_new(call.parts.passwords, form.password, form.password_verify)
    done = await call.act_openly(
        registration.register, form, new_hash, _device(call), captcha_passed=passed
    )
    return LoginResponse(done.token, done.application_pending, done.verify_email_sent)


@routes.post("/user/login", who=Who.ANYONE, bucket=Bucket.REGISTER)
async def log_in(call: Call, request: requests.Login) -> LoginResponse:
    """Sign in by name or address."""
    found = await call.read(lambda tx, _: reads.credentials(tx, request.username_or_email))
    proof = await password.prove(call.parts.passwords, found, request.password)
    token = await call.act_openly(sessions.log_in, proof, request.totp_2fa_token, _device(call))
    return LoginResponse(token, registration_created=False, verify_email_sent=False)


@routes.get("/user/get_captcha", who=Who.ANYONE, bucket=Bucket.POST)
async def get_captcha(call: Call) -> Answer:
    """A captcha to read or hear; nothing where the site wants none."""
    made = await call.act_openly(registration.create_captcha)
    shown = None
    if made is not None:
        captcha_id, answer, difficulty = made
        # Drawing takes longer than anything else here: the event loop goes on meanwhile.
        drawn: Captcha = await asyncio.to_thread(make_captcha, answer, difficulty)
        shown = CaptchaResponse(_base64(drawn.png), _base64(drawn.wav), captcha_id)
    return json_answer(GetCaptchaResponse(shown), {"Cache-Control": "no-store"})


@routes.post("/user/logout", who=Who.USER, bucket=Bucket.MESSAGE)
async def log_out(call: Call) -> Answer:
    """End this session; the cookie that some clients set goes with it."""
    await call.act_own(sessions.log_out)
    return json_answer(SUCCESS, {"Set-Cookie": "jwt=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"})


@routes.get("/user/list_logins", who=Who.USER, bucket=Bucket.MESSAGE)
async def list_logins(call: Call) -> list[LoginToken]:
    """The sessions of the caller."""
    return [login_token(each) for each in await call.read_own(reads.list_sessions)]


@routes.get("/user/validate_auth", who=Who.ANYONE, bucket=Bucket.MESSAGE)
async def validate_auth(call: Call) -> SuccessResponse:
    """Say whether the token is good, the one route that does."""
    if await call.admit() is None:
        raise NotSignedIn
    return SUCCESS


@routes.post("/user/password_reset", who=Who.ANYONE, bucket=Bucket.REGISTER)
async def reset_password(call: Call, request: requests.PasswordReset) -> SuccessResponse:
    """Ask for a link to a new password; the answer is the same for every address."""
    await call.act_openly(password.request_password_reset, request.email)
    return SUCCESS


@routes.post("/user/password_change", who=Who.ANYONE, bucket=Bucket.REGISTER)
async def change_password_after_reset(
    call: Call, request: requests.PasswordChangeAfterReset
) -> SuccessResponse:
    """Set a new password with a mailed token."""
    await call.admit()
    new_hash = await password.hash_new(
        call.parts.passwords, request.password, request.password_verify
    )
    await call.act_openly(password.reset_password, request.token, new_hash)
    return SUCCESS


@routes.put("/user/change_password", who=Who.USER, bucket=Bucket.MESSAGE)
async def change_password(call: Call, request: requests.ChangePassword) -> LoginResponse:
    """Set a new password; all sessions end and a new one begins."""
    found = await call.read_own(reads.own_credentials)
    pool = call.parts.passwords
    proof = await password.prove(pool, found, request.old_password)
    new_hash = await password.hash_new(pool, request.new_password, request.new_password_verify)
    token = await call.act_own(password.change_password, proof, new_hash, _device(call))
    return LoginResponse(token, registration_created=False, verify_email_sent=False)


@routes.post("/user/verify_email", who=Who.ANYONE, bucket=Bucket.MESSAGE)
async def verify_email(call: Call, request: requests.VerifyEmail) -> SuccessResponse:
    """Prove an address with a mailed token."""
    await call.act_openly(mail.verify_email, request.token)
    return SUCCESS


@routes.post("/user/totp/generate", who=Who.USER, bucket=Bucket.MESSAGE)
async def generate_totp(call: Call) -> GenerateTotpSecretResponse:
    """Make the secret of a second factor."""
    return GenerateTotpSecretResponse(await call.act_own(sessions.generate_totp))


@routes.post("/user/totp/update", who=Who.USER, bucket=Bucket.MESSAGE)
async def update_totp(call: Call, request: requests.UpdateTotp) -> UpdateTotpResponse:
    """Turn the second factor on or off."""
    await call.act_own(sessions.update_totp, request.totp_token, enabled=request.enabled)
    return UpdateTotpResponse(request.enabled)


def _device(call: Call) -> Device:
    return Device(call.client.address or None, call.client.user_agent)


def _first_language(accepted: str | None) -> str:
    """The first language that a browser asks for, if it is written as one."""
    found = _LANGUAGE_TAG.match((accepted or "").strip())
    return found[0] if found else "browser"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
