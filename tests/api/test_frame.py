"""The frame of the JSON face, driven through a made-up table of routes."""

import asyncio
import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Litestar

from moothall.api.answer import Answer, json_answer
from moothall.api.build import build, mounted
from moothall.api.call import Call
from moothall.api.decode import MAX_BODY_BYTES
from moothall.api.fields import Int32, Paged, Request
from moothall.api.paging import page_of
from moothall.api.parts import API_VERSION, Parts
from moothall.api.route import Routes
from moothall.api.serve import Api
from moothall.domain.errors import (
    Conflict,
    ForumError,
    Invalid,
    NotAllowed,
    NotFound,
    NotSignedIn,
    TooMany,
)
from moothall.domain.post import Listing
from moothall.domain.site import Site
from moothall.domain.user import Doer, Viewer
from moothall.door import Bucket, Policy
from moothall.forum import Forum
from moothall.lib import log
from moothall.lib.limiter import Limiter
from moothall.lib.request_body import MAX_DISCARDED_BYTES
from moothall.lib.shared_buckets import SharedBuckets
from moothall.reads.site import get_site
from moothall.storage.site import update_site
from moothall.storage.transaction import Transaction
from tests.support.builders import a_community, a_signed_in_person

routes = Routes()
MESSAGE = Bucket.MESSAGE


class ListThings(Paged, frozen=True, kw_only=True):
    type_: Listing | None = None
    only: bool | None = None
    name: str | None = None
    ids: list[Int32] | None = None


class CreateThing(Request, frozen=True, kw_only=True):
    name: str
    count: Int32 = 0
    shown: bool | None = None
    tags: list[str] | None = None


class Fail(Request, frozen=True):
    how: str


class Thing(msgspec.Struct):
    name: str | None
    by: str | None = None


@routes.get("/thing/list", who=Policy.PUBLIC, bucket=MESSAGE)
async def list_things(call: Call, request: ListThings) -> dict[str, Any]:
    page = page_of(request.page, request.limit, "couldnt_get_posts")
    await call.read(_name_of)
    fields: dict[str, Any] = msgspec.to_builtins(request)
    return {**fields, "number": page.number, "most": page.limit}


@routes.get("/who", who=Policy.PUBLIC, bucket=MESSAGE)
async def who(call: Call) -> Thing:
    return Thing(await call.read(_name_of))


@routes.get("/who/long", who=Policy.PUBLIC, bucket=MESSAGE)
async def who_long(call: Call) -> Thing:
    return Thing(await call.read_long(_name_of))


@routes.post("/thing", who=Policy.USER, bucket=Bucket.POST)
async def create_thing(call: Call, request: CreateThing) -> Thing:
    return Thing(request.name, by=await call.act(_name_of_doer))


@routes.put("/thing", who=Policy.ANYONE, bucket=None)
async def edit_thing(call: Call, request: CreateThing) -> Thing:
    return Thing(request.name, by=await call.act_openly(lambda tx: tx.home.domain))


@routes.post("/site/rename", who=Policy.ADMIN, bucket=MESSAGE)
async def rename_site(call: Call, request: CreateThing) -> Thing:
    await call.act_own(_rename_site, request.name)
    call.site_changed()
    return Thing(request.name)


@routes.get("/anyone", who=Policy.ANYONE, bucket=MESSAGE)
async def for_anyone(call: Call) -> Thing:
    return Thing(await call.read(_name_of))


@routes.get("/user", who=Policy.USER, bucket=MESSAGE)
async def for_users(call: Call) -> Thing:
    return Thing(await call.read_own(lambda _, viewer: viewer.name))


@routes.get("/team", who=Policy.MODERATOR_ANYWHERE, bucket=MESSAGE)
async def for_moderators(call: Call) -> Thing:
    return Thing(await call.read(_name_of))


@routes.get("/admin", who=Policy.ADMIN, bucket=MESSAGE)
async def for_admins(call: Call) -> Thing:
    await call.admit()
    assert call.parts.software_version == "1.2.3"
    return Thing(call.need_viewer().name)


