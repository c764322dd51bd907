"""Signed requests: every spelling that peers use is read, and nothing else passes."""

import base64
import hashlib
from dataclasses import replace
from email.utils import formatdate
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from moothall.lib.http_signatures import (
    Request,
    Scheme,
    SignatureRefused,
    SigningKey,
    read_claim,
    sign,
    verify,
)
from moothall.lib.keys import generate_key_pair

NOW = 1_790_000_000.0
PAIR = generate_key_pair()
OTHER = generate_key_pair()
KEY_ID = "https://peer.example/u/ada#main-key"
BODY = b'{"type": "Like"}'
POST = Request("POST", "https://forum.example/inbox?from=peer", {"content-type": "a/b"}, BODY)
GET = Request("GET", "https://forum.example/u/bob?page=1", {"accept": "a/b"})
BOTH_FORMS = pytest.mark.parametrize("scheme", list(Scheme))


def signed(request: Request, scheme: Scheme = Scheme.DRAFT, now_s: float = NOW) -> Request:
    headers = {"host": request.authority, **request.headers}
    added = sign(request, SigningKey(KEY_ID, PAIR.private_pem), now_s, scheme)
    return replace(request, headers={**headers, **added})


def with_header(request: Request, **headers: str) -> Request:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return replace(request, headers={**request.headers, **named})


def refusal(request: Request, pem: str = PAIR.public_pem, now_s: float = NOW) -> str:
    with pytest.raises(SignatureRefused) as caught:
        verify(request, pem, now_s)
    return str(caught.value)


# --- there and back


@BOTH_FORMS
@pytest.mark.parametrize("request_", [POST, GET])
def test_what_we_sign_can_be_verified(request_: Request, scheme: Scheme) -> None:
    sent = signed(request_, scheme)
    assert read_claim(sent) == (KEY_ID, scheme)
    verify(sent, PAIR.public_pem, NOW)


def test_a_draft_signature_covers_what_every_peer_asks_for() -> None:
    header = signed(POST).headers["signature"]
    assert 'headers="(request-target) host date digest content-type"' in header
    assert 'algorithm="rsa-sha256"' in header
    assert 'headers="(request-target) host date"' in signed(GET).headers["signature"]


@BOTH_FORMS
def test_another_key_is_refused(scheme: Scheme) -> None:
    assert refusal(signed(POST, scheme), OTHER.public_pem)


@BOTH_FORMS
def test_another_body_is_refused(scheme: Scheme) -> None:
    assert "igest" in refusal(replace(signed(POST, scheme), body=b"{}"))


@BOTH_FORMS
def test_another_address_is_refused(scheme: Scheme) -> None:
    sent = signed(POST, scheme)
    for url in ("https://forum.example/u/bob/inbox", "https://other.example/inbox?from=peer"):
        assert refusal(replace(sent, url=url))


@BOTH_FORMS
def test_another_method_is_refused(scheme: Scheme) -> None:
    assert refusal(replace(signed(POST, scheme), method="PUT"))


@BOTH_FORMS
@pytest.mark.parametrize("seconds", [12 * 3600 + 1, -5 * 60 - 1])
def test_the_wrong_time_is_refused(scheme: Scheme, seconds: int) -> None:
    assert "signed" in refusal(signed(POST, scheme), now_s=NOW + seconds)


@BOTH_FORMS
@pytest.mark.parametrize("seconds", [11 * 3600, -4 * 60])
def test_clocks_may_differ_a_little(scheme: Scheme, seconds: int) -> None:
    verify(signed(POST, scheme), PAIR.public_pem, NOW + seconds)


def test_a_request_without_a_signature_is_refused() -> None:
    assert refusal(POST) == "the request is not signed"


@pytest.mark.parametrize("name", ["signature", "signature-input"])
def test_an_endless_header_is_refused(name: str) -> None:
    assert "too long" in refusal(with_header(signed(POST), **{name: "a" * 10_000}))


# --- keys


def test_keys_of_the_older_kind_are_read() -> None:
    key = serialization.load_pem_public_key(PAIR.public_pem.encode())
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1).decode()
    verify(signed(POST), pem, NOW)


