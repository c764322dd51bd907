"""What waits in somebody's inbox, in which order, and how much of it is counted."""

from typing import Any

import pytest

from moothall.actions.comment import delete_comment
from moothall.actions.community import block_community
from moothall.actions.notification import mark_all_read, mark_reply
from moothall.actions.private_message import create_message
from moothall.actions.removal import remove_comment
from moothall.actions.user import block_person
from moothall.actions.vote import vote_comment
from moothall.domain.comment import CommentSort
from moothall.domain.errors import Invalid, NotFound
from moothall.domain.ids import CommentId
from moothall.domain.notification import (
    InboxPage,
    NotificationQuery,
    NotificationView,
    UnreadCounts,
)
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.reads.notification import (
    count_unread,
    get_notification,
    inbox,
    list_notifications,
)
from moothall.storage import account as accounts
from moothall.storage.community import update_community
from tests.support.builders import a_comment, a_community, a_person, a_post


class Scene:
    """Bob has answered Ann and named her."""

    def __init__(self, forum: Forum) -> None:
        self.forum = forum
        self.ann, self.bob = a_person(forum, "ann"), a_person(forum, "bob")
        self.owner = a_person(forum, "owner")
        self.community = a_community(forum, self.owner, "town")
        self.post = a_post(forum, self.ann, self.community)
        self.answer = self.says("An answer")
        other = a_post(forum, self.bob, self.community)
        self.mention = a_comment(forum, self.bob, other, content="See @ann@forum.example")

    def says(self, content: str, by: Viewer | None = None) -> CommentId:
        return a_comment(self.forum, by or self.bob, self.post, content=content)

    def listed(self, kind: str = "reply", **query: Any) -> list[CommentId]:
        wanted = NotificationQuery(kind, **query)
        found = self.forum.read_now(list_notifications, self.ann, wanted)
        assert all(view.recipient.id == self.ann.person_id for view in found)
        return [view.comment.comment.id for view in found]

    def counts(self) -> UnreadCounts:
        return self.forum.read_now(count_unread, self.ann)

    def is_silent(self) -> bool:
        """Whether lists, counts and inbox all have nothing; they must never differ."""
        empty = [
            self.listed() == self.listed("mention") == [],
            self.counts() == UnreadCounts(0, 0, 0),
            self.forum.read_now(inbox, self.ann).entries == [],
        ]
        assert all(empty) or not any(empty)
        return all(empty)


@pytest.fixture
def scene(forum: Forum) -> Scene:
    return Scene(forum)


def test_everything_is_there(scene: Scene) -> None:
    assert scene.listed() == [scene.answer]
    assert scene.listed("mention") == [scene.mention]
    assert scene.counts() == UnreadCounts(1, 1, 0)


def test_what_is_gone_is_not_told_and_comes_back(scene: Scene) -> None:
    bob, owner = scene.bob.doer, scene.owner.doer
    scene.forum.act_now(delete_comment, bob, scene.mention, deleted=True)
    scene.forum.act_now(remove_comment, owner, scene.answer, removed=True)
    assert scene.is_silent()
    scene.forum.act_now(delete_comment, bob, scene.mention, deleted=False)
    scene.forum.act_now(remove_comment, owner, scene.answer, removed=False)
    assert scene.counts() == UnreadCounts(1, 1, 0)


def test_a_blocked_author_is_silent(scene: Scene) -> None:
    scene.forum.act_now(block_person, scene.ann, scene.bob.person_id, block=True)
    assert scene.is_silent()


def test_a_blocked_community_is_silent(scene: Scene) -> None:
    scene.forum.act_now(block_community, scene.ann, scene.community, block=True)
    assert scene.is_silent()


def test_bots_are_silent_for_who_hides_them(scene: Scene) -> None:
    def make_a_bot(tx: Any) -> None:
        accounts.update_person(tx.conn, scene.bob.person_id, bot=True)

    scene.forum.act_now(make_a_bot)
    assert not scene.is_silent()
    scene.ann = scene.ann._replace(show_bot_accounts=False)
    assert scene.is_silent()


@pytest.mark.parametrize("columns", [{"removed": True}, {"visibility": "Private"}])
def test_where_one_may_not_look_nothing_is_told(scene: Scene, columns: dict[str, Any]) -> None:
    # What one wrote oneself can always be opened, with its answers; a mention elsewhere cannot.
    scene.forum.act_now(lambda tx: update_community(tx.conn, scene.community, **columns))
    assert scene.listed("mention") == []
    assert scene.counts().mentions == 0
    [entry] = scene.forum.read_now(inbox, scene.ann).entries
    assert isinstance(entry, NotificationView)
    assert entry.comment.comment.id == scene.answer


