"""Documents that anybody may fetch: actors, posts, comments and the collections of a community.

They stand under the addresses of our pages; who asks for a document gets one. What a stranger may
not read is not there, what is gone is told to be gone, and of a copy we say where it comes from.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from moothall.domain.actor import Elsewhere, Gone, GroupActor
from moothall.domain.errors import ForumError, NotFound, TooMany
from moothall.domain.federation import is_open
from moothall.domain.ids import CommentId, PostId
from moothall.forum import Forum
from moothall.lib import access, page_cache
from moothall.lib.log import get_logger
from moothall.reads import actor as reads

from .answer import Answer, document, elsewhere, refusal, send_answer
from .keys import Keys
from .negotiation import wants_document
from .shapes import actor as actor_shapes
from .shapes import base, collection
from .shapes.comment import note
from .shapes.post import creation, page

log = get_logger()

AsgiApp = Callable[[Any, Any, Any], Awaitable[None]]
Handler = Callable[["Documents", str], Awaitable[Answer]]

_MAX_ID_DIGITS = 9
_MAX_PARTS = 3
_OUTBOX_POSTS = 20


class Documents:
    """Wraps the other faces: answers those who want a document, and passes on everybody else."""

    def __init__(self, app: AsgiApp, forum: Forum, keys: Keys) -> None:
        self._app = app
        self._forum = forum
        self._home = forum.home
        self._keys = keys

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        found = _find(scope)
        if found is None:
            await self._app(scope, receive, send)
            return
        template, handler, name = found
        access.name_route(scope, template)
        answer = await self._answer(handler, name)
        if answer.status == 200:
            page_cache.allow(scope)
        await send_answer(send, answer, with_body=scope["method"] == "GET")

    async def _answer(self, handler: Handler, name: str) -> Answer:
        try:
            if not is_open(await self._forum.site()):
                return refusal(404, "federation_disabled")
            return await handler(self, name)
        except TooMany as error:
            return refusal(503, error.code)
        except ForumError as error:
            return refusal(404 if isinstance(error, NotFound) else 400, error.code)
        except Exception:
            log.exception("document_failed")
            return refusal(500, "unknown")

    async def site(self, _name: str) -> Answer:
        """The site's own actor."""
        row = await self._forum.site()
        key = await self._keys.of("site", 1)
        languages = await self._forum.read(reads.list_site_languages)
        return document(actor_shapes.site(row, languages, key.public_pem, self._home))

    async def person(self, name: str) -> Answer:
        """A local person."""
        found = await self._forum.read(reads.get_person_actor, name)
        if isinstance(found, Gone):
            return _gone(self._home.person_url(found.name), "Person")
        if found.public_pem is None:
            key = await self._keys.of("person", found.view.person.id)
            found = found._replace(public_pem=key.public_pem)
        return document(actor_shapes.person(found, self._home))

    async def person_outbox(self, name: str) -> Answer:
        """Empty: what somebody writes is in the outbox of its community."""
        found = await self._forum.read(reads.get_person_actor, name)
        if isinstance(found, Gone):
            gone_id = self._home.person_url(found.name)
            return _gone(f"{gone_id}/outbox", "OrderedCollection")
        own_id = self._home.person_url(found.view.person.name)
        return document(collection.ordered(f"{own_id}/outbox", []))

    async def group(self, name: str) -> Answer:
        """A local community."""
        found = await self._forum.read(reads.get_group_actor, name)
        if isinstance(found, Gone):
            return _gone(self._home.community_url(found.name), "Group")
        if found.public_pem is None:
            key = await self._keys.of("community", found.team.view.community.id)
            found = found._replace(public_pem=key.public_pem)
        return document(actor_shapes.group(found, self._home))

    async def group_outbox(self, name: str) -> Answer:
        """The newest posts, as they were announced."""
        group = await self._group(name)
        own_id = self._group_id(group)
        posts = await self._forum.read(
            reads.list_outbox, group.team.view.community.id, _OUTBOX_POSTS
        )
        items = [collection.announced(own_id, creation(post, self._home)) for post in posts]
        return document(collection.ordered(f"{own_id}/outbox", items))

    async def group_followers(self, name: str) -> Answer:
        """How many follow, never who."""
        group = await self._group(name)
        total = group.team.view.counts.subscribers
        return document(collection.counted(f"{self._group_id(group)}/followers", total))

    async def group_moderators(self, name: str) -> Answer:
        """The team, the highest first."""
        group = await self._group(name)
        ids = [base.person_id(each.moderator, self._home) for each in group.team.moderators]
        return document(collection.ordered(f"{self._group_id(group)}/moderators", ids))

    async def group_featured(self, name: str) -> Answer:
        """The pinned posts, as whole documents."""
        group = await self._group(name)
        posts = await self._forum.read(reads.list_featured, group.team.view.community.id)
        pages = [page(post, self._home) for post in posts]
        return document(collection.ordered(f"{self._group_id(group)}/featured", pages))

    async def post(self, number: str) -> Answer:
        """A post."""
        found = await self._forum.read(reads.get_post_object, PostId(_number(number)))
        if isinstance(found, Elsewhere):
            return elsewhere(found.url)
        if isinstance(found, Gone):
            return _gone(self._home.post_url(int(number)), "Page")
        return document(page(found, self._home))

    async def comment(self, number: str) -> Answer:
        """A comment."""
        found = await self._forum.read(reads.get_comment_object, CommentId(_number(number)))
        if isinstance(found, Elsewhere):
            return elsewhere(found.url)
        if isinstance(found, Gone):
            return _gone(self._home.comment_url(int(number)), "Note")
        return document(note(found, self._home))

    async def site_outbox(self, _name: str) -> Answer:
        """Empty: the site writes nothing."""
        return document(collection.ordered(f"{self._home.base_url}/site_outbox", []))

    async def _group(self, name: str) -> GroupActor:
        found = await self._forum.read(reads.get_group_actor, name)
        if isinstance(found, Gone):
            raise NotFound("couldnt_find_community")
        return found

    def _group_id(self, group: GroupActor) -> str:
        return self._home.community_url(group.team.view.community.name)


_SINGLE: dict[str, Handler] = {"": Documents.site, "site_outbox": Documents.site_outbox}
_NAMED: dict[tuple[str, str], Handler] = {
    ("u", ""): Documents.person,
    ("u", "outbox"): Documents.person_outbox,
    ("c", ""): Documents.group,
    ("c", "outbox"): Documents.group_outbox,
    ("c", "followers"): Documents.group_followers,
    ("c", "moderators"): Documents.group_moderators,
    ("c", "featured"): Documents.group_featured,
    ("post", ""): Documents.post,
    ("comment", ""): Documents.comment,
}


def _find(scope: Any) -> tuple[str, Handler, str] | None:
    """Which document a request is for: template, handler and name; None for another face's."""
    if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
        return None
    parts = scope["path"].strip("/").split("/")
    if len(parts) > _MAX_PARTS:
        return None
    kind, name, below = (*parts, "", "")[:_MAX_PARTS]
    handler = _NAMED.get((kind, below)) if name else _SINGLE.get(kind)
    if handler is None or not wants_document(dict(scope["headers"]).get(b"accept")):
        return None
    return f"/{kind}/{{name}}/{below}" if name else f"/{kind}", handler, name


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= _MAX_ID_DIGITS):
        raise NotFound("couldnt_find_object")
    return int(text)


def _gone(own_id: str, former_type: str) -> Answer:
    return document(collection.tombstone(own_id, former_type), 410)
