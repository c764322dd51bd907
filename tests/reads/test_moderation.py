"""The modlog: what each viewer is shown, and every filter."""

from typing import Any

import pytest
from sqlalchemy import update

from moothall.actions import ban, moderation, purge, removal
from moothall.actions.community import (
    hide_community,
    remove_community,
    remove_moderator,
    transfer_community,
)
from moothall.actions.post import delete_post
from moothall.domain.community import Community
from moothall.domain.errors import NotAllowed, NotFound
from moothall.domain.ids import CommentId, CommunityId, PostId
from moothall.domain.moderation import Ban, ModlogKind, ModlogQuery, ModlogView
from moothall.domain.time import DAY, Time
from moothall.domain.visibility import Ties, Who, knows_community
from moothall.forum import Forum
from moothall.reads import moderation as reads
from moothall.storage.community import get_community
from moothall.storage.site import update_site
from moothall.storage.statements import Statement
from moothall.storage.tables import community
from tests.support.builders import a_comment, a_post
from tests.support.clock import Clock
from tests.support.town import Town, a_town

REMOVE, LOCK = ModlogKind.REMOVE_POST, ModlogKind.LOCK_POST


@pytest.fixture
def town(forum: Forum) -> Town:
    return a_town(forum)


def log(town: Town, name: str | None, **query: Any) -> list[ModlogView]:
    viewer = None if name is None else town.people[name]
    return town.forum.read_now(reads.modlog, viewer, ModlogQuery(**query))


def kinds(town: Town, name: str | None, **query: Any) -> list[str]:
    return [view.entry.kind for view in log(town, name, **query)]


def remove(town: Town, post_id: PostId, name: str = "mod", reason: str | None = None) -> None:
    by = town.people[name].doer
    town.forum.act_now(removal.remove_post, by, post_id, removed=True, reason=reason)


def lock(town: Town, post_id: PostId, name: str = "mod") -> None:
    town.forum.act_now(moderation.lock_post, town.people[name].doer, post_id, locked=True)


def put(town: Town, **columns: Any) -> None:
    if not columns:
        return
    change = update(community).where(community.c.id == town.community_id).values(columns)
    town.forum.act_now(lambda tx: tx.conn.run(Statement(change)))


def do_everything(town: Town) -> tuple[PostId, CommentId]:
    """One act of every kind but the purges; returns the post and comment they were about."""
    forum, top, admin = town.forum, town.people["top"].doer, town.people["admin"].doer
    post_id = town.post()
    comment_id = town.comment(post_id=post_id)
    here = town.community_id
    own = a_comment(forum, town.people["top"], post_id)
    forum.act_now(moderation.distinguish_comment, top, own, distinguished=True)
    remove(town, post_id, "top", "rude")
    lock(town, post_id, "top")
    forum.act_now(moderation.feature_post, top, post_id, featured=True, in_community=True)
    forum.act_now(removal.remove_comment, top, comment_id, removed=True)
    forum.act_now(ban.ban_from_community, top, here, town.id_of("author"), Ban("rude"))
    forum.act_now(ban.ban_person, admin, town.id_of("author"), Ban("rude"))
    forum.act_now(remove_moderator, top, here, town.id_of("lower"))
    forum.act_now(transfer_community, top, here, town.id_of("mod"))
    forum.act_now(hide_community, admin, here, hidden=True)
    forum.act_now(remove_community, admin, here, removed=True)
    return post_id, comment_id


def test_newest_first_in_pages(town: Town) -> None:
    posts = [town.post() for _ in range(3)]
    for post_id in posts:
        remove(town, post_id)
    pages = [log(town, "mod", kind=REMOVE, limit=2, page=page) for page in (1, 2, 3)]
    ids = [[view.entry.post_id for view in page] for page in pages]
    assert ids == [[posts[2], posts[1]], [posts[0]], []]


def test_a_page_of_every_kind_at_once(town: Town) -> None:
    for _ in range(3):
        post_id = town.post()
        remove(town, post_id)
        lock(town, post_id)
    query = ModlogQuery(limit=2)
    found = town.forum.read_now(reads.modlog_by_kind, town.people["mod"], query)
    assert sorted(view.entry.kind for view in found) == [
        "ModAddCommunity",
        "ModAddCommunity",
        "ModLockPost",
        "ModLockPost",
        "ModRemovePost",
        "ModRemovePost",
    ]


def test_an_act_tells_all_that_it_is_about(town: Town) -> None:
    _, comment_id = do_everything(town)
    (view,) = log(town, "admin", kind=ModlogKind.REMOVE_COMMENT)
    assert view.comment is not None
    assert view.comment.id == comment_id
    assert view.post is not None
    assert view.community is not None
    assert view.community.name == "town"
    assert view.person is not None
    assert view.person.name == "author"
    assert view.moderator is not None
    assert view.moderator.name == "top"


