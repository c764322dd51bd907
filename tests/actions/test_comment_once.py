"""A form that is sent twice makes one comment; what is said again on purpose makes two."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from moothall.actions.comment import create_comment, delete_comment
from moothall.actions.comment_once import SAME_WITHIN, create_comment_once
from moothall.domain.comment import NewComment
from moothall.domain.errors import Invalid
from moothall.domain.ids import CommentId, PostId
from moothall.domain.time import SECOND
from moothall.domain.user import Viewer
from moothall.forum import Forum
from tests.support.builders import a_comment, a_community, a_person, a_post
from tests.support.clock import Clock


@pytest.fixture
def ann(forum: Forum) -> Viewer:
    """Somebody with two posts and a comment under the first, of id 1."""
    viewer = a_person(forum, "ann")
    community = a_community(forum, viewer, "cats")
    for _ in range(2):
        a_post(forum, viewer, community)
    a_comment(forum, viewer, PostId(1), content="Something else")
    return viewer


def _say(
    forum: Forum, by: Viewer, text: str = "Yes!", post: int = 1, under: int | None = None
) -> CommentId:
    parent = None if under is None else CommentId(under)
    return forum.act_now(create_comment_once, by.doer, NewComment(PostId(post), text, parent))


def test_the_same_at_once_is_one_comment(forum: Forum, ann: Viewer) -> None:
    assert _say(forum, ann) == _say(forum, ann)
    assert _say(forum, ann, under=1) == _say(forum, ann, under=1)


def test_two_at_the_same_moment_are_one_comment(forum: Forum, ann: Viewer) -> None:
    with ThreadPoolExecutor(8) as threads:
        said = list(threads.map(lambda _: _say(forum, ann), range(8)))
    assert len(set(said)) == 1


def test_what_differs_is_another_comment(forum: Forum, ann: Viewer) -> None:
    bert = a_person(forum, "bert")
    say = partial(_say, forum)
    said = [say(ann), say(ann, "No!"), say(ann, post=2), say(ann, under=1), say(bert)]
    assert len(set(said)) == len(said)


def test_later_it_is_another_comment(forum: Forum, ann: Viewer) -> None:
    clock = forum.clock
    assert isinstance(clock, Clock)
    first = _say(forum, ann)
    clock.advance(SAME_WITHIN - SECOND)
    assert _say(forum, ann) == first
    clock.advance(2 * SECOND)
    assert _say(forum, ann) != first


def test_what_was_taken_back_can_be_said_again(forum: Forum, ann: Viewer) -> None:
    first = _say(forum, ann)
    forum.act_now(delete_comment, ann.doer, first, deleted=True)
    assert _say(forum, ann) != first


def test_apps_may_say_the_same_twice(forum: Forum, ann: Viewer) -> None:
    new = NewComment(PostId(1), "Yes!", None)
    twice = [forum.act_now(create_comment, ann.doer, new) for _ in range(2)]
    assert twice[0] != twice[1]


def test_it_is_refused_like_any_comment(forum: Forum, ann: Viewer) -> None:
    with pytest.raises(Invalid, match="invalid_body_field"):
        _say(forum, ann, " ")
