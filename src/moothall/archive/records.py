"""The lines of an archive as they are on the wire, and the values that they stand for.

Each line is a flat object whose `type` says what it is. Only what differs from the default is
written. The fields are those of `domain.archive`, from which the lines are made: numbers have their
bounds here, and times another form.
"""

import functools
import operator
from datetime import datetime
from types import NoneType
from typing import Annotated, Any, TypeAlias, cast, get_args, get_type_hints

import msgspec

from moothall.domain import archive as domain
from moothall.domain.time import Time, from_datetime, to_datetime

VERSION = 1

Id: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]
Moment: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
Pixels: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class Line(
    msgspec.Struct, tag_field="type", omit_defaults=True, forbid_unknown_fields=True, frozen=True
):
    """What all lines share."""


class Header(msgspec.Struct, tag_field="type", tag="archive", frozen=True):
    """The first line."""

    version: int


_REFERENCES = frozenset({"id", "community", "person", "creator", "post", "comment", "parent"})
_PIXELS = frozenset({"image_width", "image_height"})


def _line_of(record: type[domain.Record], tag: str) -> type[Line]:
    """The line of a kind of record: the same fields and defaults, with the types of the wire."""
    fields: list[Any] = []
    for name, kind in get_type_hints(record).items():
        field = (name, _wire_type(name, kind))
        has_default = name in record._field_defaults
        fields.append((*field, record._field_defaults[name]) if has_default else field)
    name = record.__name__.removesuffix("Record")
    line = msgspec.defstruct(name, fields, bases=(Line,), tag=tag, module=__name__, frozen=True)
    return cast(type[Line], line)


def _wire_type(name: str, kind: Any) -> Any:
    may_lack = NoneType in get_args(kind)
    plain = next((each for each in get_args(kind) if each is not NoneType), kind)
    if plain is Time:
        plain = Moment
    elif name in _REFERENCES:
        plain = Id
    elif name in _PIXELS:
        plain = Pixels
    else:
        return kind
    return plain | None if may_lack else plain


LINES = {record: _line_of(record, tag) for record, tag in domain.KINDS.items()}
_RECORDS = {line: record for record, line in LINES.items()}
_TIMES = {"created", "updated", "ban_expires"}

_header = msgspec.json.Decoder(Header)
_any_line: Any = functools.reduce(operator.or_, _RECORDS)
_line: msgspec.json.Decoder[Line] = msgspec.json.Decoder(_any_line)
_encoder = msgspec.json.Encoder()


class BadLine(Exception):
    """The text is no line of an archive; says why."""


def decode_header(text: bytes) -> Header:
    """Read the first line. Raises BadLine."""
    try:
        return _header.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadLine(str(error)) from None


def decode(text: bytes) -> domain.Record:
    """Read any other line. Raises BadLine."""
    try:
        line = _line.decode(text)
        values = msgspec.structs.astuple(line)
        return _RECORDS[type(line)]._make(map(_value, values))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError) as error:
        raise BadLine(str(error)) from None


def _value(value: Any) -> Any:
    return from_datetime(value) if type(value) is datetime else value


def encode_header() -> bytes:
    """The first line of what we write."""
    return _encoder.encode(Header(VERSION))


def encode(record: domain.Record) -> bytes:
    """The line of a record, without its end."""
    values = record._asdict()
    for name in _TIMES & values.keys():
        moment = values[name]
        values[name] = None if moment is None else to_datetime(moment)
    return _encoder.encode(LINES[type(record)](**values))
