"""Accounts as their owners and admins see them."""

from moothall.domain import user as domain
from moothall.domain.community import Community as DomainCommunity
from moothall.domain.community import CommunityModeratorView as DomainModeratorView
from moothall.domain.media import UploadView
from moothall.domain.site import Home
from moothall.domain.site import Instance as DomainInstance

from .base import REQUIRED, Shape, timestamp
from .community import (
    Community,
    CommunityFollowerView,
    CommunityModeratorView,
    community,
    follower_view,
    moderator_view,
)
from .site import Instance, Site, instance
from .user import Person, PersonAggregates, optional_person, person, person_counts


class LocalUser(Shape):
    id: int
    person_id: int
    email: str | None = None
    show_nsfw: bool = REQUIRED
    theme: str = REQUIRED
    default_sort_type: str = REQUIRED
    default_listing_type: str = REQUIRED
    interface_language: str = REQUIRED
    show_avatars: bool = REQUIRED
    send_notifications_to_email: bool = REQUIRED
    show_scores: bool = REQUIRED
    show_bot_accounts: bool = REQUIRED
    show_read_posts: bool = REQUIRED
    email_verified: bool = REQUIRED
    accepted_application: bool = REQUIRED
    open_links_in_new_tab: bool = REQUIRED
    blur_nsfw: bool = REQUIRED
    auto_expand: bool = REQUIRED
    infinite_scroll_enabled: bool = REQUIRED
    admin: bool = REQUIRED
    post_listing_mode: str = REQUIRED
    totp_2fa_enabled: bool = REQUIRED
    enable_keyboard_navigation: bool = REQUIRED
    enable_animated_images: bool = REQUIRED
    collapse_bot_comments: bool = REQUIRED
    last_donation_notification: str = REQUIRED


class LocalUserVoteDisplayMode(Shape):
    local_user_id: int
    score: bool
    upvotes: bool
    downvotes: bool
    upvote_percentage: bool


class LocalUserView(Shape):
    local_user: LocalUser
    local_user_vote_display_mode: LocalUserVoteDisplayMode
    person: Person
    counts: PersonAggregates


class CommunityBlockView(Shape):
    person: Person
    community: Community


class PersonBlockView(Shape):
    person: Person
    target: Person


class InstanceBlockView(Shape):
    person: Person
    instance: Instance
    site: Site | None = None


class MyUserInfo(Shape):
    local_user_view: LocalUserView
    follows: list[CommunityFollowerView]
    moderates: list[CommunityModeratorView]
    community_blocks: list[CommunityBlockView]
    instance_blocks: list[InstanceBlockView]
    person_blocks: list[PersonBlockView]
    discussion_languages: list[int]


class LoginToken(Shape):
    user_id: int
    published: str
    ip: str | None = None
    user_agent: str | None = None


class RegistrationApplication(Shape):
    id: int
    local_user_id: int
    answer: str
    admin_id: int | None = None
    deny_reason: str | None = None
    published: str = REQUIRED


class RegistrationApplicationView(Shape):
    registration_application: RegistrationApplication
    creator_local_user: LocalUser
    creator: Person
    admin: Person | None = None


class LocalImage(Shape):
    local_user_id: int | None = None
    pictrs_alias: str = REQUIRED
    pictrs_delete_token: str = REQUIRED
    published: str = REQUIRED


class LocalImageView(Shape):
    local_image: LocalImage
    person: Person


def local_image_view(view: UploadView, home: Home) -> LocalImageView:
    """An upload and whose it is."""
    upload = view.upload
    image = LocalImage(
        upload.account_id, upload.alias, upload.delete_token, timestamp(upload.created_at)
    )
    return LocalImageView(image, person(view.person, home))


def local_user(account: domain.Account) -> LocalUser:
    """The settings of an account."""
    return LocalUser(
        id=account.id,
        person_id=account.person_id,
        email=account.email,
        show_nsfw=account.show_nsfw,
        theme=account.theme,
        default_sort_type=account.default_sort_type,
        default_listing_type=account.default_listing_type,
        interface_language=account.interface_language,
        show_avatars=account.show_avatars,
        send_notifications_to_email=account.send_notifications_to_email,
        show_scores=account.show_scores,
        show_bot_accounts=account.show_bot_accounts,
        show_read_posts=account.show_read_posts,
        email_verified=account.email_verified,
        accepted_application=account.accepted_application,
        open_links_in_new_tab=account.open_links_in_new_tab,
        blur_nsfw=account.blur_nsfw,
        auto_expand=account.auto_expand,
        infinite_scroll_enabled=account.infinite_scroll_enabled,
        admin=account.is_admin,
        post_listing_mode=account.post_listing_mode,
        totp_2fa_enabled=account.totp_enabled,
        enable_keyboard_navigation=account.enable_keyboard_navigation,
        enable_animated_images=account.enable_animated_images,
        collapse_bot_comments=account.collapse_bot_comments,
        last_donation_notification=timestamp(account.donation_dialog_at),
    )


def vote_display_mode(account: domain.Account) -> LocalUserVoteDisplayMode:
    """Which figures of votes the owner wants to see."""
    return LocalUserVoteDisplayMode(
        local_user_id=account.id,
        score=account.votes_show_score,
        upvotes=account.votes_show_upvotes,
        downvotes=account.votes_show_downvotes,
        upvote_percentage=account.votes_show_percentage,
    )


def local_user_view(view: domain.AccountView, home: Home) -> LocalUserView:
    """An account with its public side."""
    return LocalUserView(
        local_user=local_user(view.account),
        local_user_vote_display_mode=vote_display_mode(view.account),
        person=person(view.person, home),
        counts=person_counts(view.person.id, view.counts),
    )


def my_user(
    view: domain.AccountView,
    home: Home,
    *,
    follows: list[DomainCommunity],
    moderates: list[DomainModeratorView],
    blocked_communities: list[DomainCommunity],
    blocked_instances: list[DomainInstance],
    blocked_persons: list[domain.Person],
    languages: list[int],
) -> MyUserInfo:
    """All that a client keeps about the person who uses it."""
    me = person(view.person, home)
    return MyUserInfo(
        local_user_view=local_user_view(view, home),
        follows=[follower_view(each, view.person, home) for each in follows],
        moderates=[moderator_view(each, home) for each in moderates],
        community_blocks=[
            CommunityBlockView(me, community(each, home)) for each in blocked_communities
        ],
        instance_blocks=[InstanceBlockView(me, instance(each)) for each in blocked_instances],
        person_blocks=[PersonBlockView(me, person(each, home)) for each in blocked_persons],
        discussion_languages=languages,
    )


def login_token(session: domain.Session) -> LoginToken:
    """A signed-in browser or app; the token itself is never shown again."""
    return LoginToken(
        user_id=session.account_id,
        published=timestamp(session.created_at),
        ip=session.address,
        user_agent=session.user_agent,
    )


def registration_application_view(
    view: domain.RegistrationApplicationView, home: Home
) -> RegistrationApplicationView:
    """An application as admins see it."""
    application = view.application
    return RegistrationApplicationView(
        registration_application=RegistrationApplication(
            id=application.id,
            local_user_id=application.account_id,
            answer=application.answer,
            admin_id=application.admin_id,
            deny_reason=application.deny_reason,
            published=timestamp(application.created_at),
        ),
        creator_local_user=local_user(view.account),
        creator=person(view.creator, home),
        admin=optional_person(view.admin, home),
    )
