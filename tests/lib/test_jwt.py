"""Session tokens, checked against an independent implementation of the standard."""

import base64
import json
from typing import Any

import pytest
from joserfc import jwt as joserfc_jwt
from joserfc.jwk import OctKey

from moothall.lib.jwt import Claims, InvalidToken, decode, encode

SECRET = b"s" * 32
CLAIMS = Claims(user_id=7, issuer="forum.example", issued_at_s=1_700_000_000, token_id="a-b_c")


def _signed(payload: Any, header: dict[str, str] | None = None, secret: bytes = SECRET) -> str:
    """Sign with the other implementation."""
    key = OctKey.import_key(secret)
    return joserfc_jwt.encode(header or {"alg": "HS256"}, payload, key)


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_what_is_encoded_is_decoded() -> None:
    assert decode(encode(CLAIMS, SECRET), SECRET, "forum.example") == CLAIMS


def test_another_implementation_reads_our_tokens() -> None:
    read = joserfc_jwt.decode(encode(CLAIMS, SECRET), OctKey.import_key(SECRET), ["HS256"])

    assert read.header == {"typ": "JWT", "alg": "HS256"}
    assert read.claims == {
        "sub": "7",
        "iss": "forum.example",
        "iat": 1_700_000_000,
        "jti": "a-b_c",
    }


def test_we_read_tokens_of_another_implementation() -> None:
    payload = {"sub": "7", "iss": "forum.example", "iat": 1_700_000_000, "jti": "a-b_c"}

    assert decode(_signed(payload), SECRET, "forum.example") == CLAIMS


def test_tokens_of_the_same_second_differ_by_their_id() -> None:
    other = Claims(7, "forum.example", 1_700_000_000, "another")

    assert encode(CLAIMS, SECRET) != encode(other, SECRET)


OURS = encode(CLAIMS, SECRET)
HEADER, PAYLOAD, SIGNATURE = OURS.split(".")
GOOD = {"sub": "7", "iss": "forum.example", "iat": 1, "jti": "x"}


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "...",
        OURS + ".",
        OURS + "=",
        OURS[:-1],
        f"{HEADER}.{PAYLOAD}.",
        f"{HEADER}.{PAYLOAD}",
        f"{HEADER}.{_part(GOOD)}.{SIGNATURE}",
        f"{_part({'alg': 'none', 'typ': 'JWT'})}.{PAYLOAD}.",
        f"{_part({'alg': 'none', 'typ': 'JWT'})}.{PAYLOAD}.{SIGNATURE}",
        f"{HEADER}.{PAYLOAD}.ü{SIGNATURE}",
        f"{HEADER}.\ud800.{SIGNATURE}",
        f"{HEADER}.{'a' * 100_000}.{SIGNATURE}",
        _signed(GOOD, secret=b"t" * 32),
        _signed(GOOD, {"alg": "HS256", "kid": "1"}),
        _signed(GOOD | {"iss": "other.example"}),
        _signed(GOOD | {"sub": "ada"}),
        _signed({"sub": "7"}),
    ],
)
def test_all_else_is_refused(token: str) -> None:
    with pytest.raises(InvalidToken):
        decode(token, SECRET, "forum.example")


def test_a_short_secret_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="fewer than 32 bytes"):
        encode(CLAIMS, b"short")
