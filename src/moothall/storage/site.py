"""The site's row and the lists that an admin keeps."""

import functools
import random
from typing import Any

from sqlalchemy import ColumnElement, Executable, Integer, cast, func, insert, select, update
from sqlalchemy import null as sql_null

from moothall.domain.errors import Invalid
from moothall.domain.ids import InstanceId, PersonId
from moothall.domain.site import Site
from moothall.domain.time import Time
from moothall.domain.user import Person, PersonCounts, PersonView

from . import columns
from .connection import Connection
from .dialects import both_inserts
from .statements import Statement, param
from .tables import (
    IS_SITE,
    account,
    actor_key,
    instance,
    person,
    settings_change,
    site,
    site_total,
)


def total(name: str) -> ColumnElement[Any]:
    """How many posts or comments were written here, as an expression."""
    column = site_total.c[name]
    return cast(select(func.coalesce(func.sum(column), 0)).scalar_subquery(), Integer)


_TOTALS = ("posts", "comments")
_COLUMNS = [total(name) if name in _TOTALS else site.c[name] for name in Site._fields]
_SITE = Statement(select(*_COLUMNS).where(IS_SITE))


def find_site(conn: Connection) -> Site | None:
    """The site, None on an empty database."""
    row = conn.one(_SITE)
    return None if row is None else Site._make(row)


def get_site(conn: Connection) -> Site:
    """The site; it exists from the first start on."""
    found = find_site(conn)
    if found is None:
        raise Invalid("local_site_not_setup")
    return found


_ADD_INSTANCE = Statement(
    insert(instance)
    .values(domain=param("domain"), created_at=param("now"))
    .returning(instance.c.id)
)


def add_instance(conn: Connection, domain: str, now: Time) -> InstanceId:
    """A row for a server that has none yet."""
    return InstanceId(conn.value(_ADD_INSTANCE, domain=domain, now=now))


_ADD_SITE = Statement(
    insert(site).values(
        id=1,
        instance_id=param("instance_id"),
        domain=param("domain"),
        name=param("name"),
        application_question=param("application_question"),
        token_secret=param("token_secret"),
        created_at=param("now"),
    )
)


def add_site(
    conn: Connection,
    instance_id: InstanceId,
    domain: str,
    name: str,
    application_question: str,
    token_secret: str,
    now: Time,
) -> None:
    """The one site row; what is not named here has its default in the schema."""
    conn.run(
        _ADD_SITE,
        instance_id=instance_id,
        domain=domain,
        name=name,
        application_question=application_question,
        token_secret=token_secret,
        now=now,
    )


# Over how many rows PostgreSQL spreads the totals. SQLite has one writer and needs only the first.
_SPREAD = 16


def _add_to_total(new: Any) -> Executable:
    row = new(site_total).values({"id": param("row_id"), **{name: param(name) for name in _TOTALS}})
    sums = {name: site_total.c[name] + row.excluded[name] for name in _TOTALS}
    changed: Executable = row.on_conflict_do_update(index_elements=["id"], set_=sums)
    return changed


_ADD_TO_TOTAL = both_inserts(_add_to_total)


def count_writing(conn: Connection, *, posts: int = 0, comments: int = 0) -> None:
    """Add to how much was written here; negative for what is gone."""
    row_id = 1 if conn.dialect == "sqlite" else random.randint(1, _SPREAD)  # noqa: S311 — no secret
    conn.run(_ADD_TO_TOTAL, row_id=row_id, posts=posts, comments=comments)


@functools.lru_cache(maxsize=256)
def _update(names: tuple[str, ...]) -> Statement:
    return Statement(update(site).where(IS_SITE).values({name: param(name) for name in names}))


def update_site(conn: Connection, **changes: Any) -> None:
    """Change columns of the site by name."""
    conn.run(_update(tuple(sorted(changes))), **changes)


_ADD_KEY = Statement(
    insert(actor_key).values(
        subject="site",
        subject_id=1,
        public_pem=param("public_pem"),
        private_pem=param("private_pem"),
        created_at=param("now"),
    )
)


def add_site_key(conn: Connection, public_pem: str, private_pem: str, now: Time) -> None:
    """The key pair that signs what the site itself sends."""
    conn.run(_ADD_KEY, public_pem=public_pem, private_pem=private_pem, now=now)


_SET_UP = Statement(
    update(site)
    .where(IS_SITE, site.c.is_set_up.is_(False))
    .values(is_set_up=True, setup_token_hash=sql_null(), updated_at=param("now"))
)


def mark_set_up(conn: Connection, now: Time) -> bool:
    """Declare the site set up, which makes the token void. False if somebody was faster."""
    return conn.run(_SET_UP, now=now) == 1


_ADMINS = Statement(
    select(*columns.person(person), *columns.person_counts(person))
    .join(account, account.c.person_id == person.c.id)
    .where(account.c.admin_since.is_not(None), account.c.is_admin)
    .order_by(account.c.id)
)


def list_admins(conn: Connection) -> list[PersonView]:
    """Who runs the site, the oldest account first."""
    width = len(Person._fields)
    return [
        PersonView(Person._make(row[:width]), PersonCounts._make(row[width:]), is_admin=True)
        for row in conn.all(_ADMINS)
    ]


_LOG_CHANGE = Statement(
    insert(settings_change).values(
        admin_id=param("admin_id"),
        setting=param("setting"),
        old_value=param("old_value"),
        new_value=param("new_value"),
        created_at=param("now"),
    )
)


def add_settings_change(
    conn: Connection,
    admin_id: PersonId,
    setting: str,
    old_value: str | None,
    new_value: str | None,
    now: Time,
) -> None:
    """Write down who changed which setting, from what to what."""
    conn.run(
        _LOG_CHANGE,
        admin_id=admin_id,
        setting=setting,
        old_value=old_value,
        new_value=new_value,
        now=now,
    )


_ACCEPT_ALL = Statement(
    update(account)
    .where(account.c.accepted_application.is_(False))
    .values(accepted_application=True)
)
_VERIFY_ALL = Statement(
    update(account).where(account.c.email_verified.is_(False)).values(email_verified=True)
)


def accept_all_accounts(conn: Connection) -> None:
    """Let everybody in who is here when applications become necessary."""
    conn.run(_ACCEPT_ALL)


def verify_all_emails(conn: Connection) -> None:
    """Take every address as proven that is here when proof becomes necessary."""
    conn.run(_VERIFY_ALL)
