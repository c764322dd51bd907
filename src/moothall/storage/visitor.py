"""Who asks, and what waits for them: one statement before every page of somebody signed in."""

from typing import Any

from sqlalchemy import ColumnElement, case, or_, select

from moothall.domain.notification import Duties, UnreadCounts, Visitor
from moothall.domain.time import Time
from moothall.domain.user import Viewer
from moothall.domain.visibility import Who

from .application import waiting_applications
from .comment_choice import Taste, to_taste
from .connection import Connection
from .notification_list import UNREAD_KINDS, count_few, unread_counts
from .report import waiting_reports
from .statements import Statement, with_values
from .user import VIEWER
from .visibility import post_visible

_me = VIEWER.cte("me")


def _my(name: str) -> ColumnElement[Any]:
    # Uncorrelated wherever it stands, so that it is looked up once.
    return select(_me.c[name]).correlate(None).scalar_subquery()


def _wanted() -> list[ColumnElement[bool]]:
    """What `notification_list` asks of a known viewer's flags, asked of their row."""
    no_bots = to_taste(Taste(blocks=False, languages=False, no_bots=True))
    return [
        or_(_my("is_admin"), post_visible(Who.PERSON)),
        *to_taste(Taste(blocks=True, languages=False, no_bots=False)),
        or_(_my("show_bot_accounts"), *no_bots),
    ]


def _duties() -> list[ColumnElement[int]]:
    """The columns of `Duties`; for most people nothing is looked up."""
    everywhere, own = waiting_reports()
    reports = case(
        (_my("is_admin"), count_few(everywhere)), (_my("moderates"), count_few(own)), else_=0
    )
    applications = case((_my("is_admin"), count_few(waiting_applications())), else_=0)
    return [reports.label("reports"), applications.label("applications")]


_BY_TOKEN = Statement(
    with_values(
        select(*_me.c, *unread_counts(_wanted()), *_duties()),
        {"viewer_id": _my("person_id"), "account_id": _my("account_id")},
    ),
    groups=(Viewer, UnreadCounts, Duties),
)


def visitor_by_token_hash(conn: Connection, token_hash: str, now: Time) -> Visitor | None:
    """Who is signed in with this token; None also for banned and deleted people."""
    row = conn.one(_BY_TOKEN, token_hash=token_hash, now=now, **UNREAD_KINDS)
    return None if row is None else Visitor._make(row)
