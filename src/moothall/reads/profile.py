"""A profile as one answer: the person, what they wrote, and where they moderate."""

from enum import StrEnum
from typing import Any, NamedTuple

from moothall.domain.comment import CommentPage, CommentQuery, CommentView, comment_sort
from moothall.domain.community import CommunityModeratorView
from moothall.domain.ids import CommunityId, PersonId
from moothall.domain.post import PostPage, PostQuery, PostSort, PostView
from moothall.domain.site import Site
from moothall.domain.user import PersonView, Viewer
from moothall.domain.visibility import who
from moothall.storage import profile
from moothall.storage.transaction import Transaction

from .comment import list_comments
from .post import list_posts
from .user import get_profile


class Show(StrEnum):
    """Which of what somebody wrote."""

    BOTH = "both"
    POSTS = "posts"
    COMMENTS = "comments"


class ProfileQuery(NamedTuple):
    """Whose profile, by id or by `name[@host]`, and which page of what they wrote.

    With `saved_only` the lists hold what the viewer saved, whoever wrote it. A page is given by
    its number or, where one kind alone is shown, by `after`, the cursor of the page before.
    """

    person_id: PersonId | None = None
    name: str | None = None
    sort: PostSort = PostSort.HOT
    community_id: CommunityId | None = None
    saved_only: bool = False
    show: Show = Show.BOTH
    limit: int = 10
    page: int = 1
    after: str | None = None
    with_html: bool = False


class PersonDetails(NamedTuple):
    """All that a profile shows; `next_cursor` is that of the one kind that was asked for."""

    person: PersonView
    posts: list[PostView]
    comments: list[CommentView]
    moderates: list[CommunityModeratorView]
    next_cursor: str | None


def get_person_details(
    tx: Transaction, viewer: Viewer | None, query: ProfileQuery, *, site: Site | None = None
) -> PersonDetails:
    """A profile; `site` where the caller has its row already.

    Raises NotFound("couldnt_find_person"), and Invalid `unknown` for a cursor that is none.
    """
    person = get_profile(tx, viewer, person_id=query.person_id, name=query.name)
    person_id = person.person.id
    posts, comments = PostPage([], None), CommentPage([], None)
    which = _which(person_id, query)
    is_of_nobody = query.saved_only and viewer is None
    if query.show != Show.COMMENTS and not is_of_nobody:
        wanted = PostQuery(sort=query.sort, looks_on=query.show == Show.POSTS, **which)
        posts = list_posts(tx, viewer, wanted, site=site)
    if query.show != Show.POSTS and not is_of_nobody:
        comments = list_comments(tx, viewer, CommentQuery(sort=comment_sort(query.sort), **which))
    viewer_id = None if viewer is None else viewer.person_id
    moderated = profile.list_moderated(tx.conn, who(viewer), viewer_id, person_id)
    return PersonDetails(
        person,
        posts.posts,
        comments.comments,
        [CommunityModeratorView(each, person.person) for each in moderated],
        posts.next_cursor if query.show == Show.POSTS else comments.next_cursor,
    )


def _which(person_id: PersonId, query: ProfileQuery) -> dict[str, Any]:
    return {
        "creator_id": None if query.saved_only else person_id,
        "community_id": query.community_id,
        "saved_only": query.saved_only,
        "limit": query.limit,
        "page": query.page,
        "after": query.after,
        "with_html": query.with_html,
    }
