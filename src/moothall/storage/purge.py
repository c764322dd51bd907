"""Purging: rows really gone. Only for admins, and the only erasure of what somebody else wrote.

What hangs on a post or comment by a foreign key goes with it; what names its subject by kind and id
(reports, earlier versions, uses of uploads) is forgotten by `forget_traces`.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Executable,
    Select,
    Table,
    delete,
    func,
    literal_column,
    select,
    tuple_,
    update,
)

from moothall.domain.comment import Comment
from moothall.domain.ids import CommentId, CommunityId, PersonId, PostId, UploadId

from . import columns
from .connection import Connection
from .portion import Portion, portion
from .search import forget_comments, forget_posts
from .statements import Statement, any_of, param
from .tables import (
    comment,
    comment_save,
    comment_vote,
    community,
    community_activity,
    community_follow,
    edit_history,
    post,
    post_hide,
    post_read,
    post_save,
    post_vote,
    private_message,
    report,
    upload_use,
)


class Doomed(NamedTuple):
    """A post or comment that is going to be erased, as its counters need it."""

    id: int
    creator_id: PersonId
    community_id: CommunityId
    post_id: PostId
    local: bool
    score: int
    deleted: bool
    removed: bool
    chars: int


def _doomed(table: Table, post_id: Any, text: Any) -> "Select[Any]":
    return select(
        table.c.id,
        table.c.creator_id,
        table.c.community_id,
        post_id.label("of_post"),
        table.c.local,
        table.c.score,
        table.c.deleted,
        table.c.removed,
        func.coalesce(func.length(text), 0),
    ).limit(param("limit"))


_COMMENTS = _doomed(comment, comment.c.post_id, comment.c.content)
_POSTS = _doomed(post, post.c.id, post.c.body)
_COMMENT = Statement(_COMMENTS.where(comment.c.id == param("comment_id")))
_COMMENTS_OF_POST = Statement(_COMMENTS.where(comment.c.post_id == param("post_id")))
_COMMENTS_OF_COMMUNITY = Statement(_COMMENTS.where(comment.c.community_id == param("community_id")))
_POST = Statement(_POSTS.where(post.c.id == param("post_id")))
_POSTS_OF_COMMUNITY = Statement(_POSTS.where(post.c.community_id == param("community_id")))


def find_comment(conn: Connection, comment_id: CommentId) -> Portion[Doomed]:
    """One comment, or none."""
    return _list(conn, _COMMENT, 2, comment_id=comment_id)


def comments_of_post(conn: Connection, post_id: PostId, limit: int) -> Portion[Doomed]:
    """Some comments of a post, whatever their state."""
    return _list(conn, _COMMENTS_OF_POST, limit, post_id=post_id)


def comments_of_community(
    conn: Connection, community_id: CommunityId, limit: int
) -> Portion[Doomed]:
    """Some comments of a community, whatever their state."""
    return _list(conn, _COMMENTS_OF_COMMUNITY, limit, community_id=community_id)


def find_post(conn: Connection, post_id: PostId) -> Portion[Doomed]:
    """One post, or none."""
    return _list(conn, _POST, 2, post_id=post_id)


def posts_of_community(conn: Connection, community_id: CommunityId, limit: int) -> Portion[Doomed]:
    """Some posts of a community, whatever their state."""
    return _list(conn, _POSTS_OF_COMMUNITY, limit, community_id=community_id)


def _list(conn: Connection, statement: Statement, limit: int, **values: Any) -> Portion[Doomed]:
    found = [Doomed._make(row) for row in conn.all(statement, limit=limit, **values)]
    return portion(found, limit, lambda each: each.chars)


def _marks(table: Table, subject_id: str) -> Statement:
    """Delete some of the rows that people have left on posts or comments."""
    key = tuple_(table.c[subject_id], table.c.person_id)
    of_subjects = any_of(table.c[subject_id], "ids")
    some = select(table.c[subject_id], table.c.person_id).where(of_subjects).limit(param("limit"))
    return Statement(delete(table).where(key.in_(some)))


_MARKS = {
    "post": [_marks(each, "post_id") for each in (post_vote, post_save, post_read, post_hide)],
    "comment": [_marks(each, "comment_id") for each in (comment_vote, comment_save)],
}


def delete_marks(conn: Connection, subject: str, ids: Sequence[int], limit: int) -> bool:
    """Erase votes, saves and what else people left on posts or comments, at most `limit` rows.

    Returns whether all are gone. They would go with their subject too, but all of them at once.
    """
    listed = list(ids)
    for statement in _MARKS[subject] if listed else []:
        limit -= conn.run(statement, ids=listed, limit=limit)
        if limit <= 0:
            return False
    return True


_DELETE = {
    "post": Statement(delete(post).where(any_of(post.c.id, "ids"))),
    "comment": Statement(delete(comment).where(any_of(comment.c.id, "ids"))),
    "community": Statement(delete(community).where(any_of(community.c.id, "ids"))),
    "message": Statement(delete(private_message).where(any_of(private_message.c.id, "ids"))),
}


def delete_rows(conn: Connection, subject: str, ids: Sequence[int]) -> None:
    """Erase posts, comments, communities or messages; counters are for the caller."""
    if subject == "post":
        forget_posts(conn, ids)
    elif subject == "comment":
        forget_comments(conn, ids)
    conn.run(_DELETE[subject], ids=list(ids))


def _of_subjects(table: Table) -> "list[Any]":
    return [table.c.subject == param("subject"), any_of(table.c.subject_id, "ids")]


_FORGET_HISTORY = Statement(delete(edit_history).where(*_of_subjects(edit_history)))
_FORGET_REPORTS = Statement(delete(report).where(*_of_subjects(report)))
_FREE_UPLOADS = Statement(
    delete(upload_use).where(*_of_subjects(upload_use)).returning(upload_use.c.upload_id)
)


def forget_traces(conn: Connection, subject: str, ids: Sequence[int]) -> list[UploadId]:
    """Erase reports (which quote), earlier versions and uses of uploads of these things.

    Returns the uploads that they used: whoever keeps the files looks whether anything else does.
    """
    listed = list(ids)
    conn.run(_FORGET_HISTORY, subject=subject, ids=listed)
    conn.run(_FORGET_REPORTS, subject=subject, ids=listed)
    return sorted({row[0] for row in conn.all(_FREE_UPLOADS, subject=subject, ids=listed)})


# "." and "/" follow each other, so this range of paths is all that stands below a comment. Labels
# are numbers: PostgreSQL must compare them as bytes, as the index does.
def _below(path: "ColumnElement[Any]") -> "list[Any]":
    return [
        comment.c.post_id == param("post_id"),
        path > param("first"),
        path < param("last"),
    ]


def _lift_answers(path: "ColumnElement[Any]") -> Executable:
    query = update(comment).where(*_below(path), comment.c.parent_id == param("comment_id"))
    return query.values(parent_id=param("parent_id"))


def _shorten_paths(path: "ColumnElement[Any]") -> Executable:
    return (
        update(comment)
        .where(*_below(path))
        .values(
            path=func.replace(comment.c.path, param("label"), "."),
            depth=comment.c.depth - literal_column("1"),
        )
    )


_bytewise = comment.c.path.collate("C")
_LIFT_ANSWERS = Statement(_lift_answers(comment.c.path), postgresql=_lift_answers(_bytewise))
_SHORTEN_PATHS = Statement(_shorten_paths(comment.c.path), postgresql=_shorten_paths(_bytewise))
_TREE = Statement(
    select(*columns.comment(comment), comment.c.parent_id).where(
        comment.c.id == param("comment_id")
    )
)


def lift_answers(conn: Connection, comment_id: CommentId) -> None:
    """Let the answers to a comment that goes answer its parent: no client shows orphans."""
    row = conn.one(_TREE, comment_id=comment_id)
    if row is None:
        return
    found = Comment._make(row[:-1])
    below = {
        "post_id": found.post_id,
        "first": f"{found.path}.",
        "last": f"{found.path}/",
    }
    conn.run(_LIFT_ANSWERS, comment_id=comment_id, parent_id=row[-1], **below)
    conn.run(_SHORTEN_PATHS, label=f".{comment_id}.", **below)


_MESSAGES = Statement(
    select(private_message.c.id)
    .where(private_message.c.creator_id == param("person_id"))
    .limit(param("limit"))
)


def messages_of(conn: Connection, person_id: PersonId, limit: int) -> list[int]:
    """Some messages that somebody has sent."""
    return [row[0] for row in conn.all(_MESSAGES, person_id=person_id, limit=limit)]


def _some(table: Table) -> Statement:
    some = (
        select(table.c.person_id)
        .where(table.c.community_id == param("community_id"))
        .limit(param("limit"))
    )
    return Statement(
        delete(table).where(
            table.c.community_id == param("community_id"), table.c.person_id.in_(some)
        )
    )


_MEMBERS = (_some(community_follow), _some(community_activity))


def delete_members(conn: Connection, community_id: CommunityId, limit: int) -> int:
    """Erase some of those who follow a community or were active there; returns how many."""
    return sum(conn.run(each, community_id=community_id, limit=limit) for each in _MEMBERS)
