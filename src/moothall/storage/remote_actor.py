"""People and communities of other servers: kept as told, each under its id."""

from typing import Any

from sqlalchemy import Table, insert, select, update

from moothall.domain.actor import Subject
from moothall.domain.ids import CommunityId, InstanceId, PersonId
from moothall.domain.time import Time

from .connection import Connection
from .dialects import insert_or_ignore, upsert
from .statements import Statement, param
from .tables import actor_key, community, instance, person

_ADD_INSTANCE = insert_or_ignore(instance, {"domain": param("domain"), "created_at": param("now")})
_INSTANCE = Statement(select(instance.c.id).where(instance.c.domain == param("domain")))


def instance_of(conn: Connection, domain: str, now: Time) -> InstanceId:
    """The server of this domain; noted if we hear of it for the first time."""
    conn.run(_ADD_INSTANCE, domain=domain, now=now)
    found: int = conn.value(_INSTANCE, domain=domain)
    return InstanceId(found)


_PERSON_COLUMNS = (
    "instance_id",
    "name",
    "name_key",
    "display_name",
    "bio",
    "bio_html",
    "avatar",
    "banner",
    "matrix_user_id",
    "bot",
    "local",
    "ap_id",
    "inbox_url",
    "shared_inbox_url",
    "moved_to",
    "created_at",
    "updated_at",
    "refreshed_at",
)
_COMMUNITY_COLUMNS = (
    "instance_id",
    "name",
    "name_key",
    "title",
    "description",
    "description_html",
    "icon",
    "banner",
    "local",
    "ap_id",
    "inbox_url",
    "shared_inbox_url",
    "followers_url",
    "moderators_url",
    "featured_url",
    "nsfw",
    "posting_restricted_to_mods",
    "visibility",
    "created_at",
    "updated_at",
    "refreshed_at",
)


def _find(table: Table) -> Statement:
    # By id, and by the name, which a server that was set up anew gives again under another id.
    of_name = (table.c.instance_id == param("instance_id")) & (
        table.c.name_key == param("name_key")
    )
    is_same = table.c.ap_id == param("ap_id")
    return Statement(
        select(table.c.id, table.c.deleted, is_same)
        .where(is_same | of_name)
        .order_by(is_same.desc())
    )


def _add(table: Table, names: tuple[str, ...]) -> Statement:
    values = {name: param(name) for name in names}
    return Statement(insert(table).values(values).returning(table.c.id))


def _change(table: Table, names: tuple[str, ...]) -> Statement:
    # What a server says of its past is believed once.
    values = {name: param(name) for name in names if name != "created_at"}
    return Statement(update(table).where(table.c.id == param("row_id")).values(values))


_FIND_PERSON, _FIND_COMMUNITY = _find(person), _find(community)
_ADD_PERSON = _add(person, _PERSON_COLUMNS)
_ADD_COMMUNITY = _add(community, _COMMUNITY_COLUMNS)
_CHANGE_PERSON = _change(person, _PERSON_COLUMNS)
_CHANGE_COMMUNITY = _change(community, _COMMUNITY_COLUMNS)


class NameTaken(Exception):
    """The name belongs to another actor of that server."""


def store_person(conn: Connection, values: dict[str, Any]) -> PersonId:
    """Add or change a person; `values` has every column that other servers tell.

    Who is deleted here stays as they are. Raises NameTaken.
    """
    return PersonId(_store(conn, values, _FIND_PERSON, _ADD_PERSON, _CHANGE_PERSON))


def store_community(conn: Connection, values: dict[str, Any]) -> CommunityId:
    """Add or change a community, likewise."""
    return CommunityId(_store(conn, values, _FIND_COMMUNITY, _ADD_COMMUNITY, _CHANGE_COMMUNITY))


def _store(
    conn: Connection, values: dict[str, Any], find: Statement, add: Statement, change: Statement
) -> int:
    keys = {name: values[name] for name in ("ap_id", "instance_id", "name_key")}
    rows = conn.all(find, **keys)
    if not rows:
        added: int = conn.value(add, **values)
        return added
    if len(rows) > 1:
        raise NameTaken
    row_id: int
    row_id, is_deleted, _ = rows[0]
    if not is_deleted:
        conn.run(change, row_id=row_id, **_without_birth(values))
    return row_id


def _without_birth(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name != "created_at"}


_SET_KEY = upsert(
    actor_key,
    ["subject", "subject_id"],
    {
        "subject": param("subject"),
        "subject_id": param("subject_id"),
        "public_pem": param("public_pem"),
        "created_at": param("now"),
    },
)


def set_public_key(
    conn: Connection, subject: Subject, subject_id: int, public_pem: str, now: Time
) -> None:
    """The key with which an actor of another server signs now."""
    conn.run(_SET_KEY, subject=subject, subject_id=subject_id, public_pem=public_pem, now=now)


_REFRESHED = {
    table.name: Statement(select(table.c.refreshed_at).where(table.c.ap_id == param("ap_id")))
    for table in (person, community)
}


def refreshed_at(conn: Connection, ap_id: str) -> Time | None:
    """When we last asked for a person or community; None where it is not known here."""
    for statement in _REFRESHED.values():
        found = conn.one(statement, ap_id=ap_id)
        if found is not None:
            return Time(found[0] or 0)
    return None
