"""Votes on posts and comments, and the figures that they move."""

from sqlalchemy import delete, select, update

from moothall.domain.ids import PersonId, PostId
from moothall.domain.time import Time

from .connection import Connection
from .dialects import upsert
from .statements import Statement, param
from .tables import person, post_vote

_SET_POST_VOTE = upsert(
    post_vote,
    ["post_id", "person_id"],
    {
        "post_id": param("post_id"),
        "person_id": param("person_id"),
        "score": param("score"),
        "created_at": param("now"),
    },
)
_WITHDRAW_POST_VOTE = Statement(
    delete(post_vote).where(
        post_vote.c.post_id == param("post_id"), post_vote.c.person_id == param("person_id")
    )
)
_POST_VOTE = Statement(
    select(post_vote.c.score).where(
        post_vote.c.post_id == param("post_id"), post_vote.c.person_id == param("person_id")
    )
)
_ADD_POST_SCORE = Statement(
    update(person)
    .where(person.c.id == param("person_id"))
    .values(post_score=person.c.post_score + param("change"))
)


def set_post_vote(
    conn: Connection, post_id: PostId, person_id: PersonId, score: int, now: Time
) -> None:
    """Store a vote, 1 or -1; 0 withdraws it. Counters are the caller's."""
    if score == 0:
        conn.run(_WITHDRAW_POST_VOTE, post_id=post_id, person_id=person_id)
    else:
        conn.run(_SET_POST_VOTE, post_id=post_id, person_id=person_id, score=score, now=now)


def post_vote_of(conn: Connection, post_id: PostId, person_id: PersonId) -> int:
    """Somebody's vote, 0 for none."""
    return conn.value(_POST_VOTE, post_id=post_id, person_id=person_id) or 0


def add_post_score(conn: Connection, author_id: PersonId, change: int) -> None:
    """Move the sum of votes on somebody's posts."""
    conn.run(_ADD_POST_SCORE, person_id=author_id, change=change)
