"""Looking up who is not known here: a real client asks a real server on loopback."""

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from moothall.actions.purge import purge_person
from moothall.domain.community import CommunityView
from moothall.domain.errors import NotFound
from moothall.domain.time import DAY
from moothall.domain.user import PersonView
from moothall.federation.fetch import Fetcher
from moothall.federation.keys import Keys
from moothall.federation.look_up import LookUp
from moothall.forum import Forum
from moothall.lib.http_client import HttpClient, Rules
from moothall.lib.http_signatures import Request, verify
from moothall.reads.actor import get_key
from moothall.reads.community import get_community
from moothall.reads.user import get_profile
from moothall.storage.site import update_site
from moothall.storage.site_list import add_instance_rules
from moothall.storage.user import find_person
from tests.support.api import ApiClient
from tests.support.builders import a_signed_in_person
from tests.support.origin import Origin, Reply
from tests.support.peer import ACTIVITY

HOST = "peer.example"
ADA = f"https://{HOST}/u/ada"
CHESS = f"https://{HOST}/c/chess"
JRD = "application/jrd+json"


def actor(ap_id: str, kind: str = "Person", **changes: Any) -> dict[str, Any]:
    name = ap_id.rpartition("/")[2]
    told = {
        "id": ap_id,
        "type": kind,
        "preferredUsername": name,
        "name": name.title(),
        "summary": "<p>I <strong>play</strong>.</p>",
        "inbox": f"https://{HOST}/inbox",
        "outbox": f"{ap_id}/outbox",
        "publicKey": {"id": f"{ap_id}#main-key", "owner": ap_id, "publicKeyPem": "PEM"},
        "published": "2020-01-02T03:04:05Z",
    }
    return {name: value for name, value in {**told, **changes}.items() if value is not None}


def told(document: Any, status: int = 200, kind: str = ACTIVITY, **headers: str) -> Reply:
    return Reply(json.dumps(document).encode(), {"Content-Type": kind, **headers}, status)


def webfinger(*links: tuple[str, str]) -> Reply:
    kind = "https://www.w3.org/ns/activitystreams#type"
    return told(
        {
            "subject": "acct:x",
            "links": [
                {"rel": "http://webfinger.net/rel/profile-page", "href": ADA, "type": "text/html"},
                *(
                    {"rel": "self", "type": ACTIVITY, "href": href, "properties": {kind: what}}
                    for href, what in links
                ),
            ],
        },
        kind=JRD,
    )


@pytest.fixture
def peer() -> Iterator[Origin]:
    with Origin() as server:
        server.replies["/u/ada"] = told(actor(ADA))
        server.replies["/c/chess"] = told(actor(CHESS, "Group", sensitive=True))
        server.replies["/.well-known/webfinger"] = webfinger((ADA, "Person"), (CHESS, "Group"))
        yield server


def looked_up(forum: Forum, peer: Origin, *texts: str, host: str = HOST) -> list[bool]:
    """Ask one after the other, with one memory of failures."""

    async def run() -> list[bool]:
        rules = Rules(static_hosts={host: peer.base_url})
        async with HttpClient(rules, "Moothall/test") as client:
            look_up = LookUp(forum, Fetcher(forum, client, Keys(forum)))
            return [await look_up(text) for text in texts]

    return asyncio.run(run())


def person(forum: Forum, name: str = f"ada@{HOST}") -> PersonView:
    return forum.read_now(get_profile, None, name=name)


def community(forum: Forum, name: str = f"chess@{HOST}") -> CommunityView:
    return forum.read_now(get_community, None, name=name)


# --- what is found


@pytest.mark.parametrize("text", [ADA, f"@ada@{HOST}", f"  @ADA@{HOST} "])
def test_a_person_is_found(forum: Forum, peer: Origin, text: str) -> None:
    assert looked_up(forum, peer, text) == [True]
    found = person(forum).person
    assert (found.ap_id, found.name, found.display_name) == (ADA, "ada", "Ada")
    assert (found.bio, found.local) == ("I **play**.", False)
    assert person(forum).bio_html == "<p>I <strong>play</strong>.</p>\n"


@pytest.mark.parametrize("text", [CHESS, f"!chess@{HOST}"])
def test_a_community_is_found(forum: Forum, peer: Origin, text: str) -> None:
    assert looked_up(forum, peer, text) == [True]
    found = community(forum).community
    assert (found.ap_id, found.title, found.nsfw, found.local) == (CHESS, "Chess", True, False)


