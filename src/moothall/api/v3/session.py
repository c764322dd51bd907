"""Registering, signing in and out, passwords, second factor: what leads to a token or ends it."""

import base64
import re
from typing import Annotated

from moothall import signing_in
from moothall.actions import mail, password
from moothall.actions import session as sessions
from moothall.api.answer import Answer, json_answer
from moothall.api.call import Call
from moothall.api.route import Routes
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
from moothall.domain.account import Registration
from moothall.domain.errors import NotSignedIn
from moothall.door import Bucket, Policy
from moothall.reads import user as reads

from .requests import user as requests

routes = Routes()

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,3}")


@routes.post("/user/register", who=Policy.ANYONE, bucket=Bucket.REGISTER)
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
    done = await signing_in.join(call, form, request.captcha_uuid, request.captcha_answer)
    return LoginResponse(done.token, done.application_pending, done.verify_email_sent)


@routes.post("/user/login", who=Policy.ANYONE, bucket=Bucket.REGISTER)
async def log_in(call: Call, request: requests.Login) -> LoginResponse:
    """Sign in by name or address."""
    token = await signing_in.sign_in(
        call, request.username_or_email, request.password, request.totp_2fa_token
    )
    return LoginResponse(token, registration_created=False, verify_email_sent=False)


@routes.get("/user/get_captcha", who=Policy.ANYONE, bucket=Bucket.POST)
async def get_captcha(call: Call) -> Annotated[Answer, GetCaptchaResponse]:
    """A captcha to read or hear; nothing where the site wants none."""
    drawn = await signing_in.draw_captcha(call)
    shown = None
    if drawn is not None:
        captcha_id, captcha = drawn
        shown = CaptchaResponse(_base64(captcha.png), _base64(captcha.wav), captcha_id)
    return json_answer(GetCaptchaResponse(shown), {"Cache-Control": "no-store"})


@routes.post("/user/logout", who=Policy.USER, bucket=Bucket.MESSAGE)
async def log_out(call: Call) -> Annotated[Answer, SuccessResponse]:
    """End this session; the cookie that some clients set goes with it."""
    await call.act_own(sessions.log_out)
    return json_answer(SUCCESS, {"Set-Cookie": "jwt=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"})


@routes.get("/user/list_logins", who=Policy.USER, bucket=Bucket.MESSAGE)
async def list_logins(call: Call) -> list[LoginToken]:
    """The sessions of the caller."""
    return [login_token(each) for each in await call.read_own(reads.list_sessions)]


@routes.get("/user/validate_auth", who=Policy.ANYONE, bucket=Bucket.MESSAGE)
async def validate_auth(call: Call) -> SuccessResponse:
    """Say whether the token is good, the one route that does."""
    if await call.admit() is None:
        raise NotSignedIn
    return SUCCESS


@routes.post("/user/password_reset", who=Policy.ANYONE, bucket=Bucket.REGISTER)
async def reset_password(call: Call, request: requests.PasswordReset) -> SuccessResponse:
    """Ask for a link to a new password; the answer is the same for every address."""
    mail = call.parts.sends_mail
    await call.act_openly(password.request_password_reset, request.email, sends_mail=mail)
    return SUCCESS


@routes.post("/user/password_change", who=Policy.ANYONE, bucket=Bucket.REGISTER)
async def change_password_after_reset(
    call: Call, request: requests.PasswordChangeAfterReset
) -> SuccessResponse:
    """Set a new password with a mailed token."""
    await signing_in.reset_password(call, request.token, request.password, request.password_verify)
    return SUCCESS


@routes.put("/user/change_password", who=Policy.USER, bucket=Bucket.MESSAGE)
async def change_password(call: Call, request: requests.ChangePassword) -> LoginResponse:
    """Set a new password; all sessions end and a new one begins."""
    token = await signing_in.change_password(
        call, request.old_password, request.new_password, request.new_password_verify
    )
    return LoginResponse(token, registration_created=False, verify_email_sent=False)


@routes.post("/user/verify_email", who=Policy.ANYONE, bucket=Bucket.MESSAGE)
async def verify_email(call: Call, request: requests.VerifyEmail) -> SuccessResponse:
    """Prove an address with a mailed token."""
    await call.act_openly(mail.verify_email, request.token)
    return SUCCESS


@routes.post("/user/totp/generate", who=Policy.USER, bucket=Bucket.MESSAGE)
async def generate_totp(call: Call) -> GenerateTotpSecretResponse:
    """Make the secret of a second factor."""
    return GenerateTotpSecretResponse(await call.act_own(sessions.generate_totp))


@routes.post("/user/totp/update", who=Policy.USER, bucket=Bucket.MESSAGE)
async def update_totp(call: Call, request: requests.UpdateTotp) -> UpdateTotpResponse:
    """Turn the second factor on or off."""
    await call.act_own(sessions.update_totp, request.totp_token, enabled=request.enabled)
    return UpdateTotpResponse(request.enabled)


def _first_language(accepted: str | None) -> str:
    """The first language that a browser asks for, if it is written as one."""
    found = _LANGUAGE_TAG.match((accepted or "").strip())
    return found[0] if found else "browser"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
