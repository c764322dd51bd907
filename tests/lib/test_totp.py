"""One-time passwords, by the test vectors of RFC 6238 appendix B (SHA-1, last six digits)."""

import base64
from urllib.parse import parse_qs, urlsplit

import pytest

from moothall.lib.totp import matching_step, new_secret, otpauth_url

SECRET = base64.b32encode(b"12345678901234567890").decode()
VECTORS = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}


@pytest.mark.parametrize("now_s", VECTORS)
def test_the_vectors_of_the_standard_match(now_s: int) -> None:
    assert matching_step(SECRET, VECTORS[now_s], now_s) == now_s // 30


@pytest.mark.parametrize(
    "distance_s,accepted", [(-60, False), (-30, True), (30, True), (60, False)]
)
def test_one_step_of_grace_on_each_side(distance_s: int, accepted: bool) -> None:
    step = matching_step(SECRET, VECTORS[1234567890], 1234567890 + distance_s)

    assert step == (1234567890 // 30 if accepted else None)


def test_a_code_may_be_typed_in_two_groups() -> None:
    assert matching_step(SECRET, "287 082", 59) == 1


@pytest.mark.parametrize("code", ["", "287083", "28708", "2870820", "٢٨٧٠٨٢", "28708a", "-87082"])
def test_all_else_is_refused(code: str) -> None:
    assert matching_step(SECRET, code, 59) is None


def test_the_first_moments_of_time_have_no_step_before() -> None:
    assert matching_step(SECRET, "755224", 0) == 0


def test_secrets_are_160_random_bits() -> None:
    assert len(base64.b32decode(new_secret())) == 20
    assert new_secret() != new_secret()


def test_the_url_names_site_and_account() -> None:
    url = urlsplit(otpauth_url(SECRET, "My: Forum & co", "ada"))

    assert (url.scheme, url.netloc) == ("otpauth", "totp")
    assert url.path.endswith(":ada")
    assert url.path.count(":") == 1
    assert parse_qs(url.query) == {"secret": [SECRET], "issuer": ["My  Forum & co"]}
