"""Regular upkeep: each function is one short step, and tells where the next one begins."""

from moothall.domain import ranking
from moothall.domain.time import WEEK, YEAR, Time
from moothall.storage import application, captcha, event, mail_token, session, upkeep
from moothall.storage.account import count_people
from moothall.storage.transaction import Transaction

from .mail import TOKENS_KEPT
from .registration import CAPTCHA_VALID

# Small enough that a step holds the write lock for a few milliseconds.
SLICE = 100
_COMMUNITIES = 20
# Neighbouring rows without a reference to them.
_EVENTS = 1_000


def young_post_ids(tx: Transaction) -> list[int]:
    """The posts whose ranks still fall; only reads."""
    return upkeep.young_post_ids(tx.conn)


def young_comment_ids(tx: Transaction) -> list[int]:
    """The comments whose rank still falls; only reads."""
    return upkeep.young_comment_ids(tx.conn)


def refresh_post_ranks(tx: Transaction, post_ids: list[int]) -> None:
    """Let the ranks of a slice of posts fall to what they are now."""
    rows = []
    for post_id, score, created, necro, active_month in upkeep.posts_to_rank(tx.conn, post_ids):
        hot = ranking.hot_rank(score, Time(created), tx.now)
        active = ranking.hot_rank(score, Time(necro), tx.now)
        scaled = ranking.scaled_rank(hot, active_month)
        rows.append({"post_id": post_id, "hot": hot, "active": active, "scaled": scaled})
    upkeep.set_post_ranks(tx.conn, rows)


def refresh_comment_ranks(tx: Transaction, comment_ids: list[int]) -> None:
    """The same for comments."""
    rows = []
    for comment_id, score, created in upkeep.comments_to_rank(tx.conn, comment_ids):
        hot = ranking.hot_rank(score, Time(created), tx.now)
        rows.append({"comment_id": comment_id, "hot": hot})
    upkeep.set_comment_ranks(tx.conn, rows)


def count_active_users(tx: Transaction, after_id: int) -> int | None:
    """Count who is active in the next communities and rank them; with the last one, the site."""
    found = upkeep.communities_after(tx.conn, after_id, _COMMUNITIES)
    for community_id, subscribers, created in found:
        active = upkeep.active_in_community(tx.conn, community_id, tx.now)
        hot = ranking.hot_rank(subscribers, Time(created), tx.now)
        upkeep.set_community_activity(tx.conn, community_id, active, hot)
    if len(found) == _COMMUNITIES:
        last: int = found[-1][0]
        return last
    upkeep.set_site_activity(tx.conn, upkeep.active_here(tx.conn, tx.now))
    return None


def forget_captchas(tx: Transaction) -> bool:
    """Drop captchas that nobody answered in time; True if there may be more to do at once."""
    return captcha.forget_old(tx.conn, Time(tx.now - CAPTCHA_VALID), SLICE) == SLICE


def forget_mail_tokens(tx: Transaction) -> bool:
    """Drop mailed tokens whose time is over; True if there may be more to do at once."""
    return mail_token.forget_old(tx.conn, Time(tx.now - TOKENS_KEPT), SLICE) == SLICE


def forget_denied(tx: Transaction) -> bool:
    """Erase accounts a week after they were denied; True if there may be more to do at once."""
    forgotten = application.forget_denied(tx.conn, Time(tx.now - WEEK), SLICE)
    count_people(tx.conn, -forgotten)
    return forgotten == SLICE


def forget_sessions(tx: Transaction) -> bool:
    """End sessions that were not used for a year; True if there may be more to do at once."""
    return session.forget_unused(tx.conn, Time(tx.now - YEAR), SLICE) == SLICE


def forget_events(tx: Transaction) -> bool:
    """Drop events that nobody waits for; True if there may be more to do at once."""
    return event.forget(tx.conn, tx.now, _EVENTS)
