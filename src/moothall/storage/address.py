"""Which stored thing an address (an ActivityPub id) names."""

from sqlalchemy import Table, select

from .connection import Connection
from .statements import Statement, param
from .tables import comment, community, person, post


def _by_address(table: Table) -> Statement:
    return Statement(select(table.c.id).where(table.c.ap_id == param("ap_id")))


_SUBJECTS = {
    "post": _by_address(post),
    "comment": _by_address(comment),
    "community": _by_address(community),
    "person": _by_address(person),
}


def find_by_address(conn: Connection, ap_id: str) -> tuple[str, int] | None:
    """The kind ("post", "comment", "community", "person") and id of a thing from elsewhere."""
    for subject, statement in _SUBJECTS.items():
        found = conn.value(statement, ap_id=ap_id)
        if found is not None:
            return subject, found
    return None
