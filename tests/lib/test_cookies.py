"""Reading cookies, also between those that nobody else can read."""

import pytest

from moothall.lib.cookies import cookie


@pytest.mark.parametrize(
    ("header", "value"),
    [
        (b"session=abc", "abc"),
        (b"a=b; session=abc; c=d", "abc"),
        (b"a=b;session=abc", "abc"),
        (b'session="abc"', "abc"),
        (b"session=a=b", "a=b"),
        (b"session=", ""),
        (b"session=first; session=second", "first"),
        (b'prefs={"a": "b c"}; session=abc; x', "abc"),
        (b"\xff\xfe=\xff; session=abc", "abc"),
        (b"x session=abc", None),
        (b"xsession=abc; sessionx=abc; session", None),
        (b"", None),
    ],
)
def test_one_cookie_is_found_whatever_stands_around_it(header: bytes, value: str | None) -> None:
    assert cookie(header, b"session") == value
