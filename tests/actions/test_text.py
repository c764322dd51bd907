"""Texts on their way into the database: slurs, blocked links, lengths, rendering."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert

from moothall.actions.text import (
    prepare_body,
    prepare_title,
    prepare_url,
    refuse_slurs,
    replace_slurs,
    try_rules,
)
from moothall.domain.errors import Invalid
from moothall.forum import Forum
from moothall.storage.site import update_site
from moothall.storage.statements import Statement, param
from moothall.storage.tables import blocked_url
from moothall.storage.transaction import Transaction

_BLOCK = Statement(insert(blocked_url).values(url=param("url"), created_at=1))


@pytest.fixture
def strict(forum: Forum) -> Forum:
    """A site with a slur filter and a blocked address."""

    def set_rules(tx: Transaction) -> None:
        update_site(tx.conn, slur_filter_regex=r"\b(darn|heck)\b")
        tx.conn.run(_BLOCK, url="evil.example/bad")

    forum.act_now(set_rules)
    return forum


def _code(forum: Forum, work: Callable[..., Any], *args: Any) -> str:
    with pytest.raises(Invalid) as refused:
        forum.read_now(work, *args)
    return refused.value.code


def test_a_title_is_trimmed(forum: Forum) -> None:
    assert forum.read_now(prepare_title, "  A title \x00") == "A title"
    assert forum.read_now(prepare_title, "x" * 200) == "x" * 200


@pytest.mark.parametrize(
    "title", ["", "ab", "  ab  ", "x" * 201, "😀" * 101, "a\nline", "a\u2028b"]
)
def test_a_title_of_the_wrong_form_is_refused(forum: Forum, title: str) -> None:
    assert _code(forum, prepare_title, title) == "invalid_post_title"


def test_slurs_are_refused_in_titles_and_replaced_in_bodies(strict: Forum) -> None:
    assert _code(strict, prepare_title, "What the HECK") == "slurs"
    assert _code(strict, refuse_slurs, "darn") == "slurs"
    strict.read_now(refuse_slurs, "darning")
    body, _ = strict.read_now(prepare_body, "What the heck, darn it", 100)
    assert body == "What the *removed*, *removed* it"
    assert strict.read_now(replace_slurs, "oh heck") == "oh *removed*"


def test_without_a_filter_nothing_is_replaced(forum: Forum) -> None:
    assert forum.read_now(prepare_body, "What the heck", 100) == ("What the heck", None)


def test_only_what_is_formatted_has_html(forum: Forum) -> None:
    assert forum.read_now(prepare_body, "plain words", 100) == ("plain words", None)
    body, html = forum.read_now(prepare_body, "**bold**", 100)
    assert body == "**bold**"
    assert html is not None
    assert "<strong>bold</strong>" in html


def test_footnotes_of_two_texts_have_different_ids(forum: Forum) -> None:
    _, one = forum.read_now(prepare_body, "a[^1]\n\n[^1]: one", 100)
    _, other = forum.read_now(prepare_body, "a[^1]\n\n[^1]: other", 100)
    assert one is not None
    assert other is not None
    ids = [html.split('id="')[1].split('"')[0] for html in (one, other)]
    assert ids[0] != ids[1]


def test_a_body_has_a_limit_in_utf16_units(forum: Forum) -> None:
    forum.read_now(prepare_body, "x" * 100, 100)
    assert _code(forum, prepare_body, "x" * 101, 100) == "invalid_body_field"
    assert _code(forum, prepare_body, "😀" * 51, 100, "bio_length_overflow") == (
        "bio_length_overflow"
    )


@pytest.mark.parametrize(
    "text",
    [
        "look: https://evil.example/bad",
        "[here](https://EVIL.example/bad/page)",
        "[here](https://%65vil.example/bad)",
        "![](http://evil.example:80/bad?x=1)",
        "evil.example/bad",
    ],
)
def test_blocked_links_are_refused_in_bodies(strict: Forum, text: str) -> None:
    assert _code(strict, prepare_body, text, 1000) == "blocked_url"


def test_other_links_are_let_through(strict: Forum) -> None:
    strict.read_now(prepare_body, "https://good.example/ and https://evil.example/badger", 1000)


def test_addresses_get_one_spelling(strict: Forum) -> None:
    url = strict.read_now(prepare_url, "HTTPS://Good.example?utm_source=x")
    assert url == "https://good.example/"
    assert strict.read_now(
        lambda tx: prepare_url(tx, "https://evil.example/bad", check_blocked=False)
    )


@pytest.mark.parametrize(
    "url, code",
    [
        ("", "invalid_url"),
        ("nonsense", "invalid_url"),
        ("https://user@good.example/", "invalid_url"),
        ("ftp://good.example/", "invalid_url_scheme"),
        ("javascript:alert(1)", "invalid_url_scheme"),
        ("https://good.example/" + "x" * 2000, "url_length_overflow"),
        ("https://Evil.example/bad", "blocked_url"),
    ],
)
def test_addresses_that_are_refused(strict: Forum, url: str, code: str) -> None:
    assert _code(strict, prepare_url, url) == code


def test_rules_can_be_tried_before_they_are_stored() -> None:
    trial = try_rules("bad|worse", ["evil.example", "https://x.example/a"], "A bad word.")
    assert trial == ("A *removed* word.", True, [])
    trial = try_rules("", ["evil.example"], "see https://EVIL.example/x")
    assert trial == ("see https://EVIL.example/x", False, ["evil.example"])
    assert try_rules("", [], "anything") == ("anything", False, [])


@pytest.mark.parametrize(
    "source, blocked, field",
    [
        ("(", [], "slur_filter_regex"),
        (".*", [], "slur_filter_regex"),
        ("", ["://"], "blocked_urls"),
    ],
)
def test_rules_that_cannot_be_are_told_when_they_are_tried(
    source: str, blocked: list[str], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        try_rules(source, blocked, "text")
    assert refused.value.field == field
