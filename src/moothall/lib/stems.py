"""Words as a search index keeps them: stemmed by language, without case and accents; and queries.

Snowball (https://snowballstem.org) knows 34 languages. A text in another language keeps its words
whole, and one whose language nobody stated counts as English, as most such texts are. Writing
without spaces (Chinese, Japanese, Thai) is cut into overlapping pairs of characters, so that any
piece of a text can be found.

A query does not know in which language the texts were stemmed, so each of its terms offers
alternatives: by the reader's languages, as English, and whole.

Tokens hold letters, digits and marks only, and a query is a value: whoever turns it into the query
language of a database has nothing to escape.
"""

import hashlib
import re
import threading
import unicodedata
from dataclasses import dataclass

import Stemmer

_ALGORITHMS = {
    "ar": "arabic",
    "hy": "armenian",
    "eu": "basque",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "nl": "dutch",
    "en": "english",
    "eo": "esperanto",
    "et": "estonian",
    "fi": "finnish",
    "fr": "french",
    "de": "german",
    "el": "greek",
    "hi": "hindi",
    "hu": "hungarian",
    "id": "indonesian",
    "ga": "irish",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nb": "norwegian",
    "nn": "norwegian",
    "no": "norwegian",
    "fa": "persian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "st": "sesotho",
    "es": "spanish",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
_ENGLISH = "english"

_MAX_TEXT_CHARS = 100_000
_MAX_WORD_CHARS = 64
_MAX_QUERY_CHARS = 1000
_MAX_TERMS = 16
_MAX_LANGUAGES = 4

# Vowel signs of Indic and South-East Asian scripts are marks, not letters, and belong to the word.
_MARKS = (
    "\u0900-\u0903\u093a-\u0963\u0971-\u0dff\u0e31-\u0e4e\u0eb1-\u0ece\u0f71-\u0fbc\u1000-\u109f"
)
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"(?:[^\W_]|[{_MARKS}])+")
_RUN = re.compile(rf"[{_UNSPACED}]+|[^{_UNSPACED}]+")
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")
# Accents of the Latin, Greek and Cyrillic alphabets, Hebrew points, Arabic vowel marks and tatweel.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05c7\u0640\u064b-\u065f\u0670]+")
_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ł": "l",
        "þ": "th",
        "\u0131": "i",
    }
)
_HAS_LETTERS = re.compile("[" + "".join(map(chr, _LETTERS)) + "]")
_QUERY_PART = re.compile(r'(-?)"([^"]*)"|(-?)(\S+)')
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'})

