"""A browser without a screen: asks for pages of the HTML face, keeps cookies, sends forms."""

import asyncio
import re
from collections.abc import Callable, Mapping
from http.cookies import SimpleCookie
from typing import Any, NamedTuple, cast
from urllib.parse import urlencode, urlsplit

import html5lib
import httpx
from litestar import Litestar

from moothall import web
from moothall.forum import Forum
from moothall.lib.limiter import Limiter, NoLimiter


class Page(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str

    def forms(self) -> list["PageForm"]:
        """The forms on the page with the values that they hold."""
        document = html5lib.parse(self.text, namespaceHTMLElements=False)
        return [_form(each) for each in document.iter("form")]

    def form(self, action: str) -> "PageForm":
        """The form that is sent to this path."""
        for form in self.forms():
            if urlsplit(form.action).path == action:
                return form
        raise AssertionError(f"no form for {action}: {[each.action for each in self.forms()]}")


class PageForm(NamedTuple):
    """A form: where it is sent, and the fields that a browser would send."""

    method: str
    action: str
    fields: dict[str, str]


class Browser:
    """Talks to the whole HTML face as one visitor."""

    def __init__(
        self,
        forum: Forum,
        *,
        session: str | None = None,
        limiter: Limiter | None = None,
        secure_cookies: bool = True,
        sends_mail: bool = True,
        run: Callable[[Any], Any] = asyncio.run,
        **means: Any,
    ) -> None:
        self.cookies = {} if session is None else {"session": session}
        self._origin = forum.home.base_url
        self._run = run
        self.forum = forum
        parts = web.Parts(
            software_version="0.0-test",
            secure_cookies=secure_cookies,
            limiter=limiter or NoLimiter(),
            sends_mail=sends_mail,
            **means,
        )
        self._app = Litestar(web.build(forum, parts), openapi_config=None)

    def get(self, address: str, **headers: str) -> Page:
        """Ask for a page."""
        return self.send("GET", address, headers=headers)

    def post(self, address: str, fields: Mapping[str, Any], **headers: str) -> Page:
        """Send fields as a form would, with nothing added."""
        body = urlencode(fields, doseq=True).encode()
        kind = {"content-type": "application/x-www-form-urlencoded", **headers}
        return self.send("POST", address, body, kind)

    def submit(self, form: PageForm, **fields: Any) -> Page:
        """Fill in a form of a page and send it."""
        return self.post(form.action, {**form.fields, **fields})

    def follow(self, page: Page) -> Page:
        """Go where a redirect leads."""
        assert page.status in (301, 303), page.text
        return self.get(page.headers["location"])

    def send(
        self, method: str, address: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Page:
        """Send any request with this visitor's cookies and keep those that come back."""
        own = {name.replace("_", "-"): value for name, value in (headers or {}).items()}
        if self.cookies:
            own["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        # A test changes the site behind the face's back and expects to see it.
        self.forum.forget_site()
        answer = self._run(self._request(method, address, body, own))
        for line in answer.headers.get_list("set-cookie"):
            self._keep(line)
        return Page(answer.status_code, answer.headers, answer.text)

    async def _request(
        self, method: str, address: str, body: bytes, headers: dict[str, str]
    ) -> httpx.Response:
        transport = httpx.ASGITransport(cast("Any", self._app))
        async with httpx.AsyncClient(transport=transport, base_url=self._origin) as client:
            return await client.request(method, address, content=body, headers=headers)

    def _keep(self, line: str) -> None:
        for name, morsel in SimpleCookie(line).items():
            if morsel["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value


def _form(element: Any) -> PageForm:
    fields = {}
    for field in element.iter():
        if field.tag not in ("input", "textarea", "select"):
            continue
        name = field.get("name")
        is_off = field.get("type") in ("checkbox", "radio") and field.get("checked") is None
        if name and not is_off:
            fields[name] = _value(field)
    return PageForm(element.get("method", "get"), element.get("action", ""), fields)


def _value(field: Any) -> str:
    if field.tag == "textarea":
        return re.sub(r"^\n", "", "".join(field.itertext()))
    if field.tag == "select":
        options = list(field.iter("option"))
        chosen = [each for each in options if each.get("selected") is not None]
        return (chosen or options)[0].get("value", "") if options else ""
    return str(field.get("value", ""))
