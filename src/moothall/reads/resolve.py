"""What an address or a handle means to a viewer, among the things that are stored here."""

from collections.abc import Callable

from moothall.domain.address import OwnAddress, own_address
from moothall.domain.errors import NotFound
from moothall.domain.ids import CommentId, CommunityId, PersonId, PostId
from moothall.domain.search import Found
from moothall.domain.user import Viewer
from moothall.domain.visibility import is_there
from moothall.storage.address import find_by_address
from moothall.storage.transaction import Transaction

from .comment import get_comment
from .community import get_community
from .post import get_post
from .user import get_profile

_MISSING = "couldnt_find_object"


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
    own = own_address(tx.home, url)
    if own is not None:
        return _OWN[own.kind](tx, viewer, own)
    stored = find_by_address(tx.conn, url)
    return _by_id(tx, viewer, *stored) if stored else _nothing()


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


def _own_thing(tx: Transaction, viewer: Viewer | None, own: OwnAddress) -> Found:
    return _nothing() if own.number is None else _by_id(tx, viewer, own.kind, own.number)


_OWN: dict[str, Callable[[Transaction, Viewer | None, OwnAddress], Found]] = {
    "u": lambda tx, viewer, own: _person(tx, viewer, own.name),
    "c": lambda tx, viewer, own: _community(tx, viewer, own.name),
    "post": _own_thing,
    "comment": _own_thing,
}


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
        if thing is not None and not is_there(thing):
            return True
    return False
