"""Who may moderate what, and that nothing is done without its row in the modlog."""

from collections.abc import Callable

import pytest
from sqlalchemy import Table, func, select

from moothall.actions import ban, moderation, purge, removal
from moothall.actions.comment import delete_comment
from moothall.actions.community import add_moderator
from moothall.actions.post import delete_post
from moothall.domain.ids import CommentId, PostId
from moothall.domain.moderation import Ban
from moothall.domain.post import Post
from moothall.forum import Forum
from moothall.storage.post import get_post
from moothall.storage.statements import Row, Statement
from moothall.storage.tables import (
    comment,
    community,
    community_ban,
    community_follow,
    event,
    modlog,
    person,
    post,
    private_message,
    report,
    session,
)
from moothall.storage.transaction import Transaction
from tests.support.town import Town, a_town, code_of, rows_of
from tests.support.verbs import ACTORS, VERBS, Verb

_WATCHED: tuple[Table, ...] = (
    person,
    session,
    community,
    community_ban,
    community_follow,
    post,
    comment,
    private_message,
    report,
    modlog,
    event,
)
_READ = [Statement(select(table)) for table in _WATCHED]
_LAST_ACT = Statement(select(func.max(modlog.c.id)))
_LAST_EVENT = Statement(select(func.max(event.c.id)))


def _everything(tx: Transaction) -> list[set[Row]]:
    return [set(tx.conn.all(statement)) for statement in _READ]


def _last(forum: Forum, statement: Statement) -> int:
    return rows_of(forum, statement)[0][0] or 0


@pytest.fixture
def town(forum: Forum) -> Town:
    return a_town(forum)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_who_may(town: Town, verb: Verb) -> None:
    for name in ACTORS:
        target = verb.prepare(town, name)
        before = town.forum.read_now(_everything)
        acts, events = _last(town.forum, _LAST_ACT), _last(town.forum, _LAST_EVENT)
        arguments, fields = verb.arguments(town, target)
        doer = town.people[name].doer
        code = code_of(town.forum, verb.action, doer, *arguments, **fields)
        assert code == verb.refusals.get(name, "done"), name
        if code == "done":
            assert (_last(town.forum, _LAST_ACT) > acts) == verb.is_logged, name
            assert _last(town.forum, _LAST_EVENT) > events, name
        else:
            assert town.forum.read_now(_everything) == before, name


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_nothing_is_done_to_what_is_not_there(town: Town, verb: Verb) -> None:
    arguments, fields = verb.arguments(town, 999_999)
    before = town.forum.read_now(_everything)
    code = code_of(town.forum, verb.action, town.people["senior"].doer, *arguments, **fields)
    assert code.startswith("couldnt_"), code
    assert town.forum.read_now(_everything) == before


HIERARCHY = [
    # doer, whose words, code
    ("lower", "author", "done"),
    ("lower", "mod", "not_higher_mod"),
    ("lower", "top", "not_higher_mod"),
    ("lower", "admin", "not_higher_admin"),
    ("mod", "lower", "done"),
    ("mod", "top", "not_higher_mod"),
    ("top", "mod", "done"),
    ("top", "lower", "done"),
    ("top", "senior", "not_higher_admin"),
    ("admin", "top", "done"),
    ("admin", "senior", "not_higher_admin"),
    ("senior", "admin", "done"),
    ("senior", "top", "done"),
]


@pytest.mark.parametrize(("doer", "target", "code"), HIERARCHY)
def test_nobody_acts_on_their_better(town: Town, doer: str, target: str, code: str) -> None:
    by, forum = town.people[doer].doer, town.forum
    post_id, comment_id = town.post(target), town.comment(target)
    assert code_of(forum, removal.remove_post, by, post_id, removed=True) == code
    assert code_of(forum, removal.remove_comment, by, comment_id, removed=True) == code
    arguments = (by, town.community_id, town.id_of(target), Ban())
    assert code_of(forum, ban.ban_from_community, *arguments) == code


@pytest.mark.parametrize("target", ["senior", "admin", "top", "author"])
def test_only_a_higher_admin_bans_or_purges_an_admin(town: Town, target: str) -> None:
    by, forum = town.people["admin"].doer, town.forum
    code = "not_higher_admin" if target in ("senior", "admin") else "done"
    post_id = town.post(target)
    own = code == "done" or target == "admin"
    assert code_of(forum, purge.purge_post, by, post_id) == ("done" if own else code)
    assert code_of(forum, ban.ban_person, by, town.id_of(target), Ban()) == code
    assert code_of(forum, purge.purge_person, by, town.id_of(target)) == code


def test_a_community_with_a_higher_admin_in_its_team_is_not_purged(town: Town) -> None:
    forum, top = town.forum, town.people["top"].doer
    forum.act_now(add_moderator, top, town.community_id, town.id_of("senior"))
    admin, senior = town.people["admin"].doer, town.people["senior"].doer
    assert code_of(forum, purge.purge_community, admin, town.community_id) == "not_higher_admin"
    assert code_of(forum, purge.purge_community, senior, town.community_id) == "done"


