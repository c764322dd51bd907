"""Private messages, as the two people see them between whom they went. Nobody else does."""

from moothall.domain.errors import NotFound
from moothall.domain.ids import PrivateMessageId
from moothall.domain.notification import MessageQuery, PrivateMessageView
from moothall.domain.user import Viewer
from moothall.storage import private_message as messages
from moothall.storage.transaction import Transaction


def list_messages(tx: Transaction, viewer: Viewer, query: MessageQuery) -> list[PrivateMessageView]:
    """A page of messages, without those that are gone or come from somebody blocked."""
    return messages.list_views(tx.conn, viewer.person_id, query)


def get_message(
    tx: Transaction, viewer: Viewer, message_id: PrivateMessageId
) -> PrivateMessageView:
    """One message. Its sender sees it after deleting it too, so that they may restore it.

    Raises NotFound `couldnt_find_private_message`.
    """
    view = messages.get_view(tx.conn, message_id, viewer.person_id)
    if view is None or view.private_message.removed:
        raise NotFound("couldnt_find_private_message")
    of = view.private_message
    if of.deleted and of.creator_id != viewer.person_id:
        raise NotFound("couldnt_find_private_message")
    return view
