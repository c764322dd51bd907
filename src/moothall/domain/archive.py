"""What an archive holds: people, communities, what they wrote and how they voted, with its times.

Records name each other by numbers that mean something in their archive only. The checks here are
pure; whether a reference exists is for the import to find out.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from .account import MAX_BIO
from .community import Visibility
from .errors import ForumError, Invalid
from .languages import LANGUAGES
from .names import check_name
from .text import length
from .time import HOUR, Time

MAX_NAME = 255
MAX_LINE = 255
"""UTF-16 units of a display name, a community's title, an embed's title."""
MAX_TITLE = 200
MAX_POST_BODY = 50_000
MAX_BODY = 10_000
MAX_ALT_TEXT = 1_500
MAX_URL = 2_000
# How far ahead of ours the clock of another machine may be.
_CLOCK_SKEW = HOUR
_LANGUAGE_CODES = frozenset(language.code for language in LANGUAGES)
_NAME_ENDS = frozenset("@/:#?! \t\r\n")


class PersonRecord(NamedTuple):
    """Somebody who wrote or voted; `host` None for people of the forum itself."""

    id: int
    name: str
    created: Time
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
    ban_expires: Time | None = None
    updated: Time | None = None


class CommunityRecord(NamedTuple):
    """A community; `host` None for those of the forum itself; no languages: those of the site."""

    id: int
    name: str
    title: str
    created: Time
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
    visibility: str = Visibility.PUBLIC.value
    languages: tuple[str, ...] = ()
    updated: Time | None = None


class ModeratorRecord(NamedTuple):
    """A member of a community's team, the highest first."""

    community: int
    person: int
    created: Time


class FollowRecord(NamedTuple):
    """Somebody's subscription."""

    community: int
    person: int
    created: Time
    pending: bool = False


class PostRecord(NamedTuple):
    """A post, whatever its state."""

    id: int
    community: int
    creator: int
    name: str
    created: Time
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
    image_width: int | None = None
    image_height: int | None = None
    updated: Time | None = None


class CommentRecord(NamedTuple):
    """A comment, whatever its state; `parent` is an earlier comment of the same post."""

    id: int
    post: int
    creator: int
    content: str
    created: Time
    parent: int | None = None
    language: str = "und"
    deleted: bool = False
    removed: bool = False
    distinguished: bool = False
    ap_id: str | None = None
    updated: Time | None = None


class VoteRecord(NamedTuple):
    """A vote, 1 or -1, on a post or a comment: exactly one of them is given."""

    person: int
    score: int
    created: Time
    post: int | None = None
    comment: int | None = None


Record: TypeAlias = (
    PersonRecord
    | CommunityRecord
    | ModeratorRecord
    | FollowRecord
    | PostRecord
    | CommentRecord
    | VoteRecord
)

KINDS: dict[type[Record], str] = {
    PersonRecord: "person",
    CommunityRecord: "community",
    ModeratorRecord: "moderator",
    FollowRecord: "follow",
    PostRecord: "post",
    CommentRecord: "comment",
    VoteRecord: "vote",
}


class Numbered(NamedTuple):
    """A record and the line where it stands."""

    line: int
    record: Record


class Problem(NamedTuple):
    """Why a line was skipped."""

    line: int
    reason: str


class ImportRun(NamedTuple):
    """How far the import of an archive has come; kept in the database, so that it can go on.

    `phase` is one of `IMPORT_PHASES`, `place` where in it; `stored` counts records by kind.
    """

    id: int
    phase: str
    line: int
    place: int
    bad_lines: int
    stored: dict[str, int]


IMPORT_PHASES = (
    "records",
    "activity",
    "comments",
    "posts",
    "people",
    "communities",
    "site",
    "map",
    "done",
)
"""In this order: a post's rank needs its community's activity, sums need the figures of posts."""


def check_record(record: Record, now: Time) -> None:
    """Refuse what no forum could hold.

    Raises Invalid `bad_field`, its message naming the field and what is the matter.
    """
    _check_times(record, now)
    _CHECKS[type(record)](record)


def _refuse(field: str, reason: str) -> ForumError:
    return Invalid("bad_field", f"{field}: {reason}")


