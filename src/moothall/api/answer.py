"""Answers as bytes: success, refusal, bug; and the headers that each carries."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from moothall.domain.errors import ForumError, NotFound, NotSignedIn, TooMany, Unavailable

encode = msgspec.json.Encoder().encode

Headers = tuple[tuple[bytes, bytes], ...]

# Any page may call this API, but never with the cookies of whoever looks at that page.
COMMON: Headers = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"*"),
    (b"x-content-type-options", b"nosniff"),
    # An answer kept for anonymous readers must not be given to somebody who has signed in since.
    (b"vary", b"Authorization, Cookie"),
)
_JSON = (b"content-type", b"application/json")
_NO_STORE = (b"cache-control", b"no-store")
PRIVATE = (b"cache-control", b"private")
PUBLIC = (b"cache-control", b"public, max-age=60")

PREFLIGHT: Headers = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-methods", b"GET, POST, PUT"),
    # `*` would not cover Authorization.
    (b"access-control-allow-headers", b"Authorization, Content-Type, *"),
    (b"access-control-max-age", b"3600"),
    (b"content-length", b"0"),
)


class Answer(NamedTuple):
    """A whole answer, for handlers that need more than a struct to be sent as JSON."""

    body: bytes
    headers: Headers = (_JSON,)
    status: int = 200

    @property
    def is_plain(self) -> bool:
        """A success without a rule of its own on who may keep it."""
        return self.status == 200 and not any(name == b"cache-control" for name, _ in self.headers)


class Problem(msgspec.Struct, omit_defaults=True):
    """The body of every refusal; `error` is the stable code."""

    error: str
    message: str | None = None


def json_answer(value: Any, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer of JSON with further headers (`{"Cache-Control": "no-store"}`)."""
    if not headers:
        return Answer(encode(value))
    extra = ((name.lower().encode(), text.encode("latin-1")) for name, text in headers.items())
    return Answer(encode(value), (_JSON, *extra))


def refusal(error: ForumError) -> Answer:
    """How the Lemmy API answers an expected error."""
    problem = Problem(error.code, error.message)
    # Refusals depend on the moment and on who asks; nobody should keep one.
    answer = Answer(encode(problem), (_JSON, _NO_STORE), _status(error))
    if isinstance(error, TooMany) and error.wait_s is not None:
        later = (b"retry-after", str(math.ceil(error.wait_s)).encode())
        return answer._replace(headers=(*answer.headers, later))
    return answer


def bug(request_id: str) -> Answer:
    """What is shown of an error that nobody expected: its number in the log, nothing else."""
    headers = (_JSON, _NO_STORE, (b"x-request-id", request_id.encode()))
    return Answer(encode(Problem("unknown")), headers, 500)


def empty(status: int, *headers: tuple[bytes, bytes]) -> Answer:
    """An answer without a body."""
    return Answer(b"", (_NO_STORE, *headers), status)


async def send_answer(send: Any, answer: Answer, *, may_share: bool) -> None:
    """Send an answer, with the headers that all have and a cache rule if it has none.

    `may_share` says that it is the same for everybody, and may be kept for a minute.
    """
    headers = [
        *answer.headers,
        *COMMON,
        (b"content-length", str(len(answer.body)).encode()),
    ]
    if not any(name == b"cache-control" for name, _ in answer.headers):
        headers.append(PUBLIC if may_share else PRIVATE)
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})


def _status(error: ForumError) -> int:
    if isinstance(error, NotSignedIn) or error.code == "incorrect_login":
        return 401
    if isinstance(error, NotFound) and error.by_name:
        return 404
    return 503 if isinstance(error, Unavailable) else 400
