"""The site's beginning, its settings and its admins."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from moothall.actions import site as actions
from moothall.actions.purge import purge_person
from moothall.actions.site import ensure_site
from moothall.actions.site_settings import edit_site
from moothall.actions.user import delete_account
from moothall.domain.account import Proof
from moothall.domain.errors import Conflict, ForumError, Invalid, NotAllowed
from moothall.domain.ids import PersonId
from moothall.domain.site import Home, RegistrationMode, SiteChanges
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.lib.tokens import hash_token
from moothall.reads import site as reads
from moothall.reads.user import account_view
from moothall.storage import account as accounts
from moothall.storage.account import update_person
from moothall.storage.statements import Statement
from moothall.storage.tables import modlog, settings_change
from moothall.storage.transaction import Transaction
from tests.support.builders import PASSWORD_HASH, a_person
from tests.support.meeting import after_both, codes_of_two


def test_first_start_makes_a_site_that_waits(raw_forum: Forum) -> None:
    site = raw_forum.read_now(reads.get_site)
    assert (site.name, site.is_set_up, site.registration_mode) == (
        "New Site",
        False,
        "RequireApplication",
    )


def test_every_start_makes_a_new_setup_token(raw_forum: Forum) -> None:
    first = raw_forum.act_now(ensure_site)
    second = raw_forum.act_now(ensure_site)
    assert first is not None
    assert second is not None
    assert first != second
    assert raw_forum.read_now(reads.get_site).setup_token_hash == hash_token(second).hex()


def test_a_site_that_is_set_up_needs_no_token(forum: Forum) -> None:
    assert forum.act_now(ensure_site) is None


# --- setting up


def test_the_token_makes_the_first_admin_once(raw_forum: Forum) -> None:
    token = raw_forum.act_now(ensure_site)
    assert token
    for wrong in ("", "wrong", token[:-1]):
        with pytest.raises(NotAllowed, match="setup_token_required"):
            raw_forum.act_now(actions.set_up_site, wrong, "chief", PASSWORD_HASH, "Ours")
    assert raw_forum.read_now(reads.list_admins) == []
    raw_forum.act_now(actions.set_up_site, token, "chief", PASSWORD_HASH, " Our  place ")
    site = raw_forum.read_now(reads.get_site)
    assert (site.name, site.is_set_up, site.setup_token_hash) == ("Our place", True, None)
    assert [each.person.name for each in raw_forum.read_now(reads.list_admins)] == ["chief"]
    with pytest.raises(Conflict, match="site_already_exists"):
        raw_forum.act_now(actions.set_up_site, token, "second", PASSWORD_HASH, "Mine")
    assert raw_forum.act_now(ensure_site) is None


def test_an_older_token_is_void(raw_forum: Forum) -> None:
    old = raw_forum.act_now(ensure_site)
    raw_forum.act_now(ensure_site)
    assert old
    with pytest.raises(NotAllowed, match="setup_token_required"):
        raw_forum.act_now(actions.set_up_site, old, "chief", PASSWORD_HASH, "Ours")


def test_a_name_that_is_refused_leaves_the_token_valid(raw_forum: Forum) -> None:
    token = raw_forum.act_now(ensure_site)
    assert token
    for admin, name, code in (
        ("chief", "", "site_name_required"),
        ("chief", "x" * 21, "site_name_length_overflow"),
        ("no name", "Ours", "invalid_name"),
    ):
        with pytest.raises(Invalid, match=code):
            raw_forum.act_now(actions.set_up_site, token, admin, PASSWORD_HASH, name)
    raw_forum.act_now(actions.set_up_site, token, "chief", PASSWORD_HASH, "Ours")


def test_the_setup_section_is_applied_once(raw_forum: Forum) -> None:
    raw_forum.act_now(ensure_site)
    assert raw_forum.act_now(actions.apply_setup_section, "chief", PASSWORD_HASH, "Ours")
    assert not raw_forum.act_now(actions.apply_setup_section, "other", PASSWORD_HASH, "Else")
    assert raw_forum.read_now(reads.get_site).name == "Ours"
    assert [each.person.name for each in raw_forum.read_now(reads.list_admins)] == ["chief"]


def test_a_database_stays_with_its_domain(forum: Forum) -> None:
    forum.home = Home(domain="other.example", base_url="https://other.example")
    with pytest.raises(Invalid, match=r"other_domain: .*forum\.example"):
        forum.act_now(ensure_site)


# --- settings


def test_the_operator_switches_federation_off_without_the_admins_decision(forum: Forum) -> None:
    chief, home = a_person(forum, "chief", admin=True), forum.home
    forum.home = replace(home, federates=False)
    assert not forum.read_now(reads.get_site).federation_enabled
    assert not forum.read_now(reads.get_site_page).site.federation_enabled
    assert forum.read_now(reads.federated_instances) is None
    shown = SiteChanges(name="Ours", federation_enabled=False, private_instance=False)
    forum.act_now(edit_site, chief.doer, shown)
    forum.home = home
    site = forum.read_now(reads.get_site)
    assert (site.name, site.federation_enabled) == ("Ours", True)


def test_a_site_made_private_meanwhile_stays_without_federation(forum: Forum) -> None:
    chief, home = a_person(forum, "chief", admin=True), forum.home
    forum.home = replace(home, federates=False)
    both = SiteChanges(private_instance=True, federation_enabled=True)
    with pytest.raises(Invalid, match="cant_enable_private_instance_and_federation_together"):
        forum.act_now(edit_site, chief.doer, both)
    assert not forum.read_now(reads.get_site).private_instance
    forum.act_now(edit_site, chief.doer, SiteChanges(private_instance=True))
    forum.home = home
    site = forum.read_now(reads.get_site)
    assert (site.private_instance, site.federation_enabled) == (True, False)


def _log_of(tx: Transaction) -> list[tuple[object, ...]]:
    columns = (settings_change.c.setting, settings_change.c.old_value, settings_change.c.new_value)
    return tx.conn.all(Statement(select(*columns).order_by(settings_change.c.id)))


def test_only_admins_change_settings(forum: Forum) -> None:
    person = a_person(forum, "person")
    with pytest.raises(NotAllowed, match="not_an_admin"):
        forum.act_now(edit_site, person.doer, SiteChanges(name="Theirs"))
    assert forum.read_now(reads.get_site).name == "Test Forum"


def test_what_changes_is_written_down(forum: Forum) -> None:
    admin = a_person(forum, "admin", admin=True).doer
    forum.act_now(edit_site, admin, SiteChanges(name="Ours", enable_nsfw=True, taglines=["a", "b"]))
    forum.act_now(edit_site, admin, SiteChanges(taglines=["b", "c"], sidebar="Hello"))
    forum.act_now(edit_site, admin, SiteChanges(sidebar=""))
    # NSFW was on already.
    assert forum.read_now(_log_of) == [
        ("name", '"Test Forum"', '"Ours"'),
        ("taglines", "[]", '["a", "b"]'),
        ("sidebar", None, '"Hello"'),
        ("taglines", '["a"]', '["c"]'),
        ("sidebar", '"Hello"', None),
    ]
    page = forum.read_now(reads.get_site_page)
    assert [each.content for each in page.lists.taglines] == ["b", "c"]
    assert (page.site.sidebar, page.site.sidebar_html) == (None, None)


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"description": "x" * 151}, "site_description_length_overflow"),
        ({"description": "a bad word"}, "slurs"),
        ({"name": "bad"}, "slurs"),
        ({"name": "x" * 21}, "site_name_length_overflow"),
        ({"private_instance": True}, "cant_enable_private_instance_and_federation_together"),
        ({"taglines": ["fine", "x" * 10_001]}, "invalid_body_field"),
        ({"require_email_verification": True}, "no_email_setup"),
        ({"sidebar": "x" * 10_001}, "invalid_body_field"),
        ({"content_warning": "x" * 10_001}, "invalid_body_field"),
        ({"icon": "ftp://x.example/i"}, "invalid_url_scheme"),
        ({"banner": "nonsense"}, "invalid_url"),
        ({"slur_filter_regex": ".*"}, "permissive_regex"),
        ({"slur_filter_regex": "("}, "invalid_regex"),
        ({"slur_filter_regex": "(a)\\1"}, "invalid_regex"),
        ({"rate_post": 0}, "unknown"),
        ({"rate_post_s": -1}, "unknown"),
        ({"actor_name_max_length": 1}, "invalid_name"),
        ({"captcha_difficulty": "impossible"}, "unknown"),
        ({"discussion_languages": [184]}, "language_not_allowed"),
        ({"blocked_urls": ["https://"]}, "invalid_url"),
        ({"blocked_instances": ["no host"]}, "invalid_url"),
        ({"blocked_instances": ["FORUM.example"]}, "cant_block_local_instance"),
        ({"taglines": ["x"] * 10_001}, "too_many_items"),
        (
            {"registration_mode": RegistrationMode.REQUIRE_APPLICATION, "application_question": ""},
            "application_question_required",
        ),
    ],
)
def test_settings_that_are_refused_change_nothing(
    forum: Forum, changes: dict[str, Any], code: str
) -> None:
    admin = a_person(forum, "admin", admin=True).doer
    forum.act_now(edit_site, admin, SiteChanges(slur_filter_regex="bad"))
    before = forum.read_now(reads.get_site_page)
    with pytest.raises(Invalid, match=code) as refused:
        forum.act_now(edit_site, admin, SiteChanges(legal_information="new", **changes))
    # Whoever fills in a form of many fields is told which one it is.
    assert refused.value.field in changes
    assert forum.read_now(reads.get_site_page) == before


def test_a_site_is_private_or_federated(forum: Forum) -> None:
    admin = a_person(forum, "admin", admin=True).doer
    forum.act_now(edit_site, admin, SiteChanges(private_instance=True, federation_enabled=False))
    with pytest.raises(Invalid, match="cant_enable_private_instance_and_federation_together"):
        forum.act_now(edit_site, admin, SiteChanges(federation_enabled=True))
    forum.act_now(edit_site, admin, SiteChanges(description="Other things can be changed."))
    forum.act_now(edit_site, admin, SiteChanges(private_instance=False, federation_enabled=True))


def test_who_is_here_is_not_asked_for_an_application(forum: Forum) -> None:
    admin = a_person(forum, "admin", admin=True).doer
    waiting = a_person(forum, "waiting", accepted_application=False)
    change = SiteChanges(registration_mode=RegistrationMode.REQUIRE_APPLICATION)
    forum.act_now(edit_site, admin, change)
    assert forum.read_now(account_view, waiting).account.accepted_application
    assert not forum.read_now(account_view, waiting).account.email_verified
    change = SiteChanges(require_email_verification=True)
    with pytest.raises(Invalid, match="no_email_setup"):
        forum.act_now(edit_site, admin, change)
    forum.act_now(edit_site, admin, change, sends_mail=True)
    assert forum.read_now(account_view, waiting).account.email_verified


def test_lists_of_servers_are_replaced(forum: Forum) -> None:
    admin = a_person(forum, "admin", admin=True).doer
    first = SiteChanges(blocked_instances=["A.example:8443", "https://b.example/", "a.example"])
    forum.act_now(edit_site, admin, first)
    forum.act_now(edit_site, admin, SiteChanges(blocked_instances=["b.example", "c.example"]))
    found = forum.read_now(reads.federated_instances)
    assert found
    assert [each.domain for each in found.blocked] == ["b.example", "c.example"]
    assert [each.domain for each in found.linked] == ["a.example"]
    assert forum.read_now(_log_of)[-1] == ("blocked_instances", '["a.example"]', '["c.example"]')
    forum.act_now(edit_site, admin, SiteChanges(blocked_instances=[]))
    found = forum.read_now(reads.federated_instances)
    assert found
    assert found.blocked == []


# --- admins: who may dismiss whom


ADMINS = ("first", "second", "third")
# By who acts: what comes of dismissing each of the three.
DISMISSALS = {
    "first": ("done", "done", "done"),
    "second": ("not_higher_admin", "done", "done"),
    "third": ("not_higher_admin", "not_higher_admin", "done"),
    "person": ("not_an_admin", "not_an_admin", "not_an_admin"),
}


@pytest.mark.parametrize("name", DISMISSALS)
@pytest.mark.parametrize("target", ADMINS)
def test_rank_among_admins(forum: Forum, name: str, target: str) -> None:
    people = {each: a_person(forum, each, admin=True) for each in ADMINS}
    people["person"] = a_person(forum, "person")
    outcome = "done"
    try:
        forum.act_now(actions.remove_admin, people[name].doer, people[target].person_id)
    except ForumError as error:
        outcome = error.code
    assert outcome == DISMISSALS[name][ADMINS.index(target)]
    left = [each.person.name for each in forum.read_now(reads.list_admins)]
    assert left == [each for each in ADMINS if outcome != "done" or each != target]


def test_appointing_is_in_the_modlog_and_ranks_below(forum: Forum) -> None:
    first = a_person(forum, "first", admin=True)
    second = a_person(forum, "second")
    forum.act_now(actions.add_admin, first.doer, second.person_id)
    forum.act_now(actions.add_admin, first.doer, second.person_id)
    forum.act_now(actions.remove_admin, first.doer, second.person_id)
    assert forum.read_now(_modlog_of) == [
        ("ModAdd", False, second.person_id),
        ("ModAdd", True, second.person_id),
    ]


def _modlog_of(tx: Transaction) -> list[tuple[object, ...]]:
    columns = (modlog.c.kind, modlog.c.undone, modlog.c.person_id)
    return tx.conn.all(Statement(select(*columns).order_by(modlog.c.id)))


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"banned": True}, "banned"),
        ({"deleted": True}, "couldnt_find_person"),
        ({"local": False}, "object_not_local"),
    ],
)
def test_not_everybody_can_be_an_admin(forum: Forum, changes: dict[str, Any], code: str) -> None:
    first = a_person(forum, "first", admin=True)
    other = a_person(forum, "other")
    forum.act_now(_change_person, other.person_id, changes)
    with pytest.raises(ForumError, match=code):
        forum.act_now(actions.add_admin, first.doer, other.person_id)


def _change_person(tx: Transaction, person_id: PersonId, changes: dict[str, Any]) -> None:
    update_person(tx.conn, person_id, **changes)


def test_the_last_admin_stays(forum: Forum) -> None:
    only = a_person(forum, "only", admin=True)
    with pytest.raises(NotAllowed, match="cannot_leave_admin"):
        forum.act_now(actions.leave_admin, only.doer)
    a_person(forum, "next", admin=True)
    forum.act_now(actions.leave_admin, only.doer)
    assert [each.person.name for each in forum.read_now(reads.list_admins)] == ["next"]


@pytest.mark.parametrize("kind", ["leave", "delete", "dismiss", "purge"])
def test_of_the_last_two_admins_one_stays(
    forum: Forum, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    first, second = (a_person(forum, name, admin=True) for name in ("first", "second"))

    def leave(viewer: Viewer) -> None:
        forum.act_now(actions.leave_admin, viewer.doer)

    def delete(viewer: Viewer) -> None:
        proof = Proof(viewer.account_id, PASSWORD_HASH)
        forum.act_now(delete_account, viewer, proof, delete_content=False)

    attempts = {
        "leave": lambda: leave(second),
        "delete": lambda: delete(second),
        "dismiss": lambda: forum.act_now(actions.remove_admin, first.doer, second.person_id),
        "purge": lambda: forum.act_now(purge_person, first.doer, second.person_id),
    }
    monkeypatch.setattr(accounts, "lock_admins", after_both(accounts.lock_admins))
    codes = codes_of_two(lambda number: attempts[kind]() if number else leave(first))
    assert sorted(code == "in" for code in codes) == [False, True]
    assert len(forum.read_now(reads.list_admins)) == 1
