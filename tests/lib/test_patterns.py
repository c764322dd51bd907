"""Patterns of admins: what they match, which are refused, and that none takes long."""

import time

import pytest

from moothall.lib.patterns import InvalidPattern, PermissivePattern, compile_pattern


@pytest.mark.parametrize(
    "source,text,found",
    [
        ("foo|bar", "a FOO here", "FOO"),
        ("foo|bar", "a fo here", None),
        (r"\bass\b", "classic", None),
        (r"\bass\b", "An Ass!", "Ass"),
        ("привет", "ПРИВЕТ мир", "ПРИВЕТ"),
        ("f(oo)+", "xfoooo", "foooo"),
        ("foo", "\ud800 foo", "foo"),
        ("(?-i)foo", "FOO", None),
        (r"\By*", "abc", None),
    ],
)
def test_matches_regardless_of_case(source: str, text: str, found: str | None) -> None:
    assert compile_pattern(source).search(text) == found


@pytest.mark.parametrize(
    "source,text,expected",
    [
        ("foo", "foo and Foo", "*removed* and *removed*"),
        ("foo", "nothing", "nothing"),
        ("foo", "", ""),
        ("é+", "caféé 🔑 é", "caf*removed* 🔑 *removed*"),
        ("f(o)o", "foo", "*removed*"),
        ("foo", "\ud800foo\udc00", "\ud800*removed*\udc00"),
        (r"\By*", "abcyy", "abc*removed*"),
    ],
)
def test_replaces_each_match(source: str, text: str, expected: str) -> None:
    assert compile_pattern(source).replace(text, "*removed*") == expected


def test_the_replacement_is_taken_literally() -> None:
    assert compile_pattern("(foo)").replace("foo", r"\1 \g<0>") == r"\1 \g<0>"


@pytest.mark.parametrize(
    "source",
    [
        "(",
        "[a",
        "a{2,1}",
        "(?=look)",
        r"(a)\1",
        "*",
        "a" * 10_001,
        "\ud800",
        "(((a{100}){100}){100})",
    ],
)
def test_what_cannot_be_compiled_is_refused(source: str) -> None:
    with pytest.raises(InvalidPattern) as caught:
        compile_pattern(source)

    assert str(caught.value)


@pytest.mark.parametrize("source", ["", ".*", "a*", "[0-9]", "(?i)", "|foo", r"\b"])
def test_what_matches_nearly_everything_is_refused(source: str) -> None:
    with pytest.raises(PermissivePattern):
        compile_pattern(source)


@pytest.mark.parametrize(
    "source,text",
    [
        ("(a+)+$", "a" * 50_000 + "b"),
        ("(a|a)*b", "a" * 50_000),
        ("(a|aa)+$", "a" * 50_000 + "b"),
        ("([a-z]+)*[a-z]+@b", "a" * 50_000),
        ("[a-q][^u-z]{13}x", "abcdefghijklmnop" * 3125),
        ("a(.*b)?", "a" * 50_000),
        (r"(x+x+)+y", "x" * 50_000),
        ("(((a?){30}){30})b", "a" * 50_000),
    ],
)
def test_no_pattern_takes_long(source: str, text: str) -> None:
    pattern = compile_pattern(source)
    started = time.process_time()

    pattern.search(text)
    pattern.replace(text, "*removed*")

    assert time.process_time() - started < 6


def test_the_limit_of_matches_removes_the_rest() -> None:
    pattern = compile_pattern("a")

    assert pattern.replace("a " * 1000, "") == " " * 1000
    assert pattern.replace("a " * 1000 + "a and more", "") == " " * 999


def test_a_compiled_pattern_is_kept() -> None:
    assert compile_pattern("kept") is compile_pattern("kept")
