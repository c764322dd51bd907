"""Lines and records say the same, and hostile lines are refused with a reason."""

from typing import get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.archive.records import (
    LINES,
    BadLine,
    Id,
    Line,
    Moment,
    Pixels,
    decode,
    decode_header,
    encode,
    encode_header,
)
from moothall.domain.archive import (
    KINDS,
    CommunityRecord,
    PersonRecord,
    PostRecord,
    Record,
    VoteRecord,
)
from moothall.domain.time import Time, to_datetime


@pytest.mark.parametrize(("record", "line"), LINES.items(), ids=lambda each: each.__name__)
def test_a_line_has_the_fields_of_its_record(record: type[Record], line: type[Line]) -> None:
    assert line.__struct_fields__ == record._fields
    assert line.__struct_config__.tag == KINDS[record]
    fields = line.__struct_fields__
    defaults = line.__struct_defaults__
    given_last = dict(zip(fields[len(fields) - len(defaults) :], defaults, strict=True))
    assert given_last == record._field_defaults


def test_each_kind_of_value_has_its_bounds() -> None:
    post = get_type_hints(LINES[PostRecord], include_extras=True)
    assert (post["id"], post["community"], post["creator"]) == (Id, Id, Id)
    assert (post["created"], post["updated"]) == (Moment, Moment | None)
    assert (post["image_width"], post["nsfw"]) == (Pixels | None, bool)
    assert get_type_hints(LINES[CommunityRecord])["languages"] == tuple[str, ...]
    assert get_type_hints(LINES[VoteRecord], include_extras=True)["score"] is int


@given(
    created=st.integers(0, 253_402_300_799_999_999).map(Time),
    updated=st.none() | st.integers(0, 253_402_300_799_999_999).map(Time),
    bio=st.none() | st.text(st.characters(exclude_categories=["Cs"])),
    bot=st.booleans(),
)
def test_a_record_survives_its_line(
    created: Time, updated: Time | None, bio: str | None, bot: bool
) -> None:
    record = PersonRecord(1, "ann", created, bio=bio, bot=bot, updated=updated)
    text = encode(record)
    assert decode(text) == record
    assert b"\n" not in text


def test_only_what_is_not_the_default_is_written() -> None:
    record = VoteRecord(1, -1, Time(1_772_366_400_000_001), comment=2)
    assert encode(record) == (
        b'{"type":"vote","person":1,"score":-1,"created":"2026-03-01T12:00:00.000001Z","comment":2}'
    )
    assert to_datetime(record.created).isoformat() == "2026-03-01T12:00:00.000001+00:00"


def test_the_header_survives() -> None:
    assert decode_header(encode_header()).version == 1


VOTE = '{"type":"vote","person":1,"score":1,"post":1,"created":"2026-01-01T00:00:00Z"'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param(b"", "truncated", id="empty"),
        pytest.param(b"hello", "malformed", id="no JSON"),
        pytest.param(b"[]", "Expected `object`", id="a list"),
        pytest.param(b'{"person":1}', "missing required field `type`", id="no type"),
        pytest.param(b'{"type":"report"}', "Invalid value 'report'", id="unknown type"),
        pytest.param(b'{"type":"vote"}', "missing required field `person`", id="missing field"),
        pytest.param(f'{VOTE},"x":1}}'.encode(), "unknown field `x`", id="unknown field"),
        pytest.param(f'{VOTE},"comment":"1"}}'.encode(), "Expected `int", id="text for number"),
        pytest.param(f'{VOTE},"comment":0}}'.encode(), ">= 1", id="number too small"),
        pytest.param(f'{VOTE},"comment":1e400}}'.encode(), "Number out of range", id="infinite"),
        pytest.param(
            f'{VOTE},"comment":{2**63}}}'.encode(), "<= 9007199254740991", id="number too large"
        ),
        pytest.param(VOTE.replace("Z", "").encode() + b"}", "timezone", id="no zone"),
        pytest.param(VOTE.replace("-01-01", "-13-01").encode() + b"}", "RFC3339", id="month 13"),
        pytest.param(b'{"x":' + b"[" * 500_000, "recursion", id="deep nesting"),
        pytest.param(b'{"type":"person","id":1,"name":"\xff"', "", id="no UTF-8"),
        pytest.param(b'{"type":"person","id":1,"name":"\\ud800"', "", id="half a character"),
    ],
)
def test_a_bad_line_is_refused_with_a_reason(text: bytes, reason: str) -> None:
    with pytest.raises(BadLine) as refused:
        decode(text)
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    "text", [b"", b"{}", b'{"type":"person"}', b'{"type":"archive"}', b"[" * 999_999]
)
def test_what_is_no_header_is_refused(text: bytes) -> None:
    with pytest.raises(BadLine):
        decode_header(text)
