"""Types of request fields, and the base of all requests.

A request is a struct whose fields are those of the wire. Missing and null both mean "not given";
unknown fields are ignored. What breaks a type or a range here is refused before any handler runs.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

# Wider numbers would not fit the columns that they are compared with.
Int16 = Annotated[int, Meta(ge=-(2**15), le=2**15 - 1)]
Int32 = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]
Int64 = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]


class Request(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Base of all requests; they are frozen, since equal query strings share one value."""


class Paged(Request, frozen=True, kw_only=True):
    """A request for one page of a list. The range is checked by `paging.page_of`."""

    page: Int64 | None = None
    limit: Int64 | None = None


class Nothing(Request, frozen=True):
    """A request without fields."""
