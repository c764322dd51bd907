"""The site's row and the lists that an admin keeps."""

import functools
from typing import Any

from sqlalchemy import insert, select, update

from moothall.domain.errors import Invalid
from moothall.domain.ids import InstanceId
from moothall.domain.site import Site
from moothall.domain.time import Time

from .connection import Connection
from .statements import Statement, param
from .tables import actor_key, blocked_url, instance, site

_SITE = Statement(select(*[site.c[name] for name in Site._fields]).where(site.c.id == 1))


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


@functools.lru_cache(maxsize=256)
def _update(names: tuple[str, ...]) -> Statement:
    return Statement(
        update(site).where(site.c.id == 1).values({name: param(name) for name in names})
    )


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


_BLOCKED_URLS = Statement(select(blocked_url.c.url).order_by(blocked_url.c.id))


def blocked_urls(conn: Connection) -> list[str]:
    """The links that nobody may post, without their schemes."""
    return [row[0] for row in conn.all(_BLOCKED_URLS)]
