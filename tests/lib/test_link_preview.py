"""What pages say of themselves, and pages that say it badly."""

import time
from encodings.aliases import aliases

import pytest

from moothall.lib.link_preview import Preview, read_preview

URL = "https://news.example/2026/story?id=1"


def preview(head: str, content_type: str = "text/html; charset=utf-8") -> Preview:
    page = f"<!doctype html><html><head>{head}</head><body>x</body>"
    return read_preview(page.encode(), content_type, URL)


def test_open_graph_goes_before_html() -> None:
    found = preview(
        """<title>A title</title>
        <META name='description' content='plain'>
        <meta content="A &amp; B &lt;3" property="og:title">
        <meta property="og:description" content="line one
        line two"/>
        <meta property=og:image content=/pictures/a.jpg>
        <meta property="og:video" content="https://video.example/v.mp4">"""
    )
    assert found == Preview(
        "A & B <3",
        "line one line two",
        "https://news.example/pictures/a.jpg",
        "https://video.example/v.mp4",
    )


def test_html_alone_is_enough() -> None:
    found = preview("<title> A\n title </title><meta name=description content=words>")
    assert found == Preview("A title", "words")


def test_nothing_is_nothing() -> None:
    assert preview("") == Preview()
    assert read_preview(b"", "", URL) == Preview()
    assert read_preview(bytes(range(256)) * 100, "application/octet-stream", URL) == Preview()


def test_what_stands_in_the_body_is_not_read() -> None:
    page = b"<head></head><body><title>x</title><meta property=og:title content=y>"
    assert read_preview(page, "text/html", URL) == Preview()


@pytest.mark.parametrize(
    "image",
    [
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "file:///etc/passwd",
        "https://name:word@host.example/a.png",
        "//[",
        "https://" + "a" * 3000,
        "",
    ],
)
def test_an_address_of_another_kind_is_left_out(image: str) -> None:
    assert preview(f'<meta property="og:image" content="{image}">').image is None


def test_words_are_plain_and_bounded() -> None:
    found = preview(
        f'<meta property="og:title" content="&lt;script&gt;\u202e{"x" * 3000}">'
        '<meta property="og:description" content="<b>bold</b> words">'
    )
    assert found.title is not None
    assert found.title.startswith("<script>")
    assert "\u202e" not in found.title
    assert len(found.title) == 400
    assert found.description == "<b>bold</b> words"


@pytest.mark.parametrize(
    "content_type, page, title",
    [
        ("text/html; charset=iso-8859-1", "<title>Grüße</title>".encode("latin-1"), "Grüße"),
        ("text/html", b"<meta charset=shift_jis><title>\x93\xfa\x96{</title>", "日本"),
        ("text/html; charset=no-such-thing", "<title>Grüße</title>".encode(), "Grüße"),
        ("text/html; charset=base64", "<title>Grüße</title>".encode(), "Grüße"),
        ("text/html", b"<title>\xff\xfe ok</title>", "�� ok"),
    ],
)
def test_pages_come_in_many_encodings(content_type: str, page: bytes, title: str) -> None:
    assert read_preview(page, content_type, URL).title == title


@pytest.mark.parametrize(
    "part",
    [
        "<meta ",
        '<meta content="',
        "<title",
        "<title>",
        "property=",
        '"',
        "<",
        "<meta property='",
        " =" * 5,
    ],
)
def test_time_is_linear_in_what_is_read(part: str) -> None:
    page = (part * (1_000_000 // len(part))).encode()
    start = time.process_time()
    read_preview(page, "text/html", URL)
    assert time.process_time() - start < 5


@pytest.mark.parametrize("codec", sorted({*aliases.values(), "idna", "punycode", "unicode_escape"}))
def test_no_encoding_costs_more_than_reading(codec: str) -> None:
    """Whoever writes a page names its encoding; some of Python's take the square of the length."""
    page = b"-" + b"a" * 1_000_000
    start = time.process_time()
    read_preview(page, f"text/html; charset={codec.replace('_', '-')}", URL)
    assert time.process_time() - start < 5
