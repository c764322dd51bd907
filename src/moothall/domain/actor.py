"""Actors of this server as other servers are told of them, and what is told of what is gone."""

from typing import Literal, NamedTuple

from .comment import CommentView
from .community import CommunityTeam
from .ids import LanguageId
from .post import PostView
from .user import PersonView

Subject = Literal["person", "community", "site"]
"""The kinds of actors. There is one site, and its number is 1."""


class StoredKey(NamedTuple):
    """An actor's pair of keys as PEM."""

    public_pem: str
    private_pem: str


class Gone(NamedTuple):
    """It was here and is no longer: deleted by its author, or removed.

    `name` is that of an actor, as it was written.
    """

    name: str = ""


class Elsewhere(NamedTuple):
    """A copy of something that another server keeps, at this address."""

    url: str


class PersonActor(NamedTuple):
    """A local person; no key where none was made yet."""

    view: PersonView
    public_pem: str | None


class GroupActor(NamedTuple):
    """A local community; no language ids: all those of the site."""

    team: CommunityTeam
    language_ids: list[LanguageId]
    public_pem: str | None


class Mentioned(NamedTuple):
    """Somebody whom a text names: their handle with its sign, and their id."""

    handle: str
    ap_id: str


class PostObject(NamedTuple):
    """A post with what its document needs beside it."""

    view: PostView
    mentions: list[Mentioned]


class CommentObject(NamedTuple):
    """A comment with what its document needs beside it.

    `answers` is the id of the comment or post above, `answered` who wrote that.
    """

    view: CommentView
    answers: str
    answered: str
    mentions: list[Mentioned]
