"""Languages: the fixed list, and which of them the site and its communities welcome."""

from sqlalchemy import insert, select

from moothall.domain.languages import LANGUAGES

from .connection import Connection
from .statements import Statement, param
from .tables import language

_ANY = Statement(select(language.c.id).limit(1))
_ADD = Statement(insert(language).values(id=param("id"), code=param("code"), name=param("name")))


def add_languages(conn: Connection) -> None:
    """Write the list into an empty table; a filled one is left as it is."""
    if conn.value(_ANY) is None:
        conn.run_many(_ADD, (each._asdict() for each in LANGUAGES))
