"""What holds for every page: headers, policy, cookies, CSRF, limits, error pages, static files."""

import re
from typing import Any

import pytest

from moothall.actions.report import report_post
from moothall.actions.site import ensure_site
from moothall.door import Policy
from moothall.forum import Forum
from moothall.lib.limiter import NoLimiter
from moothall.lib.shared_buckets import SharedBuckets
from moothall.reads.site import get_site
from moothall.storage.site import update_site
from moothall.storage.transaction import Transaction
from moothall.web.build import all_routes
from tests.support.builders import a_community, a_signed_in_person
from tests.support.inert import assert_inert
from tests.support.pages import Browser
from tests.support.town import a_town


def test_a_page_forbids_all_that_is_not_ours(forum: Forum) -> None:
    browser = Browser(forum)
    page = browser.get("/communities")
    assert page.status == 200
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert_inert(page.text)


def test_an_anonymous_page_sets_no_cookie_and_may_be_shared(forum: Forum) -> None:
    browser = Browser(forum)
    page = browser.get("/communities")
    assert "set-cookie" not in page.headers
    assert page.headers["cache-control"] == "public, no-cache"
    assert page.headers["vary"] == "Accept, Cookie"


def test_a_signed_in_page_is_private_and_names_who_reads(forum: Forum) -> None:
    _, token = a_signed_in_person(forum, "ann")

    browser = Browser(forum)
    browser.cookies["session"] = token
    page = browser.get("/communities")
    assert "Your account: ann" in page.text
    assert page.headers["cache-control"] == "private, no-cache"


def test_a_stale_session_is_forgotten(forum: Forum) -> None:
    browser = Browser(forum)
    browser.cookies["session"] = "not-a-token"
    page = browser.get("/communities")
    assert page.status == 200
    assert "session" not in browser.cookies


@pytest.mark.parametrize("address", ["/nope", "/post/abc", "/post/99999999999999", "/static/x.css"])
def test_an_unknown_address_gets_a_page_of_ours(forum: Forum, address: str) -> None:
    browser = Browser(forum)
    page = browser.get(address)
    assert page.status == 404
    assert "Nothing here" in page.text
    assert_inert(page.text)


def test_a_wrong_method_is_refused(forum: Forum) -> None:
    browser = Browser(forum)
    assert (browser.post("/communities", {})).status == 405


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("address, allowed", [("/communities", "GET, HEAD"), ("/act", "POST")])
def test_a_method_that_no_page_has_gets_a_page_of_ours(
    forum: Forum, method: str, address: str, allowed: str
) -> None:
    page = Browser(forum).send(method, address)
    assert (page.status, page.headers["allow"]) == (405, allowed)
    assert "Not that way" in page.text
    assert_inert(page.text)


def test_what_is_too_long_is_told(forum: Forum) -> None:
    _, token = a_signed_in_person(forum, "ann")
    browser = Browser(forum, session=token)
    assert "is too long" in browser.get(f"/search?q={'x' * 1001}").text
    assert "address is too long" in browser.get(f"/search?q={'x' * 20_000}").text
    assert "too large" in browser.post("/settings", {"bio": "x" * 1_200_000}).text
    assert "cannot be read" in browser.get("/communities?page=x").text


def test_a_malformed_query_is_refused_with_a_page(forum: Forum) -> None:
    browser = Browser(forum)
    for query in ("listing=Nonsense", "page=0", "page=x", "page=1e9", "&".join(["a=1"] * 600)):
        page = browser.get(f"/communities?{query}")
        assert page.status == 400, query
        assert_inert(page.text)


def test_head_sends_no_body(forum: Forum) -> None:
    browser = Browser(forum)
    page = browser.send("HEAD", "/communities")
    assert (page.status, page.text) == (200, "")
    assert int(page.headers["content-length"]) > 1000


def test_static_files_are_kept_for_ever_under_an_address_of_their_content(forum: Forum) -> None:
    browser = Browser(forum)
    page = browser.get("/communities")
    addresses = re.findall(r'"(/static/[^"]+)"', page.text)
    assert any(each.endswith(".css") for each in addresses)
    for address in addresses:
        file = browser.get(address)
        assert file.status == 200
        assert "immutable" in file.headers["cache-control"]
    assert len(browser.get(addresses[0]).text) < 20_000


def test_a_site_that_is_not_set_up_shows_only_its_setup(raw_forum: Forum) -> None:
    raw_forum.act_now(ensure_site)

    browser = Browser(raw_forum)
    page = browser.get("/communities")
    assert (page.status, page.headers["location"]) == (303, "/setup")


def test_a_private_site_asks_strangers_to_log_in(forum: Forum) -> None:
    def make_private(tx: Transaction) -> None:
        update_site(tx.conn, private_instance=True)

    forum.act_now(make_private)
    _, token = a_signed_in_person(forum, "ann")

    browser = Browser(forum)
    page = browser.get("/communities?page=2")
    assert page.status == 303
    assert page.headers["location"] == "/login?next=%2Fcommunities%3Fpage%3D2"
    browser.cookies["session"] = token
    assert (browser.get("/communities")).status == 200


