"""Pages of private messages: conversations, writing, changing, reporting."""

from typing import Any, NamedTuple

from moothall.actions.private_message import create_message, edit_message
from moothall.actions.report import report_private_message
from moothall.domain.errors import ForumError, NotFound
from moothall.domain.ids import PrivateMessageId
from moothall.domain.notification import MessageQuery, PrivateMessageView
from moothall.domain.permissions import may_edit_message, require
from moothall.domain.user import Person, PersonView, Viewer
from moothall.door import Bucket, Policy
from moothall.reads.private_message import get_message, list_messages
from moothall.reads.user import get_profile

from .addresses import person_path, with_query
from .answer import Answer, see_other
from .forms import Form, PageNumber
from .page import Pages
from .visit import Visit

pages = Pages()

_PAGE = 20


class ListForm(Form, frozen=True, kw_only=True):
    """Which page."""

    page: PageNumber = 1


@pages.get("/messages", who=Policy.USER)
async def show_messages(visit: Visit, form: ListForm) -> Answer:
    """All messages, sent and received, newest first."""
    found = await visit.read_own(list_messages, MessageQuery(page=form.page, limit=_PAGE))
    return visit.render("messages.html", messages=found, **_neighbours("/messages", form, found))


class ConversationForm(ListForm, frozen=True, kw_only=True):
    """With whom, and what is said next."""

    name: str
    content: str = ""


class Conversation(NamedTuple):
    """What two people wrote to each other, newest first."""

    other: PersonView
    messages: list[PrivateMessageView]


def _read_conversation(tx: Any, viewer: Viewer, name: str, page: int) -> Conversation:
    other = get_profile(tx, viewer, name=name)
    query = MessageQuery(partner_id=other.person.id, page=page, limit=_PAGE)
    return Conversation(other, list_messages(tx, viewer, query))


@pages.get("/u/{name}/message", who=Policy.USER)
async def show_conversation(
    visit: Visit, form: ConversationForm, error: ForumError | None = None
) -> Answer:
    """The form for a message, above what was written before."""
    found = await visit.read_own(_read_conversation, form.name, form.page)
    path = f"{person_path(found.other.person)}/message"
    return visit.render(
        "conversation.html",
        form=form,
        to=found.other.person,
        messages=found.messages,
        error=error,
        **_neighbours(path, form, found.messages),
    )


@pages.post("/u/{name}/message", who=Policy.USER, bucket=Bucket.MESSAGE, again=show_conversation)
async def send_message(visit: Visit, form: ConversationForm) -> Answer:
    """Send a message."""
    to: PersonView = await visit.read(get_profile, name=form.name)
    message_id = await visit.act(create_message, to.person.id, form.content)
    return _to_message(to.person, message_id)


class EditForm(Form, frozen=True, kw_only=True):
    """New words."""

    message_id: int
    content: str = ""


@pages.get("/message/{message_id:int}/edit", who=Policy.USER)
async def show_edit(visit: Visit, form: EditForm, error: ForumError | None = None) -> Answer:
    """The form with what the message says now, or with what was typed before."""
    view = await visit.read_own(get_message, PrivateMessageId(form.message_id))
    require(may_edit_message(visit.need_viewer().person_id, view.creator.id))
    content = view.private_message.content if error is None else form.content
    return visit.render(
        "edit_message.html", form=form, to=view.recipient, content=content, error=error
    )


@pages.post(
    "/message/{message_id:int}/edit", who=Policy.USER, bucket=Bucket.MESSAGE, again=show_edit
)
async def take_edit(visit: Visit, form: EditForm) -> Answer:
    """Change one's own message."""
    message_id = PrivateMessageId(form.message_id)
    await visit.act(edit_message, message_id, form.content)
    view = await visit.read_own(get_message, message_id)
    return _to_message(view.recipient, message_id)


class ReportForm(Form, frozen=True, kw_only=True):
    """What is wrong with a message."""

    message_id: int
    reason: str = ""


@pages.get("/message/{message_id:int}/report", who=Policy.USER)
async def ask_report(visit: Visit, form: ReportForm, error: ForumError | None = None) -> Answer:
    """The form to report a message that one has received."""
    view = await visit.read_own(get_message, PrivateMessageId(form.message_id))
    if view.recipient.id != visit.need_viewer().person_id:
        raise NotFound("couldnt_find_private_message")
    return visit.render("report_message.html", form=form, view=view, error=error)


@pages.post(
    "/message/{message_id:int}/report", who=Policy.USER, bucket=Bucket.MESSAGE, again=ask_report
)
async def take_report(visit: Visit, form: ReportForm) -> Answer:
    """Report it to the admins."""
    message_id = PrivateMessageId(form.message_id)
    await visit.act(report_private_message, message_id, form.reason.strip())
    view = await visit.read_own(get_message, message_id)
    here = f"{person_path(view.creator)}/message"
    return visit.render("reported.html", here=here, readers="The admins")


def _to_message(person: Person, message_id: PrivateMessageId) -> Answer:
    return see_other(f"{person_path(person)}/message#message-{message_id}")


def _neighbours(path: str, form: ListForm, shown: list[PrivateMessageView]) -> dict[str, Any]:
    return {
        "older": with_query(path, page=form.page + 1) if len(shown) == _PAGE else None,
        "newer": with_query(path, page=form.page - 1) if form.page > 1 else None,
    }
