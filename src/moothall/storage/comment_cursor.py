"""Cursors of lists of comments: the values by which the last comment of a page is sorted.

Spelled `key_key_id`. A hot rank falls with time, as those of all comments after it do, so it is
looked up anew where the comment is still there. Other keys count as they were: a comment that got
votes meanwhile has moved, and its reader has not.
"""

import math
import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_

from moothall.domain.errors import Invalid

from .statements import param
from .tables import comment

Condition = ColumnElement[bool]
Columns = list[ColumnElement[Any]]

_INTEGER = re.compile(r"-?[0-9]{1,18}")
_RANK = re.compile(r"-?[0-9]{1,19}(?:\.[0-9]{1,20})?(?:e-?[0-9]{1,3})?")


def cursor_of(values: Sequence[Any]) -> str:
    """A position as text, in a spelling that an address takes unchanged."""
    return "_".join(repr(int(value) if isinstance(value, bool) else value) for value in values)


def read_cursor(cursor: str, names: Sequence[str]) -> dict[str, Any]:
    """The parameters of `beyond` for columns of these names.

    Raises Invalid `unknown` for text that is no cursor of such a list.
    """
    parts = cursor.split("_")
    values = [_value(text, name) for text, name in zip(parts, names, strict=False)]
    if len(parts) != len(names) or None in values:
        raise Invalid("unknown", "not a cursor")
    return {f"after_{name}": value for name, value in zip(names, values, strict=True)}


def _value(text: str, name: str) -> float | None:
    if name.endswith("_rank"):
        rank = float(text) if _RANK.fullmatch(text) else math.nan
        return rank if math.isfinite(rank) else None
    if name == "distinguished":
        return {"0": False, "1": True}.get(text)
    return int(text) if _INTEGER.fullmatch(text) else None


def beyond(keys: Columns, names: Sequence[str], *, ascending: bool) -> Condition:
    """Further down a list that is sorted by all these keys in one direction."""
    own, values = tuple_(*keys), tuple_(*map(_after, names))
    return own > values if ascending else own < values


def beyond_in_thread(keys: Columns, names: Sequence[str], *, ascending: bool) -> Condition:
    """The same where the first key is `distinguished`, which stands first in both directions."""
    flag, value = keys[0], param("after_distinguished")
    rest = beyond(keys[1:], names[1:], ascending=ascending)
    return or_(flag < value, and_(flag == value, rest))


def _after(name: str) -> ColumnElement[Any]:
    stored = param(f"after_{name}")
    if name != "hot_rank":
        return stored
    last = comment.alias("last")
    present = select(last.c.hot_rank).where(last.c.id == param("after_id")).scalar_subquery()
    return func.coalesce(present, stored)