# A stemmer keeps state while it works, so each thread has its own.
_of_thread = threading.local()


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to find: any of the alternatives, each a sequence of neighbouring tokens."""

    alternatives: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Query:
    """What a text must contain, all of it, and what it must not contain, any of it."""

    required: tuple[Term, ...]
    excluded: tuple[Term, ...]


def stem_words(text: str, language: str | None) -> list[str]:
    """Return the tokens of a text, in its order.

    `language` is a code of ISO 639-1, perhaps with a region (`pt-BR`); None and `und` count as
    English. At most 100,000 characters are read.
    """
    return _tokens(text[:_MAX_TEXT_CHARS], _algorithm(language))


# A line in each alphabet that some rule above is about.
_SAMPLE = """
Running libraries generously happily, the cities' children; Straße Häuser übersetzungen Gärten
continuellement œuvres garçons naïvement; canciones corazón niños; traduções corações; gatti città
bibliotheken kinderen; biblioteker flickorna Ødelagt þing; kirjastoissa kirjojen; könyvtárakban
knihovnami łódkami bibliotekoje książki cărților kitaplarımızdan IĞDIR; raamatukogudes leabharlanna
lliurament liburutegietan perpustakaan bibliotekoj dibuka; книгами библиотеках ёлки књигама
βιβλιοθήκες ΣΊΣΥΦΟΣ; գրադարաններում; المكتبات والكتب; کتاب‌ها; ספריות ביכער; पुस्तकालयों किताबें
புத்தகங்களில்; 図書館で本を読む 中文书籍 ห้องสมุด 한국어 도서관; ﬁnd ① ½ x² ǅungla İstanbul
"""  # noqa: RUF001 — letters of their own alphabets


def fingerprint() -> str:
    """A text that differs where the stems of the same words differ: stored with an index.

    They depend on this module, on Snowball, and on Python's knowledge of Unicode.
    """
    words = _words(_SAMPLE)
    digest = hashlib.sha256(" ".join(map(_folded, words)).encode())
    for language, algorithm in sorted(_ALGORITHMS.items()):
        digest.update(" ".join([language, *_stemmer(algorithm).stemWords(words)]).encode())
    return f"{digest.hexdigest()[:16]}-unicode{unicodedata.unidata_version}"


def query_terms(q: str, *languages: str | None) -> Query:
    """Read what a person typed: words, "phrases in quotes", and -words or -"phrases" to leave out.

    `languages` are those that the reader chose; the first four are tried. At most 1000 characters
    and 16 terms are read. Without a required term nothing can be found.
    """
    algorithms = dict.fromkeys([*map(_algorithm, languages[:_MAX_LANGUAGES]), _ENGLISH, None])
    required: dict[Term, None] = {}
    excluded: dict[Term, None] = {}
    for minus, phrase, word_minus, word in _QUERY_PART.findall(_typed(q)):
        tokens = dict.fromkeys(tuple(_tokens(phrase or word, each)) for each in algorithms)
        alternatives = tuple(each for each in tokens if each)
        if alternatives and len(required) + len(excluded) < _MAX_TERMS:
            (excluded if minus or word_minus else required)[Term(alternatives)] = None
    return Query(tuple(required), tuple(excluded))


def _typed(q: str) -> str:
    return q[:_MAX_QUERY_CHARS].translate(_QUOTES)


def _algorithm(language: str | None) -> str | None:
    code = (language or "und").partition("-")[0].lower()
    return _ENGLISH if code == "und" else _ALGORITHMS.get(code)


def _tokens(text: str, algorithm: str | None) -> list[str]:
    words = _words(text)
    stems = _stemmer(algorithm).stemWords(words) if algorithm else words
    return [folded for stem in stems if (folded := _folded(stem))]


def _words(text: str) -> list[str]:
    words: list[str] = []
    for word in _WORD.findall(unicodedata.normalize("NFC", text).lower()):
        if _IS_UNSPACED.search(word):
            words += _pieces(word)
        else:
            words.append(word[:_MAX_WORD_CHARS])
    return words


def _pieces(word: str) -> list[str]:
    """Cut writing without spaces into overlapping pairs; other letters in it stay together."""
    pieces = []
    for run in _RUN.findall(word):
        if len(run) == 1 or not _IS_UNSPACED.match(run):
            pieces.append(run[:_MAX_WORD_CHARS])
        else:
            pieces += [run[at : at + 2] for at in range(len(run) - 1)]
    return pieces


def _stemmer(algorithm: str) -> Stemmer.Stemmer:
    stemmers: dict[str, Stemmer.Stemmer] = _of_thread.__dict__
    if algorithm not in stemmers:
        # No cache: stemming is about as fast as looking up, and the cache would hold 10,000 words.
        stemmers[algorithm] = Stemmer.Stemmer(algorithm, 0)
    return stemmers[algorithm]


def _folded(word: str) -> str:
    if word.isascii():
        return word
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", word))
    # To look first is cheaper: `translate` asks the table about each character.
    if _HAS_LETTERS.search(bare):
        bare = bare.translate(_LETTERS)
    # NFKD also takes Korean syllables apart; NFC puts them together again.
    return "".join(_WORD.findall(unicodedata.normalize("NFC", bare)))