@routes.get("/silent", who=Policy.ADMIN, bucket=None)
async def silent(call: Call) -> Thing:
    return Thing(call.home.domain)


@routes.get("/hasty", who=Policy.ANYONE, bucket=None)
async def hasty(call: Call) -> Thing:
    return Thing(call.need_viewer().name)


@routes.get("/picture", who=Policy.ANYONE, bucket=None)
async def picture(call: Call) -> Answer:
    return json_answer({"for": call.client.address}, {"Cache-Control": "no-store"})


@routes.get("/fail", who=Policy.ANYONE, bucket=None)
async def fail(call: Call, request: Fail) -> Thing:
    raise FAILURES[request.how]


FAILURES: dict[str, Exception] = {
    "signed_out": NotSignedIn(),
    "by_id": NotFound("couldnt_find_post"),
    "by_name": NotFound("couldnt_find_person", by_name=True),
    "invalid": Invalid("invalid_url", "no host"),
    "not_allowed": NotAllowed("not_top_mod"),
    "conflict": Conflict("user_already_exists"),
    "too_many": TooMany(),
    "login": ForumError("incorrect_login"),
    "bug": ZeroDivisionError("a secret of the house"),
}


def _name_of(_: Any, viewer: Viewer | None) -> str | None:
    return None if viewer is None else viewer.name


def _name_of_doer(_: Transaction, doer: Doer) -> str:
    return doer.name


def _rename_site(tx: Transaction, _: Viewer, name: str) -> None:
    update_site(tx.conn, name=name)


def _parts(**options: Any) -> Parts:
    return Parts(software_version="1.2.3", **options)


