"""What can be searched for, and what is found."""

from enum import StrEnum
from typing import NamedTuple

from .comment import CommentView
from .community import CommunityView
from .ids import CommunityId, PersonId
from .post import Listing, PostSort, PostView
from .user import PersonView


class SearchType(StrEnum):
    """The kinds of things that a search finds, under the names of the Lemmy API."""

    ALL = "All"
    COMMENTS = "Comments"
    POSTS = "Posts"
    COMMUNITIES = "Communities"
    USERS = "Users"
    URL = "Url"


class SearchQuery(NamedTuple):
    """What is looked for and where.

    `text`: words, "phrases", -words to leave out; the start of a name; for URL an address. `sort`
    None: what fits best comes first. A community makes any listing one of all.
    """

    text: str
    kind: SearchType = SearchType.ALL
    sort: PostSort | None = None
    listing: Listing = Listing.ALL
    community_id: CommunityId | None = None
    creator_id: PersonId | None = None
    title_only: bool = False
    page: int = 1
    limit: int = 10
    with_html: bool = False


class SearchResults(NamedTuple):
    """A page of each kind that was asked for."""

    posts: list[PostView]
    comments: list[CommentView]
    communities: list[CommunityView]
    people: list[PersonView]


class Found(NamedTuple):
    """The one thing that an address or a handle means; the others are None."""

    post: PostView | None = None
    comment: CommentView | None = None
    community: CommunityView | None = None
    person: PersonView | None = None
