"""Reading requests: query strings and JSON bodies into request structs.

Everything that does not fit is refused with Invalid("unknown", why); nothing else is raised.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl

import msgspec
from msgspec import inspect

from moothall.domain.errors import Invalid

R = TypeVar("R", bound=msgspec.Struct)

MAX_BODY_BYTES = 1024 * 1024
_MAX_QUERY_BYTES = 16 * 1024
_MAX_QUERY_FIELDS = 64
# Query strings of lists repeat all the time; long ones (search words, links) do not.
_CACHED_QUERY_BYTES = 160
_CACHED_QUERIES = 256
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
# `True` and `False` are how Python clients write a flag into a query.
_BOOLS = {"true": True, "false": False, "True": True, "False": False}


def malformed(why: str) -> Invalid:
    """The refusal of a request that does not parse."""
    return Invalid("unknown", why)


class QueryReader(Generic[R]):
    """Reads query strings into one type of request."""

    def __init__(self, request: type[R]) -> None:
        self._request = request
        self._fields = _fields(request)
        self._cached = lru_cache(_CACHED_QUERIES)(self._read)

    def read(self, query: bytes) -> R:
        """Decode; an equal short query string gives the same value again."""
        if len(query) <= _CACHED_QUERY_BYTES:
            return self._cached(query)
        if len(query) > _MAX_QUERY_BYTES:
            raise malformed("the query string is too long")
        return self._read(query)

    def _read(self, query: bytes) -> R:
        values: dict[str, Any] = {}
        for name, text in _pairs(query):
            field = self._fields.get(name)
            if field is None:
                continue
            value = field.convert(name, text)
            if field.is_list:
                values.setdefault(name, []).append(value)
            elif name in values:
                raise malformed(f"duplicate field `{name}`")
            else:
                values[name] = value
        try:
            return msgspec.convert(values, self._request)
        except msgspec.ValidationError as error:
            raise malformed(str(error)) from error


class BodyReader(Generic[R]):
    """Reads JSON bodies into one type of request."""

    def __init__(self, request: type[R]) -> None:
        self._decode = msgspec.json.Decoder(request).decode

    def read(self, body: bytes) -> R:
        """Decode; refuses whatever is not exactly such an object."""
        try:
            value = self._decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise malformed(str(error)) from error
        if b"\\u0000" in body and _has_nul(msgspec.to_builtins(value)):
            raise malformed("a text with a NUL character")
        return value


def is_json(content_type: bytes | None) -> bool:
    """Whether a Content-Type header announces JSON."""
    if content_type is None:
        return False
    kind = content_type.split(b";", 1)[0].strip().lower()
    return kind == b"application/json" or (
        kind.startswith(b"application/") and kind.endswith(b"+json")
    )


class _Field:
    """How the text of one query field becomes a value."""

    __slots__ = ("convert", "is_list")

    def __init__(self, convert: Callable[[str, str], Any], *, is_list: bool) -> None:
        self.convert = convert
        self.is_list = is_list


def _fields(request: type[msgspec.Struct]) -> dict[str, _Field]:
    info = inspect.type_info(request)
    if not isinstance(info, inspect.StructType):
        raise TypeError(f"{request} is no struct")
    return {field.encode_name: _field(field.type) for field in info.fields}


def _field(kind: inspect.Type) -> _Field:
    inner = _without_none(kind)
    if isinstance(inner, inspect.ListType):
        return _Field(_converter(_without_none(inner.item_type)), is_list=True)
    return _Field(_converter(inner), is_list=False)


def _without_none(kind: inspect.Type) -> inspect.Type:
    if not isinstance(kind, inspect.UnionType):
        return kind
    others = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
    if len(others) != 1:
        raise TypeError("a query field has one type")
    return others[0]


def _converter(kind: inspect.Type) -> Callable[[str, str], Any]:
    if isinstance(kind, inspect.IntType):
        return _to_int
    if isinstance(kind, inspect.BoolType):
        return _to_bool
    if isinstance(kind, inspect.StrType | inspect.EnumType):
        return _to_text
    raise TypeError(f"a query field cannot be {kind}")


def _to_int(name: str, text: str) -> int:
    if _INTEGER.fullmatch(text) is None:
        raise malformed(f"`{name}` is not a number")
    return int(text)


def _to_bool(name: str, text: str) -> bool:
    value = _BOOLS.get(text)
    if value is None:
        raise malformed(f"`{name}` is neither `true` nor `false`")
    return value


def _to_text(name: str, text: str) -> str:
    if "\0" in text:
        raise malformed(f"`{name}` holds a NUL character")
    return text


def _pairs(query: bytes) -> list[tuple[str, str]]:
    if not query:
        return []
    try:
        return parse_qsl(
            query.decode("latin-1"), keep_blank_values=True, max_num_fields=_MAX_QUERY_FIELDS
        )
    except ValueError as error:
        raise malformed("too many fields") from error


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, dict):
        return any(_has_nul(key) or _has_nul(each) for key, each in value.items())
    if isinstance(value, list):
        return any(_has_nul(each) for each in value)
    return False