class Client:
    """Calls the table of this file, or the real face, as a program outside would."""

    def __init__(self, app: Litestar, address: str = "203.0.113.5") -> None:
        self._app = app
        self._address = address

    def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:
        return asyncio.run(self._send(method, path, options))

    async def _send(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        app: Any = self._app
        transport = httpx.ASGITransport(app, client=(self._address, 4711))
        async with httpx.AsyncClient(transport=transport, base_url="http://forum.example") as http:
            return await http.request(method, path, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self("GET", f"/api/v3{path}", **options)

    def post(self, path: str, **options: Any) -> httpx.Response:
        return self("POST", f"/api/v3{path}", **options)


def _client(forum: Forum, address: str = "203.0.113.5", **options: Any) -> Client:
    handler = mounted("/api/v3", routes, forum, _parts(**options))
    return Client(Litestar([handler], logging_config=None), address)


@pytest.fixture
def client(forum: Forum) -> Client:
    return _client(forum)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def tokens(forum: Forum) -> dict[str, str | None]:
    """The tokens of somebody of each kind."""
    moderator, moderator_token = a_signed_in_person(forum, "moderator")
    a_community(forum, moderator, "place")
    return {
        "nobody": None,
        "stranger": "not-a-token-of-ours",
        "user": a_signed_in_person(forum, "user")[1],
        "moderator": moderator_token,
        "admin": a_signed_in_person(forum, "admin", admin=True)[1],
    }


# Who may use a route

OUT = (401, {"error": "incorrect_login"})
NO_MODERATOR = (400, {"error": "not_a_mod_or_admin"})
NO_ADMIN = (400, {"error": "not_an_admin"})


def _is(name: str | None) -> tuple[int, dict[str, str | None]]:
    return 200, {"name": name, "by": None}


@pytest.mark.parametrize(
    "path, caller, expected",
    [
        ("/anyone", "nobody", _is(None)),
        ("/anyone", "stranger", _is(None)),
        ("/anyone", "user", _is("user")),
        ("/who", "nobody", _is(None)),
        ("/who", "stranger", _is(None)),
        ("/who", "user", _is("user")),
        ("/who/long", "nobody", _is(None)),
        ("/who/long", "user", _is("user")),
        ("/user", "nobody", OUT),
        ("/user", "stranger", OUT),
        ("/user", "user", _is("user")),
        ("/team", "nobody", OUT),
        ("/team", "user", NO_MODERATOR),
        ("/team", "moderator", _is("moderator")),
        ("/team", "admin", _is("admin")),
        ("/admin", "nobody", OUT),
        ("/admin", "stranger", OUT),
        ("/admin", "user", NO_ADMIN),
        ("/admin", "moderator", NO_ADMIN),
        ("/admin", "admin", _is("admin")),
        # A handler that asks the forum for nothing is refused all the same.
        ("/silent", "nobody", OUT),
        ("/silent", "user", NO_ADMIN),
        ("/silent", "admin", _is("forum.example")),
    ],
)
def test_a_route_answers_whom_it_is_for(
    client: Client,
    tokens: dict[str, str | None],
    path: str,
    caller: str,
    expected: tuple[int, Any],
) -> None:
    token = tokens[caller]
    answer = client.get(path, headers={} if token is None else bearer(token))
    assert (answer.status_code, answer.json()) == expected


def test_an_action_runs_in_the_name_of_the_caller(
    client: Client, tokens: dict[str, str | None]
) -> None:
    token = tokens["user"]
    assert token is not None
    answer = client.post("/thing", json={"name": "a"}, headers=bearer(token))
    assert answer.json() == {"name": "a", "by": "user"}
    refused = client.post("/thing", json={"name": "a"})
    assert (refused.status_code, refused.json()) == OUT


def test_an_action_for_anyone_needs_nobody(client: Client) -> None:
    answer = client("PUT", "/api/v3/thing", json={"name": "a"})
    assert answer.json() == {"name": "a", "by": "forum.example"}


def test_a_refused_action_changes_nothing(
    forum: Forum, client: Client, tokens: dict[str, str | None]
) -> None:
    before = forum.read_now(get_site).name
    for caller in ("nobody", "user", "moderator"):
        token = tokens[caller]
        headers = {} if token is None else bearer(token)
        assert client.post("/site/rename", json={"name": "x"}, headers=headers).status_code >= 400
    assert forum.read_now(get_site).name == before


def test_a_changed_site_is_seen_at_once(
    forum: Forum, client: Client, tokens: dict[str, str | None]
) -> None:
    token = tokens["admin"]
    assert token is not None
    assert client.post("/site/rename", json={"name": "x"}, headers=bearer(token)).status_code == 200
    assert forum.read_now(get_site).name == "x"


def test_a_private_instance_shows_nothing_to_strangers(
    forum: Forum, tokens: dict[str, str | None]
) -> None:
    forum.act_now(lambda tx: update_site(tx.conn, private_instance=True))
    client, token = _client(forum), tokens["user"]
    assert token is not None
    for headers in ({}, bearer("nonsense")):
        refused = client.get("/who", headers=headers)
        assert (refused.status_code, refused.json()) == (400, {"error": "instance_is_private"})
    assert client.get("/who", headers=bearer(token)).status_code == 200
    assert client.get("/anyone").status_code == 200


def test_the_viewer_is_not_known_before_the_policy_was_checked(client: Client) -> None:
    assert client.get("/hasty").status_code == 500


# Tokens


def test_a_token_is_taken_from_the_header_first_then_from_the_cookie(
    client: Client, tokens: dict[str, str | None]
) -> None:
    user, admin = tokens["user"], tokens["admin"]
    assert user is not None
    assert client.get("/who", headers={"Cookie": f"a=b; jwt={user}"}).json()["name"] == "user"
    both = {**bearer(str(admin)), "Cookie": f"jwt={user}"}
    assert client.get("/who", headers=both).json()["name"] == "admin"


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "{user}"},
        {"Authorization": "Basic {user}"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer " + "x" * 5000},
        {"Cookie": "session={user}"},
        {"Cookie": "xjwt={user}"},
        {"Cookie": 'jwt="'},
        {"Cookie": "jwt={user}", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_nothing_else_is_a_credential(
    client: Client, tokens: dict[str, str | None], headers: dict[str, str]
) -> None:
    filled = {name: value.format(user=tokens["user"]) for name, value in headers.items()}
    assert client.get("/who", headers=filled).json()["name"] is None


# Errors


@pytest.mark.parametrize(
    "how, status, body",
    [
        ("signed_out", 401, {"error": "incorrect_login"}),
        ("login", 401, {"error": "incorrect_login"}),
        ("by_id", 400, {"error": "couldnt_find_post"}),
        ("by_name", 404, {"error": "couldnt_find_person"}),
        ("invalid", 400, {"error": "invalid_url", "message": "no host"}),
        ("not_allowed", 400, {"error": "not_top_mod"}),
        ("conflict", 400, {"error": "user_already_exists"}),
        ("too_many", 400, {"error": "rate_limit_error"}),
    ],
)
def test_an_expected_error_has_its_status_and_code(
    client: Client, how: str, status: int, body: dict[str, str]
) -> None:
    answer = client.get(f"/fail?how={how}")
    assert (answer.status_code, answer.json()) == (status, body)
    assert answer.headers["cache-control"] == "no-store"


@pytest.fixture
def log_lines() -> Iterator[io.StringIO]:
    handlers, level = logging.root.handlers[:], logging.root.level
    lines = io.StringIO()
    log.set_up("info", "json", lines)
    yield lines
    log.structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def test_a_bug_is_logged_and_its_text_kept_from_the_client(
    client: Client, log_lines: io.StringIO
) -> None:
    answer = client.get("/fail?how=bug")
    assert (answer.status_code, answer.json()) == (500, {"error": "unknown"})
    assert "secret" not in str(answer.headers)
    lines = [json.loads(line) for line in log_lines.getvalue().splitlines()]
    [line] = [line for line in lines if line["event"] == "api_call_failed"]
    assert line["request_id"] == answer.headers["x-request-id"]
    assert "a secret of the house" in str(line)


# Reading requests


@pytest.mark.parametrize(
    "query, field, value",
    [
        ("only=true", "only", True),
        ("only=false", "only", False),
        ("only=True", "only", True),
        ("page=3", "page", 3),
        ("page=+3", "page", None),
        ("page=%2B3", "page", 3),
        ("type_=Local", "type_", "Local"),
        ("name=", "name", ""),
        ("name=a+b%20%C3%BC", "name", "a b ü"),
        ("name=%FF", "name", "\N{REPLACEMENT CHARACTER}"),
        ("name=null", "name", "null"),
        ("ids=1&ids=2", "ids", [1, 2]),
        ("unknown=1&auth=x", "name", None),
        ("", "page", None),
    ],
)
def test_a_query_is_read_by_the_type_of_its_fields(
    client: Client, query: str, field: str, value: object
) -> None:
    answer = client.get(f"/thing/list?{query}")
    if value is None and field in query:
        assert answer.status_code == 400
        return
    assert answer.status_code == 200, answer.text
    assert answer.json()[field] == value


@pytest.mark.parametrize(
    "query",
    [
        "only=1",
        "only=TRUE",
        "only=",
        "page=",
        "page=x",
        "page=1.0",
        "page=1e3",
        "page=null",
        "page=99999999999999999999999",
        "page=9999999999999999999",
        "page=1&page=2",
        "ids=3000000000",
        "ids=1&ids=x",
        "type_=local",
        "type_=Nothing",
        "type_=",
        "name=a%00b",
        "name=" + "x" * 20_000,
        "&".join(f"a{i}=1" for i in range(200)),
    ],
)
def test_a_malformed_query_is_refused_with_a_code(client: Client, query: str) -> None:
    answer = client.get(f"/thing/list?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"] == "unknown"
    assert answer.json()["message"]


@pytest.mark.parametrize("page", ["page=0", "page=-1", "page=101", "limit=0", "limit=51"])
def test_a_page_out_of_range_is_refused_with_the_code_of_its_list(
    client: Client, page: str
) -> None:
    answer = client.get(f"/thing/list?{page}")
    assert (answer.status_code, answer.json()["error"]) == (400, "couldnt_get_posts")


def test_a_page_has_the_default_length(client: Client) -> None:
    answer = client.get("/thing/list").json()
    assert (answer["number"], answer["most"]) == (1, 10)
    answer = client.get("/thing/list?page=100&limit=50").json()
    assert (answer["number"], answer["most"]) == (100, 50)


JSON = "application/json"


def _put(client: Client, body: bytes, content_type: str | None = JSON) -> httpx.Response:
    headers = {} if content_type is None else {"Content-Type": content_type}
    return client("PUT", "/api/v3/thing", content=body, headers=headers)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"name"',
        b"{",
        b"{}",
        b'{"name": 1}',
        b'{"name": null}',
        b'{"name": "a", "count": "1"}',
        b'{"name": "a", "count": 1.5}',
        b'{"name": "a", "count": 2147483648}',
        b'{"name": "a", "count": 1e400}',
        b'{"name": "a", "shown": "true"}',
        b'{"name": "a", "shown": 1}',
        b'{"name": "a", "tags": "b"}',
        b'{"name": "a", "tags": [1]}',
        b'{"name": "a\xff"}',
        b'{"name": "a\\ud800"}',
        b'{"name": "a\\u0000b"}',
        b'{"name": "a", "tags": ["b\\u0000"]}',
        b'{"name": "a\0b"}',
        b'{"name": "a"} x',
        b'{"other": ' + b"[" * 100_000,
        b"[" * 100_000,
        b'{"name": "' + b"x" * MAX_BODY_BYTES + b'"}',
    ],
)
def test_a_malformed_body_is_refused_with_a_code(client: Client, body: bytes) -> None:
    answer = _put(client, body)
    assert (answer.status_code, answer.json()["error"]) == (400, "unknown")
    assert answer.json()["message"]


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "a"}',
        b'{"name": "a", "shown": null, "tags": null}',
        b'{"name": "a", "auth": "token", "extra": {"deep": []}}',
        b'{"name": "a\\\\u0000"}',
    ],
)
def test_null_is_not_given_and_unknown_fields_are_ignored(client: Client, body: bytes) -> None:
    assert _put(client, body).json()["name"].startswith("a")


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8"])
def test_a_body_of_json_is_read(client: Client, kind: str) -> None:
    assert _put(client, b'{"name": "a"}', kind).status_code == 200


