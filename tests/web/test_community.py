"""Pages of those who run a community: its team, its bans, closing, removing and hiding it."""

import pytest

from moothall.actions.community import add_moderator
from moothall.forum import Forum
from moothall.storage.site import update_site
from tests.support.builders import a_community, a_post, a_server, a_signed_in_person
from tests.support.pages import Browser

NAMES = ("ann", "bert", "cleo", "root")
LINKS = {
    "Settings": "/c/cats/edit",
    "Team": "/c/cats/moderators",
    "Bans": "/c/cats/bans",
    "Close": "/c/cats/close",
    "Hide from lists": "/c/cats/hide",
    "Remove": "/c/cats/remove",
}


@pytest.fixture
def people(forum: Forum) -> dict[str, Browser]:
    """Browsers of `ann` and `bert` who moderate, `cleo` who reads, `root` an admin, a stranger."""
    signed_in = {name: a_signed_in_person(forum, name, admin=name == "root") for name in NAMES}
    ann = signed_in["ann"][0]
    cats = a_community(forum, ann, "cats")
    forum.act_now(add_moderator, ann.doer, cats, signed_in["bert"][0].person_id)
    a_post(forum, ann, cats, "A post about cats")
    browsers = {name: Browser(forum, session=token) for name, (_, token) in signed_in.items()}
    return {**browsers, "stranger": Browser(forum)}


@pytest.mark.parametrize(
    "who, links",
    [
        ("ann", {"Settings", "Team", "Bans", "Close"}),
        ("bert", {"Settings", "Team", "Bans"}),
        ("root", {"Settings", "Team", "Bans", "Hide from lists", "Remove"}),
        ("cleo", set()),
        ("stranger", set()),
    ],
)
def test_buttons_are_for_those_who_may(
    people: dict[str, Browser], who: str, links: set[str]
) -> None:
    page = people[who].get("/c/cats").text
    assert {name for name, address in LINKS.items() if f'href="{address}"' in page} == links
    for name, address in LINKS.items():
        if name != "Team" and who != "stranger":
            assert people[who].get(address).status == (200 if name in links else 403), name


def test_appointing_and_dismissing(people: dict[str, Browser]) -> None:
    form = people["bert"].get("/c/cats/moderators").form("/c/cats/moderators")
    page = people["bert"].submit(form, person=" @cleo ")
    assert page.headers["location"] == "/c/cats/moderators"
    team = people["ann"].get("/c/cats/moderators")
    assert 'href="/u/cleo"' in team.text
    again = people["bert"].submit(form, person="cleo")
    assert (again.status, "in the team already" in again.text) == (409, True)
    assert people["bert"].submit(form, person="nobody_there").status == 404
    dismissals = [each for each in team.forms() if each.action == "/c/cats/dismiss"]
    assert [each.fields["person_id"] for each in dismissals] == ["1", "2", "3"]
    assert people["ann"].submit(dismissals[2]).status == 303
    assert 'href="/u/cleo"' not in people["ann"].get("/c/cats/moderators").text


def test_nobody_dismisses_those_above_them(people: dict[str, Browser]) -> None:
    page = people["bert"].get("/c/cats/moderators")
    [own] = [each for each in page.forms() if each.action == "/c/cats/dismiss"]
    assert own.fields["person_id"] == "2"
    refused = people["bert"].submit(own, person_id="1")
    assert refused.status == 403
    assert "was appointed before you" in refused.text
    left = people["bert"].submit(own)
    assert left.headers["location"] == "/c/cats"
    assert "Care for this community" not in people["bert"].get("/c/cats").text


def test_who_is_not_of_the_team_sees_it_without_buttons(people: dict[str, Browser]) -> None:
    page = people["cleo"].get("/c/cats/moderators")
    assert page.status == 200
    assert [each.action for each in page.forms()] == ["/logout", "/act"]
    csrf = page.form("/act").fields["csrf"]
    for address, fields in (
        ("/c/cats/moderators", {"person": "cleo"}),
        ("/c/cats/dismiss", {"person_id": "2"}),
        ("/c/cats/transfer", {"person_id": "2"}),
    ):
        assert people["cleo"].post(address, {"csrf": csrf, **fields}).status == 403


def test_handing_a_community_over(people: dict[str, Browser]) -> None:
    assert "/c/cats/transfer" not in people["bert"].get("/c/cats/moderators").text
    form = people["ann"].get("/c/cats/moderators").form("/c/cats/transfer")
    assert people["ann"].submit(form).status == 303
    assert "/c/cats/close" in people["bert"].get("/c/cats").text
    assert "/c/cats/close" not in people["ann"].get("/c/cats").text
    assert "handed the community over" in people["stranger"].get("/modlog").text


def test_closing_and_opening(people: dict[str, Browser]) -> None:
    form = people["ann"].get("/c/cats/close").form("/c/cats/close")
    assert people["ann"].submit(form).headers["location"] == "/c/cats"
    assert "closed" in people["ann"].get("/c/cats").text
    assert people["cleo"].get("/c/cats").status == 404
    form = people["ann"].get("/c/cats/open").form("/c/cats/open")
    assert people["ann"].submit(form).status == 303
    assert people["cleo"].get("/c/cats").status == 200
    assert people["ann"].submit(form).status == 409


