"""Where uploads and pictures stand in addresses and texts, and how the proxy's addresses are made."""

import time

import pytest

from moothall.domain.media import (
    aliases_in,
    is_alias,
    proxied_url,
    unproxied,
    upload_alias,
    with_proxied_pictures,
)
from moothall.domain.site import Home

BASE = "https://forum.example"
NAME = "0b1cb6a9-1c44-4f3e-9f5e-0d1c2b3a4f5e.jpg"
PROXY = f"{BASE}/api/v3/image_proxy?url="


def test_uploads_are_found_in_texts() -> None:
    text = f"![a]({BASE}/pictrs/image/{NAME}?format=webp) /pictrs/image/b.png. {NAME}"
    assert aliases_in(text, None, f"{BASE}/pictrs/image/c.mp4") == [NAME, "b.png", "c.mp4"]
    assert aliases_in("/pictrs/image/", "/pictrs/image/../x", "/pictrs/image/a") == []
    assert len(aliases_in("/pictrs/image/a.png " * 500)) == 1
    assert len(aliases_in("".join(f"/pictrs/image/{n}.png " for n in range(500)))) == 100


def test_an_upload_is_ours_only_at_our_address() -> None:
    assert upload_alias(f"{BASE}/pictrs/image/{NAME}", BASE) == NAME
    assert upload_alias(f"https://other.example/pictrs/image/{NAME}", BASE) is None
    assert upload_alias(f"{BASE}.evil.example/pictrs/image/{NAME}", BASE) is None


@pytest.mark.parametrize(
    "text", ["", "a", "../a.png", "a.png\0", "a/b.png", "A" * 61 + ".png", "é.png"]
)
def test_other_names_are_none(text: str) -> None:
    assert not is_alias(text)
    assert is_alias(NAME)


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/x.png",
        "https://a.example/x.png?a=1&b=%20#c",
        "http://a.example/(x).png",
        "https://a.example/ü",
    ],
)
def test_a_proxied_address_can_be_undone(url: str) -> None:
    proxied = proxied_url(url, BASE)
    assert proxied.startswith(PROXY)
    assert unproxied(proxied, BASE) == url
    assert unproxied(f"{proxied}&format=webp&thumbnail=96", BASE) == url
    assert proxied_url(proxied, BASE) == proxied
    assert unproxied(f"see ![a]({proxied}) and `{proxied}`", BASE) == f"see ![a]({url}) and `{url}`"


def test_what_is_ours_or_no_web_address_is_not_proxied() -> None:
    for url in (f"{BASE}/pictrs/image/{NAME}", "data:image/png;base64,AA", "magnet:?xt=urn:x", ""):
        assert proxied_url(url, BASE) == url


def test_pictures_in_a_text_are_proxied_and_links_are_not() -> None:
    text = "![a](https://a.example/x_(1).png) [b](https://b.example/) ![c](/own.png) ![](<https://c.example/d>)"
    shown = with_proxied_pictures(text, BASE)
    assert shown == (
        f"![a]({PROXY}https%3A%2F%2Fa.example%2Fx_%281%29.png) [b](https://b.example/)"
        f" ![c](/own.png) ![](<{PROXY}https%3A%2F%2Fc.example%2Fd>)"
    )
    assert unproxied(shown, BASE) == text


def test_only_where_the_operator_wants_it() -> None:
    url = "https://a.example/x.png"
    for proxies in (True, False):
        home = Home("forum.example", BASE, proxies)
        assert home.picture_url(url) == (proxied_url(url, BASE) if proxies else url)
        assert (home.text_with_pictures(f"![]({url})") == f"![]({url})") is not proxies
        assert home.picture_url(None) is home.text_with_pictures(None) is None


@pytest.mark.parametrize(
    "part", ["![", "![](", "![](https://", "![](https://(", "![a](https://a(b)"]
)
def test_time_is_linear(part: str) -> None:
    start = time.process_time()
    with_proxied_pictures(part * (50_000 // len(part)), BASE)
    assert time.process_time() - start < 2
