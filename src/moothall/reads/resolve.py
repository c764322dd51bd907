"""What an address or a handle means to a viewer, among the things that are stored here."""

import re
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from moothall.domain.errors import NotFound
from moothall.domain.ids import CommentId, CommunityId, PersonId, PostId
from moothall.domain.search import Found
from moothall.domain.user import Viewer
from moothall.storage.address import find_by_address
from moothall.storage.transaction import Transaction

from .comment import get_comment
from .community import get_community
from .post import get_post
from .user import get_profile

_MISSING = "couldnt_find_object"
_LOCAL_PATH = re.compile(r"/(u|c|post|comment)/([^/]+)/?")
_MAX_DIGITS = 9


def resolve_object(tx: Transaction, viewer: Viewer | None, text: str) -> Found:
    """The thing that an address, `@name@host` or `!name@host` means; the sign may be missing.

    Raises NotFound `couldnt_find_object`; for what was deleted or removed with `by_name`.
    """
    wanted = text.strip()
    try:
        found = _by_url(tx, viewer, wanted) if "://" in wanted else _by_handle(tx, viewer, wanted)
    except NotFound:
        raise NotFound(_MISSING) from None
    if _is_gone(found):
        raise NotFound(_MISSING, by_name=True)
    return found


def _by_url(tx: Transaction, viewer: Viewer | None, url: str) -> Found:
    path = _local_path(tx, url)
    if path is not None:
        match = _LOCAL_PATH.fullmatch(path)
        return _NAMED[match[1]](tx, viewer, unquote(match[2])) if match else _nothing()
    stored = find_by_address(tx.conn, url)
    return _by_id(tx, viewer, *stored) if stored else _nothing()


def _local_path(tx: Transaction, url: str) -> str | None:
    """The path of an address of ours, None for others' and for what is no address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    is_ours = parts.scheme in ("http", "https") and parts.netloc.lower() == tx.home.domain.lower()
    return parts.path if is_ours else None


def _by_handle(tx: Transaction, viewer: Viewer | None, handle: str) -> Found:
    if handle.startswith("!"):
        return _community(tx, viewer, handle)
    if handle.startswith("@"):
        return _person(tx, viewer, handle)
    try:
        return _person(tx, viewer, handle)
    except NotFound:
        return _community(tx, viewer, handle)


def _person(tx: Transaction, viewer: Viewer | None, handle: str) -> Found:
    return Found(person=get_profile(tx, viewer, name=handle))


def _community(tx: Transaction, viewer: Viewer | None, handle: str) -> Found:
    return Found(community=get_community(tx, viewer, name=handle))


def _post(tx: Transaction, viewer: Viewer | None, number: str) -> Found:
    return _by_id(tx, viewer, "post", _number(number))


def _comment(tx: Transaction, viewer: Viewer | None, number: str) -> Found:
    return _by_id(tx, viewer, "comment", _number(number))


_NAMED: dict[str, Callable[[Transaction, Viewer | None, str], Found]] = {
    "u": _person,
    "c": _community,
    "post": _post,
    "comment": _comment,
}


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS):
        raise NotFound(_MISSING)
    return int(text)


def _by_id(tx: Transaction, viewer: Viewer | None, subject: str, number: int) -> Found:
    if subject == "post":
        return Found(post=get_post(tx, viewer, PostId(number)))
    if subject == "comment":
        return Found(comment=get_comment(tx, viewer, CommentId(number)))
    if subject == "community":
        return Found(community=get_community(tx, viewer, community_id=CommunityId(number)))
    return Found(person=get_profile(tx, viewer, person_id=PersonId(number)))


def _nothing() -> Found:
    raise NotFound(_MISSING)


def _is_gone(found: Found) -> bool:
    if found.person is not None:
        return found.person.person.deleted
    for thing in (
        found.post and found.post.post,
        found.comment and found.comment.comment,
        found.community and found.community.community,
    ):
        if thing is not None and (thing.deleted or thing.removed):
            return True
    return False
