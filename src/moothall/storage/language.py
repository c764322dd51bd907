"""Languages: the fixed list, and which of them the site and its communities welcome."""

from sqlalchemy import delete, insert, select

from moothall.domain.ids import LanguageId
from moothall.domain.languages import LANGUAGES

from .connection import Connection
from .statements import Statement, param
from .tables import community_language, language, site_language

_ANY = Statement(select(language.c.id).limit(1))
_ADD = Statement(insert(language).values(id=param("id"), code=param("code"), name=param("name")))


def add_languages(conn: Connection) -> None:
    """Write the list into an empty table; a filled one is left as it is."""
    if conn.value(_ANY) is None:
        conn.run_many(_ADD, (each._asdict() for each in LANGUAGES))


_OF_SITE = Statement(select(site_language.c.language_id).order_by(site_language.c.language_id))
_FORGET = Statement(delete(site_language))
_WELCOME = Statement(insert(site_language).values(language_id=param("language_id")))
_NARROW = Statement(
    delete(community_language).where(
        community_language.c.language_id.not_in(select(site_language.c.language_id))
    )
)


def site_languages(conn: Connection) -> list[LanguageId]:
    """The languages that the site welcomes; all where it never chose."""
    chosen = [row[0] for row in conn.all(_OF_SITE)]
    return chosen or [each.id for each in LANGUAGES]


def set_site_languages(conn: Connection, language_ids: list[LanguageId]) -> None:
    """Replace the site's languages (none: all); communities lose those that go."""
    conn.run(_FORGET)
    conn.run_many(_WELCOME, ({"language_id": each} for each in language_ids))
    if language_ids:
        conn.run(_NARROW)
