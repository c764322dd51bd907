"""Pages of one's own account: what others see, how things are shown, safety, leaving."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from moothall import signing_in
from moothall.actions import session as sessions
from moothall.actions.settings import save_settings
from moothall.domain.account import SettingsChange
from moothall.domain.comment import CommentSort
from moothall.domain.community import Community
from moothall.domain.errors import ForumError, NotSignedIn
from moothall.domain.ids import SessionId
from moothall.domain.post import Listing, PostSort
from moothall.domain.site import Instance
from moothall.domain.user import AccountView, Person, Session, Viewer
from moothall.door import Bucket, Policy
from moothall.reads import community as communities
from moothall.reads import user as reads

from . import session
from .answer import Answer, see_other
from .forms import Form
from .page import Pages
from .visit import Visit

pages = Pages()


class SettingsForm(Form, frozen=True, kw_only=True):
    """What others see of one, and how things are shown."""

    display_name: str = ""
    bio: str = ""
    email: str = ""
    listing: Listing = Listing.ALL
    sort: PostSort = PostSort.ACTIVE
    comment_sort: CommentSort = CommentSort.HOT
    show_nsfw: bool = False
    show_read_posts: bool = False
    show_bot_accounts: bool = False
    send_mail: bool = False
    bot_account: bool = False
    avatar: str = ""
    banner: str = ""
    without_avatar: bool = False
    without_banner: bool = False
    saved: bool = False


@pages.get("/settings", who=Policy.USER)
async def show_settings(
    visit: Visit, form: SettingsForm, error: ForumError | None = None
) -> Answer:
    """The settings as they are, or as they were typed."""
    view = await visit.read_own(reads.account_view)
    values = form if error is not None else _stored(view, saved=form.saved)
    return visit.render("settings.html", form=values, error=error, tab="profile")


def _stored(view: AccountView, *, saved: bool) -> SettingsForm:
    account = view.account
    return SettingsForm(
        display_name=view.person.display_name or "",
        bio=view.person.bio or "",
        email=account.email or "",
        listing=Listing(account.default_listing_type),
        sort=PostSort(account.default_sort_type),
        comment_sort=CommentSort(account.default_comment_sort_type),
        show_nsfw=account.show_nsfw,
        show_read_posts=account.show_read_posts,
        show_bot_accounts=account.show_bot_accounts,
        send_mail=account.send_notifications_to_email,
        bot_account=view.person.bot,
        avatar=view.person.avatar or "",
        banner=view.person.banner or "",
        saved=saved,
    )


@pages.post("/settings", who=Policy.USER, bucket=Bucket.MESSAGE, again=show_settings)
async def take_settings(visit: Visit, form: SettingsForm) -> Answer:
    """Store them."""
    change = SettingsChange(
        display_name=form.display_name.strip(),
        bio=form.bio,
        email=form.email.strip(),
        default_listing_type=form.listing,
        default_sort_type=form.sort,
        default_comment_sort_type=form.comment_sort,
        show_nsfw=form.show_nsfw,
        show_read_posts=form.show_read_posts,
        show_bot_accounts=form.show_bot_accounts,
        send_notifications_to_email=form.send_mail,
        bot_account=form.bot_account,
        avatar="" if form.without_avatar else form.avatar,
        banner="" if form.without_banner else form.banner,
    )
    await visit.act_own(save_settings, change)
    return see_other("/settings?saved=true")


class Safety(NamedTuple):
    """What the page about safety shows."""

    sessions: list[Session]
    own_session: SessionId


class PasswordForm(Form, frozen=True, kw_only=True):
    """A new password, and the old one as proof."""

    old: str = ""
    new: str = ""
    new_again: str = ""
    saved: bool = False


@pages.get("/settings/safety", who=Policy.USER)
async def show_safety(visit: Visit, form: PasswordForm, error: ForumError | None = None) -> Answer:
    """The password, and where one is signed in."""
    found = await visit.read_own(reads.list_sessions)
    return visit.render(
        "settings_safety.html",
        safety=Safety(found, visit.need_viewer().session_id),
        saved=form.saved,
        error=error,
        tab="safety",
    )


@pages.post("/settings/safety", who=Policy.USER, bucket=Bucket.REGISTER, again=show_safety)
async def take_password(visit: Visit, form: PasswordForm) -> Answer:
    """Set a new password: every other browser and app is signed out."""
    await visit.admit()
    with only_the_password():
        token = await signing_in.change_password(visit, form.old, form.new, form.new_again)
    cookie = session.session_cookie(token, secure=visit.parts.secure_cookies)
    return see_other("/settings/safety?saved=true").with_headers(cookie)


@contextmanager
def only_the_password() -> Iterator[None]:
    """Around what proves a password: a wrong one is no reason to ask who it is."""
    try:
        yield
    except NotSignedIn:
        raise NotSignedIn("password_incorrect") from None


class RevokeForm(Form, frozen=True, kw_only=True):
    """Which session; 0: all others."""

    session_id: int


@pages.post("/settings/sessions/{session_id:int}", who=Policy.USER, bucket=Bucket.MESSAGE)
async def revoke(visit: Visit, form: RevokeForm) -> Answer:
    """Sign a browser or app out."""
    if form.session_id == 0:
        await visit.act_own(sessions.revoke_other_sessions)
    else:
        await visit.act_own(sessions.revoke_session, SessionId(form.session_id))
    return see_other("/settings/safety")


class Blocks(NamedTuple):
    """Whom and what somebody does not want to see."""

    people: list[Person]
    communities: list[Community]
    servers: list[Instance]


@pages.get("/settings/blocks", who=Policy.USER)
async def show_blocks(visit: Visit) -> Answer:
    """Who and what is blocked."""
    blocks = await visit.read_own(_read_blocks)
    return visit.render("settings_blocks.html", blocks=blocks, tab="blocks")


def _read_blocks(tx: Any, viewer: Viewer) -> Blocks:
    return Blocks(
        people=reads.list_blocked_people(tx, viewer),
        communities=communities.own_ties(tx, viewer).blocks,
        servers=reads.list_blocked_instances(tx, viewer),
    )


class LeaveForm(Form, frozen=True, kw_only=True):
    """The password as proof, and what becomes of what was written."""

    password: str = ""
    delete_content: bool = False


@pages.get("/settings/leave", who=Policy.USER)
async def show_leave(visit: Visit, form: LeaveForm, error: ForumError | None = None) -> Answer:
    """What leaving means."""
    await visit.read_own(reads.own_credentials)
    return visit.render("settings_leave.html", form=form, error=error, tab="leave")


@pages.post("/settings/leave", who=Policy.USER, bucket=Bucket.REGISTER, again=show_leave)
async def leave(visit: Visit, form: LeaveForm) -> Answer:
    """Delete the account."""
    await visit.admit()
    with only_the_password():
        await signing_in.leave(visit, form.password, delete_content=form.delete_content)
    cookie = session.forget_session_cookie(secure=visit.parts.secure_cookies)
    return see_other("/").with_headers(cookie)
