"""The table of routes is that of the reference, with who may ask and which limit counts it."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from moothall.api.v3 import all_routes
from moothall.door import Bucket, Policy
from moothall.forum import Forum
from tests.support.api import ApiClient
from tests.support.builders import a_signed_in_person
from tests.support.client_types import client_types
from tests.support.programs import go_without

_ROW = re.compile(r"^\| (GET|POST|PUT) (/\S+) \|(.*)\| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_BUCKETS = {
    "msg": Bucket.MESSAGE,
    "reg": Bucket.REGISTER,
    "post": Bucket.POST,
    "cmt": Bucket.COMMENT,
    "img": Bucket.IMAGE,
    "srch": Bucket.SEARCH,
    "imp": Bucket.IMPORT,
    "–": None,
}
_LETTERS = {
    "A": Policy.ANYONE,
    "P": Policy.PUBLIC,
    "MA": Policy.MODERATOR_ANYWHERE,
    "X": Policy.ADMIN,
}
# Stricter than the reference, which is explained in docs/api/differences.md.
STRICTER = {("POST", "/user/password_change"): Bucket.REGISTER}


class Row(NamedTuple):
    """What the reference says of a route."""

    who: Policy
    bucket: Bucket | None


@pytest.fixture(scope="module")
def reference(shared: Path) -> dict[tuple[str, str], Row]:
    text = (shared / "reference" / "lemmy-api-v3.md").read_text(encoding="utf-8")
    tables = text[text.index("### 2.1 ") : text.index("### 2.8 ")]
    found = {}
    for method, path, _, who, limit in _ROW.findall(tables):
        first = re.split(r"[ ,;(]", who.strip())[0]
        policy = _LETTERS.get(first, Policy.USER)
        found[method, path] = Row(policy, _BUCKETS[limit.strip().strip("*")])
    assert len(found) == 102
    return found


def test_every_route_is_there_and_no_other(reference: dict[tuple[str, str], Row]) -> None:
    ours = {(route.method, route.path) for route in all_routes()}
    assert set(reference) - ours == set()
    assert ours - set(reference) == set()


def test_each_is_for_whom_it_is_there_and_counted_so(
    reference: dict[tuple[str, str], Row],
) -> None:
    expected = {
        key: row._replace(bucket=STRICTER.get(key, row.bucket)) for key, row in reference.items()
    }
    ours = {(route.method, route.path): Row(route.who, route.bucket) for route in all_routes()}
    wrong = {key: (row, expected[key]) for key, row in ours.items() if row != expected[key]}
    assert wrong == {}


def test_each_answers(forum: Forum, reference: dict[tuple[str, str], Row]) -> None:
    """No address is unknown, takes another method, or says that it is not made yet."""
    api = ApiClient(forum)
    _, token = a_signed_in_person(forum, "admin", admin=True)
    wrong = []
    for method, path in sorted(reference):
        for who in (None, token):
            if (path, who) == ("/user/logout", token):
                continue
            answer = getattr(api, method.lower())(path, who)
            is_answer = answer.is_success or "error" in answer.json()
            if not is_answer or answer.status_code in (404, 405, 501):
                wrong.append((method, path, answer.status_code))
    assert wrong == []


def test_the_clients_types_speak_of_every_route() -> None:
    """So that each answer in these tests is held to them; see `tests.support.api`."""
    types = client_types()
    if types is None:
        go_without("the packages of tests/clients are not installed (make test does that)")
    # The client says of an export only that it is something, and leaves pictures to browsers.
    without = {("GET", "/user/export_settings"), ("GET", "/image_proxy")}
    ours = {(route.method, route.path): route.answer for route in all_routes()}
    assert set(ours) - set(types.answers) - without == set()
    for key, answer in ours.items():
        named = getattr(answer, "__name__", None)
        if key in types.answers and named not in (None, "list"):
            assert types.answers[key] == named, key
    assert types.problems("GET", "/user/unread_count", {"replies": "1"}) != []
    assert types.problems("GET", "/user/list_logins", [{"user_id": None}]) != []
