"""Another server, as it fetches documents from here."""

import asyncio
from typing import Any, cast

import httpx

from moothall.federation.documents import Documents
from moothall.federation.keys import Keys
from moothall.forum import Forum

ACTIVITY = "application/activity+json"
PAGE = b"a page"


async def pages(scope: Any, receive: Any, send: Any) -> None:
    """What stands in the place of the other faces."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": PAGE})


class Peer:
    """Fetches from the ActivityPub face of a forum."""

    def __init__(self, forum: Forum) -> None:
        self._forum = forum
        self._app = Documents(pages, forum, Keys(forum))

    def get(self, path: str, accept: str = ACTIVITY, method: str = "GET") -> httpx.Response:
        """Ask for one address."""
        self._forum.forget_site()
        return asyncio.run(self._ask(path, accept, method))

    def document(self, path: str) -> dict[str, Any]:
        """The document at an address, which must be there."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def _ask(self, path: str, accept: str, method: str) -> httpx.Response:
        transport = httpx.ASGITransport(cast(Any, self._app))
        async with httpx.AsyncClient(
            transport=transport, base_url=self._forum.home.base_url
        ) as client:
            return await client.request(method, path, headers={"Accept": accept})
