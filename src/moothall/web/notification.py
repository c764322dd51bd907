"""Pages of what waits for somebody: replies, mentions and private messages received, as one inbox."""

from typing import Any, NamedTuple

from moothall.actions.notification import mark_all_read
from moothall.door import Bucket, Policy
from moothall.reads.notification import inbox

from .addresses import with_query
from .answer import Answer, see_other
from .forms import Form
from .page import Pages
from .post import Cursor
from .visit import Visit

pages = Pages()


class InboxForm(Form, frozen=True, kw_only=True):
    """Which entries, from where on."""

    unread: bool = False
    after: Cursor | None = None


class Entry(NamedTuple):
    """One entry of the inbox. `acts` begins the verbs that mark it: "read:reply:5"."""

    kind: str
    view: Any
    read: bool
    acts: str


@pages.get("/inbox", who=Policy.USER)
async def show_inbox(visit: Visit, form: InboxForm) -> Answer:
    """Everything that others told this person, newest first."""
    page = await visit.read_own(inbox, unread_only=form.unread, after=form.after)

    def link(**changes: Any) -> str:
        return with_query("/inbox", **{"unread": form.unread or None, **changes})

    return visit.render(
        "inbox.html",
        entries=[_entry(each) for each in page.entries],
        kinds=[
            ("All", "/inbox", not form.unread),
            ("Unread", "/inbox?unread=true", form.unread),
            ("Messages", "/messages", False),
        ],
        older=None if page.next_cursor is None else link(after=page.next_cursor),
    )


def _entry(view: Any) -> Entry:
    if hasattr(view, "private_message"):
        message = view.private_message
        return Entry("message", view, message.read, f"read:message:{message.id}")
    note = view.notification
    return Entry(note.kind, view, note.read, f"read:{note.kind}:{note.id}")


@pages.post("/inbox/read", who=Policy.USER, bucket=Bucket.MESSAGE)
async def read_all(visit: Visit) -> Answer:
    """Mark everything as read."""
    await visit.act_own(mark_all_read)
    return see_other("/inbox")
