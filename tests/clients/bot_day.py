"""A bot's day with the public Python client library: what it knows of the API, in one go.

It is also what tests/clients/recordings holds, so nothing here hangs on chance or the clock.
"""

from typing import Any

from pythorhead import Lemmy
from pythorhead.types import FeatureType, ListingType, SearchType, SortType

from tests.support.server import ADMIN, PASSWORD


def signed_in(url: str, name: str) -> Any:
    """A client that raises what the server refuses."""
    client = Lemmy(url, raise_exceptions=True, request_timeout=20)
    assert client.log_in(name, PASSWORD)
    return client


def spend_a_day(url: str) -> None:
    """Two bots and an admin, on a forum that is open and where both bots are registered."""
    ant, bee, boss = (signed_in(url, name) for name in ("ant", "bee", ADMIN))
    made = ant.community.create(name="hive", title="Hive", description="Of bots")
    place = made["community_view"]["community"]["id"]
    assert bee.discover_community("hive") == place
    bee.community.follow(place)
    bee.community.list(limit=5)
    ant.community.edit(place, title="The hive")
    post = ant.post.create(place, "Buzz", url="https://bots.example/", body="bzz")
    post_id = post["post_view"]["post"]["id"]
    bee.post.list(community_id=place, sort=SortType.New)
    bee.post.list(type_=ListingType.Subscribed)
    bee.post.get(post_id)
    ant.post.edit(post_id, body="bzz bzz")
    bee.post.like(post_id, 1)
    bee.post.save(post_id, True)  # noqa: FBT003 -- the library's own signature
    bee.post.mark_as_read(post_id, True)  # noqa: FBT003
    ant.post.list_votes(post_id)
    _talk(ant, bee, post_id)
    _write(ant, bee)
    bee.search("buzz", type_=SearchType.Posts, listing_type=ListingType.All)
    bee.resolve_object(post["post_view"]["post"]["ap_id"])
    _keep_order(ant, bee, boss, place, post_id)


def _talk(ant: Any, bee: Any, post_id: int) -> None:
    root = bee.comment.create(post_id, "hello")["comment_view"]["comment"]["id"]
    ant.comment.create(post_id, "hi", parent_id=root)
    bee.comment.list(post_id=post_id, max_depth=5, type_=ListingType.All)
    bee.comment.edit(root, content="hello there")
    ant.comment.get(root)
    ant.comment.like(root, 1)
    bee.comment.delete(root, True)  # noqa: FBT003
    bee.comment.delete(root, False)  # noqa: FBT003
    bee.mention.list(unread_only=True)


def _write(ant: Any, bee: Any) -> None:
    to = ant.user.get(username="bee")["person_view"]["person"]["id"]
    ant.private_message.create("psst", to)
    inbox = bee.private_message.list(unread_only=True, page=1)["private_messages"]
    bee.private_message.mark_as_read(inbox[0]["private_message"]["id"], True)  # noqa: FBT003


def _keep_order(ant: Any, bee: Any, boss: Any, place: int, post_id: int) -> None:
    bad = bee.post.create(place, "Buy honey")["post_view"]["post"]["id"]
    boss.post.report(bad, "spam")
    ant.post.report_list(unresolved_only=True)
    ant.post.remove(bad, True, "spam")
    ant.post.lock(post_id, True)  # noqa: FBT003
    ant.post.lock(post_id, False)  # noqa: FBT003
    ant.post.feature(post_id, True, FeatureType.Community)  # noqa: FBT003
    person_id = ant.user.get(username="bee")["person_view"]["person"]["id"]
    ant.community.ban_user(ban=True, community_id=place, person_id=person_id)
    ant.community.ban_user(ban=False, community_id=place, person_id=person_id)
    boss.modlog.get(community_id=place)
    boss.site.get()
