"""Accounts: the rows behind the people of this server, and changes to both."""

from functools import lru_cache
from typing import Any

from sqlalchemy import delete, insert, select, update

from moothall.domain.ids import AccountId, InstanceId, PersonId
from moothall.domain.time import Time
from moothall.domain.user import Account, AccountView, Person, PersonCounts

from . import columns
from .connection import Connection
from .statements import Statement, param
from .tables import (
    IS_SITE,
    account,
    account_language,
    draft,
    person,
    site,
)

_ACCOUNT = select(*columns.of(account, Account._fields))
_BY_ID = Statement(_ACCOUNT.where(account.c.id == param("account_id")))
_BY_PERSON = Statement(_ACCOUNT.where(account.c.person_id == param("person_id")))
_BY_EMAIL = Statement(_ACCOUNT.where(account.c.email_key == param("email_key")))
_BY_NAME = Statement(
    _ACCOUNT.join(person, person.c.id == account.c.person_id).where(
        person.c.name_key == param("name_key"), person.c.local.is_(True)
    )
)


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


def find_account_by_name(conn: Connection, name: str) -> Account | None:
    """The account of the local person with this name, regardless of case."""
    row = conn.one(_BY_NAME, name_key=name.lower())
    return None if row is None else Account._make(row)


_VIEW = Statement(
    select(
        *columns.of(account, Account._fields),
        *columns.person(person),
        *columns.person_counts(person),
    )
    .join(person, person.c.id == account.c.person_id)
    .where(account.c.id == param("account_id"))
)


def get_account_view(conn: Connection, account_id: AccountId) -> AccountView | None:
    """An account with its public side."""
    row = conn.one(_VIEW, account_id=account_id)
    if row is None:
        return None
    second = len(Account._fields)
    third = second + len(Person._fields)
    return AccountView(
        account=Account._make(row[:second]),
        person=Person._make(row[second:third]),
        counts=PersonCounts._make(row[third:]),
    )


# By the index of `admin_since`, which only admins have.
_ADMIN_EMAILS = Statement(
    select(account.c.email).where(
        account.c.admin_since > 0, account.c.is_admin, account.c.email.is_not(None)
    )
)
# In one order, so that two who ask at once do not wait for each other.
_LOCK_ADMINS = Statement(
    select(account.c.id)
    .where(account.c.admin_since > 0, account.c.is_admin)
    .order_by(account.c.id)
    .with_for_update()
)


def admin_emails(conn: Connection) -> list[str]:
    """Where mail to the admins goes."""
    return [email for (email,) in conn.all(_ADMIN_EMAILS)]


def lock_admins(conn: Connection) -> list[AccountId]:
    """Who runs this site; none of them ceases to before the transaction ends.

    That holds because whoever takes the office from somebody asks here first.
    """
    return [AccountId(found) for (found,) in conn.all(_LOCK_ADMINS)]


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


_USE_STEP = Statement(
    update(account)
    .where(account.c.id == param("account_id"), account.c.totp_last_step < param("step"))
    .values(totp_last_step=param("step"))
)


def use_totp_step(conn: Connection, account_id: AccountId, step: int) -> bool:
    """Use up a time step of the second factor; False if it, or a later one, was used before."""
    return conn.run(_USE_STEP, account_id=account_id, step=step) == 1


def update_person(conn: Connection, person_id: PersonId, **fields: Any) -> None:
    """Change the named columns of a person."""
    if fields:
        conn.run(_update_person(tuple(sorted(fields))), person_id=person_id, **fields)


@lru_cache(maxsize=128)
def _update_person(names: tuple[str, ...]) -> Statement:
    values = {name: param(name) for name in names}
    return Statement(update(person).where(person.c.id == param("person_id")).values(values))


_COUNT_PERSON = Statement(update(site).where(IS_SITE).values(users=site.c.users + param("change")))


def count_people(conn: Connection, change: int) -> None:
    """Add to the site's number of local people."""
    conn.run(_COUNT_PERSON, change=change)


_FORGET_LANGUAGES = Statement(
    delete(account_language).where(account_language.c.account_id == param("account_id"))
)
_ADD_LANGUAGE = Statement(
    insert(account_language).values(account_id=param("account_id"), language_id=param("language"))
)


def set_languages(conn: Connection, account_id: AccountId, languages: list[int]) -> None:
    """Say which languages an account reads; none listed means all of them."""
    conn.run(_FORGET_LANGUAGES, account_id=account_id)
    rows = [{"account_id": account_id, "language": each} for each in languages]
    conn.run_many(_ADD_LANGUAGE, rows)


_DELETE_DRAFTS = Statement(delete(draft).where(draft.c.account_id == param("account_id")))


def delete_drafts(conn: Connection, account_id: AccountId) -> None:
    """Forget what somebody had begun to write."""
    conn.run(_DELETE_DRAFTS, account_id=account_id)
