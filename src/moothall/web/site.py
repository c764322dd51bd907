"""Pages about the site as a whole: the directory of communities, legal words."""

from typing import Any

from moothall.domain.community import CommunityQuery
from moothall.domain.errors import NotFound
from moothall.domain.post import Listing, PostSort
from moothall.door import Policy
from moothall.reads.community import list_communities

from . import wording
from .addresses import with_query
from .answer import Answer
from .forms import Form, PageNumber
from .page import Pages
from .visit import Visit

pages = Pages()

_PAGE = 40
_COMMUNITY_SORTS = {
    PostSort.HOT: "Lively",
    PostSort.TOP_ALL: "Most subscribers",
    PostSort.TOP_MONTH: "Active this month",
    PostSort.NEW: "Newest",
}


class Directory(Form, frozen=True, kw_only=True):
    """Which communities, in which order."""

    listing: Listing = Listing.ALL
    sort: PostSort = PostSort.HOT
    page: PageNumber = 1


@pages.get("/communities", who=Policy.PUBLIC)
async def show_communities(visit: Visit, form: Directory) -> Answer:
    """The directory of communities."""
    query = CommunityQuery(listing=form.listing, sort=form.sort, page=form.page, limit=_PAGE)
    communities = await visit.read(list_communities, query)

    def link(**changes: Any) -> str:
        kept = {"listing": form.listing, "sort": form.sort, **changes}
        return with_query("/communities", **kept)

    shown = list(Listing) if visit.viewer else [Listing.ALL, Listing.LOCAL]
    return visit.render(
        "communities.html",
        communities=communities,
        listings=[(wording.LISTINGS[x], link(listing=x), x == form.listing) for x in shown],
        sort_label=_COMMUNITY_SORTS.get(form.sort, wording.POST_SORTS[form.sort]),
        sorts=[(text, link(sort=x), x == form.sort) for x, text in _COMMUNITY_SORTS.items()],
        older=link(page=form.page + 1) if len(communities) == _PAGE else None,
        newer=link(page=form.page - 1) if form.page > 1 else None,
    )


@pages.get("/legal", who=Policy.ANYONE)
async def show_legal(visit: Visit) -> Answer:
    """What the site has to say about itself by law."""
    if not visit.site.legal_information:
        raise NotFound("unknown")
    await visit.admit()
    return visit.render("legal.html")
