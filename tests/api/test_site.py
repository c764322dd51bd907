"""The site through the API, by whole requests."""

from typing import Any

import pytest

from moothall.actions.community import block_community
from moothall.actions.site import ensure_site
from moothall.forum import Forum
from moothall.storage.connection import Connection
from moothall.storage.site import update_site
from moothall.storage.statements import Compiled
from moothall.storage.transaction import Transaction
from tests.support.api import ApiClient, outcome
from tests.support.builders import a_community, a_signed_in_person

REGISTRATION = {"username": "founder", "password": "correct horse"}
REGISTRATION |= {"password_verify": "correct horse"}


@pytest.fixture
def api(forum: Forum) -> ApiClient:
    return ApiClient(forum)


def _set_site(tx: Transaction, /, **changes: Any) -> None:
    update_site(tx.conn, **changes)


def test_the_site_has_what_every_client_needs(forum: Forum, api: ApiClient) -> None:
    a_signed_in_person(forum, "second", admin=True)
    a_signed_in_person(forum, "nobody")
    answer = api.get("/site").json()
    assert list(answer) == [
        "site_view",
        "admins",
        "version",
        "all_languages",
        "discussion_languages",
        "taglines",
        "custom_emojis",
        "blocked_urls",
    ]
    assert answer["version"] == "0.19.20"
    assert [each["person"]["name"] for each in answer["admins"]] == ["second"]
    assert len(answer["all_languages"]) == len(answer["discussion_languages"]) == 184
    assert answer["all_languages"][0] == {"id": 0, "code": "und", "name": "Undetermined"}
    view = answer["site_view"]
    assert view["local_site"]["site_setup"] is True
    assert view["site"]["public_key"].startswith("-----BEGIN PUBLIC KEY-----")
    assert view["counts"]["users"] == 2


def test_my_user_is_the_callers_own(forum: Forum, api: ApiClient) -> None:
    ann, token = a_signed_in_person(forum, "ann")
    bob, _ = a_signed_in_person(forum, "bob")
    a_community(forum, ann, "zoo", title="Animals")
    a_community(forum, ann, "art", title="Zen art")
    blocked = a_community(forum, bob, "dull")
    forum.act_now(block_community, ann, blocked, block=True)
    mine = api.get("/site", token).json()["my_user"]
    assert mine["local_user_view"]["person"]["name"] == "ann"
    assert [each["community"]["name"] for each in mine["follows"]] == ["zoo", "art"]
    assert [each["moderator"]["name"] for each in mine["moderates"]] == ["ann", "ann"]
    assert [each["community"]["name"] for each in mine["community_blocks"]] == ["dull"]
    assert (mine["person_blocks"], mine["instance_blocks"]) == ([], [])
    assert mine["discussion_languages"] == []
    assert "my_user" not in api.get("/site").json()
    assert "my_user" not in api.get("/site", "not a token").json()


