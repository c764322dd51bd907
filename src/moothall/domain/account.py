"""Accounts: what is asked of who registers, signs in or changes their settings. Pure rules."""

from typing import NamedTuple

from .comment import CommentSort
from .errors import ForumError, Invalid, NotAllowed
from .ids import AccountId, LanguageId
from .post import Listing, PostSort
from .site import PostListingMode, RegistrationMode, Site
from .text import length
from .user import Account, Person, RegistrationApplication

MIN_PASSWORD_CHARS = 10
MAX_PASSWORD_CHARS = 60
MAX_BIO = 1000
MAX_ANSWER = 10_000


class Device(NamedTuple):
    """From where somebody signs in, as shown in the list of their sessions."""

    address: str | None = None
    user_agent: str | None = None


class Credentials(NamedTuple):
    """Whose password is to be checked; nobody's for an unknown name."""

    account_id: AccountId | None = None
    password_hash: str | None = None


class Proof(NamedTuple):
    """That somebody just gave the right password of this account.

    `password_hash` is the one it was checked against, `new_hash` its replacement if it is due.
    """

    account_id: AccountId
    password_hash: str
    new_hash: str | None = None


class Registration(NamedTuple):
    """What a person who registers fills in; `honeypot` is a field that only programs see."""

    name: str
    password: str
    password_verify: str
    email: str | None = None
    answer: str | None = None
    honeypot: str | None = None
    show_nsfw: bool | None = None
    interface_language: str = "browser"
    # From the log of a first start, until the site is set up.
    setup_token: str | None = None


class SecondFactor(NamedTuple):
    """Whether a second factor is on; the secret that waits to be confirmed, and its address."""

    is_on: bool
    secret: str | None = None
    otpauth_url: str | None = None


class Registered(NamedTuple):
    """What came of it: signed in at once (`token`), or something is still to be waited for."""

    account_id: AccountId
    token: str | None
    application_pending: bool
    verify_email_sent: bool


class SettingsChange(NamedTuple):
    """New settings of an account; None leaves one as it is, an empty text clears it."""

    show_nsfw: bool | None = None
    blur_nsfw: bool | None = None
    auto_expand: bool | None = None
    theme: str | None = None
    default_sort_type: PostSort | None = None
    default_listing_type: Listing | None = None
    default_comment_sort_type: CommentSort | None = None
    interface_language: str | None = None
    post_listing_mode: PostListingMode | None = None
    show_avatars: bool | None = None
    send_notifications_to_email: bool | None = None
    show_scores: bool | None = None
    # Beside the other figures of votes, where that differs from `show_scores`.
    show_vote_score: bool | None = None
    show_upvotes: bool | None = None
    show_downvotes: bool | None = None
    show_upvote_percentage: bool | None = None
    show_bot_accounts: bool | None = None
    show_read_posts: bool | None = None
    open_links_in_new_tab: bool | None = None
    infinite_scroll_enabled: bool | None = None
    enable_keyboard_navigation: bool | None = None
    enable_animated_images: bool | None = None
    collapse_bot_comments: bool | None = None
    display_name: str | None = None
    bio: str | None = None
    avatar: str | None = None
    banner: str | None = None
    matrix_user_id: str | None = None
    email: str | None = None
    bot_account: bool | None = None
    discussion_languages: list[LanguageId] | None = None


def check_password(password: str) -> None:
    """Refuse a new password that is too short or too long; raises Invalid("invalid_password")."""
    if not MIN_PASSWORD_CHARS <= len(password) <= MAX_PASSWORD_CHARS:
        raise Invalid("invalid_password")


def registration_refusal(form: Registration, site: Site) -> ForumError | None:
    """Why this form is refused, by what can be said without looking at other accounts."""
    if site.is_set_up and site.registration_mode == RegistrationMode.CLOSED:
        return NotAllowed("registration_closed")
    if not MIN_PASSWORD_CHARS <= len(form.password) <= MAX_PASSWORD_CHARS:
        return Invalid("invalid_password")
    if form.honeypot:
        return Invalid("honeypot_failed")
    if site.is_set_up and site.require_email_verification and not form.email:
        return Invalid("email_required")
    if needs_application(site) and not (form.answer or "").strip():
        return Invalid("registration_application_answer_required")
    if length(form.answer or "") > MAX_ANSWER:
        return Invalid("invalid_body_field")
    if form.password != form.password_verify:
        return Invalid("passwords_do_not_match")
    return None


def needs_application(site: Site) -> bool:
    """Whether who registers has to say why; the first person on a site does not."""
    return site.is_set_up and site.registration_mode == RegistrationMode.REQUIRE_APPLICATION


def login_refusal(
    site: Site, account: Account, person: Person, application: RegistrationApplication | None
) -> ForumError | None:
    """Why somebody who knows the password may still not sign in."""
    if person.banned:
        return NotAllowed("site_ban")
    if person.deleted:
        return NotAllowed("deleted")
    if account.is_admin:
        return None
    if site.require_email_verification and not account.email_verified:
        return NotAllowed("email_not_verified")
    # Closing the doors lets nobody in who was still waiting outside.
    if account.accepted_application or site.registration_mode == RegistrationMode.OPEN:
        return None
    if application is not None and application.denied:
        return NotAllowed("registration_denied", application.deny_reason or "")
    return NotAllowed("registration_application_is_pending")
