"""Who may do what with a private message, and who is told of it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from moothall.actions.private_message import (
    create_message,
    delete_message,
    edit_message,
    mark_message,
)
from moothall.actions.user import block_person
from moothall.domain.errors import ForumError, Invalid, NotAllowed, NotFound
from moothall.domain.ids import InstanceId, PersonId, PrivateMessageId
from moothall.domain.notification import MessageQuery
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.reads.notification import count_unread
from moothall.reads.private_message import get_message, list_messages
from moothall.storage import account as accounts
from moothall.storage.block import block_instance
from moothall.storage.private_message import update_message
from moothall.storage.statements import Statement
from moothall.storage.tables import event
from tests.support.builders import a_person
from tests.support.mailbox import mails


class Scene:
    """Ann writes to Bob; Cid and an admin are others."""

    def __init__(self, forum: Forum) -> None:
        self.forum = forum
        self.ann, self.bob, self.cid = (a_person(forum, name) for name in ("ann", "bob", "cid"))
        self.boss = a_person(forum, "boss", admin=True)
        self.message = self.send(self.ann, self.bob)

    def send(self, by: Viewer, to: Viewer, content: str = "Hello") -> PrivateMessageId:
        return self.forum.act_now(create_message, by.doer, to.person_id, content)

    def seen_by(self, viewer: Viewer, **query: Any) -> list[str]:
        found = self.forum.read_now(list_messages, viewer, MessageQuery(**query))
        return [view.private_message.content for view in found]

    def block(self, who: Viewer, whom: Viewer) -> None:
        self.forum.act_now(block_person, who, whom.person_id, block=True)

    def put(self, **columns: Any) -> None:
        self.forum.act_now(lambda tx: update_message(tx.conn, self.message, **columns))

    def unread(self, viewer: Viewer) -> int:
        return self.forum.read_now(count_unread, viewer).private_messages


@pytest.fixture
def scene(forum: Forum) -> Scene:
    return Scene(forum)


VERBS: dict[str, Callable[[Scene, Viewer], object]] = {
    "edit": lambda s, by: s.forum.act_now(edit_message, by.doer, s.message, "Changed"),
    "delete": lambda s, by: s.forum.act_now(delete_message, by.doer, s.message, deleted=True),
    "mark": lambda s, by: s.forum.act_now(mark_message, by.doer, s.message, read=True),
    "read": lambda s, by: s.forum.read_now(get_message, by, s.message),
}
_UNKNOWN = NotFound("couldnt_find_private_message")
_SENDERS = NotAllowed("edit_private_message_not_allowed")
_RECIPIENTS = NotAllowed("couldnt_update_private_message")
REFUSALS: dict[tuple[str, str], ForumError] = {
    **{(verb, name): _UNKNOWN for verb in VERBS for name in ("cid", "boss")},
    ("edit", "bob"): _SENDERS,
    ("delete", "bob"): _SENDERS,
    ("mark", "ann"): _RECIPIENTS,
}


@pytest.mark.parametrize("name", ["ann", "bob", "cid", "boss"])
@pytest.mark.parametrize("verb", VERBS)
def test_who_may_do_what(scene: Scene, verb: str, name: str) -> None:
    refusal = REFUSALS.get((verb, name))
    if refusal is None:
        VERBS[verb](scene, getattr(scene, name))
        return
    with pytest.raises(type(refusal), match=refusal.code):
        VERBS[verb](scene, getattr(scene, name))
    assert scene.seen_by(scene.bob) == ["Hello"]
    assert scene.unread(scene.bob) == 1


@pytest.mark.parametrize("verb", ["edit", "mark", "read"])
@pytest.mark.parametrize("column", ["deleted", "removed"])
def test_nothing_is_done_with_what_is_gone(scene: Scene, verb: str, column: str) -> None:
    scene.put(**{column: True})
    for by in (scene.ann, scene.bob):
        if (verb, column, by) == ("read", "deleted", scene.ann):
            assert scene.forum.read_now(get_message, by, scene.message).private_message.deleted
            continue
        if (verb, column, by) == ("mark", "deleted", scene.ann):
            continue
        with pytest.raises(ForumError, match=r"couldnt_find_private_message|not_allowed"):
            VERBS[verb](scene, by)


@pytest.mark.parametrize("verb", VERBS)
def test_an_unknown_message_is_not_found(scene: Scene, verb: str) -> None:
    scene.message = PrivateMessageId(scene.message + 1)
    with pytest.raises(NotFound, match="couldnt_find_private_message"):
        VERBS[verb](scene, scene.ann)


# ---- blocks: every verb that brings words to somebody --------------------------------------------


@pytest.mark.parametrize("who", ["sender", "recipient"])
def test_between_people_who_block_each_other_nothing_new_is_said(scene: Scene, who: str) -> None:
    scene.forum.act_now(delete_message, scene.ann.doer, scene.message, deleted=True)
    second = scene.send(scene.ann, scene.bob, "Still there?")
    if who == "recipient":
        scene.block(scene.bob, scene.ann)
    else:
        scene.block(scene.ann, scene.bob)
    ann = scene.ann.doer
    attempts: list[Callable[[], object]] = [
        lambda: scene.send(scene.ann, scene.bob),
        lambda: scene.forum.act_now(edit_message, ann, second, "Listen!"),
        lambda: scene.forum.act_now(delete_message, ann, scene.message, deleted=False),
    ]
    for attempt in attempts:
        with pytest.raises(NotAllowed, match="person_is_blocked"):
            attempt()
    scene.forum.act_now(delete_message, ann, second, deleted=True)


def test_a_block_concerns_nobody_else(scene: Scene) -> None:
    scene.block(scene.bob, scene.ann)
    scene.send(scene.ann, scene.cid)
    scene.send(scene.cid, scene.bob)
    assert scene.seen_by(scene.bob) == ["Hello"]


def test_who_is_blocked_is_not_heard_any_more(scene: Scene) -> None:
    scene.block(scene.bob, scene.ann)
    assert scene.seen_by(scene.bob) == scene.seen_by(scene.bob, unread_only=True) == []
    assert scene.unread(scene.bob) == 0
    assert scene.seen_by(scene.ann) == ["Hello"]


def test_nor_is_a_blocked_server(scene: Scene) -> None:
    there = InstanceId(1)
    scene.forum.act_now(lambda tx: block_instance(tx.conn, scene.bob.person_id, there, tx.now))
    assert scene.seen_by(scene.bob) == []
    with pytest.raises(NotAllowed, match="person_is_blocked"):
        scene.send(scene.ann, scene.bob)


# ---- words -------------------------------------------------------------------------------------


def test_a_message_is_kept_as_written_with_its_html(scene: Scene) -> None:
    sent = scene.send(scene.ann, scene.bob, "**Hello** <script>")
    message = scene.forum.read_now(get_message, scene.bob, sent).private_message
    assert message.content == "**Hello** <script>"
    assert message.content_html == "<p><strong>Hello</strong> &lt;script&gt;</p>\n"
    assert (message.read, message.deleted, message.local, message.updated_at) == (
        False, False, True, None,
    )  # fmt: skip


@pytest.mark.parametrize("text", ["x" * 10_001, "", " \n", "\u200b", "\u2800"])
def test_too_long_or_blank_a_message_is_refused(scene: Scene, text: str) -> None:
    for attempt in (
        lambda: scene.send(scene.ann, scene.bob, text),
        lambda: scene.forum.act_now(edit_message, scene.ann.doer, scene.message, text),
    ):
        with pytest.raises(Invalid, match="invalid_body_field"):
            attempt()
    scene.send(scene.ann, scene.bob, "x" * 10_000)


def test_nobody_writes_to_who_is_not_there(scene: Scene) -> None:
    def leave(person_id: PersonId) -> None:
        scene.forum.act_now(lambda tx: accounts.update_person(tx.conn, person_id, deleted=True))

    leave(scene.cid.person_id)
    for person_id in (scene.cid.person_id, PersonId(999)):
        with pytest.raises(NotFound, match="couldnt_find_person"):
            scene.forum.act_now(create_message, scene.ann.doer, person_id, "Hello")


def test_an_edit_is_marked_and_deleting_can_be_undone(scene: Scene) -> None:
    scene.forum.act_now(edit_message, scene.ann.doer, scene.message, "Changed")
    view = scene.forum.read_now(get_message, scene.bob, scene.message)
    assert view.private_message.updated_at is not None
    for deleted, left in ((True, []), (True, []), (False, ["Changed"]), (False, ["Changed"])):
        scene.forum.act_now(delete_message, scene.ann.doer, scene.message, deleted=deleted)
        assert scene.seen_by(scene.bob) == scene.seen_by(scene.ann) == left
    kinds = Statement(select(event.c.kind).order_by(event.c.id))
    told = [row[0] for row in scene.forum.read_now(lambda tx: tx.conn.all(kinds))]
    assert [kind for kind in told if kind.startswith("private_message")] == [
        f"private_message_{did}" for did in ("created", "edited", "deleted", "restored")
    ]


def test_a_removed_message_cannot_be_brought_back_by_its_sender(scene: Scene) -> None:
    scene.put(removed=True)
    with pytest.raises(NotFound, match="couldnt_find_private_message"):
        scene.forum.act_now(delete_message, scene.ann.doer, scene.message, deleted=False)
    assert scene.seen_by(scene.ann) == scene.seen_by(scene.bob) == []


def test_the_recipient_is_mailed_if_they_want(forum: Forum) -> None:
    ann = a_person(forum, "ann")
    bob = a_person(
        forum, "bob", email="b@mail.example", email_verified=True, send_notifications_to_email=True
    )
    forum.act_now(create_message, ann.doer, bob.person_id, "Hello\nyou")
    forum.act_now(create_message, bob.doer, ann.person_id, "Hello")
    [mail] = mails(forum)
    assert mail["to"] == "b@mail.example"
    assert mail["subject"].startswith("ann wrote to you")
    assert "> Hello\n> you" in mail["text"]


# ---- lists -------------------------------------------------------------------------------------


def test_lists_have_both_directions_newest_first(scene: Scene) -> None:
    scene.send(scene.bob, scene.ann, "Hello too")
    scene.send(scene.cid, scene.ann, "And I")
    scene.send(scene.ann, scene.ann, "Note to self")
    assert scene.seen_by(scene.ann) == ["Note to self", "And I", "Hello too", "Hello"]
    assert scene.seen_by(scene.ann, partner_id=scene.bob.person_id) == ["Hello too", "Hello"]
    assert scene.seen_by(scene.ann, unread_only=True) == ["Note to self", "And I", "Hello too"]
    from_bob = scene.seen_by(scene.ann, unread_only=True, partner_id=scene.bob.person_id)
    assert from_bob == ["Hello too"]
    assert scene.seen_by(scene.boss) == scene.seen_by(scene.boss, partner_id=scene.ann.person_id)
    assert scene.seen_by(scene.boss) == []


def test_lists_have_pages(scene: Scene) -> None:
    for number in range(6):
        by, to = (scene.ann, scene.bob) if number % 2 else (scene.bob, scene.ann)
        scene.send(by, to, str(number))
    pages = [scene.seen_by(scene.ann, page=page, limit=3) for page in (1, 2, 3, 4)]
    assert pages == [["5", "4", "3"], ["2", "1", "0"], ["Hello"], []]
