"""Serving the table of pages: one ASGI application.

Per request: find the page, find out who asks, read the form and make sure it is ours, call the
handler. Every error becomes a page of ours that says what to do next.
"""

import contextlib
import math
import secrets
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from moothall.domain.errors import ForumError, Invalid, NotFound, NotSignedIn, TooMany
from moothall.door import Policy
from moothall.forum import Forum
from moothall.lib import access, page_cache
from moothall.lib.client_address import client_address
from moothall.lib.log import get_logger
from moothall.lib.multipart_body import is_form
from moothall.lib.passwords import PasswordsBusy
from moothall.lib.request_body import Disconnected, TooLarge, discard, read_body

from . import interrupted, uploads, wording
from .account import LoginForm
from .addresses import with_query
from .answer import NO_STORE, Answer, json_answer, see_other, send_answer
from .forms import MAX_FORM_BYTES, check_origin, csrf_field, own_path, query_of
from .page import Route, Table
from .parts import Parts
from .render import Renderer
from .session import Cookies, cookies_in
from .static_files import PREFIX, StaticFiles
from .visit import Asked, Visit

log = get_logger()

_SETUP = "/setup"
_FORM_TYPE = b"application/x-www-form-urlencoded"
_USER_AGENT_CHARS = 255
_LAST_RESORT = b"<!doctype html><title>Error</title><p>Something went wrong. Try again in a moment."


class Web:
    """Answers every request that is not for another face."""

    def __init__(self, routes: Iterable[Route], forum: Forum, parts: Parts) -> None:
        self._forum = forum
        self._parts = parts
        self._table = Table(routes)
        self._files = StaticFiles()
        self._renderer = Renderer(self._files, parts.software_version, parts.compiled_templates)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            await send({"type": "websocket.close"})
            return
        with_body = scope["method"] != "HEAD"
        file = self._static_file(scope["path"])
        if file is not None:
            access.name_route(scope, access.STATIC_FILE)
            await send_answer(send, file, may_share=True, with_body=with_body)
            return
        try:
            answer, may_share = await self._answer(scope, receive)
        except Disconnected:
            return
        if may_share and answer.status == 200:
            page_cache.allow(scope)
        await send_answer(send, answer, may_share=may_share, with_body=with_body)

    def _static_file(self, path: str) -> Answer | None:
        if path == "/favicon.ico":
            path = self._files.address("icon.svg")
        return self._files.find(path) if path.startswith(PREFIX) else None

    async def _answer(self, scope: Any, receive: Any) -> tuple[Answer, bool]:
        headers = dict(scope["headers"])
        try:
            site = await self._forum.site()
        except Exception:
            log.exception("site_not_read")
            return Answer(_LAST_RESORT, status=500), False
        asked = self._asked(scope, headers)
        visit = Visit(self._forum, self._parts, self._renderer, site, asked)
        answer = await self._page(visit, scope, headers, receive)
        may_share = visit.is_same_for_all and scope["method"] in ("GET", "HEAD")
        # Of two cookies of one name a browser keeps the last: that of whoever has just signed in.
        headers_first = (*visit.cookies_to_set(), *answer.headers)
        return answer._replace(headers=headers_first), may_share

    async def _page(
        self, visit: Visit, scope: Any, headers: Mapping[bytes, bytes], receive: Any
    ) -> Answer:
        methods, values = self._table.find(scope["path"])
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        route = methods.get(method)
        if route is None:
            error = NotFound("unknown") if not methods else None
            answer = await _error_page(visit, error, 405)
            return answer.with_headers(_allow(methods)) if methods else answer
        if not visit.site.is_set_up and route.path != _SETUP:
            return see_other(_SETUP)
        access.name_route(scope, route.path)
        visit.enter(route.who, route.bucket)
        try:
            return await self._handled(visit, route, values, scope, headers, receive)
        except PasswordsBusy:
            return await _error_page(visit, None, 503)
        except Disconnected:
            raise
        except Exception:
            request_id = secrets.token_hex(8)
            log.exception("page_failed", page=route.handler.__name__, request_id=request_id)
            return await _error_page(visit, None, 500, request_id)

    async def _handled(
        self,
        visit: Visit,
        route: Route,
        values: dict[str, Any],
        scope: Any,
        headers: Mapping[bytes, bytes],
        receive: Any,
    ) -> Answer:
        form, encoded = None, b""
        try:
            encoded, not_taken = await _encoded(visit, route, scope, headers, receive)
            form = route.read(encoded, values)
            if route.method == "POST":
                check_origin(headers, self._forum.home.base_url)
                visit.check_own_form(csrf_field(encoded))
            if not_taken is not None:
                raise not_taken
            visit.count_address()
            answer = await (route.handler(visit, form) if route.has_form else route.handler(visit))
            # A handler that needed nothing from the forum is still only for whom it is meant.
            await visit.admit()
            return answer if answer.resumes is None else await self._resume(visit, answer)
        except ForumError as error:
            answer = await _refused(visit, route, form, encoded, error)
            visit.forgive(error)
            return answer

    async def _resume(self, before: Visit, answer: Answer) -> Answer:
        """The page of a form that waited while its sender signed in, with what they had typed."""
        if answer.resumes is None:
            return answer
        waiting, token = answer.resumes
        methods, values = self._table.find(waiting.path)
        route = methods.get("POST")
        if route is None or route.again is None or not interrupted.is_kept(route):
            return answer
        asked = before.asked._replace(here=waiting.path, cookies=Cookies(token, None))
        visit = Visit(self._forum, self._parts, self._renderer, before.site, asked)
        visit.enter(route.who, None)
        try:
            form = route.read(waiting.encoded, values)
            again = interrupted.SignedInAgain(lost_file=waiting.lost_file)
            page = await route.again(visit, form, again)
        except ForumError as error:
            page = await _error_page(visit, error)
        cookies = [header for header in answer.headers if header[0] == b"set-cookie"]
        return page.with_headers(*cookies, NO_STORE)

    def _asked(self, scope: Any, headers: Mapping[bytes, bytes]) -> Asked:
        forwarded = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        query: bytes = scope.get("query_string", b"")
        here = quote(scope["path"], safe="/@:")
        if query:
            here += "?" + quote(query.decode("latin-1"), safe="&=%+@:/?,;!$'()*~")
        agent = headers.get(b"user-agent")
        return Asked(
            here=here,
            address=client_address(scope.get("client"), forwarded, self._parts.trusted_proxies),
            user_agent=None if agent is None else agent[:_USER_AGENT_CHARS].decode("latin-1"),
            cookies=cookies_in(headers.get(b"cookie")),
            by_script=headers.get(b"accept") == b"application/json",
        )


