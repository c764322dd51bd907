"""The table of routes: what is asked, who may ask, what is counted, and the function that answers.

    routes = Routes()

    @routes.get("/post/list", who=Policy.PUBLIC, bucket=Bucket.MESSAGE)
    async def list_posts(call: Call, request: GetPosts) -> GetPostsResponse:
        ...

The policy (`who`) and the rate-limit bucket have no default: a route without them does not start.
Request and answer types are read from the signature; the API document is made from them too. What
needs headers of its own answers an `Annotated[Answer, Shape]`.
"""

import typing
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec

from moothall.door import Bucket, Policy

from .answer import Answer
from .decode import BodyReader, QueryReader
from .fields import Nothing

Method = Literal["GET", "POST", "PUT"]
# (call) or (call, request) -> a struct, a list of structs, or an Answer
Handler = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the table. `read` makes the request struct from a query string or a body."""

    method: Method
    path: str
    who: Policy
    bucket: Bucket | None
    handler: Handler
    request: type[msgspec.Struct]
    answer: Any
    read: Callable[[bytes], Any]

    @property
    def has_request(self) -> bool:
        """Whether anything at all is read from the caller."""
        return self.request is not Nothing

    @property
    def name(self) -> str:
        """A constant name for logs and the API document."""
        return self.handler.__name__


Declared = typing.TypeVar("Declared", bound=Handler)


class Routes:
    """A part of the table, usually one subject; paths begin after `/api/v3`."""

    def __init__(self) -> None:
        self._routes: list[Route] = []

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes)

    def get(
        self, path: str, *, who: Policy, bucket: Bucket | None
    ) -> Callable[[Declared], Declared]:
        """Declare a GET; its request comes from the query string."""
        return self._declare("GET", path, who, bucket)

    def post(
        self, path: str, *, who: Policy, bucket: Bucket | None
    ) -> Callable[[Declared], Declared]:
        """Declare a POST; its request comes from a JSON body."""
        return self._declare("POST", path, who, bucket)

    def put(
        self, path: str, *, who: Policy, bucket: Bucket | None
    ) -> Callable[[Declared], Declared]:
        """Declare a PUT; its request comes from a JSON body."""
        return self._declare("PUT", path, who, bucket)

    def _declare(
        self, method: Method, path: str, who: Policy, bucket: Bucket | None
    ) -> Callable[[Declared], Declared]:
        def add(handler: Declared) -> Declared:
            self._routes.append(_route(method, path, who, bucket, handler))
            return handler

        return add


def _route(
    method: Method, path: str, who: Policy, bucket: Bucket | None, handler: Handler
) -> Route:
    request, answer = _signature(handler)
    reader = QueryReader(request) if method == "GET" else BodyReader(request)
    return Route(method, path, who, bucket, handler, request, answer, reader.read)


def _signature(handler: Handler) -> tuple[type[msgspec.Struct], Any]:
    hints = typing.get_type_hints(handler, include_extras=True)
    answer = hints.pop("return", None)
    if answer is None:
        raise TypeError(f"{handler.__name__} does not say what it answers")
    return hints.get("request", Nothing), _shape(answer)


def _shape(answer: Any) -> Any:
    """What is sent as JSON: of an `Annotated[Answer, Shape]` the shape, of an `Answer` nothing."""
    if typing.get_origin(answer) is Annotated:
        return typing.get_args(answer)[1]
    return None if answer is Answer else answer