@pytest.mark.parametrize("name", ["lower", "top", "admin", "senior"])
def test_everybody_may_remove_what_is_their_own(town: Town, name: str) -> None:
    by = town.people[name].doer
    assert code_of(town.forum, removal.remove_post, by, town.post(name), removed=True) == "done"


@pytest.mark.parametrize(
    ("name", "code"), [("top", "not_higher_mod"), ("admin", "not_higher_admin")]
)
def test_nobody_bans_themselves(town: Town, name: str, code: str) -> None:
    by = town.people[name]
    arguments = (by.doer, town.community_id, by.person_id, Ban())
    assert code_of(town.forum, ban.ban_from_community, *arguments) == code


def test_a_banned_moderator_moderates_no_more(town: Town) -> None:
    town.ban("lower")
    by = town.people["lower"].doer
    code = code_of(town.forum, removal.remove_post, by, town.post(), removed=True)
    assert code == "banned_from_community"


@pytest.mark.parametrize(
    ("action", "column", "more"),
    [
        (removal.remove_post, "removed", {}),
        (moderation.lock_post, "locked", {}),
        (moderation.feature_post, "featured_community", {"in_community": True}),
        (moderation.feature_post, "featured_local", {"in_community": False}),
    ],
    ids=["remove", "lock", "feature", "feature on front"],
)
def test_what_is_so_already_is_a_conflict(
    town: Town, action: Callable[..., object], column: str, more: dict[str, bool]
) -> None:
    by, post_id = town.people["senior"].doer, town.post()
    name = column.split("_", maxsplit=1)[0]
    for flag in (False, True, True, False, False):
        found = town.forum.read_now(_post, post_id)
        expected = "couldnt_update_post" if getattr(found, column) == flag else "done"
        assert code_of(town.forum, action, by, post_id, **{name: flag}, **more) == expected
        assert getattr(town.forum.read_now(_post, post_id), column) == flag


def _post(tx: Transaction, post_id: PostId) -> Post:
    found = get_post(tx.conn, post_id)
    assert found
    return found


def test_a_comment_that_its_author_deleted_cannot_be_removed(town: Town) -> None:
    comment_id = town.comment()
    town.forum.act_now(delete_comment, town.people["author"].doer, comment_id, deleted=True)
    by = town.people["mod"].doer
    for flag in (True, False):
        code = code_of(town.forum, removal.remove_comment, by, comment_id, removed=flag)
        assert code == "couldnt_update_comment"


def test_distinguishing_twice_is_a_conflict(town: Town) -> None:
    comment_id, by = town.comment("mod"), town.people["mod"].doer
    act = moderation.distinguish_comment
    assert code_of(town.forum, act, by, comment_id, distinguished=True) == "done"
    again = code_of(town.forum, act, by, comment_id, distinguished=True)
    assert again == "couldnt_update_comment"


def _counters(tx: Transaction, town: Town, post_id: PostId) -> tuple[int, ...]:
    author = town.id_of("author")
    queries = (
        select(person.c.post_count, person.c.comment_count).where(person.c.id == author),
        select(community.c.posts, community.c.comments).where(community.c.id == town.community_id),
        select(post.c.comments).where(post.c.id == post_id),
    )
    return tuple(value for query in queries for value in tx.conn.all(Statement(query))[0])


def test_removal_and_return_move_every_counter(town: Town) -> None:
    forum, by = town.forum, town.people["mod"].doer
    post_id = town.post()
    comment_id = CommentId(town.comment(post_id=post_id))
    assert forum.read_now(_counters, town, post_id) == (1, 1, 1, 1, 1)
    forum.act_now(removal.remove_comment, by, comment_id, removed=True)
    assert forum.read_now(_counters, town, post_id) == (1, 0, 1, 0, 0)
    forum.act_now(removal.remove_post, by, post_id, removed=True)
    assert forum.read_now(_counters, town, post_id) == (0, 0, 0, 0, 0)
    forum.act_now(removal.remove_comment, by, comment_id, removed=False)
    forum.act_now(removal.remove_post, by, post_id, removed=False)
    assert forum.read_now(_counters, town, post_id) == (1, 1, 1, 1, 1)


def test_removing_a_post_that_its_author_deleted_counts_nothing_twice(town: Town) -> None:
    forum, post_id = town.forum, town.post()
    forum.act_now(delete_post, town.people["author"].doer, post_id, deleted=True)
    forum.act_now(removal.remove_post, town.people["mod"].doer, post_id, removed=True)
    assert forum.read_now(_counters, town, post_id)[:3] == (0, 0, 0)


def test_a_reason_has_a_length(town: Town) -> None:
    by, long = town.people["mod"].doer, "x" * 10_001
    code = code_of(town.forum, removal.remove_post, by, town.post(), removed=True, reason=long)
    assert code == "invalid_body_field"
