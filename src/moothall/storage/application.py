"""Applications of people who want to join."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, delete, func, insert, or_, select, update

from moothall.domain.ids import AccountId, ApplicationId, PersonId
from moothall.domain.time import Time
from moothall.domain.user import (
    Account,
    Person,
    RegistrationApplication,
    RegistrationApplicationView,
)

from . import columns
from .connection import Connection
from .statements import Row, Statement, param
from .tables import (
    IS_SITE,
    account,
    person,
    registration_application,
    site,
)

_APPLICATION = columns.of(registration_application, RegistrationApplication._fields)

_ADD = Statement(
    insert(registration_application)
    .values(account_id=param("account_id"), answer=param("answer"), created_at=param("created_at"))
    .returning(registration_application.c.id)
)


def add_application(
    conn: Connection, account_id: AccountId, answer: str, now: Time
) -> ApplicationId:
    """Store why somebody wants to join."""
    application_id: int = conn.value(_ADD, account_id=account_id, answer=answer, created_at=now)
    return ApplicationId(application_id)


_OF_ACCOUNT = registration_application.c.account_id == param("account_id")
_BY_ACCOUNT = Statement(select(*_APPLICATION).where(_OF_ACCOUNT))
_DELETE = Statement(delete(registration_application).where(_OF_ACCOUNT))


def find_application_of(conn: Connection, account_id: AccountId) -> RegistrationApplication | None:
    """The application of an account; None for who never had to write one."""
    row = conn.one(_BY_ACCOUNT, account_id=account_id)
    return None if row is None else RegistrationApplication._make(row)


def delete_application_of(conn: Connection, account_id: AccountId) -> None:
    """Forget the application of somebody who left."""
    conn.run(_DELETE, account_id=account_id)


_DECIDE = Statement(
    update(registration_application)
    .where(registration_application.c.id == param("application_id"))
    .values(
        admin_id=param("admin_id"),
        denied=param("denied"),
        deny_reason=param("deny_reason"),
        decided_at=param("decided_at"),
    )
)


def decide_application(
    conn: Connection,
    application_id: ApplicationId,
    admin_id: PersonId,
    now: Time,
    *,
    denied: bool,
    deny_reason: str | None,
) -> None:
    """Keep what an admin decided."""
    conn.run(
        _DECIDE,
        application_id=application_id,
        admin_id=admin_id,
        denied=denied,
        deny_reason=deny_reason,
        decided_at=now,
    )


_admin = person.alias("admin")


def _views() -> "Select[Any]":
    return (
        select(
            *_APPLICATION,
            *columns.of(account, Account._fields),
            *columns.person(person),
            *columns.person(_admin),
        )
        .select_from(registration_application)
        .join(account, account.c.id == registration_application.c.account_id)
        .join(person, person.c.id == account.c.person_id)
        .outerjoin(_admin, _admin.c.id == registration_application.c.admin_id)
    )


_VIEW_BY_ID = Statement(_views().where(registration_application.c.id == param("application_id")))
_VIEW_BY_PERSON = Statement(_views().where(account.c.person_id == param("person_id")))


def get_view(conn: Connection, application_id: ApplicationId) -> RegistrationApplicationView | None:
    """An application with its people."""
    row = conn.one(_VIEW_BY_ID, application_id=application_id)
    return None if row is None else _view(row)


def find_view_of(conn: Connection, person_id: PersonId) -> RegistrationApplicationView | None:
    """The application of a person."""
    row = conn.one(_VIEW_BY_PERSON, person_id=person_id)
    return None if row is None else _view(row)


def _view(row: Row) -> RegistrationApplicationView:
    second = len(RegistrationApplication._fields)
    third = second + len(Account._fields)
    fourth = third + len(Person._fields)
    return RegistrationApplicationView(
        application=RegistrationApplication._make(row[:second]),
        account=Account._make(row[second:third]),
        creator=Person._make(row[third:fourth]),
        admin=None if row[fourth] is None else Person._make(row[fourth:]),
    )


@lru_cache(maxsize=8)
def _list(*, waiting_only: bool, verified_only: bool) -> Statement:
    statement = _views()
    if verified_only:
        statement = statement.where(account.c.email_verified.is_(True))
    if waiting_only:
        # Whoever has waited longest comes first.
        statement = statement.where(registration_application.c.admin_id.is_(None)).order_by(
            registration_application.c.created_at, registration_application.c.id
        )
    else:
        statement = statement.order_by(registration_application.c.id.desc())
    return Statement(statement.limit(param("limit")).offset(param("offset")))


def list_views(
    conn: Connection, *, waiting_only: bool, verified_only: bool, limit: int, offset: int
) -> list[RegistrationApplicationView]:
    """Applications: those that wait, oldest first; or all of them, newest first."""
    statement = _list(waiting_only=waiting_only, verified_only=verified_only)
    return [_view(row) for row in conn.all(statement, limit=limit, offset=offset)]


@lru_cache(maxsize=2)
def _count(*, verified_only: bool) -> Statement:
    statement = (
        select(func.count())
        .select_from(registration_application)
        .where(registration_application.c.admin_id.is_(None))
    )
    if verified_only:
        statement = statement.join(
            account, account.c.id == registration_application.c.account_id
        ).where(account.c.email_verified.is_(True))
    return Statement(statement)


def waiting_applications() -> "Select[Any]":
    """The applications that wait, whether or not the site asks for proven addresses."""
    asks_for_proof = select(site.c.require_email_verification).where(IS_SITE)
    return (
        select(registration_application.c.id)
        .join(account, account.c.id == registration_application.c.account_id)
        .where(
            registration_application.c.admin_id.is_(None),
            or_(~asks_for_proof.scalar_subquery(), account.c.email_verified.is_(True)),
        )
    )


def count_waiting(conn: Connection, *, verified_only: bool) -> int:
    """How many applications nobody has decided."""
    found: int = conn.value(_count(verified_only=verified_only))
    return found


_LONG_DENIED = (
    select(account.c.person_id)
    .join(registration_application, registration_application.c.account_id == account.c.id)
    .where(
        registration_application.c.denied.is_(True),
        registration_application.c.decided_at < param("before"),
        account.c.accepted_application.is_(False),
    )
    .limit(param("size"))
)
_FORGET_DENIED = Statement(delete(person).where(person.c.id.in_(_LONG_DENIED)))


def forget_denied(conn: Connection, before: Time, size: int) -> int:
    """Erase people who were denied an account before that moment; tells how many."""
    return conn.run(_FORGET_DENIED, before=before, size=size)
