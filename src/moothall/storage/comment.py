"""Comments: single ones, the scene that their authors find, and the counters that a change moves.

Lists and trees stand in `comment_list`.
"""

import functools
from typing import Any, NamedTuple

from sqlalchemy import Executable, Select, and_, delete, func, insert, select, update

from moothall.domain.comment import Comment
from moothall.domain.community import Community, Standing
from moothall.domain.ids import CommentId, PersonId, PostId
from moothall.domain.post import Post
from moothall.domain.time import Time

from . import columns
from .connection import Connection
from .dialects import both_inserts, insert_or_ignore
from .reserved_ids import reserve_ids
from .search import forget_comments, index_comments, index_new_comment
from .site import count_writing
from .standing import FACTS, join_standing, read_standing
from .statements import Row, Statement, any_of, param
from .tables import (
    comment,
    comment_save,
    comment_vote,
    community,
    community_follow,
    edit_history,
    person,
    post,
    post_read,
)


class Scene(NamedTuple):
    """A post as somebody who comments there finds it: all that the rules and ranks need.

    `follows` is what they have to do with the community beside their standing.
    """

    post: Post
    community: Community
    standing: Standing
    follows: bool
    post_score: int
    newest_comment_at: Time


_SCENE = Statement(
    select(
        *columns.post(post),
        *columns.community(community),
        *FACTS,
        community_follow.c.pending,
        post.c.score,
        post.c.newest_comment_at,
    )
    .select_from(
        join_standing(
            post.join(community, community.c.id == post.c.community_id), post.c.community_id
        ).outerjoin(
            community_follow,
            and_(
                community_follow.c.community_id == post.c.community_id,
                community_follow.c.person_id == param("person_id"),
            ),
        )
    )
    .where(post.c.id == param("post_id")),
    groups=(Post, Community),
)


def get_scene(conn: Connection, post_id: PostId, person_id: PersonId, now: Time) -> Scene | None:
    """A post, its community, and what the person is there."""
    row = conn.one(_SCENE, post_id=post_id, person_id=person_id, now=now)
    return None if row is None else _scene(row)


def _scene(row: Row) -> Scene:
    post_, community_, *facts, pending, score, newest = row
    return Scene(post_, community_, read_standing(facts), pending is False, score, newest)


def _by_id() -> "Select[Any]":
    return select(*columns.comment(comment)).where(comment.c.id == param("comment_id"))


_BY_ID = Statement(_by_id())
_LOCKED_BY_ID = Statement(_by_id().with_for_update())


def get_comment(conn: Connection, comment_id: CommentId) -> Comment | None:
    """A comment by id, whatever its state."""
    row = conn.one(_BY_ID, comment_id=comment_id)
    return None if row is None else Comment._make(row)


def lock_comment(conn: Connection, comment_id: CommentId) -> Comment | None:
    """The same, and nobody else changes it before this transaction ends."""
    row = conn.one(_LOCKED_BY_ID, comment_id=comment_id)
    return None if row is None else Comment._make(row)


_ADD_FIELDS = (
    "id",
    "path",
    "post_id",
    "community_id",
    "creator_id",
    "parent_id",
    "depth",
    "content",
    "content_html",
    "language_id",
    "local",
    "in_local",
    "ap_id",
    "hot_rank",
    "created_at",
)
_ADD = Statement(
    insert(comment).values({name: param(name) for name in _ADD_FIELDS} | {"score": 1, "upvotes": 1})
)
_OWN_VOTE = Statement(
    insert(comment_vote).values(
        comment_id=param("comment_id"),
        person_id=param("person_id"),
        score=1,
        created_at=param("now"),
    )
)


def add_comment(conn: Connection, parent_path: str, **fields: Any) -> CommentId:
    """A new comment with its author's own vote; `parent_path` is "0" for an answer to the post.

    `fields` are columns of the comment. Counters are for the caller, see `count_comment`.
    """
    comment_id = CommentId(*reserve_ids(conn, "comment", 1))
    conn.run(_ADD, id=comment_id, path=f"{parent_path}.{comment_id}", **fields)
    conn.run(
        _OWN_VOTE,
        comment_id=comment_id,
        person_id=fields["creator_id"],
        now=fields["created_at"],
    )
    index_new_comment(conn, comment_id, fields)
    return comment_id


_COUNT_CHILD = Statement(
    update(comment)
    .where(any_of(comment.c.id, "ids"))
    .values(child_count=comment.c.child_count + param("by"))
)


def count_children(conn: Connection, path: str, by: int) -> None:
    """Tell every ancestor of the comment with this path that it has more or fewer descendants."""
    ancestors = [int(label) for label in path.split(".")[1:-1]]
    if ancestors:
        conn.run(_COUNT_CHILD, ids=ancestors, by=by)


_COUNT_IN_POST = Statement(
    update(post).where(post.c.id == param("post_id")).values(comments=post.c.comments + param("by"))
)
_COUNT_IN_COMMUNITY = Statement(
    update(community)
    .where(community.c.id == param("community_id"))
    .values(comments=community.c.comments + param("by"))
)
_COUNT_OF_PERSON = Statement(
    update(person)
    .where(person.c.id == param("person_id"))
    .values(comment_count=person.c.comment_count + param("by"))
)