def test_removing_restoring_and_hiding(people: dict[str, Browser]) -> None:
    for deed, status in (("remove", 404), ("restore", 200)):
        form = people["root"].get(f"/c/cats/{deed}").form(f"/c/cats/{deed}")
        assert people["root"].submit(form, reason=f"Why we {deed}").status == 303
        assert people["cleo"].get("/c/cats").status == status
        assert f"Why we {deed}" in people["stranger"].get("/modlog").text
    for deed, is_listed in (("hide", False), ("show", True)):
        form = people["root"].get(f"/c/cats/{deed}").form(f"/c/cats/{deed}")
        assert people["root"].submit(form).status == 303
        assert ("/c/cats" in people["stranger"].get("/communities").text) == is_listed
        assert people["stranger"].get("/c/cats").status == 200


def test_an_unknown_deed_is_no_page(people: dict[str, Browser]) -> None:
    assert people["root"].get("/c/cats/explode").status == 404
    csrf = people["root"].get("/").form("/act").fields["csrf"]
    assert people["root"].post("/c/cats/explode", {"csrf": csrf}).status == 404
    assert people["root"].get("/c/nowhere/close").status == 404


def test_banning_somebody_by_name_and_letting_them_back(people: dict[str, Browser]) -> None:
    ann, cleo = people["ann"], people["cleo"]
    assert "Nobody is banned" in ann.get("/c/cats/bans").text
    assert "nobody of this name" in ann.get("/c/cats/bans?person=nobody_there").text
    page = ann.get("/c/cats/bans?person=cleo")
    assert page.headers["location"] == "/ban/1/3"
    assert ann.submit(ann.follow(page).form("/ban/1/3"), days="3", reason="Rude").status == 303
    assert "/unban/1/3" in ann.get("/c/cats/bans").text
    assert "You are banned from" in cleo.get("/u/cleo").text
    assert "banned from" not in people["stranger"].get("/u/cleo").text
    profile = ann.get("/u/cleo")
    assert "cleo is banned from" in profile.text
    form = ann.get("/unban/1/3").form("/unban/1/3")
    assert ann.submit(form, reason="They said sorry").headers["location"] == "/u/cleo"
    assert "banned" not in ann.get("/u/cleo").text
    assert "They said sorry" in people["stranger"].get("/modlog").text
    assert ann.submit(form).status == 409


def test_letting_somebody_back_onto_the_site(people: dict[str, Browser]) -> None:
    root = people["root"]
    root.submit(root.get("/site_ban/3").form("/site_ban/3"), days="0", reason="Spam")
    assert "is banned from this site for good" in people["stranger"].get("/u/cleo").text
    assert "/site_unban/3" not in people["ann"].get("/u/cleo").text
    page = root.get("/u/cleo")
    assert ("/site_unban/3" in page.text, "/site_ban/3" in page.text) == (True, False)
    form = root.get("/site_unban/3").form("/site_unban/3")
    assert root.submit(form).headers["location"] == "/u/cleo"
    assert "banned" not in people["stranger"].get("/u/cleo").text


@pytest.mark.parametrize(
    "who, address, status",
    [
        ("cleo", "/c/cats/bans", 403),
        ("cleo", "/unban/1/3", 403),
        ("ann", "/site_unban/3", 403),
        ("stranger", "/c/cats/bans", 303),
        ("stranger", "/c/cats/moderators", 303),
        ("stranger", "/unban/1/3", 303),
    ],
)
def test_pages_for_those_who_care(
    people: dict[str, Browser], who: str, address: str, status: int
) -> None:
    assert people[who].get(address).status == status


def test_a_server_is_blocked_and_unblocked(forum: Forum, people: dict[str, Browser]) -> None:
    server = forum.act_now(a_server, "other.example")
    cleo = people["cleo"]
    assert cleo.submit(cleo.get("/").form("/act"), do=f"block:server:{server}:1").status == 303
    page = cleo.get("/settings/blocks")
    assert "other.example" in page.text
    assert f"block:server:{server}:0" in page.text
    cleo.submit(page.form("/act"), do=f"block:server:{server}:0")
    assert "other.example" not in cleo.get("/settings/blocks").text
    own = cleo.submit(page.form("/act"), do="block:server:1:1")
    assert (own.status, "the server that you are on" in own.text) == (403, True)


@pytest.mark.parametrize(
    "admins_only, leads", [(False, "/create_community"), (True, "/create_post")]
)
def test_a_new_forum_begins_with_a_community(forum: Forum, admins_only: bool, leads: str) -> None:
    viewer, token = a_signed_in_person(forum, "ann")
    forum.act_now(lambda tx: update_site(tx.conn, community_creation_admin_only=admins_only))
    ann = Browser(forum, session=token)

    def main_link() -> str:
        return (
            ann.get("/").text.split("It is quiet here")[1].split('<a class="button main" href="')[1]
        )

    assert main_link().startswith(f'{leads}"')
    forum.act_now(lambda tx: update_site(tx.conn, community_creation_admin_only=False))
    a_community(forum, viewer, "cats")
    assert main_link().startswith('/create_post"')
