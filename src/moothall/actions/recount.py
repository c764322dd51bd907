"""Counters and ranks made to agree with the rows that they count.

The finishing part of an import, and the repair of whatever should have gone wrong: where the
counters are right, nothing changes. Each function works on a slice; the caller goes through all.
"""

from collections.abc import Sequence

from moothall.domain import ranking
from moothall.storage import recount
from moothall.storage.recount import (
    CommentFigures,
    Correction,
    CountedComment,
    CountedPost,
    PostFigures,
)
from moothall.storage.transaction import Transaction


def recount_posts(tx: Transaction, post_ids: Sequence[int]) -> int:
    """Votes, comments and ranks of posts. Tells how many were not as they should be.

    The community's active users count in one of the ranks, so those come first.
    """
    counted = recount.count_posts(tx.conn, post_ids)
    right = [(each, _post_figures(tx, each)) for each in counted]
    wrong = [(each, figures) for each, figures in right if each.stored != figures]
    for each, figures in wrong:
        recount.set_post(tx.conn, each.id, each.stored, figures)
    return len(wrong)


def _post_figures(tx: Transaction, post: CountedPost) -> PostFigures:
    score = post.upvotes - post.downvotes
    hot = ranking.hot_rank(score, post.created_at, tx.now)
    return PostFigures(
        comments=post.comments,
        upvotes=post.upvotes,
        downvotes=post.downvotes,
        newest_comment_at=post.newest_comment_at,
        newest_comment_necro_at=post.newest_comment_necro_at,
        hot_rank=hot,
        active_rank=ranking.hot_rank(score, post.newest_comment_necro_at, tx.now),
        scaled_rank=ranking.scaled_rank(hot, post.users_active_month),
        controversy_rank=ranking.controversy_rank(post.upvotes, post.downvotes),
        score=score,
    )


def recount_comments(tx: Transaction, comment_ids: Sequence[int]) -> int:
    """Votes, answers and ranks of comments. Tells how many were not as they should be."""
    counted = recount.count_comments(tx.conn, comment_ids)
    right = [(each, _comment_figures(tx, each)) for each in counted]
    wrong = [(each, figures) for each, figures in right if each.stored != figures]
    for each, figures in wrong:
        recount.set_comment(tx.conn, each.id, each.stored, figures)
    return len(wrong)


def _comment_figures(tx: Transaction, comment: CountedComment) -> CommentFigures:
    score = comment.upvotes - comment.downvotes
    return CommentFigures(
        upvotes=comment.upvotes,
        downvotes=comment.downvotes,
        child_count=comment.child_count,
        hot_rank=ranking.hot_rank(score, comment.created_at, tx.now),
        controversy_rank=ranking.controversy_rank(comment.upvotes, comment.downvotes),
        score=score,
    )


def find_corrections(tx: Transaction, kind: str, ids: Sequence[int]) -> list[Correction]:
    """What lacks in the sums of a "person", a "community" or the "site"; only reads.

    The work grows with what somebody wrote, so it is done in a read that nobody waits for.
    """
    return recount.find_corrections(tx.conn, kind, ids)


def correct(tx: Transaction, kind: str, corrections: Sequence[Correction]) -> None:
    """Add what was found to lack; to be done once."""
    recount.add_corrections(tx.conn, kind, corrections)