def _check_times(record: Record, now: Time) -> None:
    for name in ("created", "updated"):
        moment = getattr(record, name, None)
        if moment is not None and not 0 <= moment <= now + _CLOCK_SKEW:
            raise _refuse(name, "before 1970 or in the future")


def _check_text(record: Record, limits: dict[str, int]) -> None:
    for name, limit in limits.items():
        text = getattr(record, name)
        if text is not None and length(text) > limit:
            raise _refuse(name, f"longer than {limit:,} characters")


def _check_actor(record: PersonRecord | CommunityRecord) -> None:
    if record.host is None:
        try:
            check_name(record.name, MAX_NAME)
        except Invalid:
            raise _refuse("name", "letters of one alphabet, digits and _, at least three") from None
    elif not 1 <= length(record.name) <= MAX_NAME or not _NAME_ENDS.isdisjoint(record.name):
        raise _refuse("name", "1 to 255 characters without spaces, @ or /")
    if record.host is not None and (not 1 <= len(record.host) <= MAX_NAME or "/" in record.host):
        raise _refuse("host", "a host name, perhaps with a port")


_PERSON_LIMITS = {
    "display_name": MAX_LINE,
    "bio": MAX_BIO,
    "matrix_user_id": MAX_LINE,
    "avatar": MAX_URL,
    "banner": MAX_URL,
    "ap_id": MAX_URL,
}
_COMMUNITY_LIMITS = {
    "title": MAX_LINE,
    "description": MAX_BODY,
    "icon": MAX_URL,
    "banner": MAX_URL,
    "ap_id": MAX_URL,
}
_POST_LIMITS = {
    "name": MAX_TITLE,
    "url": MAX_URL,
    "body": MAX_POST_BODY,
    "alt_text": MAX_ALT_TEXT,
    "ap_id": MAX_URL,
    "thumbnail_url": MAX_URL,
    "embed_title": MAX_BODY,
    "embed_description": MAX_BODY,
    "embed_video_url": MAX_URL,
    "url_content_type": MAX_LINE,
}
_COMMENT_LIMITS = {"content": MAX_BODY, "ap_id": MAX_URL}
# The last two are only known of remote communities, and nobody outside sees those.
_VISIBILITIES = (*[each.value for each in Visibility], "Private", "Unlisted")
_MAX_PIXELS = 2**31 - 1


def _check_person(record: PersonRecord) -> None:
    _check_actor(record)
    _check_text(record, _PERSON_LIMITS)
    if record.ban_expires is not None and record.ban_expires < 0:
        raise _refuse("ban_expires", "before 1970")


def _check_community(record: CommunityRecord) -> None:
    _check_actor(record)
    _check_text(record, _COMMUNITY_LIMITS)
    if not record.title.strip():
        raise _refuse("title", "empty")
    if record.visibility not in _VISIBILITIES:
        raise _refuse("visibility", "one of " + ", ".join(_VISIBILITIES))
    for code in record.languages:
        _check_language(code)


def _check_language(code: str) -> None:
    if code not in _LANGUAGE_CODES:
        raise _refuse("language", "no ISO 639-1 code")


def _check_post(record: PostRecord) -> None:
    _check_text(record, _POST_LIMITS)
    _check_language(record.language)
    if not record.name.strip() or len(record.name.splitlines()) > 1:
        raise _refuse("name", "empty or more than one line")
    for name in ("image_width", "image_height"):
        if not 0 <= (getattr(record, name) or 0) <= _MAX_PIXELS:
            raise _refuse(name, "no number of pixels")


def _check_comment(record: CommentRecord) -> None:
    _check_text(record, _COMMENT_LIMITS)
    _check_language(record.language)


def _check_vote(record: VoteRecord) -> None:
    if record.score not in {1, -1}:
        raise _refuse("score", "1 or -1")
    if (record.post is None) == (record.comment is None):
        raise _refuse("post, comment", "exactly one of them")


def _check_nothing(_record: Record) -> None:
    pass


_CHECKS: dict[type[Record], Callable[..., None]] = {
    PersonRecord: _check_person,
    CommunityRecord: _check_community,
    ModeratorRecord: _check_nothing,
    FollowRecord: _check_nothing,
    PostRecord: _check_post,
    CommentRecord: _check_comment,
    VoteRecord: _check_vote,
}
