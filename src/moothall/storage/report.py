"""Reports: what people tell the moderators, and the moderators' queue."""

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true, update

from moothall.domain.ids import CommunityId, PersonId, PrivateMessageId, ReportId
from moothall.domain.moderation import (
    PostReportView,
    PrivateMessageReportView,
    Report,
    ReportQuery,
)
from moothall.domain.notification import PrivateMessage
from moothall.domain.time import Time
from moothall.domain.user import Person, Viewer

from . import columns
from .connection import Connection
from .dialects import both_inserts
from .post_view import GROUPS, signed_in_view_of, view_columns, view_joins
from .statements import Row, Statement, any_of, param
from .tables import community_ban, community_moderator, person, private_message, report

Condition = ColumnElement[bool]


class ReportRow(NamedTuple):
    """A new report: of a post, comment, message, person or community, with its text as it is.

    `community_id` is where moderators find it; None for the admins' queue.
    """

    creator_id: PersonId
    subject: str
    subject_id: int
    community_id: CommunityId | None
    reason: str
    original_title: str | None
    original_url: str | None
    original_text: str | None
    local: bool
    created_at: Time


_ADD = both_inserts(
    lambda insert: (
        insert(report)
        .values({name: param(name) for name in ReportRow._fields})
        .on_conflict_do_nothing()
        .returning(report.c.id)
    )
)


def add_report(conn: Connection, row: ReportRow) -> ReportId | None:
    """Store a report; None if this person has reported this thing before."""
    found: int | None = conn.value(_ADD, **row._asdict())
    return None if found is None else ReportId(found)


class ReportState(NamedTuple):
    """What the rules need to know of a report."""

    community_id: CommunityId | None
    resolved: bool


_STATE = Statement(
    select(report.c.community_id, report.c.resolved)
    .where(report.c.id == param("report_id"), report.c.subject == param("subject"))
    .with_for_update()
)


def find_state(conn: Connection, subject: str, report_id: ReportId) -> ReportState | None:
    """Where a report of this kind of thing stands; None if there is none."""
    row = conn.one(_STATE, report_id=report_id, subject=subject)
    return None if row is None else ReportState._make(row)


_RESOLVE = Statement(
    update(report)
    .where(report.c.id == param("report_id"))
    .values(resolved=param("resolved"), resolver_id=param("resolver_id"), updated_at=param("now"))
)
_RESOLVE_ALL = Statement(
    update(report)
    .where(
        report.c.subject == param("subject"),
        any_of(report.c.subject_id, "subject_ids"),
        report.c.resolved.is_(False),
    )
    .values(resolved=true(), resolver_id=param("resolver_id"), updated_at=param("now"))
)


def resolve(
    conn: Connection, report_id: ReportId, resolver_id: PersonId, now: Time, *, resolved: bool
) -> None:
    """Settle a report, or open it again."""
    conn.run(_RESOLVE, report_id=report_id, resolver_id=resolver_id, resolved=resolved, now=now)


def resolve_all(
    conn: Connection, subject: str, subject_ids: Sequence[int], resolver_id: PersonId, now: Time
) -> None:
    """Settle all open reports of these things."""
    conn.run(
        _RESOLVE_ALL,
        subject=subject,
        subject_ids=list(subject_ids),
        resolver_id=resolver_id,
        now=now,
    )


_MESSAGE = Statement(
    select(*columns.of(private_message, PrivateMessage._fields)).where(
        private_message.c.id == param("message_id"),
        private_message.c.recipient_id == param("recipient_id"),
    )
)


def find_received_message(
    conn: Connection, message_id: PrivateMessageId, recipient_id: PersonId
) -> PrivateMessage | None:
    """A private message, for whom it was sent to and for nobody else."""
    row = conn.one(_MESSAGE, message_id=message_id, recipient_id=recipient_id)
    return None if row is None else PrivateMessage._make(row)


class _Filter(NamedTuple):
    """Which conditions a query of the queue has."""

    everywhere: bool
    unresolved_only: bool = False
    in_community: bool = False
    of_subject: bool = False
    one: bool = False


def _own_communities() -> "Select[Any]":
    """Where the viewer is a moderator who is not banned."""
    is_banned = exists().where(
        community_ban.c.community_id == community_moderator.c.community_id,
        community_ban.c.person_id == param("viewer_id"),
        or_(community_ban.c.expires_at.is_(None), community_ban.c.expires_at > param("now")),
    )
    return select(community_moderator.c.community_id).where(
        community_moderator.c.person_id == param("viewer_id"), ~is_banned
    )


