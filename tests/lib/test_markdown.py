"""Markdown: the dialect, case by case; safety on hostile texts; bounded cost."""

import html as stdlib_html
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from moothall.lib import markdown
from moothall.lib.markdown import Links, Mention, MentionKind, is_plain, links_in, mentions, render
from tests.support.inert import assert_inert, hostile_strings
from tests.support.samples import activitypub_documents

LENGTH = 50_000
LINKS = Links(base_url="https://forum.example", domain="forum.example")
REL = ' rel="nofollow ugc noopener"'


def _person(path: str, text: str) -> str:
    return f'<p><a href="https://forum.example/{path}"{REL}>{text}</a></p>'


CASES = {
    "emphasis": ("*a* **b** ***c***",
        "<p><em>a</em> <strong>b</strong> <em><strong>c</strong></em></p>"),
    "strikethrough": ("~~a~~", "<p><del>a</del></p>"),
    "subscript": ("H~2~O", "<p>H<sub>2</sub>O</p>"),
    "superscript": ("x^2^", "<p>x<sup>2</sup></p>"),
    "lone signs": ("2^10, ~5, a*b, snake_case_name", "<p>2^10, ~5, a*b, snake_case_name</p>"),
    "soft break": ("a\nb", "<p>a\nb</p>"),
    "hard breaks": ("a  \nb\\\nc", "<p>a<br>\nb<br>\nc</p>"),
    "quotes stay as typed": ("\"a\" 'b' -- c...", "<p>\"a\" 'b' -- c...</p>"),
    "emoji shortcode stays": (":smile:", "<p>:smile:</p>"),
    "headings below the page's": ("# a\n\n## b\n\n##### c", "<h3>a</h3>\n<h4>b</h4>\n<h6>c</h6>"),
    "setext heading": ("a\n=", "<h3>a</h3>"),
    "rule": ("a\n\n---", "<p>a</p>\n<hr>"),
    "list": ("- a\n- b\n  1. c", "<ul>\n<li>a</li>\n<li>b\n<ol>\n<li>c</li>\n</ol>\n</li>\n</ul>"),
    "list start": ("3. a", '<ol start="3">\n<li>a</li>\n</ol>'),
    "task list is a list": ("- [x] a", "<ul>\n<li>[x] a</li>\n</ul>"),
    "quote": ("> a\nb", "<blockquote>\n<p>a\nb</p>\n</blockquote>"),
    "code": ("`<b>` ``a`b``", "<p><code>&lt;b&gt;</code> <code>a`b</code></p>"),
    "fence": ("```py\na < b\n```", "<pre><code>a &lt; b\n</code></pre>"),
    "indented code": ("    *a*", "<pre><code>*a*\n</code></pre>"),
    "table": ("|a|b|\n|-|:-:|\n|*c*|d|",
        ("<table>\n<thead>\n<tr>\n<th>a</th>\n<th align=\"center\">b</th>\n</tr>\n</thead>\n"
         "<tbody>\n<tr>\n<td><em>c</em></td>\n<td align=\"center\">d</td>\n</tr>\n</tbody>\n</table>")),
    "raw inline HTML": ("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>"),
    "raw block HTML": ("<div>a</div>", "&lt;div&gt;a&lt;/div&gt;"),
    "entities": ("&copy; &lt;b&gt; &amp;amp;", "<p>© &lt;b&gt; &amp;amp;</p>"),
    "link": ("[a](https://x.example/?a=1&b=2 \"t\")",
        f'<p><a href="https://x.example/?a=1&amp;b=2" title="t"{REL}>a</a></p>'),
    "reference": ("[a]\n\n[a]: https://x.example", f'<p><a href="https://x.example"{REL}>a</a></p>'),
    "link in the forum": ("[a](/c/x@y.example)", f'<p><a href="/c/x@y.example"{REL}>a</a></p>'),
    "magnet": ("[a](magnet:?xt=urn:x)", f'<p><a href="magnet:?xt=urn:x"{REL}>a</a></p>'),
    "refused scheme": ("[a](javascript:x) [b](ftp://x.example)",
        f"<p><a{REL}>a</a> <a{REL}>b</a></p>"),
    "autolink": ("see https://x.example/a_b_c, ok",
        f'<p>see <a href="https://x.example/a_b_c"{REL}>https://x.example/a_b_c</a>, ok</p>'),
    "www": ("www.x.example", f'<p><a href="http://www.x.example"{REL}>www.x.example</a></p>'),
    "mail": ("a@x.example", f'<p><a href="mailto:a@x.example"{REL}>a@x.example</a></p>'),
    "remote picture": ("![a<b](https://x.example/i.png)",
        f'<p><a href="https://x.example/i.png"{REL}>a&lt;b</a></p>'),
    "picture without words": ("![](https://x.example/i.png)",
        f'<p><a href="https://x.example/i.png"{REL}>https://x.example/i.png</a></p>'),
    "own picture": ('![a](https://forum.example/i.png "t")',
        '<p><img src="https://forum.example/i.png" alt="a" title="t" loading="lazy"></p>'),
    "own picture by path": ("![a](/i.png)", '<p><img src="/i.png" alt="a" loading="lazy"></p>'),
    "picture of a host like ours": ("![a](https://forum.example.evil/i.png)",
        f'<p><a href="https://forum.example.evil/i.png"{REL}>a</a></p>'),
    "picture by host without scheme": ("![a](//x.example/i.png)",
        f'<p><a href="//x.example/i.png"{REL}>a</a></p>'),
    "remote picture in a link": ("[![a](https://x.example/i.png)](https://y.example)",
        f'<p><a href="https://y.example"{REL}>a</a></p>'),
    "spoiler": ("::: spoiler a *b* \"c\"\nd\n\n- e\n:::\nf",
        ("<details><summary>a *b* \"c\"</summary>\n<p>d</p>\n<ul>\n<li>e</li>\n</ul>\n</details>\n"
         "<p>f</p>")),
    "spoiler after a line": ("a\n:::spoiler b\nc\n:::",
        "<p>a</p>\n<details><summary>b</summary>\n<p>c</p>\n</details>"),
    "spoiler without a title": ("::: spoiler\na\n:::",
        "<details><summary>Spoiler</summary>\n<p>a</p>\n</details>"),
    "spoiler without an end": ("::: spoiler a\nb\n\nc",
        "<details><summary>a</summary>\n<p>b</p>\n<p>c</p>\n</details>"),
    "spoiler in a quote": ("> ::: spoiler a\n> b\n> :::\n\nc",
        "<blockquote>\n<details><summary>a</summary>\n<p>b</p>\n</details>\n</blockquote>\n<p>c</p>"),
    "unknown directive": ("::: note a\nb\n:::", "<p>::: note a</p>\n<p>b</p>"),
    "spoiler in code": ("```\n::: spoiler a\n```", "<pre><code>::: spoiler a\n</code></pre>"),
    "person": ("@ann@x.example", _person("u/ann@x.example", "@ann@x.example")),
    "own person": ("@ann@Forum.Example", _person("u/ann", "@ann@Forum.Example")),
    "community": ("!cats@x.example", _person("c/cats@x.example", "!cats@x.example")),
    "own community": ("!cats@forum.example", _person("c/cats", "!cats@forum.example")),
    "person with a port": ("@ann@127.0.0.1:8536", _person("u/ann@127.0.0.1:8536", "@ann@127.0.0.1:8536")),
    "dots and dashes": ("@a.b-c_d@x-y.example", _person("u/a.b-c_d@x-y.example", "@a.b-c_d@x-y.example")),
    "name in Cyrillic": ("@аня@x.example",
        _person("u/%D0%B0%D0%BD%D1%8F@x.example", "@аня@x.example")),
    "mention in a sentence": ("(see @ann@x.example.)",
        f'<p>(see <a href="https://forum.example/u/ann@x.example"{REL}>@ann@x.example</a>.)</p>'),
    "mention in emphasis": ("**@ann@x.example**",
        f'<p><strong><a href="https://forum.example/u/ann@x.example"{REL}>@ann@x.example</a></strong></p>'),
    "mention in code": ("`@ann@x.example`", "<p><code>@ann@x.example</code></p>"),
    "mention in a link": ("[@ann@x.example](https://x.example)",
        f'<p><a href="https://x.example"{REL}>@ann@x.example</a></p>'),
    "no mention": ("@ann !cats ann@b @ann@host wow!a@b", "<p>@ann !cats ann@b @ann@host wow!a@b</p>"),
    "address with a mention in it": ("https://x.example/@ann@y.example",
        f'<p><a href="https://x.example/@ann@y.example"{REL}>https://x.example/@ann@y.example</a></p>'),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_dialect(name: str) -> None:
    text, expected = CASES[name]
    assert render(text, LINKS).rstrip("\n") == expected


def test_footnotes_keep_apart_by_prefix() -> None:
    shown = render("a[^n] b[^n]\n\n[^n]: c *d*", LINKS, prefix="c7-")
    ids = re.findall(r' id="([^"]*)"', shown)
    targets = re.findall(r' href="#([^"]*)"', shown)
    assert ids == ["c7-fnref-n", "c7-fnref-n-2", "c7-fn-n"]
    assert sorted(set(targets)) == sorted(ids)
    assert '<section class="footnotes">' in shown
    assert "<em>d</em>" in shown


def test_ids_come_from_footnotes_only() -> None:
    assert ' id="' not in render("# heading\n\n::: spoiler a\nb\n:::", LINKS, prefix="p-")


def test_pictures_go_through_the_hook() -> None:
    links = Links("https://forum.example", "forum.example", lambda url: f"/proxy?url={url}&x")
    assert render('![a"b](https://x.example/i.png?a=1&b=2)', links) == (
        '<p><img src="/proxy?url=https://x.example/i.png?a=1&amp;b=2&amp;x" alt="a&quot;b"'
        ' loading="lazy"></p>\n'
    )
    in_link = render("[![a](https://x.example/i.png)](https://y.example)", links)
    assert in_link.startswith('<p><a href="https://y.example"')
    assert "<img src=" in in_link


@pytest.mark.parametrize("text", hostile_strings())
def test_hostile_strings_are_inert(text: str) -> None:
    for source in (
        text,
        f"a {text} b",
        f"> {text}",
        f"# {text}",
        f"|a|\n|-|\n|{text}|",
        f"*{text}*",
    ):
        assert_inert(render(source, LINKS, prefix=text))
    links = Links(LINKS.base_url, LINKS.domain, lambda _url: "/proxy/1")
    assert_inert(render(text, links))


def test_raw_html_is_shown_not_dropped() -> None:
    text = "<script>alert(1)</script>\n\na <img src=x onerror=y> b"
    shown = render(text, LINKS)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "&lt;img src=x onerror=y&gt;" in shown


ALPHABET = (
    "* _ ` ~ ^ [ ] ( ) ![ ]( < > # - + = | : ::: \\ / & ; \" ' @ ! . 1. 1) www. http:// https://x.y"
    " [^a] [^a]: a b @a@b.c !a@b.c &amp; &# ``` ~~~ ---- |-| <b> <script> <!-- --> javascript: x"
    " spoiler é 中 \u202e \xa0 \u3000 \x85 \t \x00 \ufeff R&D"
)
PIECES = st.sampled_from(
    [*re.split(" ", ALPHABET), " ", "  ", "\n", "\n\n", "\n    ", "::: spoiler a\n"]
)
MARKDOWN = st.lists(PIECES | st.text(max_size=3), max_size=30).map("".join)


@settings(max_examples=400, deadline=None)
@given(MARKDOWN)
def test_any_markdown_is_inert(text: str) -> None:
    shown = render(text, LINKS, prefix="p-")
    assert_inert(shown)
    # A parser that reads the result otherwise than it was written would be a way in.
    assert markdown._FOOTNOTES_CLEANER.clean(shown) == shown


@settings(max_examples=200, deadline=None)
@given(MARKDOWN)
def test_what_is_found_is_what_is_linked(text: str) -> None:
    shown = render(text, LINKS)
    for mention in mentions(text):
        room = "u" if mention.kind is MentionKind.PERSON else "c"
        target = f"{LINKS.base_url}/{room}/{quote(mention.name)}@{mention.host}"
        assert f'href="{target}"' in shown
    found = links_in(text)
    for target in re.findall(r'(?:href|src)="(https?:[^"]*)"', shown):
        if not target.startswith(f"{LINKS.base_url}/"):
            assert markdown._spelled(stdlib_html.unescape(target)) in found


PLAIN = [
    "hello",
    'Well, that\'s it (or "so they say"); 50% of them: yes! No? 1 + 1 = 2 - #3.',
    "R & D cost 5 $ {really}, 10/20, a:b",
    "two\nlines\n(and three)",
    "2024 was good",
    "Zażółć gęślą jaźń 中文 🙂",
    "a  b",
]
NOT_PLAIN = [
    "", " a", "a ", "a\n", "\na", "a\n\nb", "a \nb", "a\n b", "*a*", "a_b", "`a`", "# a", "#a",
    "- a", "+ a", "a\n- b", "a\n=", "1. a", "1) a", "a\n1. b", "> a", "<b>", "a < b", "a|b", "~a~",
    "^a^", "[a]", "a\\b", "&amp;", "&#38;", "@a@b.c", "a@b.c", "https://x.example", "www.x.example",
    "::: a", "a\tb", "a\rb", "a\x00", "a\xa0b", "\ufeffa", "a\u2028b", "a\ud800", "!a@b.c",
]  # fmt: skip


@pytest.mark.parametrize("text", PLAIN)
def test_plain_texts_are_recognised(text: str) -> None:
    assert is_plain(text)
    assert render(text, LINKS) == markdown.plain(text) == _rendered_in_full(text)


@pytest.mark.parametrize("text", NOT_PLAIN)
def test_others_are_not_taken_for_plain(text: str) -> None:
    assert not is_plain(text)


PLAIN_ALPHABET = "a b 1 12 . , : ; ! ? ' \" ( ) { } # - + = & / % $ é 中 🙂 WWW. Www. ftp: // R&D"
PLAIN_PIECES = st.sampled_from([*PLAIN_ALPHABET.split(), " ", "\n"])


@settings(max_examples=500, deadline=None)
@given(st.lists(PLAIN_PIECES, max_size=12).map("".join) | st.text(max_size=12) | MARKDOWN)
@example("a\n12345678. b")
@example("a WWW.x.y")
def test_plain_means_what_the_whole_way_gives(text: str) -> None:
    if is_plain(text):
        assert _rendered_in_full(text) == markdown.plain(text)


def _rendered_in_full(text: str) -> str:
    source = markdown._parse(text)
    assert source is not None
    return markdown._CLEANER.clean(markdown._adapted(source, LINKS))


def test_mentions() -> None:
    text = (
        "@ann@X.example, @ann@x.example and !cats@y.example; `@no@code.example`\n\n"
        "    @no@indented.example\n\n[@no@link.example](https://z.example) mail me@z.example"
    )
    assert mentions(text) == [
        Mention("ann", "x.example", MentionKind.PERSON),
        Mention("cats", "y.example", MentionKind.COMMUNITY),
    ]
    assert mentions("nobody") == mentions("") == mentions("@") == []


def test_mentions_are_bounded() -> None:
    many = " ".join(f"@a{i}@x.example" for i in range(200))
    assert len(mentions(many)) == markdown.MAX_MENTIONS
    assert mentions("@a@x.example " * 10_000) == []  # too long to be formatted


def test_links_in() -> None:
    text = (
        "[e]: https://e.example\n\n[a](https://A.example/P) https://b.example/x. ![c](//c.example/i.png) <https://d.example>\n"
        "[e] [ev](https://ev%69l.example/%69) `https://code.example/x`"
        " [top](#top) [m](mailto:a@m.example) @a@m.example [js](javascript:x) https://b.example/x"
    )
    assert links_in(text) == [
        "https://a.example/P",
        "https://b.example/x",
        "//c.example/i.png",
        "https://d.example",
        "https://e.example",
        "https://evil.example/%69",
        "https://code.example/x",
    ]
    assert links_in("[e]\n\n[e]: https://e.example") == ["https://e.example"]
    assert links_in("none") == []


def test_links_in_reads_what_is_too_long_to_format() -> None:
    assert links_in("https://x.example " + "a" * markdown.MAX_TEXT) == ["https://x.example"]


def test_too_much_is_shown_as_plain_text() -> None:
    long = "*a* " * markdown.MAX_TEXT
    assert render(long, LINKS) == f"<p>{long}</p>\n"
    deep = ">" * (markdown.MAX_DEPTH + 1) + "a"
    assert render(deep, LINKS).startswith("<p>&gt;&gt;")
    assert render(">" * 20 + "a", LINKS).count("<blockquote>") == 20
    table = "|a" * 500 + "\n" + "|-" * 500 + "\n" + "|a\n" * 500
    assert "<table>" not in render(f"{table}\n**b**", LINKS)
    assert "<strong>b</strong>" in render(f"{table}\n**b**", LINKS)
    directives = "::: spoiler a\nb\n:::\n" * 200
    assert "<details>" not in render(directives, LINKS)
    assert "<sup" not in render("[^a] " * 1001 + "\n\n[^a]: b", LINKS)


UNITS = [
    "*", "[", "`", ">", "> ", "(", "_", "~", "^", "|", "![", "](", "[a](", "*a ", "**a*", "- ", "\n> ",
    "  - ", "1. ", "a\n::: x\n", "::: spoiler a\n", ":", "@", "@a@", "!a@b.c ", "@a@b.c-", "<a ", "<",
    "&", "&#", "[^a]", "[^a]: x\n", "\\", "www.a.b ", "http://", "*a **a ", "`a``", "<!--", "<?", "\t",
    "<![CDATA[", "\n", "[a]: b\n", "|a|\n|-|\n", "||||\n", "#\n", "a\n=\n", "~~~\n", "* * ", "![a][",
    "_*", "~a ~~a ", "![a](b)", "[![a](b)](c)", "a.b@c.d.", "w", "a@", "!a", "\x00", "\ud800", "\xa0",
    "[a]", "a ", "a\n", "a & ",
]  # fmt: skip
BOMBS = {
    "table without cells": "|" * 3000 + "\n" + "|-" * 3000 + "|\n" + "|\n" * 20000,
    "table to be filled": "|a" * 1000 + "\n" + "|-" * 1000 + "|\n" + "|a\n" * 15000,
    "table in a quote": "> " + "|a" * 400 + "\n> " + "|-" * 400 + "|\n" + "> |a\n" * 10000,
    "widest table allowed": "|a" * 40 + "\n" + "|-" * 40 + "|\n" + "|a\n" * 1100,
    "reference": f"[a]: https://x.example/{'x' * 20000}\n\n" + "[a]" * 9000,
    "footnote": "[^a]" * 900 + "\n\n[^a]: x",
    "long footnote": f"[^{'<' * 900}]: x\n\n" + f"[^{'<' * 900}]" * 54,
    "deep quotes": "\n".join(">" * i + " a" for i in range(300)),
    "deep lists": "\n".join("  " * i + "- a" for i in range(210)),
    "nested links": "[" * 20000 + "a" + "](b)" * 7000,
    "nested emphasis": "*" * 25000 + "a" + "*" * 24000,
    "crossing emphasis": "*a _b " * 4000 + " b_ a*" * 4000,
    "backticks": "".join("`" * i + "a" for i in range(310)),
    "long name": "@" + "a." * 24999,
    "long host": "@a@" + "a." * 24998,
    "many long names": ("@" + "a" * 98) * 505,
}


@pytest.mark.parametrize("unit", UNITS)
def test_repetition_costs_little(unit: str) -> None:
    _assert_bounded((unit * LENGTH)[:LENGTH])


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_cost_little(name: str) -> None:
    _assert_bounded(BOMBS[name][:LENGTH])


def _assert_bounded(text: str) -> None:
    for function in (lambda source: render(source, LINKS, "c1-"), mentions, links_in, is_plain):
        start = time.thread_time()
        result = function(text)
        assert time.thread_time() - start < 0.5
        assert isinstance(result, bool) or len(result) < 1.5 * markdown.MAX_HTML


def _sources(value: Any, *, is_markdown: bool = False) -> Iterator[str]:
    if isinstance(value, dict):
        marked = value.get("mediaType") == "text/markdown"
        for part in value.values():
            yield from _sources(part, is_markdown=marked)
    elif isinstance(value, list):
        for part in value:
            yield from _sources(part)
    elif isinstance(value, str) and is_markdown:
        yield value


def test_texts_of_other_programs() -> None:
    documents = activitypub_documents()
    texts = [text for document in documents for text in _sources(document)]
    assert len(texts) > 50
    for text in texts:
        assert_inert(render(text, LINKS))
