"""What other servers fetch: the documents, who gets none, and what is told of what is gone."""

from typing import Any

import pytest

from moothall.actions.comment import delete_comment
from moothall.actions.community import remove_community
from moothall.actions.moderation import feature_post
from moothall.actions.post import delete_post
from moothall.actions.removal import remove_post
from moothall.actions.user import delete_account
from moothall.domain.account import Proof
from moothall.federation.shapes.base import PUBLIC
from moothall.forum import Forum
from moothall.lib.http_signatures import read_public_key
from moothall.storage.account import get_account, update_person
from moothall.storage.community import update_community
from moothall.storage.site import update_site
from tests.support.builders import a_comment, a_community, a_person, a_post, a_server
from tests.support.peer import PAGE, Peer

BASE = "https://forum.example"
ADA = f"{BASE}/u/ada"
CHESS = f"{BASE}/c/chess"
BIO = "<p>I <strong>play</strong>.</p>\n"


class Place:
    """A community with a post and a comment."""

    def __init__(self, forum: Forum) -> None:
        self.ada = a_person(forum, "ada", bio="I **play**.", bio_html=BIO)
        self.bob = a_person(forum, "bob")
        self.chess = a_community(forum, self.ada, "chess", description="Of _kings_.", nsfw=False)
        self.post = a_post(
            forum, self.ada, self.chess, "An opening", body="Hello @bob@forum.example!"
        )
        self.comment = a_comment(forum, self.bob, self.post, content="Good.")
        self.answer = a_comment(
            forum, self.ada, self.post, self.comment, content="Thanks, @bob@forum.example."
        )


@pytest.fixture
def place(forum: Forum) -> Place:
    return Place(forum)


@pytest.fixture
def peer(forum: Forum) -> Peer:
    return Peer(forum)


# --- actors


def test_a_person(place: Place, peer: Peer) -> None:
    found = peer.document("/u/ada")
    assert found["id"] == found["url"] == ADA
    assert (found["type"], found["preferredUsername"]) == ("Person", "ada")
    assert found["summary"] == BIO
    assert found["source"] == {"content": "I **play**.", "mediaType": "text/markdown"}
    assert found["inbox"] == found["endpoints"]["sharedInbox"] == f"{BASE}/inbox"
    assert peer.document("/u/ada/outbox")["id"] == found["outbox"]


def test_a_bot_is_a_service(forum: Forum, peer: Peer) -> None:
    a_person(forum, "robot", bot=True)
    assert peer.document("/u/robot")["type"] == "Service"


def test_a_community(place: Place, peer: Peer) -> None:
    found = peer.document("/c/chess")
    assert found["id"] == CHESS
    assert (found["type"], found["preferredUsername"], found["name"]) == ("Group", "chess", "Chess")
    assert found["summary"] == "<p>Of <em>kings</em>.</p>\n"
    assert found["postingRestrictedToMods"] is False
    for part in ("attributedTo", "featured", "followers", "outbox"):
        path = found[part].removeprefix(BASE)
        assert peer.document(path)["id"] == found[part]


def test_the_site_is_an_actor_at_the_root(forum: Forum, peer: Peer) -> None:
    found = peer.document("/")
    assert found["id"] == f"{BASE}/"
    assert (found["type"], found["preferredUsername"]) == ("Application", "forum.example")
    assert found["name"] == "Test Forum"
    assert peer.document("/site_outbox")["id"] == found["outbox"]


@pytest.mark.parametrize("path", ["/u/ada", "/c/chess", "/"])
def test_an_actor_keeps_the_key_that_it_once_had(place: Place, peer: Peer, path: str) -> None:
    found = peer.document(path)
    key = found["publicKey"]
    assert key["id"] == f"{found['id']}#main-key"
    assert key["owner"] == found["id"]
    assert read_public_key(key["publicKeyPem"]).key_size == 2048
    assert peer.document(path)["publicKey"] == key


def test_no_two_actors_have_the_same_key(place: Place, peer: Peer) -> None:
    keys = {peer.document(path)["publicKey"]["publicKeyPem"] for path in ("/u/ada", "/u/bob", "/")}
    assert len(keys) == 3


# --- posts and comments


def test_a_post(place: Place, peer: Peer) -> None:
    found = peer.document(f"/post/{place.post}")
    assert found["type"] == "Page"
    assert found["attributedTo"] == ADA
    assert found["to"] == [CHESS, PUBLIC]
    assert found["cc"] == [f"{BASE}/u/bob"]
    assert found["audience"] == CHESS
    assert found["name"] == "An opening"
    assert found["source"]["content"] == "Hello @bob@forum.example!"
    assert found["content"].startswith("<p>Hello <a ")
    assert found["attachment"] == []
    assert found["language"] == {"identifier": "und", "name": "Undetermined"}
    assert found["tag"] == [
        {"type": "Mention", "href": f"{BASE}/u/bob", "name": "@bob@forum.example"}
    ]
    assert found["published"].endswith("Z")
    assert "updated" not in found