def test_the_first_thing_that_clients_ask_costs_little(
    forum: Forum, api: ApiClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, token = a_signed_in_person(forum, "ann")
    run = Connection._execute
    queries: list[str] = []

    def count(conn: Connection, compiled: Compiled, values: dict[str, Any]) -> Any:
        queries.append(compiled.text)
        return run(conn, compiled, values)

    monkeypatch.setattr(Connection, "_execute", count)
    api.get("/site")
    # The row, which the face keeps for a second, then the row with its lists.
    assert len(queries) <= 1 + 3
    queries.clear()
    api.get("/site", token)
    # Further: who calls, their account, communities, and both kinds of blocks.
    assert len(queries) <= 4 + 5


def test_private_sites_still_introduce_themselves(forum: Forum, api: ApiClient) -> None:
    forum.act_now(_set_site, private_instance=True)
    assert api.get("/site").is_success
    assert outcome(api.get("/community/list")) == (400, "instance_is_private")


# --- the beginning


def test_nobody_takes_a_site_over_before_its_owner(raw_forum: Forum) -> None:
    api = ApiClient(raw_forum)
    token = raw_forum.act_now(ensure_site)
    assert outcome(api.post("/user/register", None, **REGISTRATION))[0] == 400
    wrong = api.post("/user/register", None, **REGISTRATION, setup_token="wrong")
    assert outcome(wrong)[0] == 400
    assert api.get("/site").json()["admins"] == []

    done = api.post("/user/register", None, **REGISTRATION, setup_token=token)
    jwt = done.json()["jwt"]
    assert outcome(api.post("/site", jwt, name="Mine")) == (400, "setup_token_required")
    wrong = api.post("/site", jwt, name="Mine", setup_token="wrong")
    assert outcome(wrong) == (400, "setup_token_required")
    assert api.get("/site").json()["site_view"]["local_site"]["site_setup"] is False

    made = api.post("/site", jwt, name="Mine", setup_token=token, taglines=["Hello"])
    assert made.json()["site_view"]["site"]["name"] == "Mine"
    assert [each["content"] for each in made.json()["taglines"]] == ["Hello"]
    assert made.json()["site_view"]["local_site"]["site_setup"] is True

    again = api.post("/site", jwt, name="Other", setup_token=token)
    assert outcome(again) == (400, "site_already_exists")
    late = {**REGISTRATION, "username": "late", "answer": "please"}
    api.post("/user/register", None, **late, setup_token=token)
    assert len(api.get("/site").json()["admins"]) == 1


# --- settings


def test_admins_alone_change_settings(forum: Forum, api: ApiClient) -> None:
    _, admin = a_signed_in_person(forum, "admin", admin=True)
    _, person = a_signed_in_person(forum, "person")
    assert outcome(api.put("/site", None, name="X")) == (401, "incorrect_login")
    assert outcome(api.put("/site", person, name="X")) == (400, "not_an_admin")
    changed = api.put(
        "/site",
        admin,
        name="Ours",
        rate_limit_post=7,
        rate_limit_post_per_second=0,
        rate_limit_search_per_second=99,
        discussion_languages=[0, 37],
        blocked_urls=["https://spam.example/"],
        sidebar="*hello*",
    ).json()["site_view"]
    assert changed["site"]["name"] == "Ours"
    limits = changed["local_site_rate_limit"]
    assert (limits["post"], limits["post_per_second"]) == (7, 600)
    assert limits["search_per_second"] == 99
    answer = api.get("/site").json()
    assert answer["discussion_languages"] == [0, 37]
    assert [each["url"] for each in answer["blocked_urls"]] == ["spam.example"]
    assert answer["site_view"]["site"]["sidebar"] == "*hello*"


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"name": " "}, "site_name_required"),
        ({"name": "x" * 21}, "site_name_length_overflow"),
        ({"default_post_listing_type": "Subscribed"}, "invalid_default_post_listing_type"),
        ({"default_post_listing_type": "Nonsense"}, "unknown"),
        ({"registration_mode": "Whatever"}, "unknown"),
        ({"slur_filter_regex": "("}, "invalid_regex"),
    ],
)
def test_bad_settings_have_codes(
    forum: Forum, api: ApiClient, changes: dict[str, Any], code: str
) -> None:
    _, admin = a_signed_in_person(forum, "admin", admin=True)
    assert outcome(api.put("/site", admin, **changes)) == (400, code)


# --- admins


def test_admins_come_and_go(forum: Forum, api: ApiClient) -> None:
    _, first = a_signed_in_person(forum, "first", admin=True)
    other, token = a_signed_in_person(forum, "other")
    refused = api.post("/admin/add", token, person_id=other.person_id, added=True)
    assert outcome(refused) == (400, "not_an_admin")
    added = api.post("/admin/add", first, person_id=other.person_id, added=True).json()
    assert [each["person"]["name"] for each in added["admins"]] == ["first", "other"]
    assert added["admins"][1]["is_admin"] is True
    left = api.post("/user/leave_admin", first)
    assert [each["person"]["name"] for each in left.json()["admins"]] == ["other"]
    assert "my_user" not in left.json()
    assert outcome(api.post("/user/leave_admin", token)) == (400, "cannot_leave_admin")


def test_servers_that_we_know(forum: Forum, api: ApiClient) -> None:
    _, admin = a_signed_in_person(forum, "admin", admin=True)
    api.put(
        "/site",
        admin,
        allowed_instances=["Good.Example", "both.example"],
        blocked_instances=["https://bad.example:444/path", "both.example"],
    )
    found = api.get("/federated_instances").json()["federated_instances"]
    domains = {kind: [each["domain"] for each in found[kind]] for kind in found}
    assert domains == {
        "linked": ["good.example"],
        "allowed": ["good.example"],
        "blocked": ["bad.example", "both.example"],
    }
    forum.act_now(_set_site, federation_enabled=False)
    assert api.get("/federated_instances").json() == {}
