"""No field of any request takes what is too long, what cannot be stored, or a number too wide."""

from typing import Any
from urllib.parse import urlencode

import pytest

from moothall.api.v3 import all_routes
from moothall.forum import Forum
from moothall.lib.http_client import Rules
from moothall.web.build import all_routes as all_pages
from moothall.web.session import csrf_token
from tests.security.calls import good_calls, good_forms, numbers_of, spoilt, texts_of
from tests.support.api import ApiClient
from tests.support.media import tools_in
from tests.support.pages import Browser
from tests.support.rows import all_rows
from tests.support.town import Town

# Longer than anything that may be written here: a post's body has 50,000 characters.
LONG = "y" * 60_000
# Fields that nothing is made of where they are not asked for; what they say is not even looked at.
_UNREAD = {
    ("/user/register", "captcha_uuid"),
    ("/user/register", "captcha_answer"),
    ("/user/register", "setup_token"),
    ("/user/register", "answer"),
    ("/post", "honeypot"),
    ("/user/login", "totp_2fa_token"),
    # The answer is the same for every address, also for what is none.
    ("/user/password_reset", "email"),
    ("/password_reset", "email"),
    ("/login", "next"),
    ("/signup", "next"),
    ("/act", "back"),
    ("/signup", "captcha"),
    ("/signup", "captcha_id"),
    ("/signup", "answer"),
    # Whoever is let in is told no reason, and a post stays where it is.
    ("/admin/registration_application/approve", "deny_reason"),
    ("/registration_applications/{application_id:int}", "reason"),
    ("/post/{post_id:int}/edit", "community"),
}


@pytest.fixture(scope="module")
def api(town: Town, tmp_path_factory: pytest.TempPathFactory) -> ApiClient:
    # Nothing listens there: a link that names us is followed no further than this machine.
    rules = Rules(static_hosts={"forum.example": "http://127.0.0.1:9"})
    tools = tools_in(tmp_path_factory.mktemp("media"), rules=rules)
    return ApiClient(town.forum, media=tools)


@pytest.fixture(scope="module")
def browser(town: Town) -> Browser:
    return Browser(town.forum)


def _longest(forum: Forum) -> int:
    rows = all_rows(forum)
    texts = (len(v) for table in rows.values() for row in table for v in row if type(v) is str)
    return max(texts)


def _send(api: ApiClient, town: Town, method: str, path: str, who: str, body: Any) -> Any:
    return getattr(api, method.lower())(path, town.tokens[who], **body)


def test_nothing_too_long_is_taken_by_the_api(town: Town, api: ApiClient) -> None:
    wrong = []
    for route, who, body in good_calls(town):
        for field, is_list in texts_of(route.request).items():
            given = spoilt(body, field, LONG, is_list=is_list)
            answer = _send(api, town, route.method, route.path, who, given)
            refused = answer.status_code in (400, 401, 404)
            if not refused and (route.path, field) not in _UNREAD:
                wrong.append(f"{route.method} {route.path} {field}: {answer.status_code}")
            if answer.status_code >= 500:
                wrong.append(f"{route.method} {route.path} {field}: {answer.status_code}")
    assert wrong == []
    assert _longest(town.forum) < len(LONG)


def test_nothing_too_long_is_taken_by_pages(town: Town, browser: Browser) -> None:
    wrong = []
    for page, address, who, fields in good_forms(town):
        for field in texts_of(page.form):
            token = town.tokens[who]
            browser.cookies = {"session": token}
            if page.who.name == "ANYONE":
                browser.cookies = {"form_key": token}
            given = {**fields, field: LONG, "csrf": csrf_token(token)}
            answer = browser.post(address, given)
            is_path = "{" + field + "}" in page.path
            refused = 400 <= answer.status < 500
            if not refused and not is_path and (page.path, field) not in _UNREAD:
                wrong.append(f"{page.path} {field}: {answer.status}")
    assert wrong == []
    assert _longest(town.forum) < len(LONG)


# A NUL, halves of characters, what turns text around, what cannot be seen, what is not spelled so.
ODD = [
    "nul\0byte",
    "\ud800 half",
    "half \udfff",
    "\u202eturned\u202c",
    "\u200b\u200b\u200b",
    "\ufeffmark",
    "e\u0301\u0301\u0301" * 30,
    "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 3,
    "' OR 1=1 --",
    "%00%2e%2e%2f",
    "{{7*7}}${7*7}",
    "\r\nSet-Cookie: a=b",
]


@pytest.mark.parametrize("odd", ODD, ids=ascii)
def test_nothing_odd_makes_a_bug(town: Town, api: ApiClient, odd: str) -> None:
    wrong = []
    for route, who, body in good_calls(town):
        for field, is_list in texts_of(route.request).items():
            given = spoilt(body, field, odd, is_list=is_list)
            answer = _send(api, town, route.method, route.path, who, given)
            if answer.status_code >= 500 or ("\0" in odd and answer.status_code != 400):
                wrong.append(f"{route.method} {route.path} {field}: {answer.status_code}")
            if "set-cookie" in answer.headers and route.path != "/user/logout":
                wrong.append(f"{route.method} {route.path} {field}: a cookie")
    assert wrong == []


