"""Session tokens in the form that clients expect: a JSON Web Token signed with HMAC-SHA-256.

One algorithm, one header, one key: what RFC 7519 (https://www.rfc-editor.org/rfc/rfc7519) and
RFC 7515 ask of that is written here with the standard library; `docs/design/0005-…` says why. The
holder of a token is found by the row of its hash; `decode` tells apart a token of ours and noise
without asking the database.
"""

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from typing import Any

_HEADER = base64.urlsafe_b64encode(b'{"typ":"JWT","alg":"HS256"}').rstrip(b"=").decode()
# Ours are below 300 characters; a longer text is refused unread.
_MAX_CHARS = 2000
_MIN_SECRET_BYTES = 32
_SEGMENT = re.compile(r"[A-Za-z0-9_-]+")


class InvalidToken(Exception):
    """Not a token that we signed for this host."""


@dataclass(frozen=True, slots=True)
class Claims:
    user_id: int
    issuer: str
    issued_at_s: int  # seconds since 1970 UTC, as the format has it
    token_id: str


def encode(claims: Claims, secret: bytes) -> str:
    """Sign the claims; the secret has at least 32 bytes.

    `token_id` must be unique (`tokens.new_token(16)`): two logins of one second would be one token.
    """
    payload = {
        "sub": str(claims.user_id),
        "iss": claims.issuer,
        "iat": claims.issued_at_s,
        "jti": claims.token_id,
    }
    signed = f"{_HEADER}.{_to_base64(json.dumps(payload, separators=(',', ':')).encode())}"
    return f"{signed}.{_to_base64(_signature(signed, secret))}"


def decode(token: str, secret: bytes, issuer: str) -> Claims:
    """Verify and read a token of ours; raises InvalidToken for anything else.

    The header must be, byte for byte, the one that we write: no other algorithm is ever looked at.
    """
    header, _, rest = token.partition(".") if len(token) <= _MAX_CHARS else ("", "", "")
    payload, _, signature = rest.partition(".")
    if header != _HEADER or not (_SEGMENT.fullmatch(payload) and _SEGMENT.fullmatch(signature)):
        raise InvalidToken
    expected = _to_base64(_signature(f"{header}.{payload}", secret))
    if not hmac.compare_digest(expected, signature):
        raise InvalidToken
    return _claims(payload, issuer)


def _claims(payload: str, issuer: str) -> Claims:
    try:
        claims: dict[str, Any] = json.loads(_from_base64(payload))
        read = Claims(int(claims["sub"]), claims["iss"], int(claims["iat"]), claims["jti"])
    except (KeyError, ValueError, TypeError):
        raise InvalidToken from None
    if read.issuer != issuer:
        raise InvalidToken
    return read


def _signature(signed: str, secret: bytes) -> bytes:
    if len(secret) < _MIN_SECRET_BYTES:
        raise ValueError(f"the secret has fewer than {_MIN_SECRET_BYTES} bytes")
    return hmac.digest(secret, signed.encode("ascii"), hashlib.sha256)


def _to_base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _from_base64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