def _pem(key: Any) -> str:
    public: bytes = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return public.decode()


def test_weak_and_strange_keys_are_refused() -> None:
    weak = _pem(rsa.generate_private_key(65537, 1024))  # noqa: S505 — that is the point
    assert "1024 bits" in refusal(signed(POST), weak)
    assert "not an RSA key" in refusal(signed(POST), _pem(ec.generate_private_key(ec.SECP256R1())))
    assert "cannot be read" in refusal(signed(POST), "-----BEGIN PUBLIC KEY-----\nAAAA")
    assert "too long" in refusal(signed(POST), "A" * 10_000)


# --- the older form, as peers spell it: signed by hand, so that reading is not tested by our writing


def by_hand(
    request: Request,
    names: str,
    *,
    target: str | None = None,
    parameters: str = 'algorithm="rsa-sha256"',
    **headers: str,
) -> Request:
    """Sign the lines of these names and write the header as given."""
    digest = base64.b64encode(hashlib.sha256(request.body).digest()).decode()
    sent = {
        "host": "forum.example",
        "date": formatdate(NOW, usegmt=True),
        "digest": f"SHA-256={digest}",
        **request.headers,
        **headers,
    }
    special = {
        "(request-target)": f"{request.method.lower()} {target or request.target}",
        "(created)": str(int(NOW)),
        "(expires)": str(int(NOW) + 60),
    }
    text = "\n".join(f"{name}: {special.get(name) or sent[name]}" for name in names.split())
    key: Any = serialization.load_pem_private_key(PAIR.private_pem.encode(), None)
    raw = base64.b64encode(key.sign(text.encode(), PKCS1v15(), SHA256())).decode()
    parts = [f'keyId="{KEY_ID}"', parameters, f'headers="{names}"', f'signature="{raw}"']
    sent["signature"] = ",".join(part for part in parts if part)
    return replace(request, headers=sent)


@pytest.mark.parametrize(
    ("names", "parameters"),
    [
        pytest.param(
            "(request-target) content-type date digest host", 'algorithm="hs2019"', id="lemmy"
        ),
        pytest.param(
            "(request-target) host date digest content-type",
            'algorithm="rsa-sha256"',
            id="mastodon, piefed",
        ),
        pytest.param("(request-target) host date digest", 'algorithm="hs2019"', id="gotosocial"),
        pytest.param("(request-target) date host digest", 'algorithm="rsa-sha256"', id="mbin"),
        pytest.param("(request-target) host date digest", "", id="no algorithm"),
        pytest.param(
            "(request-target) (created) (expires) host digest",
            f'algorithm="hs2019",created={int(NOW)},expires={int(NOW) + 60}',
            id="created",
        ),
        pytest.param(
            "(request-target) (created) host digest", f'created="{int(NOW)}"', id="created as text"
        ),
    ],
)
def test_every_spelling_of_peers_is_read(names: str, parameters: str) -> None:
    verify(by_hand(POST, names, parameters=parameters), PAIR.public_pem, NOW)


ALL = "(request-target) host date digest"


def test_a_target_without_its_query_is_read() -> None:
    verify(by_hand(POST, ALL, target="/inbox"), PAIR.public_pem, NOW)
    assert "not of this key" in refusal(by_hand(POST, ALL, target="/other"))


def test_blanks_between_parameters_are_read() -> None:
    sent = by_hand(POST, ALL)
    header = sent.headers["signature"].replace('",', '", ')
    verify(with_header(sent, signature=header), PAIR.public_pem, NOW)


def test_several_digests_may_be_given() -> None:
    digest = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
    both = f"SHA-512=abc,sha-256={digest}"
    verify(by_hand(POST, ALL, digest=both), PAIR.public_pem, NOW)
    assert "no SHA-256" in refusal(by_hand(POST, ALL, digest="SHA-512=abc"))
    twice = f"SHA-256={digest},SHA-256={'A' * 43}="
    assert "not that of the body" in refusal(by_hand(POST, ALL, digest=twice))