def _conditions(by: _Filter) -> list[Condition]:
    if by.one:
        return [report.c.id == param("report_id"), report.c.subject == param("subject")]
    found: list[Condition] = [report.c.subject == param("subject")]
    if not by.everywhere:
        found.append(report.c.community_id.in_(_own_communities()))
    if by.unresolved_only:
        found.append(report.c.resolved.is_(False))
    if by.in_community:
        found.append(report.c.community_id == param("community_id"))
    if by.of_subject:
        found.append(report.c.subject_id == param("subject_id"))
    return found


_reporter = person.alias("reporter")
_resolver = person.alias("resolver")
_author = person.alias("author")


def _page(by: _Filter) -> Any:
    query = select(report.c.id, report.c.subject_id).where(and_(*_conditions(by)))
    if by.one:
        return query.subquery("page")
    return (
        query.order_by(*_order(by)).limit(param("limit")).offset(param("offset")).subquery("page")
    )


def _order(by: _Filter) -> list[Any]:
    if by.unresolved_only:
        return [report.c.created_at, report.c.id]
    return [report.c.created_at.desc(), report.c.id.desc()]


def _report_columns() -> columns.Columns:
    return [
        *columns.of(report, Report._fields),
        *columns.person(_reporter),
        *columns.person(_resolver),
    ]


def _report_joins(start: Any, page: Any) -> Any:
    return (
        start.join(report, report.c.id == page.c.id)
        .join(_reporter, _reporter.c.id == report.c.creator_id)
        .outerjoin(_resolver, _resolver.c.id == report.c.resolver_id)
    )


_REPORT = len(Report._fields)
_PERSON = len(Person._fields)


class ReportParts(NamedTuple):
    """A report with who made it and who settled it."""

    report: Report
    reporter: Person
    resolver: Person | None


def _parts(row: Row) -> ReportParts:
    reporter = row[_REPORT : _REPORT + _PERSON]
    resolver = row[_REPORT + _PERSON : _REPORT + 2 * _PERSON]
    return ReportParts(
        Report._make(row[:_REPORT]),
        Person._make(reporter),
        None if resolver[0] is None else Person._make(resolver),
    )


@functools.lru_cache(maxsize=64)
def _plain(by: _Filter) -> Statement:
    page = _page(by)
    query = select(*_report_columns()).select_from(_report_joins(page, page))
    return Statement(query.order_by(*_order(by)))


@functools.lru_cache(maxsize=64)
def _with_post(by: _Filter) -> Statement:
    page = _page(by)
    start = view_joins(page, page.c.subject_id, signed_in=True)
    query = select(*view_columns(signed_in=True, html=False), *_report_columns())
    query = query.select_from(_report_joins(start, page)).order_by(*_order(by))
    return Statement(query, groups=GROUPS)


_POST_VIEW = len(GROUPS) + 3 + 8


@functools.lru_cache(maxsize=64)
def _with_message(by: _Filter) -> Statement:
    page = _page(by)
    joins = (
        _report_joins(page, page)
        .join(private_message, private_message.c.id == page.c.subject_id)
        .join(_author, _author.c.id == private_message.c.creator_id)
    )
    query = select(
        *_report_columns(),
        *columns.of(private_message, PrivateMessage._fields),
        *columns.person(_author),
    )
    return Statement(query.select_from(joins).order_by(*_order(by)))


def _values(by: _Filter, subject: str, query: ReportQuery) -> dict[str, Any]:
    values: dict[str, Any] = {
        "subject": subject,
        "limit": query.limit,
        "offset": (query.page - 1) * query.limit,
    }
    if by.in_community:
        values["community_id"] = query.community_id
    if by.of_subject:
        values["subject_id"] = query.subject_id
    return values


def _filter(viewer: Viewer, query: ReportQuery) -> _Filter:
    return _Filter(
        everywhere=viewer.is_admin,
        unresolved_only=query.unresolved_only,
        in_community=query.community_id is not None,
        of_subject=query.subject_id is not None,
    )


def _who(viewer: Viewer, now: Time) -> dict[str, Any]:
    return {"viewer_id": viewer.person_id, "now": now}


