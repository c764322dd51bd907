"""Every answer that a client once got, it gets today: same status, same codes, same shape."""

from contextlib import closing
from pathlib import Path

import httpx
import pytest

from moothall.api.v3 import all_routes
from tests.clients.record import RECORDINGS, fresh_server, open_to_bots
from tests.support.client_types import client_types
from tests.support.programs import go_without
from tests.support.recording import Call, Replay, difference, read_recording, shape, thinned
from tests.support.server import Server

FILES = {"javascript": "lemmy-js-client.jsonl", "python": "pythorhead.jsonl"}


@pytest.mark.parametrize("client", FILES)
def test_a_recorded_day_goes_as_it_went(
    fresh_database_url: str, tmp_path: Path, client: str
) -> None:
    calls = read_recording(RECORDINGS / FILES[client])
    with fresh_server(tmp_path, fresh_database_url) as server:
        if client == "python":
            open_to_bots(server)
        wrong = [each for each in _played(server, calls) if each is not None]
        assert server.stop() == 0
    assert wrong == []


def _played(server: Server, calls: list[Call]) -> list[str | None]:
    found = []
    with closing(Replay(server.url)) as replay:
        for number, call in enumerate(calls, 1):
            differs = difference(call, replay.ask(call))
            found.append(differs and f"{number}: {call.method} {call.path}?{call.query}: {differs}")
    return found


@pytest.mark.parametrize("client", FILES)
def test_what_was_recorded_is_of_the_clients_types(client: str) -> None:
    types = client_types()
    if types is None:
        go_without("the packages of tests/clients are not installed (make test does that)")
    for call in read_recording(RECORDINGS / FILES[client]):
        if call.status == 200:
            path = call.path.removeprefix("/api/v3")
            assert types.problems(call.method, path, call.answer) == [], path


def test_the_days_ask_for_nearly_everything() -> None:
    asked = {
        (call.method, call.path.removeprefix("/api/v3"))
        for file in FILES.values()
        for call in read_recording(RECORDINGS / file)
    }
    missing = {(route.method, route.path) for route in all_routes()} - asked
    assert missing <= _NOT_RECORDED


# What hangs on a mail, a picture, the clock or a first start, which a recording cannot repeat.
_NOT_RECORDED = {
    ("POST", "/site"),
    ("POST", "/user/password_reset"),
    ("POST", "/user/password_change"),
    ("POST", "/user/verify_email"),
    ("POST", "/user/totp/generate"),
    ("POST", "/user/totp/update"),
    ("GET", "/image_proxy"),
    ("GET", "/post/site_metadata"),
}


def test_no_secret_and_no_place_is_kept() -> None:
    for file in FILES.values():
        text = (RECORDINGS / file).read_text(encoding="utf-8")
        assert "127.0.0.1:" not in text
        assert "eyJ" not in text, "a token"


# --- the harness itself


def _answer(status: int, content: object) -> httpx.Response:
    return httpx.Response(status, json=content)


def test_a_difference_is_seen() -> None:
    call = Call("GET", "/x", "", None, None, 200, {"a": 1, "list": [{"b": "x"}]})
    assert difference(call, _answer(200, {"a": 2, "list": [{"b": "y"}, {"b": ""}]})) is None
    for content in (
        {"a": "1", "list": [{"b": "x"}]},
        {"list": [{"b": "x"}]},
        {"a": 1, "list": []},
        {"a": 1, "list": [{"b": None}]},
        {"a": 1, "list": [{"b": "x"}], "more": 1},
    ):
        assert difference(call, _answer(200, content)) is not None
    assert difference(call, _answer(400, {"error": "unknown"})) is not None
    refused = call._replace(status=400, answer={"error": "locked"})
    assert difference(refused, _answer(400, {"error": "locked", "message": "x"})) is None
    assert difference(refused, _answer(400, {"error": "unknown"})) is not None


def test_thinning_keeps_the_shape() -> None:
    value = {"list": [{"a": 1}, {"a": 2}, {"a": 3, "b": "x"}, {"a": 4}]}
    assert thinned(value) == {"list": [{"a": 1}, {"a": 3, "b": "x"}]}
    assert shape(thinned(value)) == shape(value)