@functools.lru_cache(maxsize=2)
def _answered(*, counts_for_active: bool) -> Statement:
    values: dict[str, Any] = {
        "comments": post.c.comments + 1,
        "newest_comment_at": param("now"),
    }
    if counts_for_active:
        values |= {"newest_comment_necro_at": param("now"), "active_rank": param("active_rank")}
    return Statement(update(post).where(post.c.id == param("post_id")).values(values))


def note_new_comment(
    conn: Connection, post_id: PostId, written_at: Time, active_rank: float | None
) -> None:
    """Tell a post of its newest comment; `active_rank` None where that does not lift the post."""
    if active_rank is None:
        conn.run(_answered(counts_for_active=False), post_id=post_id, now=written_at)
        return
    statement = _answered(counts_for_active=True)
    conn.run(statement, post_id=post_id, now=written_at, active_rank=active_rank)


def count_in_post(conn: Connection, post_id: PostId, by: int) -> None:
    """Change how many comments a post shows; the other counters go with `count_comment`."""
    conn.run(_COUNT_IN_POST, post_id=post_id, by=by)


def count_comment(
    conn: Connection, *, community_id: int, creator_id: int, local: bool, by: int
) -> None:
    """Count a comment that appears (1) or goes (-1) for its author, its community and the site.

    The site counts what was written here.
    """
    conn.run(_COUNT_OF_PERSON, person_id=creator_id, by=by)
    conn.run(_COUNT_IN_COMMUNITY, community_id=community_id, by=by)
    if local:
        count_writing(conn, comments=by)


_COUNT_NEW = Statement(
    update(person)
    .where(person.c.id == param("person_id"))
    .values(comment_count=person.c.comment_count + 1, comment_score=person.c.comment_score + 1)
)


def count_new_comment(conn: Connection, *, community_id: int, creator_id: int, local: bool) -> None:
    """Count a comment that was just written, and its author's own upvote with it."""
    conn.run(_COUNT_NEW, person_id=creator_id)
    conn.run(_COUNT_IN_COMMUNITY, community_id=community_id, by=1)
    if local:
        count_writing(conn, comments=1)


def _see_own() -> Statement:
    """Whoever writes under a post has read it, and has seen at least their own comment."""

    def build(new: Any) -> Executable:
        values = {
            "post_id": param("post_id"),
            "person_id": param("person_id"),
            "comments_seen": 1,
            "comments_seen_at": param("now"),
            "created_at": param("now"),
        }
        seen = func.coalesce(post_read.c.comments_seen, 0) + 1
        changed: Executable = (
            new(post_read)
            .values(values)
            .on_conflict_do_update(
                index_elements=["post_id", "person_id"], set_={"comments_seen": seen}
            )
        )
        return changed

    return both_inserts(build)


_SEE_OWN = _see_own()


def see_own_comment(conn: Connection, post_id: PostId, person_id: PersonId, now: Time) -> None:
    """One comment less under the post that its author has not seen."""
    conn.run(_SEE_OWN, post_id=post_id, person_id=person_id, now=now)


@functools.lru_cache(maxsize=64)
def _update(names: tuple[str, ...]) -> Statement:
    return Statement(
        update(comment)
        .where(comment.c.id == param("comment_id"))
        .values({name: param(name) for name in names})
    )


def update_comment(conn: Connection, comment_id: CommentId, **changes: Any) -> None:
    """Change columns of a comment by name."""
    is_searched = "content" in changes or "language_id" in changes
    if is_searched:
        forget_comments(conn, [comment_id])
    conn.run(_update(tuple(sorted(changes))), comment_id=comment_id, **changes)
    if is_searched:
        index_comments(conn, [comment_id])


_SET_DELETED = Statement(
    update(comment)
    .where(comment.c.id == param("comment_id"), comment.c.deleted != param("deleted"))
    .values(deleted=param("deleted"), updated_at=param("now"))
)


def set_deleted(conn: Connection, comment_id: CommentId, now: Time, *, deleted: bool) -> bool:
    """Delete or restore; False if it was so already, even if somebody was faster just now."""
    return conn.run(_SET_DELETED, comment_id=comment_id, deleted=deleted, now=now) > 0


_ADD_HISTORY = Statement(
    insert(edit_history).values(
        subject="comment",
        subject_id=param("comment_id"),
        body=param("body"),
        created_at=param("now"),
    )
)


def add_history(conn: Connection, before: Comment, now: Time) -> None:
    """Keep what a comment said before an edit."""
    conn.run(_ADD_HISTORY, comment_id=before.id, body=before.content, now=now)


_SAVE = insert_or_ignore(
    comment_save,
    {
        "comment_id": param("comment_id"),
        "person_id": param("person_id"),
        "created_at": param("now"),
    },
)
_UNSAVE = Statement(
    delete(comment_save).where(
        comment_save.c.comment_id == param("comment_id"),
        comment_save.c.person_id == param("person_id"),
    )
)


def save_comment(conn: Connection, comment_id: CommentId, person_id: PersonId, now: Time) -> None:
    """Keep a comment in somebody's list of saved ones."""
    conn.run(_SAVE, comment_id=comment_id, person_id=person_id, now=now)


def unsave_comment(conn: Connection, comment_id: CommentId, person_id: PersonId) -> None:
    """Take it out again."""
    conn.run(_UNSAVE, comment_id=comment_id, person_id=person_id)
