"""Foreign HTML: what is kept, what goes, and that nothing active survives."""

import html as stdlib_html
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moothall.lib import html
from moothall.lib.html import sanitize, to_text
from tests.support.inert import assert_inert, hostile_strings
from tests.support.samples import activitypub_documents

REL = ' rel="nofollow ugc noopener"'

KEPT = {
    "text": ("plain & simple", "plain &amp; simple"),
    "paragraph": ("<p>a <em>b</em></p>", "<p>a <em>b</em></p>"),
    "case": ("<P>a</P>", "<p>a</p>"),
    "link": ('<a href="https://x.example/?a=1&amp;b=2">x</a>',
             f'<a href="https://x.example/?a=1&amp;b=2"{REL}>x</a>'),
    "mention": ('<span class="h-card"><a href="https://m.example/@a" class="u-url mention">@a</a></span>',
                f'<span class="h-card"><a href="https://m.example/@a" class="u-url mention"{REL}>@a</a></span>'),
    "details": ("<details><summary>t</summary><p>x</p></details>",
                "<details><summary>t</summary><p>x</p></details>"),
    "table": ('<table><tr><th align="center">a<td>b<tr></table>',
              '<table><tbody><tr><th align="center">a</th><td>b</td></tr><tr></tr></tbody></table>'),
    "ordered list": ('<ol start="3"><li>a<li>b</ol>', '<ol start="3"><li>a</li><li>b</li></ol>'),
    "nested list": ("<ul><li>a<ul><li>b</ul><li>c</ul>",
                    "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
    "paragraphs without ends": ("<p>a<p>b", "<p>a</p><p>b</p>"),
    "definition": ("<dl><dt>a<dd>b<dt>c</dl>", "<dl><dt>a</dt><dd>b</dd><dt>c</dt></dl>"),
    "line break": ("a<br>b<br/>c", "a<br>b<br>c"),
    "less than": ("1 < 2 <3", "1 &lt; 2 &lt;3"),
    "quote in attribute": ("<abbr title='a\"b>c'>x</abbr>", '<abbr title="a&quot;b&gt;c">x</abbr>'),
}  # fmt: skip

CHANGED = {
    "headings move down": ("<h1>a</h1><h3>b</h3><h6>c</h6>", "<h3>a</h3><h5>b</h5><h6>c</h6>"),
    "picture becomes a link": ('<img src="https://x.example/i.png" alt="a<b">',
                               f'<a href="https://x.example/i.png"{REL}>a&lt;b</a>'),
    "picture without words": ('<img src="https://x.example/i.png">',
                              f'<a href="https://x.example/i.png"{REL}>https://x.example/i.png</a>'),
    "picture in a link": ('<a href="https://x.example/"><img src="https://y.example/" alt="z"></a>',
                          f'<a href="https://x.example/"{REL}>z</a>'),
    "unknown element": ("<article><div>a</div></article>", "a"),
    "script": ("a<script>b</script>c", "ac"),
    "script without end": ("a<script>b", "ab"),
    "style": ("a<STYLE>b</StYle >c", "ac"),
    "comment": ("a<!-- b -->c", "ac"),
    "comment without end": ("a<!-- b", "a&lt;!-- b"),
    "classes of ours": ('<a class="button mention" href="https://x.example">x</a>',
                        f'<a class="mention" href="https://x.example"{REL}>x</a>'),
    "id and style": ('<p id="x" style="color:red">a</p>', "<p>a</p>"),
    "relative address": ('<a href="/login">x</a>', f"<a{REL}>x</a>"),
    "link in link": ('<a href="https://x.example">x<a href="https://y.example">y</a></a>',
                     f'<a href="https://x.example"{REL}>x</a><a href="https://y.example"{REL}>y</a>'),
    "stray end": ("a</p></b>b", "ab"),
    "crossing": ("<b>a<i>b</b>c</i>", "<b>a<i>b</i></b>c"),
    "text loose in a table": ("<table>a<tr>b<td>c</table>",
                              "ab<table><tbody><tr><td>c</td></tr></tbody></table>"),
    "cell without table": ("<td>a</td>", "a"),
    "lone surrogate": ("a\ud800", "a?"),
}  # fmt: skip


@pytest.mark.parametrize("name", KEPT | CHANGED)
def test_sanitize(name: str) -> None:
    source, expected = (KEPT | CHANGED)[name]
    assert sanitize(source) == expected


@pytest.mark.parametrize("source", hostile_strings())
def test_hostile_strings_become_inert(source: str) -> None:
    assert_inert(sanitize(source))
    assert_inert(sanitize(f"<p>{source}</p>"))
    assert_inert(stdlib_html.escape(to_text(source, 200)))


def test_the_proof_notices_what_is_active() -> None:
    active = [
        "<script>x</script>",
        "<p onclick=x>a</p>",
        "<a href='java\nscript:x'>a</a>",
        "<p style=x>a</p>",
        "<iframe></iframe>",
        "<img src='//evil.example/x'>",
        "<svg></svg>",
        "<form></form>",
        "<!-- a -->",
        "<!doctype html><script>x</script>",
        "<!doctype html><p onclick=x>",
        "<!doctype html><link rel=stylesheet href=https://evil.example/x>",
    ]
    for source in active:
        with pytest.raises(AssertionError):
            assert_inert(source)
    assert_inert(
        "<!doctype html><link rel=stylesheet href=/x.css><script type=module src=/x.js></script>"
        "<form action=/login method=post><input name=a><button>b</button></form>"
    )


ALPHABET = (
    "<p> </p> <b> </b> <a <a> </a> <table> <tr> <td> </table> <li> <ul> </ul> <h1> <svg> <math>"
    " <style> </style> <script> </script> <title> <!-- --> <img <br/> <details> <summary>"
    " href= src= x onclick= title= \" ' > < / = & &lt; &quot; ` javascript: https://a.example a 1"
)
MARKUP = st.lists(st.sampled_from([*ALPHABET.split(), " "]) | st.text(max_size=3), max_size=40).map(
    "".join
)


@settings(max_examples=300, deadline=None)
@given(MARKUP)
def test_any_markup_becomes_inert(source: str) -> None:
    shown = sanitize(source)
    assert_inert(shown)
    # A parser that reads the result otherwise than it was written would be a way in.
    assert html._CLEANER.clean(shown) == shown
    assert len(to_text(source, 20)) <= 20


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_text_survives(text: str) -> None:
    escaped = stdlib_html.escape(text)
    words = html._INVISIBLE.sub("", stdlib_html.unescape(escaped)).split()
    assert to_text(f"<p>{escaped}</p>", 1000) == " ".join(words)


def test_to_text_separates_blocks_but_not_inline_elements() -> None:
    assert to_text("<p>a<b>b</b></p><p>c<br>d</p><div>e</div>f", 99) == "ab c d e f"
    assert to_text("&lt;b&gt; &amp;amp; &nbsp;x", 99) == "<b> &amp; x"
    assert to_text("a<script>alert(1)</script>b<style>c</style>", 99) == "ab"
    assert to_text("\u202eabc\x07\u2066", 99) == "abc"


@pytest.mark.parametrize(
    "max_chars,expected",
    [
        (20, "one two three"),
        (13, "one two three"),
        (12, "one two…"),
        (5, "one…"),
        (1, "…"),
        (0, ""),
    ],
)
def test_to_text_cuts_at_a_word(max_chars: int, expected: str) -> None:
    assert to_text("<p>one two</p> three", max_chars) == expected


LENGTH = 50_000
COSTLY = (
    """<b x=1>|<div>|<p>|<a |<b a="|<!--|<script>|<script|<table>|<td>|<li>|<ul><li>|</p>|<|>|<svg>"""
    """|<b><p>|<p><b>|<i><table>|<table><td>|<table><tr><td>|<img src=x>|&|&#|<a "|<a "'|<?|<![|</"""
    """|<details>|<blockquote>|<a a=" |<a "'>|<img alt="|<a href='x" |<h1>|<ruby><rt>"""
)


@pytest.mark.parametrize("unit", COSTLY.split("|"))
def test_repetition_costs_little(unit: str) -> None:
    _assert_bounded((unit * LENGTH)[:LENGTH])


@pytest.mark.parametrize(
    "source",
    [
        "".join(f"<b x={i}>" for i in range(2800)) + "<p>x" * 5500,
        f'<p><a href="https://x.example/{"y" * 25000}"></p>' + "<p>x" * 6000,
        f'<table><a href="https://x.example/{"y" * 25000}">' + "<tr>x" * 4900,
        f"<a {'a' * 49000}>",
        f"<{'a' * 49999}",
        f"<a {'a ' * 24000}>",
        f"<a x{' ' * 49000}>",
    ],
    ids=range(7),
)
def test_repaired_markup_costs_little(source: str) -> None:
    _assert_bounded(source)


def _assert_bounded(source: str) -> None:
    for function in (sanitize, lambda fragment: to_text(fragment, 300)):
        start = time.thread_time()
        result = function(source)
        assert time.thread_time() - start < 0.5
        assert len(result) < 10 * LENGTH


def test_deep_markup_keeps_its_text_and_stays_shallow() -> None:
    shown = sanitize("<blockquote>" * 5000 + "x")
    assert shown.count("<blockquote>") == html.MAX_DEPTH
    assert "x" in shown


def _texts(value: Any, key: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _texts(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part, key)
    elif isinstance(value, str) and key in {"content", "summary", "name", "preferredUsername"}:
        yield value


def test_texts_of_other_programs() -> None:
    texts = [text for document in activitypub_documents() for text in _texts(document)]
    assert len(texts) > 100
    for text in texts:
        assert_inert(sanitize(text))
        assert bool(to_text(text, 500)) == bool(to_text(sanitize(text), 500))