def test_their_keys_are_kept(forum: Forum, peer: Origin) -> None:
    looked_up(forum, peer, ADA)
    key = forum.read_now(get_key, "person", person(forum).person.id)
    assert key is not None
    assert key.public_pem == "PEM"


def test_an_address_that_is_not_the_id_leads_to_it(forum: Forum, peer: Origin) -> None:
    peer.replies["/@ada"] = told(actor(ADA))
    assert looked_up(forum, peer, f"https://{HOST}/@ada") == [True]
    assert person(forum).person.ap_id == ADA


def test_one_redirect_is_followed(forum: Forum, peer: Origin) -> None:
    peer.replies["/old"] = Reply(status=302, headers={"Location": "/u/ada"})
    peer.replies["/older"] = Reply(status=302, headers={"Location": "/old"})
    assert looked_up(forum, peer, f"https://{HOST}/old", f"https://{HOST}/older") == [True, False]


def test_requests_are_signed_by_the_site(forum: Forum, peer: Origin) -> None:
    looked_up(forum, peer, ADA)
    [seen] = peer.seen
    key = forum.read_now(get_key, "site", 1)
    assert key is not None
    verify(Request("GET", ADA, seen.headers), key.public_pem, time.time())
    assert 'keyId="https://forum.example/#main-key"' in seen.headers["signature"]


def test_who_refuses_one_form_of_signature_is_sent_the_other(forum: Forum, peer: Origin) -> None:
    peer.replies["/u/ada"] = told({"error": "no"}, status=401)
    assert looked_up(forum, peer, ADA) == [False]
    assert ["signature-input" in seen.headers for seen in peer.seen] == [False, True]


# --- again


def test_what_was_asked_for_today_is_not_asked_again(forum: Forum, peer: Origin) -> None:
    assert looked_up(forum, peer, ADA, ADA) == [True, True]
    assert len(peer.seen) == 1


def test_what_has_changed_is_taken_over_later(forum: Forum, peer: Origin) -> None:
    looked_up(forum, peer, ADA, CHESS)
    born = person(forum).person.created_at
    peer.replies["/u/ada"] = told(
        actor(ADA, "Service", name=None, summary=None, published="2024-01-01T00:00:00Z")
    )
    peer.replies["/c/chess"] = told(actor(CHESS, "Group", name="The game", discoverable=False))
    now = forum.clock()
    forum.clock = lambda: now + DAY  # type: ignore[assignment, return-value]
    assert looked_up(forum, peer, ADA, CHESS) == [True, True]
    found = person(forum).person
    assert (found.display_name, found.bio, found.bot, found.created_at) == (None, None, True, born)
    assert community(forum).community.title == "The game"
    assert community(forum).community.visibility == "Unlisted"


def test_who_came_back_under_another_id_is_the_same(forum: Forum, peer: Origin) -> None:
    looked_up(forum, peer, ADA)
    before = person(forum).person.id
    again = f"https://{HOST}/users/ada"
    peer.replies["/users/ada"] = told(actor(again))
    assert looked_up(forum, peer, again) == [True]
    assert (person(forum).person.id, person(forum).person.ap_id) == (before, again)


def test_who_was_purged_does_not_come_back(forum: Forum, peer: Origin) -> None:
    looked_up(forum, peer, ADA)
    admin, _ = a_signed_in_person(forum, "admin", admin=True)
    forum.act_now(purge_person, admin.doer, person(forum).person.id, "gone")
    now = forum.clock()
    forum.clock = lambda: now + DAY  # type: ignore[assignment, return-value]
    looked_up(forum, peer, ADA)
    found = forum.read_now(lambda tx: find_person(tx.conn, "ada", HOST))
    assert found is not None
    assert (found.deleted, found.display_name, found.bio) == (True, None, None)


def test_a_name_is_given_once(forum: Forum, peer: Origin) -> None:
    bob = f"https://{HOST}/u/bob"
    peer.replies["/u/bob"] = told(actor(bob))
    assert looked_up(forum, peer, ADA, bob) == [True, True]
    peer.replies["/u/ada"] = told(actor(ADA, preferredUsername="bob"))
    now = forum.clock()
    forum.clock = lambda: now + DAY  # type: ignore[assignment, return-value]
    assert looked_up(forum, peer, ADA) == [False]
    assert person(forum).person.name == "ada"


def test_a_site_that_talks_to_nobody_asks_nobody(forum: Forum, peer: Origin) -> None:
    forum.act_now(lambda tx: update_site(tx.conn, federation_enabled=False))
    forum.forget_site()
    assert looked_up(forum, peer, ADA) == [False]
    assert peer.seen == []


