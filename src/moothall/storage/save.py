"""What people keep for later, as a list of ids: for exports. What it shows is `post_list`'s."""

from sqlalchemy import Table, select

from moothall.domain.ids import CommentId, PersonId, PostId

from .connection import Connection
from .statements import Statement, param
from .tables import comment, comment_save, post, post_save


def _saved(kept: Table, thing: Table, name: str) -> Statement:
    return Statement(
        select(thing.c.id, thing.c.ap_id)
        .join(kept, kept.c[name] == thing.c.id)
        .where(kept.c.person_id == param("person_id"))
        .order_by(kept.c.created_at.desc(), kept.c[name].desc())
        .limit(param("limit"))
    )


_POSTS = _saved(post_save, post, "post_id")
_COMMENTS = _saved(comment_save, comment, "comment_id")


def list_saved_posts(
    conn: Connection, person_id: PersonId, limit: int
) -> list[tuple[PostId, str | None]]:
    """Ids of saved posts, the latest first, with their address where they are from elsewhere."""
    rows = conn.all(_POSTS, person_id=person_id, limit=limit)
    return [(PostId(row[0]), row[1]) for row in rows]


def list_saved_comments(
    conn: Connection, person_id: PersonId, limit: int
) -> list[tuple[CommentId, str | None]]:
    """The same of comments."""
    rows = conn.all(_COMMENTS, person_id=person_id, limit=limit)
    return [(CommentId(row[0]), row[1]) for row in rows]
