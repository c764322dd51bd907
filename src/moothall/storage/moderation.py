"""What a moderator acts on: a post or comment with its community, held until the act is done."""

import functools
from typing import NamedTuple

from sqlalchemy import select, update

from moothall.domain.comment import Comment
from moothall.domain.community import Community
from moothall.domain.ids import CommentId, PostId
from moothall.domain.post import Post

from . import columns
from .connection import Connection
from .statements import Statement, param
from .tables import comment, community, post


class PostCase(NamedTuple):
    """A post and where it stands."""

    post: Post
    community: Community


class CommentCase(NamedTuple):
    """A comment and where it stands."""

    comment: Comment
    community: Community


# The row stays locked, so that two who remove the same thing do not both count it out.
_POST = Statement(
    select(*columns.post(post), *columns.community(community))
    .join(community, community.c.id == post.c.community_id)
    .where(post.c.id == param("post_id"))
    .with_for_update(of=post)
)
_COMMENT = Statement(
    select(*columns.comment(comment), *columns.community(community))
    .join(community, community.c.id == comment.c.community_id)
    .where(comment.c.id == param("comment_id"))
    .with_for_update(of=comment)
)


def find_post_case(conn: Connection, post_id: PostId) -> PostCase | None:
    """A post in whatever state; nobody else changes it before this transaction ends."""
    row = conn.one(_POST, post_id=post_id)
    if row is None:
        return None
    size = len(Post._fields)
    return PostCase(Post._make(row[:size]), Community._make(row[size:]))


def find_comment_case(conn: Connection, comment_id: CommentId) -> CommentCase | None:
    """A comment in whatever state; nobody else changes it before this transaction ends."""
    row = conn.one(_COMMENT, comment_id=comment_id)
    if row is None:
        return None
    size = len(Comment._fields)
    return CommentCase(Comment._make(row[:size]), Community._make(row[size:]))


@functools.lru_cache(maxsize=8)
def _mark_comment(name: str) -> Statement:
    return Statement(
        update(comment).where(comment.c.id == param("comment_id")).values({name: param(name)})
    )


def set_comment_removed(conn: Connection, comment_id: CommentId, *, removed: bool) -> None:
    """Take a comment away or give it back; counters are for the caller."""
    conn.run(_mark_comment("removed"), comment_id=comment_id, removed=removed)


def set_comment_distinguished(
    conn: Connection, comment_id: CommentId, *, distinguished: bool
) -> None:
    """Mark a comment as spoken for the team, or as an ordinary one."""
    conn.run(_mark_comment("distinguished"), comment_id=comment_id, distinguished=distinguished)
