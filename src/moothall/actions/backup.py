"""Taking over settings and lists that somebody brings along from another account.

The settings change at once. The lists follow as jobs, a slice each: an entry that is not known
here, or that its owner may not see, is passed over, and one that is there already stays.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

from moothall.domain.address import own_address
from moothall.domain.backup import MAX_ENTRIES, Lists, Restore
from moothall.domain.errors import ForumError, Invalid
from moothall.domain.ids import (
    AccountId,
    CommentId,
    CommunityId,
    PersonId,
    PostId,
    SessionId,
)
from moothall.domain.user import Viewer
from moothall.storage import account as accounts
from moothall.storage import community as communities
from moothall.storage import jobs
from moothall.storage import user as users
from moothall.storage.address import find_by_address
from moothall.storage.block import find_instance
from moothall.storage.transaction import Transaction

from .comment import save_comment
from .community import block_community, follow_community
from .post import save_post
from .settings import save_settings
from .user import block_instance, block_person

JOB = "import_list"
SLICE = 100
"""Entries of one job: the writer is held for some milliseconds only."""


def import_settings(tx: Transaction, viewer: Viewer, restore: Restore) -> None:
    """Take over settings at once and lists soon.

    Raises Invalid `too_many_items` for more than 10,000 entries, and what `save_settings` raises.
    """
    lists = asdict(restore.lists)
    if sum(len(each) for each in lists.values()) > MAX_ENTRIES:
        raise Invalid("too_many_items", f"at most {MAX_ENTRIES} entries in all lists together")
    save_settings(tx, viewer, restore.settings)
    for name, entries in lists.items():
        for piece in _slices(entries):
            payload = {"account_id": viewer.account_id, "name": name, "entries": piece}
            jobs.add(tx.conn, JOB, payload, tx.now)


def _slices(entries: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(entries), SLICE):
        yield entries[start : start + SLICE]


def continue_import(tx: Transaction, payload: dict[str, Any]) -> None:
    """The job: one slice of one list. Nothing happens for an account that is gone or banned."""
    viewer = _viewer(tx, AccountId(payload["account_id"]))
    if viewer is None:
        return
    take_over = _TAKE_OVER[payload["name"]]
    for entry in payload["entries"]:
        try:
            take_over(tx, viewer, entry)
        except ForumError:
            # Checked before anything is written, so what stands beside it is not touched.
            continue


def _viewer(tx: Transaction, account_id: AccountId) -> Viewer | None:
    """The owner of an account, without a session, as far as single things need to know them."""
    view = accounts.get_account_view(tx.conn, account_id)
    if view is None or view.person.deleted or view.person.banned:
        return None
    known = {
        **view.person._asdict(),
        **view.account._asdict(),
        "account_id": account_id,
        "session_id": SessionId(0),
        "session_used_at": tx.now,
        "moderates": False,
        "limits_languages": False,
    }
    return Viewer(**{name: known[name] for name in Viewer._fields})


def _follow(tx: Transaction, viewer: Viewer, entry: str) -> None:
    found = _id_of(tx, entry, "community")
    if found is not None:
        follow_community(tx, viewer.doer, CommunityId(found), follow=True)


def _block_community(tx: Transaction, viewer: Viewer, entry: str) -> None:
    found = _id_of(tx, entry, "community")
    if found is not None:
        block_community(tx, viewer, CommunityId(found), block=True)


def _block_person(tx: Transaction, viewer: Viewer, entry: str) -> None:
    found = _id_of(tx, entry, "person")
    if found is not None:
        block_person(tx, viewer, PersonId(found), block=True)


def _block_instance(tx: Transaction, viewer: Viewer, entry: str) -> None:
    found = find_instance(tx.conn, entry)
    if found is not None:
        block_instance(tx, viewer, found.id, block=True)


def _save_post(tx: Transaction, viewer: Viewer, entry: str) -> None:
    found = _id_of(tx, entry, "post")
    if found is not None:
        save_post(tx, viewer, PostId(found), save=True)


def _save_comment(tx: Transaction, viewer: Viewer, entry: str) -> None:
    found = _id_of(tx, entry, "comment")
    if found is not None:
        save_comment(tx, viewer, CommentId(found), save=True)


_TAKE_OVER: dict[str, Callable[[Transaction, Viewer, str], None]] = {
    "followed_communities": _follow,
    "blocked_communities": _block_community,
    "blocked_users": _block_person,
    "blocked_instances": _block_instance,
    "saved_posts": _save_post,
    "saved_comments": _save_comment,
}
if set(_TAKE_OVER) != set(Lists.__dataclass_fields__):
    raise AssertionError("a list of an export that nobody takes over")


def _id_of(tx: Transaction, entry: str, kind: str) -> int | None:
    """The id of the thing of this kind that an address names, None for what is not here."""
    own = own_address(tx.home, entry)
    if own is None:
        found = find_by_address(tx.conn, entry)
        return found[1] if found is not None and found[0] == kind else None
    if own.kind in ("post", "comment"):
        return own.number if own.kind == kind else None
    if own.kind == "c" and kind == "community":
        community = communities.find_community(tx.conn, own.name, None)
        return None if community is None else community.id
    if own.kind == "u" and kind == "person":
        person = users.find_person(tx.conn, own.name, None)
        return None if person is None else person.id
    return None
