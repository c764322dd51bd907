"""The lines of an archive as they are on the wire, and the values that they stand for.

Each line is a flat object whose `type` says what it is. Only what differs from the default is
written. The fields are those of `domain.archive`, in the same order; only times differ.
"""

from datetime import datetime
from typing import Annotated, Any, TypeAlias

import msgspec

from moothall.domain import archive as domain
from moothall.domain.time import from_datetime, to_datetime

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


class Person(Line, tag="person", frozen=True):
    id: Id
    name: str
    created: Moment
    host: str | None = None
    ap_id: str | None = None
    display_name: str | None = None
    bio: str | None = None
    avatar: str | None = None
    banner: str | None = None
    matrix_user_id: str | None = None
    bot: bool = False
    deleted: bool = False
    banned: bool = False
    ban_expires: Moment | None = None
    updated: Moment | None = None


class Community(Line, tag="community", frozen=True):
    id: Id
    name: str
    title: str
    created: Moment
    host: str | None = None
    ap_id: str | None = None
    description: str | None = None
    icon: str | None = None
    banner: str | None = None
    nsfw: bool = False
    deleted: bool = False
    removed: bool = False
    hidden: bool = False
    restricted: bool = False
    visibility: str = "Public"
    languages: tuple[str, ...] = ()
    updated: Moment | None = None


class Moderator(Line, tag="moderator", frozen=True):
    community: Id
    person: Id
    created: Moment


class Follow(Line, tag="follow", frozen=True):
    community: Id
    person: Id
    created: Moment
    pending: bool = False


class Post(Line, tag="post", frozen=True):
    id: Id
    community: Id
    creator: Id
    name: str
    created: Moment
    url: str | None = None
    body: str | None = None
    alt_text: str | None = None
    language: str = "und"
    nsfw: bool = False
    deleted: bool = False
    removed: bool = False
    locked: bool = False
    featured_community: bool = False
    featured_local: bool = False
    ap_id: str | None = None
    thumbnail_url: str | None = None
    embed_title: str | None = None
    embed_description: str | None = None
    embed_video_url: str | None = None
    url_content_type: str | None = None
    image_width: Pixels | None = None
    image_height: Pixels | None = None
    updated: Moment | None = None


class Comment(Line, tag="comment", frozen=True):
    id: Id
    post: Id
    creator: Id
    content: str
    created: Moment
    parent: Id | None = None
    language: str = "und"
    deleted: bool = False
    removed: bool = False
    distinguished: bool = False
    ap_id: str | None = None
    updated: Moment | None = None


class Vote(Line, tag="vote", frozen=True):
    person: Id
    score: int
    created: Moment
    post: Id | None = None
    comment: Id | None = None


PAIRS: tuple[tuple[type[Line], type[domain.Record]], ...] = (
    (Person, domain.PersonRecord),
    (Community, domain.CommunityRecord),
    (Moderator, domain.ModeratorRecord),
    (Follow, domain.FollowRecord),
    (Post, domain.PostRecord),
    (Comment, domain.CommentRecord),
    (Vote, domain.VoteRecord),
)
_RECORDS = dict(PAIRS)
_LINES = {record: line for line, record in PAIRS}
_TIMES = {"created", "updated", "ban_expires"}

_header = msgspec.json.Decoder(Header)
_line = msgspec.json.Decoder(Person | Community | Moderator | Follow | Post | Comment | Vote)
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
    return _encoder.encode(_LINES[type(record)](**values))
