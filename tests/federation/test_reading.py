"""Reading what strangers send: what is refused, and every actor among the recorded documents."""

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from moothall.domain.remote import RemoteCommunity, RemotePerson, RemoteSite
from moothall.domain.time import to_datetime
from moothall.federation.reading import document
from moothall.federation.reading.actor import read_actor
from moothall.federation.reading.document import Unreadable, parse

ID = "https://peer.example/u/ada"
KEY = {"id": f"{ID}#main-key", "owner": ID, "publicKeyPem": "PEM"}


def actor(**changes: Any) -> dict[str, Any]:
    told = {
        "id": ID,
        "type": "Person",
        "preferredUsername": "ada",
        "inbox": f"{ID}/inbox",
        "outbox": f"{ID}/outbox",
        "publicKey": KEY,
    }
    return {name: value for name, value in {**told, **changes}.items() if value is not None}


# --- JSON


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"<html>", "no JSON"),
        (b'{"a": NaN}', "no JSON"),
        (b'{"a": Infinity}', "no JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "no JSON"),
        (b"[]", "no object"),
        (b'"text"', "no object"),
        (b'{"id": 1, "id": 2}', "twice"),
        (b'{"a": {"actor": 1, "actor": 2}}', "twice"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, "too deeply"),
        (b"[" * 100_000, "no JSON"),
        (b'{"a": "' + b"x" * 1_000_000 + b'"}', "too large"),
    ],
)
def test_what_is_no_document_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        parse(body)


def test_what_is_one_is_read() -> None:
    assert parse(b'{"a": [{"b": null}]}') == {"a": [{"b": None}]}


@pytest.mark.parametrize(
    ("value", "expected"),
    [(None, []), ("one", ["one"]), (["one", "two"], ["one", "two"]), ({"id": 1}, [{"id": 1}])],
)
def test_a_property_may_be_one_or_many(value: Any, expected: list[Any]) -> None:
    assert document.many({"to": value}, "to") == expected
    assert document.many({}, "to") == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (ID, ID),
        ({"id": ID, "type": "Person"}, ID),
        ([{"type": "Link"}, ID], ID),
        ("acct:ada@peer.example", None),
        ("javascript:alert(1)", None),
        ("https://", None),
        ("https://user@peer.example/", None),
        ("https://peer.example\\@x/", None),
        ("https://peer.example/a b\n", None),
        ("https://peer.example/" + "a" * 3000, None),
        (7, None),
        ({}, None),
    ],
)
def test_an_object_may_be_its_id(value: Any, expected: str | None) -> None:
    assert document.id_of({"actor": value}, "actor") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-02-26T12:35:34.292626Z", "2021-02-26T12:35:34.292626+00:00"),
        ("2021-02-26T12:35:34Z", "2021-02-26T12:35:34+00:00"),
        ("2021-02-26T12:35:34.5+02:00", "2021-02-26T10:35:34.500000+00:00"),
        ("2021-02-26T12:35:34", None),
        ("yesterday", None),
        ("9999999-01-01T00:00:00Z", None),
        (12, None),
    ],
)
def test_times_have_a_zone(text: Any, expected: str | None) -> None:
    found = document.moment({"published": text}, "published")
    assert (None if found is None else to_datetime(found).isoformat()) == expected


@pytest.mark.parametrize(
    "value",
    [
        "https://a.example/i.png",
        {"type": "Image", "url": "https://a.example/i.png"},
        {"type": "Image", "url": {"type": "Link", "href": "https://a.example/i.png"}},
        {"type": "Image", "url": [{"href": "https://a.example/i.png"}]},
        [{"url": "https://a.example/small.png"}, {"url": "https://a.example/i.png"}],
    ],
)
def test_a_picture_has_many_forms(value: Any) -> None:
    assert document.picture({"icon": value}, "icon") == "https://a.example/i.png"


def test_a_picture_may_be_none() -> None:
    values: list[Any] = [None, "", 7, {}, {"url": None}, {"url": "data:image/png,x"}, []]
    for value in values:
        assert document.picture({"icon": value}, "icon") is None


# --- texts


def test_what_was_written_counts_more_than_its_html() -> None:
    told = {
        "summary": "<p>I <b>play</b></p>",
        "source": {"content": "I **play**", "mediaType": "text/markdown"},
    }
    assert document.markdown(told, "summary", 100) == "I **play**"
    told["source"] = {"content": "{b}play{/b}", "mediaType": "text/x.misskeymarkdown"}
    assert document.markdown(told, "summary", 100) == "I **play**"


