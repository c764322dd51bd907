"""Writing to one person: send, edit, delete, mark as read."""

from moothall.domain.errors import NotFound
from moothall.domain.ids import PersonId, PrivateMessageId
from moothall.domain.notification import PrivateMessage
from moothall.domain.permissions import may_edit_message, may_mark_message, may_write_to, require
from moothall.domain.user import Doer
from moothall.storage import event
from moothall.storage import private_message as messages
from moothall.storage.transaction import Transaction
from moothall.storage.user import get_person

from .media import note_uses
from .notification import mail_notification, quoted
from .text import MAX_BODY, prepare_words

_MISSING = "couldnt_find_private_message"


def create_message(
    tx: Transaction, by: Doer, recipient_id: PersonId, content: str
) -> PrivateMessageId:
    """Send a message.

    Raises NotFound `couldnt_find_person`, NotAllowed `person_is_blocked` where one of the two
    blocks the other, Invalid as `prepare_words` does.
    """
    recipient = get_person(tx.conn, recipient_id)
    if recipient is None or recipient.deleted:
        raise NotFound("couldnt_find_person")
    _require_open(tx, by, recipient_id)
    text, html = prepare_words(tx, content, MAX_BODY)
    message_id = messages.add_message(
        tx.conn, by.person_id, recipient_id, text, html, tx.now, local=by.local
    )
    note_uses(tx, "message", message_id, by.person_id, text)
    event.add(tx.conn, "private_message_created", tx.now, private_message_id=message_id)
    mail_notification(
        tx,
        recipient_id,
        f"{by.name} wrote to you",
        f"{quoted(text)}\n\n{tx.home.base_url}/inbox",
    )
    return message_id


def edit_message(tx: Transaction, by: Doer, message_id: PrivateMessageId, content: str) -> None:
    """Change one's own message; not where one could not send it any more.

    Raises NotFound `couldnt_find_private_message`, NotAllowed `edit_private_message_not_allowed`
    or `person_is_blocked`, Invalid as `prepare_words` does.
    """
    before = _find_own(tx, by, message_id)
    if before.deleted:
        raise NotFound(_MISSING)
    _require_open(tx, by, before.recipient_id)
    text, html = prepare_words(tx, content, MAX_BODY)
    messages.update_message(tx.conn, message_id, content=text, content_html=html, updated_at=tx.now)
    note_uses(tx, "message", message_id, by.person_id, text)
    event.add(tx.conn, "private_message_edited", tx.now, private_message_id=message_id)


def delete_message(
    tx: Transaction, by: Doer, message_id: PrivateMessageId, *, deleted: bool
) -> None:
    """Take back one's own message, or restore it; it does not matter if it is so already.

    Raises as `edit_message` does; taking back is always possible.
    """
    before = _find_own(tx, by, message_id)
    if before.deleted == deleted:
        return
    if not deleted:
        _require_open(tx, by, before.recipient_id)
    messages.update_message(tx.conn, message_id, deleted=deleted, updated_at=tx.now)
    kind = "private_message_deleted" if deleted else "private_message_restored"
    event.add(tx.conn, kind, tx.now, private_message_id=message_id)


def mark_message(tx: Transaction, by: Doer, message_id: PrivateMessageId, *, read: bool) -> None:
    """Mark a message that one has received.

    Raises NotFound `couldnt_find_private_message`, NotAllowed `couldnt_update_private_message`
    for its sender.
    """
    message = _find(tx, by, message_id)
    if message.deleted and message.recipient_id == by.person_id:
        raise NotFound(_MISSING)
    require(may_mark_message(by.person_id, message.recipient_id))
    messages.update_message(tx.conn, message_id, read=read)


def _find(tx: Transaction, by: Doer, message_id: PrivateMessageId) -> PrivateMessage:
    """A message that is not removed; for others than its two people there is none."""
    view = messages.get_view(tx.conn, message_id, by.person_id)
    if view is None or view.private_message.removed:
        raise NotFound(_MISSING)
    return view.private_message


def _find_own(tx: Transaction, by: Doer, message_id: PrivateMessageId) -> PrivateMessage:
    message = _find(tx, by, message_id)
    require(may_edit_message(by.person_id, message.creator_id))
    return message


def _require_open(tx: Transaction, by: Doer, recipient_id: PersonId) -> None:
    blocked = messages.is_blocked(tx.conn, by.person_id, recipient_id)
    require(may_write_to(is_blocked=blocked))
