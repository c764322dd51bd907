"""Keeping what other servers tell of their people and communities.

Who calls this has made sure that it was told by the server to which the id belongs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moothall.domain.actor import Subject
from moothall.domain.errors import Conflict, ForumError, NotAllowed
from moothall.domain.ids import CommunityId, PersonId
from moothall.domain.remote import RemoteActor, RemoteCommunity, RemotePerson
from moothall.domain.visibility import PRIVATE, UNLISTED
from moothall.storage import remote_actor as rows
from moothall.storage.transaction import Transaction

from .text import MAX_BODY, prepare_body, prepare_picture, refuse_slurs

_PUBLIC = "Public"


def store_person(tx: Transaction, told: RemotePerson) -> PersonId:
    """Add a person of another server, or take over what has changed.

    Of who was deleted or purged here nothing comes back. Raises NotAllowed, Conflict.
    """
    text, html = _text(tx, told.actor.text)
    values = _common(tx, told.actor) | {
        "display_name": _clean_name(tx, told.actor.display_name),
        "bio": text,
        "bio_html": html,
        "avatar": _picture(tx, told.actor.icon),
        "matrix_user_id": told.matrix_user_id,
        "bot": told.bot,
        "moved_to": told.moved_to,
    }
    with _names_are_unique():
        person_id = rows.store_person(tx.conn, values)
    _set_key(tx, "person", person_id, told.actor)
    return person_id


def store_community(tx: Transaction, told: RemoteCommunity) -> CommunityId:
    """Add a community of another server, or take over what has changed.

    Raises as `store_person` does.
    """
    text, html = _text(tx, told.actor.text)
    values = _common(tx, told.actor) | {
        "title": _clean_name(tx, told.actor.display_name) or told.actor.name,
        "description": text,
        "description_html": html,
        "icon": _picture(tx, told.actor.icon),
        "nsfw": told.nsfw,
        "posting_restricted_to_mods": told.restricted_to_mods,
        "visibility": PRIVATE if told.private else UNLISTED if told.unlisted else _PUBLIC,
        "followers_url": told.followers,
        "moderators_url": told.moderators,
        "featured_url": told.featured,
    }
    with _names_are_unique():
        community_id = rows.store_community(tx.conn, values)
    _set_key(tx, "community", community_id, told.actor)
    return community_id


@contextmanager
def _names_are_unique() -> Iterator[None]:
    try:
        yield
    except rows.NameTaken:
        raise Conflict("user_already_exists", "its server gave this name to another") from None


def _common(tx: Transaction, actor: RemoteActor) -> dict[str, Any]:
    if actor.host == tx.home.domain.lower():
        raise NotAllowed("not_a_local_actor", "it would be one of our own")
    # No clock of another server makes somebody come from the future.
    born = min(actor.created_at or tx.now, tx.now)
    return {
        "instance_id": rows.instance_of(tx.conn, actor.host, tx.now),
        "name": actor.name,
        "name_key": actor.name.lower(),
        "banner": _picture(tx, actor.banner),
        "local": False,
        "ap_id": actor.ap_id,
        "inbox_url": actor.inbox,
        "shared_inbox_url": actor.shared_inbox,
        "created_at": born,
        "updated_at": actor.updated_at,
        "refreshed_at": tx.now,
    }


def _set_key(tx: Transaction, subject: Subject, subject_id: int, actor: RemoteActor) -> None:
    rows.set_public_key(tx.conn, subject, subject_id, actor.public_pem, tx.now)


def _text(tx: Transaction, text: str | None) -> tuple[str | None, str | None]:
    """A description as we keep it; one that breaks a rule of ours is left out."""
    if text is None:
        return None, None
    try:
        return prepare_body(tx, text, MAX_BODY)
    except ForumError:
        return None, None


def _picture(tx: Transaction, url: str | None) -> str | None:
    if url is None:
        return None
    try:
        return prepare_picture(tx, url, check_blocked=True)
    except ForumError:
        return None


def _clean_name(tx: Transaction, name: str | None) -> str | None:
    if name is None:
        return None
    try:
        refuse_slurs(tx, name)
    except ForumError:
        return None
    return name
