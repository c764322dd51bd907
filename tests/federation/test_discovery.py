"""WebFinger and host-meta: whom a handle names, and nobody whom strangers may not know of."""

import asyncio
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from moothall.actions.community import remove_community
from moothall.federation.discovery import Discovery, asked_for
from moothall.forum import Forum
from moothall.storage.account import update_person
from moothall.storage.community import update_community
from moothall.storage.site import update_site
from tests.support.builders import a_community, a_person
from tests.support.forums import HOME

_TYPE = "https://www.w3.org/ns/activitystreams#type"


async def _other(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b""})


class Finder:
    """Asks like another server."""

    def __init__(self, forum: Forum) -> None:
        self.forum = forum
        self._app: Any = Discovery(_other, forum)

    def get(self, path: str) -> httpx.Response:
        self.forum.forget_site()
        return asyncio.run(self._get(path))

    async def _get(self, path: str) -> httpx.Response:
        transport = httpx.ASGITransport(self._app)
        async with httpx.AsyncClient(
            transport=transport, base_url="https://forum.example"
        ) as client:
            return await client.get(path)

    def find(self, resource: str) -> httpx.Response:
        return self.get("/.well-known/webfinger?" + urlencode({"resource": resource}))

    def selves(self, resource: str) -> list[tuple[str, str]]:
        answer = self.find(resource)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/jrd+json"
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.json()["subject"] == resource
        links = [link for link in answer.json()["links"] if link["rel"] == "self"]
        assert {link["type"] for link in links} == {"application/activity+json"}
        return [(link["properties"][_TYPE], link["href"]) for link in links]


@pytest.fixture
def finder(forum: Forum) -> Finder:
    ann = a_person(forum, "ann")
    a_community(forum, ann, "place")
    a_person(forum, "both")
    a_community(forum, ann, "both")
    return Finder(forum)


@pytest.mark.parametrize(
    "resource, expected",
    [
        ("acct:ann@forum.example", [("Person", "/u/ann")]),
        ("acct:ANN@Forum.Example", [("Person", "/u/ann")]),
        ("ann@forum.example", [("Person", "/u/ann")]),
        ("acct:@ann@forum.example", [("Person", "/u/ann")]),
        ("https://forum.example/u/ann", [("Person", "/u/ann")]),
        ("acct:place@forum.example", [("Group", "/c/place")]),
        ("acct:!place@forum.example", [("Group", "/c/place")]),
        ("https://forum.example/c/place", [("Group", "/c/place")]),
        ("acct:both@forum.example", [("Person", "/u/both"), ("Group", "/c/both")]),
        ("acct:@both@forum.example", [("Person", "/u/both")]),
        ("acct:!both@forum.example", [("Group", "/c/both")]),
        ("acct:forum.example@forum.example", [("Application", "/")]),
        ("https://forum.example/", [("Application", "/")]),
    ],
)
def test_whom_a_resource_names(
    finder: Finder, resource: str, expected: list[tuple[str, str]]
) -> None:
    assert finder.selves(resource) == [
        (kind, f"https://forum.example{path}") for kind, path in expected
    ]


def test_a_person_has_a_page_and_a_way_to_subscribe(finder: Finder) -> None:
    links = finder.find("acct:ann@forum.example").json()["links"]
    assert [link["rel"] for link in links] == [
        "http://webfinger.net/rel/profile-page",
        "self",
        "http://ostatus.org/schema/1.0/subscribe",
    ]
    assert links[2]["template"] == "https://forum.example/search?q={uri}"


@pytest.mark.parametrize(
    "query, status",
    [
        ("", 400),
        ("resource=", 400),
        ("resource=ann", 400),
        ("resource=acct:ann@forum.example&resource=acct:ann@forum.example", 400),
        ("resource=acct:%00@forum.example", 400),
        ("resource=acct:" + "x" * 3000 + "@forum.example", 400),
        ("resource=acct:nobody@forum.example", 404),
        ("resource=acct:ann@elsewhere.example", 404),
        ("resource=https://elsewhere.example/u/ann", 404),
        ("resource=https://forum.example/post/1", 404),
        ("resource=https://[", 404),
        ("resource=acct:@forum.example", 404),
    ],
)
def test_what_is_refused(finder: Finder, query: str, status: int) -> None:
    assert finder.get(f"/.well-known/webfinger?{query}").status_code == status


def test_who_is_gone_or_not_for_strangers_is_not_found(forum: Forum, finder: Finder) -> None:
    ann, admin = a_person(forum, "leaver"), a_person(forum, "admin", admin=True)
    local = a_community(forum, ann, "local_one")
    removed = a_community(forum, ann, "removed_one")
    forum.act_now(lambda tx: update_person(tx.conn, ann.person_id, deleted=True))
    forum.act_now(lambda tx: update_community(tx.conn, local, visibility="LocalOnly"))
    forum.act_now(remove_community, admin.doer, removed, removed=True)
    for name in ("leaver", "local_one", "removed_one"):
        assert finder.find(f"acct:{name}@forum.example").status_code == 404


def test_host_meta_points_there(finder: Finder) -> None:
    answer = finder.get("/.well-known/host-meta")
    assert answer.headers["content-type"] == "application/xrd+xml; charset=utf-8"
    assert 'template="https://forum.example/.well-known/webfinger?resource={uri}"' in answer.text


@pytest.mark.parametrize("changes", [{"federation_enabled": False}, {"private_instance": True}])
def test_a_site_that_keeps_to_itself_is_not_found(
    forum: Forum, finder: Finder, changes: dict[str, bool]
) -> None:
    forum.act_now(lambda tx: update_site(tx.conn, **changes))
    assert finder.find("acct:ann@forum.example").status_code == 404
    assert finder.get("/.well-known/host-meta").status_code == 404


def test_everything_else_is_passed_on(finder: Finder) -> None:
    assert finder.get("/.well-known/nodeinfo").status_code == 418
    assert asked_for("mailto:ann@elsewhere.example", HOME) is None
