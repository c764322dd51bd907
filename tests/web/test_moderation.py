"""Pages of moderation: reporting, removing, banning, the queue, the log; and who may not."""

import pytest

from moothall.domain.ids import CommunityId, PostId
from moothall.forum import Forum
from tests.support.builders import a_comment, a_community, a_post, a_signed_in_person
from tests.support.pages import Browser


@pytest.fixture
def people(forum: Forum) -> dict[str, Browser]:
    """Browsers of `ann` who moderates, `bert` who wrote, `cleo` who reads, `root`, a stranger."""
    ann, ann_token = a_signed_in_person(forum, "ann")
    bert, bert_token = a_signed_in_person(forum, "bert")
    cleo_token = a_signed_in_person(forum, "cleo")[1]
    root_token = a_signed_in_person(forum, "root", admin=True)[1]
    a_community(forum, ann, "cats")
    a_post(forum, bert, CommunityId(1), "A post")
    a_comment(forum, bert, PostId(1), content="A comment")
    tokens = {"ann": ann_token, "bert": bert_token, "cleo": cleo_token, "root": root_token}
    browsers = {name: Browser(forum, session=token) for name, token in tokens.items()}
    return {**browsers, "stranger": Browser(forum)}


@pytest.mark.parametrize("thing", ["post", "comment"])
def test_a_report_reaches_the_queue_and_is_settled(people: dict[str, Browser], thing: str) -> None:
    address = f"/{thing}/1/report"
    form = people["cleo"].get(address).form(address)
    assert "Thank you" in people["cleo"].submit(form, reason="This is rude").text
    queue = people["ann"].get("/reports")
    assert "This is rude" in queue.text
    people["ann"].submit(queue.form("/act"), do=f"resolve:{thing}_report:1:1")
    assert "This is rude" not in people["ann"].get("/reports").text
    assert "settled by" in people["ann"].get("/reports?settled=true").text


def test_a_report_without_a_reason_is_asked_again(people: dict[str, Browser]) -> None:
    form = people["cleo"].get("/post/1/report").form("/post/1/report")
    page = people["cleo"].submit(form, reason="  ")
    assert page.status == 400
    assert "Please say what is wrong." in page.text


@pytest.mark.parametrize("thing", ["post", "comment"])
def test_removing_and_restoring(people: dict[str, Browser], thing: str) -> None:
    for deed, shown in (("remove", "by a moderator"), ("restore", "restored a")):
        address = f"/{thing}/1/{deed}"
        form = people["ann"].get(address).form(address)
        assert people["ann"].submit(form, reason="Because of this").status == 303
        place = "/post/1" if deed == "remove" else "/modlog"
        assert shown in people["ann"].get(place).text
    assert "Because of this" in people["stranger"].get("/modlog").text


@pytest.mark.parametrize("thing", ["post", "comment"])
@pytest.mark.parametrize("who", ["bert", "cleo"])
def test_whoever_does_not_moderate_removes_nothing(
    people: dict[str, Browser], who: str, thing: str
) -> None:
    address = f"/{thing}/1/remove"
    form = people[who].get(address).form(address)
    page = people[who].submit(form, reason="Mine now")
    assert page.status == 403
    assert "Only moderators" in page.text
    assert "by a moderator" not in people["ann"].get("/post/1").text


def test_an_unknown_deed_is_no_page(people: dict[str, Browser]) -> None:
    assert people["ann"].get("/post/1/explode").status == 404
    csrf = people["ann"].get("/").form("/act").fields["csrf"]
    assert people["ann"].post("/post/1/explode", {"csrf": csrf}).status == 404


def test_banning_from_a_community(people: dict[str, Browser]) -> None:
    form = people["ann"].get("/ban/1/2").form("/ban/1/2")
    page = people["ann"].submit(form, reason="Enough", days="3", remove_data="true")
    assert page.status == 303
    assert "You are banned from this community" in people["bert"].get("/c/cats").text
    assert "Enough" in people["stranger"].get("/modlog").text
    assert people["stranger"].get("/post/1").status == 404


@pytest.mark.parametrize("days", ["-1", "99999", "soon"])
def test_a_ban_of_nonsense_length_is_refused(people: dict[str, Browser], days: str) -> None:
    form = people["ann"].get("/ban/1/2").form("/ban/1/2")
    assert people["ann"].submit(form, days=days).status == 400


@pytest.mark.parametrize(
    "who, address, status",
    [
        ("stranger", "/ban/1/2", 303),
        ("cleo", "/ban/1/2", 403),
        ("stranger", "/reports", 303),
        ("cleo", "/reports", 403),
        ("stranger", "/site_ban/2", 303),
        ("ann", "/site_ban/2", 403),
    ],
)
def test_pages_for_moderators_only(
    people: dict[str, Browser], who: str, address: str, status: int
) -> None:
    assert people[who].get(address).status == status


def test_an_admin_is_not_banned_by_a_moderator(people: dict[str, Browser]) -> None:
    form = people["ann"].get("/ban/1/4").form("/ban/1/4")
    assert people["ann"].submit(form, reason="Coup").status == 403


def test_banning_from_the_site_ends_the_session(people: dict[str, Browser]) -> None:
    form = people["root"].get("/site_ban/2").form("/site_ban/2")
    assert people["root"].submit(form, days="0", reason="Spam").status == 303
    assert "Your account" not in people["bert"].get("/").text
    assert "banned" in people["stranger"].get("/u/bert").text


def test_the_log_by_kind_and_place(people: dict[str, Browser]) -> None:
    form = people["ann"].get("/post/1/remove").form("/post/1/remove")
    people["ann"].submit(form, reason="Because of this")
    stranger = people["stranger"]
    assert "Because of this" in stranger.get("/modlog?kind=ModRemovePost&community=1").text
    assert "Nothing in the log" in stranger.get("/modlog?kind=ModBan").text
    assert stranger.get("/modlog?kind=Nonsense").status == 400
