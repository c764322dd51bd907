"""The site's settings on pages: all of them, each wrong one told beside its field."""

import re
from dataclasses import replace
from typing import Any

import pytest

from moothall.domain.site import SiteChanges
from moothall.forum import Forum
from moothall.reads import site as reads
from moothall.web import site_settings
from tests.support.builders import a_person, a_signed_in_person
from tests.support.pages import Browser, Page

SHEETS = ("/admin", "/admin/lists", "/admin/joining", "/admin/rules", "/admin/reach")
LIMITS = "/admin/limits"


@pytest.fixture
def boss(forum: Forum) -> Browser:
    _, token = a_signed_in_person(forum, "boss", admin=True)
    return Browser(forum, session=token, sends_mail=False)


def _save(boss: Browser, path: str, **fields: Any) -> Page:
    return boss.submit(boss.get(path).form(path), **fields)


def test_every_setting_stands_on_one_sheet() -> None:
    sheets = site_settings.Sheet.__subclasses__()
    own = {"saved", "sample", "try_out"}
    fields = [name for sheet in sheets for name in sheet.__struct_fields__ if name not in own]
    assert sorted(fields) == sorted(SiteChanges._fields)


def test_saving_what_is_shown_changes_nothing(forum: Forum, boss: Browser) -> None:
    _save(boss, "/admin/reach", blocked_instances="b.example\na.example")
    _save(boss, "/admin", taglines="One\nTwo", sidebar="*Hello*")
    before = forum.read_now(reads.get_site_page)
    for path in (*SHEETS, LIMITS):
        page = _save(boss, path)
        assert page.status == 303, page.text
        assert "The settings are stored." in boss.follow(page).text
    after = forum.read_now(reads.get_site_page)
    assert after.site._replace(updated_at=None) == before.site._replace(updated_at=None)
    assert [each.content for each in after.lists.taglines] == ["One", "Two"]


def test_settings_are_stored(forum: Forum, boss: Browser) -> None:
    _save(boss, "/admin", name="The Barn", legal_information="Be kind.")
    _save(boss, "/admin/lists", enable_nsfw="", default_sort_type="New", discussion_languages=["0"])
    _save(boss, "/admin/joining", registration_mode="Closed", actor_name_max_length="30")
    _save(boss, "/admin/rules", slur_filter_regex="darn", blocked_urls="https://spam.example/\n")
    _save(boss, LIMITS, rate_post="7", rate_post_s="70")
    site, _, lists = forum.read_now(reads.get_site_page)
    assert (site.name, site.legal_information) == ("The Barn", "Be kind.")
    assert (site.enable_nsfw, site.default_sort_type) == (False, "New")
    assert (site.registration_mode, site.actor_name_max_length) == ("Closed", 30)
    assert (site.slur_filter_regex, site.rate_limit("post")) == ("darn", (7, 70))
    assert lists.language_ids == [0]
    assert [each.url for each in lists.blocked_urls] == ["spam.example"]
    # The next page shows it: nothing old is kept.
    assert "The Barn" in boss.get("/communities").text


@pytest.mark.parametrize(
    "path, field, value, reason",
    [
        ("/admin", "name", "", "Please give the site a name."),
        ("/admin", "description", "x" * 151, "at most 150 characters"),
        ("/admin", "icon", "nonsense", "not the address of a page"),
        ("/admin", "taglines", "x" * 10_001, "too long"),
        ("/admin/joining", "actor_name_max_length", "many", "a whole number"),
        ("/admin/joining", "require_email_verification", "true", "sends no mail"),
        ("/admin/rules", "slur_filter_regex", "(", "cannot be read"),
        ("/admin/rules", "slur_filter_regex", ".*", "nearly every text"),
        ("/admin/rules", "blocked_urls", "fine.example\n://", "not the address of a page"),
        ("/admin/reach", "private_instance", "true", "choose one of the two"),
        ("/admin/reach", "blocked_instances", "no host", "not the address"),
        (LIMITS, "rate_search_s", "0", "a whole number"),
        (LIMITS, "rate_search", "9" * 40, "a whole number"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(
    forum: Forum, boss: Browser, path: str, field: str, value: str, reason: str
) -> None:
    before = forum.read_now(reads.get_site_page)
    page = _save(boss, path, **{field: value})
    assert page.status == 400
    assert reason in page.text.split(f'id="w-{field}">')[1].split("</p>")[0]
    # What was typed is still there.
    assert page.form(path).fields[field] == value
    assert forum.read_now(reads.get_site_page) == before


def test_a_rule_is_tried_before_it_is_stored(forum: Forum, boss: Browser) -> None:
    def tried(pattern: str, sample: str, links: str = "") -> Page:
        return _save(
            boss,
            "/admin/rules",
            slur_filter_regex=pattern,
            blocked_urls=links,
            sample=sample,
            try_out="true",
        )

    page = tried("darn", "Oh darn it")
    assert "<q>Oh *removed* it</q>" in page.text
    assert page.form("/admin/rules").fields["slur_filter_regex"] == "darn"
    assert "Nothing stands in its way." in tried("darn", "Oh well").text
    assert "for its link: spam.example" in tried("", "http://SPAM.example/x", "spam.example").text
    assert tried("(", "x").status == 400
    assert forum.read_now(reads.get_site_page).site.slur_filter_regex is None


def test_what_the_operator_switched_off_cannot_be_ticked(forum: Forum, boss: Browser) -> None:
    assert "The operator of this server" not in boss.get("/admin/reach").text
    forum.home = replace(forum.home, federates=False)
    page = boss.get("/admin/reach")
    [box] = re.findall(r'<input [^>]*name="federation_enabled"[^>]*>', page.text)
    assert " disabled" in box
    assert "The operator of this server has switched it off" in page.text
    refused = _save(boss, "/admin/reach", private_instance="true", federation_enabled="true")
    assert (refused.status, "choose one of the two" in refused.text) == (400, True)
    assert _save(boss, "/admin/reach", private_instance="true").status == 303


def test_with_a_mail_server_addresses_can_be_asked_for(forum: Forum) -> None:
    _, token = a_signed_in_person(forum, "boss", admin=True)
    boss = Browser(forum, session=token, sends_mail=True)
    _save(boss, "/admin/joining", require_email_verification="true")
    assert forum.read_now(reads.get_site).require_email_verification


@pytest.mark.parametrize("path", [*SHEETS, LIMITS, "/admin/admins"])
def test_the_pages_are_for_admins(forum: Forum, path: str) -> None:
    _, token = a_signed_in_person(forum, "ann")
    assert Browser(forum, session=token).get(path).status == 403
    assert Browser(forum).get(path).headers["location"].startswith("/login?")


def test_appointing_and_dismissing(forum: Forum, boss: Browser) -> None:
    ann = a_person(forum, "ann")
    form = boss.get("/admin/admins").form("/admin/admins")
    refused = boss.submit(form, name="nobody")
    assert refused.status == 404
    assert "There is nobody of this name." in refused.text.split('id="w-name">')[1]
    assert "ann" in boss.follow(boss.submit(form, name="@ann")).text
    dismiss = f"/admin/admins/{ann.person_id}/dismiss"
    page = boss.follow(boss.submit(boss.get("/admin/admins").form(dismiss)))
    assert dismiss not in page.text
    [own] = [form for form in boss.get("/admin/admins").forms() if "dismiss" in form.action]
    last = boss.submit(own)
    assert last.status == 403
    assert "You are the only admin" in last.text
