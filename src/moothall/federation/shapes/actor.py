"""Actors: a person, a community as Group, and the site itself as Application."""

from moothall.domain.actor import GroupActor, PersonActor
from moothall.domain.ids import LanguageId
from moothall.domain.languages import LANGUAGES
from moothall.domain.site import Home, Site
from moothall.domain.visibility import UNLISTED

from .base import Document, image, language, public_key, text_fields, when, without_nulls


def person(actor: PersonActor, home: Home) -> Document:
    """A local person; a bot is a Service."""
    who = actor.view.person
    own_id = home.person_url(who.name)
    return without_nulls(
        {
            "id": own_id,
            "type": "Service" if who.bot else "Person",
            "preferredUsername": who.name,
            "name": who.display_name,
            "url": own_id,
            **text_fields("summary", who.bio, actor.view.bio_html),
            "icon": image(who.avatar),
            "image": image(who.banner),
            "matrixUserId": who.matrix_user_id,
            "manuallyApprovesFollowers": False,
            "discoverable": True,
            **_mailboxes(own_id, home),
            "publicKey": public_key(own_id, actor.public_pem),
            "published": when(who.created_at),
            "updated": when(who.updated_at),
        }
    )


def group(actor: GroupActor, home: Home) -> Document:
    """A local community."""
    community = actor.team.view.community
    own_id = home.community_url(community.name)
    return without_nulls(
        {
            "id": own_id,
            "type": "Group",
            "preferredUsername": community.name,
            "name": community.title,
            "url": own_id,
            **text_fields("summary", community.description, actor.team.description_html),
            "icon": image(community.icon),
            "image": image(community.banner),
            "sensitive": community.nsfw,
            "postingRestrictedToMods": community.posting_restricted_to_mods,
            "manuallyApprovesFollowers": False,
            "discoverable": not community.hidden and community.visibility != UNLISTED,
            "attributedTo": f"{own_id}/moderators",
            "featured": f"{own_id}/featured",
            "followers": f"{own_id}/followers",
            **_mailboxes(own_id, home),
            "publicKey": public_key(own_id, actor.public_pem),
            "language": _languages(actor.language_ids),
            "published": when(community.created_at),
            "updated": when(community.updated_at),
        }
    )


def site(row: Site, language_ids: list[LanguageId], public_pem: str | None, home: Home) -> Document:
    """The site, which signs what we fetch and is the target of bans from all of it.

    Its id is the root with a slash, where peers look for it; its name is the host, so that
    `@host@host` leads back to it.
    """
    own_id = site_id(home)
    return without_nulls(
        {
            "id": own_id,
            "type": "Application",
            "preferredUsername": home.domain,
            "name": row.name,
            "url": own_id,
            "summary": row.description,
            **text_fields("content", row.sidebar, row.sidebar_html),
            "icon": image(row.icon),
            "image": image(row.banner),
            "inbox": f"{home.base_url}/inbox",
            "outbox": f"{home.base_url}/site_outbox",
            "publicKey": public_key(own_id, public_pem),
            "language": _languages(language_ids),
            "published": when(row.created_at),
            "updated": when(row.updated_at),
        }
    )


def site_id(home: Home) -> str:
    """The id of the site's actor."""
    return f"{home.base_url}/"


def _mailboxes(own_id: str, home: Home) -> Document:
    # One inbox for all, so that each server is sent everything once.
    inbox = f"{home.base_url}/inbox"
    return {
        "inbox": inbox,
        "outbox": f"{own_id}/outbox",
        "endpoints": {"sharedInbox": inbox},
    }


def _languages(language_ids: list[LanguageId]) -> list[Document] | None:
    chosen = [each for each in language_ids if each]
    # All of them is what a peer takes for granted.
    if not chosen or len(language_ids) == len(LANGUAGES):
        return None
    return [language(each) for each in chosen]