@pytest.mark.parametrize("left_out", ["(request-target)", "host", "digest", "date"])
def test_what_is_not_covered_is_not_believed(left_out: str) -> None:
    names = " ".join(name for name in ALL.split() if name != left_out)
    assert "does not cover" in refusal(by_hand(POST, names))


def test_a_signature_for_another_host_is_refused() -> None:
    assert "another host" in refusal(by_hand(POST, ALL, host="elsewhere.example"))


def test_created_must_be_said_and_expires_be_ahead() -> None:
    names = "(request-target) (created) host digest"
    assert refusal(by_hand(POST, names))
    over = f"created={int(NOW)},expires={int(NOW) - 1}"
    assert "expired" in refusal(by_hand(POST, names, parameters=over))
    assert "no time" in refusal(by_hand(POST, names, parameters='created="soon"'))


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("", "lacks its keyId"),
        ("nonsense", "cannot be read"),
        ('keyId="a"', "lacks its keyId"),
        ('keyId="a",keyId="b",signature="YQ=="', "twice"),
        ('keyId="a",algorithm="hmac-sha256",signature="YQ=="', "not known"),
        ('keyId="a",algorithm="ed25519",signature="YQ=="', "not known"),
        ('keyId="a",headers="host host",signature="YQ=="', "repeats itself"),
        (f'keyId="a",headers="{" ".join(map(str, range(40)))}",signature="YQ=="', "too long"),
        ('keyId="a",signature="not base 64!"', "not base 64"),
        ('keyId="a",signature="YQ=="', "does not cover"),
        ('keyId="a",headers="(request-target) host date digest x-gone",signature="YQ=="', "x-gone"),
    ],
)
def test_unreadable_headers_are_refused(header: str, reason: str) -> None:
    assert reason in refusal(with_header(signed(POST), signature=header))


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Foo 2026 00:00:00 GMT", "1790000000"])
def test_a_date_that_is_none_is_refused(date: str) -> None:
    assert "no date" in refusal(by_hand(POST, ALL, date=date))


# --- the newer form


def test_there_must_be_one_signature() -> None:
    sent = signed(POST, Scheme.RFC9421)
    header = sent.headers["signature-input"]
    two = with_header(sent, signature_input=f"{header}, other{header.removeprefix('sig1')}")
    assert "exactly one" in refusal(two)


@pytest.mark.parametrize(
    "header", ["", "nonsense=", 'sig1=("@method");created=1', 'sig1=("@method");keyid=12', "sig1=1"]
)
def test_an_unreadable_input_is_refused(header: str) -> None:
    assert refusal(with_header(signed(POST, Scheme.RFC9421), signature_input=header))


@pytest.mark.parametrize("covered", ['"@method"', '"@target-uri"', '"content-digest"'])
def test_the_newer_form_must_cover_all(covered: str) -> None:
    """Take a part out and sign again: the signature is good, but says too little."""
    sent = signed(POST, Scheme.RFC9421)
    header = sent.headers["signature-input"]
    shorter = header.replace(covered, "").replace("  ", " ").replace("( ", "(").replace(" )", ")")
    digest = sent.headers["content-digest"]
    values = {
        '"@method"': "POST",
        '"@target-uri"': POST.url,
        '"content-digest"': digest,
    }
    parameters = shorter.removeprefix("sig1=")
    lines = [f"{name}: {value}" for name, value in values.items() if name != covered]
    text = "\n".join([*lines, f'"@signature-params": {parameters}'])
    key: Any = serialization.load_pem_private_key(PAIR.private_pem.encode(), None)
    raw = base64.b64encode(key.sign(text.encode(), PKCS1v15(), SHA256())).decode()
    forged = with_header(sent, signature_input=shorter, signature=f"sig1=:{raw}:")
    assert "igest" in refusal(forged) or "not covered" in refusal(forged)


def test_a_signature_without_its_time_is_refused() -> None:
    sent = signed(POST, Scheme.RFC9421)
    header = sent.headers["signature-input"].replace(f";created={int(NOW)}", "")
    assert "when it was made" in refusal(with_header(sent, signature_input=header))
