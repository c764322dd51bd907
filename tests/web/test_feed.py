"""Feeds: read by programs that are strict about XML and have no cookies."""

import re
from dataclasses import replace
from html import unescape
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from moothall.actions.community import follow_community
from moothall.actions.moderation import lock_post
from moothall.actions.preview import store_preview
from moothall.actions.private_message import create_message
from moothall.actions.session import log_out
from moothall.domain.media import LinkFacts, proxied_url
from moothall.forum import Forum
from moothall.storage.site import update_site
from tests.support.builders import a_comment, a_community, a_post, a_signed_in_person
from tests.support.inert import assert_inert
from tests.support.pages import Browser

ATOM = "{http://www.w3.org/2005/Atom}"
DC = "{http://purl.org/dc/elements/1.1/}"
HOSTILE = ']]></description><script>alert(1)</script>&lt;b&gt; "<!--'


class Scene:
    """Ann's community with two posts; Bob follows it."""

    def __init__(self, forum: Forum) -> None:
        self.forum = forum
        self.ann, self.ann_token = a_signed_in_person(forum, "ann")
        self.bob, self.bob_token = a_signed_in_person(forum, "bob")
        self.place = a_community(forum, self.ann, "place", title="The Place")
        other = a_community(forum, self.ann, "other")
        forum.act_now(follow_community, self.bob.doer, self.place, follow=True)
        link = "https://pictures.example/?a=1&b=2"
        self.first = a_post(forum, self.ann, self.place, "One & only", url=link, body="*Hello*")
        self.second = a_post(forum, self.bob, other, "Another")

    def get(self, address: str, session: str | None = None) -> Any:
        page = Browser(self.forum, session=session).get(address)
        assert page.status == 200, page.text
        return page

    def rss(self, address: str) -> list[ET.Element]:
        page = self.get(address)
        assert page.headers["content-type"] == "application/rss+xml; charset=utf-8"
        root = ET.fromstring(page.text)
        assert (root.tag, root.get("version")) == ("rss", "2.0")
        return list(root.iter("item"))

    def titles(self, address: str) -> list[str | None]:
        return [item.findtext("title") for item in self.rss(address)]


@pytest.fixture
def scene(forum: Forum) -> Scene:
    return Scene(forum)


def test_an_item_tells_what_readers_need(scene: Scene) -> None:
    [item] = scene.rss("/feeds/c/place.xml")
    url = f"https://forum.example/post/{scene.first}"
    assert item.findtext("title") == "One & only"
    assert item.findtext("link") == item.findtext("guid") == item.findtext("comments") == url
    assert item.findtext("pubDate") == "Sun, 01 Mar 2026 12:00:00 +0000"
    assert item.findtext(f"{DC}creator") == "https://forum.example/u/ann"
    category = item.find("category")
    assert category is not None
    assert (category.text, category.get("domain")) == ("The Place", "https://forum.example/c/place")
    enclosure = item.find("enclosure")
    assert enclosure is not None
    assert enclosure.get("url") == "https://pictures.example/?a=1&b=2"
    text = item.findtext("description") or ""
    assert "<em>Hello</em>" in text
    assert "1 points" in text
    assert '<a href="https://forum.example/u/ann">ann</a>' in text


def test_pictures_come_through_us_where_programs_get_them_so(scene: Scene) -> None:
    forum, url = scene.forum, "https://pictures.example/?a=1&b=2"
    facts = LinkFacts(content_type="image/png", width=10, height=10)
    forum.act_now(store_preview, scene.first, url, facts)
    proxied = proxied_url(url, forum.home.base_url)
    for proxies, shown in ((False, url), (True, proxied)):
        forum.home = replace(forum.home, proxies_pictures=proxies)
        text = scene.get("/feeds/c/place.xml").text
        [item] = ET.fromstring(text).iter("item")
        pictures = re.findall('<img src="([^"]*)"', item.findtext("description") or "")
        assert [unescape(each) for each in pictures] == [shown]
        thumbnail = item.find("{http://search.yahoo.com/mrss/}content")
        assert thumbnail is not None
        assert thumbnail.get("url") == shown


