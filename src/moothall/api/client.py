"""Who is calling: the address behind trusted proxies, the token, the program."""

from typing import Any, NamedTuple

from moothall.lib.client_address import client_address
from moothall.lib.cookies import cookie
from moothall.lib.tokens import hash_token

_MAX_TOKEN_LENGTH = 2048
_MAX_USER_AGENT_LENGTH = 255


class Client(NamedTuple):
    """Facts of one request. `token_hash` is the hex SHA-256 of the token that was sent."""

    address: str
    user_agent: str | None
    token_hash: str | None
    accept_language: str | None


def client_of(scope: Any, trusted_proxies: int) -> Client:
    """Read the facts from the headers of an ASGI scope."""
    headers = scope["headers"]
    agent = language = authorization = cookies = None
    forwarded: list[bytes] = []
    foreign_page = False
    for name, value in headers:
        if name == b"user-agent":
            agent = value
        elif name == b"authorization":
            authorization = value
        elif name == b"cookie":
            cookies = value
        elif name == b"x-forwarded-for":
            forwarded.append(value)
        elif name == b"accept-language":
            language = value
        elif name == b"sec-fetch-site":
            foreign_page = value == b"cross-site"
    token = _bearer(authorization)
    # A cookie is sent whatever page asks; another site's page must not act in its owner's name.
    if token is None and cookies is not None and not foreign_page:
        token = _cookie_token(cookies)
    return Client(
        address=client_address(scope.get("client"), forwarded, trusted_proxies),
        user_agent=_text(agent, _MAX_USER_AGENT_LENGTH),
        token_hash=None if token is None else hash_token(token).hex(),
        accept_language=_text(language, _MAX_USER_AGENT_LENGTH),
    )


def _bearer(header: bytes | None) -> str | None:
    if header is None or header[:7].lower() != b"bearer ":
        return None
    return _token(header[7:].strip())


def _cookie_token(header: bytes) -> str | None:
    value = cookie(header, b"jwt")
    return None if value is None else _token(value.encode("latin-1"))


def _token(raw: bytes) -> str | None:
    return raw.decode("latin-1") if 0 < len(raw) <= _MAX_TOKEN_LENGTH else None


def _text(raw: bytes | None, max_length: int) -> str | None:
    return None if raw is None else raw[:max_length].decode("latin-1").replace("\0", "")
