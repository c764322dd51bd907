"""People and accounts: look-ups that every room needs. Accounts' own changes: `account.py`."""

from typing import Any

from sqlalchemy import Boolean, Select, exists, false, func, select

from moothall.domain.ids import PersonId
from moothall.domain.user import Person, PersonCounts, PersonView, Viewer

from . import columns
from .connection import Connection
from .statements import Statement, param, with_values
from .tables import account, account_language, community_moderator, instance, person, session

_ACCOUNT_FIELDS = Viewer._fields[Viewer._fields.index("show_nsfw") :]


def _viewer() -> "Select[Any]":
    """The columns of a `Viewer`, for whoever is signed in with the parameter `token_hash`."""
    moderates = exists().where(community_moderator.c.person_id == person.c.id)
    limits_languages = exists().where(account_language.c.account_id == account.c.id)
    return (
        select(
            person.c.id.label("person_id"),
            account.c.id.label("account_id"),
            session.c.id.label("session_id"),
            session.c.last_used_at.label("session_used_at"),
            person.c.name,
            person.c.display_name,
            person.c.avatar,
            person.c.bot,
            account.c.is_admin,
            account.c.admin_since,
            moderates.label("moderates"),
            limits_languages.label("limits_languages"),
            *[account.c[name] for name in _ACCOUNT_FIELDS],
        )
        .join(account, account.c.id == session.c.account_id)
        .join(person, person.c.id == account.c.person_id)
        .where(
            person.c.deleted.is_(False),
            person.c.banned.is_(False),
            session.c.token_hash == param("token_hash"),
        )
    )


VIEWER = _viewer()
_BY_TOKEN = Statement(VIEWER)


def viewer_by_token_hash(conn: Connection, token_hash: str) -> Viewer | None:
    """Who is signed in with this token; None also for banned and deleted people."""
    row = conn.one(_BY_TOKEN, token_hash=token_hash)
    return None if row is None else Viewer._make(row)


_BY_ID = Statement(select(*columns.person(person)).where(person.c.id == param("person_id")))
_local_by_name = select(*columns.person(person)).where(
    person.c.name_key == param("name_key"), person.c.local.is_(True)
)
_LOCAL_BY_NAME = Statement(_local_by_name)
_remote_by_name = (
    select(*columns.person(person))
    .join(instance, instance.c.id == person.c.instance_id)
    .where(
        person.c.name_key == param("name_key"),
        person.c.local.is_(False),
        instance.c.domain == func.lower(param("domain")),
    )
)
_REMOTE_BY_NAME = Statement(_remote_by_name)


def get_person(conn: Connection, person_id: PersonId) -> Person | None:
    """A person by id, whatever their state."""
    row = conn.one(_BY_ID, person_id=person_id)
    return None if row is None else Person._make(row)


def find_person(conn: Connection, name: str, domain: str | None) -> Person | None:
    """A person by name regardless of case; `domain` None for people of this server."""
    key = name.lower()
    if domain is None:
        row = conn.one(_LOCAL_BY_NAME, name_key=key)
    else:
        row = conn.one(_REMOTE_BY_NAME, name_key=key, domain=domain.lower())
    return None if row is None else Person._make(row)


_profile = (
    select(
        *columns.person(person),
        *columns.person_counts(person),
        func.coalesce(account.c.is_admin, false(), type_=Boolean),
        person.c.bio_html,
    )
    .outerjoin(account, account.c.person_id == person.c.id)
    .where(person.c.id == param("person_id"))
)
_PROFILE = Statement(_profile, groups=(Person, PersonCounts))


def _profile_of(found: "Select[Any]") -> Statement:
    """The same of a person that is found in another way."""
    its_id = found.with_only_columns(person.c.id).alias("found")
    query = with_values(_profile, {"person_id": select(its_id.c.id).scalar_subquery()})
    return Statement(query, groups=(Person, PersonCounts))


_LOCAL_PROFILE = _profile_of(_local_by_name)
_REMOTE_PROFILE = _profile_of(_remote_by_name)


def get_person_view(conn: Connection, person_id: PersonId) -> PersonView | None:
    """A person as a profile shows them, whatever their state."""
    row = conn.one(_PROFILE, person_id=person_id)
    return None if row is None else PersonView._make(row)


def find_person_view(conn: Connection, name: str, domain: str | None) -> PersonView | None:
    """The same by name regardless of case; `domain` None for people of this server."""
    key = name.lower()
    if domain is None:
        row = conn.one(_LOCAL_PROFILE, name_key=key)
    else:
        row = conn.one(_REMOTE_PROFILE, name_key=key, domain=domain.lower())
    return None if row is None else PersonView._make(row)
