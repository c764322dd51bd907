"""A profile as one answer: what its person wrote, as this viewer may see it."""

import pytest

from moothall.actions.comment import save_comment
from moothall.actions.post import delete_post, save_post
from moothall.domain.comment import CommentSort, comment_sort
from moothall.domain.community import Visibility
from moothall.domain.errors import NotFound
from moothall.domain.post import PostSort
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.reads.profile import ProfileQuery, get_person_details
from tests.support.builders import a_comment, a_community, a_person, a_post


def names(forum: Forum, viewer: Viewer | None, query: ProfileQuery) -> list[str]:
    return [view.post.name for view in forum.read_now(get_person_details, viewer, query).posts]


def test_a_profile_has_what_its_person_wrote(forum: Forum) -> None:
    ann, bob = a_person(forum, "ann"), a_person(forum, "bob")
    place = a_community(forum, ann, "plants")
    mine = a_post(forum, ann, place, name="Mine")
    theirs = a_post(forum, bob, place, name="Theirs")
    a_comment(forum, ann, theirs, content="My comment")
    a_comment(forum, bob, mine, content="Their comment")
    found = forum.read_now(get_person_details, None, ProfileQuery(name="ann"))
    assert found.person.person.name == "ann"
    assert [view.post.name for view in found.posts] == ["Mine"]
    assert [view.comment.content for view in found.comments] == ["My comment"]
    assert [view.community.name for view in found.moderates] == ["plants"]
    assert found.moderates[0].moderator == found.person.person
    assert (found.person.counts.post_count, found.person.counts.comment_count) == (1, 1)


def test_pages_and_communities_choose_among_it(forum: Forum) -> None:
    ann = a_person(forum, "ann")
    plants, stones = a_community(forum, ann, "plants"), a_community(forum, ann, "stones")
    for name in ("one", "two", "three"):
        a_post(forum, ann, plants, name=name)
    a_post(forum, ann, stones, name="four")
    query = ProfileQuery(person_id=ann.person_id, sort=PostSort.NEW)
    assert names(forum, None, query) == ["four", "three", "two", "one"]
    assert names(forum, None, query._replace(limit=3, page=2)) == ["one"]
    assert names(forum, None, query._replace(community_id=stones)) == ["four"]


def test_what_is_deleted_is_the_authors_own(forum: Forum) -> None:
    ann = a_person(forum, "ann")
    gone = a_post(forum, ann, a_community(forum, ann, "plants"), name="Gone")
    forum.act_now(delete_post, ann.doer, gone, deleted=True)
    query = ProfileQuery(name="ann")
    assert names(forum, ann, query) == ["Gone"]
    assert names(forum, None, query) == []
    assert names(forum, a_person(forum, "bob"), query) == []


def test_saved_things_are_the_viewers_own(forum: Forum) -> None:
    ann, bob = a_person(forum, "ann"), a_person(forum, "bob")
    post = a_post(forum, ann, a_community(forum, ann, "plants"), name="Saved")
    comment = a_comment(forum, ann, post, content="Saved too")
    forum.act_now(save_post, bob, post, save=True)
    forum.act_now(save_comment, bob, comment, save=True)
    query = ProfileQuery(person_id=ann.person_id, saved_only=True)
    found = forum.read_now(get_person_details, bob, query)
    assert [view.post.name for view in found.posts] == ["Saved"]
    assert [view.comment.content for view in found.comments] == ["Saved too"]
    # Nobody's list of saved things is public, not even by its owner's profile.
    of_bob = query._replace(person_id=bob.person_id)
    for viewer in (None, ann):
        found = forum.read_now(get_person_details, viewer, of_bob)
        assert (found.posts, found.comments) == ([], [])


def test_offices_in_local_communities_are_shown_here_only(forum: Forum) -> None:
    ann = a_person(forum, "ann")
    a_community(forum, ann, "plants", visibility=Visibility.LOCAL_ONLY)
    for viewer, expected in ((None, 0), (a_person(forum, "bob"), 1)):
        found = forum.read_now(get_person_details, viewer, ProfileQuery(name="ann"))
        assert len(found.moderates) == expected


def test_nobody_has_no_profile(forum: Forum) -> None:
    with pytest.raises(NotFound, match="couldnt_find_person"):
        forum.read_now(get_person_details, None, ProfileQuery(name="nobody"))


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        (PostSort.ACTIVE, CommentSort.HOT),
        (PostSort.SCALED, CommentSort.HOT),
        (PostSort.MOST_COMMENTS, CommentSort.NEW),
        (PostSort.NEW_COMMENTS, CommentSort.NEW),
        (PostSort.OLD, CommentSort.OLD),
        (PostSort.CONTROVERSIAL, CommentSort.CONTROVERSIAL),
        (PostSort.TOP_DAY, CommentSort.TOP),
        (PostSort.TOP_ALL, CommentSort.TOP),
    ],
)
def test_orders_of_posts_have_their_like_among_comments(
    sort: PostSort, expected: CommentSort
) -> None:
    assert comment_sort(sort) is expected
