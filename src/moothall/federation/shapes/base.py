"""What all documents share: context, addresses, times, texts, languages and pictures.

Peers read plain JSON by the short names of properties; the context defines those names for the few
that read linked data. https://www.w3.org/TR/activitystreams-vocabulary/
"""

from collections.abc import Iterable
from typing import Any

from moothall.domain.actor import Mentioned
from moothall.domain.community import Community
from moothall.domain.ids import LanguageId
from moothall.domain.languages import LANGUAGES
from moothall.domain.site import Home
from moothall.domain.time import Time, to_datetime
from moothall.domain.user import Person
from moothall.lib import markdown

Document = dict[str, Any]

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
CONTENT_TYPE = b"application/activity+json"
_LEMMY = "https://join-lemmy.org/ns#"

CONTEXT: list[Any] = [
    "https://www.w3.org/ns/activitystreams",
    "https://w3id.org/security/v1",
    {
        "lemmy": _LEMMY,
        "pt": "https://joinpeertube.org/ns#",
        "sc": "http://schema.org/",
        "toot": "http://joinmastodon.org/ns#",
        "ChatMessage": "http://litepub.social/ns#ChatMessage",
        "Hashtag": "as:Hashtag",
        "commentsEnabled": "pt:commentsEnabled",
        "discoverable": "toot:discoverable",
        "distinguished": "lemmy:distinguished",
        "expires": "as:endTime",
        "featured": {"@id": "toot:featured", "@type": "@id"},
        "identifier": "sc:identifier",
        "language": "sc:inLanguage",
        "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
        "matrixUserId": "lemmy:matrixUserId",
        "moderators": "lemmy:moderators",
        "postingRestrictedToMods": "lemmy:postingRestrictedToMods",
        "removeData": "lemmy:removeData",
        "restoreData": "lemmy:restoreData",
        "sensitive": "as:sensitive",
        "stickied": "lemmy:stickied",
    },
]


def with_context(document: Document) -> Document:
    """The document as it stands alone, with its context first."""
    return {"@context": CONTEXT, **document}


def without_nulls(document: Document) -> Document:
    """What is not there is left out, since some peers refuse null."""
    return {name: value for name, value in document.items() if value is not None}


def when(moment: Time | None) -> str | None:
    """RFC 3339 with Z; some peers refuse a time without its zone."""
    return None if moment is None else to_datetime(moment).isoformat().replace("+00:00", "Z")


def text_fields(name: str, text: str | None, html: str | None) -> Document:
    """A text under this name as HTML, and as it was written; nothing for no text.

    `html` None: the text is plain, see `lib.markdown.is_plain`.
    """
    if not text:
        return {}
    return {
        name: markdown.plain(text) if html is None else html,
        "mediaType": "text/html",
        "source": {"content": text, "mediaType": "text/markdown"},
    }


def language(language_id: LanguageId) -> Document:
    """A language by its code; "und" where the writer did not say."""
    known = LANGUAGES[language_id] if language_id < len(LANGUAGES) else LANGUAGES[0]
    return {"identifier": known.code, "name": known.name}


def image(url: str | None) -> Document | None:
    """A picture."""
    return None if url is None else {"type": "Image", "url": url}


def public_key(actor_id: str, pem: str | None) -> Document | None:
    """The key of an actor, under its own address."""
    if pem is None:
        return None
    return {"id": key_id(actor_id), "owner": actor_id, "publicKeyPem": pem}


def key_id(actor_id: str) -> str:
    """The address of an actor's key."""
    return f"{actor_id}#main-key"


def mention_tags(mentions: Iterable[Mentioned]) -> list[Document]:
    """Tags of those whom a text names: without them some peers tell nobody."""
    return [{"type": "Mention", "href": each.ap_id, "name": each.handle} for each in mentions]


def person_id(person: Person, home: Home) -> str:
    """The id of a person, local or not."""
    return person.ap_id or home.person_url(person.name)


def community_id(community: Community, home: Home) -> str:
    """The id of a community, local or not."""
    return community.ap_id or home.community_url(community.name)


def without_repeats(ids: Iterable[str], *left_out: str) -> list[str]:
    """Receivers, each once, in order."""
    return [each for each in dict.fromkeys(ids) if each not in left_out]