def test_html_becomes_markdown_without_what_acts() -> None:
    told = {"content": '<h2>Hi</h2><script>alert(1)</script><p>a <a href="https://b.example">b</a>'}
    assert document.markdown(told, "content", 100) == "## Hi\n\na [b](https://b.example)"


@pytest.mark.parametrize(
    "html", ["<ol><li><blockquote>a" * 9000, "<table><tr><td>a" * 9000, "<ul><li>a<ol><li>" * 9000]
)
def test_hostile_html_costs_little(html: str) -> None:
    started = time.process_time()
    assert len(document.markdown({"content": html}, "content", 10_000) or "") <= 10_000
    assert time.process_time() - started < 5


def test_texts_are_cut_and_hold_nothing_that_cannot_be_stored() -> None:
    told = {"content": "a\0b\ud800" + "c" * 50, "mediaType": "text/markdown"}
    assert document.markdown(told, "content", 10) == "abcccccc"
    assert document.line({"name": " a\0\n b  c "}, "name", 4) == "a b c"[:4]
    assert document.line({"name": "  "}, "name", 4) is None


# --- actors


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": "Note"}, "no actor"),
        ({"type": None}, "no actor"),
        ({"id": None}, "no id"),
        ({"id": "not an id"}, "no id"),
        ({"inbox": None}, "no inbox"),
        ({"inbox": "https://other.example/inbox"}, "another host"),
        ({"preferredUsername": None}, "no name"),
        ({"preferredUsername": "ada@other.example"}, "no name"),
        ({"preferredUsername": 7}, "no name"),
        ({"publicKey": None}, "no key"),
        ({"publicKey": {**KEY, "owner": "https://other.example/u/ada"}}, "no key"),
        ({"publicKey": {**KEY, "publicKeyPem": "P" * 10_000}}, "no key"),
    ],
)
def test_what_lacks_the_necessary_is_refused(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read_actor(actor(**changes))


def test_a_shared_inbox_on_another_host_is_not_believed() -> None:
    told = actor(endpoints={"sharedInbox": "https://other.example/inbox"})
    assert read_actor(told).actor.shared_inbox is None


def test_kinds_of_actors() -> None:
    person, bot = read_actor(actor()), read_actor(actor(type="Service"))
    assert isinstance(person, RemotePerson)
    assert isinstance(bot, RemotePerson)
    assert (person.bot, bot.bot) == (False, True)
    assert isinstance(read_actor(actor(type=["Group", "Thing"])), RemoteCommunity)
    assert isinstance(read_actor(actor(type="Application")), RemoteSite)


def test_who_owns_a_community_is_not_its_team() -> None:
    owners = [{"type": "Person", "id": ID}]
    told = read_actor(actor(type="Group", attributedTo=owners))
    assert isinstance(told, RemoteCommunity)
    assert told.moderators is None
    told = read_actor(actor(type="Group", attributedTo=f"{ID}/moderators"))
    assert isinstance(told, RemoteCommunity)
    assert told.moderators == f"{ID}/moderators"


# What the index of the samples says of each actor.
_ROW = re.compile(r"\| `actors/(\w+\.json)` \| (\w+) \|[^|]*\| ([^|]*) \|")
_STORED = re.compile(
    r"(?:User|Community) `([^`]+)@([^`@]+)` stored with key, (shared|own) inbox[^,]*, "
    r"(?:display name|title) (?:falls back to the user name|\"([^\"]*)\")"
)


def test_every_recorded_actor_is_read_as_its_index_says(shared: Path) -> None:
    samples = shared / "samples" / "activitypub"
    checked = 0
    for section in (samples / "README.md").read_text().split("\n### ")[1:]:
        folder = section.split(" ", 1)[0]
        for name, _, expected in _ROW.findall(section):
            path = samples / folder / "actors" / name
            found = read_actor(parse(path.read_bytes())).actor
            stored = _STORED.search(expected)
            if stored is None:
                continue
            checked += 1
            user, host, inbox, shown = stored.groups()
            assert (found.name, found.host) == (user, host), path
            assert (found.shared_inbox is not None) == (inbox == "shared"), path
            assert (found.display_name or found.name) == (shown or found.name), path
    assert checked > 30


def test_recorded_documents_of_other_kinds_are_no_actors(shared: Path) -> None:
    for path in sorted((shared / "samples" / "activitypub").rglob("objects/*.json")):
        with pytest.raises(Unreadable):
            read_actor(json.loads(path.read_bytes()))
