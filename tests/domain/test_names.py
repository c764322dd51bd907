"""Names: which are taken and which refused."""

import pytest

from moothall.domain.errors import Invalid
from moothall.domain.names import (
    check_matrix_id,
    check_name,
    checked_display_name,
    split_handle,
)


@pytest.mark.parametrize("name", ["ann", "Ann_99", "___", "a" * 20, "коша_1", "مرحبا"])
def test_a_name_of_one_alphabet_is_taken(name: str) -> None:
    check_name(name, 20)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "an",
        "a" * 21,
        "ann b",
        "ann-b",
        "аnn",
        "an\n",
        "ann\n",
        "ann@b",
        "ann.b",
        "ännchen",
        "١٢é",
    ],
)
def test_any_other_name_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="invalid_name"):
        check_name(name, 20)


@pytest.mark.parametrize("text", ["Ann", "  Ann B.  ", "安安安", "a b c", "x" * 20])
def test_a_display_name_is_trimmed(text: str) -> None:
    assert checked_display_name(text, 20) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "An",
        "x" * 21,
        "@Ann",
        "Ann\nB",
        "Ann\u2028B",
        "\u200bAnn",
        "a\u200b\u200b\u200b",
        "\u3164\u3164\u3164",
        "Ann\u202eB",
        "Ann\x1b[0m",
        " ",
        "",
    ],
)
def test_a_display_name_that_deceives_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="invalid_display_name"):
        checked_display_name(text, 20)


def test_matrix_ids() -> None:
    check_matrix_id("@ann:matrix.example")
    check_matrix_id("@ann:matrix.example:8448")
    for wrong in ("ann:matrix.example", "@ann", "@ann:", "@a b:c", "@ann:host\n", "@" + "a" * 260):
        with pytest.raises(Invalid, match="invalid_matrix_id"):
            check_matrix_id(wrong)


@pytest.mark.parametrize(
    ("handle", "expected"),
    [
        ("ann", ("ann", None)),
        ("@ann", ("ann", None)),
        ("Ann@Forum.Example", ("Ann", None)),
        ("@ann@other.example", ("ann", "other.example")),
        ("ann@other.example:8536", ("ann", "other.example:8536")),
    ],
)
def test_a_handle_is_a_name_and_a_host(handle: str, expected: tuple[str, str | None]) -> None:
    assert split_handle(handle, "forum.example") == expected
