"""What the site's settings may be: pure checks, each with the code that clients know."""

import re

from .errors import Invalid
from .languages import LANGUAGES
from .site import RegistrationMode, Site, SiteChanges
from .text import length

MAX_TEXT = 10_000
MAX_LEGAL = 50_000
MAX_ENTRIES = 10_000
_MAX_NAME = 20
_MAX_DESCRIPTION = 150
_MAX_THEME = 60
_HOST = re.compile(
    r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*"
)
_RATES = tuple(name for name in SiteChanges._fields if name.startswith("rate_"))
_LISTS = ("taglines", "blocked_urls", "allowed_instances", "blocked_instances")
_ALL_LANGUAGES = frozenset(each.id for each in LANGUAGES)


def checked_site_name(name: str) -> str:
    """The name as it is stored: 1 to 20 UTF-16 units on one line.

    Raises Invalid `site_name_required` and `site_name_length_overflow`.
    """
    name = " ".join(name.split())
    if not name:
        raise Invalid("site_name_required")
    if length(name) > _MAX_NAME:
        raise Invalid("site_name_length_overflow")
    return name


def check_site(site: Site, changes: SiteChanges) -> None:
    """Refuse settings that are out of range or contradict each other."""
    if length(changes.description or "") > _MAX_DESCRIPTION:
        raise Invalid("site_description_length_overflow", field="description")
    if changes.default_post_listing_type not in (None, "All", "Local"):
        raise Invalid("invalid_default_post_listing_type", field="default_post_listing_type")
    _check_question(site, changes)
    for name, most in (
        ("content_warning", MAX_TEXT),
        ("application_question", MAX_TEXT),
        ("legal_information", MAX_LEGAL),
    ):
        if length(getattr(changes, name) or "") > most:
            raise Invalid("invalid_body_field", f"{name} is too long", field=name)
    _check_ranges(changes)
    for name in _LISTS:
        if len(getattr(changes, name) or ()) > MAX_ENTRIES:
            raise Invalid("too_many_items", field=name)
    if not _ALL_LANGUAGES.issuperset(changes.discussion_languages or ()):
        raise Invalid("language_not_allowed", field="discussion_languages")
    _check_privacy(site, changes)


def _check_privacy(site: Site, changes: SiteChanges) -> None:
    """Other servers show to everybody what they are sent, so a private site sends nothing."""
    given = (changes.private_instance, changes.federation_enabled)
    stored = (site.private_instance, site.federation_enabled)
    if given != (None, None) and all(
        old if new is None else new for new, old in zip(given, stored, strict=True)
    ):
        raise Invalid(
            "cant_enable_private_instance_and_federation_together", field="private_instance"
        )


def _check_question(site: Site, changes: SiteChanges) -> None:
    asked = changes.application_question
    question = site.application_question if asked is None else asked
    mode = changes.registration_mode or site.registration_mode
    if mode == RegistrationMode.REQUIRE_APPLICATION and not (question or "").strip():
        raise Invalid("application_question_required", field="application_question")


def _check_ranges(changes: SiteChanges) -> None:
    if changes.actor_name_max_length is not None and not 5 <= changes.actor_name_max_length <= 100:
        raise Invalid(
            "invalid_name",
            "actor_name_max_length must be from 5 to 100",
            field="actor_name_max_length",
        )
    if changes.captcha_difficulty not in (None, "easy", "medium", "hard"):
        raise Invalid(
            "unknown", "captcha_difficulty must be easy, medium or hard", field="captcha_difficulty"
        )
    if length(changes.default_theme or "") > _MAX_THEME:
        raise Invalid("unknown", "default_theme is too long", field="default_theme")
    for name in _RATES:
        value = getattr(changes, name)
        # An interval of 0 means "as it is" to clients; nothing at all would lock everybody out.
        least = 0 if name.endswith("_s") else 1
        if value is not None and value < least:
            raise Invalid("unknown", f"{name} must be at least {least}", field=name)


def checked_host(text: str) -> str:
    """The host of an entry in an allow or block list: lower case, no scheme, no port.

    Raises Invalid `invalid_url`.
    """
    host = text.strip().lower().split("//", 1)[-1].split("/", 1)[0].rsplit(":", 1)[0].rstrip(".")
    try:
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        raise Invalid("invalid_url", text[:100]) from None
    if len(host) > 253 or not _HOST.fullmatch(host):
        raise Invalid("invalid_url", text[:100])
    return host
