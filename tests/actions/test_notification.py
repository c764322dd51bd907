"""Who is told of a comment, who is not, and who may say that they have read it."""

from typing import Any

import pytest
from sqlalchemy import insert, update

from moothall.actions.comment import edit_comment
from moothall.actions.community import block_community
from moothall.actions.notification import mark_all_read, mark_mention, mark_reply
from moothall.actions.private_message import create_message
from moothall.actions.user import block_person
from moothall.domain.errors import NotFound
from moothall.domain.ids import CommentId, CommunityId, InstanceId, NotificationId, PostId
from moothall.domain.notification import NotificationQuery
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.reads.notification import count_unread, list_notifications
from moothall.storage import account as accounts
from moothall.storage.block import block_instance, unblock_instance
from moothall.storage.statements import Statement
from moothall.storage.tables import community, instance
from moothall.storage.transaction import Transaction
from tests.support.builders import a_comment, a_community, a_person, a_post
from tests.support.mailbox import mails

FAR = InstanceId(77)


class Scene:
    """Ann wrote a post, Bob answers, Cid watches; a community each of them may write in."""

    def __init__(self, forum: Forum) -> None:
        self.forum = forum
        self.ann, self.bob, self.cid = (a_person(forum, name) for name in ("ann", "bob", "cid"))
        self.community: CommunityId = a_community(forum, self.ann, "town")
        self.post: PostId = a_post(forum, self.ann, self.community)

    def says(
        self, who: Viewer, content: str = "Well.", parent: CommentId | None = None
    ) -> CommentId:
        return a_comment(self.forum, who, self.post, parent, content)

    def told(self, who: Viewer) -> list[tuple[str, CommentId, bool]]:
        """What somebody finds: kind, comment, read."""
        return [
            (kind, view.notification.comment_id, view.notification.read)
            for kind in ("reply", "mention")
            for view in self.forum.read_now(list_notifications, who, NotificationQuery(kind))
        ]

    def unread(self, who: Viewer) -> tuple[int, ...]:
        return tuple(self.forum.read_now(count_unread, who))


@pytest.fixture
def scene(forum: Forum) -> Scene:
    return Scene(forum)


def test_an_answer_to_a_post_is_told_to_its_author(scene: Scene) -> None:
    said = scene.says(scene.bob)
    assert scene.told(scene.ann) == [("reply", said, False)]
    assert scene.told(scene.bob) == scene.told(scene.cid) == []


def test_an_answer_to_a_comment_is_told_to_its_author_alone(scene: Scene) -> None:
    first = scene.says(scene.bob)
    scene.forum.act_now(mark_all_read, scene.ann)
    second = scene.says(scene.cid, parent=first)
    assert scene.told(scene.bob) == [("reply", second, False)]
    assert scene.told(scene.ann) == [("reply", first, True)]


def test_nobody_is_told_of_their_own_words(scene: Scene) -> None:
    own = scene.says(scene.ann, "I, @ann@forum.example, add this.")
    scene.says(scene.ann, parent=own)
    assert scene.told(scene.ann) == []


@pytest.mark.parametrize(
    ("content", "is_told"),
    [
        ("What does @cid@forum.example say?", True),
        ("What does @CID@Forum.Example say?", True),
        ("[@cid@forum.example](https://forum.example/u/cid)", False),
        ("`@cid@forum.example`", False),
        ("@cid", False),
        ("@cid@other.example", False),
        ("!cid@forum.example", False),
        ("@nobody@forum.example", False),
    ],
)
def test_a_full_name_of_ours_is_a_mention(scene: Scene, content: str, is_told: bool) -> None:
    said = scene.says(scene.bob, content)
    assert scene.told(scene.cid) == ([("mention", said, False)] if is_told else [])


def test_who_is_named_in_an_answer_to_them_is_told_once(scene: Scene) -> None:
    said = scene.says(scene.bob, "Thanks @ann@forum.example, @ann@forum.example!")
    assert scene.told(scene.ann) == [("mention", said, False)]
    assert scene.unread(scene.ann) == (0, 1, 0)


def test_an_edit_tells_who_is_new_and_nobody_again(scene: Scene) -> None:
    said = scene.says(scene.bob)
    scene.forum.act_now(mark_all_read, scene.ann)
    words = "So say @cid@forum.example and @ann@forum.example"
    scene.forum.act_now(edit_comment, scene.bob.doer, said, words)
    scene.forum.act_now(edit_comment, scene.bob.doer, said, words + "!")
    assert scene.told(scene.cid) == [("mention", said, False)]
    assert scene.told(scene.ann) == [("reply", said, True)]


def test_who_blocks_the_author_is_not_told(scene: Scene) -> None:
    scene.forum.act_now(block_person, scene.ann, scene.bob.person_id, block=True)
    scene.says(scene.bob, "Hear me, @ann@forum.example")
    scene.forum.act_now(block_person, scene.ann, scene.bob.person_id, block=False)
    assert scene.told(scene.ann) == []


def test_being_blocked_by_somebody_keeps_nothing_from_oneself(scene: Scene) -> None:
    scene.forum.act_now(block_person, scene.bob, scene.ann.person_id, block=True)
    said = scene.says(scene.bob)
    assert scene.told(scene.ann) == [("reply", said, False)]


def test_who_blocks_the_community_is_not_told(scene: Scene) -> None:
    scene.forum.act_now(block_community, scene.cid, scene.community, block=True)
    scene.says(scene.bob, "Hear me, @cid@forum.example")
    scene.forum.act_now(block_community, scene.cid, scene.community, block=False)
    assert scene.told(scene.cid) == []


