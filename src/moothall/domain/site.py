"""The site: its own facts, its settings, other servers, and the lists that an admin keeps."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from .community import CommunityTies
from .ids import EmojiId, InstanceId, LanguageId
from .media import proxied_url, with_proxied_pictures
from .time import Time
from .user import AccountView, Person, PersonView


class RegistrationMode(StrEnum):
    """Who may open an account."""

    CLOSED = "Closed"
    REQUIRE_APPLICATION = "RequireApplication"
    OPEN = "Open"


class PostListingMode(StrEnum):
    """How dense a list of posts is shown."""

    LIST = "List"
    CARD = "Card"
    SMALL_CARD = "SmallCard"


@dataclass(frozen=True, slots=True)
class Home:
    """Where this server lives: what every local id and link begins with.

    `domain` is the public host with a port if there is one; `base_url` has no final slash.
    `proxies_pictures`: programs too are given pictures of other servers through us, as our own
    pages always are. `federates`: the operator lets the admins decide on it; else it is off.
    """

    domain: str
    base_url: str
    proxies_pictures: bool = False
    federates: bool = True

    def picture_url(self, url: str | None) -> str | None:
        """Where a program finds a picture."""
        if url is None or not self.proxies_pictures:
            return url
        return proxied_url(url, self.base_url)

    def text_with_pictures(self, text: str | None) -> str | None:
        """A Markdown text for a program, which will load the pictures in it."""
        if text is None or not self.proxies_pictures:
            return text
        return with_proxied_pictures(text, self.base_url)

    def person_url(self, name: str) -> str:
        """The id of a local person."""
        return f"{self.base_url}/u/{name}"

    def community_url(self, name: str) -> str:
        """The id of a local community."""
        return f"{self.base_url}/c/{name}"

    def post_url(self, post_id: int) -> str:
        """The id of a local post."""
        return f"{self.base_url}/post/{post_id}"

    def comment_url(self, comment_id: int) -> str:
        """The id of a local comment."""
        return f"{self.base_url}/comment/{comment_id}"

    def private_message_url(self, message_id: int) -> str:
        """The id of a local private message."""
        return f"{self.base_url}/private_message/{message_id}"


class RateLimit(NamedTuple):
    """A token bucket: how many at once, and in how many seconds an empty one is full again."""

    capacity: int
    interval_s: int


class Site(NamedTuple):
    """The one row of the site, in the order of its columns."""

    id: int
    instance_id: InstanceId
    domain: str
    name: str
    sidebar: str | None
    sidebar_html: str | None
    description: str | None
    icon: str | None
    banner: str | None
    content_warning: str | None
    is_set_up: bool
    setup_token_hash: str | None
    enable_downvotes: bool
    enable_nsfw: bool
    community_creation_admin_only: bool
    require_email_verification: bool
    application_question: str | None
    private_instance: bool
    default_theme: str
    default_post_listing_type: str
    default_post_listing_mode: str
    default_sort_type: str
    legal_information: str | None
    hide_modlog_mod_names: bool
    application_email_admins: bool
    reports_email_admins: bool
    slur_filter_regex: str | None
    actor_name_max_length: int
    federation_enabled: bool
    federation_signed_fetch: bool
    captcha_enabled: bool
    captcha_difficulty: str
    registration_mode: str
    rate_message: int
    rate_message_s: int
    rate_post: int
    rate_post_s: int
    rate_register: int
    rate_register_s: int
    rate_image: int
    rate_image_s: int
    rate_comment: int
    rate_comment_s: int
    rate_search: int
    rate_search_s: int
    rate_import_user_settings: int
    rate_import_user_settings_s: int
    users: int
    posts: int
    comments: int
    communities: int
    users_active_day: int
    users_active_week: int
    users_active_month: int
    users_active_half_year: int
    token_secret: str
    created_at: Time
    updated_at: Time | None

    def rate_limit(self, bucket: str) -> RateLimit:
        """The limit of a bucket: message, post, register, image, comment, search, import…"""
        return RateLimit(getattr(self, f"rate_{bucket}"), getattr(self, f"rate_{bucket}_s"))


class SiteChanges(NamedTuple):
    """New settings: None leaves one as it is, an empty text clears it, a list replaces the list.

    The names are those of the columns of `Site`.
    """

    name: str | None = None
    sidebar: str | None = None
    description: str | None = None
    icon: str | None = None
    banner: str | None = None
    content_warning: str | None = None
    legal_information: str | None = None
    application_question: str | None = None
    enable_downvotes: bool | None = None
    enable_nsfw: bool | None = None
    community_creation_admin_only: bool | None = None
    require_email_verification: bool | None = None
    private_instance: bool | None = None
    hide_modlog_mod_names: bool | None = None
    application_email_admins: bool | None = None
    reports_email_admins: bool | None = None
    federation_enabled: bool | None = None
    captcha_enabled: bool | None = None
    captcha_difficulty: str | None = None
    registration_mode: RegistrationMode | None = None
    default_theme: str | None = None
    default_post_listing_type: str | None = None
    default_post_listing_mode: PostListingMode | None = None
    default_sort_type: str | None = None
    slur_filter_regex: str | None = None
    actor_name_max_length: int | None = None
    rate_message: int | None = None
    rate_message_s: int | None = None
    rate_post: int | None = None
    rate_post_s: int | None = None
    rate_register: int | None = None
    rate_register_s: int | None = None
    rate_image: int | None = None
    rate_image_s: int | None = None
    rate_comment: int | None = None
    rate_comment_s: int | None = None
    rate_search: int | None = None
    rate_search_s: int | None = None
    discussion_languages: list[LanguageId] | None = None
    taglines: list[str] | None = None
    blocked_urls: list[str] | None = None
    allowed_instances: list[str] | None = None
    blocked_instances: list[str] | None = None


class Instance(NamedTuple):
    """Another server, or our own row."""

    id: InstanceId
    domain: str
    software: str | None
    version: str | None
    created_at: Time
    updated_at: Time | None


class FederatedInstances(NamedTuple):
    """Servers that we know: those we talk to, which of them are allowed by name, and blocked ones.

    A blocked server is in no other list.
    """

    linked: list[Instance]
    allowed: list[Instance]
    blocked: list[Instance]


class Language(NamedTuple):
    """A language that content can be in; id 0 is "undetermined"."""

    id: LanguageId
    code: str
    name: str


class Tagline(NamedTuple):
    """A line shown under the site's name, one at a time."""

    id: int
    content: str
    created_at: Time
    updated_at: Time | None


