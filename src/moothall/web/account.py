"""Pages of accounts: first start, joining, signing in and out, mailed links."""

import asyncio
import base64

from moothall.actions import mail, password, registration
from moothall.actions import session as sessions
from moothall.actions.site import check_setup_token, set_up_site
from moothall.domain.account import Device, Registration
from moothall.domain.errors import ForumError, NotFound
from moothall.lib.captcha import make_captcha
from moothall.reads import user as reads

from . import session
from .answer import NO_STORE, Answer, see_other
from .forms import Form, own_path
from .page import Bucket, Pages, Who
from .visit import Visit

pages = Pages()


class LoginForm(Form, frozen=True, kw_only=True):
    """Who signs in, and where they go then."""

    name: str = ""
    password: str = ""
    code: str = ""
    next: str = "/"


@pages.get("/login", who=Who.ANYONE)
async def show_login(visit: Visit, form: LoginForm, error: ForumError | None = None) -> Answer:
    """The form to sign in."""
    if await visit.admit() is not None:
        return see_other(own_path(form.next))
    wants_code = error is not None and error.code in ("missing_totp_token", "incorrect_totp_token")
    return visit.render("login.html", form=form, error=error, wants_code=wants_code)


@pages.post("/login", who=Who.ANYONE, bucket=Bucket.REGISTER, again=show_login)
async def log_in(visit: Visit, form: LoginForm) -> Answer:
    """Sign in by name or mail address."""
    found = await visit.read(lambda tx, _: reads.credentials(tx, form.name))
    proof = await password.prove(visit.parts.passwords, found, form.password)
    token = await visit.act_openly(sessions.log_in, proof, form.code.strip() or None, device(visit))
    return _signed_in(visit, token, own_path(form.next))


@pages.post("/logout", who=Who.USER, bucket=Bucket.MESSAGE)
async def log_out(visit: Visit) -> Answer:
    """End this session."""
    await visit.act_own(sessions.log_out)
    cookie = session.forget_session_cookie(secure=visit.parts.secure_cookies)
    return see_other("/").with_headers(cookie)


class SignupForm(Form, frozen=True, kw_only=True):
    """What somebody who joins fills in; `website` is a field that only programs see."""

    name: str = ""
    email: str = ""
    password: str = ""
    password_again: str = ""
    answer: str = ""
    captcha_id: str = ""
    captcha: str = ""
    website: str = ""
    next: str = "/"


@pages.get("/signup", who=Who.ANYONE, bucket=Bucket.MESSAGE)
async def show_signup(visit: Visit, form: SignupForm, error: ForumError | None = None) -> Answer:
    """The form to join, with a fresh captcha if the site wants one."""
    if await visit.admit() is not None:
        return see_other("/")
    picture = sound = captcha_id = None
    if visit.site.captcha_enabled and visit.site.registration_mode != "Closed":
        made = await visit.act_openly(registration.create_captcha)
        if made is not None:
            captcha_id, answer, difficulty = made
            # Drawing takes longer than anything else here: the event loop goes on meanwhile.
            drawn = await asyncio.to_thread(make_captcha, answer, difficulty)
            picture, sound = _data_url("image/png", drawn.png), _data_url("audio/wav", drawn.wav)
    page = visit.render(
        "signup.html",
        form=form,
        error=error,
        picture=picture,
        sound=sound,
        captcha_id=captcha_id,
    )
    return page.with_headers(NO_STORE)


@pages.post("/signup", who=Who.ANYONE, bucket=Bucket.REGISTER, again=show_signup)
async def sign_up(visit: Visit, form: SignupForm) -> Answer:
    """Join: signed in at once, or with a word about what has to be waited for."""
    given = Registration(
        name=form.name.strip(),
        password=form.password,
        password_verify=form.password_again,
        email=form.email.strip() or None,
        answer=form.answer.strip() or None,
        honeypot=form.website or None,
    )
    await visit.read(lambda tx, _: registration.check_registration(tx, given))
    passed = not visit.site.captcha_enabled or await visit.act_openly(
        registration.spend_captcha, form.captcha_id, form.captcha
    )
    new_hash = await password.hash_new(visit.parts.passwords, given.password, given.password_verify)
    done = await visit.act_openly(
        registration.register, given, new_hash, device(visit), captcha_passed=passed
    )
    if done.token is not None:
        return _signed_in(visit, done.token, own_path(form.next))
    return visit.render(
        "waiting.html",
        verify_email=done.verify_email_sent,
        application=done.application_pending,
    )