def _instance_of(tx: Transaction, community_id: CommunityId) -> None:
    """Have this community stand on a server that is not ours."""
    tx.conn.run(Statement(insert(instance).values(id=FAR, domain="far.example", created_at=0)))
    there = update(community).where(community.c.id == community_id)
    tx.conn.run(Statement(there.values(instance_id=FAR)))


def test_who_blocks_the_server_of_the_community_is_not_told(scene: Scene) -> None:
    scene.forum.act_now(_instance_of, scene.community)
    scene.forum.act_now(lambda tx: block_instance(tx.conn, scene.cid.person_id, FAR, tx.now))
    scene.says(scene.bob, "Hear me, @cid@forum.example")
    scene.forum.act_now(lambda tx: unblock_instance(tx.conn, scene.cid.person_id, FAR))
    assert scene.told(scene.cid) == []
    said = scene.says(scene.bob, "And now, @cid@forum.example?")
    assert scene.told(scene.cid) == [("mention", said, False)]


@pytest.mark.parametrize("column", ["local", "deleted"])
def test_who_is_elsewhere_or_gone_is_not_told(scene: Scene, column: str) -> None:
    def put(tx: Transaction, value: bool) -> None:
        accounts.update_person(tx.conn, scene.ann.person_id, **{column: value})

    scene.forum.act_now(put, column != "local")
    scene.says(scene.bob, "Are you there, @ann@forum.example?")
    scene.forum.act_now(put, column == "local")
    assert scene.told(scene.ann) == []


def test_who_answers_has_read_what_they_answer(scene: Scene) -> None:
    first = scene.says(scene.bob, "Hello @cid@forum.example")
    scene.says(scene.ann, parent=first)
    assert scene.told(scene.ann) == [("reply", first, True)]
    assert scene.told(scene.cid) == [("mention", first, False)]


# ---- mail --------------------------------------------------------------------------------------


def test_mail_goes_to_a_proven_address_of_who_wants_it(forum: Forum) -> None:
    wants: dict[str, Any] = {"send_notifications_to_email": True, "email": "ann@mail.example"}
    ann = a_person(forum, "ann", email_verified=True, **wants)
    bob = a_person(forum, "bob")
    post = a_post(forum, ann, a_community(forum, ann, "town"), "Fair on Sunday")
    said = a_comment(forum, bob, post, content="At <b>noon</b>?\nOr later?")
    [mail] = mails(forum)
    assert mail["to"] == "ann@mail.example"
    assert "bob answered you in “Fair on Sunday”" in mail["subject"]
    assert "> At <b>noon</b>?\n> Or later?" in mail["text"]
    assert f"https://forum.example/comment/{said}" in mail["text"]


@pytest.mark.parametrize(
    "settings",
    [
        {"send_notifications_to_email": True, "email_verified": False},
        {"send_notifications_to_email": False, "email_verified": True},
    ],
)
def test_no_mail_without_proof_or_wish(forum: Forum, settings: dict[str, bool]) -> None:
    ann = a_person(forum, "ann", email="ann@mail.example", **settings)
    bob = a_person(forum, "bob")
    post = a_post(forum, ann, a_community(forum, ann, "town"))
    a_comment(forum, bob, post, content="Hello @ann@forum.example")
    forum.act_now(create_message, bob.doer, ann.person_id, "Hello")
    assert mails(forum) == []


# ---- marks -------------------------------------------------------------------------------------


def _only(scene: Scene, who: Viewer, kind: str) -> NotificationId:
    [view] = scene.forum.read_now(list_notifications, who, NotificationQuery(kind))
    return view.notification.id


def test_one_marks_ones_own(scene: Scene) -> None:
    scene.says(scene.bob, "Hello @cid@forum.example")
    reply = _only(scene, scene.ann, "reply")
    mention = _only(scene, scene.cid, "mention")
    scene.forum.act_now(mark_reply, scene.ann, reply, read=True)
    scene.forum.act_now(mark_mention, scene.cid, mention, read=True)
    assert scene.unread(scene.ann) == scene.unread(scene.cid) == (0, 0, 0)
    scene.forum.act_now(mark_reply, scene.ann, reply, read=False)
    assert scene.unread(scene.ann) == (1, 0, 0)


@pytest.mark.parametrize("name", ["bob", "cid", "admin"])
def test_nobody_marks_anothers(scene: Scene, name: str) -> None:
    scene.says(scene.bob)
    reply = _only(scene, scene.ann, "reply")
    other = a_person(scene.forum, "boss", admin=True) if name == "admin" else getattr(scene, name)
    with pytest.raises(NotFound, match="couldnt_find_comment_reply"):
        scene.forum.act_now(mark_reply, other, reply, read=True)
    assert scene.unread(scene.ann) == (1, 0, 0)


def test_a_mention_is_no_reply(scene: Scene) -> None:
    scene.says(scene.bob, "Hello @cid@forum.example")
    mention = _only(scene, scene.cid, "mention")
    with pytest.raises(NotFound, match="couldnt_find_comment_reply"):
        scene.forum.act_now(mark_reply, scene.cid, mention, read=True)
    with pytest.raises(NotFound, match="couldnt_find_person_mention"):
        scene.forum.act_now(mark_mention, scene.cid, NotificationId(mention + 99), read=True)


def test_all_can_be_marked_at_once_and_nobody_elses(scene: Scene) -> None:
    scene.says(scene.bob, "Hello @cid@forum.example and @ann@forum.example")
    scene.says(scene.bob)
    scene.forum.act_now(create_message, scene.bob.doer, scene.ann.person_id, "Hello")
    assert scene.unread(scene.ann) == (1, 1, 1)
    scene.forum.act_now(mark_all_read, scene.ann)
    assert scene.unread(scene.ann) == (0, 0, 0)
    assert scene.unread(scene.cid) == (0, 1, 0)
