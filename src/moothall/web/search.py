"""The page that searches, and asks other servers for what is not known here."""

import contextlib
from typing import Annotated, Any

from msgspec import Meta

from moothall.domain.address import own_address
from moothall.domain.errors import ForumError, NotFound
from moothall.domain.names import split_handle
from moothall.domain.search import Found, SearchQuery, SearchResults, SearchType
from moothall.door import Bucket, Policy
from moothall.reads.resolve import resolve_object
from moothall.reads.search import search

from .addresses import community_path, host_of, person_path, with_query
from .answer import Answer, see_other
from .forms import Form, PageNumber
from .page import Pages
from .visit import Visit

pages = Pages()

_PAGE = 20
_FEW = 6
_KINDS = {
    SearchType.ALL: "All",
    SearchType.POSTS: "Posts",
    SearchType.COMMENTS: "Comments",
    SearchType.COMMUNITIES: "Communities",
    SearchType.USERS: "People",
}


class SearchForm(Form, frozen=True, kw_only=True):
    """What is looked for; `community` is a name, empty for everywhere."""

    q: Annotated[str, Meta(max_length=1000)] = ""
    kind: SearchType = SearchType.ALL
    community: Annotated[str, Meta(max_length=300)] = ""
    page: PageNumber = 1


@pages.get("/search", who=Policy.PUBLIC, bucket=Bucket.SEARCH)
async def show_search(visit: Visit, form: SearchForm, error: ForumError | None = None) -> Answer:
    """The form, and what was found."""
    words = form.q.strip()
    own_path = await _own_path(visit, form, words)
    if own_path is not None:
        return see_other(own_path)
    limit = _FEW if form.kind == SearchType.ALL else _PAGE
    found = SearchResults([], [], [], [])
    if words:
        query = SearchQuery(words, _kind(form, words), page=form.page, limit=limit, with_html=True)
        place = form.community.strip().removeprefix("!") or None
        found = await visit.read_long(search, query, community_name=place)

    def link(**changes: Any) -> str:
        kept = {"q": form.q, "kind": form.kind, "community": form.community or None}
        return with_query("/search", **{**kept, **changes})

    is_full = form.kind != SearchType.ALL and any(len(each) == limit for each in found)
    return visit.render(
        "search.html",
        form=form,
        words=words,
        found=found,
        nothing=not any(found),
        kinds=[(text, link(kind=each), each == form.kind) for each, text in _KINDS.items()],
        more={each.name: link(kind=each) for each in _KINDS} if form.kind == SearchType.ALL else {},
        few=_FEW,
        older=link(page=form.page + 1) if is_full else None,
        newer=link(page=form.page - 1) if form.page > 1 else None,
        elsewhere=_other_host(visit, words),
        error=error,
    )


@pages.post("/look_up", who=Policy.USER, bucket=Bucket.SEARCH, again=show_search)
async def look_up(visit: Visit, form: SearchForm) -> Answer:
    """Ask another server for what an address or a handle means, and go there."""
    if not await visit.look_up(form.q):
        raise NotFound("couldnt_find_object")
    return see_other(_path_of(await visit.read(resolve_object, form.q)))


async def _own_path(visit: Visit, form: SearchForm, words: str) -> str | None:
    """Where the address of a page of ours leads; None for other words, and for what is not there.

    Who asks for one kind of things means the links to that page.
    """
    if form.kind != SearchType.ALL or own_address(visit.home, words) is None:
        return None
    with contextlib.suppress(NotFound):
        return _path_of(await visit.read(resolve_object, words))
    return None


def _other_host(visit: Visit, words: str) -> str | None:
    """The server that could be asked for this; None where it is no address or handle of others."""
    if visit.viewer is None or visit.parts.look_up is None or " " in words:
        return None
    if words.startswith(("http://", "https://")):
        host: str | None = host_of(words)
    else:
        _, host = split_handle(words.removeprefix("!"), visit.home.domain)
    return None if host in ("", host_of(visit.home.base_url)) else host


def _path_of(found: Found) -> str:
    if found.community is not None:
        return community_path(found.community.community)
    if found.person is not None:
        return person_path(found.person.person)
    if found.comment is not None:
        return f"/comment/{found.comment.comment.id}"
    return "/" if found.post is None else f"/post/{found.post.post.id}"


def _kind(form: SearchForm, words: str) -> SearchType:
    is_address = words.startswith(("http://", "https://")) and " " not in words
    return SearchType.URL if is_address and form.kind == SearchType.ALL else form.kind