def _scope(by: _Filter, viewer: Viewer, now: Time) -> dict[str, Any]:
    return {} if by.everywhere else _who(viewer, now)


def list_post_reports(
    conn: Connection, viewer: Viewer, query: ReportQuery, now: Time
) -> list[PostReportView]:
    """The queue of posts: of everywhere for an admin, else of where the viewer moderates."""
    by = _filter(viewer, query)
    rows = conn.all(_with_post(by), **_values(by, "post", query), **_who(viewer, now))
    return [_post_report(row) for row in rows]


def get_post_report(
    conn: Connection, viewer: Viewer, report_id: ReportId, now: Time
) -> PostReportView | None:
    """One report of a post. Checks nothing: for who has just made or settled it."""
    by = _Filter(everywhere=True, one=True)
    row = conn.one(_with_post(by), subject="post", report_id=report_id, **_who(viewer, now))
    return None if row is None else _post_report(row)


def _post_report(row: Row) -> PostReportView:
    report_, reporter, resolver = _parts(row[_POST_VIEW:])
    return PostReportView(report_, signed_in_view_of(row), reporter, resolver)


def list_reports(
    conn: Connection, viewer: Viewer, subject: str, query: ReportQuery, now: Time
) -> list[ReportParts]:
    """The queue of other things, without what they are about."""
    by = _filter(viewer, query)
    rows = conn.all(_plain(by), **_values(by, subject, query), **_scope(by, viewer, now))
    return [_parts(row) for row in rows]


def get_report(conn: Connection, subject: str, report_id: ReportId) -> ReportParts | None:
    """One report without what it is about. Checks nothing: for who has just made or settled it."""
    by = _Filter(everywhere=True, one=True)
    row = conn.one(_plain(by), subject=subject, report_id=report_id)
    return None if row is None else _parts(row)


def list_message_reports(conn: Connection, query: ReportQuery) -> list[PrivateMessageReportView]:
    """The admins' queue of private messages."""
    by = _Filter(everywhere=True, unresolved_only=query.unresolved_only)
    rows = conn.all(_with_message(by), **_values(by, "message", query))
    return [_message_report(row) for row in rows]


def get_message_report(conn: Connection, report_id: ReportId) -> PrivateMessageReportView | None:
    """One report of a message. Checks nothing: for who has just made or settled it."""
    by = _Filter(everywhere=True, one=True)
    row = conn.one(_with_message(by), subject="message", report_id=report_id)
    return None if row is None else _message_report(row)


def _message_report(row: Row) -> PrivateMessageReportView:
    report_, reporter, resolver = _parts(row)
    start = _REPORT + 2 * _PERSON
    end = start + len(PrivateMessage._fields)
    return PrivateMessageReportView(
        report=report_,
        private_message=PrivateMessage._make(row[start:end]),
        message_creator=Person._make(row[end:]),
        reporter=reporter,
        resolver=resolver,
    )


_IS_OPEN = report.c.resolved.is_(False)


def _is_of(*subjects: str) -> Condition:
    return or_(*[report.c.subject == name for name in subjects])


@functools.lru_cache(maxsize=4)
def _count(by: _Filter) -> Statement:
    of_kind = _is_of("post", "comment", "message")
    query = select(report.c.subject, func.count()).where(of_kind, _IS_OPEN, *_conditions(by)[1:])
    return Statement(query.group_by(report.c.subject))


def waiting_reports() -> "tuple[Select[Any], Select[Any]]":
    """The reports that wait for an admin, and for a moderator with the id `viewer_id`."""
    everywhere = select(report.c.id).where(_is_of("post", "comment", "message"), _IS_OPEN)
    own = select(report.c.id).where(
        report.c.community_id.in_(_own_communities()), _is_of("post", "comment"), _IS_OPEN
    )
    return everywhere, own


def count_unresolved(
    conn: Connection, viewer: Viewer, community_id: CommunityId | None, now: Time
) -> dict[str, int]:
    """How many reports wait for this viewer, by subject; none of a subject: no entry."""
    by = _Filter(everywhere=viewer.is_admin, in_community=community_id is not None)
    values = {} if community_id is None else {"community_id": community_id}
    rows = conn.all(_count(by), **values, **_scope(by, viewer, now))
    return {row[0]: row[1] for row in rows}
