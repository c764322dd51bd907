"""Small acts: buttons that need no page of their own.

Every button on a page belongs to its one form `act` and sends `do=verb:subject:id:value`. Without a
script the browser comes back to the page it was on; a script asks for JSON and changes the page in
place.
"""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from moothall.actions import comment as comments
from moothall.actions import community as communities
from moothall.actions import moderation
from moothall.actions import notification as notifications
from moothall.actions import post as posts
from moothall.actions import report as reports
from moothall.actions import user as people
from moothall.actions.private_message import delete_message, mark_message
from moothall.actions.vote import vote_comment, vote_post
from moothall.domain.errors import Invalid
from moothall.domain.ids import (
    CommentId,
    CommunityId,
    InstanceId,
    NotificationId,
    PersonId,
    PostId,
    PrivateMessageId,
    ReportId,
)
from moothall.door import Bucket, Policy
from moothall.reads.comment import get_comment
from moothall.reads.post import get_post

from .answer import Answer, json_answer, see_other
from .forms import Form, own_path
from .page import Pages
from .visit import Visit
from .wording import short

pages = Pages()


class ActForm(Form, frozen=True, kw_only=True):
    """Which button was pressed on which page."""

    do: str = ""
    back: str = "/"


class Press(NamedTuple):
    """A pressed button, taken apart."""

    verb: str
    subject: str
    id: int
    value: int

    @property
    def on(self) -> bool:
        """Whether it is to be so from now on."""
        return self.value == 1


# What the script needs to know to change the page; nothing: it reloads.
Outcome = dict[str, Any]
Act = Callable[[Visit, Press], Awaitable[Outcome | None]]


@pages.post("/act", who=Policy.USER, bucket=Bucket.MESSAGE)
async def act(visit: Visit, form: ActForm) -> Answer:
    """Do what a button says."""
    press = _press(form.do)
    outcome = await _ACTS[press.verb, press.subject](visit, press)
    if visit.asked.by_script:
        return json_answer(outcome or {})
    anchor = f"#comment-{press.id}" if press.subject == "comment" else ""
    return see_other(own_path(form.back).partition("#")[0] + anchor)


def _press(text: str) -> Press:
    verb, _, rest = text.partition(":")
    subject, _, rest = rest.partition(":")
    number, _, value = rest.partition(":")
    known = (verb, subject) in _ACTS and value in ("-1", "0", "1")
    if not known or not (number.isascii() and number.isdigit() and len(number) < 10):
        raise Invalid("unknown", "no such act")
    return Press(verb, subject, int(number), int(value))


def _button(press: Press, on: str, off: str) -> Outcome:
    value = f"{press.verb}:{press.subject}:{press.id}:{0 if press.on else 1}"
    return {"button": {"value": value, "label": on if press.on else off, "pressed": press.on}}


def _vote(press: Press, counts: Any, mine: int | None) -> Outcome:
    return {
        "vote": {
            "what": f"{press.subject}:{press.id}",
            "mine": mine or 0,
            "score": short(counts.score),
            "title": f"{counts.upvotes} up, {counts.downvotes} down",
        }
    }


async def _vote_post(visit: Visit, press: Press) -> Outcome | None:
    post_id = PostId(press.id)
    await visit.act(vote_post, post_id, press.value)
    if not visit.asked.by_script:
        return None
    view = await visit.read(get_post, post_id)
    return _vote(press, view.counts, view.my_vote)


async def _vote_comment(visit: Visit, press: Press) -> Outcome | None:
    comment_id = CommentId(press.id)
    await visit.act(vote_comment, comment_id, press.value)
    if not visit.asked.by_script:
        return None
    view = await visit.read(get_comment, comment_id)
    return _vote(press, view.counts, view.my_vote)


async def _save_post(visit: Visit, press: Press) -> Outcome:
    await visit.act_own(posts.save_post, PostId(press.id), save=press.on)
    return _button(press, "Saved", "Save")


async def _save_comment(visit: Visit, press: Press) -> Outcome:
    await visit.act_own(comments.save_comment, CommentId(press.id), save=press.on)
    return _button(press, "Saved", "Save")


