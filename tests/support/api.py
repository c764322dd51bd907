"""Whole requests to the JSON face of a forum."""

import asyncio
import json
from typing import Any, cast

import httpx
from litestar import Litestar

from moothall.api.build import build
from moothall.api.parts import Parts
from moothall.forum import Forum
from tests.support.client_types import client_types


class ApiClient:
    """Calls routes of version 3, as somebody with a token or as nobody.

    Without rate limits, unless `parts` bring them. Every success is held to the types of the public
    JavaScript client, where that is installed.
    """

    def __init__(self, forum: Forum, **parts: Any) -> None:
        self._forum = forum
        self._app = Litestar(
            build(forum, Parts(**{"software_version": "0.0.0", "sends_mail": True, **parts})),
            openapi_config=None,
        )

    def get(self, path: str, token: str | None = None, /, **query: Any) -> httpx.Response:
        """GET with the query's values written as clients do."""
        return self._send("GET", path, token, params=_query(query))

    def post(self, path: str, token: str | None = None, /, **body: Any) -> httpx.Response:
        """POST a JSON body."""
        return self._send("POST", path, token, content=_json(body))

    def put(self, path: str, token: str | None = None, /, **body: Any) -> httpx.Response:
        """PUT a JSON body."""
        return self._send("PUT", path, token, content=_json(body))

    def _send(self, method: str, path: str, token: str | None, **rest: Any) -> httpx.Response:
        # A test changes the site behind the face's back and expects to see it.
        self._forum.forget_site()
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        answer = asyncio.run(self._request(method, path, headers, rest))
        if answer.is_success:
            _check_types(method, path, answer)
        return answer

    async def _request(
        self, method: str, path: str, headers: dict[str, str], rest: dict[str, Any]
    ) -> httpx.Response:
        transport = httpx.ASGITransport(cast(Any, self._app))
        async with httpx.AsyncClient(
            transport=transport, base_url="https://forum.example"
        ) as client:
            return await client.request(method, f"/api/v3{path}", headers=headers, **rest)


def _check_types(method: str, path: str, answer: httpx.Response) -> None:
    types = client_types()
    if types is not None:
        wrong = types.problems(method, path, answer.json())
        assert wrong == [], f"{method} {path} is not what clients expect"


def _json(body: dict[str, Any]) -> bytes:
    # With escapes, so that a test can send what is no text, like half of a character.
    return json.dumps(body).encode("ascii")


def _query(values: dict[str, Any]) -> dict[str, str]:
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in values.items()
    }


def outcome(response: httpx.Response) -> tuple[int, str | None]:
    """The status, and the code of a refusal."""
    return response.status_code, None if response.is_success else response.json()["error"]