def test_what_failed_is_not_tried_again_at_once(forum: Forum, peer: Origin) -> None:
    assert looked_up(forum, peer, f"https://{HOST}/none", f"https://{HOST}/none") == [False, False]
    assert len(peer.seen) == 1


# --- what is not believed


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(told(actor("https://other.example/u/ada")), id="the id of another host"),
        pytest.param(told(actor(ADA), kind="application/json"), id="mere JSON"),
        pytest.param(told(actor(ADA), kind="application/ld+json"), id="linked data of any kind"),
        pytest.param(told(actor(ADA), kind="text/html"), id="a page"),
        pytest.param(told(actor(ADA), status=500), id="an error"),
        pytest.param(told(actor(ADA), status=410), id="gone"),
        pytest.param(told(actor(ADA, "Note")), id="no actor"),
        pytest.param(told(actor(ADA, "Application")), id="a whole server"),
        pytest.param(told(actor(ADA, publicKey=None)), id="no key"),
        pytest.param(told(actor(ADA, inbox="https://other.example/inbox")), id="a strange inbox"),
        pytest.param(told([]), id="a list"),
        pytest.param(Reply(b"{", {"Content-Type": ACTIVITY}), id="half a document"),
        pytest.param(Reply(b" " * 2_000_000, {"Content-Type": ACTIVITY}), id="far too much"),
        pytest.param(Reply(status=302, headers={"Location": "http://["}), id="to nowhere"),
        pytest.param(Reply(status=302, headers={"Location": "file:///etc/passwd"}), id="to a file"),
        pytest.param(
            Reply(status=302, headers={"Location": "https://127.0.0.1/u/ada"}), id="to ourselves"
        ),
    ],
)
def test_what_is_not_believed_leaves_nothing(forum: Forum, peer: Origin, reply: Reply) -> None:
    peer.replies["/u/ada"] = reply
    assert looked_up(forum, peer, ADA) == [False]
    with pytest.raises(NotFound):
        person(forum)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "words",
        "@",
        "@ada",
        "@ada@",
        "!@peer.example",
        "@ada@forum.example",
        "https://forum.example/u/ada",
        "https://127.0.0.1/u/ada",
        "https://localhost/u/ada",
        "javascript://peer.example/u/ada",
        "@ada@127.0.0.1",
        "@ada@peer.example/../x",
        "https://peer.example:99999/u/ada",
        "https://ada:secret@peer.example/u/ada",
    ],
)
def test_nobody_is_asked_for_what_is_no_address_of_others(
    forum: Forum, peer: Origin, text: str
) -> None:
    assert looked_up(forum, peer, text) == [False]
    assert peer.seen == []


def test_who_is_blocked_is_not_asked(forum: Forum, peer: Origin) -> None:
    forum.act_now(lambda tx: add_instance_rules(tx.conn, "blocked", [HOST], tx.now))
    assert looked_up(forum, peer, ADA, f"@ada@{HOST}") == [False, False]
    assert peer.seen == []


def test_who_is_not_on_the_list_of_the_allowed_is_not_asked(forum: Forum, peer: Origin) -> None:
    forum.act_now(lambda tx: add_instance_rules(tx.conn, "allowed", ["friend.example"], tx.now))
    assert looked_up(forum, peer, ADA) == [False]
    assert peer.seen == []


def test_a_server_cannot_speak_for_our_own(forum: Forum, peer: Origin) -> None:
    peer.replies["/.well-known/webfinger"] = webfinger(("https://forum.example/u/ada", "Person"))
    assert looked_up(forum, peer, f"@ada@{HOST}") == [False]


# --- through the API


def test_clients_resolve_what_is_elsewhere_when_signed_in(forum: Forum, peer: Origin) -> None:
    _, token = a_signed_in_person(forum, "bob")

    async def look_up(text: str) -> bool:
        async with HttpClient(Rules(static_hosts={HOST: peer.base_url}), "Moothall/test") as client:
            return await LookUp(forum, Fetcher(forum, client, Keys(forum)))(text)

    api = ApiClient(forum, look_up=look_up)
    assert api.get("/resolve_object", q=CHESS).status_code == 400
    assert peer.seen == []
    found = api.get("/resolve_object", token, q=f"!chess@{HOST}").json()
    assert found["community"]["community"]["actor_id"] == CHESS
    # From here on it is known to everybody.
    assert api.get("/resolve_object", q=CHESS).status_code == 200
    refused = api.get("/resolve_object", token, q=f"https://{HOST}/none")
    assert (refused.status_code, refused.json()["error"]) == (400, "couldnt_find_object")
