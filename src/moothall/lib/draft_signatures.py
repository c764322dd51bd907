"""The older form of signed requests, draft-cavage-http-signatures-12.

One header holds everything: `Signature: keyId="…",algorithm="…",headers="…",signature="…"`. The
signed text has one line for each name in `headers`, in that order. See `http_signatures`.
"""

import base64
import binascii
import re
from typing import TYPE_CHECKING, NamedTuple

from .http_signatures import (
    NOT_THIS,
    Request,
    SignatureRefused,
    check_time,
    http_date,
    is_same,
    seconds_of,
    sha256_digest,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

_PARAMETER = re.compile(r'\s*([A-Za-z]+)=(?:"([^"\\]*)"|([0-9]+))\s*(?:,|$)')
# Both mean RSA with SHA-256 among the servers that send them; some leave the parameter out.
_ALGORITHMS = frozenset({"rsa-sha256", "hs2019", ""})
_TARGET = "(request-target)"
_CREATED = "(created)"
_EXPIRES = "(expires)"
_POST = (_TARGET, "host", "date", "digest", "content-type")
_GET = (_TARGET, "host", "date")
_MAX_NAMES = 32


class Parameters(NamedTuple):
    """What the header says. `names` are lower case."""

    key_id: str
    algorithm: str
    names: tuple[str, ...]
    signature: bytes
    created_s: int | None
    expires_s: int | None


def read(header: str) -> Parameters:
    """Read a `Signature` header. Raises SignatureRefused."""
    found = _parameters(header)
    key_id, signature = found.get("keyid", ""), found.get("signature", "")
    if not key_id or not signature:
        raise SignatureRefused("the Signature header lacks its keyId or its signature")
    algorithm = found.get("algorithm", "").lower()
    if algorithm not in _ALGORITHMS:
        raise SignatureRefused(f"the algorithm {algorithm!r} is not known here")
    names = tuple(found.get("headers", "date").lower().split())
    if len(names) > _MAX_NAMES or len(set(names)) < len(names):
        raise SignatureRefused("the list of signed headers is too long or repeats itself")
    try:
        raw = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        raise SignatureRefused("the signature is not base 64") from None
    return Parameters(
        key_id, algorithm, names, raw, _time(found, "created"), _time(found, "expires")
    )


def verify(request: Request, key: "RSAPublicKey", now_s: float) -> None:
    """Check a request against its `Signature` header. Raises SignatureRefused."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    said = read(request.headers["signature"])
    _check_coverage(said, request)
    _check_times(said, request, now_s)
    if request.headers.get("host", "").lower() != request.authority.lower():
        raise SignatureRefused("it was signed for another host")
    if "digest" in said.names:
        _check_digest(request)
    # Some sign the path without the query.
    for target in dict.fromkeys((request.target, request.target.partition("?")[0])):
        try:
            key.verify(said.signature, _text(said, request, target).encode(), PKCS1v15(), SHA256())
        except InvalidSignature:
            continue
        return
    raise SignatureRefused(NOT_THIS)


def sign(request: Request, key_id: str, key: "RSAPrivateKey", now_s: float) -> dict[str, str]:
    """The headers that sign a request: host, date, digest of a body, and the signature."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    has_body = request.method != "GET"
    added = {"host": request.authority, "date": http_date(now_s)}
    if has_body:
        added["digest"] = f"SHA-256={sha256_digest(request.body)}"
    names = _POST if has_body else _GET
    said = Parameters(key_id, "rsa-sha256", names, b"", None, None)
    whole = Request(request.method, request.url, {**request.headers, **added}, request.body)
    raw = key.sign(_text(said, whole, request.target).encode(), PKCS1v15(), SHA256())
    added["signature"] = ",".join(
        (
            f'keyId="{key_id}"',
            'algorithm="rsa-sha256"',
            f'headers="{" ".join(names)}"',
            f'signature="{base64.b64encode(raw).decode("ascii")}"',
        )
    )
    return added


def _parameters(header: str) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while at < len(header):
        match = _PARAMETER.match(header, at)
        if match is None:
            raise SignatureRefused("the Signature header cannot be read")
        name = match[1].lower()
        if name in found:
            raise SignatureRefused(f"the Signature header has {name} twice")
        found[name] = match[2] if match[2] is not None else match[3]
        at = match.end()
    return found


def _time(found: dict[str, str], name: str) -> int | None:
    value = found.get(name)
    if value is None:
        return None
    # Some write a fraction of a second.
    whole = value.partition(".")[0]
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 12):
        raise SignatureRefused(f"{name} is no time")
    return int(whole)


def _check_coverage(said: Parameters, request: Request) -> None:
    needed = {_TARGET, "host"}
    if request.method != "GET" or request.body:
        needed.add("digest")
    missing = needed - set(said.names)
    if missing:
        raise SignatureRefused(f"the signature does not cover {', '.join(sorted(missing))}")
    if "date" not in said.names and _CREATED not in said.names:
        raise SignatureRefused("the signature does not cover its time")


def _check_times(said: Parameters, request: Request, now_s: float) -> None:
    if "date" in said.names:
        check_time(seconds_of(request.headers.get("date", "")), now_s)
    if _CREATED in said.names:
        if said.created_s is None:
            raise SignatureRefused("created is signed, but not said")
        check_time(said.created_s, now_s)
    if said.expires_s is not None and said.expires_s < now_s:
        raise SignatureRefused("the signature has expired")


def _check_digest(request: Request) -> None:
    """Several algorithms may stand in the header; that of SHA-256 counts."""
    given = (
        [
            value.strip()
            for name, _, value in (
                part.partition("=") for part in request.headers["digest"].split(",")
            )
            if name.strip().lower() == "sha-256"
        ]
        if "digest" in request.headers
        else []
    )
    if not given:
        raise SignatureRefused("there is no SHA-256 digest of the body")
    if not all(is_same(value, sha256_digest(request.body)) for value in given):
        raise SignatureRefused("the digest is not that of the body")


def _text(said: Parameters, request: Request, target: str) -> str:
    return "\n".join(f"{name}: {_value(name, said, request, target)}" for name in said.names)


def _value(name: str, said: Parameters, request: Request, target: str) -> str:
    if name == _TARGET:
        return f"{request.method.lower()} {target}"
    if name == _CREATED:
        return str(said.created_s)
    if name == _EXPIRES:
        return str(said.expires_s)
    value = request.headers.get(name)
    if value is None:
        raise SignatureRefused(f"the signed header {name} is missing")
    return value.strip()
