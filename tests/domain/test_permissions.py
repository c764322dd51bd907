"""Who may do what, as the rules say it: the code of each refusal, "" where it is allowed."""

import pytest

from moothall.domain import permissions
from moothall.domain.community import Standing
from moothall.domain.errors import NotAllowed
from moothall.domain.ids import PersonId
from moothall.domain.permissions import Refusal, require
from moothall.domain.time import Time
from tests.domain import things
from tests.domain.things import ADMIN, MEMBER, MODERATOR, STANDINGS, community, person, post


def code(refusal: Refusal) -> str:
    return "" if refusal is None else refusal.code


def test_a_reason_is_raised_and_none_is_not() -> None:
    require(None)
    with pytest.raises(NotAllowed, match="locked"):
        require(NotAllowed("locked"))


# A rule about a place, by the state of the place and what somebody is there, in this order.
WHO = tuple(STANDINGS)
GONE = "couldnt_find_community"
BARRED = "banned_from_community"
STRANGER = "not_a_moderator"
PLACES = {
    "open": community(),
    "deleted": community(deleted=True),
    "removed": community(removed=True),
    "restricted": community(posting_restricted_to_mods=True),
    "remote": community(local=False),
}
TAKE_PART = {
    #              member     banned     moderator  banned mod admin      banned admin
    "open":       ("",        BARRED,    "",        BARRED,    "",        ""),
    "deleted":    ("deleted", "deleted", "deleted", "deleted", "deleted", "deleted"),
    "removed":    (GONE,      GONE,      GONE,      GONE,      GONE,      GONE),
    "restricted": ("",        BARRED,    "",        BARRED,    "",        ""),
    "remote":     ("",        BARRED,    "",        BARRED,    "",        ""),
}  # fmt: skip
ONLY_MODS = "only_mods_can_post_in_community"
POST = TAKE_PART | {
    "restricted": (ONLY_MODS, BARRED, "", BARRED, ONLY_MODS, ONLY_MODS),
}
MODERATE = {
    "open":       (STRANGER, STRANGER, "",       BARRED, "", ""),
    "deleted":    (STRANGER, STRANGER, STRANGER, BARRED, "", ""),
    "removed":    (STRANGER, STRANGER, STRANGER, BARRED, "", ""),
    "restricted": (STRANGER, STRANGER, "",       BARRED, "", ""),
    "remote":     (STRANGER, STRANGER, "",       BARRED, "", ""),
}  # fmt: skip
MODERATE_GONE = MODERATE | dict.fromkeys(
    ("deleted", "removed"), (STRANGER, STRANGER, "", BARRED, "", "")
)
RUN = MODERATE | {"remote": (STRANGER, STRANGER, "", BARRED, STRANGER, STRANGER)}


@pytest.mark.parametrize("state", PLACES)
@pytest.mark.parametrize("number", range(len(WHO)), ids=WHO)
def test_rules_about_a_community(state: str, number: int) -> None:
    place, standing = PLACES[state], STANDINGS[WHO[number]]
    assert code(permissions.may_take_part(place, standing)) == TAKE_PART[state][number]
    assert code(permissions.may_post(place, standing)) == POST[state][number]
    assert code(permissions.may_moderate(place, standing)) == MODERATE[state][number]
    also_gone = permissions.may_moderate(place, standing, also_gone=True)
    assert code(also_gone) == MODERATE_GONE[state][number]
    assert code(permissions.may_run_community(place, standing)) == RUN[state][number]


@pytest.mark.parametrize(
    ("changes", "standing", "refusal"),
    [
        ({}, MEMBER, ""),
        ({"locked": True}, MEMBER, "locked"),
        ({"locked": True}, MODERATOR, ""),
        ({"locked": True}, ADMIN, ""),
        ({"deleted": True}, ADMIN, "couldnt_find_post"),
        ({"removed": True}, MODERATOR, "couldnt_find_post"),
        ({"locked": True, "removed": True}, MEMBER, "couldnt_find_post"),
    ],
)
def test_answering_a_post(changes: dict[str, bool], standing: Standing, refusal: str) -> None:
    found = permissions.may_comment(post(**changes), community(), standing)
    assert code(found) == refusal


@pytest.mark.parametrize("state", PLACES)
@pytest.mark.parametrize("name", STANDINGS)
def test_who_takes_part_in_nothing_neither_comments_votes_nor_reports(
    state: str, name: str
) -> None:
    place, standing = PLACES[state], STANDINGS[name]
    expected = TAKE_PART[state][WHO.index(name)]
    voting = permissions.may_vote(
        is_bot=False, score=1, downvotes=True, community=place, standing=standing
    )
    reporting = permissions.may_report(place, standing, deleted=False, removed=False)
    commenting = permissions.may_comment(post(), place, standing)
    assert [code(each) for each in (voting, reporting, commenting)] == [expected] * 3


@pytest.mark.parametrize(
    ("score", "is_bot", "downvotes", "refusal"),
    [
        (1, False, True, ""),
        (0, False, True, ""),
        (-1, False, True, ""),
        (1, False, False, ""),
        (0, False, False, ""),
        (-1, False, False, "downvotes_are_disabled"),
        (1, True, True, "invalid_bot_action"),
        (0, True, True, "invalid_bot_action"),
        (2, False, True, "invalid_vote_value"),
        (-2, True, False, "invalid_vote_value"),
    ],
)
def test_votes(score: int, is_bot: bool, downvotes: bool, refusal: str) -> None:
    found = permissions.may_vote(
        is_bot=is_bot, score=score, downvotes=downvotes, community=community(), standing=MEMBER
    )
    assert code(found) == refusal


