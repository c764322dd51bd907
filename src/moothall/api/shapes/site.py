"""The site, its settings and the lists that admins keep; other servers."""

from moothall.domain import site as domain
from moothall.domain.site import Home

from .base import REQUIRED, Shape, optional_timestamp, timestamp


class Site(Shape):
    id: int
    name: str
    sidebar: str | None = None
    published: str = REQUIRED
    updated: str | None = None
    icon: str | None = None
    banner: str | None = None
    description: str | None = None
    actor_id: str = REQUIRED
    last_refreshed_at: str = REQUIRED
    inbox_url: str = REQUIRED
    public_key: str = REQUIRED
    instance_id: int = REQUIRED
    content_warning: str | None = None


class LocalSite(Shape):
    id: int
    site_id: int
    site_setup: bool
    enable_downvotes: bool
    enable_nsfw: bool
    community_creation_admin_only: bool
    require_email_verification: bool
    application_question: str | None = None
    private_instance: bool = REQUIRED
    default_theme: str = REQUIRED
    default_post_listing_type: str = REQUIRED
    legal_information: str | None = None
    hide_modlog_mod_names: bool = REQUIRED
    application_email_admins: bool = REQUIRED
    slur_filter_regex: str | None = None
    actor_name_max_length: int = REQUIRED
    federation_enabled: bool = REQUIRED
    captcha_enabled: bool = REQUIRED
    captcha_difficulty: str = REQUIRED
    published: str = REQUIRED
    updated: str | None = None
    registration_mode: str = REQUIRED
    reports_email_admins: bool = REQUIRED
    federation_signed_fetch: bool = REQUIRED
    default_post_listing_mode: str = REQUIRED
    default_sort_type: str = REQUIRED


class LocalSiteRateLimit(Shape):
    local_site_id: int
    message: int
    message_per_second: int
    post: int
    post_per_second: int
    register: int
    register_per_second: int
    image: int
    image_per_second: int
    comment: int
    comment_per_second: int
    search: int
    search_per_second: int
    published: str
    updated: str | None = None
    import_user_settings: int = REQUIRED
    import_user_settings_per_second: int = REQUIRED


class SiteAggregates(Shape):
    site_id: int
    users: int
    posts: int
    comments: int
    communities: int
    users_active_day: int
    users_active_week: int
    users_active_month: int
    users_active_half_year: int


class SiteView(Shape):
    site: Site
    local_site: LocalSite
    local_site_rate_limit: LocalSiteRateLimit
    counts: SiteAggregates


class Instance(Shape):
    id: int
    domain: str
    published: str
    updated: str | None = None
    software: str | None = None
    version: str | None = None


class FederationState(Shape):
    instance_id: int
    last_successful_id: int | None = None
    last_successful_published_time: str | None = None
    fail_count: int = REQUIRED
    last_retry: str | None = None
    next_retry: str | None = None


class InstanceWithFederationState(Shape):
    id: int
    domain: str
    published: str
    updated: str | None = None
    software: str | None = None
    version: str | None = None
    federation_state: FederationState | None = None


class Language(Shape):
    id: int
    code: str
    name: str


class Tagline(Shape):
    id: int
    local_site_id: int
    content: str
    published: str
    updated: str | None = None


class LocalSiteUrlBlocklist(Shape):
    id: int
    url: str
    published: str
    updated: str | None = None


class CustomEmoji(Shape):
    id: int
    local_site_id: int
    shortcode: str
    image_url: str
    alt_text: str
    category: str
    published: str
    updated: str | None = None


class CustomEmojiKeyword(Shape):
    custom_emoji_id: int
    keyword: str


class CustomEmojiView(Shape):
    custom_emoji: CustomEmoji
    keywords: list[CustomEmojiKeyword]


def site(value: domain.Site, home: Home, public_key: str) -> Site:
    """Our own site as an actor; `public_key` is the PEM of its key."""
    return Site(
        id=value.id,
        name=value.name,
        sidebar=home.text_with_pictures(value.sidebar),
        published=timestamp(value.created_at),
        updated=optional_timestamp(value.updated_at),
        icon=home.picture_url(value.icon),
        banner=home.picture_url(value.banner),
        description=value.description,
        actor_id=f"{home.base_url}/",
        last_refreshed_at=timestamp(value.updated_at or value.created_at),
        inbox_url=f"{home.base_url}/inbox",
        public_key=public_key,
        instance_id=value.instance_id,
        content_warning=value.content_warning,
    )


def site_view(value: domain.Site, home: Home, public_key: str) -> SiteView:
    """Our own site with its settings, limits and figures."""
    return SiteView(
        site=site(value, home, public_key),
        local_site=_local_site(value),
        local_site_rate_limit=_rate_limit(value),
        counts=_counts(value),
    )


