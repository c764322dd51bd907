"""Requests about people and accounts."""

from moothall.api.fields import Int32, Paged, Request
from moothall.domain.post import Listing, PostSort
from moothall.domain.site import PostListingMode


class Register(Request, frozen=True, kw_only=True):
    """`setup_token` is ours: the first person of a site has it from the server's log."""

    username: str
    password: str
    password_verify: str
    show_nsfw: bool | None = None
    email: str | None = None
    captcha_uuid: str | None = None
    captcha_answer: str | None = None
    honeypot: str | None = None
    answer: str | None = None
    setup_token: str | None = None


class Login(Request, frozen=True, kw_only=True):
    username_or_email: str
    password: str
    totp_2fa_token: str | None = None


class PasswordReset(Request, frozen=True):
    email: str


class PasswordChangeAfterReset(Request, frozen=True):
    token: str
    password: str
    password_verify: str


class ChangePassword(Request, frozen=True):
    new_password: str
    new_password_verify: str
    old_password: str


class VerifyEmail(Request, frozen=True):
    token: str


class DeleteAccount(Request, frozen=True):
    password: str
    delete_content: bool


class UpdateTotp(Request, frozen=True):
    totp_token: str
    enabled: bool


class GetPersonDetails(Paged, frozen=True, kw_only=True):
    """`person_id` or `username`, which is `name` or `name@host`."""

    person_id: Int32 | None = None
    username: str | None = None
    sort: PostSort | None = None
    community_id: Int32 | None = None
    saved_only: bool | None = None


class BlockPerson(Request, frozen=True):
    person_id: Int32
    block: bool


class GetReportCount(Request, frozen=True):
    community_id: Int32 | None = None


class ListMedia(Paged, frozen=True):
    """Pictures that were uploaded."""


class SaveUserSettings(Request, frozen=True, kw_only=True):
    """Only what is given changes; "" clears a text."""

    show_nsfw: bool | None = None
    blur_nsfw: bool | None = None
    auto_expand: bool | None = None
    theme: str | None = None
    default_sort_type: PostSort | None = None
    default_listing_type: Listing | None = None
    interface_language: str | None = None
    avatar: str | None = None
    banner: str | None = None
    display_name: str | None = None
    email: str | None = None
    bio: str | None = None
    matrix_user_id: str | None = None
    show_avatars: bool | None = None
    send_notifications_to_email: bool | None = None
    bot_account: bool | None = None
    show_bot_accounts: bool | None = None
    show_read_posts: bool | None = None
    discussion_languages: list[Int32] | None = None
    open_links_in_new_tab: bool | None = None
    infinite_scroll_enabled: bool | None = None
    post_listing_mode: PostListingMode | None = None
    enable_keyboard_navigation: bool | None = None
    enable_animated_images: bool | None = None
    collapse_bot_comments: bool | None = None
    show_scores: bool | None = None
    show_upvotes: bool | None = None
    show_downvotes: bool | None = None
    show_upvote_percentage: bool | None = None


class BackupSettings(Request, frozen=True, kw_only=True):
    """The settings in an export. What identifies an account in it is ignored on import."""

    show_nsfw: bool | None = None
    theme: str | None = None
    default_sort_type: PostSort | None = None
    default_listing_type: Listing | None = None
    interface_language: str | None = None
    show_avatars: bool | None = None
    send_notifications_to_email: bool | None = None
    show_scores: bool | None = None
    show_bot_accounts: bool | None = None
    show_read_posts: bool | None = None
    open_links_in_new_tab: bool | None = None
    blur_nsfw: bool | None = None
    auto_expand: bool | None = None
    infinite_scroll_enabled: bool | None = None
    post_listing_mode: PostListingMode | None = None
    enable_keyboard_navigation: bool | None = None
    enable_animated_images: bool | None = None
    collapse_bot_comments: bool | None = None


class BackupVoteDisplay(Request, frozen=True, kw_only=True):
    score: bool | None = None
    upvotes: bool | None = None
    downvotes: bool | None = None
    upvote_percentage: bool | None = None


class ImportSettings(Request, frozen=True, kw_only=True):
    """An export as another server or we made it; every part may be missing."""

    display_name: str | None = None
    bio: str | None = None
    avatar: str | None = None
    banner: str | None = None
    matrix_id: str | None = None
    bot_account: bool | None = None
    settings: BackupSettings | None = None
    vote_display_mode_settings: BackupVoteDisplay | None = None
    followed_communities: list[str] | None = None
    saved_posts: list[str] | None = None
    saved_comments: list[str] | None = None
    blocked_communities: list[str] | None = None
    blocked_users: list[str] | None = None
    blocked_instances: list[str] | None = None