# Of no column: too wide for 32 bits, for 64; and of every column the ends.
NUMBERS = [-1, 0, 2**31 - 1, 2**31, 2**63 - 1, 2**63, -(2**31), -(2**63), 10**30]


@pytest.mark.parametrize("number", NUMBERS)
def test_no_number_makes_a_bug(town: Town, api: ApiClient, number: int) -> None:
    wrong = []
    for route in all_routes():
        for field in numbers_of(route.request):
            for who in ("user", "admin"):
                if route.method == "GET":
                    given = {**_NEEDED.get(route.path, {}), field: number}
                    answer = api.get(route.path, town.tokens[who], **given)
                else:
                    given = {**_some(route.request), field: number}
                    answer = _send(api, town, route.method, route.path, who, given)
                if answer.status_code >= 500:
                    wrong.append(f"{route.method} {route.path} {field}: {answer.status_code}")
    assert wrong == []


_NEEDED: dict[str, dict[str, Any]] = {
    "/search": {"q": "word"},
    "/post/like/list": {"post_id": 1},
    "/comment/like/list": {"comment_id": 1},
}


def _some(request: Any) -> dict[str, Any]:
    """A request that parses, about things that are not there."""
    found: dict[str, Any] = dict.fromkeys(numbers_of(request), 999999)
    found |= dict.fromkeys(("content", "reason", "name", "title"), "text")
    for flag in [
        "read",
        "save",
        "removed",
        "deleted",
        "locked",
        "featured",
        "follow",
        "block",
        "added",
        "ban",
        "resolved",
        "hidden",
        "hide",
        "distinguished",
        "approve",
    ]:
        found[flag] = True
    # Not about all who are there.
    found.pop("expires", None)
    return {**found, "feature_type": "Community", "post_ids": [999_999], "score": 1}


# Cursors and names that somebody made up.
WORDS = [
    "P7fffffff",
    "P80000000",
    "Pfffffffffffffff",
    "0_1_1_999999999999999999",
    "1_1e308_1_1",
    "0_-1e999_1_1",
    "0_9999999999999999999_1_1",
    "9_9_9",
    "999999999999999999_2_999999999999999999",
    "5_0_2147483648",
    "nul\0byte",
    "\u202e",
    "@",
    "!@",
    "a@b@c",
    "x" * 15_000,
    "https://forum.example/post/99999999999999999999",
    "https://[::1",
    "//",
    '"',
    "* OR NEAR(",
    "-",
]


_SORTS = ("Hot", "New", "MostComments", "NewComments", "TopAll", "Controversial")


@pytest.mark.parametrize("word", WORDS, ids=lambda word: ascii(word[:40]))
def test_no_word_in_a_query_makes_a_bug(town: Town, api: ApiClient, word: str) -> None:
    wrong = []
    for route in all_routes():
        if route.method != "GET":
            continue
        for field in texts_of(route.request):
            given = {**_NEEDED.get(route.path, {}), field: word}
            for sort in _SORTS if route.path == "/post/list" else (None,):
                given |= {} if sort is None else {"sort": sort}
                answer = api.get(route.path, town.tokens["user"], **given)
                if answer.status_code >= 500:
                    wrong.append(f"{route.path} {field} {sort}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("word", WORDS, ids=lambda word: ascii(word[:40]))
def test_no_word_in_an_address_makes_a_bug(town: Town, browser: Browser, word: str) -> None:
    wrong = []
    browser.cookies = {"session": town.tokens["user"]}
    for page in all_pages():
        if page.method != "GET" or "{" in page.path:
            continue
        for field in texts_of(page.form):
            shown = browser.get(f"{page.path}?{urlencode({field: word})}")
            if shown.status >= 500:
                wrong.append(f"{page.path} {field}: {shown.status}")
    assert wrong == []


@pytest.mark.parametrize("page", [0, -1, 101, 10_000, 2**31, 2**63])
def test_no_list_goes_as_deep_as_one_asks(
    town: Town, api: ApiClient, browser: Browser, page: int
) -> None:
    wrong = []
    for route in all_routes():
        names = numbers_of(route.request)
        if route.method == "GET" and "page" in names:
            given = {name: 1 for name in names if name.endswith("_id")}
            given |= _NEEDED.get(route.path, {})
            answer = api.get(route.path, town.tokens["admin"], **{**given, "page": page})
            if answer.status_code != 400:
                wrong.append(f"{route.path}: {answer.status_code}")
    browser.cookies = {"session": town.tokens["admin"]}
    for each in all_pages():
        if each.method == "GET" and "page" in numbers_of(each.form):
            address = each.path.replace("{name}", "author")
            shown = browser.get(f"{address}?page={page}")
            if shown.status != 400:
                wrong.append(f"{each.path}: {shown.status}")
    assert wrong == []