@pytest.mark.parametrize(
    "kind", [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_a_body_of_another_type_is_refused(client: Client, kind: str | None) -> None:
    answer = _put(client, b'{"name": "a"}', kind)
    assert (answer.status_code, answer.json()["error"]) == (400, "unknown")


_SLOW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@_SLOW
@given(
    body=st.one_of(
        st.binary(max_size=300),
        _ANYTHING.map(lambda value: json.dumps(value).encode()),
        st.fixed_dictionaries(
            {"name": st.text() | _ANYTHING},
            optional={"count": _ANYTHING, "shown": _ANYTHING, "tags": _ANYTHING},
        ).map(lambda value: json.dumps(value).encode()),
    )
)
def test_no_body_makes_a_bug(client: Client, body: bytes) -> None:
    answer = _put(client, body)
    assert answer.status_code in {200, 400}
    assert answer.json()["name" if answer.status_code == 200 else "error"] is not None


_QUERY_VALUE = st.text(alphabet="0123456789+-%truefalsALocd&= é", max_size=12)


@_SLOW
@given(
    query=st.lists(
        st.tuples(
            st.sampled_from(["page", "limit", "type_", "only", "name", "ids", "x"]), _QUERY_VALUE
        ),
        max_size=5,
    ).map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs))
)
def test_no_query_makes_a_bug(client: Client, query: str) -> None:
    answer = client.get(f"/thing/list?{query}")
    assert answer.status_code in {200, 400}


