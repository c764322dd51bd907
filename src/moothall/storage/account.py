"""Accounts: the rows behind the people of this server, and changes to both."""

from functools import lru_cache
from typing import Any

from sqlalchemy import insert, select, update

from moothall.domain.ids import AccountId, InstanceId, PersonId
from moothall.domain.time import Time
from moothall.domain.user import Account

from . import columns
from .connection import Connection
from .statements import Statement, param
from .tables import account, person, site

_ACCOUNT = select(*columns.of(account, Account._fields))
_BY_ID = Statement(_ACCOUNT.where(account.c.id == param("account_id")))
_BY_PERSON = Statement(_ACCOUNT.where(account.c.person_id == param("person_id")))
_BY_EMAIL = Statement(_ACCOUNT.where(account.c.email_key == param("email_key")))


def get_account(conn: Connection, account_id: AccountId) -> Account | None:
    """An account by id."""
    row = conn.one(_BY_ID, account_id=account_id)
    return None if row is None else Account._make(row)


def find_account_of(conn: Connection, person_id: PersonId) -> Account | None:
    """The account of a local person; None for everybody else."""
    row = conn.one(_BY_PERSON, person_id=person_id)
    return None if row is None else Account._make(row)


def find_account_by_email(conn: Connection, email: str) -> Account | None:
    """The account with this address, regardless of case."""
    row = conn.one(_BY_EMAIL, email_key=email.lower())
    return None if row is None else Account._make(row)


_ADD_PERSON = Statement(
    insert(person)
    .values(
        instance_id=param("instance_id"),
        name=param("name"),
        name_key=param("name_key"),
        created_at=param("created_at"),
    )
    .returning(person.c.id)
)


def add_local_person(conn: Connection, instance_id: InstanceId, name: str, now: Time) -> PersonId:
    """The public side of a new account."""
    person_id: int = conn.value(
        _ADD_PERSON, instance_id=instance_id, name=name, name_key=name.lower(), created_at=now
    )
    return PersonId(person_id)


def add_account(conn: Connection, person_id: PersonId, now: Time, **fields: Any) -> AccountId:
    """A new account; columns that are not named keep the table's defaults."""
    values = {"person_id": person_id, "created_at": now, "donation_dialog_at": now, **fields}
    account_id: int = conn.value(_add_account(tuple(sorted(values))), **values)
    return AccountId(account_id)


@lru_cache(maxsize=16)
def _add_account(names: tuple[str, ...]) -> Statement:
    values = {name: param(name) for name in names}
    return Statement(insert(account).values(values).returning(account.c.id))


def update_account(conn: Connection, account_id: AccountId, **fields: Any) -> None:
    """Change the named columns of an account."""
    if fields:
        conn.run(_update_account(tuple(sorted(fields))), account_id=account_id, **fields)


@lru_cache(maxsize=128)
def _update_account(names: tuple[str, ...]) -> Statement:
    values = {name: param(name) for name in names}
    return Statement(update(account).where(account.c.id == param("account_id")).values(values))


def update_person(conn: Connection, person_id: PersonId, **fields: Any) -> None:
    """Change the named columns of a person."""
    if fields:
        conn.run(_update_person(tuple(sorted(fields))), person_id=person_id, **fields)


@lru_cache(maxsize=128)
def _update_person(names: tuple[str, ...]) -> Statement:
    values = {name: param(name) for name in names}
    return Statement(update(person).where(person.c.id == param("person_id")).values(values))


_COUNT_PERSON = Statement(update(site).values(users=site.c.users + param("change")))


def count_people(conn: Connection, change: int) -> None:
    """Add to the site's number of local people."""
    conn.run(_COUNT_PERSON, change=change)
