"""What waits for somebody: replies, mentions, how many are unread, and all of it as one inbox."""

import re
from typing import NamedTuple

from moothall.domain.errors import Invalid, NotFound, NotSignedIn
from moothall.domain.ids import NotificationId
from moothall.domain.notification import (
    InboxPage,
    NotificationQuery,
    NotificationView,
    PrivateMessageView,
    UnreadCounts,
)
from moothall.domain.user import Person, Viewer
from moothall.storage import notification_list as notifications
from moothall.storage import private_message as messages
from moothall.storage.transaction import Transaction
from moothall.storage.user import get_person

_MISSING = {"reply": "couldnt_find_comment_reply", "mention": "couldnt_find_person_mention"}
# What is told at the same moment comes in this order.
_STREAMS = ("reply", "mention", "message")
_CURSOR = re.compile(r"([0-9]{1,18})_([012])_([0-9]{1,10})")
# After everything there can be: a time, and the widest id that a column holds.
_END = 2**62
_LAST_ID = 2**31 - 1


def list_notifications(
    tx: Transaction, viewer: Viewer, query: NotificationQuery
) -> list[NotificationView]:
    """A page of the viewer's replies or mentions.

    Without those whose comment is gone or may not be seen any more, and those from whom the
    viewer wants to hear nothing.
    """
    return notifications.list_notifications(tx.conn, viewer, _self(tx, viewer), query, tx.now)


def get_notification(
    tx: Transaction, viewer: Viewer, kind: str, notification_id: NotificationId
) -> NotificationView:
    """One of them, kind "reply" or "mention". Raises NotFound."""
    recipient = _self(tx, viewer)
    found = notifications.get_view(tx.conn, viewer, recipient, kind, notification_id, tx.now)
    if found is None:
        raise NotFound(_MISSING[kind])
    return found


def count_unread(tx: Transaction, viewer: Viewer) -> UnreadCounts:
    """How much waits to be read, each counted up to 1,000."""
    return notifications.count_unread(tx.conn, viewer)


class _Position(NamedTuple):
    """Where an entry stands in the inbox; `stream` is a position in `_STREAMS`."""

    at: int
    stream: int
    id: int

    @property
    def order(self) -> tuple[int, int, int]:
        """Newest first."""
        return -self.at, self.stream, -self.id

    def cursor(self) -> str:
        return f"{self.at}_{self.stream}_{self.id}"

    def before(self, stream: int) -> tuple[int, int]:
        """(created_at, id) before which the rest of a stream stands."""
        if stream == self.stream:
            return self.at, self.id
        # Of the same moment: all of the streams that come later, nothing of those before.
        return self.at, _LAST_ID if stream > self.stream else 0


def inbox(
    tx: Transaction,
    viewer: Viewer,
    *,
    unread_only: bool = False,
    after: str | None = None,
    limit: int = 20,
) -> InboxPage:
    """Replies, mentions and messages received as one list, newest first, with HTML.

    `after` is the cursor of the page before; raises Invalid `unknown` for one that is none.
    """
    position = _Position(_END, 0, _LAST_ID) if after is None else _position(after)
    recipient = _self(tx, viewer)
    found: list[tuple[_Position, NotificationView | PrivateMessageView]] = []
    for number, kind in enumerate(_STREAMS[:2]):
        for view in notifications.list_before(
            tx.conn,
            viewer,
            recipient,
            kind,
            position.before(number),
            limit + 1,
            tx.now,
            unread_only=unread_only,
        ):
            note = view.notification
            found.append((_Position(note.created_at, number, note.id), view))
    for message in messages.list_received(
        tx.conn, viewer.person_id, position.before(2), limit + 1, unread_only=unread_only
    ):
        of = message.private_message
        found.append((_Position(of.created_at, 2, of.id), message))
    found.sort(key=lambda entry: entry[0].order)
    page = found[:limit]
    cursor = page[-1][0].cursor() if len(found) > limit else None
    return InboxPage([view for _, view in page], cursor)


def _position(cursor: str) -> _Position:
    match = _CURSOR.fullmatch(cursor)
    if match is None or int(match[3]) > _LAST_ID:
        raise Invalid("unknown", "not a cursor")
    return _Position(int(match[1]), int(match[2]), int(match[3]))


def _self(tx: Transaction, viewer: Viewer) -> Person:
    person = get_person(tx.conn, viewer.person_id)
    if person is None:
        raise NotSignedIn
    return person