# Reading bodies piece by piece


class Wire:
    """The two ends of one ASGI call."""

    def __init__(self, *messages: dict[str, Any]) -> None:
        self._messages = iter(messages)
        self.asked = 0
        self.sent: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        self.asked += 1
        return next(self._messages)

    async def send(self, message: dict[str, Any]) -> None:
        self.sent.append(message)


def _deliver(forum: Forum, wire: Wire, *headers: tuple[bytes, bytes]) -> None:
    scope = {
        "type": "http",
        "method": "PUT",
        "path": "/thing",
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), *headers],
        "client": ("203.0.113.5", 1),
    }
    asyncio.run(Api(routes, forum, _parts())(scope, wire.receive, wire.send))


def _piece(body: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def test_a_body_may_come_in_pieces(forum: Forum) -> None:
    wire = Wire(_piece(b'{"name"', more=True), _piece(b"", more=True), _piece(b':"a"}', more=False))
    _deliver(forum, wire)
    assert wire.sent[0]["status"] == 200


def test_a_body_announced_as_too_large_is_not_begun(forum: Forum) -> None:
    wire = Wire()
    _deliver(forum, wire, (b"content-length", b"4294967296"))
    assert (wire.sent[0]["status"], wire.asked) == (400, 0)


def test_a_body_without_end_is_cut_off(forum: Forum) -> None:
    endless: Iterator[dict[str, Any]] = iter(lambda: _piece(b"x" * 65_536, more=True), None)
    wire = Wire()
    wire._messages = endless
    _deliver(forum, wire)
    assert wire.sent[0]["status"] == 400
    assert wire.asked == (MAX_BODY_BYTES + MAX_DISCARDED_BYTES) // 65_536 + 2


def test_a_refused_body_is_read_so_that_the_refusal_arrives(forum: Forum) -> None:
    wire = Wire(_piece(b"x" * 2_000_000, more=True), _piece(b"x", more=False))
    _deliver(forum, wire, (b"content-length", b"2000001"))
    assert (wire.sent[0]["status"], wire.asked) == (400, 2)


def test_a_client_that_hangs_up_gets_no_answer(forum: Forum) -> None:
    wire = Wire(_piece(b"{", more=True), {"type": "http.disconnect"})
    _deliver(forum, wire)
    assert wire.sent == []


# Rate limits


def _limit(forum: Forum, **limits: int) -> None:
    forum.act_now(lambda tx: update_site(tx.conn, **limits))


def test_an_address_that_asks_too_often_is_told_so(forum: Forum) -> None:
    _limit(forum, rate_message=2, rate_message_s=1000)
    buckets = SharedBuckets()
    client = _client(forum, limiter=buckets)
    assert [client.get("/who").status_code for _ in range(3)] == [200, 200, 400]
    assert client.get("/user").json() == {"error": "rate_limit_error"}
    # Another bucket, no bucket and another address are not concerned.
    assert client.post("/thing", json={"name": "a"}).status_code == 401
    assert client.get("/picture").status_code == 200
    assert _client(forum, "203.0.113.6", limiter=buckets).get("/who").status_code == 200


def test_a_refused_request_counts_too(forum: Forum) -> None:
    _limit(forum, rate_message=2, rate_message_s=1000)
    client = _client(forum, limiter=SharedBuckets())
    codes = [client.get("/thing/list?page=x").json()["error"] for _ in range(3)]
    assert codes == ["unknown", "unknown", "rate_limit_error"]


@pytest.mark.parametrize(
    "first, second, together",
    [
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:203.0.113.5", "203.0.113.5", True),
        ("203.0.113.5", "203.0.113.6", False),
        ("nonsense:", "203.0.113.6", False),
    ],
)
def test_ipv6_addresses_of_one_site_share_a_limit(
    forum: Forum, first: str, second: str, together: bool
) -> None:
    _limit(forum, rate_message=1, rate_message_s=1000)
    buckets = SharedBuckets()
    assert _client(forum, first, limiter=buckets).get("/who").status_code == 200
    then = _client(forum, second, limiter=buckets).get("/who").status_code
    assert then == (400 if together else 200)


def test_an_account_has_one_limit_wherever_it_comes_from(
    forum: Forum, tokens: dict[str, str | None]
) -> None:
    _limit(forum, rate_post=2, rate_post_s=1000)
    buckets = SharedBuckets()

    def create(address: str, caller: str) -> int:
        client = _client(forum, address, limiter=buckets)
        headers = bearer(str(tokens[caller]))
        return client.post("/thing", json={"name": "a"}, headers=headers).status_code

    assert [create(f"203.0.113.{i}", "user") for i in range(3)] == [200, 200, 400]
    assert create("203.0.113.9", "admin") == 200


@pytest.mark.parametrize(
    "proxies, forwarded, expected",
    [
        (0, ["198.51.100.1"], "203.0.113.5"),
        (1, [], "203.0.113.5"),
        (1, ["198.51.100.1"], "198.51.100.1"),
        (1, ["10.9.9.9, 198.51.100.1"], "198.51.100.1"),
        (2, ["10.9.9.9, 198.51.100.1, 10.0.0.1"], "198.51.100.1"),
        (2, ["10.9.9.9", "198.51.100.1, 10.0.0.1"], "198.51.100.1"),
        (5, ["198.51.100.1, 10.0.0.1"], "198.51.100.1"),
        (1, ["198.51.100.1:4711"], "198.51.100.1"),
        (1, ["[2001:db8::1]:4711"], "2001:db8::1"),
        (1, ["2001:db8::1"], "2001:db8::1"),
        (1, ["<script>"], "203.0.113.5"),
        (1, [""], "203.0.113.5"),
    ],
)
def test_the_address_is_believed_from_our_own_proxies_only(
    forum: Forum, proxies: int, forwarded: list[str], expected: str
) -> None:
    client = _client(forum, trusted_proxies=proxies)
    headers = [("X-Forwarded-For", line) for line in forwarded]
    assert client.get("/picture", headers=headers).json() == {"for": expected}


# Headers and unknown addresses


def test_every_answer_may_be_read_by_any_page_and_guessed_by_no_browser(client: Client) -> None:
    for path in ("/who", "/user", "/fail?how=bug", "/nothing"):
        headers = client.get(path, headers={"Origin": "https://other.example"}).headers
        assert headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in headers
        assert headers["x-content-type-options"] == "nosniff"


def test_a_browser_may_ask_first(client: Client) -> None:
    answer = client(
        "OPTIONS",
        "/api/v3/thing",
        headers={
            "Origin": "https://other.example",
            "Access-Control-Request-Method": "PUT",
            "Access-Control-Request-Headers": "authorization,content-type",
        },
    )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "PUT" in answer.headers["access-control-allow-methods"]
    assert "authorization" in answer.headers["access-control-allow-headers"].lower()
    assert answer.headers["access-control-max-age"] == "3600"


def test_answers_for_everybody_may_be_kept_for_a_minute(
    client: Client, tokens: dict[str, str | None]
) -> None:
    def rule(answer: httpx.Response) -> str:
        return answer.headers["cache-control"]

    assert rule(client.get("/who")) == "public, max-age=60"
    assert rule(client.get("/who", headers=bearer(str(tokens["user"])))) == "private"
    assert rule(client.get("/who", headers=bearer("nonsense"))) == "private"
    assert rule(_put(client, b'{"name": "a"}')) == "private"
    assert rule(client.get("/picture")) == "no-store"
    assert rule(client.get("/user")) == "no-store"
    assert "Authorization" in client.get("/who").headers["vary"]


@pytest.mark.parametrize("path", ["/nothing", "/who/nothing", "", "/", "/WHO", "/who%2F..%2Fuser"])
def test_an_unknown_address_is_answered_with_404_and_nothing_else(
    client: Client, path: str
) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.content) == (404, b"")


