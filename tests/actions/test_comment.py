"""Writing, editing, deleting and saving comments, and the figures that they move."""

import contextlib
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from moothall.actions.comment import (
    MAX_PARENT_DEPTH,
    create_comment,
    delete_comment,
    edit_comment,
    save_comment,
)
from moothall.actions.removal import remove_comment
from moothall.domain.comment import Comment, NewComment
from moothall.domain.errors import Conflict, ForumError, Invalid, NotAllowed, NotFound
from moothall.domain.ids import CommentId, LanguageId, PostId
from moothall.domain.time import DAY
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.storage import comment as comments
from moothall.storage.site import total, update_site
from moothall.storage.statements import Row, Statement, param
from moothall.storage.tables import (
    blocked_url,
    comment,
    comment_save,
    comment_vote,
    community,
    community_activity,
    community_ban,
    community_language,
    community_moderator,
    edit_history,
    event,
    person,
    post,
    post_read,
)
from moothall.storage.transaction import Transaction
from tests.support.builders import a_comment, a_community, a_person, a_post


class Scene:
    """A community of Ann's with a post of hers; Bob writes, Root is admin."""

    def __init__(self, forum: Forum) -> None:
        self.forum = forum
        self.ann = a_person(forum, "ann")
        self.bob = a_person(forum, "bob")
        self.root = a_person(forum, "root", admin=True)
        self.community = a_community(forum, self.ann, "garden")
        self.post = a_post(forum, self.ann, self.community)

    def rows(self, *columns: Any) -> list[Row]:
        query = Statement(select(*columns).order_by(*columns))
        return self.forum.read_now(lambda tx: tx.conn.all(query))

    def get(self, comment_id: CommentId) -> Comment:
        found = self.forum.read_now(lambda tx: comments.get_comment(tx.conn, comment_id))
        assert found is not None
        return found

    def change(self, table: Any, row_id: int, **changes: Any) -> None:
        values = {name: param(name) for name in changes}
        statement = Statement(table.update().where(table.c.id == param("row_id")).values(values))
        self.forum.act_now(lambda tx: tx.conn.run(statement, row_id=row_id, **changes))

    def insert(self, table: Any, **values: Any) -> None:
        statement = Statement(table.insert().values({name: param(name) for name in values}))
        self.forum.act_now(lambda tx: tx.conn.run(statement, **values))

    def ban(self, viewer: Viewer) -> None:
        self.insert(
            community_ban, community_id=self.community, person_id=viewer.person_id, created_at=1
        )


@pytest.fixture
def scene(forum: Forum) -> Scene:
    """Return the scene of most tests here."""
    return Scene(forum)


# ---- create ----


def test_a_comment_is_stored_as_written_with_its_author_s_vote(scene: Scene) -> None:
    comment_id = a_comment(scene.forum, scene.bob, scene.post, content="So *much*  ")
    stored = scene.get(comment_id)
    assert (stored.content, stored.path, stored.local) == ("So *much*  ", f"0.{comment_id}", True)
    votes = scene.rows(comment_vote.c.comment_id, comment_vote.c.person_id, comment_vote.c.score)
    assert votes == [(comment_id, scene.bob.person_id, 1)]
    row = scene.rows(
        comment.c.score, comment.c.upvotes, comment.c.depth, comment.c.parent_id, comment.c.in_local
    )
    assert row == [(1, 1, 1, None, True)]
    (rank,) = scene.rows(comment.c.hot_rank)[0]
    assert rank > 0
    events = scene.rows(event.c.kind, event.c.payload)
    assert ("comment_created", f'{{"comment_id":{comment_id}}}') in events


