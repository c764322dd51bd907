"""Pages of accounts: first start, joining, signing in and out, mailed links."""

import base64

from moothall import signing_in
from moothall.actions import mail, password
from moothall.actions import session as sessions
from moothall.domain.account import Registration
from moothall.domain.errors import ForumError, NotFound
from moothall.door import Bucket, Policy
from moothall.reads.site import list_admins

from . import session
from .answer import NO_STORE, Answer, see_other
from .forms import Form, own_path
from .interrupted import Resumed, read_kept
from .page import Pages
from .visit import Visit

pages = Pages()


class LoginForm(Form, frozen=True, kw_only=True):
    """Who signs in, and where they go then; `kept` is a form that waits for it."""

    name: str = ""
    password: str = ""
    code: str = ""
    next: str = "/"
    kept: str = ""


@pages.get("/login", who=Policy.ANYONE)
async def show_login(visit: Visit, form: LoginForm, error: ForumError | None = None) -> Answer:
    """The form to sign in."""
    if await visit.admit() is not None:
        return see_other(own_path(form.next))
    wants_code = error is not None and error.code in ("missing_totp_token", "incorrect_totp_token")
    return visit.render("login.html", form=form, error=error, wants_code=wants_code)


@pages.post("/login", who=Policy.ANYONE, bucket=Bucket.REGISTER, again=show_login)
async def log_in(visit: Visit, form: LoginForm) -> Answer:
    """Sign in by name or mail address."""
    code = form.code.strip() or None
    token = await signing_in.sign_in(visit, form.name, form.password, code)
    answer = _signed_in(visit, token, own_path(form.next))
    waiting = read_kept(form.kept)
    return answer if waiting is None else answer._replace(resumes=Resumed(waiting, token))


@pages.post("/logout", who=Policy.USER, bucket=Bucket.MESSAGE)
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


@pages.get("/signup", who=Policy.ANYONE, bucket=Bucket.MESSAGE)
async def show_signup(visit: Visit, form: SignupForm, error: ForumError | None = None) -> Answer:
    """The form to join, with a fresh captcha if the site wants one."""
    if await visit.admit() is not None:
        return see_other("/")
    picture = sound = captcha_id = None
    if visit.site.captcha_enabled and visit.site.registration_mode != "Closed":
        drawn = await signing_in.draw_captcha(visit)
        if drawn is not None:
            captcha_id, captcha = drawn
            picture = _data_url("image/png", captcha.png)
            sound = _data_url("audio/wav", captcha.wav)
    page = visit.render(
        "signup.html",
        form=form,
        error=error,
        picture=picture,
        sound=sound,
        captcha_id=captcha_id,
    )
    return page.with_headers(NO_STORE)


@pages.post("/signup", who=Policy.ANYONE, bucket=Bucket.REGISTER, again=show_signup)
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
    done = await signing_in.join(visit, given, form.captcha_id, form.captcha)
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


@pages.get("/setup", who=Policy.ANYONE)
async def show_setup(visit: Visit, form: SetupForm, error: ForumError | None = None) -> Answer:
    """The page of a first start."""
    if visit.site.is_set_up:
        return see_other("/")
    return visit.render("setup.html", form=form, error=error).with_headers(NO_STORE)


@pages.post("/setup", who=Policy.ANYONE, bucket=Bucket.REGISTER, again=show_setup)
async def set_up(visit: Visit, form: SetupForm) -> Answer:
    """Make the site and its first admin, with the token of the server's log."""
    given = signing_in.SetUp(
        token=form.token.strip(),
        admin_name=form.name.strip(),
        password=form.password,
        password_verify=form.password_again,
        site_name=form.site_name.strip(),
    )
    return _signed_in(visit, await signing_in.set_up(visit, given), "/")


class ResetForm(Form, frozen=True, kw_only=True):
    """Whose password is forgotten."""

    email: str = ""
    sent: bool = False


@pages.get("/password_reset", who=Policy.ANYONE)
async def show_reset(visit: Visit, form: ResetForm, error: ForumError | None = None) -> Answer:
    """The form for a forgotten password, and the word that a mail is on its way."""
    admins = []
    if not (visit.parts.sends_mail or visit.site.private_instance):
        admins = await visit.read(lambda tx, _: list_admins(tx))
    return visit.render("password_reset.html", form=form, error=error, admins=admins)


@pages.post("/password_reset", who=Policy.ANYONE, bucket=Bucket.REGISTER, again=show_reset)
async def ask_reset(visit: Visit, form: ResetForm) -> Answer:
    """Ask for a link; the answer is the same for every address."""
    mail = visit.parts.sends_mail
    await visit.act_openly(password.request_password_reset, form.email.strip(), sends_mail=mail)
    return see_other("/password_reset?sent=true")


class NewPasswordForm(Form, frozen=True, kw_only=True):
    """A new password by a mailed link."""

    token: str
    password: str = ""
    password_again: str = ""


@pages.get("/password_change/{token}", who=Policy.ANYONE)
async def show_new_password(
    visit: Visit, form: NewPasswordForm, error: ForumError | None = None
) -> Answer:
    """The form behind the mailed link, if that still works."""
    try:
        await visit.read(lambda tx, _: password.check_reset_token(tx, form.token))
    except NotFound:
        return _stale_link(visit, "/password_reset")
    return visit.render("password_change.html", form=form, error=error).with_headers(NO_STORE)


@pages.post(
    "/password_change/{token}", who=Policy.ANYONE, bucket=Bucket.REGISTER, again=show_new_password
)
async def set_new_password(visit: Visit, form: NewPasswordForm) -> Answer:
    """Set it; everybody who was signed in with the old one is out."""
    try:
        await signing_in.reset_password(visit, form.token, form.password, form.password_again)
    except NotFound:
        return _stale_link(visit, "/password_reset")
    return see_other("/login")


class VerifyForm(Form, frozen=True, kw_only=True):
    """A mailed proof of an address."""

    token: str


@pages.get("/verify_email/{token}", who=Policy.ANYONE)
async def show_verify(visit: Visit, form: VerifyForm) -> Answer:
    """A button, since programs that scan mail open every link."""
    try:
        await visit.read(lambda tx, _: mail.check_verification(tx, form.token))
    except NotFound:
        return _stale_link(visit, "/settings")
    return visit.render("verify_email.html", form=form).with_headers(NO_STORE)


@pages.post("/verify_email/{token}", who=Policy.ANYONE, bucket=Bucket.MESSAGE)
async def verify(visit: Visit, form: VerifyForm) -> Answer:
    """Take the address as proven."""
    try:
        await visit.act_openly(mail.verify_email, form.token)
    except NotFound:
        return _stale_link(visit, "/settings")
    return see_other("/login" if visit.viewer is None else "/settings")


def _stale_link(visit: Visit, again: str) -> Answer:
    return visit.render("stale_link.html", again=again)._replace(status=404)


def _signed_in(visit: Visit, token: str, address: str) -> Answer:
    cookie = session.session_cookie(token, secure=visit.parts.secure_cookies)
    return see_other(address).with_headers(cookie)


def _data_url(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
