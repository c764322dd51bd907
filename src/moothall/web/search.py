"""The page that searches."""

from typing import Annotated, Any

from msgspec import Meta

from moothall.domain.search import SearchQuery, SearchResults, SearchType
from moothall.door import Bucket, Policy
from moothall.reads.search import search

from .addresses import with_query
from .answer import Answer
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
async def show_search(visit: Visit, form: SearchForm) -> Answer:
    """The form, and what was found."""
    words = form.q.strip()
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
    )


def _kind(form: SearchForm, words: str) -> SearchType:
    is_address = words.startswith(("http://", "https://")) and " " not in words
    return SearchType.URL if is_address and form.kind == SearchType.ALL else form.kind
