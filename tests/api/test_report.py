"""Reports through the JSON face: shapes, and that nobody reads what is not theirs."""

import pytest

from moothall.forum import Forum
from tests.support.api import ApiClient, outcome
from tests.support.town import PEOPLE, Town, a_town


@pytest.fixture
def town(forum: Forum) -> Town:
    return a_town(forum)


@pytest.fixture
def api(forum: Forum) -> ApiClient:
    return ApiClient(forum)


def test_a_report_of_a_post(town: Town, api: ApiClient) -> None:
    post_id = town.post()
    answer = api.post("/post/report", town.tokens["user"], post_id=post_id, reason=" rude ")
    view = answer.json()["post_report_view"]
    assert view["post_report"]["original_post_name"] == "A post"
    assert view["post_report"]["reason"] == "rude"
    assert view["creator"]["name"] == "user"
    assert view["post_creator"]["name"] == "author"
    assert "resolver" not in view
    report_id = view["post_report"]["id"]
    settled = api.put(
        "/post/report/resolve", town.tokens["lower"], report_id=report_id, resolved=True
    ).json()["post_report_view"]
    assert settled["post_report"]["resolved"] is True
    assert settled["resolver"]["name"] == "lower"
    listed = api.get("/post/report/list", town.tokens["lower"], post_id=post_id).json()
    assert [each["post_report"]["id"] for each in listed["post_reports"]] == [report_id]
    unresolved = api.get("/post/report/list", town.tokens["lower"], unresolved_only=True)
    assert unresolved.json() == {"post_reports": []}


def test_a_report_of_a_comment(town: Town, api: ApiClient) -> None:
    comment_id = town.comment()
    answer = api.post("/comment/report", town.tokens["user"], comment_id=comment_id, reason="rude")
    view = answer.json()["comment_report_view"]
    assert view["comment_report"]["original_comment_text"] == "Well said."
    assert view["comment_creator"]["name"] == "author"
    api.post("/comment/remove", town.tokens["mod"], comment_id=comment_id, removed=True)
    listed = api.get("/comment/report/list", town.tokens["mod"], comment_id=comment_id).json()
    (found,) = listed["comment_reports"]
    assert found["comment_report"]["resolved"] is True
    assert found["comment"]["content"] == "Well said."
    counts = api.get("/user/report_count", town.tokens["mod"]).json()
    assert counts == {"comment_reports": 0, "post_reports": 0}


def test_nobody_reads_a_foreign_message_by_reporting_it(town: Town, api: ApiClient) -> None:
    """CVE-2024-23649: the answer to a report showed anybody any message."""
    message_id = town.message("author", "user", "a secret between two")
    for name in PEOPLE:
        if name != "user":
            body = {"private_message_id": message_id, "reason": "let me read"}
            answer = api.post("/private_message/report", town.tokens[name], **body)
            missing = api.post(
                "/private_message/report", town.tokens[name], **body | {"private_message_id": 999}
            )
            assert outcome(answer) == (400, "couldnt_find_private_message")
            assert answer.text == missing.text
    body = {"private_message_id": message_id, "reason": "rude"}
    view = api.post("/private_message/report", town.tokens["user"], **body).json()
    found = view["private_message_report_view"]
    assert found["private_message"]["content"] == "a secret between two"
    assert found["private_message_creator"]["name"] == "author"
    listed = api.get("/private_message/report/list", town.tokens["admin"]).json()
    assert len(listed["private_message_reports"]) == 1
    counts = api.get("/user/report_count", town.tokens["admin"]).json()
    assert counts["private_message_reports"] == 1


LISTS = {
    "/post/report/list": "not_a_mod_or_admin",
    "/comment/report/list": "not_a_mod_or_admin",
    "/user/report_count": "not_a_mod_or_admin",
    "/private_message/report/list": "not_an_admin",
}


@pytest.mark.parametrize(("path", "code"), LISTS.items())
def test_who_has_a_queue(town: Town, api: ApiClient, path: str, code: str) -> None:
    assert outcome(api.get(path)) == (401, "incorrect_login")
    for name in PEOPLE:
        is_admin = name in ("senior", "admin")
        moderates = is_admin or name in ("top", "mod", "lower", "elsewhere")
        may = is_admin if code == "not_an_admin" else moderates
        assert outcome(api.get(path, town.tokens[name])) == ((200, None) if may else (400, code))


def test_no_list_shows_a_foreign_report(town: Town, api: ApiClient) -> None:
    post_id = town.post()
    comment_id = town.comment(post_id=post_id)
    api.post("/post/report", town.tokens["user"], post_id=post_id, reason="hidden reason")
    api.post("/comment/report", town.tokens["user"], comment_id=comment_id, reason="hidden reason")
    token = town.tokens["elsewhere"]
    for path, fields in (
        ("/post/report/list", {"post_id": post_id}),
        ("/comment/report/list", {"comment_id": comment_id}),
    ):
        for query in ({}, fields, {"community_id": town.community_id}):
            assert "hidden reason" not in api.get(path, token, **query).text
            assert "hidden reason" in api.get(path, town.tokens["lower"], **query).text
    assert api.get("/user/report_count", token).json() == {"comment_reports": 0, "post_reports": 0}
    asked = api.get("/user/report_count", token, community_id=town.community_id).json()
    assert asked == {
        "community_id": town.community_id,
        "comment_reports": 0,
        "post_reports": 0,
    }
