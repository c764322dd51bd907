"""The queue of reports, for those who decide on them."""

from typing import Any, NamedTuple

from moothall.domain.moderation import (
    CommentReportView,
    PostReportView,
    PrivateMessageReportView,
    ReportQuery,
)
from moothall.domain.user import Viewer
from moothall.door import Policy
from moothall.reads import report as reads

from .addresses import with_query
from .answer import Answer
from .forms import Form, PageNumber
from .page import Pages
from .visit import Visit

pages = Pages()

_PAGE = 20


class QueueForm(Form, frozen=True, kw_only=True):
    """Which reports; `settled` those that were resolved too."""

    settled: bool = False
    page: PageNumber = 1


class Queue(NamedTuple):
    """The reports that a viewer decides on."""

    posts: list[PostReportView]
    comments: list[CommentReportView]
    messages: list[PrivateMessageReportView]


@pages.get("/reports", who=Policy.MODERATOR_ANYWHERE)
async def show_reports(visit: Visit, form: QueueForm) -> Answer:
    """The queue of reports."""
    query = ReportQuery(unresolved_only=not form.settled, page=form.page, limit=_PAGE)
    queue = await visit.read_own(_read_queue, query)
    is_full = any(len(each) == _PAGE for each in queue)

    def link(**changes: Any) -> str:
        return with_query("/reports", **{"settled": form.settled or None, **changes})

    return visit.render(
        "reports.html",
        queue=queue,
        kinds=[
            ("Waiting", "/reports", not form.settled),
            ("All", "/reports?settled=true", form.settled),
        ],
        older=link(page=form.page + 1) if is_full else None,
        newer=link(page=form.page - 1) if form.page > 1 else None,
    )


def _read_queue(tx: Any, viewer: Viewer, query: ReportQuery) -> Queue:
    return Queue(
        reads.list_post_reports(tx, viewer, query),
        reads.list_comment_reports(tx, viewer, query),
        reads.list_private_message_reports(tx, viewer, query) if viewer.is_admin else [],
    )
