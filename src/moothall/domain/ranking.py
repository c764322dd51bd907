"""Ranks: formulas that order lists. Stored as caches on the rows; this is their only copy.

Formulas of the Lemmy API, so that an order here means what its clients' users know. `score` is
upvotes minus downvotes; times are microseconds (see `domain.time`).
"""

import math

from .time import DAY, HOUR, WEEK, Time

# The rank that a new row starts with, above every older post that nobody looked at.
NEW = 0.0001
# A comment counts for "active" only if it came this soon after the post.
NECRO_WINDOW = 2 * DAY


def hot_rank(score: int, published: Time, now: Time) -> float:
    """Score on a logarithmic scale, falling with age; 0 for anything older than a week."""
    age = now - published
    if age < 0 or age >= WEEK:
        return 0.0
    gravity: float = (age / HOUR + 2) ** 1.8
    return math.log10(max(2, score + 2)) / gravity


def scaled_rank(hot: float, users_active_month: int) -> float:
    """Hot, lifted for communities with few active users."""
    return hot / math.log10(2 + max(0, users_active_month))


def controversy_rank(upvotes: int, downvotes: int) -> float:
    """High where many vote and disagree; 0 without votes of both kinds."""
    if upvotes <= 0 or downvotes <= 0:
        return 0.0
    total = upvotes + downvotes
    balance = min(upvotes, downvotes) / max(upvotes, downvotes)
    rank: float = total**balance
    return rank


def counts_for_active(
    *, comment_author: int, post_author: int, commented: Time, posted: Time
) -> bool:
    """Whether a comment moves its post up in "active": not the author's own, not years later."""
    return comment_author != post_author and commented - posted <= NECRO_WINDOW
