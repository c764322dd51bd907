"""Pages of people: profiles, and what one has saved oneself."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from moothall.domain.moderation import CommunityBan
from moothall.domain.post import PostSort
from moothall.domain.site import Site
from moothall.domain.user import PersonView, Viewer
from moothall.door import Policy
from moothall.reads.moderation import list_bans_of
from moothall.reads.profile import PersonDetails, ProfileQuery, Show, get_person_details

from .addresses import path_of, person_path, with_query
from .answer import Answer, moved
from .forms import Form
from .page import Pages
from .post import Cursor
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
    """Posts or comments, in which order, from where on."""

    show: Literal["posts", "comments"] = "posts"
    sort: PostSort = PostSort.NEW
    after: Cursor | None = None

    def query(self, **whose: Any) -> ProfileQuery:
        """The same for reading: a profile, or what is saved."""
        return ProfileQuery(
            sort=self.sort,
            show=Show(self.show),
            limit=_PAGE,
            after=self.after,
            with_html=True,
            **whose,
        )


class ProfileForm(WritingsForm, frozen=True, kw_only=True):
    """Whose."""

    name: str


@pages.get("/u/{name}", who=Policy.PUBLIC)
async def show_person(visit: Visit, form: ProfileForm) -> Answer:
    """A profile."""
    name, _, host = form.name.partition("@")
    if host == visit.home.domain:
        return moved(path_of("u", name, None))
    profile = await visit.read(_read_profile, form.query(name=form.name), visit.site)
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


def _read_profile(tx: Any, viewer: Viewer | None, query: ProfileQuery, site: Site) -> Profile:
    details = get_person_details(tx, viewer, query, site=site)
    return Profile(details, list_bans_of(tx, viewer, details.person.person.id))


@pages.get("/saved", who=Policy.USER)
async def show_saved(visit: Visit, form: WritingsForm) -> Answer:
    """What this person keeps for later."""
    found = await visit.read_own(_read_saved, form)
    kinds = [
        ("Posts", "/saved", form.show == "posts"),
        ("Comments", "/saved?show=comments", form.show == "comments"),
    ]
    return visit.render("saved.html", **_list_values(found, form, "/saved"), kinds=kinds)


def _read_saved(tx: Any, viewer: Viewer, form: WritingsForm) -> PersonDetails:
    query = form.query(person_id=viewer.person_id, saved_only=True)
    return get_person_details(tx, viewer, query)


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
    return {
        "show": form.show,
        "posts": found.posts,
        "comments": found.comments,
        "sort_label": _SORTS.get(form.sort, "Newest"),
        "sorts": [(text, link(sort=each), each == form.sort) for each, text in _SORTS.items()],
        "older": None if found.next_cursor is None else link(after=found.next_cursor),
        "newer": None if form.after is None else link(),
    }


def _linker(form: WritingsForm, path: str) -> Callable[..., str]:
    def link(**changes: Any) -> str:
        kept = {
            "show": None if form.show == "posts" else form.show,
            "sort": None if form.sort == PostSort.NEW else form.sort,
        }
        return with_query(path, **{**kept, **changes})

    return link
