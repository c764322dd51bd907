"""Addresses of this server's things, taken apart."""

import pytest

from moothall.domain.address import own_address
from moothall.domain.site import Home

HOME = Home(domain="forum.example:8536", base_url="https://forum.example:8536")


@pytest.mark.parametrize(
    "url, expected",
    [
        ("https://forum.example:8536/u/ann", ("u", "ann")),
        ("http://FORUM.example:8536/c/place/", ("c", "place")),
        ("https://forum.example:8536/post/12?sort=New#top", ("post", "12")),
        ("https://forum.example:8536/comment/7", ("comment", "7")),
        ("https://forum.example:8536/u/%C3%A4nn", ("u", "änn")),
        ("https://forum.example/u/ann", None),
        ("https://forum.example:8536/settings", None),
        ("https://forum.example:8536/post/12/edit", None),
        ("ftp://forum.example:8536/u/ann", None),
        ("forum.example:8536/u/ann", None),
        ("https://[forum.example:8536/u/ann", None),
        ("", None),
    ],
)
def test_what_an_address_names(url: str, expected: tuple[str, str] | None) -> None:
    assert own_address(HOME, url) == expected


@pytest.mark.parametrize(
    "name, number", [("12", 12), ("0", 0), ("-1", None), ("1234567890", None), ("١", None)]
)
def test_only_a_small_number_is_an_id(name: str, number: int | None) -> None:
    found = own_address(HOME, f"https://forum.example:8536/post/{name}")
    assert found is not None
    assert found.number == number