def _allow(methods: Iterable[str]) -> tuple[bytes, bytes]:
    known = ["GET", "HEAD"] if "GET" in methods else []
    return (b"allow", ", ".join([*known, *(each for each in methods if each != "GET")]).encode())


async def _refused(
    visit: Visit, route: Route, form: Any, encoded: bytes, error: ForumError
) -> Answer:
    if await _is_stranger(visit, route, error):
        if route.method == "GET":
            return see_other(with_query("/login", next=visit.asked.here))
        return await _signed_out(visit, route, form, encoded)
    if route.again is None or form is None or error.code == "foreign_form":
        return await _error_page(visit, error)
    try:
        answer = await route.again(visit, form, error)
    except ForumError as second:
        return await _error_page(visit, second)
    return _with_wait(answer._replace(status=wording.status_of(error)), error)


def _with_wait(answer: Answer, error: ForumError | None) -> Answer:
    if not isinstance(error, TooMany) or error.wait_s is None:
        return answer
    return answer.with_headers((b"retry-after", str(math.ceil(error.wait_s)).encode()))


async def _is_stranger(visit: Visit, route: Route, error: ForumError) -> bool:
    """Whether nobody is signed in, or nobody any more, where somebody must be."""
    if route.who is Policy.ANYONE or error.code == "foreign_form":
        return False
    # A form may fail for another reason first: that it is an old one, or not filled in well.
    may_be = isinstance(error, NotSignedIn) or route.method == "POST"
    return may_be and not await visit.is_signed_in()


async def _signed_out(visit: Visit, route: Route, form: Any, encoded: bytes) -> Answer:
    error = interrupted.SignedOut()
    if not interrupted.is_kept(route) or form is None:
        return await _error_page(visit, error, back=own_path(getattr(form, "back", "/")))
    kept = interrupted.kept(visit.asked.here, encoded)
    login = LoginForm(next=visit.asked.here, kept=kept)
    page = visit.render("login.html", form=login, error=None, wants_code=False)
    return page.with_headers(NO_STORE)._replace(status=wording.status_of(error))


async def _encoded(
    visit: Visit, route: Route, scope: Any, headers: Mapping[bytes, bytes], receive: Any
) -> uploads.Received:
    """What the page is asked with; files that came along are uploads by then, or were refused."""
    if route.method == "GET":
        return uploads.Received(query_of(scope), None)
    if route.who not in (Policy.ANYONE, Policy.PUBLIC) and is_form(headers.get(b"content-type")):
        return await uploads.receive(visit, headers, receive)
    return uploads.Received(await _body(headers, receive), None)


async def _error_page(
    visit: Visit,
    error: ForumError | None,
    status: int = 500,
    request_id: str | None = None,
    back: str | None = None,
) -> Answer:
    if error is not None:
        status = wording.status_of(error)
    # The head of the page greets whoever it is, also where they may not go on.
    visit.enter(Policy.ANYONE, None)
    with contextlib.suppress(Exception):
        await visit.admit()
    text = None if error is None else wording.reason(error)
    if visit.asked.by_script:
        return _with_wait(json_answer({"error": text or wording.title_of(status)}, status), error)
    answer = visit.render(
        "error.html", status=status, reason=text, request_id=request_id, back=back
    )
    return _with_wait(answer._replace(status=status), error)


async def _body(headers: Mapping[bytes, bytes], receive: Any) -> bytes:
    kind = headers.get(b"content-type", b"").split(b";", 1)[0].strip().lower()
    if kind != _FORM_TYPE:
        await discard(receive, headers.get(b"content-length"))
        raise Invalid("unknown", "not a form")
    try:
        return await read_body(receive, MAX_FORM_BYTES)
    except TooLarge:
        raise Invalid("form_too_large") from None
