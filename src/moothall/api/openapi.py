"""The OpenAPI document of a table of routes: made from the very types that requests are read by.

https://spec.openapis.org/oas/v3.1.0. What is written here once more, in other words, would sooner
or later be wrong; so everything comes from the table, from the types and from their docstrings.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from msgspec import inspect

from moothall.door import Policy

from .answer import Problem
from .parts import API_VERSION
from .route import Route
from .shapes.base import REQUIRED

PATH = "/api/v3/openapi.json"
_REF = "#/components/schemas/{name}"
_ABOUT = (
    "Version 3 of the Lemmy HTTP API as this server answers it. Every refusal has a stable code in "
    "`error`; fields without a value are left out; times are RFC 3339 in UTC."
)
_TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "description": "The `jwt` of /user/login. A token that is not valid counts as nobody.",
}


def openapi(routes: Iterable[Route], prefix: str) -> dict[str, Any]:
    """The document of these routes, which stand below `prefix`."""
    table = sorted(routes, key=lambda route: (route.path, route.method))
    types = [Problem, *(each for route in table for each in _types_of(route))]
    _, schemas = msgspec.json.schema_components(types, ref_template=_REF)
    for struct in _structs(types):
        _say_what_is_sent(schemas[struct.__name__], struct)
    paths: dict[str, dict[str, Any]] = {}
    for route in table:
        operation = _operation(route, schemas)
        paths.setdefault(prefix + route.path, {})[route.method.lower()] = operation
    for route in table:
        # Spread over the parameters of their routes, and needed no more.
        if route.method == "GET":
            schemas.pop(route.request.__name__, None)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Moothall", "version": API_VERSION, "description": _ABOUT},
        "paths": paths,
        "components": {
            "schemas": {name: schemas[name] for name in sorted(schemas)},
            "securitySchemes": {"token": _TOKEN},
        },
    }


def _types_of(route: Route) -> list[Any]:
    request = route.request if route.has_request else None
    return [each for each in (request, route.answer) if each is not None]


def _operation(route: Route, schemas: dict[str, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "tags": [route.handler.__module__.rpartition(".")[2]],
        "summary": (route.handler.__doc__ or "").strip().partition("\n")[0],
        "description": f"For {route.who.value}. {_limit(route)}",
        "security": [{"token": []}] if _needs_token(route) else [{}, {"token": []}],
    }
    if route.has_request and route.method == "GET":
        operation["parameters"] = list(_parameters(schemas[route.request.__name__]))
    elif route.has_request:
        operation["requestBody"] = {"required": True, "content": _json(route.request)}
    operation["responses"] = _responses(route)
    return operation


def _limit(route: Route) -> str:
    return "Not limited." if route.bucket is None else f"Counted as {route.bucket.value}."


def _needs_token(route: Route) -> bool:
    return route.who not in (Policy.ANYONE, Policy.PUBLIC)


def _parameters(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name, field in schema["properties"].items():
        yield {
            "name": name,
            "in": "query",
            "required": name in schema["required"],
            "schema": _without_null(field),
        }


def _responses(route: Route) -> dict[str, Any]:
    good = {"*/*": {}} if route.answer is None else _json(route.answer)
    responses = {
        "200": {"description": "Done.", "content": good},
        "400": {"description": "Refused.", "content": _json(Problem)},
        "401": {"description": "Nobody is signed in.", "content": _json(Problem)},
        "404": {"description": "There is no such thing.", "content": _json(Problem)},
    }
    if not _needs_token(route) and route.path != "/user/login":
        # A wrong password, a mailed token of another account: all that is left of it.
        responses["401"]["description"] = "Not accepted."
    return responses


def _json(kind: Any) -> dict[str, Any]:
    [schema], _ = msgspec.json.schema_components([kind], ref_template=_REF)
    return {"application/json": {"schema": schema}}


def _structs(types: Iterable[Any]) -> set[type[msgspec.Struct]]:
    """All structs that these types are made of."""
    found: set[type[msgspec.Struct]] = set()
    waiting: list[inspect.Type] = list(inspect.multi_type_info(types))
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, inspect.StructType):
            if kind.cls not in found:
                found.add(kind.cls)
                waiting += [field.type for field in kind.fields]
        elif isinstance(kind, inspect.ListType):
            waiting.append(kind.item_type)
        elif isinstance(kind, inspect.UnionType):
            waiting += kind.types
    return found


def _say_what_is_sent(schema: dict[str, Any], struct: type[msgspec.Struct]) -> None:
    """Tell of an answer what the rule about nulls means for it: left out, or always there."""
    if not struct.__struct_config__.omit_defaults:
        return
    fields = schema["properties"]
    for name, field in fields.items():
        fields[name] = _without_null(field)
    defaults = struct.__struct_defaults__
    without = struct.__struct_fields__[: len(struct.__struct_fields__) - len(defaults)]
    with_default = zip(struct.__struct_fields__[len(without) :], defaults, strict=True)
    # A required field behind an optional one has a default that is never sent.
    schema["required"] = [*without, *(name for name, value in with_default if value is REQUIRED)]


def _without_null(field: dict[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in field.items() if (name, value) != ("default", None)}
    kinds = [kind for kind in rest.pop("anyOf", []) if kind != {"type": "null"}]
    return {**kinds[0], **rest} if len(kinds) == 1 else {**field}
