"""The public Python client library of the Lemmy API, as bots use it, against the real server.

It takes its dialect from NodeInfo, so the server presents itself there as the one it knows.
"""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from pythorhead import Lemmy
from pythorhead.types import FeatureType, ListingType, SearchType, SortType

from tests.support.server import ADMIN, PASSWORD, Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A forum that is open to all."""
    folder = tmp_path_factory.mktemp("town")
    with Server(folder, compat={"nodeinfo_as_lemmy": True}) as started:
        started.open_registration(started.log_in())
        yield started
        assert started.stop() == 0, started.log


def _signed_in(server: Server, name: str) -> Any:
    client = Lemmy(server.url, raise_exceptions=True, request_timeout=20)
    assert client.log_in(name, PASSWORD)
    return client


@pytest.fixture(scope="module")
def town(server: Server) -> Any:
    """Two people with their clients, a community of hers, and a post in it."""
    for name in ("nan", "owl"):
        server.register(name)
    nan, owl = (_signed_in(server, name) for name in ("nan", "owl"))
    made = nan.community.create(name="bots", title="Bots", description="Not people")
    community_id = made["community_view"]["community"]["id"]
    post = nan.post.create(community_id, "Beep", url="https://bots.example/", body="boop")
    return SimpleNamespace(
        nan=nan, owl=owl, community_id=community_id, post_id=post["post_view"]["post"]["id"]
    )


def _ids(views: list[dict[str, Any]], subject: str = "post") -> list[int]:
    return [view[subject]["id"] for view in views]


def test_it_knows_the_dialect(server: Server, town: Any) -> None:
    assert str(town.nan.instance_version) == "0.19.20"
    me = town.nan.site.get()["my_user"]["local_user_view"]["person"]
    assert me["name"] == "nan"


def test_a_wrong_password_is_refused(server: Server) -> None:
    client = Lemmy(server.url, raise_exceptions=True, request_timeout=20)
    with pytest.raises(Exception, match="incorrect_login"):
        client.log_in("nan", "wrong password")
    assert not Lemmy(server.url, request_timeout=20).log_in("nan", "wrong password")


def test_communities_are_found_and_followed(town: Any) -> None:
    assert town.owl.discover_community("bots") == town.community_id
    found = town.owl.community.get(name="bots")["community_view"]
    assert found["community"]["description"] == "Not people"
    followed = town.owl.community.follow(town.community_id)
    assert followed["subscribed"] == "Subscribed"
    listed = town.owl.community.list(limit=50)
    assert town.community_id in _ids(listed, "community")
    town.nan.community.edit(town.community_id, title="Robots")
    assert town.owl.community.get(id=town.community_id)["community_view"]["community"]["title"] == (
        "Robots"
    )


def test_posts_are_written_listed_voted_saved(town: Any) -> None:
    post_id = town.post_id
    listed = town.owl.post.list(community_id=town.community_id, sort=SortType.New)
    assert _ids(listed) == [post_id]
    assert town.owl.post.get(post_id)["post_view"]["post"]["body"] == "boop"
    town.nan.post.edit(post_id, body="boop boop")
    assert town.owl.post.get(post_id)["post_view"]["post"]["body"] == "boop boop"
    voted = town.owl.post.like(post_id, 1)["post_view"]
    assert (voted["counts"]["score"], voted["my_vote"]) == (2, 1)
    town.owl.post.save(post_id, True)  # noqa: FBT003 -- the library's own signature
    assert _ids(town.owl.post.list(saved_only=True, type_=ListingType.All)) == [post_id]
    assert town.owl.post.mark_as_read(post_id, True)["success"]  # noqa: FBT003
    votes = town.nan.post.list_votes(post_id)["post_likes"]
    assert sorted(vote["creator"]["name"] for vote in votes) == ["nan", "owl"]


def test_comments_answer_comments(town: Any) -> None:
    root = town.owl.comment.create(town.post_id, "hello")["comment_view"]["comment"]
    reply = town.nan.comment.create(town.post_id, "hi", parent_id=root["id"])
    assert reply["comment_view"]["comment"]["path"].startswith(root["path"] + ".")
    tree = town.owl.comment.list(post_id=town.post_id, max_depth=5, type_=ListingType.All)
    assert [each["comment"]["content"] for each in tree] == ["hello", "hi"]
    town.owl.comment.edit(root["id"], content="hello there")
    got = town.nan.comment.get(root["id"])["comment_view"]["comment"]
    assert got["content"] == "hello there"
    assert town.nan.comment.like(root["id"], -1)["comment_view"]["counts"]["score"] == 0
    town.owl.comment.delete(root["id"], True)  # noqa: FBT003
    assert town.nan.comment.get(root["id"])["comment_view"]["comment"]["content"] == ""
    town.owl.comment.delete(root["id"], False)  # noqa: FBT003


def test_a_bot_finds_what_mentions_it(server: Server, town: Any) -> None:
    host = server.url.removeprefix("http://")
    town.nan.comment.create(town.post_id, f"Wake up, @owl@{host}")
    mentions = town.owl.mention.list(unread_only=True)["mentions"]
    assert [each["creator"]["name"] for each in mentions] == ["nan"]
    town.owl.mention.mark_as_read(mentions[0]["person_mention"]["id"], True)  # noqa: FBT003
    assert town.owl.mention.list(unread_only=True)["mentions"] == []


def test_messages_pass_between_two(town: Any) -> None:
    owl = town.nan.user.get(username="owl")["person_view"]["person"]["id"]
    town.nan.private_message.create("psst", owl)
    inbox = town.owl.private_message.list(unread_only=True, page=1)["private_messages"]
    assert [each["private_message"]["content"] for each in inbox] == ["psst"]
    town.owl.private_message.mark_as_read(inbox[0]["private_message"]["id"], True)  # noqa: FBT003
    assert town.owl.private_message.list(unread_only=True, page=1)["private_messages"] == []


def test_search_and_addresses_find_things(town: Any) -> None:
    found = town.owl.search("beep", type_=SearchType.Posts, listing_type=ListingType.All)
    assert _ids(found["posts"]) == [town.post_id]
    address = town.owl.post.get(town.post_id)["post_view"]["post"]["ap_id"]
    assert town.owl.resolve_object(address)["post"]["post"]["id"] == town.post_id


def test_a_moderators_bot_keeps_order(server: Server, town: Any) -> None:
    bad = town.owl.post.create(town.community_id, "Buy my watches")["post_view"]["post"]["id"]
    admin = _signed_in(server, ADMIN)
    admin.post.report(bad, "spam")
    reports = town.nan.post.report_list(unresolved_only=True)
    assert [each["post_report"]["reason"] for each in reports] == ["spam"]
    with pytest.raises(Exception, match="not_a_moderator"):
        town.owl.post.remove(bad, True)
    town.nan.post.remove(bad, True, "spam")
    assert town.nan.post.report_list(unresolved_only=True) == []
    assert bad not in _ids(admin.post.list(community_id=town.community_id))
    town.nan.post.lock(town.post_id, True)  # noqa: FBT003
    with pytest.raises(Exception, match="locked"):
        town.owl.comment.create(town.post_id, "too late")
    town.nan.post.lock(town.post_id, False)  # noqa: FBT003
    featured = town.nan.post.feature(town.post_id, True, FeatureType.Community)  # noqa: FBT003
    assert featured["post_view"]["post"]["featured_community"]

    owl = town.nan.user.get(username="owl")["person_view"]["person"]["id"]
    town.nan.community.ban_user(ban=True, community_id=town.community_id, person_id=owl)
    with pytest.raises(Exception, match="banned_from_community"):
        town.owl.post.create(town.community_id, "Let me in")
    log = admin.modlog.get(community_id=town.community_id)
    assert [each["mod_remove_post"]["reason"] for each in log["removed_posts"]] == ["spam"]
    assert len(log["locked_posts"]) == 2
    assert len(log["banned_from_community"]) == 1
