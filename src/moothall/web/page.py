"""The table of pages: address, who may ask, what is counted, and the function that answers.

    pages = Pages()

    @pages.get("/post/{post_id:int}", who=Policy.PUBLIC)
    async def show_post(visit: Visit, form: ShowPost) -> Answer:
        ...

    @pages.post("/create_post", who=Policy.USER, bucket=Bucket.POST, again=show_form)
    async def create_post(visit: Visit, form: PostForm) -> Answer:
        ...

The policy has no default: a page without it does not start. The type of `form` says what is read
from the path, the query string and, for POST, the posted fields. When an expected error stops a
POST, `again(visit, form, error)` shows the form with what was typed and what is wrong.
"""

import typing
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from moothall.door import Bucket, Policy

from .answer import Answer
from .forms import Form, FormReader, Nothing

Method = Literal["GET", "POST"]
# (visit) or (visit, form)
Handler = Callable[..., Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the table."""

    method: Method
    path: str
    who: Policy
    bucket: Bucket | None
    handler: Handler
    again: Handler | None
    form: type[Form]
    read: Callable[[bytes, Mapping[str, Any]], Any]

    @property
    def has_form(self) -> bool:
        """Whether the handler takes what was read."""
        return self.form is not Nothing


Declared = typing.TypeVar("Declared", bound=Handler)


class Pages:
    """A part of the table, usually one subject."""

    def __init__(self) -> None:
        self._routes: list[Route] = []

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes)

    def get(
        self, path: str, *, who: Policy, bucket: Bucket | None = None
    ) -> Callable[[Declared], Declared]:
        """Declare a page."""
        return self._declare("GET", path, who, bucket, None)

    def post(
        self, path: str, *, who: Policy, bucket: Bucket, again: Handler | None = None
    ) -> Callable[[Declared], Declared]:
        """Declare what takes a form."""
        return self._declare("POST", path, who, bucket, again)

    def _declare(
        self, method: Method, path: str, who: Policy, bucket: Bucket | None, again: Handler | None
    ) -> Callable[[Declared], Declared]:
        def add(handler: Declared) -> Declared:
            form = typing.get_type_hints(handler).get("form", Nothing)
            read = FormReader(form).read
            self._routes.append(Route(method, path, who, bucket, handler, again, form, read))
            return handler

        return add


class _Node:
    """A place in the tree of addresses: constant segments first, else one variable."""

    __slots__ = ("children", "methods", "name", "variable")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.methods: dict[str, Route] = {}
        self.variable: _Node | None = None
        self.name = ""


_MAX_ID_DIGITS = 10
_MAX_ID = 2**31 - 1


class Table:
    """Finds the page of an address."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        for route in routes:
            self._add(route)

    def find(self, path: str) -> tuple[Mapping[str, Route], dict[str, Any]]:
        """The routes of an address by method, none if there is no such page, and its values."""
        node = self._root
        values: dict[str, Any] = {}
        for segment in path.split("/"):
            if not segment:
                continue
            child = node.children.get(segment)
            if child is None:
                child = node.variable
                if child is None or not _take(child.name, segment, values):
                    return {}, {}
            node = child
        return node.methods, values

    def _add(self, route: Route) -> None:
        node = self._root
        for segment in route.path.strip("/").split("/"):
            if segment.startswith("{"):
                node.variable = node.variable or _Node()
                node = node.variable
                name = segment.strip("{}")
                if node.name not in ("", name):
                    raise ValueError(f"{route.path}: {name} is also called {node.name}")
                node.name = name
            elif segment:
                node = node.children.setdefault(segment, _Node())
        if route.method in node.methods:
            raise ValueError(f"{route.method} {route.path} is declared twice")
        node.methods[route.method] = route


def _take(declared: str, segment: str, values: dict[str, Any]) -> bool:
    name, _, kind = declared.partition(":")
    if kind != "int":
        values[name] = segment.replace("\0", "")
        return True
    if not (segment.isascii() and segment.isdigit() and len(segment) <= _MAX_ID_DIGITS):
        return False
    number = values[name] = int(segment)
    return number <= _MAX_ID