def _posted(routes: Any) -> list[Any]:
    return [route for route in routes if route.method == "POST"]


@pytest.mark.parametrize("route", _posted(all_routes()), ids=lambda route: route.path)
def test_every_form_is_refused_without_its_token(forum: Forum, route: Any) -> None:
    _, token = a_signed_in_person(forum, "ann", admin=True)
    address = re.sub(r"\{[a-z_]+:int\}", "1", route.path)
    address = re.sub(r"\{[a-z_]+\}", "name", address)

    browser = Browser(forum)
    if route.path == "/setup":
        return
    for cookies in ({"session": token}, {"form_key": "abc"}, {}):
        for given in ({}, {"csrf": ""}, {"csrf": "0" * 64}):
            browser.cookies = dict(cookies)
            page = browser.post(address, given)
            # A form is shown again: where there is nobody, or nothing, it is about, that is said.
            is_stranger = "session" not in cookies and route.who is not Policy.ANYONE
            allowed = {401} if is_stranger else {403, 404}
            assert page.status in allowed, (cookies, given, page.status)
            assert page.status != 404 or route.again is not None


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://forum.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_a_form_from_another_site_is_refused(forum: Forum, headers: dict[str, str]) -> None:
    browser = Browser(forum)
    form = (browser.get("/login")).form("/login")
    page = browser.post(form.action, {**form.fields, "name": "ann"}, **headers)
    assert page.status == 403
    assert "another site" in page.text


def test_every_page_declares_who_may_see_it() -> None:
    for route in all_routes():
        assert isinstance(route.who, Policy)


class _Empty(NoLimiter):
    def take(self, key: bytes, capacity: int, refill_period_s: float, now: float) -> bool:
        return False

    def wait_s(self, key: bytes, capacity: int, refill_period_s: float, now: float) -> float:
        return 119.2


def test_a_spent_limit_shows_the_form_again_with_what_was_typed(forum: Forum) -> None:
    browser = Browser(forum, limiter=_Empty())
    form = (browser.get("/login")).form("/login")
    page = browser.submit(form, name="ann", password="wrong password")
    assert page.status == 429
    assert page.form("/login").fields["name"] == "ann"
    assert "That was too fast. You can go on in 2 minutes." in page.text
    assert page.headers["retry-after"] == "120"


def test_a_mistake_does_not_use_up_the_limit_of_posts(forum: Forum) -> None:
    ann, token = a_signed_in_person(forum, "ann")
    a_community(forum, ann, "cats")
    browser = Browser(forum, session=token, limiter=SharedBuckets())
    form = browser.get("/create_post").form("/create_post")
    allowed = _posts_allowed(forum)
    for _ in range(2 * allowed):
        assert browser.submit(form, community="nowhere", title="A title").status == 404
        assert browser.submit(form, community="cats", title="x").status == 400
    for _ in range(allowed):
        assert browser.submit(form, community="cats", title="A title").status == 303
    page = browser.submit(form, community="cats", title="A title")
    assert (page.status, "You can go on in" in page.text) == (429, True)


def test_mistakes_are_bounded_too(forum: Forum) -> None:
    forum.act_now(lambda tx: update_site(tx.conn, rate_message=10))
    _, token = a_signed_in_person(forum, "ann")
    browser = Browser(forum, session=token, limiter=SharedBuckets())
    form = browser.get("/create_post").form("/create_post")
    seen = [browser.submit(form, community="nowhere", title="x").status for _ in range(20)]
    assert seen[:10] == [404] * 10
    assert seen[-1] == 429


def test_attempts_at_a_password_are_not_given_back(forum: Forum) -> None:
    browser = Browser(forum, limiter=SharedBuckets())
    form = browser.get("/login").form("/login")
    seen = [browser.submit(form, name="ann", password="x" * 10).status for _ in range(20)]
    assert seen[-1] == 429


def _posts_allowed(forum: Forum) -> int:
    return forum.read_now(get_site).rate_limit("post").capacity


def test_cookies_are_out_of_reach_of_scripts_and_plain_http(forum: Forum) -> None:
    browser = Browser(forum)
    line = (browser.get("/login")).headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=Lax", "Secure", "Path=/"):
        assert part in line
    assert "Domain" not in line


def test_on_plain_http_cookies_are_not_marked_secure(forum: Forum) -> None:
    browser = Browser(forum, secure_cookies=False)
    assert "Secure" not in (browser.get("/login")).headers["set-cookie"]


def test_the_head_tells_moderators_and_admins_what_waits(forum: Forum) -> None:
    town = a_town(forum)
    forum.act_now(report_post, town.people["user"].doer, town.post(), "rude")

    def head_of(name: str, path: str = "/") -> str:
        return Browser(forum, session=town.tokens[name]).get(path).text.partition("<main")[0]

    for name in ("admin", "mod"):
        assert f"Your account: {name}, 1 thing waits for you" in head_of(name)
        # Also where somebody may not go on.
        assert "1 thing waits" in head_of(name, "/post/999999")
    for name in ("user", "elsewhere"):
        assert "for you" not in head_of(name)
