"""The HTML face as handlers for the framework."""

from collections.abc import Iterator

from litestar import route
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, Method, Scope

from moothall.forum import Forum

from . import (
    account,
    act,
    admin,
    ban,
    comment,
    community,
    discovery,
    feed,
    membership,
    moderation,
    modlog,
    notification,
    post,
    private_message,
    purge,
    report,
    search,
    second_factor,
    settings,
    site,
    site_settings,
    user,
)
from .page import Pages, Route
from .parts import Parts
from .serve import Web

SUBJECTS: tuple[Pages, ...] = (
    site.pages,
    community.pages,
    membership.pages,
    post.pages,
    comment.pages,
    act.pages,
    search.pages,
    user.pages,
    account.pages,
    settings.pages,
    second_factor.pages,
    admin.pages,
    site_settings.pages,
    notification.pages,
    private_message.pages,
    moderation.pages,
    ban.pages,
    report.pages,
    modlog.pages,
    purge.pages,
    feed.pages,
    discovery.pages,
)

# Those that no page has are refused by a page of ours.
_METHODS: tuple[Method, ...] = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def all_routes() -> Iterator[Route]:
    """Every page of every subject."""
    for pages in SUBJECTS:
        yield from pages


def build(forum: Forum, parts: Parts) -> list[HTTPRouteHandler]:
    """The handler of all addresses that no other face declares; starting fails on a wrong table."""
    web = Web(all_routes(), forum, parts)

    # An ASGI handler cannot have a path of variable length, a mount on "/" would hide the other
    # faces; so it is a handler of requests that passes on what it is given.
    @route(["/", "/{rest:path}"], http_method=_METHODS)
    async def serve_pages(
        scope: Scope,  # noqa: ARG001 — spares the framework making a request object
    ) -> ASGIApp:
        return web

    return [serve_pages]
