"""Signed HTTP requests, in the two forms that servers of the fediverse use.

The older form is draft-cavage-http-signatures-12, which every peer can read; the newer is RFC 9421.
Both are RSA with SHA-256 here, since no other key is common to all. What is signed, who signed it
and when is checked strictly; how it is spelled is read generously, as peers spell it differently.

A request is verified in two steps, because the key may have to be fetched in between:

    claim = read_claim(request)            # who says to have signed
    verify(request, public_pem, now_s)     # whether that is so
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

MAX_AGE_S = 12 * 3600
# Clocks of small servers are rarely further off than this.
MAX_AHEAD_S = 5 * 60
_MIN_KEY_BITS = 2048
_MAX_KEY_BITS = 8192
_MAX_PEM_CHARS = 8192
_MAX_HEADER_CHARS = 8192


NOT_THIS = "the signature is not of this key or not of this request"


class Scheme(Enum):
    """How a request is signed."""

    DRAFT = "draft-cavage"
    RFC9421 = "rfc9421"


class SignatureRefused(Exception):
    """The signature is missing, unreadable, too weak or wrong; the text says which."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as its signature sees it.

    `url` has the public scheme and host, whatever a proxy made of them, and the path with the query
    as they were sent. Names of headers are lower case; several lines of one name are joined by ", ".
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def authority(self) -> str:
        """Host, with the port if it is not the usual one."""
        return urlsplit(self.url).netloc

    @property
    def target(self) -> str:
        """The path with the query."""
        split = urlsplit(self.url)
        return (split.path or "/") + (f"?{split.query}" if split.query else "")


class Claim(NamedTuple):
    """Who says to have signed, and in which form."""

    key_id: str
    scheme: Scheme


@dataclass(frozen=True, slots=True)
class SigningKey:
    """Our own key: its public address, and its private half as PEM."""

    key_id: str
    private_pem: str


def read_claim(request: Request) -> Claim:
    """Whose key is to be fetched. Raises SignatureRefused."""
    from . import draft_signatures, message_signatures

    for name in ("signature", "signature-input"):
        if len(request.headers.get(name, "")) > _MAX_HEADER_CHARS:
            raise SignatureRefused(f"the {name} header is too long")
    if "signature-input" in request.headers:
        return Claim(message_signatures.key_id_of(request), Scheme.RFC9421)
    if "signature" in request.headers:
        return Claim(draft_signatures.read(request.headers["signature"]).key_id, Scheme.DRAFT)
    raise SignatureRefused("the request is not signed")


def verify(request: Request, public_pem: str, now_s: float) -> None:
    """Check that this key signed this request, lately and as a whole. Raises SignatureRefused.

    A body must be covered by its digest, over the bytes that arrived.
    """
    from . import draft_signatures, message_signatures

    key = read_public_key(public_pem)
    if read_claim(request).scheme is Scheme.RFC9421:
        message_signatures.verify(request, key, now_s)
    else:
        draft_signatures.verify(request, key, now_s)


def sign(request: Request, key: SigningKey, now_s: float, scheme: Scheme) -> dict[str, str]:
    """The headers to send with the request, beside its own ones, so that it is signed."""
    from . import draft_signatures, message_signatures

    private = _private_key(key.private_pem)
    if scheme is Scheme.RFC9421:
        return message_signatures.sign(request, key.key_id, private, now_s)
    return draft_signatures.sign(request, key.key_id, private, now_s)


# --- what both forms need


def check_time(created_s: float, now_s: float) -> None:
    """Refuse what was signed long ago, or in the future. Raises SignatureRefused."""
    if created_s < now_s - MAX_AGE_S:
        raise SignatureRefused("it was signed too long ago")
    if created_s > now_s + MAX_AHEAD_S:
        raise SignatureRefused("it was signed in the future")


def http_date(now_s: float) -> str:
    """A time as headers have it."""
    return formatdate(now_s, usegmt=True)


def seconds_of(date: str) -> float:
    """Read the time of a Date header. Raises SignatureRefused."""
    try:
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        raise SignatureRefused("the Date header is no date") from None


def sha256_digest(body: bytes) -> str:
    """The SHA-256 of a body in base 64."""
    return base64.b64encode(hashlib.sha256(body).digest()).decode("ascii")


def is_same(one: str, other: str) -> bool:
    """Compare without telling by the time it takes where the two differ."""
    return hmac.compare_digest(one.encode(), other.encode())


@lru_cache(maxsize=1024)
def read_public_key(pem: str) -> "RSAPublicKey":
    """Read an actor's key, as SubjectPublicKeyInfo or PKCS 1. Raises SignatureRefused."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    if len(pem) > _MAX_PEM_CHARS:
        raise SignatureRefused("the key is too long")
    try:
        key = load_pem_public_key(pem.strip().encode())
    except (ValueError, UnsupportedAlgorithm):
        raise SignatureRefused("the key cannot be read") from None
    if not isinstance(key, RSAPublicKey):
        raise SignatureRefused("the key is not an RSA key")
    if not _MIN_KEY_BITS <= key.key_size <= _MAX_KEY_BITS:
        raise SignatureRefused(f"an RSA key of {key.key_size} bits")
    return key


@lru_cache(maxsize=1024)
def _private_key(pem: str) -> "RSAPrivateKey":
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("our keys are RSA keys")
    return key
