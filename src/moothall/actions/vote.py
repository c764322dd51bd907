"""Voting: an upvote, a downvote, or a vote withdrawn. One short transaction each."""

from typing import Any

from moothall.domain import ranking
from moothall.domain.errors import NotFound
from moothall.domain.ids import CommentId, PostId
from moothall.domain.permissions import may_vote, require
from moothall.domain.user import Doer
from moothall.domain.visibility import sees_post, ties_of
from moothall.storage import event
from moothall.storage import post as posts
from moothall.storage import vote as votes
from moothall.storage.comment import update_comment
from moothall.storage.transaction import Transaction
from moothall.storage.vote import Ballot


def vote_post(tx: Transaction, by: Doer, post_id: PostId, score: int) -> None:
    """Vote on a post: 1, -1, or 0 to withdraw. The same vote again changes nothing.

    The voter has then read the post. Raises NotFound `couldnt_find_post` and what `may_vote` says.
    """
    ballot = votes.post_ballot(tx.conn, post_id, by.person_id, tx.now)
    if ballot is None or not _sees(ballot, by):
        raise NotFound("couldnt_find_post")
    _require_may_vote(ballot, by, score)
    # Not with the ballot: on PostgreSQL what is joined to a locked row is from before the wait for it.
    previous = votes.post_vote_of(tx.conn, post_id, by.person_id)
    posts.mark_read(tx.conn, post_id, by.person_id, tx.now)
    if score == previous:
        return
    votes.set_post_vote(tx.conn, post_id, by.person_id, score, tx.now)
    posts.update_post(tx.conn, post_id, **_post_figures(tx, ballot, previous, score))
    votes.add_post_score(tx.conn, ballot.post.creator_id, score - previous)
    posts.note_activity(tx.conn, ballot.community.id, by.person_id, tx.now)
    event.add(
        tx.conn,
        "vote_cast",
        tx.now,
        post_id=post_id,
        person_id=by.person_id,
        score=score,
        previous=previous,
    )


def vote_comment(tx: Transaction, by: Doer, comment_id: CommentId, score: int) -> None:
    """Vote on a comment: 1, -1, or 0 to withdraw. The same vote again changes nothing.

    Raises NotFound `couldnt_find_comment` and what `may_vote` says.
    """
    found = votes.comment_ballot(tx.conn, comment_id, by.person_id, tx.now)
    if found is None:
        raise NotFound("couldnt_find_comment")
    comment, counts, ballot = found
    if comment.deleted or comment.removed or not _sees(ballot, by):
        raise NotFound("couldnt_find_comment")
    _require_may_vote(ballot, by, score)
    previous = votes.comment_vote_of(tx.conn, comment_id, by.person_id)
    if score == previous:
        return
    votes.set_comment_vote(tx.conn, comment_id, by.person_id, score, tx.now)
    figures = _figures(counts.upvotes, counts.downvotes, previous, score)
    hot = ranking.hot_rank(figures["score"], comment.created_at, tx.now)
    update_comment(tx.conn, comment_id, **figures, **({"hot_rank": hot} if hot else {}))
    votes.add_comment_score(tx.conn, comment.creator_id, score - previous)
    posts.note_activity(tx.conn, ballot.community.id, by.person_id, tx.now)
    event.add(
        tx.conn,
        "vote_cast",
        tx.now,
        comment_id=comment_id,
        person_id=by.person_id,
        score=score,
        previous=previous,
    )


def _sees(ballot: Ballot, by: Doer) -> bool:
    ties = ties_of(by, ballot.standing, follows=ballot.follows)
    is_author = by.person_id == ballot.post.creator_id
    return sees_post(ballot.post, ballot.community, ties, is_author=is_author)


def _require_may_vote(ballot: Ballot, by: Doer, score: int) -> None:
    require(
        may_vote(
            is_bot=by.bot,
            score=score,
            downvotes=ballot.enable_downvotes,
            community=ballot.community,
            standing=ballot.standing,
        )
    )


def _figures(upvotes: int, downvotes: int, previous: int, score: int) -> dict[str, Any]:
    """The figures that every vote moves; a rank only where it is, or was, not zero.

    Each rank stands in several indexes, so one that stays is not written.
    """
    before = ranking.controversy_rank(upvotes, downvotes)
    upvotes += (score == 1) - (previous == 1)
    downvotes += (score == -1) - (previous == -1)
    figures = {"upvotes": upvotes, "downvotes": downvotes, "score": upvotes - downvotes}
    controversy = ranking.controversy_rank(upvotes, downvotes)
    return figures if controversy == before else {**figures, "controversy_rank": controversy}


def _post_figures(tx: Transaction, ballot: Ballot, previous: int, score: int) -> dict[str, Any]:
    counts = ballot.post_counts
    figures = _figures(counts.upvotes, counts.downvotes, previous, score)
    hot = ranking.hot_rank(figures["score"], ballot.post.created_at, tx.now)
    active = ranking.hot_rank(figures["score"], ballot.newest_necro_at, tx.now)
    # Old posts have ranks of zero, or get them from the next pass over those that fall.
    if hot:
        figures["hot_rank"] = hot
        figures["scaled_rank"] = ranking.scaled_rank(hot, ballot.users_active_month)
    if active:
        figures["active_rank"] = active
    return figures