def test_another_method_is_answered_with_405_and_nothing_else(client: Client) -> None:
    for method in ("DELETE", "PATCH", "POST"):
        answer = client(method, "/api/v3/who")
        assert (answer.status_code, answer.content) == (405, b"")
        assert answer.headers["allow"] == "GET"


# Declaring


def _declare(bucket: Bucket | None = None, **policy: Any) -> Callable[..., Any]:
    return Routes().get("/x", bucket=bucket, **policy)


def test_a_route_without_policy_or_answer_is_not_accepted() -> None:
    with pytest.raises(TypeError):
        _declare()

    async def answers_what(call: Call) -> Thing:
        return Thing(call.home.domain)

    del answers_what.__annotations__["return"]

    with pytest.raises(TypeError, match="does not say what it answers"):
        _declare(who=Policy.ANYONE)(answers_what)


def test_a_query_field_of_a_type_that_text_cannot_say_is_not_accepted() -> None:
    class Nested(Request, frozen=True):
        inner: Thing

    async def nested(call: Call, request: Nested) -> Thing:
        return request.inner

    nested.__annotations__["request"] = Nested
    with pytest.raises(TypeError, match="cannot be"):
        _declare(who=Policy.ANYONE)(nested)


def test_one_address_is_declared_once(forum: Forum) -> None:
    with pytest.raises(ValueError, match="declared twice"):
        Api([*routes, *routes], forum, _parts())