def test_figures_of_a_new_comment(scene: Scene) -> None:
    parent = a_comment(scene.forum, scene.bob, scene.post)
    child = a_comment(scene.forum, scene.ann, scene.post, parent)
    a_comment(scene.forum, scene.bob, scene.post, child)
    assert scene.rows(comment.c.id, comment.c.child_count)[:2] == [(parent, 2), (child, 1)]
    assert scene.rows(post.c.comments) == [(3,)]
    assert scene.rows(community.c.comments) == [(3,)]
    assert scene.rows(total("comments")) == [(3,)]
    figures = scene.rows(person.c.name, person.c.comment_count, person.c.comment_score)
    assert ("bob", 2, 2) in figures
    assert ("ann", 1, 1) in figures
    activity = {row[0] for row in scene.rows(community_activity.c.person_id)}
    assert activity == {scene.ann.person_id, scene.bob.person_id}


def test_whoever_writes_has_seen_their_own_comments(scene: Scene) -> None:
    a_comment(scene.forum, scene.ann, scene.post)
    for _ in range(2):
        a_comment(scene.forum, scene.bob, scene.post)
    seen = scene.rows(post_read.c.person_id, post_read.c.comments_seen)
    assert seen == [(scene.ann.person_id, 1), (scene.bob.person_id, 2)]