def test_a_post_with_a_link(forum: Forum, place: Place, peer: Peer) -> None:
    post_id = a_post(forum, place.ada, place.chess, "Look", url="https://a.example/page")
    assert peer.document(f"/post/{post_id}")["attachment"] == [
        {"type": "Link", "href": "https://a.example/page"}
    ]


def test_a_comment(place: Place, peer: Peer) -> None:
    found = peer.document(f"/comment/{place.comment}")
    assert found["type"] == "Note"
    assert found["inReplyTo"] == f"{BASE}/post/{place.post}"
    assert found["to"] == [PUBLIC]
    assert found["cc"] == [CHESS, ADA]
    assert found["content"] == "<p>Good.</p>\n"
    # So that the answer from a microblog comes back to the community.
    assert [tag["href"] for tag in found["tag"]] == [CHESS]


def test_an_answer_names_whom_it_answers_once(place: Place, peer: Peer) -> None:
    found = peer.document(f"/comment/{place.answer}")
    assert found["inReplyTo"] == f"{BASE}/comment/{place.comment}"
    assert found["cc"] == [CHESS, f"{BASE}/u/bob"]
    assert [tag["href"] for tag in found["tag"]] == [f"{BASE}/u/bob", CHESS]


# --- collections


def test_the_outbox_has_the_newest_posts_as_they_were_announced(
    forum: Forum, place: Place, peer: Peer
) -> None:
    newer = a_post(forum, place.bob, place.chess, "Newer")
    items = peer.document("/c/chess/outbox")["orderedItems"]
    assert [item["object"]["object"]["id"] for item in items] == [
        f"{BASE}/post/{newer}",
        f"{BASE}/post/{place.post}",
    ]
    first = items[0]
    assert (first["type"], first["actor"]) == ("Announce", CHESS)
    assert first["cc"] == [f"{CHESS}/followers"]
    assert (first["object"]["type"], first["object"]["actor"]) == ("Create", f"{BASE}/u/bob")
    ids = [item["id"] for item in items] + [item["object"]["id"] for item in items]
    assert len(set(ids)) == 4


def test_followers_are_counted_and_never_named(place: Place, peer: Peer) -> None:
    found = peer.document("/c/chess/followers")
    assert (found["totalItems"], found["items"]) == (1, [])


def test_moderators_and_pinned_posts(forum: Forum, place: Place, peer: Peer) -> None:
    assert peer.document("/c/chess/moderators")["orderedItems"] == [ADA]
    assert peer.document("/c/chess/featured")["orderedItems"] == []
    forum.act_now(feature_post, place.ada.doer, place.post, featured=True, in_community=True)
    [pinned] = peer.document("/c/chess/featured")["orderedItems"]
    assert pinned == {
        name: value
        for name, value in peer.document(f"/post/{place.post}").items()
        if name != "@context"
    }
    assert pinned["stickied"] is True


# --- who gets what


def test_the_headers_say_what_it_is(place: Place, peer: Peer) -> None:
    answer = peer.get("/c/chess")
    assert answer.headers["content-type"] == "application/activity+json"
    assert answer.headers["vary"] == "Accept"
    assert answer.json()["@context"][0] == "https://www.w3.org/ns/activitystreams"


def test_head_gets_no_body(place: Place, peer: Peer) -> None:
    answer = peer.get("/c/chess", method="HEAD")
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 0


@pytest.mark.parametrize(
    ("path", "accept", "method"),
    [
        ("/c/chess", "text/html", "GET"),
        ("/c/chess", "application/activity+json", "POST"),
        ("/c/chess/edit", "application/activity+json", "GET"),
        ("/a/b/c/d", "application/activity+json", "GET"),
        ("/communities", "application/activity+json", "GET"),
    ],
)
def test_everything_else_is_passed_on(
    place: Place, peer: Peer, path: str, accept: str, method: str
) -> None:
    assert peer.get(path, accept, method).content == PAGE


@pytest.mark.parametrize(
    "path",
    [
        "/u/nobody",
        "/c/nowhere",
        "/c/nowhere/outbox",
        "/post/99999",
        "/post/-1",
        "/post/x",
        "/post/99999999999999999999",
        "/comment/99999",
        "/u/ada@elsewhere.example",
    ],
)
def test_what_never_was_is_not_found(place: Place, peer: Peer, path: str) -> None:
    answer = peer.get(path)
    assert answer.status_code == 404
    assert list(answer.json()) == ["error"]


