"""Posts as they are read: one with its surroundings, cross-posts, voters, defaults of lists."""

from dataclasses import dataclass

import pytest

from moothall.actions.post import delete_post
from moothall.actions.vote import vote_post
from moothall.domain.community import Subscribed
from moothall.domain.errors import ForumError, NotFound
from moothall.domain.ids import CommentId, CommunityId, PostId
from moothall.domain.post import Listing, PostQuery, PostSort
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.reads import post as reads
from moothall.storage.community import update_community
from moothall.storage.post import update_post
from moothall.storage.site import get_site, update_site
from tests.support.builders import a_comment, a_community, a_person, a_post

LINK = "https://news.example/story"


@dataclass
class Room:
    """A community of ann's and a post in it."""

    forum: Forum
    ann: Viewer
    bob: Viewer
    place: CommunityId
    post: PostId


@pytest.fixture
def room(forum: Forum) -> Room:
    ann, bob = a_person(forum, "ann"), a_person(forum, "bob")
    place = a_community(forum, ann, "place")
    return Room(forum, ann, bob, place, a_post(forum, ann, place, url=LINK))


def test_a_page_has_the_community_its_team_and_cross_posts(room: Room) -> None:
    other = a_post(room.forum, room.bob, room.place, url=LINK)
    comment_id = a_comment(room.forum, room.bob, room.post)
    page = room.forum.read_now(reads.get_post_page, room.ann, comment_id=comment_id)
    assert page.post.post.id == room.post
    assert page.community.community.id == room.place
    assert page.community.subscribed == Subscribed.SUBSCRIBED
    assert [each.moderator.name for each in page.moderators] == ["ann"]
    assert [view.post.id for view in page.cross_posts] == [other]
    by_nobody = room.forum.read_now(reads.get_post_page, None, post_id=room.post)
    assert by_nobody.community.community.id == room.place
    assert [each.moderator.name for each in by_nobody.moderators] == ["ann"]


def test_what_is_not_there_is_not_found(room: Room) -> None:
    room.forum.act_now(delete_post, room.ann.doer, room.post, deleted=True)
    for arguments in (
        {},
        {"post_id": PostId(99)},
        {"post_id": room.post},
        {"comment_id": CommentId(99)},
    ):
        with pytest.raises(NotFound) as refused:
            room.forum.read_now(reads.get_post_page, room.bob, **arguments)
        assert refused.value.code == "couldnt_find_post"
    assert room.forum.read_now(reads.get_post_page, room.ann, post_id=room.post)


def test_the_author_opens_a_post_whose_community_is_gone(room: Room) -> None:
    mine = a_post(room.forum, room.bob, room.place)
    room.forum.act_now(lambda tx: update_community(tx.conn, room.place, removed=True))
    page = room.forum.read_now(reads.get_post_page, room.bob, post_id=mine)
    assert page.community.community.removed
    with pytest.raises(NotFound):
        room.forum.read_now(reads.get_post_page, None, post_id=mine)


def test_cross_posts_follow_the_rules_of_lists(room: Room) -> None:
    hidden = a_community(room.forum, room.bob, "hidden")
    a_post(room.forum, room.bob, hidden, url=LINK)
    room.forum.act_now(lambda tx: update_community(tx.conn, hidden, hidden=True))
    gone = a_post(room.forum, room.bob, room.place, url=LINK)
    room.forum.act_now(lambda tx: update_post(tx.conn, gone, removed=True))
    a_post(room.forum, room.bob, room.place, url=LINK, nsfw=True)
    a_post(room.forum, room.bob, room.place, url="https://news.example/other")
    many = [a_post(room.forum, room.bob, room.place, url=LINK) for _ in range(11)]
    found = room.forum.read_now(reads.open_post, None, room.post).cross_posts
    assert {each.post.id for each in found} < set(many)
    assert len(found) == 10
    without_link = a_post(room.forum, room.ann, room.place)
    assert room.forum.read_now(reads.open_post, None, without_link).cross_posts == []