# The whole face


@pytest.fixture
def face(forum: Forum) -> Client:
    return Client(Litestar(list(build(forum, _parts())), logging_config=None))


def test_nodeinfo_tells_what_runs_here(face: Client) -> None:
    links = face("GET", "/.well-known/nodeinfo").json()["links"]
    assert links == [
        {
            "rel": f"http://nodeinfo.diaspora.software/ns/schema/{version}",
            "href": f"https://forum.example/nodeinfo/{version}",
        }
        for version in ("2.1", "2.0")
    ]
    older = face("GET", "/nodeinfo/2.0")
    assert older.json()["version"] == "2.0"
    assert "schema/2.0#" in older.headers["content-type"]
    document = face("GET", "/nodeinfo/2.1").json()
    assert document["version"] == "2.1"
    assert document["software"] == {"name": "moothall", "version": "1.2.3"}
    assert document["openRegistrations"] is True
    assert document["usage"]["users"].keys() == {"total", "activeHalfyear", "activeMonth"}
    for old in ("/version", "/nodeinfo/2.0.json", "/nodeinfo/2.1.json"):
        answer = face("GET", old)
        assert (answer.status_code, answer.headers["location"]) == (307, "/nodeinfo/2.1")


def test_nodeinfo_can_pass_as_lemmy_and_tells_when_registration_is_closed(forum: Forum) -> None:
    forum.act_now(lambda tx: update_site(tx.conn, registration_mode="Closed"))
    handlers = build(forum, _parts(nodeinfo_as_lemmy=True))
    document = Client(Litestar(list(handlers), logging_config=None))("GET", "/nodeinfo/2.1").json()
    assert document["software"] == {"name": "lemmy", "version": API_VERSION}
    assert document["openRegistrations"] is False


def test_health_is_told_apart_from_readiness(
    forum: Forum, face: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert face("GET", "/healthz").status_code == 200
    assert face("GET", "/readyz").status_code == 200
    assert face("POST", "/healthz").status_code == 405

    def broken(_: Any) -> Site:
        raise OSError("the disk is gone")

    monkeypatch.setattr("moothall.api.health.get_site", broken)
    sick = Client(Litestar(list(build(forum, _parts())), logging_config=None))
    assert sick("GET", "/healthz").status_code == 200
    answer = sick("GET", "/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "unavailable"})


def test_the_limiter_of_the_processes_fits(forum: Forum) -> None:
    limiter: Limiter = SharedBuckets()
    assert limiter.take(b"key", 1, 60.0, 1.0)
    assert not limiter.take(b"key", 1, 60.0, 1.0)
