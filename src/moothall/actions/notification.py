"""Telling people of answers and mentions; marking what they have read."""

from moothall.domain.errors import NotFound
from moothall.domain.ids import CommentId, NotificationId, PersonId
from moothall.domain.user import Viewer
from moothall.lib.markdown import Mention, MentionKind, mentions
from moothall.storage import account as accounts
from moothall.storage import notification as notifications
from moothall.storage import private_message as messages
from moothall.storage.notification import CommentNews
from moothall.storage.site import get_site
from moothall.storage.transaction import Transaction

from .mail import queue_mail

REPLY = "reply"
MENTION = "mention"
_MISSING = {REPLY: "couldnt_find_comment_reply", MENTION: "couldnt_find_person_mention"}
# Of a long text, a mail brings the beginning.
_MAX_QUOTED = 1_000


def notify_of_comment(tx: Transaction, comment_id: CommentId) -> None:
    """Tell of a comment that was just written or edited: whom it answers, and whom it names.

    People of this server only, each once for a comment: a name counts more than an answer. Nobody
    is told who blocks its author, the community or the server of the community. Its author has
    read what they answer.
    """
    news = notifications.find_news(tx.conn, comment_id)
    if news is None or news.is_gone:
        return
    named = _named(tx, comment_id, news.content)
    notifications.add_notifications(tx.conn, MENTION, comment_id, named, tx.now)
    answered = notifications.reachable_people(tx.conn, comment_id, [news.answered_id])
    notifications.add_notifications(tx.conn, REPLY, comment_id, answered, tx.now)
    if news.parent_id is not None:
        notifications.mark_answered(tx.conn, news.creator_id, news.parent_id)
    for recipient in named:
        _mail(tx, recipient, news, comment_id, "mentioned you")
    for recipient in answered:
        _mail(tx, recipient, news, comment_id, "answered you")


def _named(tx: Transaction, comment_id: CommentId, content: str) -> list[PersonId]:
    names = [each.name for each in mentions(content) if _is_ours(tx, each)]
    return notifications.reachable_names(tx.conn, comment_id, names) if names else []


def _is_ours(tx: Transaction, mention: Mention) -> bool:
    return mention.kind == MentionKind.PERSON and mention.host == tx.home.domain.lower()


def _mail(
    tx: Transaction, recipient: PersonId, news: CommentNews, comment_id: CommentId, did: str
) -> None:
    mail_notification(
        tx,
        recipient,
        f"{news.creator_name} {did} in “{news.post_name}”",
        f"{quoted(news.content)}\n\n{tx.home.comment_url(comment_id)}",
    )


def quoted(text: str) -> str:
    """The beginning of a text, as mail quotes it."""
    shown = text if len(text) <= _MAX_QUOTED else f"{text[:_MAX_QUOTED]}…"
    return "\n".join(f"> {line}" for line in shown.splitlines())


def mail_notification(tx: Transaction, recipient: PersonId, subject: str, text: str) -> None:
    """Mail somebody what they were told here, if they want that.

    Only to an address that was proven: else anybody could have us write to somebody else's.
    """
    account = accounts.find_account_of(tx.conn, recipient)
    if account is None or not (account.send_notifications_to_email and account.email_verified):
        return
    if account.email is not None:
        site = get_site(tx.conn).name
        why = f"You get this because you asked {site} for mail: {tx.home.base_url}/settings"
        queue_mail(tx, account.email, f"{subject} — {site}", f"{text}\n\n-- \n{why}\n")


def mark_reply(
    tx: Transaction, viewer: Viewer, notification_id: NotificationId, *, read: bool
) -> None:
    """Mark an answer to oneself. Raises NotFound `couldnt_find_comment_reply`."""
    _mark(tx, viewer, notification_id, REPLY, read=read)


def mark_mention(
    tx: Transaction, viewer: Viewer, notification_id: NotificationId, *, read: bool
) -> None:
    """Mark a mention of oneself. Raises NotFound `couldnt_find_person_mention`."""
    _mark(tx, viewer, notification_id, MENTION, read=read)


def _mark(
    tx: Transaction, viewer: Viewer, notification_id: NotificationId, kind: str, *, read: bool
) -> None:
    found = notifications.get_notification(tx.conn, notification_id, kind)
    # Whether there is one for somebody else is nobody's business.
    if found is None or found.recipient_id != viewer.person_id:
        raise NotFound(_MISSING[kind])
    notifications.mark_read(tx.conn, notification_id, read=read)


def mark_all_read(tx: Transaction, viewer: Viewer) -> None:
    """Mark all replies, mentions and private messages of the viewer as read."""
    notifications.mark_all_read(tx.conn, viewer.person_id)
    messages.mark_all_read(tx.conn, viewer.person_id)
