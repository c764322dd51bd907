"""Who gets a document, and who a page."""

import pytest

from moothall.federation.negotiation import wants_document

LINKED = 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"'


@pytest.mark.parametrize(
    "accept",
    [
        "application/activity+json",
        "Application/Activity+JSON",
        "application/activity+json; charset=utf-8",
        LINKED,
        f"{LINKED}, application/activity+json",
        f"application/activity+json, {LINKED}",
        "application/activity+json;q=0.9, text/html;q=0.1",
        "text/html;q=0.5, application/activity+json",
        "application/activity+json, text/html",
        'application/ld+json;profile="a https://www.w3.org/ns/activitystreams"',
    ],
)
def test_who_asks_for_a_document_gets_it(accept: str) -> None:
    assert wants_document(accept.encode())


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "text/html",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "application/json",
        "application/ld+json",
        'application/ld+json; profile="https://elsewhere.example"',
        "application/activity+json;q=0",
        "application/activity+json;q=0.4, text/html;q=0.5",
        "application/activity+json;q=nonsense",
        "application/activity+json, " * 100,
    ],
)
def test_everybody_else_gets_the_page(accept: str) -> None:
    assert not wants_document(accept.encode())


def test_without_the_header_it_is_a_page() -> None:
    assert not wants_document(None)