def tombstone(peer: Peer, path: str) -> dict[str, Any]:
    answer = peer.get(path)
    assert answer.status_code == 410, answer.text
    found: dict[str, Any] = answer.json()
    assert found["type"] == "Tombstone"
    assert found["id"] == BASE + path
    assert "name" not in found
    return found


def test_what_is_gone_is_told_to_be_gone(forum: Forum, place: Place, peer: Peer) -> None:
    forum.act_now(delete_comment, place.bob.doer, place.comment, deleted=True)
    assert tombstone(peer, f"/comment/{place.comment}")["formerType"] == "Note"
    forum.act_now(delete_post, place.ada.doer, place.post, deleted=True)
    assert tombstone(peer, f"/post/{place.post}")["formerType"] == "Page"
    assert tombstone(peer, f"/comment/{place.answer}")


def test_what_was_removed_is_gone_too(forum: Forum, place: Place, peer: Peer) -> None:
    admin = a_person(forum, "admin", admin=True)
    forum.act_now(remove_post, admin.doer, place.post, removed=True)
    tombstone(peer, f"/post/{place.post}")
    forum.act_now(remove_community, admin.doer, place.chess, removed=True)
    assert tombstone(peer, "/c/chess")["formerType"] == "Group"
    assert peer.get("/c/chess/outbox").status_code == 404


def test_who_left_is_gone(forum: Forum, place: Place, peer: Peer) -> None:
    account = forum.read_now(lambda tx: get_account(tx.conn, place.bob.account_id))
    assert account is not None
    proof = Proof(account.id, account.password_hash)
    forum.act_now(delete_account, place.bob, proof, delete_content=False)
    assert tombstone(peer, "/u/bob")["formerType"] == "Person"
    assert peer.get("/u/bob/outbox").status_code == 410


@pytest.mark.parametrize("visibility", ["LocalOnly", "Private"])
def test_what_is_not_for_strangers_is_not_there(
    forum: Forum, place: Place, peer: Peer, visibility: str
) -> None:
    forum.act_now(lambda tx: update_community(tx.conn, place.chess, visibility=visibility))
    paths = ("/c/chess", "/c/chess/outbox", f"/post/{place.post}", f"/comment/{place.comment}")
    assert [peer.get(path).status_code for path in paths] == [404] * 4
    # Nor is told that it was there once.
    forum.act_now(delete_post, place.ada.doer, place.post, deleted=True)
    forum.act_now(lambda tx: update_community(tx.conn, place.chess, deleted=True))
    assert [peer.get(path).status_code for path in paths] == [404] * 4


@pytest.mark.parametrize("change", [{"private_instance": True}, {"federation_enabled": False}])
def test_a_site_that_talks_to_nobody_shows_nothing(
    forum: Forum, place: Place, peer: Peer, change: dict[str, bool]
) -> None:
    forum.act_now(lambda tx: update_site(tx.conn, **change))
    for path in ("/", "/u/ada", "/c/chess", f"/post/{place.post}", f"/comment/{place.comment}"):
        assert peer.get(path).status_code == 404


def test_names_are_spelled_as_they_were_chosen(place: Place, peer: Peer) -> None:
    for path, expected in (
        ("/u/ADA", ADA),
        ("/u/ADA/outbox", f"{ADA}/outbox"),
        ("/c/CHESS", CHESS),
    ):
        assert peer.document(path)["id"] == expected


def test_strangers_cannot_have_us_make_keys_without_end(
    forum: Forum, peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moothall.federation.keys._MADE_IN_A_MINUTE", 1)
    peer = Peer(forum)
    for name in ("one", "two"):
        a_person(forum, name)
    answers = [peer.get(f"/u/{name}").status_code for name in ("one", "two", "one")]
    assert answers == [200, 503, 200]


def test_of_a_copy_we_say_where_it_comes_from(forum: Forum, place: Place, peer: Peer) -> None:
    origin = "https://elsewhere.example/post/7"
    forum.act_now(lambda tx: _make_copy(tx, place, origin))
    answer = peer.get(f"/post/{place.post}")
    assert (answer.status_code, answer.headers["location"]) == (308, origin)


def _make_copy(tx: Any, place: Place, origin: str) -> None:
    from sqlalchemy import update

    from moothall.storage.statements import Statement
    from moothall.storage.tables import post

    server = a_server(tx, "elsewhere.example")
    update_person(tx.conn, place.ada.person_id, instance_id=server)
    changed = update(post).values(ap_id=origin, local=False)
    tx.conn.run(Statement(changed.where(post.c.id == int(place.post))))
