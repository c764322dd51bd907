"""The OpenAPI document: current, whole, true of what is answered, and no way to a bug."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy
from litestar import Litestar
from litestar.testing import TestClient
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok

from moothall.api import v3
from moothall.api.build import build
from moothall.api.openapi import openapi
from moothall.api.parts import Parts
from moothall.forum import Forum
from tests.support.api import ApiClient
from tests.support.builders import a_comment, a_community, a_post, a_signed_in_person

KEPT = Path(__file__).resolve().parents[2] / "docs" / "api" / "openapi.json"
DOCUMENT = openapi(v3.all_routes(), v3.PREFIX)


def test_the_document_in_the_tree_is_current() -> None:
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    assert kept == DOCUMENT, "make openapi writes it anew"


def test_it_has_every_route_and_what_each_takes_and_answers() -> None:
    described = {
        (method.upper(), path.removeprefix(v3.PREFIX))
        for path, methods in DOCUMENT["paths"].items()
        for method in methods
    }
    assert described == {(route.method, route.path) for route in v3.all_routes()}
    search = DOCUMENT["paths"]["/api/v3/search"]["get"]
    assert [each["name"] for each in search["parameters"] if each["required"]] == ["q"]
    vote = DOCUMENT["paths"]["/api/v3/post/like"]["post"]
    assert vote["security"] == [{"token": []}]
    schema = vote["requestBody"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/CreatePostLike"}
    view = DOCUMENT["components"]["schemas"]["PostView"]
    assert "my_vote" not in view["required"]
    assert "unread_comments" in view["required"]
    assert view["properties"]["my_vote"] == {"type": "integer"}


def test_every_name_in_it_is_explained() -> None:
    names: set[str] = set()

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            names.update(text for key, text in value.items() if key == "$ref")
            value = list(value.values())
        if isinstance(value, list):
            for each in value:
                collect(each)

    collect(DOCUMENT)
    known = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    assert names == known


@pytest.fixture
def api(forum: Forum) -> Iterator[TestClient[Litestar]]:
    app = Litestar(build(forum, Parts(software_version="0.0.0")), openapi_config=None)
    with TestClient(app) as client:
        yield client


def test_it_is_served(api: TestClient[Litestar]) -> None:
    answer = api.get("/api/v3/openapi.json")
    assert answer.json() == DOCUMENT
    assert answer.headers["content-type"] == "application/json"
    assert api.get("/api/v3/site").status_code == 200


def test_answers_are_as_it_says(forum: Forum) -> None:
    client = ApiClient(forum)
    ann, token = a_signed_in_person(forum, "ann", admin=True)
    post = a_post(forum, ann, a_community(forum, ann, "place"), url="https://x.example/")
    a_comment(forum, ann, post)
    queries: dict[str, dict[str, Any]] = {"/post": {"id": post}, "/user": {"username": "ann"}}
    queries |= {"/search": {"q": "post"}, "/community": {"name": "place"}}
    for path in (
        "/site",
        "/post/list",
        "/comment/list",
        "/modlog",
        "/user/export_settings",
        *queries,
    ):
        answer = client.get(path, token, **queries.get(path, {}))
        operation = DOCUMENT["paths"][v3.PREFIX + path]["get"]
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        whole = {**schema, "components": DOCUMENT["components"]}
        jsonschema_rs.validate(whole, answer.json())


# --- requests made up from the document

# Few of each route: the same made-up values go through all of them, on every run of the build.
_EXAMPLES = 4
_SKIPPED = {
    # Ends the session that all others are made with.
    "/user/logout",
    "/user/delete_account",
    "/user/change_password",
    "/user/leave_admin",
    # Asks other servers: tests/media and tests/api/test_pictures.py try these with servers of theirs.
    "/post/site_metadata",
    "/image_proxy",
}


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_no_made_up_request_finds_a_bug(forum: Forum, method: str, mode: GenerationMode) -> None:
    """Requests that fit the document, and such that do not."""
    ann, token = a_signed_in_person(forum, "ann", admin=True)
    a_comment(forum, ann, a_post(forum, ann, a_community(forum, ann, "place")))
    app = Litestar(build(forum, Parts(software_version="0.0.0")), openapi_config=None)
    schema = schemathesis.openapi.from_asgi("/api/v3/openapi.json", app)
    tried = []
    for result in schema.get_all_operations():
        if not isinstance(result, Ok):
            raise TypeError(result)
        operation = result.ok()
        path = operation.path.removeprefix(v3.PREFIX)
        if operation.method.upper() == method and path not in _SKIPPED:
            tried.append(path)
            _try(operation.as_strategy(generation_mode=mode), token)
    assert len(tried) > 10


def _try(strategy: SearchStrategy[Case[Any]], token: str) -> None:
    @settings(
        max_examples=_EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def attempt(case: Case[Any]) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code < 500, (case.path, case.query, case.body, answer.text)

    # Where anything fits, nothing can be made up that does not.
    with suppress(Unsatisfiable):
        attempt()
