"""Pages of the site's settings, for admins: one sheet for each kind of question."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from moothall.actions.site_settings import edit_site
from moothall.actions.text import Trial, try_rules
from moothall.domain.errors import ForumError, Invalid
from moothall.domain.ids import LanguageId
from moothall.domain.post import PostSort
from moothall.domain.site import PostListingMode, RegistrationMode, SiteChanges
from moothall.domain.site_rules import MAX_TEXT
from moothall.door import Bucket, Policy
from moothall.reads.site import SiteSettings, site_settings

from .answer import Answer, see_other
from .forms import Form
from .page import Pages
from .visit import Visit

pages = Pages()

_MAX_NUMBER = 2**31 - 1


class Sheet(Form, frozen=True, kw_only=True):
    """Base of the sheets: their fields are those of `SiteChanges`, whole.

    Numbers come as texts, so that a wrong one is told beside its field; lists as one line each.
    """

    saved: bool = False


class LookSheet(Sheet, frozen=True, kw_only=True):
    """What the site says about itself."""

    name: str = ""
    description: str = ""
    sidebar: str = ""
    taglines: str = ""
    icon: str = ""
    banner: str = ""
    content_warning: str = ""
    legal_information: str = ""


class ListsSheet(Sheet, frozen=True, kw_only=True):
    """What lists show, and what may be written."""

    default_post_listing_type: str = "All"
    default_sort_type: PostSort = PostSort.ACTIVE
    enable_downvotes: bool = False
    enable_nsfw: bool = False
    community_creation_admin_only: bool = False
    discussion_languages: list[LanguageId] = msgspec.field(default_factory=list)
    default_post_listing_mode: PostListingMode = PostListingMode.LIST
    default_theme: str = ""


class JoiningSheet(Sheet, frozen=True, kw_only=True):
    """Who may open an account, and how."""

    registration_mode: RegistrationMode = RegistrationMode.REQUIRE_APPLICATION
    application_question: str = ""
    application_email_admins: bool = False
    require_email_verification: bool = False
    captcha_enabled: bool = False
    captcha_difficulty: str = "medium"
    actor_name_max_length: str = ""


class RulesSheet(Sheet, frozen=True, kw_only=True):
    """What is refused, and who is told. `try_out`: nothing is stored, `sample` is tried."""

    slur_filter_regex: str = ""
    blocked_urls: str = ""
    reports_email_admins: bool = False
    hide_modlog_mod_names: bool = False
    sample: Annotated[str, Meta(max_length=MAX_TEXT)] = ""
    try_out: bool = False


class ReachSheet(Sheet, frozen=True, kw_only=True):
    """Who sees the site: only members, everybody, which other servers."""

    private_instance: bool = False
    federation_enabled: bool = False
    allowed_instances: str = ""
    blocked_instances: str = ""


class LimitsSheet(Sheet, frozen=True, kw_only=True):
    """How much at once, and in how many seconds."""

    rate_message: str = ""
    rate_message_s: str = ""
    rate_post: str = ""
    rate_post_s: str = ""
    rate_comment: str = ""
    rate_comment_s: str = ""
    rate_image: str = ""
    rate_image_s: str = ""
    rate_search: str = ""
    rate_search_s: str = ""
    rate_register: str = ""
    rate_register_s: str = ""


_LISTS = frozenset({"taglines", "blocked_urls", "allowed_instances", "blocked_instances"})
_NUMBERS = frozenset({"actor_name_max_length", *LimitsSheet.__struct_fields__}) - {"saved"}


@pages.get("/admin", who=Policy.ADMIN)
async def show_look(visit: Visit, form: LookSheet, error: ForumError | None = None) -> Answer:
    """What the site says about itself."""
    return await _show(visit, "look", form, error)


@pages.post("/admin", who=Policy.ADMIN, bucket=Bucket.MESSAGE, again=show_look)
async def take_look(visit: Visit, form: LookSheet) -> Answer:
    """Store it."""
    return await _take(visit, "/admin", form)


@pages.get("/admin/lists", who=Policy.ADMIN)
async def show_lists(visit: Visit, form: ListsSheet, error: ForumError | None = None) -> Answer:
    """What lists show, and what may be written."""
    return await _show(visit, "lists", form, error)


@pages.post("/admin/lists", who=Policy.ADMIN, bucket=Bucket.MESSAGE, again=show_lists)
async def take_lists(visit: Visit, form: ListsSheet) -> Answer:
    """Store it."""
    return await _take(visit, "/admin/lists", form)


@pages.get("/admin/joining", who=Policy.ADMIN)
async def show_joining(visit: Visit, form: JoiningSheet, error: ForumError | None = None) -> Answer:
    """Who may open an account."""
    return await _show(visit, "joining", form, error)


@pages.post("/admin/joining", who=Policy.ADMIN, bucket=Bucket.MESSAGE, again=show_joining)
async def take_joining(visit: Visit, form: JoiningSheet) -> Answer:
    """Store it."""
    return await _take(visit, "/admin/joining", form)


@pages.get("/admin/rules", who=Policy.ADMIN)
async def show_rules(
    visit: Visit, form: RulesSheet, error: ForumError | None = None, trial: Trial | None = None
) -> Answer:
    """What is refused."""
    return await _show(visit, "rules", form, error, trial=trial)


@pages.post("/admin/rules", who=Policy.ADMIN, bucket=Bucket.MESSAGE, again=show_rules)
async def take_rules(visit: Visit, form: RulesSheet) -> Answer:
    """Store it, or only say what it would do to a text."""
    if not form.try_out:
        return await _take(visit, "/admin/rules", form)
    await visit.admit()
    trial = try_rules(form.slur_filter_regex.strip(), _lines(form.blocked_urls), form.sample)
    return await show_rules(visit, form, trial=trial)


@pages.get("/admin/reach", who=Policy.ADMIN)
async def show_reach(visit: Visit, form: ReachSheet, error: ForumError | None = None) -> Answer:
    """Who sees the site."""
    return await _show(visit, "reach", form, error)


@pages.post("/admin/reach", who=Policy.ADMIN, bucket=Bucket.MESSAGE, again=show_reach)
async def take_reach(visit: Visit, form: ReachSheet) -> Answer:
    """Store it."""
    return await _take(visit, "/admin/reach", form)


@pages.get("/admin/limits", who=Policy.ADMIN)
async def show_limits(visit: Visit, form: LimitsSheet, error: ForumError | None = None) -> Answer:
    """How much at once."""
    return await _show(visit, "limits", form, error)


@pages.post("/admin/limits", who=Policy.ADMIN, bucket=Bucket.MESSAGE, again=show_limits)
async def take_limits(visit: Visit, form: LimitsSheet) -> Answer:
    """Store it."""
    return await _take(visit, "/admin/limits", form)


async def _show(
    visit: Visit, tab: str, form: Sheet, error: ForumError | None, trial: Trial | None = None
) -> Answer:
    """A sheet as it is stored, or as it was typed."""
    stored = await visit.read(site_settings)
    is_typed = error is not None or trial is not None
    return visit.render(
        f"admin_{tab}.html",
        form=form if is_typed else _stored(form, stored),
        error=error,
        trial=trial,
        tab=tab,
    )


async def _take(visit: Visit, path: str, form: Sheet) -> Answer:
    changes = _changes(form, await visit.read(site_settings))
    await visit.act(edit_site, changes, sends_mail=visit.parts.sends_mail)
    visit.site_changed()
    return see_other(f"{path}?saved=true")


def _stored(form: Sheet, settings: SiteSettings) -> Sheet:
    names = [name for name in form.__struct_fields__ if name in SiteChanges._fields]
    values = {name: _shown(name, settings) for name in names}
    return msgspec.convert({**values, "saved": form.saved}, type(form), strict=False)


def _shown(name: str, settings: SiteSettings) -> Any:
    if name == "discussion_languages":
        return settings.lists.language_ids
    if name in _LISTS:
        return "\n".join(_stored_list(name, settings))
    value = getattr(settings.site, name)
    if name in _NUMBERS:
        return str(value)
    return "" if value is None else value


def _stored_list(name: str, settings: SiteSettings) -> list[str]:
    if name == "taglines":
        return [each.content for each in settings.lists.taglines]
    if name == "blocked_urls":
        return [each.url for each in settings.lists.blocked_urls]
    return settings.allowed if name == "allowed_instances" else settings.blocked


def _changes(form: Sheet, settings: SiteSettings) -> SiteChanges:
    """What a sheet says. Raises Invalid `not_a_number`."""
    given: dict[str, Any] = {}
    for name, value in msgspec.structs.asdict(form).items():
        if name in _LISTS:
            # A tagline of several lines, made by an app, is not torn apart by being shown here.
            if value != "\n".join(_stored_list(name, settings)):
                given[name] = _lines(value)
        elif name in _NUMBERS:
            given[name] = _number(name, value)
        elif name in SiteChanges._fields:
            given[name] = value
    return SiteChanges(**given)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _number(name: str, text: str) -> int:
    text = text.strip()
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:12]) <= _MAX_NUMBER):
        raise Invalid("not_a_number", field=name)
    return int(text)
