"""Pages of people: profiles, and what one has saved oneself."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from moothall.domain.ids import PersonId
from moothall.domain.moderation import CommunityBan
from moothall.domain.post import PostSort
from moothall.domain.user import PersonView, Viewer
from moothall.door import Policy
from moothall.reads.moderation import list_bans_of
from moothall.reads.profile import PersonDetails, ProfileQuery, get_person_details

from .addresses import path_of, person_path, with_query
from .answer import Answer, moved
from .forms import Form, PageNumber
from .page import Pages
from .visit import Visit

pages = Pages()

_PAGE = 20
_SORTS = {
    PostSort.NEW: "Newest",
    PostSort.TOP_ALL: "Best",
    PostSort.OLD: "Oldest",
    PostSort.CONTROVERSIAL: "Controversial",
}


class WritingsForm(Form, frozen=True, kw_only=True):
    """Posts or comments, in which order, which page."""

    show: Literal["posts", "comments"] = "posts"
    sort: PostSort = PostSort.NEW
    page: PageNumber = 1


class ProfileForm(WritingsForm, frozen=True, kw_only=True):
    """Whose."""

    name: str


@pages.get("/u/{name}", who=Policy.PUBLIC)
async def show_person(visit: Visit, form: ProfileForm) -> Answer:
    """A profile."""
    name, _, host = form.name.partition("@")
    if host == visit.home.domain:
        return moved(path_of("u", name, None))
    query = ProfileQuery(
        name=form.name, sort=form.sort, limit=_PAGE, page=form.page, with_html=True
    )
    profile = await visit.read(_read_profile, query)
    found = profile.details
    path = person_path(found.person.person)
    return visit.render(
        "person.html",
        view=found.person,
        bans=profile.bans,
        moderates=found.moderates,
        **_list_values(found, form, path),
        kinds=_kinds(found.person, form, path),
    )


class Profile(NamedTuple):
    """What a profile's page shows: with the bans that concern who reads it."""

    details: PersonDetails
    bans: list[CommunityBan]


def _read_profile(tx: Any, viewer: Viewer | None, query: ProfileQuery) -> Profile:
    details = get_person_details(tx, viewer, query)
    return Profile(details, list_bans_of(tx, viewer, details.person.person.id))


@pages.get("/saved", who=Policy.USER)
async def show_saved(visit: Visit, form: WritingsForm) -> Answer:
    """What this person keeps for later."""
    viewer = await visit.admit()
    query = ProfileQuery(
        person_id=None if viewer is None else PersonId(viewer.person_id),
        saved_only=True,
        sort=form.sort,
        limit=_PAGE,
        page=form.page,
        with_html=True,
    )
    found = await visit.read(get_person_details, query)
    kinds = [
        ("Posts", "/saved", form.show == "posts"),
        ("Comments", "/saved?show=comments", form.show == "comments"),
    ]
    return visit.render("saved.html", **_list_values(found, form, "/saved"), kinds=kinds)


def _kinds(view: PersonView, form: WritingsForm, path: str) -> list[tuple[str, str, bool]]:
    return [
        (f"Posts {view.counts.post_count}", path, form.show == "posts"),
        (
            f"Comments {view.counts.comment_count}",
            with_query(path, show="comments"),
            form.show == "comments",
        ),
    ]


def _list_values(found: PersonDetails, form: WritingsForm, path: str) -> dict[str, Any]:
    link = _linker(form, path)
    shown = found.posts if form.show == "posts" else found.comments
    return {
        "show": form.show,
        "posts": found.posts,
        "comments": found.comments,
        "sort_label": _SORTS.get(form.sort, "Newest"),
        "sorts": [(text, link(sort=each), each == form.sort) for each, text in _SORTS.items()],
        "older": link(page=form.page + 1) if len(shown) == _PAGE else None,
        "newer": link(page=form.page - 1) if form.page > 1 else None,
    }


def _linker(form: WritingsForm, path: str) -> Callable[..., str]:
    def link(**changes: Any) -> str:
        kept = {
            "show": None if form.show == "posts" else form.show,
            "sort": None if form.sort == PostSort.NEW else form.sort,
        }
        return with_query(path, **{**kept, **changes})

    return link
