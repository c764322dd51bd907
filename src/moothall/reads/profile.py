"""A profile as one answer: the person, what they wrote, and where they moderate."""

from typing import Any, NamedTuple

from moothall.domain.comment import CommentQuery, CommentView, comment_sort
from moothall.domain.community import CommunityModeratorView
from moothall.domain.ids import CommunityId, PersonId
from moothall.domain.post import PostQuery, PostSort, PostView
from moothall.domain.user import PersonView, Viewer
from moothall.domain.visibility import who
from moothall.storage import profile
from moothall.storage.transaction import Transaction

from .comment import list_comments
from .post import list_posts
from .user import get_profile


class ProfileQuery(NamedTuple):
    """Whose profile, by id or by `name[@host]`, and which page of what they wrote.

    With `saved_only` the lists hold what the viewer saved, whoever wrote it.
    """

    person_id: PersonId | None = None
    name: str | None = None
    sort: PostSort = PostSort.HOT
    community_id: CommunityId | None = None
    saved_only: bool = False
    limit: int = 10
    page: int = 1
    with_html: bool = False


class PersonDetails(NamedTuple):
    """All that a profile shows."""

    person: PersonView
    posts: list[PostView]
    comments: list[CommentView]
    moderates: list[CommunityModeratorView]


def get_person_details(
    tx: Transaction, viewer: Viewer | None, query: ProfileQuery
) -> PersonDetails:
    """A profile; raises NotFound("couldnt_find_person")."""
    person = get_profile(tx, viewer, person_id=query.person_id, name=query.name)
    person_id = person.person.id
    posts, comments = _written(tx, viewer, person_id, query)
    viewer_id = None if viewer is None else viewer.person_id
    moderated = profile.list_moderated(tx.conn, who(viewer), viewer_id, person_id)
    moderates = [CommunityModeratorView(each, person.person) for each in moderated]
    return PersonDetails(person, posts, comments, moderates)


def _written(
    tx: Transaction, viewer: Viewer | None, person_id: PersonId, query: ProfileQuery
) -> tuple[list[PostView], list[CommentView]]:
    if query.saved_only and viewer is None:
        return [], []
    which: dict[str, Any] = {
        "creator_id": None if query.saved_only else person_id,
        "community_id": query.community_id,
        "saved_only": query.saved_only,
        "limit": query.limit,
        "page": query.page,
        "with_html": query.with_html,
    }
    posts = list_posts(tx, viewer, PostQuery(sort=query.sort, **which)).posts
    query_of_comments = CommentQuery(sort=comment_sort(query.sort), **which)
    return posts, list_comments(tx, viewer, query_of_comments).comments
