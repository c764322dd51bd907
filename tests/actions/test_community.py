"""Communities: who may do what with them, and what that does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import insert, select

from moothall.actions import community as actions
from moothall.actions.purge import purge_community
from moothall.domain.community import (
    Community,
    CommunityChanges,
    CommunityCounts,
    NewCommunity,
    Standing,
    Visibility,
)
from moothall.domain.errors import Conflict, ForumError, Invalid, NotAllowed, NotFound
from moothall.domain.ids import CommunityId, LanguageId, PersonId
from moothall.domain.site import Site
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.reads import community as reads
from moothall.storage import community as rows
from moothall.storage import site as site_rows
from moothall.storage.language import set_site_languages
from moothall.storage.statements import Statement
from moothall.storage.tables import community_ban, event, modlog
from moothall.storage.transaction import Transaction
from tests.support.builders import a_community, a_person
from tests.support.meeting import after_both, codes_of_two


@dataclass
class Town:
    """A community with a team of three, and people of every other kind."""

    forum: Forum
    id: CommunityId
    people: dict[str, Viewer]

    def do(self, name: str, act: Callable[..., object], *args: object, **fields: object) -> object:
        """Let somebody do something with the community."""
        return self.forum.act_now(act, self.people[name].doer, self.id, *args, **fields)

    def code(self, name: str, act: Callable[..., object], *args: object, **fields: object) -> str:
        """The code with which somebody is refused; "done" if they are not."""
        try:
            self.do(name, act, *args, **fields)
        except ForumError as error:
            return error.code
        return "done"

    def community(self) -> Community:
        return self.forum.read_now(_community, self.id)

    def counts(self) -> CommunityCounts:
        return self.forum.read_now(_counts, self.people["admin"], self.id)

    def team(self) -> list[str]:
        found = self.forum.read_now(reads.moderators, self.people["admin"], self.id)
        return [each.moderator.name for each in found]


def _community(tx: Transaction, community_id: CommunityId) -> Community:
    found = rows.get_community(tx.conn, community_id)
    assert found
    return found


def _counts(tx: Transaction, viewer: Viewer, community_id: CommunityId) -> CommunityCounts:
    return reads.get_community(tx, viewer, community_id=community_id).counts


def _site(tx: Transaction) -> Site:
    return site_rows.get_site(tx.conn)


def _set_site(tx: Transaction, /, **changes: Any) -> None:
    site_rows.update_site(tx.conn, **changes)


def _put(tx: Transaction, /, community_id: CommunityId, **columns: Any) -> None:
    rows.update_community(tx.conn, community_id, **columns)


def _ban(tx: Transaction, community_id: CommunityId, person_id: PersonId) -> None:
    values = {"community_id": community_id, "person_id": person_id, "created_at": tx.now}
    tx.conn.run(Statement(insert(community_ban).values(values)))


def _standing(tx: Transaction, community_id: CommunityId, person_id: PersonId) -> Standing:
    return rows.standing(tx.conn, community_id, person_id, tx.now)


def _modlog(tx: Transaction) -> list[tuple[object, ...]]:
    columns = (modlog.c.kind, modlog.c.undone, modlog.c.reason, modlog.c.person_id)
    return tx.conn.all(Statement(select(*columns).order_by(modlog.c.id)))


def _events(tx: Transaction) -> list[str]:
    return [row[0] for row in tx.conn.all(Statement(select(event.c.kind).order_by(event.c.id)))]


@pytest.fixture
def town(forum: Forum) -> Town:
    people = {
        name: a_person(forum, name)
        for name in ("top", "second", "third", "resident", "stranger", "banned")
    }
    people["admin"] = a_person(forum, "admin", admin=True)
    found = a_community(forum, people["top"], "town")
    town = Town(forum, found, people)
    for name in ("second", "third"):
        town.do("top", actions.add_moderator, people[name].person_id)
    town.do("resident", actions.follow_community, follow=True)
    forum.act_now(_ban, found, people["banned"].person_id)
    return town


# --- who may do what: "done", or the code of the refusal

EVERYBODY = ("top", "second", "third", "resident", "banned", "admin")
_NOT_MOD = "not_a_moderator"
_NOT_TOP = "not_top_mod"
_NOT_ADMIN = "not_an_admin"
TITLE = CommunityChanges(title="A new title")
TABLE = {
    "edit": ("done", "done", "done", _NOT_MOD, _NOT_MOD, "done"),
    "delete": ("done", _NOT_TOP, _NOT_TOP, _NOT_TOP, _NOT_TOP, _NOT_TOP),
    "remove": (_NOT_ADMIN, _NOT_ADMIN, _NOT_ADMIN, _NOT_ADMIN, _NOT_ADMIN, "done"),
    "hide": (_NOT_ADMIN, _NOT_ADMIN, _NOT_ADMIN, _NOT_ADMIN, _NOT_ADMIN, "done"),
    "follow": ("done", "done", "done", "done", "banned_from_community", "done"),
    "unfollow": ("done", "done", "done", "done", "done", "done"),
    "transfer": ("done", _NOT_TOP, _NOT_TOP, _NOT_TOP, _NOT_TOP, "done"),
    "appoint": ("done", "done", "done", _NOT_MOD, _NOT_MOD, "done"),
    "dismiss third": ("done", "done", "done", _NOT_MOD, _NOT_MOD, "done"),
    "dismiss second": ("done", "done", "not_higher_mod", _NOT_MOD, _NOT_MOD, "done"),
    "dismiss top": ("done", "not_higher_mod", "not_higher_mod", _NOT_MOD, _NOT_MOD, "done"),
}


def _attempt(town: Town, name: str, verb: str) -> str:
    ids = {key: viewer.person_id for key, viewer in town.people.items()}
    verbs: dict[str, Callable[[], str]] = {
        "edit": lambda: town.code(name, actions.edit_community, TITLE),
        "delete": lambda: town.code(name, actions.delete_community, deleted=True),
        "remove": lambda: town.code(name, actions.remove_community, removed=True),
        "hide": lambda: town.code(name, actions.hide_community, hidden=True),
        "follow": lambda: town.code(name, actions.follow_community, follow=True),
        "unfollow": lambda: town.code(name, actions.follow_community, follow=False),
        "transfer": lambda: town.code(name, actions.transfer_community, ids["second"]),
        "appoint": lambda: town.code(name, actions.add_moderator, ids["stranger"]),
        "dismiss third": lambda: town.code(name, actions.remove_moderator, ids["third"]),
        "dismiss second": lambda: town.code(name, actions.remove_moderator, ids["second"]),
        "dismiss top": lambda: town.code(name, actions.remove_moderator, ids["top"]),
    }
    return verbs[verb]()


@pytest.mark.parametrize("verb", TABLE)
@pytest.mark.parametrize("name", EVERYBODY)
def test_who_may_do_what(town: Town, verb: str, name: str) -> None:
    assert _attempt(town, name, verb) == TABLE[verb][EVERYBODY.index(name)]


# --- founding


def test_the_founder_leads_and_follows(town: Town) -> None:
    assert town.team() == ["top", "second", "third"]
    # The founder and the resident.
    assert (town.counts().subscribers, town.counts().subscribers_local) == (2, 2)
    assert town.forum.read_now(_site).communities == 1


@pytest.mark.parametrize("name", ["ab", "a" * 21, "with space", "mixedкириллица", "with-dash", ""])
def test_a_name_must_be_one(forum: Forum, name: str) -> None:
    ann = a_person(forum, "ann")
    with pytest.raises(Invalid, match="invalid_name"):
        forum.act_now(actions.create_community, ann.doer, NewCommunity(name, "Title"))
    assert forum.read_now(_site).communities == 0


def test_a_name_is_taken_in_every_case(town: Town) -> None:
    new = NewCommunity("TOWN", "Another")
    with pytest.raises(Conflict, match="community_already_exists"):
        town.forum.act_now(actions.create_community, town.people["stranger"].doer, new)


def test_founding_may_be_reserved_for_admins(town: Town) -> None:
    town.forum.act_now(_set_site, community_creation_admin_only=True)
    new = NewCommunity("city", "City")
    with pytest.raises(NotAllowed, match="only_admins_can_create_communities"):
        town.forum.act_now(actions.create_community, town.people["top"].doer, new)
    town.forum.act_now(actions.create_community, town.people["admin"].doer, new)


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"description": "x" * 10_001}, "invalid_body_field"),
        ({"title": "x" * 256}, "invalid_body_field"),
        ({"icon": "javascript:alert(1)"}, "invalid_url_scheme"),
        ({"icon": "magnet:?xt=urn:btih:abc"}, "invalid_url_scheme"),
        ({"banner": "https://"}, "invalid_url"),
        ({"title": "the forbidden word"}, "slurs"),
        ({"language_ids": [LanguageId(999)]}, "language_not_allowed"),
        ({"nsfw": True}, "nsfw_not_allowed"),
    ],
)
def test_what_is_refused_when_founding_is_refused_when_editing(
    town: Town, changes: dict[str, Any], code: str
) -> None:
    town.forum.act_now(_set_site, slur_filter_regex="forbidden", enable_nsfw=False)
    before = town.community()
    assert town.code("top", actions.edit_community, CommunityChanges(**changes)) == code
    assert town.community() == before
    new = NewCommunity(**{"name": "city", "title": "City", **changes})
    with pytest.raises(Invalid, match=code):
        town.forum.act_now(actions.create_community, town.people["top"].doer, new)


def test_slurs_in_a_name_are_refused_and_in_a_description_replaced(town: Town) -> None:
    town.forum.act_now(_set_site, slur_filter_regex="forbidden")
    with pytest.raises(Invalid, match="slurs"):
        town.forum.act_now(
            actions.create_community,
            town.people["top"].doer,
            NewCommunity("forbidden", "Innocent"),
        )
    town.do("top", actions.edit_community, CommunityChanges(description="a forbidden word"))
    assert town.community().description == "a *removed* word"


# --- editing


def test_editing_changes_what_is_given_and_empty_clears(town: Town) -> None:
    full = CommunityChanges(
        title="  Old   town ",
        description="Hello",
        icon="https://pictures.example/i.png",
        nsfw=True,
        posting_restricted_to_mods=True,
        visibility=Visibility.LOCAL_ONLY,
    )
    town.do("second", actions.edit_community, full)
    found = town.community()
    assert (found.title, found.description, found.icon, found.nsfw) == (
        "Old town",
        "Hello",
        "https://pictures.example/i.png",
        True,
    )
    assert (found.posting_restricted_to_mods, found.visibility) == (True, "LocalOnly")
    town.do("second", actions.edit_community, CommunityChanges(description="", icon=""))
    found = town.community()
    assert (found.title, found.description, found.icon) == ("Old town", None, None)
    assert found.updated_at


def test_languages_are_some_of_the_sites(town: Town) -> None:
    def choose(*ids: int) -> str:
        chosen = CommunityChanges(language_ids=[LanguageId(each) for each in ids])
        return town.code("top", actions.edit_community, chosen)

    def chosen() -> list[LanguageId]:
        return town.forum.read_now(reads.languages, town.id)

    assert choose(37, 32, 37) == "done"
    assert chosen() == [32, 37]
    town.forum.act_now(_set_site_languages, [0, 37])
    assert chosen() == [37]
    assert choose(32) == "language_not_allowed"
    assert chosen() == [37]
    assert choose() == "done"
    assert chosen() == []


def _set_site_languages(tx: Transaction, ids: list[int]) -> None:
    set_site_languages(tx.conn, [LanguageId(each) for each in ids])


def test_moderators_of_what_is_gone_edit_nothing(town: Town) -> None:
    town.do("admin", actions.remove_community, removed=True)
    assert town.code("top", actions.edit_community, TITLE) == "not_a_moderator"
    assert town.code("admin", actions.edit_community, TITLE) == "done"


def test_a_community_of_another_server_is_run_by_its_team(town: Town) -> None:
    town.forum.act_now(_put, town.id, local=False)
    assert town.code("admin", actions.edit_community, TITLE) == "not_a_moderator"
    stranger = town.people["stranger"].person_id
    assert town.code("admin", actions.add_moderator, stranger) == "not_a_moderator"
    assert town.code("admin", actions.remove_community, removed=True) == "done"


# --- deleting, removing, hiding


def test_deleting_and_removing_count(town: Town) -> None:
    def count() -> int:
        return town.forum.read_now(_site).communities

    town.do("top", actions.delete_community, deleted=True)
    assert count() == 0
    town.do("admin", actions.remove_community, removed=True)
    assert count() == 0
    town.do("top", actions.delete_community, deleted=False)
    assert count() == 0
    town.do("admin", actions.remove_community, removed=False)
    assert count() == 1


def test_what_is_so_already_cannot_be_done_again(town: Town) -> None:
    again = "couldnt_update_community"
    assert town.code("top", actions.delete_community, deleted=False) == again
    assert town.code("admin", actions.remove_community, removed=False) == again
    assert town.forum.read_now(_modlog)[2:] == []


def test_admins_acts_stand_in_the_modlog(town: Town) -> None:
    town.do("admin", actions.remove_community, removed=True, reason=" spam ")
    town.do("admin", actions.remove_community, removed=False)
    town.do("admin", actions.hide_community, hidden=True, reason="shy")
    town.do("admin", actions.hide_community, hidden=False)
    # The first two are the appointments of the fixture.
    assert town.forum.read_now(_modlog)[2:] == [
        ("ModRemoveCommunity", False, "spam", None),
        ("ModRemoveCommunity", True, None, None),
        ("ModHideCommunity", False, "shy", None),
        ("ModHideCommunity", True, None, None),
    ]
    assert town.community().hidden is False


def test_a_reason_has_a_length(town: Town) -> None:
    code = town.code("admin", actions.remove_community, removed=True, reason="x" * 10_001)
    assert code == "invalid_body_field"
    assert town.community().removed is False


# --- following and blocking


def test_following_twice_counts_once(town: Town) -> None:
    for _ in range(2):
        town.do("stranger", actions.follow_community, follow=True)
    assert town.counts().subscribers == 3
    for _ in range(2):
        town.do("stranger", actions.follow_community, follow=False)
    assert town.counts().subscribers == 2


def test_following_another_server_waits_for_it(town: Town) -> None:
    town.forum.act_now(_put, town.id, local=False)
    town.do("stranger", actions.follow_community, follow=True)
    stranger = town.people["stranger"]
    view = town.forum.read_now(reads.get_community, stranger, community_id=town.id)
    assert view.subscribed == "Pending"
    assert town.forum.read_now(_events)[-1] == "community_followed"


@pytest.mark.parametrize("state", ["deleted", "removed"])
def test_what_is_gone_is_not_followed_but_left(town: Town, state: str) -> None:
    town.forum.act_now(_put, town.id, **{state: True})
    refusal = town.code("stranger", actions.follow_community, follow=True)
    assert refusal in ("deleted", "couldnt_find_community")
    assert town.code("resident", actions.follow_community, follow=False) == "done"


def test_strangers_from_elsewhere_do_not_follow_what_is_local(town: Town) -> None:
    town.forum.act_now(_put, town.id, visibility="LocalOnly")
    remote = town.people["stranger"].doer._replace(local=False)
    with pytest.raises(NotFound, match="couldnt_find_community"):
        town.forum.act_now(actions.follow_community, remote, town.id, follow=True)


def test_blocking_unfollows(town: Town) -> None:
    resident = town.people["resident"]
    town.forum.act_now(actions.block_community, resident, town.id, block=True)
    view = town.forum.read_now(reads.get_community, resident, community_id=town.id)
    assert (view.blocked, view.subscribed, view.counts.subscribers) == (True, "NotSubscribed", 1)
    town.forum.act_now(actions.block_community, resident, town.id, block=False)
    view = town.forum.read_now(reads.get_community, resident, community_id=town.id)
    assert (view.blocked, view.subscribed) == (False, "NotSubscribed")


def test_nothing_is_done_with_what_does_not_exist(town: Town) -> None:
    town.id = CommunityId(999)
    for act, fields in (
        (actions.follow_community, {"follow": True}),
        (actions.delete_community, {"deleted": True}),
        (actions.remove_community, {"removed": True}),
        (actions.hide_community, {"hidden": True}),
    ):
        assert town.code("admin", act, **fields) == "couldnt_find_community"


# --- the team


def test_transfer_puts_another_of_the_team_first(town: Town) -> None:
    third = town.people["third"].person_id
    town.do("top", actions.transfer_community, third)
    assert town.team() == ["third", "top", "second"]
    assert town.forum.read_now(_modlog)[-1] == ("ModTransferCommunity", False, None, third)
    assert town.code("top", actions.remove_moderator, third) == "not_higher_mod"
    assert town.code("third", actions.delete_community, deleted=True) == "done"


def test_transfer_is_to_one_of_the_team(town: Town) -> None:
    stranger = town.people["stranger"].person_id
    assert town.code("top", actions.transfer_community, stranger) == "not_a_moderator"


def test_appointing_and_dismissing_stand_in_the_modlog(town: Town) -> None:
    stranger = town.people["stranger"].person_id
    town.do("third", actions.add_moderator, stranger)
    assert town.team() == ["top", "second", "third", "stranger"]
    town.do("third", actions.remove_moderator, stranger)
    assert town.team() == ["top", "second", "third"]
    assert town.forum.read_now(_modlog)[-2:] == [
        ("ModAddCommunity", False, None, stranger),
        ("ModAddCommunity", True, None, stranger),
    ]


def test_who_is_banned_is_not_appointed(town: Town) -> None:
    banned = town.people["banned"].person_id
    assert town.code("top", actions.add_moderator, banned) == "banned_from_community"
    assert town.code("top", actions.add_moderator, 999) == "couldnt_find_person"
    second = town.people["second"].person_id
    assert town.code("top", actions.add_moderator, second) == "community_moderator_already_exists"
    stranger = town.people["stranger"].person_id
    assert town.code("top", actions.remove_moderator, stranger) == "not_a_moderator"


def test_the_next_in_rank_follows_who_resigns(town: Town) -> None:
    town.do("top", actions.remove_moderator, town.people["top"].person_id)
    assert town.team() == ["second", "third"]
    assert town.code("second", actions.delete_community, deleted=True) == "done"


def test_a_banned_moderator_rests(town: Town) -> None:
    town.forum.act_now(_ban, town.id, town.people["second"].person_id)
    assert town.forum.read_now(_standing, town.id, town.people["second"].person_id).is_banned
    assert town.code("second", actions.edit_community, TITLE) == "banned_from_community"


# --- two at once: what a decision rests on does not change under it


def _meet(town: Town, monkeypatch: pytest.MonkeyPatch, *attempts: Callable[[], object]) -> set[str]:
    """Let two actions look at the community before either changes it; the codes of both."""
    monkeypatch.setattr(rows, "lock_community", after_both(rows.lock_community))
    return set(codes_of_two(lambda number: attempts[number]()))


def _site_communities(town: Town) -> int:
    return town.forum.read_now(_site).communities


def test_two_who_delete_at_once_count_it_out_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def delete() -> object:
        return town.do("top", actions.delete_community, deleted=True)

    assert _meet(town, monkeypatch, delete, delete) == {"in", "couldnt_update_community"}
    assert _site_communities(town) == 0


def test_deleted_and_removed_at_once_it_is_both(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = _meet(
        town,
        monkeypatch,
        lambda: town.do("top", actions.delete_community, deleted=True),
        lambda: town.do("admin", actions.remove_community, removed=True),
    )
    assert codes == {"in"}
    community = town.community()
    assert (community.deleted, community.removed) == (True, True)
    assert _site_communities(town) == 0


def test_two_who_purge_at_once_count_it_out_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def purge() -> object:
        return town.do("admin", purge_community)

    assert _meet(town, monkeypatch, purge, purge) == {"in", "couldnt_find_community"}
    assert _site_communities(town) == 0


def test_a_community_is_handed_on_once(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def hand_on_to(name: str) -> object:
        return town.do("top", actions.transfer_community, town.people[name].person_id)

    codes = _meet(town, monkeypatch, lambda: hand_on_to("second"), lambda: hand_on_to("third"))
    assert codes == {"in", "not_top_mod"}


def test_of_two_who_appoint_somebody_at_once_one_is_told_so(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def appoint() -> object:
        return town.do("top", actions.add_moderator, town.people["resident"].person_id)

    codes = _meet(town, monkeypatch, appoint, appoint)
    assert codes == {"in", "community_moderator_already_exists"}
