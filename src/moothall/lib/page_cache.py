"""Answers for visitors who are not signed in, kept in memory and given before the framework runs.

A handler opts in by `allow(scope)`: the answer then depends on nothing but the address asked for
and the headers in `_VARY`. All kept answers are dropped as soon as anything in the database has
changed; each process looks at most once a second. And no answer is kept for long, since some tell
how old things are: after a change a visitor may see the state of a second ago, never an older one.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from . import access
from .log import get_logger

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
Key = tuple[bytes, ...]

log = get_logger()

CHECK_INTERVAL_S = 1.0
MAX_AGE_S = 10.0
MAX_BYTES = 32 * 1024 * 1024
_OVERHEAD_BYTES = 4096
# An address or header longer than this is nobody's second visit.
_MAX_KEY_BYTES = 2048
_FLAG = "moothall.page_cache"
_VARY = (b"accept", b"accept-language", b"host")
# Whoever sends one of these may be signed in: their answers are their own.
_PERSONAL_HEADERS = (b"cookie", b"authorization")


def allow(scope: Scope) -> None:
    """Called by a handler: this answer is the same for every visitor."""
    if _FLAG in scope:
        scope[_FLAG] = True


@dataclass(frozen=True, slots=True)
class _Page:
    made_at: float
    etag: bytes
    headers: Headers
    body: bytes


class PageCache:
    """Wraps the whole application.

    `never` are paths that are none of its business: answers to these wait for nothing.
    """

    def __init__(
        self,
        app: AsgiApp,
        change_mark: Callable[[], Awaitable[int]],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        max_bytes: int = MAX_BYTES,
        never: frozenset[str] = frozenset(),
    ) -> None:
        self._app = app
        self._change_mark = change_mark
        self._monotonic = monotonic
        self._max_bytes = max_bytes
        self._never = never
        self._pages: OrderedDict[Key, _Page] = OrderedDict()
        self._bytes = 0
        self._mark: int | None = None
        self._looked_at = float("-inf")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or run the application and perhaps keep what it answers."""
        key = _key(scope)
        if key is None or scope["path"] in self._never:
            await self._app(scope, receive, send)
            return
        await self._drop_if_changed()
        page = self._pages.get(key)
        if page is None or self._is_old(page):
            await self._run_and_keep(key, scope, receive, send)
            return
        self._pages.move_to_end(key)
        access.name_route(scope, access.FROM_CACHE)
        await _answer(page, scope, send)

    async def _drop_if_changed(self) -> None:
        now = self._monotonic()
        if now - self._looked_at < CHECK_INTERVAL_S:
            return
        self._looked_at = now
        mark: int | None = None
        try:
            mark = await self._change_mark()
        except Exception:
            # Nobody knows what is still true; the application will say what is the matter.
            log.exception("change_mark_unknown")
        if mark is None or mark != self._mark:
            self._mark = mark
            self._pages.clear()
            self._bytes = 0

    async def _run_and_keep(self, key: Key, scope: Scope, receive: Receive, send: Send) -> None:
        scope[_FLAG] = False
        mark = self._mark
        start: Message = {}
        parts: list[bytes] = []

        async def collect(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if message["type"] != "http.response.body" or not scope[_FLAG]:
                await _send_start(send, start)
                start = {}
                await send(message)
                return
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                page = _page(start, b"".join(parts), self._monotonic())
                if start["status"] == 200 and mark is not None and mark == self._mark:
                    self._keep(key, page)
                await _answer(page, scope, send, start["status"])

        await self._app(scope, receive, collect)

    def _keep(self, key: Key, page: _Page) -> None:
        size = _size(key, page)
        if size > self._max_bytes // 8:
            return
        self._forget(key)
        self._pages[key] = page
        self._bytes += size
        # In the order of use, so that the oldest of all may hide behind a younger one for a while;
        # the bound in bytes holds all the same.
        while self._bytes > self._max_bytes or self._is_old(next(iter(self._pages.values()))):
            self._forget(next(iter(self._pages)))

    def _forget(self, key: Key) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self._bytes -= _size(key, page)

    def _is_old(self, page: _Page) -> bool:
        return self._monotonic() - page.made_at > MAX_AGE_S


def _size(key: Key, page: _Page) -> int:
    """What a kept page takes in memory, about: with its address, headers and Python's own part."""
    headers = sum(len(name) + len(value) for name, value in page.headers)
    return _OVERHEAD_BYTES + sum(map(len, key)) + headers + len(page.body)


def _key(scope: Scope) -> Key | None:
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return None
    vary = dict.fromkeys(_VARY, b"")
    for name, value in scope["headers"]:
        if name in _PERSONAL_HEADERS:
            return None
        if name in vary:
            vary[name] = value
    key = (
        scope["method"].encode(),
        scope["path"].encode(),
        scope.get("query_string", b""),
        *vary.values(),
    )
    return key if sum(map(len, key)) <= _MAX_KEY_BYTES else None


def _page(start: Message, body: bytes, made_at: float) -> _Page:
    etag = b'"' + hashlib.blake2b(body, digest_size=12).hexdigest().encode() + b'"'
    headers = [(name, value) for name, value in start["headers"] if name.lower() != b"etag"]
    return _Page(made_at, etag, [*headers, (b"etag", etag)], body)


async def _answer(page: _Page, scope: Scope, send: Send, status: int = 200) -> None:
    if status == 200 and _has_it_already(page, scope):
        headers = [pair for pair in page.headers if pair[0].lower() != b"content-length"]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": status, "headers": page.headers})
    body = b"" if scope["method"] == "HEAD" else page.body
    await send({"type": "http.response.body", "body": body})


def _has_it_already(page: _Page, scope: Scope) -> bool:
    for name, value in scope["headers"]:
        if name == b"if-none-match":
            return page.etag in value or value.strip() == b"*"
    return False


async def _send_start(send: Send, start: Message) -> None:
    if start:
        await send(start)
