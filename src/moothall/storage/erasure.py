"""Erasing what a person has left here, in batches of a size that others do not wait for."""

from typing import Any, NamedTuple

from sqlalchemy import Select, Table, and_, delete, func, not_, null, or_, select, tuple_, update

from moothall.domain.ids import PersonId
from moothall.domain.time import Time

from .connection import Connection
from .portion import Portion, portion
from .search import forget_comments, forget_posts
from .statements import Statement, any_of, param
from .tables import (
    comment,
    community,
    community_follow,
    community_moderator,
    edit_history,
    person,
    post,
)

ERASED = "*Permanently Deleted*"


class Written(NamedTuple):
    """A post (`post_id` is its own id) or comment; `counted` where its community counts it."""

    id: int
    post_id: int
    community_id: int
    counted: bool
    created_at: Time
    chars: int


def _written(table: Table, post_id: Any, text: Any) -> "Select[Any]":
    gone = or_(table.c.deleted, table.c.removed)
    place = tuple_(table.c.created_at, table.c.id)
    return (
        select(
            table.c.id,
            post_id,
            table.c.community_id,
            not_(gone),
            table.c.created_at,
            func.coalesce(func.length(text), 0),
        )
        .where(
            table.c.creator_id == param("person_id"),
            place > tuple_(param("after_at"), param("after_id")),
        )
        .order_by(table.c.created_at, table.c.id)
        .limit(param("limit"))
    )


_POSTS = Statement(_written(post, post.c.id.label("post_id"), post.c.body))
_COMMENTS = Statement(_written(comment, comment.c.post_id, comment.c.content))


def list_posts(
    conn: Connection, person_id: PersonId, after: tuple[int, int], limit: int
) -> Portion[Written]:
    """Some of somebody's posts as they were written, after (created_at, id): one step's work."""
    return _list(conn, _POSTS, person_id, after, limit)


def list_comments(
    conn: Connection, person_id: PersonId, after: tuple[int, int], limit: int
) -> Portion[Written]:
    """The same of comments."""
    return _list(conn, _COMMENTS, person_id, after, limit)


def _list(
    conn: Connection, statement: Statement, person_id: int, after: tuple[int, int], limit: int
) -> Portion[Written]:
    rows = conn.all(
        statement, person_id=person_id, after_at=after[0], after_id=after[1], limit=limit
    )
    written = [Written._make(row) for row in rows]
    return portion(written, limit, lambda each: each.chars)


_NOTHING = (
    "url",
    "body",
    "body_html",
    "alt_text",
    "thumbnail_url",
    "embed_title",
    "embed_description",
    "embed_video_url",
    "url_content_type",
    "image_width",
    "image_height",
)
_ERASE_POSTS = Statement(
    update(post)
    .where(any_of(post.c.id, "ids"))
    .values(
        dict.fromkeys(_NOTHING, null())
        | {
            "name": ERASED,
            "deleted": True,
            "featured_community": False,
            "featured_local": False,
            "updated_at": param("now"),
        }
    )
)
_ERASE_COMMENTS = Statement(
    update(comment)
    .where(any_of(comment.c.id, "ids"))
    .values(content=ERASED, content_html=null(), deleted=True, updated_at=param("now"))
)
_ERASE_HISTORY = Statement(
    delete(edit_history).where(
        and_(edit_history.c.subject == param("subject"), any_of(edit_history.c.subject_id, "ids"))
    )
)


def erase_posts(conn: Connection, ids: list[int], now: Time) -> None:
    """Overwrite posts and what they said before; counters are for the caller."""
    forget_posts(conn, ids)
    conn.run(_ERASE_POSTS, ids=ids, now=now)
    conn.run(_ERASE_HISTORY, subject="post", ids=ids)


def erase_comments(conn: Connection, ids: list[int], now: Time) -> None:
    """Overwrite comments and what they said before; counters are for the caller."""
    forget_comments(conn, ids)
    conn.run(_ERASE_COMMENTS, ids=ids, now=now)
    conn.run(_ERASE_HISTORY, subject="comment", ids=ids)


_FOLLOWED = select(community_follow.c.community_id).where(
    community_follow.c.person_id == param("person_id")
)
_is_local = (
    select(func.count())
    .select_from(person)
    .where(person.c.id == param("person_id"), person.c.local.is_(True))
    .scalar_subquery()
)
_UNCOUNT_FOLLOWS = Statement(
    update(community)
    .where(community.c.id.in_(_FOLLOWED))
    .values(
        subscribers=community.c.subscribers - 1,
        subscribers_local=community.c.subscribers_local - _is_local,
    )
)
_UNFOLLOW_ALL = Statement(
    delete(community_follow).where(community_follow.c.person_id == param("person_id"))
)
_LEAVE_TEAMS = Statement(
    delete(community_moderator).where(community_moderator.c.person_id == param("person_id"))
)


def leave_communities(conn: Connection, person_id: PersonId) -> None:
    """End all follows and all offices of a person."""
    conn.run(_UNCOUNT_FOLLOWS, person_id=person_id)
    conn.run(_UNFOLLOW_ALL, person_id=person_id)
    conn.run(_LEAVE_TEAMS, person_id=person_id)