FILTERS = {
    "post_id": {"ModDistinguishComment", "ModRemovePost", "ModLockPost", "ModFeaturePost"}
    | {"ModRemoveComment"},
    "comment_id": {"ModRemoveComment"},
    "community_id": {
        "ModDistinguishComment",
        "ModRemovePost",
        "ModLockPost",
        "ModFeaturePost",
        "ModRemoveComment",
        "ModBanFromCommunity",
        "ModAddCommunity",
        "ModTransferCommunity",
        "ModHideCommunity",
    },
    "person_id": {
        "ModRemovePost",
        "ModLockPost",
        "ModFeaturePost",
        "ModRemoveComment",
        "ModBanFromCommunity",
        "ModBan",
    },
    "moderator_id": {"ModBan", "ModHideCommunity", "ModRemoveCommunity"},
}


@pytest.mark.parametrize("name", FILTERS)
def test_filters(town: Town, name: str) -> None:
    post_id, comment_id = do_everything(town)
    other = a_post(town.forum, town.people["user"], town.elsewhere_id)
    by = town.people["elsewhere"].doer
    town.forum.act_now(removal.remove_post, by, other, removed=True)
    values = {
        "post_id": post_id,
        "comment_id": comment_id,
        "community_id": town.community_id,
        "person_id": town.id_of("author"),
        "moderator_id": town.id_of("admin"),
    }
    found = log(town, "admin", limit=50, **{name: values[name]})
    assert {view.entry.kind for view in found} == FILTERS[name]
    assert other not in {view.entry.post_id for view in found}
    assert log(town, "admin", **{name: 999_999}) == []


def test_filters_that_exclude_each_other(town: Town) -> None:
    do_everything(town)
    assert kinds(town, "admin", kind=ModlogKind.BAN, community_id=town.community_id) == []
    assert kinds(town, "admin", kind=ModlogKind.PURGE_POST, person_id=town.id_of("author")) == []


@pytest.mark.parametrize(
    ("name", "hides", "sees"),
    [
        (None, True, False),
        ("user", True, False),
        ("lower", True, True),
        ("elsewhere", True, True),
        ("admin", True, True),
        (None, False, True),
        ("user", False, True),
    ],
)
def test_who_knows_the_moderator(town: Town, name: str | None, hides: bool, sees: bool) -> None:
    town.forum.act_now(lambda tx: update_site(tx.conn, hide_modlog_mod_names=hides))
    remove(town, town.post())
    (view,) = log(town, name, kind=REMOVE)
    assert (view.moderator is not None) == sees
    assert (view.entry.moderator_id is not None) == sees
    # Nor may it be found out by filters.
    asked = kinds(town, name, kind=REMOVE, moderator_id=town.id_of("top"))
    assert asked == ([] if sees else ["ModRemovePost"])


@pytest.mark.parametrize(
    ("name", "reads_on"),
    [
        (None, False),
        ("user", False),
        ("author", False),
        ("elsewhere", False),
        ("lower", True),
        ("admin", True),
    ],
)
def test_who_reads_what_was_taken_away(town: Town, name: str | None, reads_on: bool) -> None:
    forum = town.forum
    post_id = a_post(
        forum,
        town.people["author"],
        town.community_id,
        name="A title",
        body="secret",
        url="https://secret.example/",
        alt_text="secret",
    )
    comment_id = a_comment(forum, town.people["author"], post_id, content="secret")
    lock(town, post_id)
    (view,) = log(town, name, kind=LOCK)
    assert view.post is not None
    assert view.post.body == "secret"
    by = town.people["mod"].doer
    forum.act_now(removal.remove_comment, by, comment_id, removed=True)
    remove(town, post_id)
    for view in log(town, name, post_id=post_id):
        assert view.post is not None
        assert view.post.name == "A title"
        assert ("secret" in repr((view.post, view.comment))) == reads_on


def test_what_its_author_deleted_is_not_shown_either(town: Town) -> None:
    post_id = town.post()
    lock(town, post_id)
    town.forum.act_now(delete_post, town.people["author"].doer, post_id, deleted=True)
    (view,) = log(town, "user", kind=LOCK)
    assert view.post is not None
    assert view.post.body is None


# State of the community: who reads that something was done there.
STATES: list[tuple[dict[str, Any], set[str | None]]] = [
    ({}, {None, "user", "lower", "admin"}),
    ({"removed": True}, {None, "user", "lower", "admin"}),
    ({"deleted": True}, {None, "user", "lower", "admin"}),
    ({"hidden": True}, {None, "user", "lower", "admin"}),
    ({"visibility": "LocalOnly"}, {"user", "lower", "admin"}),
    ({"visibility": "Private"}, {"lower", "admin"}),
    ({"visibility": "Private", "removed": True}, {"lower", "admin"}),
]


