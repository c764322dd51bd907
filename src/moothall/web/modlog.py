"""The public log of what moderators and admins did."""

from typing import Any

from moothall.domain.ids import CommunityId, PersonId
from moothall.domain.moderation import ModlogKind, ModlogQuery
from moothall.door import Policy
from moothall.reads.moderation import modlog

from . import wording
from .addresses import with_query
from .answer import Answer
from .forms import Form, Id, PageNumber
from .page import Pages
from .visit import Visit

pages = Pages()

_PAGE = 20


class LogForm(Form, frozen=True, kw_only=True):
    """Which acts of moderators."""

    kind: ModlogKind | None = None
    community: Id | None = None
    person: Id | None = None
    page: PageNumber = 1


@pages.get("/modlog", who=Policy.PUBLIC)
async def show_modlog(visit: Visit, form: LogForm) -> Answer:
    """What moderators and admins did."""
    query = ModlogQuery(
        kind=form.kind,
        community_id=None if form.community is None else CommunityId(form.community),
        person_id=None if form.person is None else PersonId(form.person),
        page=form.page,
        limit=_PAGE,
    )
    acts = await visit.read(modlog, query)

    def link(**changes: Any) -> str:
        kept = {"kind": form.kind, "community": form.community, "person": form.person}
        return with_query("/modlog", **{**kept, **changes})

    return visit.render(
        "modlog.html",
        acts=acts,
        kinds=[("Everything", link(kind=None), form.kind is None)]
        + [(text, link(kind=each), each == form.kind) for each, text in wording.ACTS.items()],
        kind_label="Everything" if form.kind is None else wording.ACTS[form.kind],
        older=link(page=form.page + 1) if len(acts) == _PAGE else None,
        newer=link(page=form.page - 1) if form.page > 1 else None,
    )
