"""Whom people do not want to see: blocked people and instances."""

from sqlalchemy import delete, select

from moothall.domain.ids import InstanceId, PersonId
from moothall.domain.site import Instance
from moothall.domain.time import Time
from moothall.domain.user import Person

from . import columns
from .connection import Connection
from .dialects import insert_or_ignore
from .statements import Statement, param
from .tables import instance, instance_block, person, person_block

_BLOCK_PERSON = insert_or_ignore(
    person_block,
    {
        "person_id": param("person_id"),
        "target_id": param("target_id"),
        "created_at": param("created_at"),
    },
)
_UNBLOCK_PERSON = Statement(
    delete(person_block).where(
        person_block.c.person_id == param("person_id"),
        person_block.c.target_id == param("target_id"),
    )
)
_BLOCKED_PEOPLE = Statement(
    select(*columns.person(person))
    .join(person_block, person_block.c.target_id == person.c.id)
    .where(person_block.c.person_id == param("person_id"), person.c.deleted.is_(False))
    .order_by(person_block.c.created_at, person.c.id)
)


def block_person(conn: Connection, person_id: PersonId, target_id: PersonId, now: Time) -> None:
    """Add to the people whom somebody does not see."""
    conn.run(_BLOCK_PERSON, person_id=person_id, target_id=target_id, created_at=now)


def unblock_person(conn: Connection, person_id: PersonId, target_id: PersonId) -> None:
    """Take back."""
    conn.run(_UNBLOCK_PERSON, person_id=person_id, target_id=target_id)


def list_blocked_people(conn: Connection, person_id: PersonId) -> list[Person]:
    """All whom somebody blocks, in the order in which they did."""
    return [Person._make(row) for row in conn.all(_BLOCKED_PEOPLE, person_id=person_id)]


_BLOCK_INSTANCE = insert_or_ignore(
    instance_block,
    {
        "person_id": param("person_id"),
        "instance_id": param("instance_id"),
        "created_at": param("created_at"),
    },
)
_UNBLOCK_INSTANCE = Statement(
    delete(instance_block).where(
        instance_block.c.person_id == param("person_id"),
        instance_block.c.instance_id == param("instance_id"),
    )
)
_INSTANCE = columns.of(instance, Instance._fields)
_BLOCKED_INSTANCES = Statement(
    select(*_INSTANCE)
    .join(instance_block, instance_block.c.instance_id == instance.c.id)
    .where(instance_block.c.person_id == param("person_id"))
    .order_by(instance_block.c.created_at, instance.c.id)
)
_GET_INSTANCE = Statement(select(*_INSTANCE).where(instance.c.id == param("instance_id")))
_FIND_INSTANCE = Statement(select(*_INSTANCE).where(instance.c.domain == param("domain")))


def block_instance(
    conn: Connection, person_id: PersonId, instance_id: InstanceId, now: Time
) -> None:
    """Add to the servers whose communities somebody does not see."""
    conn.run(_BLOCK_INSTANCE, person_id=person_id, instance_id=instance_id, created_at=now)


def unblock_instance(conn: Connection, person_id: PersonId, instance_id: InstanceId) -> None:
    """Take back."""
    conn.run(_UNBLOCK_INSTANCE, person_id=person_id, instance_id=instance_id)


def list_blocked_instances(conn: Connection, person_id: PersonId) -> list[Instance]:
    """All servers that somebody blocks, in the order in which they did."""
    return [Instance._make(row) for row in conn.all(_BLOCKED_INSTANCES, person_id=person_id)]


def get_instance(conn: Connection, instance_id: InstanceId) -> Instance | None:
    """A server that we know."""
    row = conn.one(_GET_INSTANCE, instance_id=instance_id)
    return None if row is None else Instance._make(row)


def find_instance(conn: Connection, domain: str) -> Instance | None:
    """The server of this name, if we know it."""
    row = conn.one(_FIND_INSTANCE, domain=domain.strip().lower())
    return None if row is None else Instance._make(row)