async def _hide_post(visit: Visit, press: Press) -> Outcome:
    await visit.act_own(posts.hide_posts, [PostId(press.id)], hide=press.on)
    return _button(press, "Show in lists again", "Hide from my lists")


async def _delete_post(visit: Visit, press: Press) -> None:
    await visit.act(posts.delete_post, PostId(press.id), deleted=press.on)


async def _delete_comment(visit: Visit, press: Press) -> None:
    await visit.act(comments.delete_comment, CommentId(press.id), deleted=press.on)


async def _delete_message(visit: Visit, press: Press) -> None:
    await visit.act(delete_message, PrivateMessageId(press.id), deleted=press.on)


async def _lock_post(visit: Visit, press: Press) -> None:
    await visit.act(moderation.lock_post, PostId(press.id), locked=press.on)


async def _feature_post(visit: Visit, press: Press) -> None:
    await visit.act(
        moderation.feature_post,
        PostId(press.id),
        featured=press.on,
        in_community=press.verb == "feature",
    )


async def _distinguish(visit: Visit, press: Press) -> None:
    await visit.act(moderation.distinguish_comment, CommentId(press.id), distinguished=press.on)


async def _follow(visit: Visit, press: Press) -> Outcome:
    await visit.act(communities.follow_community, CommunityId(press.id), follow=press.on)
    return _button(press, "Subscribed", "Subscribe")


async def _block_community(visit: Visit, press: Press) -> None:
    await visit.act_own(communities.block_community, CommunityId(press.id), block=press.on)


async def _block_person(visit: Visit, press: Press) -> None:
    await visit.act_own(people.block_person, PersonId(press.id), block=press.on)


async def _block_server(visit: Visit, press: Press) -> None:
    await visit.act_own(people.block_instance, InstanceId(press.id), block=press.on)


async def _resolve_post_report(visit: Visit, press: Press) -> None:
    await visit.act(reports.resolve_post_report, ReportId(press.id), resolved=press.on)


async def _resolve_comment_report(visit: Visit, press: Press) -> None:
    await visit.act(reports.resolve_comment_report, ReportId(press.id), resolved=press.on)


async def _resolve_message_report(visit: Visit, press: Press) -> None:
    await visit.act(reports.resolve_private_message_report, ReportId(press.id), resolved=press.on)


async def _read_reply(visit: Visit, press: Press) -> Outcome:
    await visit.act_own(notifications.mark_reply, NotificationId(press.id), read=press.on)
    return _button(press, "Mark as unread", "Mark as read")


async def _read_mention(visit: Visit, press: Press) -> Outcome:
    await visit.act_own(notifications.mark_mention, NotificationId(press.id), read=press.on)
    return _button(press, "Mark as unread", "Mark as read")


async def _read_message(visit: Visit, press: Press) -> Outcome:
    await visit.act(mark_message, PrivateMessageId(press.id), read=press.on)
    return _button(press, "Mark as unread", "Mark as read")


_ACTS: dict[tuple[str, str], Act] = {
    ("vote", "post"): _vote_post,
    ("vote", "comment"): _vote_comment,
    ("save", "post"): _save_post,
    ("save", "comment"): _save_comment,
    ("hide", "post"): _hide_post,
    ("delete", "post"): _delete_post,
    ("delete", "comment"): _delete_comment,
    ("delete", "message"): _delete_message,
    ("lock", "post"): _lock_post,
    ("feature", "post"): _feature_post,
    ("feature_local", "post"): _feature_post,
    ("distinguish", "comment"): _distinguish,
    ("follow", "community"): _follow,
    ("block", "community"): _block_community,
    ("block", "person"): _block_person,
    ("block", "server"): _block_server,
    ("read", "reply"): _read_reply,
    ("read", "mention"): _read_mention,
    ("read", "message"): _read_message,
    ("resolve", "post_report"): _resolve_post_report,
    ("resolve", "comment_report"): _resolve_comment_report,
    ("resolve", "message_report"): _resolve_message_report,
}