def test_atom_tells_the_same(scene: Scene) -> None:
    page = scene.get("/feeds/c/place.atom")
    assert page.headers["content-type"] == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(page.text)
    assert root.tag == f"{ATOM}feed"
    assert root.findtext(f"{ATOM}id") == "https://forum.example/feeds/c/place.atom"
    assert root.findtext(f"{ATOM}updated") == "2026-03-01T12:00:00Z"
    [entry] = root.iter(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == f"https://forum.example/post/{scene.first}"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "ann"
    content = entry.find(f"{ATOM}content")
    assert content is not None
    assert content.get("type") == "html"
    assert "<em>Hello</em>" in (content.text or "")


def test_each_feed_has_its_posts(scene: Scene) -> None:
    everything = ["Another", "One & only"]
    assert scene.titles("/feeds/all.xml?sort=New") == everything
    assert scene.titles("/feeds/local.xml?sort=New") == everything
    assert scene.titles("/feeds/all.xml?sort=Old&limit=1") == ["One & only"]
    assert scene.titles("/feeds/all.xml?sort=Old&limit=1&page=2") == ["Another"]
    assert scene.titles("/feeds/u/bob.xml") == ["Another"]
    assert scene.titles("/feeds/c/other.xml") == ["Another"]
    scene.forum.act_now(lock_post, scene.ann.doer, scene.first, locked=True)
    assert scene.titles("/feeds/modlog.xml") == ["A moderator locked a post: One & only"]


@pytest.mark.parametrize(
    "address, status",
    [
        ("/feeds/none.xml", 404),
        ("/feeds/all.json", 404),
        ("/feeds/all", 404),
        ("/feeds/c/nowhere.xml", 404),
        ("/feeds/u/nobody.xml", 404),
        ("/feeds/x/place.xml", 400),
        ("/feeds/all.xml?sort=Nonsense", 400),
        ("/feeds/all.xml?limit=51", 400),
        ("/feeds/all.xml?page=0", 400),
        ("/feeds/front/nonsense.xml", 404),
        ("/feeds/front/a.b.c.xml", 401),
        ("/feeds/inbox/1-nonsense.xml", 404),
        ("/feeds/modlog/99-nonsense.xml", 404),
        ("/feeds/inbox/9999999999999999999-x.xml", 404),
    ],
)
def test_what_there_is_not_is_refused(scene: Scene, address: str, status: int) -> None:
    assert Browser(scene.forum).get(address).status == status


def test_ones_own_feeds_open_by_the_token_of_an_app(scene: Scene) -> None:
    assert scene.titles(f"/feeds/front/{scene.bob_token}.xml") == ["One & only"]
    a_comment(scene.forum, scene.ann, scene.second, content="I *agree*")
    scene.forum.act_now(create_message, scene.ann.doer, scene.bob.person_id, "for your eyes")
    items = scene.rss(f"/feeds/inbox/{scene.bob_token}.xml")
    assert [item.findtext("title") for item in items] == ["Message from ann", "ann on Another"]
    assert "<em>agree</em>" in (items[1].findtext("description") or "")
    assert scene.titles(f"/feeds/inbox/{scene.ann_token}.xml") == []
    assert scene.titles(f"/feeds/modlog/{scene.ann_token}.xml") == []


def test_the_key_on_a_page_opens_feeds_and_nothing_else(scene: Scene) -> None:
    page = scene.get("/", scene.bob_token)
    key = page.text.partition("/feeds/front/")[2].partition(".xml")[0]
    assert key
    assert scene.bob_token not in page.text
    assert scene.titles(f"/feeds/front/{key}.xml") == ["One & only"]
    assert f"/feeds/inbox/{key}.atom" in scene.get("/inbox", scene.bob_token).text
    assert "/feeds/front/" not in scene.get("/").text
    # It is not a token.
    assert "my_user" not in Browser(scene.forum, session=key).get("/").text
    assert "Log out" not in Browser(scene.forum, session=key).get("/").text
    number, _, proof = key.partition("-")
    other = f"{int(number) - 1}-{proof}"
    assert Browser(scene.forum).get(f"/feeds/front/{other}.xml").status == 404
    scene.forum.act_now(log_out, scene.bob)
    assert Browser(scene.forum).get(f"/feeds/front/{key}.xml").status == 404


def test_ones_own_feeds_are_kept_by_nobody(scene: Scene) -> None:
    own = scene.get(f"/feeds/front/{scene.bob_token}.xml")
    assert own.headers["cache-control"] == "no-store"
    assert scene.get("/feeds/all.xml").headers["cache-control"] == "public, max-age=300"


def test_a_private_site_has_no_feeds_for_strangers(scene: Scene) -> None:
    scene.forum.act_now(lambda tx: update_site(tx.conn, private_instance=True))
    for address in (
        "/feeds/all.xml",
        "/feeds/c/place.xml",
        "/feeds/u/ann.xml",
        "/feeds/modlog.xml",
    ):
        page = Browser(scene.forum).get(address)
        assert page.status in (303, 400, 403), address
        assert "One &" not in page.text
    assert scene.titles(f"/feeds/front/{scene.bob_token}.xml") == ["One & only"]


def test_nothing_that_people_write_becomes_markup(scene: Scene) -> None:
    a_post(
        scene.forum,
        scene.bob,
        scene.place,
        HOSTILE,
        body=HOSTILE,
        url="https://x.example/?<script>",
        alt_text='"><script>',
    )
    for address in ("/feeds/c/place.xml?sort=New", "/feeds/c/place.atom?sort=New"):
        text = scene.get(address).text
        root = ET.fromstring(text)
        assert "script" not in {element.tag for element in root.iter()}
        for element in root.iter():
            if element.tag in ("description", f"{ATOM}content"):
                assert_inert(element.text or "")


@pytest.mark.parametrize(
    "address, feeds", [("/", 2), ("/communities", 2), ("/c/place", 1), ("/u/ann", 1), ("/inbox", 1)]
)
def test_people_see_links_to_the_feeds(scene: Scene, address: str, feeds: int) -> None:
    page = scene.get(address, scene.bob_token)
    links = re.findall(r'<a href="(/feeds/[^"]*)">RSS feed', page.text)
    assert len(links) == feeds
    for link in links:
        scene.rss(link)


def test_strangers_see_no_link_to_a_feed_of_somebody(scene: Scene) -> None:
    links = re.findall(r'<a href="(/feeds/[^"]*)">RSS feed', scene.get("/").text)
    assert links == ["/feeds/all.xml"]