def test_one_is_shown_to_its_recipient_alone(scene: Scene) -> None:
    [found] = scene.forum.read_now(list_notifications, scene.ann, NotificationQuery("mention"))
    number = found.notification.id
    view = scene.forum.read_now(get_notification, scene.ann, "mention", number)
    assert view.comment.comment.content == "See @ann@forum.example"
    for viewer, kind in ((scene.bob, "mention"), (scene.owner, "mention"), (scene.ann, "reply")):
        with pytest.raises(NotFound, match=r"couldnt_find_(comment_reply|person_mention)"):
            scene.forum.read_now(get_notification, viewer, kind, number)
    private = {"visibility": "Private"}
    scene.forum.act_now(lambda tx: update_community(tx.conn, scene.community, **private))
    with pytest.raises(NotFound, match="couldnt_find_person_mention"):
        scene.forum.read_now(get_notification, scene.ann, "mention", number)


def test_sorts_pages_and_unread(scene: Scene) -> None:
    ids = [scene.answer, *(scene.says(f"Answer {number}") for number in range(4))]
    assert scene.listed() == ids[::-1]
    assert scene.listed(sort=CommentSort.OLD) == ids
    scene.forum.act_now(vote_comment, scene.ann.doer, ids[2], 1)
    assert scene.listed(sort=CommentSort.TOP)[0] == ids[2]
    for sort in CommentSort:
        assert sorted(scene.listed(sort=sort)) == ids
        pages = [scene.listed(sort=sort, page=page, limit=2) for page in (1, 2, 3, 4)]
        assert [one for page in pages for one in page] == scene.listed(sort=sort)
    [newest] = scene.forum.read_now(
        list_notifications, scene.ann, NotificationQuery("reply", limit=1)
    )
    scene.forum.act_now(mark_reply, scene.ann, newest.notification.id, read=True)
    for sort in CommentSort:
        assert sorted(scene.listed(sort=sort, unread_only=True)) == ids[:-1]
    assert scene.counts().replies == 4


# ---- inbox -------------------------------------------------------------------------------------


def _summary(page: InboxPage) -> list[str]:
    return [
        view.notification.kind if isinstance(view, NotificationView) else "message"
        for view in page.entries
    ]


def test_the_inbox_is_one_list(scene: Scene) -> None:
    scene.forum.act_now(create_message, scene.bob.doer, scene.ann.person_id, "**Hello**")
    scene.forum.act_now(create_message, scene.ann.doer, scene.bob.person_id, "Sent")
    page = scene.forum.read_now(inbox, scene.ann)
    assert _summary(page) == ["message", "mention", "reply"]
    assert page.next_cursor is None
    scene.forum.act_now(mark_all_read, scene.ann)
    assert scene.forum.read_now(inbox, scene.ann, unread_only=True).entries == []
    assert len(scene.forum.read_now(inbox, scene.ann).entries) == 3


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
def test_the_inbox_goes_on_after_a_page(scene: Scene, limit: int) -> None:
    def at_once(tx: Any) -> None:
        """All at the same moment, which is where pages go wrong."""
        for number in range(3):
            create_message(tx, scene.bob.doer, scene.ann.person_id, str(number))

    scene.forum.act_now(at_once)
    scene.says("More")
    scene.forum.act_now(at_once)
    whole = scene.forum.read_now(inbox, scene.ann, limit=50)
    assert len(whole.entries) == 9
    found: list[Any] = []
    page = scene.forum.read_now(inbox, scene.ann, limit=limit)
    found += page.entries
    while page.next_cursor is not None:
        page = scene.forum.read_now(inbox, scene.ann, limit=limit, after=page.next_cursor)
        found += page.entries
    assert found == whole.entries


@pytest.mark.parametrize("cursor", ["0_0_0", "9" * 18 + f"_2_{2**31 - 1}"])
def test_a_cursor_from_nowhere(scene: Scene, cursor: str) -> None:
    page = scene.forum.read_now(inbox, scene.ann, after=cursor)
    assert len(page.entries) == (0 if cursor.startswith("0") else 2)


@pytest.mark.parametrize(
    "cursor", ["", "x", "1_3_1", "1_1", "9" * 30 + "_0_1", "1_0_1\n", "-1_0_1", f"1_0_{2**31}"]
)
def test_no_cursor(scene: Scene, cursor: str) -> None:
    with pytest.raises(Invalid, match="unknown"):
        scene.forum.read_now(inbox, scene.ann, after=cursor)
