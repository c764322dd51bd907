"""Pure rules about texts."""

import pytest

from moothall.domain.text import has_visible, is_blocked_url, is_tame, length, storable, tame


def test_what_no_database_takes_is_left_out() -> None:
    assert storable("a\x00b\ud800c") == "abc"
    assert storable("ähm 😀\n") == "ähm 😀\n"


@pytest.mark.parametrize("text, units", [("", 0), ("abc", 3), ("äöü", 3), ("😀", 2), ("a😀b", 4)])
def test_length_counts_as_clients_do(text: str, units: int) -> None:
    assert length(text) == units


@pytest.mark.parametrize(
    "text, is_blocked",
    [
        ("https://evil.example/x", True),
        ("https://www.evil.example", True),
        ("see evil.example, or not", True),
        ("evil.example", True),
        ("https://noevil.example/", False),
        ("https://evil.examples/", False),
        ("https://good.example/", False),
        ("xevil.example evil.example", True),
        ("", False),
    ],
)
def test_a_blocked_address_is_found_as_words_of_its_own(text: str, is_blocked: bool) -> None:
    assert is_blocked_url(text, "evil.example") == is_blocked


def test_an_empty_entry_blocks_nothing() -> None:
    assert not is_blocked_url("anything", "")


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("\u202etfel\u202c", "tfel"),
        ("\u2067a\u2069b", "ab"),
        ("abc\x1b[31m", "abc[31m"),
        ("a\x9bb", "ab"),
        # Marks of direction belong to some languages, joiners to some letters and pictures.
        ("\u200fשלום", "\u200fשלום"),
        ("👨\u200d👩", "👨\u200d👩"),
    ],
)
def test_what_acts_on_the_text_around_a_title_is_left_out(line: str, kept: str) -> None:
    assert tame(line) == kept
    assert is_tame(kept)
    assert is_tame(line) == (line == kept)


@pytest.mark.parametrize(
    ("text", "is_seen"),
    [("a", True), (" \u200b.", True), ("", False), ("\u200b\u200b", False), ("\u3164 ", False)],
)
def test_whether_anything_is_seen(text: str, is_seen: bool) -> None:
    assert has_visible(text) == is_seen
