"""Pages of the second factor: setting it up with an authenticator, and turning it off."""

from typing import NamedTuple

from moothall import signing_in
from moothall.actions import session as sessions
from moothall.domain.errors import ForumError
from moothall.door import Bucket, Policy
from moothall.lib.qr_code import qr_data_url
from moothall.reads import user as reads

from .answer import NO_STORE, Answer, see_other
from .forms import Form
from .page import Pages
from .settings import only_the_password
from .visit import Visit

pages = Pages()

_PATH = "/settings/second_factor"


class CodeForm(Form, frozen=True, kw_only=True):
    """What the authenticator shows; `saved` after it was turned on or off."""

    code: str = ""
    saved: bool = False


class Picture(NamedTuple):
    """The secret that waits to be confirmed: as a picture, and in groups of four to type."""

    qr: str
    secret: str


@pages.get(_PATH, who=Policy.USER)
async def show_second_factor(
    visit: Visit, form: CodeForm, error: ForumError | None = None
) -> Answer:
    """What there is to do next: begin, confirm the code, or turn it off."""
    state = await visit.read_own(reads.second_factor)
    picture = None
    if state.otpauth_url is not None and state.secret is not None:
        picture = Picture(qr_data_url(state.otpauth_url), _in_groups(state.secret))
    page = visit.render(
        "settings_second_factor.html",
        is_on=state.is_on,
        picture=picture,
        form=form,
        error=error,
        tab="safety",
    )
    return page.with_headers(NO_STORE)


@pages.post("/settings/second_factor/begin", who=Policy.USER, bucket=Bucket.REGISTER)
async def begin(visit: Visit) -> Answer:
    """Make a secret; nothing is asked for at sign-in before it is confirmed."""
    await visit.act_own(sessions.generate_totp)
    return see_other(_PATH)


@pages.post(_PATH, who=Policy.USER, bucket=Bucket.REGISTER, again=show_second_factor)
async def confirm(visit: Visit, form: CodeForm) -> Answer:
    """Turn it on, with a code as proof that the authenticator has the secret."""
    await visit.act_own(sessions.update_totp, form.code.strip(), enabled=True)
    return see_other(f"{_PATH}?saved=true")


class TurnOffForm(CodeForm, frozen=True, kw_only=True):
    """The password as proof."""

    password: str = ""


@pages.post(
    "/settings/second_factor/off", who=Policy.USER, bucket=Bucket.REGISTER, again=show_second_factor
)
async def turn_off(visit: Visit, form: TurnOffForm) -> Answer:
    """Turn it off, with the password: whoever lost the authenticator is still signed in here."""
    await visit.admit()
    with only_the_password():
        await signing_in.turn_off_second_factor(visit, form.password)
    return see_other(f"{_PATH}?saved=true")


def _in_groups(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
