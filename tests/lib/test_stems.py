"""Words of a search index: what finds what, in many scripts, and how a query is read."""

import re
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.lib import stems
from moothall.lib.stems import Query, Term, fingerprint, query_terms, stem_words


@pytest.mark.parametrize(
    "language,text,stems",
    [
        ("en", "Running dogs, running!", ["run", "dog", "run"]),
        (None, "The cities' libraries", ["the", "citi", "librari"]),
        ("und", "libraries", ["librari"]),
        ("de", "Häuser", ["haus"]),
        ("de", "Straße Straßen", ["strass", "strass"]),
        ("de-AT", "Häusern", ["haus"]),
        ("fr", "continuellement", ["continuel"]),
        ("es", "canción canciones", ["cancion", "cancion"]),
        ("ru", "книгами книга", ["книг", "книг"]),
        ("nb", "Ødelagt", ["odelagt"]),
        ("tr", "kitaplar", ["kitap"]),
        ("vi", "Những người", ["nhung", "nguoi"]),
        ("ko", "한국어", ["한국어"]),
        ("hi", "किताबें", ["किताब"]),
        ("zh", "東京都", ["東京", "京都"]),
        ("ja", "犬", ["犬"]),
        ("ja", "Python入門3版", ["python", "入門", "3", "版"]),
        ("en", "snake_case e-mail v2.0 C++", ["snake", "case", "e", "mail", "v2", "0", "c"]),
        ("en", "café CAFE\u0301", ["cafe", "cafe"]),
        ("en", "ﬁne ①", ["fine", "1"]),
        ("en", "🔑 — ... \0 \ud800", []),
        ("en", "", []),
    ],
)
def test_words_become_stems(language: str | None, text: str, stems: list[str]) -> None:
    assert stem_words(text, language) == stems


def test_long_texts_and_words_are_cut() -> None:
    started = time.process_time()

    words = stem_words("running " * 100_000, "en")
    long = stem_words("x" * 1_000_000, "en")

    assert time.process_time() - started < 3
    assert len(words) == 12_500
    assert len(long) == 1
    assert len(long[0]) == 64


def test_threads_do_not_disturb_each_other() -> None:
    text = "continuellement généralement nationalité " * 500
    expected = stem_words(text, "fr")
    found: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: found.append(stem_words(text, "fr"))) for _ in range(8)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [expected] * 8


def _term(*alternatives: str) -> Term:
    return Term(tuple(tuple(each.split()) for each in alternatives))


@pytest.mark.parametrize(
    "q,required,excluded",
    [
        ("running", [_term("run", "running")], []),
        ("dog", [_term("dog")], []),
        ("dog Dog dogs", [_term("dog"), _term("dog", "dogs")], []),
        ('"running dogs" cat', [_term("run dog", "running dogs"), _term("cat")], []),
        ("“big dog”", [_term("big dog")], []),
        ("dog -cat", [_term("dog")], [_term("cat")]),
        ('dog -"big cat"', [_term("dog")], [_term("big cat")]),
        ("-cat", [], [_term("cat")]),
        ("e-mail", [_term("e mail")], []),
        ('dog "open', [_term("dog"), _term("open")], []),
        ("東京都", [_term("東京 京都")], []),
        ('- -- "" -"" * OR ( )', [_term("or")], []),
        ("", [], []),
    ],
)
def test_queries_are_read(q: str, required: list[Term], excluded: list[Term]) -> None:
    assert query_terms(q, None) == Query(tuple(required), tuple(excluded))


def test_a_query_tries_the_languages_of_the_reader_english_and_the_whole_word() -> None:
    assert query_terms("häusern", "de").required == (_term("haus", "hausern"),)
    assert query_terms("häuser", "en", "de").required == (_term("hauser", "haus"),)
    assert query_terms("nations", "fr").required == (_term("nation", "nations"),)


@pytest.mark.parametrize("language", ["en", "de", "fr", "ru", "ja", "ko", "hi", "th", None])
def test_a_word_of_a_text_finds_it_whatever_the_reader_speaks(language: str | None) -> None:
    words = "running dogs café книга 東京 한국어 किताब การ"
    tokens = stem_words(words, language)

    for term in query_terms(words, language).required:
        assert any(
            list(each) == tokens[at : at + len(each)]
            for each in term.alternatives
            for at in range(len(tokens))
        )


def test_a_long_query_is_cut() -> None:
    query = query_terms(" ".join(f"word{n} -no{n}" for n in range(10_000)), None)

    assert len(query.required) + len(query.excluded) == 16


@given(st.text(max_size=200), st.sampled_from([None, "en", "de", "zh", "ar", "hi", "xx"]))
def test_tokens_never_hold_anything_to_escape(text: str, language: str | None) -> None:
    query = query_terms(text, language)
    tokens = [
        token
        for term in query.required + query.excluded
        for alternative in term.alternatives
        for token in alternative
    ]

    for token in tokens + stem_words(text, language):
        assert not re.search(r"""[\s"'*():^&|!<>\\+\-\x00]""", token)
        assert token == token.strip() != ""
    assert stem_words(text, language) == stem_words(text, language)


def test_the_fingerprint_is_that_of_the_index_in_every_database() -> None:
    """Another one has each forum index all its texts anew at its next start: say so in CHANGELOG.

    What Python knows of Unicode stands behind the dash.
    """
    assert fingerprint().split("-")[0] == "bac5b5eccf9f6bc2"


@pytest.mark.parametrize(
    "name, other",
    [
        ("_stemmer", lambda _: type("", (), {"stemWords": lambda _, words: words})()),
        ("_ALGORITHMS", {"en": "english"}),
        ("_ACCENTS", re.compile("x")),
        ("_LETTERS", {}),
    ],
)
def test_other_stems_have_another_fingerprint(
    monkeypatch: pytest.MonkeyPatch, name: str, other: object
) -> None:
    before = fingerprint()
    monkeypatch.setattr(stems, name, other)
    assert fingerprint() != before
