"""Forms: reading query strings and posted fields into structs, and refusing foreign ones."""

from collections.abc import Mapping
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import parse_qsl, urlsplit

import msgspec
from msgspec import Meta, inspect

from moothall.domain.errors import Invalid, NotAllowed

R = TypeVar("R", bound=msgspec.Struct)

MAX_FORM_BYTES = 1024 * 1024
_MAX_QUERY_BYTES = 16 * 1024
_MAX_FIELDS = 500
CSRF_FIELD = "csrf"

# Wider numbers would not fit the columns that they are compared with.
Id = Annotated[int, Meta(ge=0, le=2**31 - 1)]
PageNumber = Annotated[int, Meta(ge=1, le=100)]
# `name` or `name@host`: a name has at most 100 characters, a host 253.
Handle = Annotated[str, Meta(max_length=400)]


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """Base of what pages read: parts of the path, the query string, posted fields.

    Texts come without NUL characters; a blank field counts as absent unless it is a text.
    """


class Nothing(Form, frozen=True):
    """A page that reads nothing."""


class FormReader(Generic[R]):
    """Reads encoded fields into one type of struct."""

    def __init__(self, form: type[R]) -> None:
        self._form = form
        fields = _fields(form)
        self._lists = {name for name, kind in fields.items() if _has(kind, inspect.ListType)}
        self._texts = {name for name, kind in fields.items() if _has(kind, inspect.StrType)}

    def read(self, encoded: bytes, path_values: Mapping[str, Any]) -> R:
        """Decode; the path's own values count above all.

        Raises Invalid: `field_too_long`, `unreadable_field`, `too_many_fields`.
        """
        values: dict[str, Any] = {}
        for name, text in pairs_of(encoded):
            if name in self._lists:
                values.setdefault(name, []).append(text)
            elif text or name in self._texts:
                values[name] = text
        values.update(path_values)
        try:
            return msgspec.convert(values, self._form, strict=False)
        except msgspec.ValidationError as error:
            is_long = "of length <=" in str(error)
            code = "field_too_long" if is_long else "unreadable_field"
            raise Invalid(code, str(error)) from error


def pairs_of(encoded: bytes) -> list[tuple[str, str]]:
    """The fields of a query string or a posted form."""
    if not encoded:
        return []
    try:
        pairs = parse_qsl(
            encoded.decode("latin-1"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=_MAX_FIELDS,
        )
    except ValueError as error:
        raise Invalid("too_many_fields") from error
    # Browsers send line breaks as CR LF; one spelling is stored.
    return [(name, text.replace("\0", "").replace("\r\n", "\n")) for name, text in pairs]


def query_of(scope: Any) -> bytes:
    """The query string; raises Invalid for one that is too long."""
    query: bytes = scope.get("query_string", b"")
    if len(query) > _MAX_QUERY_BYTES:
        raise Invalid("address_too_long")
    return query


def check_origin(headers: Mapping[bytes, bytes], base_url: str) -> None:
    """Refuse a form that another site's page sent, as far as the browser tells.

    Our address is the configured one, or the one the browser used to reach us: a foreign page can
    choose neither. Raises NotAllowed("foreign_form").
    """
    if headers.get(b"sec-fetch-site", b"none") not in (b"none", b"same-origin"):
        raise NotAllowed("foreign_form")
    origin = headers.get(b"origin")
    if origin is None:
        return
    host = headers.get(b"host", b"").decode("latin-1")
    reached = f"{urlsplit(base_url).scheme}://{host}"
    if origin.decode("latin-1").lower() not in (base_url.lower(), reached.lower()):
        raise NotAllowed("foreign_form")


def csrf_field(encoded: bytes) -> str:
    """The token that a posted form carries."""
    return next((text for name, text in pairs_of(encoded) if name == CSRF_FIELD), "")


def own_path(address: str) -> str:
    """The address if it is a path of this server, else "/": a link must not lead elsewhere."""
    is_path = address.startswith("/") and not address.startswith(("//", "/\\"))
    if is_path and len(address) <= 2000 and address.isascii() and address.isprintable():
        return address
    return "/"


def _fields(form: type[msgspec.Struct]) -> dict[str, inspect.Type]:
    info = inspect.type_info(form)
    if not isinstance(info, inspect.StructType):
        raise TypeError(f"{form} is no struct")
    return {field.encode_name: field.type for field in info.fields}


def _has(kind: inspect.Type, wanted: type[inspect.Type]) -> bool:
    if isinstance(kind, inspect.UnionType):
        return any(_has(each, wanted) for each in kind.types)
    return isinstance(kind, wanted)
