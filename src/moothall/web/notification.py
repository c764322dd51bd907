"""Pages of what waits for somebody: replies, mentions and private messages as one inbox."""

from typing import Any, NamedTuple

from moothall.actions.notification import mark_all_read
from moothall.actions.private_message import create_message
from moothall.domain.errors import ForumError
from moothall.domain.user import PersonView
from moothall.door import Bucket, Policy
from moothall.reads.notification import inbox
from moothall.reads.user import get_profile

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


class MessageForm(Form, frozen=True, kw_only=True):
    """A message to somebody."""

    name: str
    content: str = ""


@pages.get("/u/{name}/message", who=Policy.USER)
async def show_message(visit: Visit, form: MessageForm, error: ForumError | None = None) -> Answer:
    """The form for a private message."""
    to: PersonView = await visit.read(get_profile, name=form.name)
    return visit.render("message.html", form=form, to=to.person, error=error)


@pages.post("/u/{name}/message", who=Policy.USER, bucket=Bucket.MESSAGE, again=show_message)
async def send_message(visit: Visit, form: MessageForm) -> Answer:
    """Send it."""
    to: PersonView = await visit.read(get_profile, name=form.name)
    await visit.act(create_message, to.person.id, form.content)
    return visit.render("sent.html", to=to.person)
