"""People: their public side, their accounts here, and the viewer for whom an answer is made."""

from typing import NamedTuple

from .ids import AccountId, ApplicationId, InstanceId, PersonId, SessionId
from .time import Time


class Person(NamedTuple):
    """A person's public side, local or remote."""

    id: PersonId
    name: str
    display_name: str | None
    avatar: str | None
    banned: bool
    created_at: Time
    updated_at: Time | None
    # Null for a local person: the address follows from the name.
    ap_id: str | None
    bio: str | None
    local: bool
    banner: str | None
    deleted: bool
    matrix_user_id: str | None
    bot: bool
    ban_expires_at: Time | None
    instance_id: InstanceId


class PersonCounts(NamedTuple):
    """What a person has written that is still there."""

    post_count: int
    comment_count: int


class PersonView(NamedTuple):
    """A person as lists and profiles show them; `bio_html` only where one profile is read."""

    person: Person
    counts: PersonCounts
    is_admin: bool
    bio_html: str | None = None


class Doer(NamedTuple):
    """Who does something, local or remote: the facts of a person that rules of actions need."""

    person_id: PersonId
    name: str
    local: bool
    bot: bool
    is_admin: bool
    admin_since: Time | None


class Viewer(NamedTuple):
    """The signed-in person for whom an answer is made or who acts; never a banned or deleted one.

    Nobody signed in is `None` everywhere.
    """

    person_id: PersonId
    account_id: AccountId
    session_id: SessionId
    session_used_at: Time
    name: str
    display_name: str | None
    avatar: str | None
    bot: bool
    is_admin: bool
    admin_since: Time | None
    moderates: bool
    limits_languages: bool
    show_nsfw: bool
    blur_nsfw: bool
    show_read_posts: bool
    show_bot_accounts: bool
    default_sort_type: str
    default_listing_type: str
    default_comment_sort_type: str
    interface_language: str
    theme: str
    post_listing_mode: str
    open_links_in_new_tab: bool
    accepted_application: bool

    @property
    def doer(self) -> Doer:
        """The viewer as one who acts."""
        return Doer(
            person_id=self.person_id,
            name=self.name,
            local=True,
            bot=self.bot,
            is_admin=self.is_admin,
            admin_since=self.admin_since,
        )


class Account(NamedTuple):
    """All settings and secrets of an account, in the order of its columns."""

    id: AccountId
    person_id: PersonId
    password_hash: str
    email: str | None
    email_key: str | None
    email_verified: bool
    is_admin: bool
    admin_since: Time | None
    accepted_application: bool
    totp_secret: str | None
    totp_enabled: bool
    totp_last_step: int
    show_nsfw: bool
    blur_nsfw: bool
    auto_expand: bool
    theme: str
    default_sort_type: str
    default_listing_type: str
    default_comment_sort_type: str
    interface_language: str
    post_listing_mode: str
    show_avatars: bool
    send_notifications_to_email: bool
    show_scores: bool
    show_bot_accounts: bool
    show_read_posts: bool
    open_links_in_new_tab: bool
    infinite_scroll_enabled: bool
    enable_keyboard_navigation: bool
    enable_animated_images: bool
    collapse_bot_comments: bool
    votes_show_score: bool
    votes_show_upvotes: bool
    votes_show_downvotes: bool
    votes_show_percentage: bool
    donation_dialog_at: Time
    created_at: Time


class AccountView(NamedTuple):
    """An account with its public side."""

    account: Account
    person: Person
    counts: PersonCounts


class Session(NamedTuple):
    """A signed-in browser or app, as its owner sees it."""

    id: SessionId
    account_id: AccountId
    address: str | None
    user_agent: str | None
    created_at: Time
    last_used_at: Time


class RegistrationApplication(NamedTuple):
    """Why somebody wants to join, and what an admin decided."""

    id: ApplicationId
    account_id: AccountId
    answer: str
    admin_id: PersonId | None
    deny_reason: str | None
    denied: bool
    created_at: Time
    decided_at: Time | None


class RegistrationApplicationView(NamedTuple):
    """An application with who wrote it and who decided it."""

    application: RegistrationApplication
    account: Account
    creator: Person
    admin: Person | None


def handle(person: Person, home_domain: str) -> str:
    """`name@host`, with our own host for local people."""
    if person.ap_id is None:
        return f"{person.name}@{home_domain}"
    return f"{person.name}@{host_in(person.ap_id)}"


def host_in(ap_id: str) -> str:
    """The host, with its port if there is one, of an ActivityPub id."""
    return ap_id.split("//", 1)[-1].split("/", 1)[0]
