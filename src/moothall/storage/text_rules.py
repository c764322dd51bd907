"""What the site says about texts: asked for every text and list, so each asks for one thing only."""

from sqlalchemy import select

from moothall.domain.ids import CommunityId, LanguageId, PersonId

from .connection import Connection
from .statements import Statement, param
from .tables import (
    IS_SITE,
    account,
    account_language,
    blocked_url,
    community_language,
    site,
    site_language,
)

_SLUR_FILTER = Statement(select(site.c.slur_filter_regex).where(IS_SITE))
_BLOCKED_URLS = Statement(select(blocked_url.c.url))


def slur_filter(conn: Connection) -> str | None:
    """The pattern of words that nobody may write, None where there is none."""
    found: str | None = conn.value(_SLUR_FILTER)
    return found or None


def blocked_urls(conn: Connection) -> list[str]:
    """Addresses that nobody may link to, without their scheme."""
    return [url for (url,) in conn.all(_BLOCKED_URLS)]


_CONTENT_WARNING = Statement(select(site.c.content_warning).where(IS_SITE))


def warns_of_content(conn: Connection) -> bool:
    """Whether the site warns everybody who comes, so that it may show everything to all."""
    return conn.value(_CONTENT_WARNING) is not None


_COMMUNITY_LANGUAGES = Statement(
    select(community_language.c.language_id).where(
        community_language.c.community_id == param("community_id")
    )
)
_SITE_LANGUAGES = Statement(select(site_language.c.language_id))
_AUTHOR_LANGUAGES = Statement(
    select(account_language.c.language_id)
    .join(account, account.c.id == account_language.c.account_id)
    .where(account.c.person_id == param("person_id"))
)


def allowed_languages(conn: Connection, community_id: CommunityId) -> set[LanguageId]:
    """The languages that texts in a community may be in; empty means all."""
    rows = conn.all(_COMMUNITY_LANGUAGES, community_id=community_id) or conn.all(_SITE_LANGUAGES)
    return {language_id for (language_id,) in rows}


def author_languages(conn: Connection, person_id: PersonId) -> set[LanguageId]:
    """The languages that a person reads; empty means all."""
    return {language_id for (language_id,) in conn.all(_AUTHOR_LANGUAGES, person_id=person_id)}
