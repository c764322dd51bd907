"""What other servers tell of their people and communities, read into typed values.

Texts are Markdown, cut to what we keep; addresses are ids, checked by whoever read them.
"""

from typing import NamedTuple

from .time import Time


class RemoteActor(NamedTuple):
    """What all actors have. `host` is that of the id, in lower case, with a port if it has one."""

    ap_id: str
    host: str
    name: str
    display_name: str | None
    text: str | None
    icon: str | None
    banner: str | None
    inbox: str
    shared_inbox: str | None
    public_pem: str
    created_at: Time | None
    updated_at: Time | None


class RemotePerson(NamedTuple):
    """A person of another server."""

    actor: RemoteActor
    bot: bool = False
    matrix_user_id: str | None = None
    moved_to: str | None = None


class RemoteCommunity(NamedTuple):
    """A community of another server; `private` ones are open to those who were let in."""

    actor: RemoteActor
    nsfw: bool = False
    restricted_to_mods: bool = False
    private: bool = False
    unlisted: bool = False
    followers: str | None = None
    moderators: str | None = None
    featured: str | None = None


class RemoteSite(NamedTuple):
    """The actor of another server itself."""

    actor: RemoteActor