LATER_ADMIN = ADMIN._replace(admin_since=Time(11))
FIRST_ADMIN = ADMIN._replace(admin_since=None)
LATER_MODERATOR = MODERATOR._replace(moderator_since=Time(11))
ADMIN_AND_MODERATOR = ADMIN._replace(is_moderator=True, moderator_since=Time(99))
UNRANKED = MODERATOR._replace(moderator_since=None)


@pytest.mark.parametrize(
    ("doer", "target", "refusal"),
    [
        pytest.param(MODERATOR, MEMBER, "", id="moderator on member"),
        pytest.param(MODERATOR, LATER_MODERATOR, "", id="on a later one"),
        pytest.param(LATER_MODERATOR, MODERATOR, "not_higher_mod", id="on an earlier one"),
        pytest.param(MODERATOR, MODERATOR, "not_higher_mod", id="of the same moment"),
        pytest.param(MODERATOR, UNRANKED, "not_higher_mod", id="on one without a rank"),
        pytest.param(UNRANKED, MODERATOR, "not_higher_mod", id="without a rank"),
        pytest.param(MODERATOR, ADMIN, "not_higher_admin", id="moderator on admin"),
        pytest.param(MODERATOR, ADMIN_AND_MODERATOR, "not_higher_admin", id="who moderates too"),
        pytest.param(ADMIN, MEMBER, "", id="admin on member"),
        pytest.param(ADMIN, MODERATOR, "", id="admin on moderator"),
        pytest.param(ADMIN, LATER_ADMIN, "", id="on a later admin"),
        pytest.param(LATER_ADMIN, ADMIN, "not_higher_admin", id="on an earlier admin"),
        pytest.param(ADMIN, ADMIN, "not_higher_admin", id="admins of the same moment"),
        pytest.param(FIRST_ADMIN, ADMIN, "", id="the first admin"),
        pytest.param(ADMIN, FIRST_ADMIN, "not_higher_admin", id="on the first admin"),
    ],
)
def test_nobody_acts_on_their_better(doer: Standing, target: Standing, refusal: str) -> None:
    assert code(permissions.may_act_on(doer, target)) == refusal
    assert permissions.may_act_on(doer, target, same_person=True) is None


@pytest.mark.parametrize(
    ("deleted", "removed", "refusal"),
    [(False, False, ""), (True, False, "deleted"), (False, True, "deleted")],
)
def test_what_is_gone_is_not_reported(deleted: bool, removed: bool, refusal: str) -> None:
    found = permissions.may_report(community(), MEMBER, deleted=deleted, removed=removed)
    assert code(found) == refusal


@pytest.mark.parametrize(
    ("changes", "standing", "refusal"),
    [
        ({}, MEMBER, ""),
        ({"local": False}, MEMBER, ""),
        ({"deleted": True}, MEMBER, "couldnt_find_person"),
        ({"deleted": True, "banned": True}, MEMBER, "couldnt_find_person"),
        ({"banned": True}, MEMBER, "banned"),
        ({}, STANDINGS["banned"], "banned_from_community"),
        ({}, STANDINGS["banned admin"], "banned_from_community"),
    ],
)
def test_who_can_join_a_team(changes: dict[str, bool], standing: Standing, refusal: str) -> None:
    assert code(permissions.may_be_moderator(person(**changes), standing)) == refusal


def test_a_team_belongs_to_its_first() -> None:
    assert permissions.may_delete_community(is_top_moderator=True) is None
    assert code(permissions.may_delete_community(is_top_moderator=False)) == "not_top_mod"
    for is_top, standing, refusal in (
        (True, MODERATOR, ""),
        (False, MODERATOR, "not_top_mod"),
        (False, ADMIN, ""),
        (False, MEMBER, "not_top_mod"),
    ):
        found = permissions.may_transfer_community(is_top_moderator=is_top, standing=standing)
        assert code(found) == refusal


@pytest.mark.parametrize("is_admin", [True, False])
def test_what_admins_do(is_admin: bool) -> None:
    doer = things.doer(is_admin=is_admin)
    refused = "" if is_admin else "not_an_admin"
    assert code(permissions.may_administer(doer)) == refused
    assert permissions.may_create_community(doer, admin_only=False) is None
    reserved = code(permissions.may_create_community(doer, admin_only=True))
    assert reserved == ("" if is_admin else "only_admins_can_create_communities")


@pytest.mark.parametrize(
    ("rule", "refusal"),
    [
        (permissions.may_edit_post, "no_post_edit_allowed"),
        (permissions.may_edit_comment, "no_comment_edit_allowed"),
        (permissions.may_edit_message, "edit_private_message_not_allowed"),
        (permissions.may_mark_message, "couldnt_update_private_message"),
    ],
)
def test_what_is_only_ones_own(rule: object, refusal: str) -> None:
    ask = rule if callable(rule) else pytest.fail("no rule")
    assert ask(PersonId(1), PersonId(1)) is None
    assert code(ask(PersonId(1), PersonId(2))) == refusal


def test_who_is_blocked_does_not_write() -> None:
    assert permissions.may_write_to(is_blocked=False) is None
    assert code(permissions.may_write_to(is_blocked=True)) == "person_is_blocked"
