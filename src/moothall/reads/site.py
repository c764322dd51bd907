"""The site as its visitors, its admins and other programs see it."""

from typing import NamedTuple

from moothall.domain.errors import NotAllowed
from moothall.domain.ids import LanguageId
from moothall.domain.site import FederatedInstances, OwnInfo, Site, SiteLists, SitePage
from moothall.domain.user import PersonView, Viewer
from moothall.storage import site as rows
from moothall.storage import site_list, text_rules
from moothall.storage.transaction import Transaction

from . import community, user


def get_site(tx: Transaction) -> Site:
    """The site's row: settings, limits, figures.

    It says what is in force: no federation where the operator has switched that off.
    """
    site = rows.get_site(tx.conn)
    return site if tx.home.federates else site._replace(federation_enabled=False)


def get_site_page(tx: Transaction) -> SitePage:
    """What everybody may know of the site, in three queries."""
    return SitePage(get_site(tx), rows.list_admins(tx.conn), site_list.get_lists(tx.conn))


class SiteSettings(NamedTuple):
    """All that admins set; `allowed` and `blocked` are hosts of other servers."""

    site: Site
    lists: SiteLists
    allowed: list[str]
    blocked: list[str]


def site_settings(tx: Transaction, viewer: Viewer | None) -> SiteSettings:
    """The settings, for those who may change them. Raises NotAllowed("not_an_admin")."""
    if viewer is None or not viewer.is_admin:
        raise NotAllowed("not_an_admin")
    allowed, blocked = (
        sorted(site_list.ruled_instances(tx.conn, kind)) for kind in ("allowed", "blocked")
    )
    return SiteSettings(get_site(tx), site_list.get_lists(tx.conn), allowed, blocked)


def list_admins(tx: Transaction) -> list[PersonView]:
    """Who runs the site, the oldest account first."""
    return rows.list_admins(tx.conn)


def federated_instances(tx: Transaction) -> FederatedInstances | None:
    """Servers that we know; None where the site does not federate."""
    if not get_site(tx).federation_enabled:
        return None
    return site_list.federated_instances(tx.conn, tx.now)


def own_info(tx: Transaction, viewer: Viewer) -> OwnInfo:
    """All that a client keeps about the person who uses it."""
    return OwnInfo(
        account=user.account_view(tx, viewer),
        communities=community.own_ties(tx, viewer),
        blocked_people=user.list_blocked_people(tx, viewer),
        blocked_instances=user.list_blocked_instances(tx, viewer),
        language_ids=_languages(tx, viewer),
    )


def _languages(tx: Transaction, viewer: Viewer) -> list[LanguageId]:
    if not viewer.limits_languages:
        return []
    return sorted(text_rules.author_languages(tx.conn, viewer.person_id))