@pytest.mark.parametrize(
    ("state", "readers"), STATES, ids=[" ".join(map(str, state)) for state, _ in STATES]
)
def test_whose_log_has_which_community(
    town: Town, state: dict[str, Any], readers: set[str | None]
) -> None:
    remove(town, town.post())
    put(town, **state)
    found: Community | None = town.forum.read_now(
        lambda tx: get_community(tx.conn, town.community_id)
    )
    assert found
    ties: dict[str | None, Ties] = {
        None: Ties(Who.NOBODY),
        "user": Ties(Who.PERSON),
        "lower": Ties(Who.PERSON, is_moderator=True),
        "admin": Ties(Who.ADMIN),
    }
    for name, tie in ties.items():
        assert knows_community(found, tie) == (name in readers), name
        assert bool(kinds(town, name, kind=REMOVE)) == (name in readers), name
        assert bool(kinds(town, name, community_id=town.community_id)) == (name in readers), name
        viewer = None if name is None else town.people[name]
        listed = town.forum.read_now(reads.modlog_by_kind, viewer, ModlogQuery())
        assert any(view.entry.kind == REMOVE for view in listed) == (name in readers), name


def test_purges_leave_their_own_row_and_take_the_others(town: Town) -> None:
    admin, post_id = town.people["admin"].doer, town.post()
    kept = town.post()
    remove(town, post_id)
    comment_id = town.comment(post_id=kept)
    town.forum.act_now(purge.purge_post, admin, post_id, "law")
    town.forum.act_now(purge.purge_comment, admin, comment_id, "law")
    town.forum.act_now(purge.purge_person, admin, town.id_of("user"), "law")
    found = [view for view in log(town, None, limit=50) if view.entry.reason == "law"]
    assert {view.entry.kind for view in found} == {
        "AdminPurgePost",
        "AdminPurgeComment",
        "AdminPurgePerson",
    }
    assert kinds(town, "admin", kind=REMOVE) == []


def test_acts_in_a_purged_community_are_gone_with_it(town: Town) -> None:
    remove(town, town.post())
    by = town.people["mod"].doer
    town.forum.act_now(ban.ban_from_community, by, town.community_id, town.id_of("user"), Ban())
    town.forum.act_now(purge.purge_community, town.people["admin"].doer, town.community_id)
    assert kinds(town, "admin") == ["AdminPurgeCommunity"]


def test_banned_people_are_listed_newest_account_first(town: Town) -> None:
    admin = town.people["admin"]
    for name in ("author", "user"):
        town.forum.act_now(ban.ban_person, admin.doer, town.id_of(name), Ban())
    found = town.forum.read_now(reads.list_banned, admin)
    assert [view.person.name for view in found] == ["user", "author"]


def _ban(town: Town, who: str, by: str = "mod", days: int | None = None) -> None:
    clock = town.forum.clock
    end = None if days is None else Time(clock() + days * DAY)
    act = ban.ban_from_community
    town.forum.act_now(
        act, town.people[by].doer, town.community_id, town.id_of(who), Ban(None, end)
    )


@pytest.mark.parametrize(
    "reader, sees",
    [
        ("admin", True), ("mod", True), ("author", False), ("elsewhere", False), ("banned", False),
        (None, False), ("user", True),
    ],
)  # fmt: skip
def test_bans_are_told_to_whom_they_concern(town: Town, reader: str | None, sees: bool) -> None:
    _ban(town, "user", days=3)
    viewer = None if reader is None else town.people[reader]
    found = town.forum.read_now(reads.list_bans_of, viewer, town.id_of("user"))
    assert [each.community.name for each in found] == (["town"] if sees else [])


def test_the_banned_of_a_community_latest_first_until_their_time_is_over(town: Town) -> None:
    clock = town.forum.clock
    assert isinstance(clock, Clock)
    clock.advance(DAY)
    _ban(town, "author", days=3)
    clock.advance(DAY)
    _ban(town, "user")

    def banned(**page: int) -> list[str]:
        mod = town.people["lower"]
        found = town.forum.read_now(reads.list_banned_there, mod, town.community_id, **page)
        return [each.person.name for each in found]

    assert banned() == ["user", "author", "banned"]
    assert banned(page=2, limit=2) == ["banned"]
    clock.advance(3 * DAY)
    assert banned() == ["user", "banned"]
    mod = town.people["mod"]
    assert town.forum.read_now(reads.list_bans_of, mod, town.id_of("author")) == []


@pytest.mark.parametrize("name", ["user", "banned", "elsewhere"])
def test_who_does_not_moderate_gets_no_list_of_the_banned(town: Town, name: str) -> None:
    with pytest.raises(NotAllowed, match="not_a_moderator"):
        town.forum.read_now(reads.list_banned_there, town.people[name], town.community_id)
    with pytest.raises(NotFound):
        town.forum.read_now(reads.list_banned_there, town.people["admin"], CommunityId(999))
