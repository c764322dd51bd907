"""Good requests to every route, to be spoilt in one field at a time."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
from msgspec import inspect

from moothall.api.route import Route
from moothall.api.v3 import all_routes
from moothall.web.build import all_routes as all_pages
from moothall.web.page import Route as Page
from moothall.web.page import Table
from tests.permissions.cases import CASES, Case
from tests.support.builders import PASSWORD
from tests.support.town import Town
from tests.support.verbs import ACTORS

# Requests of the routes that have no case, because they are everybody's own.
_OWN: dict[str, dict[str, Any]] = {
    "/user/register": {
        "username": "newcomer",
        "password": PASSWORD,
        "password_verify": PASSWORD,
    },
    "/user/login": {"username_or_email": "user", "password": PASSWORD},
    "/user/password_reset": {"email": "user@x.example"},
    "/user/password_change": {
        "token": "a token",
        "password": PASSWORD,
        "password_verify": PASSWORD,
    },
    "/user/verify_email": {"token": "a token"},
    "/user/change_password": {
        "new_password": PASSWORD,
        "new_password_verify": PASSWORD,
        "old_password": PASSWORD,
    },
    "/user/delete_account": {"password": "wrong password", "delete_content": False},
    "/user/totp/update": {"totp_token": "123456", "enabled": False},
}
_FORMS: dict[str, tuple[str, dict[str, Any]]] = {
    "/login": ("/login", {"name": "user", "password": "wrong password"}),
    "/signup": (
        "/signup",
        {"name": "newcomer", "password": PASSWORD, "password_again": PASSWORD},
    ),
    "/password_reset": ("/password_reset", {"email": "user@x.example"}),
    "/password_change/{token}": (
        "/password_change/abc",
        {"password": PASSWORD, "password_again": PASSWORD},
    ),
    "/verify_email/{token}": ("/verify_email/abc", {}),
    "/settings/safety": (
        "/settings/safety",
        {"old": "wrong password", "new": PASSWORD, "new_again": PASSWORD},
    ),
    "/settings/leave": ("/settings/leave", {"password": "wrong password"}),
}


class Good(NamedTuple):
    """What may be sent, and by whom."""

    route: Route
    who: str
    body: dict[str, Any]


class GoodForm(NamedTuple):
    """The same as a form."""

    page: Page
    address: str
    who: str
    fields: dict[str, Any]


class _Listener:
    """Stands for a client; keeps what it was to send."""

    method = path = ""
    body: dict[str, Any]

    def post(self, path: str, _: str | None, /, **body: Any) -> None:
        self.method, self.path, self.body = "POST", path, body

    def put(self, path: str, _: str | None, /, **body: Any) -> None:
        self.method, self.path, self.body = "PUT", path, body


def _doer(case: Case) -> str | None:
    """Somebody who may do it; None where nobody may."""
    return next((who for who in (*ACTORS[::-1],) if who not in case.refusals), None)


def good_calls(town: Town) -> Iterator[Good]:
    """One good request to each route that changes something and reads a text."""
    routes: dict[tuple[str, str], Route] = {
        (route.method, route.path): route for route in all_routes()
    }
    seen = set()
    for case in CASES:
        who = _doer(case)
        if who is None:
            continue
        listener: Any = _Listener()
        case.call(listener, None, town, case.prepare(town, who))
        key = listener.method, listener.path
        if key not in seen and texts_of(routes[key].request):
            seen.add(key)
            yield Good(routes[key], who, listener.body)
    for path, body in _OWN.items():
        method = "PUT" if path == "/user/change_password" else "POST"
        yield Good(routes[method, path], "user", body)


def good_forms(town: Town) -> Iterator[GoodForm]:
    """One good form to each page that takes a text."""
    known, seen = Table(all_pages()), set()
    for case in CASES:
        who = _doer(case)
        if who is None or case.page is None:
            continue
        address, fields = case.page(town, case.prepare(town, who))
        page = known.find(address)[0]["POST"]
        if page.path not in seen and texts_of(page.form):
            seen.add(page.path)
            yield GoodForm(page, address, who, fields)
    for address, fields in _FORMS.values():
        yield GoodForm(known.find(address)[0]["POST"], address, "user", fields)


def texts_of(request: type[msgspec.Struct]) -> dict[str, bool]:
    """The fields that take any text; true for those that take a list of them."""
    info = inspect.type_info(request)
    assert isinstance(info, inspect.StructType)
    found = {}
    for field in info.fields:
        kinds = _kinds(field.type)
        if any(isinstance(kind, inspect.StrType) for kind in kinds):
            found[field.encode_name] = False
        for kind in kinds:
            if isinstance(kind, inspect.ListType) and isinstance(kind.item_type, inspect.StrType):
                found[field.encode_name] = True
    return found


def numbers_of(request: type[msgspec.Struct]) -> list[str]:
    """The fields that take a number."""
    info = inspect.type_info(request)
    assert isinstance(info, inspect.StructType)
    return [
        field.encode_name
        for field in info.fields
        if any(isinstance(kind, inspect.IntType) for kind in _kinds(field.type))
    ]


def _kinds(kind: inspect.Type) -> list[inspect.Type]:
    return list(kind.types) if isinstance(kind, inspect.UnionType) else [kind]


def spoilt(body: dict[str, Any], field: str, value: str, *, is_list: bool) -> dict[str, Any]:
    """The request with one field replaced."""
    return {**body, field: [value] if is_list else value}