def test_a_comment_lifts_its_post_unless_it_is_the_author_s_or_late(scene: Scene) -> None:
    clock: Any = scene.forum.clock

    def times() -> tuple[Any, ...]:
        return scene.rows(
            post.c.newest_comment_at, post.c.newest_comment_necro_at, post.c.active_rank
        )[0]

    _, necro, rank = times()
    clock.advance(DAY)
    a_comment(scene.forum, scene.ann, scene.post)
    newest, necro_after_own, rank_after_own = times()
    assert newest - necro >= DAY
    assert (necro_after_own, rank_after_own) == (necro, rank)
    clock.advance(DAY // 2)
    a_comment(scene.forum, scene.bob, scene.post)
    lifted = times()
    assert lifted[0] == lifted[1] > newest
    assert lifted[2] > 0
    clock.advance(DAY)
    a_comment(scene.forum, scene.bob, scene.post)
    late = times()
    assert late[0] > lifted[0]
    assert late[1:] == lifted[1:]


def test_an_unknown_parent_is_ignored(scene: Scene) -> None:
    comment_id = a_comment(scene.forum, scene.bob, scene.post, CommentId(999))
    assert scene.get(comment_id).path == f"0.{comment_id}"


def test_a_parent_of_another_post_is_refused(scene: Scene) -> None:
    elsewhere = a_post(scene.forum, scene.ann, scene.community)
    parent = a_comment(scene.forum, scene.bob, elsewhere)
    with pytest.raises(Conflict, match="couldnt_create_comment"):
        a_comment(scene.forum, scene.bob, scene.post, parent)
    assert scene.rows(post.c.id, post.c.comments) == [(scene.post, 0), (elsewhere, 1)]


def test_answers_go_down_to_a_depth(scene: Scene) -> None:
    comment_id = a_comment(scene.forum, scene.bob, scene.post)
    for _ in range(MAX_PARENT_DEPTH):
        comment_id = a_comment(scene.forum, scene.bob, scene.post, comment_id)
    assert len(scene.get(comment_id).path.split(".")) == MAX_PARENT_DEPTH + 2
    with pytest.raises(Invalid, match="max_comment_depth_reached"):
        a_comment(scene.forum, scene.bob, scene.post, comment_id)
    assert max(row[0] for row in scene.rows(comment.c.child_count)) == MAX_PARENT_DEPTH


def test_texts_are_held_to_the_rules(scene: Scene) -> None:
    scene.forum.act_now(lambda tx: update_site(tx.conn, slur_filter_regex="knave"))
    scene.insert(blocked_url, url="spam.example", created_at=1)
    comment_id = a_comment(scene.forum, scene.bob, scene.post, content="You knave")
    assert scene.get(comment_id).content == "You *removed*"
    for content, code in (
        ("x" * 10_001, "invalid_body_field"),
        ("see https://spam.example/buy", "blocked_url"),
        *((blank, "invalid_body_field") for blank in ("", " \n\t", "\u200b", "\u2800\u3164")),
    ):
        with pytest.raises(Invalid, match=code):
            a_comment(scene.forum, scene.bob, scene.post, content=content)
        with pytest.raises(Invalid, match=code):
            scene.forum.act_now(edit_comment, scene.bob.doer, comment_id, content)


def test_languages_are_the_community_s(scene: Scene) -> None:
    german, english = LanguageId(32), LanguageId(37)
    scene.insert(community_language, community_id=scene.community, language_id=german)
    comment_id = a_comment(scene.forum, scene.bob, scene.post, language_id=german)
    assert scene.get(comment_id).language_id == german
    assert scene.get(a_comment(scene.forum, scene.bob, scene.post)).language_id == german
    with pytest.raises(Invalid, match="language_not_allowed"):
        a_comment(scene.forum, scene.bob, scene.post, language_id=english)
    with pytest.raises(Invalid, match="language_not_allowed"):
        scene.forum.act_now(edit_comment, scene.bob.doer, comment_id, language_id=english)


REFUSALS = [
    # what is so; who may still comment; the code for the others
    ("post", {"locked": True}, {"moderator", "admin"}, "locked"),
    ("post", {"deleted": True}, set[str](), "couldnt_find_post"),
    ("post", {"removed": True}, set[str](), "couldnt_find_post"),
    ("community", {"deleted": True}, set[str](), "deleted"),
    ("community", {"removed": True}, set[str](), "couldnt_find_community"),
    ("community", {"visibility": "Private"}, {"moderator", "admin"}, "couldnt_find_post"),
    ("community", {"visibility": "LocalOnly"}, {"person", "moderator", "admin"}, "-"),
    ("community", {"posting_restricted_to_mods": True}, {"person", "moderator", "admin"}, "-"),
]


@pytest.mark.parametrize(("place", "state", "allowed", "code"), REFUSALS)
def test_who_may_comment(
    scene: Scene, place: str, state: dict[str, Any], allowed: set[str], code: str
) -> None:
    table, row_id = (post, scene.post) if place == "post" else (community, scene.community)
    scene.change(table, row_id, **state)
    who = {"person": scene.bob, "moderator": scene.ann, "admin": scene.root}
    for name, viewer in who.items():
        if name in allowed:
            a_comment(scene.forum, viewer, scene.post)
        else:
            with pytest.raises(ForumError, match=code):
                a_comment(scene.forum, viewer, scene.post)
    assert scene.rows(post.c.comments) == [(len(allowed),)]


def test_strangers_from_elsewhere_do_not_write_in_what_is_local_only(scene: Scene) -> None:
    scene.change(community, scene.community, visibility="LocalOnly")
    remote = scene.bob.doer._replace(local=False)
    with pytest.raises(NotFound, match="couldnt_find_post"):
        scene.forum.act_now(create_comment, remote, NewComment(scene.post, "Hello"))


def test_whoever_is_banned_may_only_take_back(scene: Scene) -> None:
    mine = a_comment(scene.forum, scene.bob, scene.post)
    scene.ban(scene.bob)
    with pytest.raises(NotAllowed, match="banned_from_community"):
        a_comment(scene.forum, scene.bob, scene.post)
    with pytest.raises(NotAllowed, match="banned_from_community"):
        scene.forum.act_now(edit_comment, scene.bob.doer, mine, "Worse")
    scene.forum.act_now(delete_comment, scene.bob.doer, mine, deleted=True)
    with pytest.raises(NotAllowed, match="banned_from_community"):
        scene.forum.act_now(delete_comment, scene.bob.doer, mine, deleted=False)
    assert scene.get(mine).deleted


def test_no_post_no_comment(scene: Scene) -> None:
    with pytest.raises(NotFound, match="couldnt_find_post"):
        a_comment(scene.forum, scene.bob, PostId(99))


# ---- edit ----


def test_an_edit_keeps_what_was_said_before(scene: Scene) -> None:
    comment_id = a_comment(scene.forum, scene.bob, scene.post, content="First")
    scene.forum.act_now(edit_comment, scene.bob.doer, comment_id, "Second *thought*")
    stored = scene.get(comment_id)
    assert stored.content == "Second *thought*"
    assert stored.updated_at is not None
    history = scene.rows(edit_history.c.subject, edit_history.c.subject_id, edit_history.c.body)
    assert history == [("comment", comment_id, "First")]
    ((html,),) = scene.rows(comment.c.content_html)
    assert "<em>thought</em>" in html
    assert ("comment_edited",) in scene.rows(event.c.kind)


def test_an_edit_of_the_language_alone_leaves_the_words(scene: Scene) -> None:
    comment_id = a_comment(scene.forum, scene.bob, scene.post, content="Bonjour")
    scene.forum.act_now(edit_comment, scene.bob.doer, comment_id, language_id=LanguageId(47))
    assert (scene.get(comment_id).content, scene.get(comment_id).language_id) == ("Bonjour", 47)
    assert scene.rows(edit_history.c.id) == []


@pytest.mark.parametrize("name", ["ann", "root"])
def test_nobody_changes_another_s_words(scene: Scene, name: str) -> None:
    comment_id = a_comment(scene.forum, scene.bob, scene.post, content="Mine")
    viewer: Viewer = getattr(scene, name)
    with pytest.raises(NotAllowed, match="no_comment_edit_allowed"):
        scene.forum.act_now(edit_comment, viewer.doer, comment_id, "Not mine")
    with pytest.raises(NotAllowed, match="no_comment_edit_allowed"):
        scene.forum.act_now(delete_comment, viewer.doer, comment_id, deleted=True)
    assert scene.get(comment_id).content == "Mine"


def test_what_is_not_there_is_neither_edited_nor_deleted(scene: Scene) -> None:
    with pytest.raises(NotFound, match="couldnt_find_comment"):
        scene.forum.act_now(edit_comment, scene.bob.doer, CommentId(99), "x")
    with pytest.raises(NotFound, match="couldnt_find_comment"):
        scene.forum.act_now(delete_comment, scene.bob.doer, CommentId(99), deleted=True)


# ---- delete ----


def test_deleting_and_restoring_moves_the_figures_once(scene: Scene) -> None:
    parent = a_comment(scene.forum, scene.bob, scene.post)
    mine = a_comment(scene.forum, scene.bob, scene.post, parent)

    def figures() -> list[Any]:
        found = scene.rows(post.c.comments, community.c.comments, total("comments"))
        return [*found, *scene.rows(comment.c.child_count)[-1:]]

    before = figures()
    scene.forum.act_now(delete_comment, scene.bob.doer, mine, deleted=True)
    with pytest.raises(Conflict, match="couldnt_update_comment"):
        scene.forum.act_now(delete_comment, scene.bob.doer, mine, deleted=True)
    # Descendants are counted, whatever their state.
    assert figures() == [(1, 1, 1), (1,)]
    scene.forum.act_now(delete_comment, scene.bob.doer, mine, deleted=False)
    with pytest.raises(Conflict, match="couldnt_update_comment"):
        scene.forum.act_now(delete_comment, scene.bob.doer, mine, deleted=False)
    assert figures() == before
    kinds = [row[0] for row in scene.rows(event.c.kind)]
    assert (kinds.count("comment_deleted"), kinds.count("comment_restored")) == (1, 1)


# ---- save ----


def test_saving_may_be_repeated(scene: Scene) -> None:
    comment_id = a_comment(scene.forum, scene.bob, scene.post)
    for _ in range(2):
        scene.forum.act_now(save_comment, scene.ann, comment_id, save=True)
    assert scene.rows(comment_save.c.comment_id, comment_save.c.person_id) == [
        (comment_id, scene.ann.person_id)
    ]
    for _ in range(2):
        scene.forum.act_now(save_comment, scene.ann, comment_id, save=False)
    assert scene.rows(comment_save.c.comment_id) == []


def test_what_one_does_not_see_cannot_be_saved(scene: Scene) -> None:
    comment_id = a_comment(scene.forum, scene.ann, scene.post)
    scene.change(post, scene.post, removed=True)
    with pytest.raises(NotFound, match="couldnt_find_comment"):
        scene.forum.act_now(save_comment, scene.bob, comment_id, save=True)
    with pytest.raises(NotFound, match="couldnt_find_comment"):
        scene.forum.act_now(save_comment, scene.bob, CommentId(99), save=True)
    scene.forum.act_now(save_comment, scene.root, comment_id, save=True)


# ---- the figures, whatever happens ----


class Discussion(RuleBasedStateMachine):
    """People write, take back and are moderated; after each step every counter is recounted."""

    written = Bundle("written")

    def __init__(self, scene: Scene) -> None:
        super().__init__()
        self.scene = scene
        self.post = a_post(scene.forum, scene.ann, scene.community)

    @rule(target=written)
    def write(self) -> CommentId:
        return a_comment(self.scene.forum, self.scene.bob, self.post)

    @rule(target=written, parent=written, by_root=st.booleans())
    def answer(self, parent: CommentId, by_root: bool) -> CommentId:
        by = self.scene.root if by_root else self.scene.bob
        return a_comment(self.scene.forum, by, self.post, parent)

    @rule(one=written, deleted=st.booleans())
    def delete(self, one: CommentId, deleted: bool) -> None:
        with contextlib.suppress(Conflict, NotAllowed):
            self.scene.forum.act_now(delete_comment, self.scene.bob.doer, one, deleted=deleted)

    @rule(one=written, removed=st.booleans())
    def remove(self, one: CommentId, removed: bool) -> None:
        with contextlib.suppress(ForumError):
            self.scene.forum.act_now(
                remove_comment, self.scene.root.doer, one, removed=removed, reason=None
            )

    @rule(one=written)
    def edit(self, one: CommentId) -> None:
        with contextlib.suppress(NotAllowed):
            self.scene.forum.act_now(edit_comment, self.scene.bob.doer, one, "Rather this")

    @invariant()
    def counters_are_what_counting_gives(self) -> None:
        self.scene.forum.read_now(_check_counters)


def _check_counters(tx: Transaction) -> None:
    rows = tx.conn.all(
        Statement(
            select(
                comment.c.post_id,
                comment.c.creator_id,
                comment.c.path,
                comment.c.child_count,
                comment.c.deleted,
                comment.c.removed,
            )
        )
    )
    shown = [row for row in rows if not row[4] and not row[5]]
    for post_id, counted in tx.conn.all(Statement(select(post.c.id, post.c.comments))):
        assert counted == sum(row[0] == post_id for row in shown)
    for person_id, counted in tx.conn.all(Statement(select(person.c.id, person.c.comment_count))):
        assert counted == sum(row[1] == person_id for row in shown)
    assert tx.conn.value(Statement(select(community.c.comments))) == len(shown)
    assert tx.conn.value(Statement(select(total("comments")))) == len(shown)
    for row in rows:
        below = sum(other[2].startswith(f"{row[2]}.") for other in rows)
        assert row[3] == below


def test_counters_are_what_counting_gives(scene: Scene) -> None:
    def machine() -> Discussion:
        return Discussion(scene)

    run_state_machine_as_test(
        cast(Any, machine),
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_moderator_of_the_place_is_one(scene: Scene) -> None:
    # The rules see the team of the post's community, no other.
    elsewhere = a_community(scene.forum, scene.root, "yard")
    scene.insert(
        community_moderator,
        community_id=elsewhere,
        person_id=scene.bob.person_id,
        created_at=1,
    )
    scene.change(post, scene.post, locked=True)
    with pytest.raises(NotAllowed, match="locked"):
        a_comment(scene.forum, scene.bob, scene.post)
