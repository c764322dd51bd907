"""Posts: single rows, their changes, and what people do with them.

What a viewer sees of them stands in `post_view`, lists in `post_list`, votes in `vote`.
"""

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, Table, delete, insert, or_, select, update

from moothall.domain.ids import CommunityId, LanguageId, PersonId, PostId
from moothall.domain.post import Post, quarter_of
from moothall.domain.time import HOUR, Time

from . import columns
from .connection import Connection
from .dialects import both_inserts, insert_or_ignore, upsert
from .search import forget_posts, index_posts
from .site import count_writing
from .statements import Statement, any_of, param
from .tables import (
    community,
    community_activity,
    edit_history,
    person,
    post,
    post_hide,
    post_read,
    post_save,
)


class PostRow(NamedTuple):
    """A new post as it is stored; counters start with the author's own upvote."""

    community_id: CommunityId
    creator_id: PersonId
    name: str
    url: str | None
    body: str | None
    body_html: str | None
    alt_text: str | None
    language_id: LanguageId
    nsfw: bool
    local: bool
    in_local: bool
    thumbnail_url: str | None
    hot_rank: float
    active_rank: float
    scaled_rank: float
    created_at: Time


_ADD = Statement(
    insert(post)
    .values(
        {name: param(name) for name in PostRow._fields}
        | {
            "newest_comment_at": param("created_at"),
            "newest_comment_necro_at": param("created_at"),
            "quarter": param("quarter"),
            "score": 1,
            "upvotes": 1,
        }
    )
    .returning(post.c.id)
)


def add_post(conn: Connection, row: PostRow) -> PostId:
    """Store a new post."""
    post_id = PostId(conn.value(_ADD, **row._asdict(), quarter=quarter_of(row.created_at)))
    index_posts(conn, [post_id])
    return post_id


def _by_id() -> "Select[Any]":
    return select(*columns.post(post)).where(post.c.id == param("post_id"))


_BY_ID = Statement(_by_id())
_LOCKED_BY_ID = Statement(_by_id().with_for_update())


def get_post(conn: Connection, post_id: PostId) -> Post | None:
    """A post by id, whatever its state, without its HTML."""
    row = conn.one(_BY_ID, post_id=post_id)
    return None if row is None else Post._make(row)


def lock_post(conn: Connection, post_id: PostId) -> Post | None:
    """The same, and nobody else changes it before this transaction ends."""
    row = conn.one(_LOCKED_BY_ID, post_id=post_id)
    return None if row is None else Post._make(row)


@functools.lru_cache(maxsize=256)
def _update(names: tuple[str, ...]) -> Statement:
    return Statement(
        update(post)
        .where(post.c.id == param("post_id"))
        .values({name: param(name) for name in names})
    )


_SEARCHED = {"name", "body", "alt_text", "language_id"}


def update_post(conn: Connection, post_id: PostId, **changes: Any) -> None:
    """Change columns of a post by name."""
    is_searched = not _SEARCHED.isdisjoint(changes)
    if is_searched:
        forget_posts(conn, [post_id])
    conn.run(_update(tuple(sorted(changes))), post_id=post_id, **changes)
    if is_searched:
        index_posts(conn, [post_id])


_COUNT_PERSON = Statement(
    update(person)
    .where(person.c.id == param("person_id"))
    .values(post_count=person.c.post_count + param("change"))
)
_COUNT_COMMUNITY = Statement(
    update(community)
    .where(community.c.id == param("community_id"))
    .values(posts=community.c.posts + param("change"))
)


def count_post(
    conn: Connection, creator_id: PersonId, community_id: CommunityId, change: int, *, local: bool
) -> None:
    """Count a post in (1) when it appears, out (-1) when it is deleted or removed.

    Author and community count what is neither deleted nor removed; the site only local posts.
    """
    conn.run(_COUNT_PERSON, person_id=creator_id, change=change)
    conn.run(_COUNT_COMMUNITY, community_id=community_id, change=change)
    if local:
        count_writing(conn, posts=change)


_ADD_HISTORY = Statement(
    insert(edit_history).values(
        subject="post",
        subject_id=param("post_id"),
        title=param("title"),
        url=param("url"),
        body=param("body"),
        created_at=param("now"),
    )
)


def add_history(conn: Connection, before: Post, now: Time) -> None:
    """Keep what a post said before an edit."""
    conn.run(
        _ADD_HISTORY,
        post_id=before.id,
        title=before.name,
        url=before.url,
        body=before.body,
        now=now,
    )


