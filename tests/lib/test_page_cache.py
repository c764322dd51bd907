"""The page cache: what it keeps, for whom, and when it lets go."""

import asyncio
from typing import Any

import pytest

from moothall.lib import page_cache
from moothall.lib.page_cache import PageCache


class Site:
    """An application that counts how often it is asked."""

    def __init__(self, *, cacheable: bool = True, status: int = 200) -> None:
        self.calls = 0
        self.cacheable = cacheable
        self.status = status

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.calls += 1
        if self.cacheable:
            page_cache.allow(scope)
        headers = [(b"content-type", b"text/html")]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"page ", "more_body": True})
        await send({"type": "http.response.body", "body": str(self.calls).encode()})


class World:
    """A clock and a database that can change."""

    def __init__(self) -> None:
        self.now = 100.0
        self.mark = 1

    async def change_mark(self) -> int:
        return self.mark


@pytest.fixture
def world() -> World:
    return World()


def cache_of(site: Site, world: World, **options: Any) -> PageCache:
    return PageCache(site, world.change_mark, monotonic=lambda: world.now, **options)


def get(cache: PageCache, path: str = "/", method: str = "GET", **headers: str) -> Any:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    pairs = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": pairs}
    asyncio.run(cache(scope, receive, send))
    body = b"".join(m.get("body", b"") for m in sent if m["type"] == "http.response.body")
    return sent[0]["status"], dict(sent[0]["headers"]), body


def test_the_second_visitor_gets_the_kept_page(world: World) -> None:
    site = Site()
    cache = cache_of(site, world)
    assert get(cache)[2] == get(cache)[2] == b"page 1"
    assert site.calls == 1


def test_a_change_shows_after_a_second_at_the_latest(world: World) -> None:
    cache = cache_of(Site(), world)
    get(cache)
    world.mark = 2
    world.now += 0.5
    assert get(cache)[2] == b"page 1"
    world.now += 0.6
    assert get(cache)[2] == b"page 2"


def test_nothing_is_dropped_while_nothing_changes(world: World) -> None:
    cache = cache_of(Site(), world)
    get(cache)
    world.now += 9
    assert get(cache)[2] == b"page 1"


def test_no_page_grows_old(world: World) -> None:
    cache = cache_of(Site(), world)
    get(cache)
    world.now += 11
    assert get(cache)[2] == b"page 2"


@pytest.mark.parametrize("header", ["cookie", "authorization"])
def test_whoever_may_be_signed_in_gets_their_own(world: World, header: str) -> None:
    site = Site()
    cache = cache_of(site, world)
    get(cache)
    assert get(cache, **{header: "x"})[2] == b"page 2"
    assert get(cache)[2] == b"page 1"


@pytest.mark.parametrize("site", [Site(cacheable=False), Site(status=404)])
def test_only_good_pages_that_opted_in_are_kept(world: World, site: Site) -> None:
    cache = cache_of(site, world)
    get(cache)
    assert get(cache)[2] == b"page 2"
    assert get(cache)[0] == site.status


def test_a_browser_that_has_the_page_is_told_so(world: World) -> None:
    cache = cache_of(Site(), world)
    etag = get(cache)[1][b"etag"].decode()
    status, headers, body = get(cache, if_none_match=etag)
    assert (status, body) == (304, b"")
    assert headers[b"etag"].decode() == etag
    assert get(cache, if_none_match='"another"')[0] == 200


def test_addresses_languages_and_methods_are_kept_apart(world: World) -> None:
    site = Site()
    cache = cache_of(site, world)
    get(cache)
    get(cache, "/other")
    get(cache, accept_language="de")
    assert get(cache, method="HEAD")[2] == b""
    assert site.calls == 4


def test_memory_is_bounded(world: World) -> None:
    """By all that a page takes, not only by its few bytes of body."""
    site = Site()
    cache = cache_of(site, world, max_bytes=50_000)
    for number in range(200):
        get(cache, f"/{number}")
    get(cache, "/199")
    assert site.calls == 200
    get(cache, "/0")
    assert site.calls == 201
    assert len(cache._pages) <= 50_000 // 4096


def test_old_pages_do_not_wait_for_a_change_to_leave(world: World) -> None:
    cache = cache_of(Site(), world)
    for number in range(50):
        get(cache, f"/{number}")
    world.now += 11
    get(cache, "/new")
    assert len(cache._pages) == 1


def test_endless_addresses_are_not_kept(world: World) -> None:
    site = Site()
    cache = cache_of(site, world)
    for _ in range(2):
        get(cache, "/" + "a" * 3000)
    assert site.calls == 2
    assert not cache._pages


def test_a_page_made_while_something_changed_is_not_kept(world: World) -> None:
    class Slow(Site):
        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            world.mark += 1
            world.now += 2
            if self.calls == 0:
                self.calls = 1
                # Another visitor comes while this page is being made.
                sink: list[Any] = []

                async def drop(message: Any) -> None:
                    sink.append(message)

                inner = {"type": "http", "method": "GET", "path": "/b", "headers": []}
                await cache(inner, receive, drop)
            await super().__call__(scope, receive, send)

    site = Slow()
    cache = cache_of(site, world)
    get(cache, "/a")
    first_calls = site.calls
    get(cache, "/a")
    assert site.calls > first_calls


def test_a_database_that_is_away_leaves_the_answer_to_the_application(world: World) -> None:
    async def fail() -> int:
        raise OSError

    site = Site()
    cache = cache_of(site, world)
    get(cache)
    world.now += 2
    cache._change_mark = fail
    assert get(cache)[2] == b"page 2"
    assert get(cache)[2] == b"page 3", "nothing is kept as long as nobody knows what is true"


def test_some_paths_wait_for_nothing(world: World) -> None:
    async def fail() -> int:
        raise AssertionError

    cache = cache_of(Site(), world, never=frozenset({"/healthz"}))
    cache._change_mark = fail
    assert [get(cache, "/healthz")[2] for _ in range(2)] == [b"page 1", b"page 2"]
