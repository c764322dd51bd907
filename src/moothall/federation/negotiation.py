"""Who wants a document where a browser gets a page: one look at the Accept header.

https://www.w3.org/TR/activitypub/#retrieving-objects
"""

import re

_ACTIVITY = "application/activity+json"
_LINKED = "application/ld+json"
_PROFILE = "https://www.w3.org/ns/activitystreams"
_PAGE = ("text/html", "application/xhtml+xml")
_MAX_CHARS = 1_000
_QUALITY = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)")


def wants_document(accept: bytes | None) -> bool:
    """Whether an ActivityPub document is asked for, and not less gladly than a page.

    A mere `*/*` or `application/json` gets the page.
    """
    if accept is None or len(accept) > _MAX_CHARS:
        return False
    best_document = best_page = 0.0
    for part in accept.decode("latin-1").split(","):
        kind, *parameters = (piece.strip() for piece in part.split(";"))
        kind = kind.lower()
        if kind == _ACTIVITY or (kind == _LINKED and _has_profile(parameters)):
            best_document = max(best_document, _quality(parameters))
        elif kind in _PAGE:
            best_page = max(best_page, _quality(parameters))
    return best_document > 0 and best_document >= best_page


def _has_profile(parameters: list[str]) -> bool:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "profile":
            return _PROFILE in value.strip(' "').split()
    return False


def _quality(parameters: list[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "q":
            return float(value) if _QUALITY.fullmatch(value.strip()) else 0.0
    return 1.0