class SetupForm(Form, frozen=True, kw_only=True):
    """The first admin and the name of the site."""

    token: str = ""
    site_name: str = ""
    name: str = ""
    password: str = ""
    password_again: str = ""


@pages.get("/setup", who=Who.ANYONE)
async def show_setup(visit: Visit, form: SetupForm, error: ForumError | None = None) -> Answer:
    """The page of a first start."""
    if visit.site.is_set_up:
        return see_other("/")
    return visit.render("setup.html", form=form, error=error).with_headers(NO_STORE)


@pages.post("/setup", who=Who.ANYONE, bucket=Bucket.REGISTER, again=show_setup)
async def set_up(visit: Visit, form: SetupForm) -> Answer:
    """Make the site and its first admin, with the token of the server's log."""
    token = form.token.strip()
    await visit.admit()
    check_setup_token(visit.site, token)
    new_hash = await password.hash_new(visit.parts.passwords, form.password, form.password_again)

    account_id = await visit.act_openly(
        set_up_site, token, form.name.strip(), new_hash, form.site_name.strip()
    )
    opened = await visit.act_openly(sessions.open_session, account_id, device(visit))
    visit.parts.site.forget()
    return _signed_in(visit, opened, "/")


class ResetForm(Form, frozen=True, kw_only=True):
    """Whose password is forgotten."""

    email: str = ""
    sent: bool = False


@pages.get("/password_reset", who=Who.ANYONE)
async def show_reset(visit: Visit, form: ResetForm, error: ForumError | None = None) -> Answer:
    """The form for a forgotten password, and the word that a mail is on its way."""
    return visit.render("password_reset.html", form=form, error=error)


@pages.post("/password_reset", who=Who.ANYONE, bucket=Bucket.REGISTER, again=show_reset)
async def ask_reset(visit: Visit, form: ResetForm) -> Answer:
    """Ask for a link; the answer is the same for every address."""
    await visit.act_openly(password.request_password_reset, form.email.strip())
    return see_other("/password_reset?sent=true")


class NewPasswordForm(Form, frozen=True, kw_only=True):
    """A new password by a mailed link."""

    token: str
    password: str = ""
    password_again: str = ""


@pages.get("/password_change/{token}", who=Who.ANYONE)
async def show_new_password(
    visit: Visit, form: NewPasswordForm, error: ForumError | None = None
) -> Answer:
    """The form behind the mailed link."""
    return visit.render("password_change.html", form=form, error=error).with_headers(NO_STORE)


@pages.post(
    "/password_change/{token}", who=Who.ANYONE, bucket=Bucket.REGISTER, again=show_new_password
)
async def set_new_password(visit: Visit, form: NewPasswordForm) -> Answer:
    """Set it; everybody who was signed in with the old one is out."""
    await visit.admit()
    new_hash = await password.hash_new(visit.parts.passwords, form.password, form.password_again)
    try:
        await visit.act_openly(password.reset_password, form.token, new_hash)
    except NotFound:
        return visit.render("stale_link.html", again="/password_reset")._replace(status=404)
    return see_other("/login")


class VerifyForm(Form, frozen=True, kw_only=True):
    """A mailed proof of an address."""

    token: str


@pages.get("/verify_email/{token}", who=Who.ANYONE)
async def show_verify(visit: Visit, form: VerifyForm) -> Answer:
    """A button, since programs that scan mail open every link."""
    return visit.render("verify_email.html", form=form).with_headers(NO_STORE)


@pages.post("/verify_email/{token}", who=Who.ANYONE, bucket=Bucket.MESSAGE)
async def verify(visit: Visit, form: VerifyForm) -> Answer:
    """Take the address as proven."""
    try:
        await visit.act_openly(mail.verify_email, form.token)
    except NotFound:
        return visit.render("stale_link.html", again="/settings")._replace(status=404)
    return see_other("/login" if visit.viewer is None else "/settings")


def device(visit: Visit) -> Device:
    """From where somebody signs in, for the list of their sessions."""
    return Device(visit.asked.address or None, visit.asked.user_agent)


def _signed_in(visit: Visit, token: str, address: str) -> Answer:
    cookie = session.session_cookie(token, secure=visit.parts.secure_cookies)
    return see_other(address).with_headers(cookie)


def _data_url(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
