"""Erasing for good: only admins, only when they say that they mean it, and the log tells of it."""

import pytest

from moothall.domain.moderation import ModlogKind, ModlogQuery
from moothall.forum import Forum
from moothall.reads.moderation import modlog
from tests.support.pages import Browser
from tests.support.town import Town, a_town


@pytest.fixture
def town(forum: Forum) -> Town:
    return a_town(forum)


def _targets(town: Town) -> dict[str, tuple[int, str]]:
    post_id = town.post()
    return {
        "comment": (town.comment(post_id=post_id), "Well said."),
        "post": (post_id, "A post"),
        "person": (town.id_of("author"), "author"),
        "community": (town.elsewhere_id, "village"),
    }


@pytest.mark.parametrize("subject", ["comment", "post", "person", "community"])
def test_it_is_erased_when_it_is_meant(town: Town, subject: str) -> None:
    number, name = _targets(town)[subject]
    path = f"/admin/purge/{subject}/{number}"
    admin = Browser(town.forum, session=town.tokens["admin"])
    asked = admin.get(path)
    assert name in asked.text
    assert "Nobody can bring it back" in asked.text
    refused = admin.submit(asked.form(path), reason="Spam")
    assert refused.status == 400
    assert refused.form(path).fields["reason"] == "Spam"
    assert admin.get(path).status == 200
    done = admin.follow(admin.submit(asked.form(path), reason="Spam", sure="true"))
    assert "purged a" in done.text
    assert "Spam" in done.text
    if subject != "person":
        assert admin.get(path).status == 404
    else:
        assert admin.get("/u/author").text.count("banned") > 0


def test_what_does_not_exist_cannot_be_erased(town: Town) -> None:
    admin = Browser(town.forum, session=town.tokens["admin"])
    for path in ("/admin/purge/post/999999", "/admin/purge/site/1"):
        assert admin.get(path).status == 404


def test_moderators_do_not_erase(town: Town) -> None:
    post_id = town.post()
    path = f"/admin/purge/post/{post_id}"
    moderator = Browser(town.forum, session=town.tokens["top"])
    page = moderator.get(f"/post/{post_id}")
    assert path not in page.text
    assert moderator.get(path).status == 403
    form = page.form("/act")
    assert moderator.post(path, {**form.fields, "sure": "true"}).status == 403
    query = ModlogQuery(kind=ModlogKind.PURGE_POST)
    assert town.forum.read_now(modlog, None, query) == []
    admin = Browser(town.forum, session=town.tokens["admin"])
    assert path in admin.get(f"/post/{post_id}").text
    place = f"/admin/purge/community/{town.community_id}"
    assert place in admin.get("/c/town").text
    assert place not in moderator.get("/c/town").text
    person = f"/admin/purge/person/{town.id_of('user')}"
    assert person in admin.get("/u/user").text
    assert person not in moderator.get("/u/user").text
