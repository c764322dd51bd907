"""Cookies: the session of who is signed in, and the key that ties forms to a browser.

The session cookie holds the token of `actions.session`. It is named differently from the cookie
that the JSON face accepts, so that being signed in to the pages opens no API to a foreign page.
"""

import hmac
from typing import NamedTuple

from moothall.lib.cookies import cookie
from moothall.lib.tokens import hash_token, new_token

SESSION = "session"
FORM_KEY = "form_key"
_MAX_TOKEN_CHARS = 2048
_YEAR_S = 365 * 24 * 3600
_DAY_S = 24 * 3600


class Cookies(NamedTuple):
    """What the browser sent: its session token and the key of its anonymous forms."""

    session: str | None
    form_key: str | None

    @property
    def token_hash(self) -> str | None:
        """The form in which the session is stored."""
        return None if self.session is None else hash_token(self.session).hex()


def cookies_in(header: bytes | None) -> Cookies:
    """Read a Cookie header; what is empty or far too long counts as absent."""
    if not header:
        return Cookies(None, None)
    return Cookies(_value(header, SESSION), _value(header, FORM_KEY))


def new_form_key() -> str:
    """A key for a browser that has none."""
    return new_token(18)


def csrf_token(key: str) -> str:
    """The token that proves a form to be ours: only who holds the cookie's value can make it."""
    return hmac.digest(key.encode("utf-8", "surrogatepass"), b"moothall form", "sha256").hex()


def is_csrf_token(key: str | None, given: str) -> bool:
    """Whether a form carries the token of this browser."""
    if key is None:
        return False
    return hmac.compare_digest(csrf_token(key).encode(), given.encode("utf-8", "replace"))


def session_cookie(token: str, *, secure: bool) -> tuple[bytes, bytes]:
    """The header that signs a browser in."""
    return _set(SESSION, token, _YEAR_S, secure=secure)


def form_key_cookie(key: str, *, secure: bool) -> tuple[bytes, bytes]:
    """The header that gives a browser its key for anonymous forms."""
    return _set(FORM_KEY, key, _DAY_S, secure=secure)


def forget_session_cookie(*, secure: bool) -> tuple[bytes, bytes]:
    """The header that makes a browser forget its session."""
    return _set(SESSION, "", 0, secure=secure)


def _value(header: bytes, name: str) -> str | None:
    value = cookie(header, name.encode("ascii"))
    return value if value and len(value) <= _MAX_TOKEN_CHARS else None


def _set(name: str, value: str, age_s: int, *, secure: bool) -> tuple[bytes, bytes]:
    # No Domain: the cookie belongs to this very host. Lax: a link from elsewhere finds its reader
    # signed in, a form from elsewhere does not.
    flags = "; Secure" if secure else ""
    text = f"{name}={value}; Path=/; Max-Age={age_s}; HttpOnly; SameSite=Lax{flags}"
    return (b"set-cookie", text.encode("latin-1"))
