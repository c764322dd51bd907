"""The newer form of signed requests, RFC 9421, through the library that implements it.

What a peer must cover is what the servers that read this form ask for: method, whole address, and
the digest of a body (RFC 9530); one signature, with its time. See `http_signatures`.
"""

import datetime as dt
from typing import TYPE_CHECKING, Any

from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
)
from http_message_signatures.algorithms import RSA_V1_5_SHA256

from .http_signatures import NOT_THIS, Request, SignatureRefused, check_time, http_date

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

_COVERED = ("@method", "@target-uri")
_LABEL = "sig1"


class _Key(HTTPSignatureKeyResolver):
    """The one key of this request."""

    def __init__(
        self, *, public: "RSAPublicKey | None" = None, private: "RSAPrivateKey | None" = None
    ) -> None:
        self._public = public
        self._private = private

    def resolve_public_key(self, key_id: str) -> Any:  # noqa: ARG002 — the library's interface
        return self._public

    def resolve_private_key(self, key_id: str) -> Any:  # noqa: ARG002 — as above
        return self._private


class _Verifier(HTTPMessageVerifier):
    """Measures time by our clock and our windows."""

    now_s: float = 0.0

    def validate_created_and_expires(
        self,
        sig_input: Any,
        max_age: Any = None,  # noqa: ARG002 — as above
    ) -> None:
        created, expires = (sig_input.params.get(name) for name in ("created", "expires"))
        if created is None:
            raise SignatureRefused("the signature does not say when it was made")
        check_time(created, self.now_s)
        if expires is not None and expires < self.now_s:
            raise SignatureRefused("the signature has expired")


class _Message:
    """A request as the library reads and changes it."""

    def __init__(self, request: Request) -> None:
        self.method = request.method
        self.url = request.url
        self.headers = dict(request.headers)


def key_id_of(request: Request) -> str:
    """Who says to have signed. Raises SignatureRefused."""
    parse = HTTPMessageVerifier._parse_signature_dictionary  # noqa: SLF001 — the one strict parser
    try:
        members = list(parse(request.headers["signature-input"]).values())
    except Exception as error:
        raise SignatureRefused("the Signature-Input header cannot be read") from error
    if len(members) != 1:
        raise SignatureRefused("there must be exactly one signature")
    key_id = members[0].params.get("keyid")
    if not isinstance(key_id, str) or not key_id:
        raise SignatureRefused("the signature does not say whose key made it")
    return key_id


def verify(request: Request, key: "RSAPublicKey", now_s: float) -> None:
    """Check a request against its one signature. Raises SignatureRefused."""
    verifier = _Verifier(signature_algorithm=RSA_V1_5_SHA256, key_resolver=_Key(public=key))
    verifier.now_s = now_s
    has_body = request.method != "GET" or bool(request.body)
    covered = (*_COVERED, "content-digest") if has_body else _COVERED
    try:
        verifier.verify(
            _Message(request),
            max_age=None,
            require_components=covered,
            body=request.body if has_body else None,
        )
    except HTTPMessageSignaturesException as error:
        raise SignatureRefused(str(error) or NOT_THIS) from error


def sign(request: Request, key_id: str, key: "RSAPrivateKey", now_s: float) -> dict[str, str]:
    """The headers that sign a request: date, digest of a body, and the signature."""
    signer = HTTPMessageSigner(signature_algorithm=RSA_V1_5_SHA256, key_resolver=_Key(private=key))
    message = _Message(request)
    signer.sign(
        message,
        key_id=key_id,
        created=dt.datetime.fromtimestamp(now_s, dt.UTC),
        label=_LABEL,
        covered_component_ids=_COVERED,
        body=request.body if request.method != "GET" else None,
    )
    added = {
        name.lower(): value
        for name, value in message.headers.items()
        if name not in request.headers
    }
    return {"date": http_date(now_s), **added}
