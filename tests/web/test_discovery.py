"""What programs ask about pages: robots.txt, the sitemap, cards of links."""

import json
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest

from moothall.actions.community import hide_community
from moothall.actions.post import delete_post
from moothall.actions.removal import remove_post
from moothall.domain.community import Visibility
from moothall.domain.time import DAY
from moothall.forum import Forum
from moothall.storage.site import update_site
from tests.support.builders import a_comment, a_community, a_person, a_post
from tests.support.clock import Clock
from tests.support.pages import Browser

_LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


def _sitemap(forum: Forum) -> list[int]:
    page = Browser(forum).get("/sitemap.xml")
    assert page.status == 200
    assert page.headers["content-type"] == "text/xml; charset=utf-8"
    found = [element.text or "" for element in ET.fromstring(page.text).iter(_LOC)]
    assert all(url.startswith("https://forum.example/post/") for url in found)
    return [int(url.rpartition("/")[2]) for url in found]


def test_the_sitemap_has_what_everybody_may_read(forum: Forum) -> None:
    ann, admin = a_person(forum, "ann"), a_person(forum, "admin", admin=True)
    place, hidden = a_community(forum, ann, "place"), a_community(forum, ann, "hidden")
    local = a_community(forum, ann, "local_only", visibility=Visibility.LOCAL_ONLY)
    assert isinstance(forum.clock, Clock)
    a_post(forum, ann, place)
    forum.clock.advance(32 * DAY)
    first, second, gone, taken = (a_post(forum, ann, place) for _ in range(4))
    a_post(forum, ann, place, nsfw=True)
    a_post(forum, ann, local)
    a_post(forum, ann, hidden)
    forum.act_now(delete_post, ann.doer, gone, deleted=True)
    forum.act_now(remove_post, admin.doer, taken, removed=True)
    forum.act_now(hide_community, admin.doer, hidden, hidden=True)
    assert _sitemap(forum) == [second, first]
    forum.act_now(lambda tx: update_site(tx.conn, private_instance=True))
    assert Browser(forum).get("/sitemap.xml").status != 200


def test_robots_are_told_where_to_look(forum: Forum) -> None:
    page = Browser(forum).get("/robots.txt")
    assert page.headers["content-type"] == "text/plain; charset=utf-8"
    lines = page.text.splitlines()
    assert lines[0] == "User-agent: *"
    assert "Disallow: /settings" in lines
    assert "Disallow: /" not in lines
    assert "Sitemap: https://forum.example/sitemap.xml" in lines
    forum.act_now(lambda tx: update_site(tx.conn, private_instance=True))
    lines = Browser(forum).get("/robots.txt").text.splitlines()
    assert lines == ["User-agent: *", "Disallow: /"]


class Scene:
    """A post with a comment."""

    def __init__(self, forum: Forum) -> None:
        self.forum = forum
        self.ann = a_person(forum, "ann", display_name="Ann of the hill")
        self.place = a_community(forum, self.ann, "place", title="The Place")
        self.post = a_post(forum, self.ann, self.place, 'Quotes " & <tags>')
        self.comment = a_comment(forum, self.ann, self.post)

    def embed(self, path: str, **more: str) -> Any:
        url = f"https://forum.example{path}"
        return Browser(self.forum).get("/oembed?" + urlencode({"url": url, **more}))


@pytest.fixture
def scene(forum: Forum) -> Scene:
    return Scene(forum)


def test_a_link_is_described(scene: Scene) -> None:
    page = scene.embed(f"/post/{scene.post}")
    assert page.headers["content-type"] == "application/json"
    assert json.loads(page.text) == {
        "version": "1.0",
        "type": "link",
        "title": 'Quotes " & <tags>',
        "provider_name": "Test Forum",
        "provider_url": "https://forum.example",
        "author_name": "Ann of the hill",
        "author_url": "https://forum.example/u/ann",
    }
    titles = [json.loads(scene.embed(path).text)["title"] for path in ("/c/place", "/u/ann")]
    assert titles == ["The Place", "Ann of the hill"]
    said = json.loads(scene.embed(f"/comment/{scene.comment}").text)
    assert said["title"] == 'Ann of the hill on Quotes " & <tags>'
    as_xml = ET.fromstring(scene.embed(f"/post/{scene.post}", format="xml").text)
    assert as_xml.findtext("title") == 'Quotes " & <tags>'


@pytest.mark.parametrize(
    "path, more, status",
    [
        ("/post/999999", {}, 404),
        ("/post/x", {}, 404),
        ("/c/nowhere", {}, 404),
        ("/settings", {}, 404),
        ("/c/place", {"format": "yaml"}, 400),
    ],
)
def test_what_there_is_not_has_no_card(
    scene: Scene, path: str, more: dict[str, str], status: int
) -> None:
    assert scene.embed(path, **more).status == status
    elsewhere = urlencode({"url": "https://elsewhere.example/post/1"})
    assert Browser(scene.forum).get(f"/oembed?{elsewhere}").status == 404


def test_pages_carry_their_card_and_their_feeds(scene: Scene) -> None:
    def head(path: str) -> str:
        page = Browser(scene.forum).get(path)
        assert page.status == 200
        return page.text.partition("</head>")[0]

    post = head(f"/post/{scene.post}")
    assert '<meta property="og:title" content="Quotes &#34; &amp; &lt;tags&gt;">' in post
    assert f'<meta property="og:url" content="https://forum.example/post/{scene.post}">' in post
    assert "application/json+oembed" in post
    for path, feed in (
        ("/", "/feeds/all.xml"),
        ("/c/place", "/feeds/c/place.xml"),
        ("/u/ann", "/feeds/u/ann.atom"),
        ("/modlog", "/feeds/modlog.xml"),
    ):
        text = head(path)
        assert f'href="{feed}"' in text
        assert Browser(scene.forum).get(feed).status == 200
    assert '<meta property="og:title" content="The Place">' in head("/c/place")
