"""What can be searched for."""

from enum import StrEnum


class SearchType(StrEnum):
    """The kinds of things that a search finds, under the names of the Lemmy API."""

    ALL = "All"
    COMMENTS = "Comments"
    POSTS = "Posts"
    COMMUNITIES = "Communities"
    USERS = "Users"
    URL = "Url"