class BlockedUrl(NamedTuple):
    """A link that nobody may post, without its scheme."""

    id: int
    url: str
    created_at: Time
    updated_at: Time | None


class CustomEmoji(NamedTuple):
    """A picture that stands for `:shortcode:`."""

    id: EmojiId
    shortcode: str
    image_url: str
    alt_text: str
    category: str
    created_at: Time
    updated_at: Time | None


class CustomEmojiView(NamedTuple):
    """An emoji and the words it is found by."""

    custom_emoji: CustomEmoji
    keywords: list[str]


class EmojiFields(NamedTuple):
    """What an admin says about an emoji, beside its short code, which stays."""

    category: str
    image_url: str
    alt_text: str
    keywords: list[str]


class SiteLists(NamedTuple):
    """The short lists that an admin keeps; no language ids: every language is welcome.

    `public_key` is the public half of the site's own key, PEM.
    """

    language_ids: list[LanguageId]
    taglines: list[Tagline]
    blocked_urls: list[BlockedUrl]
    custom_emojis: list[CustomEmojiView]
    public_key: str


class SitePage(NamedTuple):
    """What everybody may know of the site; admins are in the order of their accounts."""

    site: Site
    admins: list[PersonView]
    lists: SiteLists


class OwnInfo(NamedTuple):
    """All that a client keeps about the person who uses it; no language ids: all are shown."""

    account: AccountView
    communities: CommunityTies
    blocked_people: list[Person]
    blocked_instances: list[Instance]
    language_ids: list[LanguageId]
