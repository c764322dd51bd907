"""What other servers may be told of a thing that is not shown to them."""

from sqlalchemy import and_, or_, select

from moothall.domain.ids import CommentId, PostId
from moothall.domain.visibility import LOCAL_ONLY, PRIVATE

from .connection import Connection
from .statements import Statement, param
from .tables import comment, community, post

# Nobody outside was ever told of what stands in these.
_OPEN = and_(community.c.visibility != LOCAL_ONLY, community.c.visibility != PRIVATE)
_POST = Statement(
    select(post.c.id)
    .join(community, community.c.id == post.c.community_id)
    .where(
        post.c.id == param("id"),
        post.c.local.is_(True),
        or_(post.c.deleted, post.c.removed, community.c.deleted, community.c.removed),
        _OPEN,
    )
)
_COMMENT = Statement(
    select(comment.c.id)
    .join(post, post.c.id == comment.c.post_id)
    .join(community, community.c.id == comment.c.community_id)
    .where(
        comment.c.id == param("id"),
        comment.c.local.is_(True),
        or_(
            comment.c.deleted,
            comment.c.removed,
            post.c.deleted,
            post.c.removed,
            community.c.deleted,
            community.c.removed,
        ),
        _OPEN,
    )
)
_COMMUNITY = Statement(
    select(community.c.name).where(
        community.c.name_key == param("name_key"),
        community.c.local.is_(True),
        or_(community.c.deleted, community.c.removed),
        _OPEN,
    )
)


def is_post_gone(conn: Connection, post_id: PostId) -> bool:
    """Whether a local post was there for everybody and is not any more."""
    return conn.one(_POST, id=post_id) is not None


def is_comment_gone(conn: Connection, comment_id: CommentId) -> bool:
    """Whether a local comment was there for everybody and is not any more."""
    return conn.one(_COMMENT, id=comment_id) is not None


def gone_community(conn: Connection, name: str) -> str | None:
    """The name, as it was written, of a local community that was there for everybody once."""
    found: str | None = conn.value(_COMMUNITY, name_key=name.lower())
    return found
