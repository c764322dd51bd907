"""Addresses: their one spelling, what is refused, and that spelling twice changes nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.lib.urls import (
    InvalidUrl,
    InvalidUrlScheme,
    UrlError,
    UrlTooLong,
    authority_of,
    host_of,
    normalise_url,
    same_host,
)

NORMAL = {
    "https://example.com": "https://example.com/",
    " HTTPS://Example.COM/Path \n": "https://example.com/Path",
    "http://example.com:80/": "http://example.com/",
    "https://example.com:443": "https://example.com/",
    "https://example.com:/": "https://example.com/",
    "https://example.com:08443/": "https://example.com:8443/",
    "http://example.com:443/": "http://example.com:443/",
    "https://example.com./": "https://example.com/",
    "https://bücher.example/ä?ö=ü#ß": "https://xn--bcher-kva.example/%C3%A4?%C3%B6=%C3%BC#%C3%9F",
    "https://BÜCHER.example/": "https://xn--bcher-kva.example/",
    "https://日本語。jp/": "https://xn--wgv71a119e.jp/",
    "https://example.com/a b": "https://example.com/a%20b",
    "https://example.com/a%2fb%zz": "https://example.com/a%2fb%zz",
    "https://example.com/a/./b/../c": "https://example.com/a/c",
    "https://example.com/a/%2E%2e/../..": "https://example.com/",
    "https://example.com/a/b/.": "https://example.com/a/b/",
    "https://example.com\\path\\to": "https://example.com/path/to",
    'https://example.com/<"a">`{}': "https://example.com/%3C%22a%22%3E%60%7B%7D",
    "https://example.com?": "https://example.com/",
    "https://example.com/#": "https://example.com/",
    "https://example.com/?a=1&&b=2#top": "https://example.com/?a=1&b=2#top",
    "https://a_b.example.com/": "https://a_b.example.com/",
    "https://[2001:DB8:0:0::1]:8443/x": "https://[2001:db8::1]:8443/x",
    "http://127.0.0.1:9001/u/ada": "http://127.0.0.1:9001/u/ada",
    "http://localhost/": "http://localhost/",
    "https://example.com/@ada@other.example": "https://example.com/@ada@other.example",
    "magnet:?xt=urn:btih:ABC&dn=a b": "magnet:?xt=urn:btih:ABC&dn=a%20b",
    "MAGNET:?xt.1=urn:btih:ABC": "magnet:?xt.1=urn:btih:ABC",
}


@pytest.mark.parametrize("url", NORMAL)
def test_every_address_has_one_spelling(url: str) -> None:
    assert normalise_url(url) == NORMAL[url]
    assert normalise_url(NORMAL[url]) == NORMAL[url]


@pytest.mark.parametrize(
    "query,kept",
    [
        ("?utm_source=a&utm_medium=b", ""),
        ("?id=3&utm_source=a&fbclid=b&page=2", "?id=3&page=2"),
        ("?UTM_Source=a&FBCLID=b", ""),
        ("?utm%5Fsource=a&x", "?x"),
        ("?gclid=1&dclid=2&msclkid=3&mc_cid=4&igshid=5", ""),
        ("?a=%20+b&b=utm_source", "?a=%20+b&b=utm_source"),
        ("?ref=home&source=x&t=10s", "?ref=home&source=x&t=10s"),
    ],
)
def test_tracking_parameters_are_dropped_and_others_kept(query: str, kept: str) -> None:
    assert normalise_url(f"https://example.com/{query}#x") == f"https://example.com/{kept}#x"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "//example.com/",
        "https:example.com",
        "https:/example.com",
        "https://",
        "https:///path",
        "https://ada@example.com/",
        "https://ada:secret@example.com/",
        "https://example.com@evil.example/",
        "https://example.com:99999/",
        "https://example.com:0/",
        "https://example.com:1x/",
        "https://example.com:\uff11/",
        "https://exam ple.com/",
        "https://exa%6Dple.com/",
        "https://-example.com/",
        "https://example..com/",
        "https://.example.com/",
        f"https://{'a' * 64}.example/",
        f"https://{'.'.join(['abcdefgh'] * 30)}/",
        "https://a\u200b/\n/",
        "https://example.com/a\nb",
        "https://example.com/a\0",
        "https://example.com/\u2028",
        "https://example.com/\ud800",
        "https://[::1/",
        "https://[::1]x/",
        "https://[::g]/",
        "https://[fe80::1%25eth0]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://1.2.3/",
        "https://\u2488.example/",
        "https://\u0378.example/",
        "1https://example.com/",
        "magnet:",
        "magnet:?dn=name",
        "magnet:xt=urn:btih:ABC",
    ],
)
def test_what_is_no_address_or_deceives_is_refused(url: str) -> None:
    with pytest.raises(InvalidUrl):
        normalise_url(url)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JavaScript://x", "data:text/html,x", "ftp://a.example", "file:///"],
)
def test_other_schemes_are_refused(url: str) -> None:
    with pytest.raises(InvalidUrlScheme):
        normalise_url(url)


def test_the_length_is_counted_in_utf16_units_before_and_after_encoding() -> None:
    base = "https://a.example/"

    assert len(normalise_url(base + "x" * 1982)) == 2000
    for path in ("x" * 1983, "🔑" * 992, "ä" * 500):
        with pytest.raises(UrlTooLong):
            normalise_url(base + path)


@pytest.mark.parametrize(
    "url,host,authority",
    [
        ("https://Example.com/x", "example.com", "example.com"),
        ("https://example.com:443/x", "example.com", "example.com"),
        ("https://example.com./x", "example.com", "example.com"),
        ("http://example.com:443/x", "example.com", "example.com:443"),
        ("http://[::1]:80/", "::1", "[::1]"),
        ("https://[::1]:9001/", "::1", "[::1]:9001"),
        ("magnet:?xt=urn:btih:ABC", "", ""),
        ("https://example.com:0/", "", ""),
        ("https://example.com:x/", "", ""),
        ("https://[::1/", "", ""),
        ("", "", ""),
    ],
)
def test_host_and_authority(url: str, host: str, authority: str) -> None:
    assert host_of(url) == host
    assert authority_of(url) == authority


def test_servers_are_told_apart_by_host_and_port() -> None:
    assert same_host("https://a.example/1", "https://A.example:443/2")
    assert not same_host("https://a.example/", "https://b.example/")
    assert not same_host("http://127.0.0.1:9001/", "http://127.0.0.1:9002/")
    assert not same_host("https://a.example/", "https://a.example.evil.example/")
    assert not same_host("magnet:?x", "magnet:?x")


_PIECES = st.sampled_from(
    (
        *(
            "http",
            "https",
            "magnet",
            ":",
            "//",
            "/",
            "?",
            "#",
            "&",
            "=",
            "@",
            "%",
            "%2e",
            "..",
            ".",
        ),
        *(
            "a",
            "xn--",
            "utm_x",
            "ä",
            "ß",
            "İ",
            "。",
            "\\",
            "[::1]",
            "443",
            "80",
            "xt=urn:",
            " ",
            "|",
            "^",
        ),
    )
)


@given(st.one_of(st.text(max_size=40), st.lists(_PIECES, max_size=20).map("".join)))
def test_normalising_twice_changes_nothing_more(tail: str) -> None:
    for start in ("", "https://", "http://a.example", "https://a.example/", "magnet:?xt=urn:a"):
        try:
            once = normalise_url(start + tail)
        except UrlError:
            continue
        assert normalise_url(once) == once
        assert once.isascii()
        assert host_of(once) or once.startswith("magnet:")
