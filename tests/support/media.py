"""A forum with its picture tools, spoken to by whole requests on one event loop."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import httpx
from litestar import Litestar

from moothall.api.build import build
from moothall.api.parts import Parts
from moothall.background import media_jobs
from moothall.domain.time import Time
from moothall.forum import Forum
from moothall.lib.blobs import Blobs, FileBlobs
from moothall.lib.file_cache import FileCache
from moothall.lib.http_client import HttpClient, Rules
from moothall.lib.media_tools import MediaLimits, MediaTools
from moothall.lib.pictures import Bounds, Pictures
from moothall.storage import jobs
from moothall.storage.transaction import Transaction

LIMITS = MediaLimits(
    max_upload_bytes=2_000_000, quota_bytes=5_000_000, videos=True, max_remote_bytes=500_000
)


def tools_in(folder: Path, blobs: Blobs | None = None, rules: Rules | None = None) -> MediaTools:
    """Tools that keep everything in this folder; without rules they reach loopback."""
    return MediaTools(
        folder=folder / "incoming",
        blobs=blobs or FileBlobs(folder / "uploads"),
        thumbnails=FileCache(folder / "thumbnails", 50_000_000),
        remote=FileCache(folder / "remote", 50_000_000, 3600),
        pictures=Pictures(Bounds(max_pixels=16_000_000, max_total_pixels=30_000_000, seconds=20)),
        client=HttpClient(rules or Rules(allow_private_addresses=True), "test/1"),
        limits=LIMITS,
    )


class MediaClient:
    """Sends requests, as somebody with a token or as nobody."""

    def __init__(
        self, runner: asyncio.Runner, forum: Forum, tools: MediaTools, parts: dict[str, Any]
    ) -> None:
        self._runner = runner
        self.forum = forum
        self.tools = tools
        whole = Parts(software_version="0.0.0", media=tools, **parts)
        app = cast(Any, Litestar(build(forum, whole), openapi_config=None))
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="https://forum.example"
        )

    def request(
        self, method: str, path: str, token: str | None = None, **rest: Any
    ) -> httpx.Response:
        """Any request."""
        headers = {**rest.pop("headers", {})}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        self.forum.forget_site()
        return self._runner.run(self._client.request(method, path, headers=headers, **rest))

    def get(self, path: str, token: str | None = None, **rest: Any) -> httpx.Response:
        """A GET."""
        return self.request("GET", path, token, **rest)

    def upload(
        self, token: str | None, data: bytes, name: str = "a.png", field: str = "images[]"
    ) -> httpx.Response:
        """Send a file as clients do."""
        return self.request("POST", "/pictrs/image", token, files={field: (name, data)})

    def uploaded(self, token: str | None, data: bytes) -> str:
        """Send a file that is taken, and return its name."""
        answer = self.upload(token, data)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["files"][0]["file"])

    def run(self, work: Any) -> Any:
        """Run something else on the same loop."""
        return self._runner.run(work)

    def close(self) -> None:
        """End all that was started."""
        self._runner.run(self._client.aclose())
        self._runner.run(self.tools.aclose())


@contextmanager
def media_client(forum: Forum, tools: MediaTools, **parts: Any) -> Iterator[MediaClient]:
    """A client, closed at the end."""
    with asyncio.Runner() as runner:
        client = MediaClient(runner, forum, tools, parts)
        try:
            yield client
        finally:
            client.close()


def do_media_jobs(client: MediaClient) -> int:
    """Do what waits in the lane of the store; return how much it was."""
    work = media_jobs(client.forum, client.tools)
    done = 0
    while job := client.forum.act_now(_claim):
        work[job.kind](job)
        client.forum.act_now(_finish, job)
        done += 1
    return done


def _claim(tx: Transaction) -> jobs.Job | None:
    return jobs.claim(tx.conn, jobs.Lane.MEDIA, tx.now, Time(tx.now + 1))


def _finish(tx: Transaction, job: jobs.Job) -> None:
    jobs.finish(tx.conn, job)


def files_below(folder: Path) -> list[str]:
    """All that lies on disk."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
