"""One request to the HTML face: what its handler is given."""

import contextlib
from typing import Any, NamedTuple

from moothall.domain.errors import ForumError, NotAllowed, NotFound, NotSignedIn
from moothall.domain.notification import Duties, UnreadCounts
from moothall.domain.site import Site
from moothall.domain.time import Time
from moothall.domain.user import Viewer
from moothall.door import Door, PrivateInstance
from moothall.forum import Forum
from moothall.reads.feed import feed_key, token_hash_by_key
from moothall.reads.user import visitor_by_token_hash

from . import session
from .answer import Answer
from .parts import Parts
from .render import Renderer


class Asked(NamedTuple):
    """Facts of the request. `here` is its address on this server, to come back to."""

    here: str
    address: str
    user_agent: str | None
    cookies: session.Cookies
    by_script: bool


class Visit(Door):
    """Facts of one request and its door to the forum."""

    __slots__ = ("_by_key", "_new_form_key", "_renderer", "asked", "duties", "now", "unread")

    parts: Parts

    def __init__(
        self, forum: Forum, parts: Parts, renderer: Renderer, site: Site, asked: Asked
    ) -> None:
        super().__init__(
            forum,
            parts,
            site,
            address=asked.address,
            user_agent=asked.user_agent,
            token_hash=asked.cookies.token_hash,
        )
        self._renderer = renderer
        self._new_form_key: str | None = None
        self._by_key = False
        self.asked = asked
        self.now: Time = forum.clock()
        self.unread: UnreadCounts | None = None
        self.duties = Duties(0, 0)

    @property
    def is_same_for_all(self) -> bool:
        """Whether nothing that belongs to this browser can have gone into the answer."""
        cookies = self.asked.cookies
        if self._by_key:
            return False
        return cookies.session is None and cookies.form_key is None and self._new_form_key is None

    @property
    def csrf_token(self) -> str:
        """The token for the forms of this answer."""
        cookies = self.asked.cookies
        if self._viewer is not None and cookies.session is not None:
            return session.csrf_token(cookies.session)
        return session.csrf_token(self._form_key())

    def check_own_form(self, token: str) -> None:
        """Refuse a form that does not come from a page that we gave to this browser.

        Raises NotAllowed("form_expired").
        """
        cookies = self.asked.cookies
        if not any(
            session.is_csrf_token(key, token) for key in (cookies.session, cookies.form_key)
        ):
            raise NotAllowed("form_expired")

    async def is_signed_in(self) -> bool:
        """Whether somebody is, even if this page is not for them."""
        with contextlib.suppress(ForumError):
            await self.admit()
        return self._viewer is not None

    def cookies_to_set(self) -> list[tuple[bytes, bytes]]:
        """Headers that this answer needs beside its own."""
        secure = self.parts.secure_cookies
        headers = []
        if self._new_form_key is not None:
            headers.append(session.form_key_cookie(self._new_form_key, secure=secure))
        if self._admitted and self._viewer is None and self.asked.cookies.session is not None:
            headers.append(session.forget_session_cookie(secure=secure))
        return headers

    async def come_by_key(self, key: str) -> None:
        """Be whose feeds this key opens, whatever browser asks. Raises NotFound for no such key."""
        token_hash = await self._forum.read(token_hash_by_key, key)
        if token_hash is None:
            raise NotFound("unknown")
        self._by_key, self._token_hash = True, token_hash

    @property
    def feed_key(self) -> str | None:
        """The key to the own feeds of who asks, good as long as this session is."""
        token_hash = self.asked.cookies.token_hash
        if self._viewer is None or token_hash is None:
            return None
        return feed_key(self._viewer.session_id, token_hash)

    @property
    def unread_total(self) -> int:
        """How much waits in the inbox of who asks."""
        return 0 if self.unread is None else sum(self.unread)

    def render(self, template: str, **values: Any) -> Answer:
        """A page from a template, which also sees this visit."""
        return Answer(self._renderer.render(template, visit=self, **values))

    def _reader(self, tx: Any) -> Viewer | None:
        if self._token_hash is None or self.unread is not None:
            return super()._reader(tx)
        # The head of every page says what waits; asked once, in the first read.
        visitor = visitor_by_token_hash(tx, self._token_hash)
        if visitor is not None:
            self.unread, self.duties = visitor.unread, visitor.duties
        if self._admitted:
            return self._viewer
        return self._settle(None if visitor is None else visitor.viewer)

    def _settle(self, viewer: Viewer | None) -> Viewer | None:
        try:
            return super()._settle(viewer)
        except PrivateInstance:
            # A person is led to the page where one signs in.
            raise NotSignedIn from None

    def _form_key(self) -> str:
        kept = self.asked.cookies.form_key or self._new_form_key
        if kept is None:
            kept = self._new_form_key = session.new_form_key()
        return kept