_MARK = {
    "person_id": param("person_id"),
    "post_id": param("post_id"),
    "created_at": param("now"),
}
_SAVE = insert_or_ignore(post_save, _MARK)
_UNSAVE = Statement(
    delete(post_save).where(
        post_save.c.post_id == param("post_id"), post_save.c.person_id == param("person_id")
    )
)


def save_post(conn: Connection, post_id: PostId, person_id: PersonId, now: Time) -> None:
    """Keep a post in somebody's list of saved ones."""
    conn.run(_SAVE, post_id=post_id, person_id=person_id, now=now)


def unsave_post(conn: Connection, post_id: PostId, person_id: PersonId) -> None:
    """Take it out again."""
    conn.run(_UNSAVE, post_id=post_id, person_id=person_id)


_MARK_READ = insert_or_ignore(post_read, _MARK)
_MARK_OPENED = upsert(
    post_read,
    ["post_id", "person_id"],
    _MARK | {"comments_seen": param("comments_seen"), "comments_seen_at": param("now")},
    keep=["created_at"],
)


def mark_read(conn: Connection, post_id: PostId, person_id: PersonId, now: Time) -> None:
    """Read, without having seen its comments."""
    conn.run(_MARK_READ, post_id=post_id, person_id=person_id, now=now)


def mark_opened(
    conn: Connection, post_id: PostId, person_id: PersonId, comments_seen: int, now: Time
) -> None:
    """Read, with so many comments under it."""
    conn.run(
        _MARK_OPENED, post_id=post_id, person_id=person_id, comments_seen=comments_seen, now=now
    )


_MANY = ["post_id", "person_id", "created_at"]


def _mark_many(table: Table) -> Statement:
    rows = select(post.c.id, param("person_id").label("person"), param("now").label("moment"))
    rows = rows.where(any_of(post.c.id, "post_ids"))
    return both_inserts(lambda new: new(table).from_select(_MANY, rows).on_conflict_do_nothing())


def _unmark_many(table: Table) -> Statement:
    return Statement(
        delete(table).where(
            any_of(table.c.post_id, "post_ids"), table.c.person_id == param("person_id")
        )
    )


_READ_MANY = _mark_many(post_read)
_UNREAD_MANY = _unmark_many(post_read)
_HIDE_MANY = _mark_many(post_hide)
_UNHIDE_MANY = _unmark_many(post_hide)


def mark_many_read(
    conn: Connection, post_ids: Sequence[PostId], person_id: PersonId, now: Time
) -> None:
    """Those that there are; an unknown id does not matter."""
    conn.run(_READ_MANY, post_ids=list(post_ids), person_id=person_id, now=now)


def mark_many_unread(conn: Connection, post_ids: Sequence[PostId], person_id: PersonId) -> None:
    """Forget that they were read."""
    conn.run(_UNREAD_MANY, post_ids=list(post_ids), person_id=person_id)


def hide_many(conn: Connection, post_ids: Sequence[PostId], person_id: PersonId, now: Time) -> None:
    """Keep posts out of somebody's lists."""
    conn.run(_HIDE_MANY, post_ids=list(post_ids), person_id=person_id, now=now)


def unhide_many(conn: Connection, post_ids: Sequence[PostId], person_id: PersonId) -> None:
    """Show them again."""
    conn.run(_UNHIDE_MANY, post_ids=list(post_ids), person_id=person_id)


# At most one change an hour and person: enough for figures that count days.
_ACTIVITY = upsert(
    community_activity,
    ["community_id", "person_id"],
    {
        "community_id": param("community_id"),
        "person_id": param("person_id"),
        "last_at": param("now"),
    },
    where=community_activity.c.last_at < param("hour_ago"),
)
_ACTIVE_HERE = Statement(
    update(person)
    .where(
        person.c.id == param("person_id"),
        person.c.local.is_(True),
        or_(person.c.last_active_at.is_(None), person.c.last_active_at < param("hour_ago")),
    )
    .values(last_active_at=param("now"))
)


def note_activity(
    conn: Connection, community_id: CommunityId, person_id: PersonId, now: Time
) -> None:
    """Somebody wrote or voted in a community: what "active users" counts, there and on the site."""
    hour_ago = now - HOUR
    changed = conn.run(
        _ACTIVITY, community_id=community_id, person_id=person_id, now=now, hour_ago=hour_ago
    )
    if changed:
        conn.run(_ACTIVE_HERE, person_id=person_id, now=now, hour_ago=hour_ago)


_ACTIVE_MONTH = Statement(
    select(community.c.users_active_month).where(community.c.id == param("community_id"))
)


def active_month(conn: Connection, community_id: CommunityId) -> int:
    """People active in a community in the last month, for the scaled rank."""
    found: int = conn.value(_ACTIVE_MONTH, community_id=community_id)
    return found