def instance(value: domain.Instance) -> Instance:
    """Another server."""
    return Instance(
        id=value.id,
        domain=value.domain,
        published=timestamp(value.created_at),
        updated=optional_timestamp(value.updated_at),
        software=value.software,
        version=value.version,
    )


def instance_with_state(
    value: domain.Instance, state: FederationState | None
) -> InstanceWithFederationState:
    """Another server, and how sending to it goes."""
    return InstanceWithFederationState(
        id=value.id,
        domain=value.domain,
        published=timestamp(value.created_at),
        updated=optional_timestamp(value.updated_at),
        software=value.software,
        version=value.version,
        federation_state=state,
    )


def language(value: domain.Language) -> Language:
    """A language."""
    return Language(value.id, value.code, value.name)


def tagline(value: domain.Tagline, site_id: int) -> Tagline:
    """A tagline."""
    return Tagline(
        id=value.id,
        local_site_id=site_id,
        content=value.content,
        published=timestamp(value.created_at),
        updated=optional_timestamp(value.updated_at),
    )


def blocked_url(value: domain.BlockedUrl) -> LocalSiteUrlBlocklist:
    """A link that nobody may post."""
    return LocalSiteUrlBlocklist(
        id=value.id,
        url=value.url,
        published=timestamp(value.created_at),
        updated=optional_timestamp(value.updated_at),
    )


def custom_emoji_view(view: domain.CustomEmojiView, site_id: int) -> CustomEmojiView:
    """An emoji with its keywords."""
    emoji = view.custom_emoji
    return CustomEmojiView(
        custom_emoji=CustomEmoji(
            id=emoji.id,
            local_site_id=site_id,
            shortcode=emoji.shortcode,
            image_url=emoji.image_url,
            alt_text=emoji.alt_text,
            category=emoji.category,
            published=timestamp(emoji.created_at),
            updated=optional_timestamp(emoji.updated_at),
        ),
        keywords=[CustomEmojiKeyword(emoji.id, keyword) for keyword in view.keywords],
    )


def _local_site(value: domain.Site) -> LocalSite:
    return LocalSite(
        id=value.id,
        site_id=value.id,
        site_setup=value.is_set_up,
        enable_downvotes=value.enable_downvotes,
        enable_nsfw=value.enable_nsfw,
        community_creation_admin_only=value.community_creation_admin_only,
        require_email_verification=value.require_email_verification,
        application_question=value.application_question,
        private_instance=value.private_instance,
        default_theme=value.default_theme,
        default_post_listing_type=value.default_post_listing_type,
        legal_information=value.legal_information,
        hide_modlog_mod_names=value.hide_modlog_mod_names,
        application_email_admins=value.application_email_admins,
        slur_filter_regex=value.slur_filter_regex,
        actor_name_max_length=value.actor_name_max_length,
        federation_enabled=value.federation_enabled,
        captcha_enabled=value.captcha_enabled,
        captcha_difficulty=value.captcha_difficulty,
        published=timestamp(value.created_at),
        updated=optional_timestamp(value.updated_at),
        registration_mode=value.registration_mode,
        reports_email_admins=value.reports_email_admins,
        federation_signed_fetch=value.federation_signed_fetch,
        default_post_listing_mode=value.default_post_listing_mode,
        default_sort_type=value.default_sort_type,
    )


def _rate_limit(value: domain.Site) -> LocalSiteRateLimit:
    return LocalSiteRateLimit(
        local_site_id=value.id,
        message=value.rate_message,
        message_per_second=value.rate_message_s,
        post=value.rate_post,
        post_per_second=value.rate_post_s,
        register=value.rate_register,
        register_per_second=value.rate_register_s,
        image=value.rate_image,
        image_per_second=value.rate_image_s,
        comment=value.rate_comment,
        comment_per_second=value.rate_comment_s,
        search=value.rate_search,
        search_per_second=value.rate_search_s,
        published=timestamp(value.created_at),
        updated=optional_timestamp(value.updated_at),
        import_user_settings=value.rate_import_user_settings,
        import_user_settings_per_second=value.rate_import_user_settings_s,
    )


def _counts(value: domain.Site) -> SiteAggregates:
    return SiteAggregates(
        site_id=value.id,
        users=value.users,
        posts=value.posts,
        comments=value.comments,
        communities=value.communities,
        users_active_day=value.users_active_day,
        users_active_week=value.users_active_week,
        users_active_month=value.users_active_month,
        users_active_half_year=value.users_active_half_year,
    )