def test_a_post_that_one_may_not_see_is_not_opened_by_its_cross_posts(room: Room) -> None:
    a_post(room.forum, room.bob, room.place, url=LINK)
    room.forum.act_now(lambda tx: update_post(tx.conn, room.post, removed=True))
    with pytest.raises(NotFound):
        room.forum.read_now(reads.open_post, None, room.post)
    assert len(room.forum.read_now(reads.open_post, room.ann, room.post).cross_posts) == 1


def test_an_opened_post_tells_who_moderates_and_what_its_community_says(room: Room) -> None:
    html = {"description_html": "<p>Ours</p>"}
    room.forum.act_now(lambda tx: update_community(tx.conn, room.place, **html))
    for viewer, moderates in ((None, False), (room.bob, False), (room.ann, True)):
        found = room.forum.read_now(reads.open_post, viewer, room.post, html=True)
        assert (found.moderates, found.community_html) == (moderates, "<p>Ours</p>")


def test_those_who_moderate_see_who_voted(room: Room) -> None:
    admin = a_person(room.forum, "admin", admin=True)
    room.forum.act_now(vote_post, room.bob.doer, room.post, -1)
    for viewer in (room.ann, admin):
        found = room.forum.read_now(reads.list_post_votes, viewer, room.post, limit=10, offset=0)
        assert [(vote.creator.name, vote.score) for vote in found] == [("bob", -1), ("ann", 1)]
    second = room.forum.read_now(reads.list_post_votes, admin, room.post, limit=1, offset=1)
    assert [vote.creator.name for vote in second] == ["ann"]
    with pytest.raises(ForumError) as refused:
        room.forum.read_now(reads.list_post_votes, room.bob, room.post, limit=10, offset=0)
    assert refused.value.code == "not_a_moderator"


def test_lists_have_the_viewers_wishes_or_else_the_sites(room: Room) -> None:
    site = room.forum.read_now(lambda tx: get_site(tx.conn))
    site = site._replace(default_post_listing_type="All", default_sort_type="Old")
    bob = room.bob._replace(default_listing_type="Subscribed", default_sort_type="TopDay")
    assert reads.own_listing(None, site) == Listing.ALL
    assert reads.own_sort(None, site) == PostSort.OLD
    assert reads.own_listing(bob, site) == Listing.SUBSCRIBED
    assert reads.own_sort(bob, site) == PostSort.TOP_DAY
    listed = room.forum.read_now(
        reads.list_chosen_posts, bob, PostQuery(), site, listing=None, sort=None
    )
    assert listed.posts == []
    listed = room.forum.read_now(
        reads.list_chosen_posts, bob, PostQuery(), site, listing=Listing.ALL, sort=PostSort.HOT
    )
    assert [view.post.id for view in listed.posts] == [room.post]


def test_a_list_finds_its_community_by_name(room: Room) -> None:
    other = a_community(room.forum, room.ann, "other")
    a_post(room.forum, room.ann, other)
    for name in ("place", "PLACE", "place@forum.example"):
        page = room.forum.read_now(reads.list_posts, None, PostQuery(), community_name=name)
        assert [view.post.id for view in page.posts] == [room.post]
    with pytest.raises(NotFound) as refused:
        room.forum.read_now(reads.list_posts, None, PostQuery(), community_name="nowhere")
    assert refused.value.by_name


def test_a_site_that_warns_shows_everything_to_all(room: Room) -> None:
    room.forum.act_now(lambda tx: update_post(tx.conn, room.post, nsfw=True))
    assert room.forum.read_now(reads.list_posts, None, PostQuery()).posts == []
    room.forum.act_now(lambda tx: update_site(tx.conn, content_warning="Mind your step"))
    assert len(room.forum.read_now(reads.list_posts, None, PostQuery()).posts) == 1
