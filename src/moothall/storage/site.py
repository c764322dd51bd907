"""The site's row and the lists that an admin keeps."""

from sqlalchemy import select

from moothall.domain.errors import Invalid
from moothall.domain.site import Site

from .connection import Connection
from .statements import Statement
from .tables import site

_SITE = Statement(select(*[site.c[name] for name in Site._fields]).where(site.c.id == 1))


def get_site(conn: Connection) -> Site:
    """The site; it exists from the first start on."""
    row = conn.one(_SITE)
    if row is None:
        raise Invalid("local_site_not_setup")
    return Site._make(row)
