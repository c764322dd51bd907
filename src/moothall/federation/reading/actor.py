"""Actors of other servers: people, communities, and the servers themselves."""

from moothall.domain.remote import RemoteActor, RemoteCommunity, RemotePerson, RemoteSite
from moothall.lib import urls

from .document import (
    Document,
    Unreadable,
    flag,
    id_of,
    line,
    many,
    markdown,
    moment,
    need_id,
    own_id,
    picture,
    types,
)

_PEOPLE = frozenset({"Person", "Service", "Organization"})
_MAX_NAME = 255
_MAX_TEXT = 10_000
_MAX_PEM = 8_192


def read_actor(document: Document) -> RemotePerson | RemoteCommunity | RemoteSite:
    """An actor. Raises Unreadable for what is none, or lacks what we cannot do without.

    A forum account of the Organization kind is a person to us; what serves a whole server is an
    Application.
    """
    kinds = types(document)
    if "Group" in kinds:
        return _community(document)
    if "Application" in kinds:
        return RemoteSite(_actor(document))
    if _PEOPLE.intersection(kinds):
        return _person(document, is_bot="Service" in kinds)
    raise Unreadable("it is no actor")


def _person(document: Document, *, is_bot: bool) -> RemotePerson:
    return RemotePerson(
        _actor(document),
        bot=is_bot,
        matrix_user_id=line(document, "matrixUserId", _MAX_NAME),
        moved_to=id_of(document, "movedTo"),
    )


def _community(document: Document) -> RemoteCommunity:
    attributed = document.get("attributedTo")
    return RemoteCommunity(
        _actor(document),
        nsfw=flag(document, "sensitive"),
        restricted_to_mods=flag(document, "postingRestrictedToMods"),
        private=flag(document, "manuallyApprovesFollowers"),
        unlisted=document.get("discoverable") is False,
        followers=id_of(document, "followers"),
        # A list here names owners, not the collection of the team.
        moderators=id_of(document, "moderators")
        or (id_of(document, "attributedTo") if isinstance(attributed, str) else None),
        featured=id_of(document, "featured"),
    )


def _actor(document: Document) -> RemoteActor:
    ap_id = own_id(document)
    inbox = need_id(document, "inbox")
    if not urls.same_host(ap_id, inbox):
        raise Unreadable("its inbox is on another host")
    name = line(document, "preferredUsername", _MAX_NAME)
    if name is None or "@" in name or "/" in name:
        raise Unreadable("it has no name")
    return RemoteActor(
        ap_id=ap_id,
        host=urls.authority_of(ap_id),
        name=name,
        display_name=line(document, "name", _MAX_NAME),
        text=markdown(document, "summary", _MAX_TEXT),
        icon=picture(document, "icon"),
        banner=picture(document, "image"),
        inbox=inbox,
        shared_inbox=_shared_inbox(document, ap_id),
        public_pem=_public_pem(document, ap_id),
        created_at=moment(document, "published"),
        updated_at=moment(document, "updated"),
    )


def _shared_inbox(document: Document, ap_id: str) -> str | None:
    endpoints = document.get("endpoints")
    found = id_of(endpoints, "sharedInbox") if isinstance(endpoints, dict) else None
    return found if found is not None and urls.same_host(ap_id, found) else None


def _public_pem(document: Document, ap_id: str) -> str:
    for key in many(document, "publicKey"):
        if isinstance(key, dict) and key.get("owner") == ap_id:
            pem = key.get("publicKeyPem")
            if isinstance(pem, str) and 0 < len(pem) <= _MAX_PEM:
                return pem
    raise Unreadable("it has no key of its own")
