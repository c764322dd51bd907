"""Requests about the site, its lists, search and other servers."""

from enum import StrEnum

from moothall.api.fields import Int32, Paged, Request
from moothall.domain.moderation import ModlogKind
from moothall.domain.post import Listing, PostSort
from moothall.domain.search import SearchType
from moothall.domain.site import PostListingMode, RegistrationMode


class SiteFields(Request, frozen=True, kw_only=True):
    """What creating and editing the site have in common; on editing, "" clears a text."""

    sidebar: str | None = None
    description: str | None = None
    icon: str | None = None
    banner: str | None = None
    enable_downvotes: bool | None = None
    enable_nsfw: bool | None = None
    community_creation_admin_only: bool | None = None
    require_email_verification: bool | None = None
    application_question: str | None = None
    private_instance: bool | None = None
    default_theme: str | None = None
    default_post_listing_type: Listing | None = None
    default_sort_type: PostSort | None = None
    legal_information: str | None = None
    application_email_admins: bool | None = None
    hide_modlog_mod_names: bool | None = None
    discussion_languages: list[Int32] | None = None
    slur_filter_regex: str | None = None
    actor_name_max_length: Int32 | None = None
    rate_limit_message: Int32 | None = None
    rate_limit_message_per_second: Int32 | None = None
    rate_limit_post: Int32 | None = None
    rate_limit_post_per_second: Int32 | None = None
    rate_limit_register: Int32 | None = None
    rate_limit_register_per_second: Int32 | None = None
    rate_limit_image: Int32 | None = None
    rate_limit_image_per_second: Int32 | None = None
    rate_limit_comment: Int32 | None = None
    rate_limit_comment_per_second: Int32 | None = None
    rate_limit_search: Int32 | None = None
    rate_limit_search_per_second: Int32 | None = None
    federation_enabled: bool | None = None
    federation_debug: bool | None = None
    captcha_enabled: bool | None = None
    captcha_difficulty: str | None = None
    allowed_instances: list[str] | None = None
    blocked_instances: list[str] | None = None
    taglines: list[str] | None = None
    registration_mode: RegistrationMode | None = None
    content_warning: str | None = None
    default_post_listing_mode: PostListingMode | None = None


class CreateSite(SiteFields, frozen=True, kw_only=True):
    """`discussion_languages`, `federation_debug` and both instance lists are ignored.

    `setup_token` is ours: what the log of the first start shows.
    """

    name: str
    setup_token: str | None = None


class EditSite(SiteFields, frozen=True, kw_only=True):
    """A list that is given replaces the stored one."""

    name: str | None = None
    blocked_urls: list[str] | None = None
    reports_email_admins: bool | None = None


class BlockInstance(Request, frozen=True):
    instance_id: Int32
    block: bool


class ModlogActionType(StrEnum):
    """The filter of the modlog: all kinds of `ModlogKind`, or one of them."""

    ALL = "All"
    REMOVE_POST = ModlogKind.REMOVE_POST.value
    LOCK_POST = ModlogKind.LOCK_POST.value
    FEATURE_POST = ModlogKind.FEATURE_POST.value
    REMOVE_COMMENT = ModlogKind.REMOVE_COMMENT.value
    REMOVE_COMMUNITY = ModlogKind.REMOVE_COMMUNITY.value
    BAN_FROM_COMMUNITY = ModlogKind.BAN_FROM_COMMUNITY.value
    BAN = ModlogKind.BAN.value
    ADD_COMMUNITY = ModlogKind.ADD_COMMUNITY.value
    TRANSFER_COMMUNITY = ModlogKind.TRANSFER_COMMUNITY.value
    ADD = ModlogKind.ADD.value
    HIDE_COMMUNITY = ModlogKind.HIDE_COMMUNITY.value
    PURGE_PERSON = ModlogKind.PURGE_PERSON.value
    PURGE_COMMUNITY = ModlogKind.PURGE_COMMUNITY.value
    PURGE_POST = ModlogKind.PURGE_POST.value
    PURGE_COMMENT = ModlogKind.PURGE_COMMENT.value

    @property
    def kind(self) -> ModlogKind | None:
        """The kind of act, None for all."""
        return None if self is ModlogActionType.ALL else ModlogKind(self.value)


class GetModlog(Paged, frozen=True, kw_only=True):
    mod_person_id: Int32 | None = None
    community_id: Int32 | None = None
    type_: ModlogActionType = ModlogActionType.ALL
    other_person_id: Int32 | None = None
    post_id: Int32 | None = None
    comment_id: Int32 | None = None


class Search(Paged, frozen=True, kw_only=True):
    q: str
    community_id: Int32 | None = None
    community_name: str | None = None
    creator_id: Int32 | None = None
    type_: SearchType = SearchType.ALL
    sort: PostSort | None = None
    listing_type: Listing | None = None
    post_title_only: bool | None = None


class ResolveObject(Request, frozen=True):
    q: str


class CreateCustomEmoji(Request, frozen=True):
    category: str
    shortcode: str
    image_url: str
    alt_text: str
    keywords: list[str]


class EditCustomEmoji(Request, frozen=True):
    id: Int32
    category: str
    image_url: str
    alt_text: str
    keywords: list[str]


class DeleteCustomEmoji(Request, frozen=True):
    id: Int32


class ImageProxy(Request, frozen=True, kw_only=True):
    url: str
    format: str | None = None
    thumbnail: Int32 | None = None
