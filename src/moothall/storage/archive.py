"""Reading an archive in: how far it has come, which row a record became, and rows in bulk.

Everything here works on one small batch; what a batch needs to know of other rows is asked for at
once, by lists of ids.
"""

import functools
import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Table, case, delete, insert, or_, select, tuple_, update

from moothall.domain.archive import ImportRun
from moothall.domain.ids import CommunityId, InstanceId, PersonId
from moothall.domain.time import Time

from .connection import Connection
from .dialects import both_inserts, insert_or_ignore
from .statements import Statement, any_of, param
from .tables import (
    comment,
    comment_vote,
    community,
    community_activity,
    community_moderator,
    import_map,
    import_run,
    instance,
    person,
    post,
    post_vote,
)

# ---- how far an import has come ------------------------------------------------------------------

_RUN = [import_run.c[name] for name in ImportRun._fields]
_FIND_RUN = Statement(select(*_RUN).where(import_run.c.fingerprint == param("fingerprint")))
_ADD_RUN = insert_or_ignore(
    import_run,
    {
        "fingerprint": param("fingerprint"),
        "phase": param("phase"),
        "created_at": param("now"),
        "updated_at": param("now"),
    },
)
_ADVANCE = Statement(
    update(import_run)
    .where(
        import_run.c.id == param("run_id"),
        import_run.c.phase == param("old_phase"),
        import_run.c.line == param("old_line"),
        import_run.c.place == param("old_place"),
    )
    .values(
        {name: param(name) for name in ImportRun._fields if name != "id"}
        | {"updated_at": param("now")}
    )
)


def open_run(conn: Connection, fingerprint: str, phase: str, now: Time) -> ImportRun:
    """The run of this very file: a new one in this phase, or the one that there is."""
    conn.run(_ADD_RUN, fingerprint=fingerprint, phase=phase, now=now)
    row = conn.one(_FIND_RUN, fingerprint=fingerprint)
    assert row is not None  # noqa: S101 — it was just added
    return ImportRun._make((*row[:-1], json.loads(row[-1])))


def advance_run(conn: Connection, before: ImportRun, after: ImportRun, now: Time) -> bool:
    """Note how far a run has come; False if somebody else moved it meanwhile."""
    values = after._asdict()
    del values["id"]
    values["stored"] = json.dumps(after.stored)
    changed = conn.run(
        _ADVANCE,
        run_id=before.id,
        old_phase=before.phase,
        old_line=before.line,
        old_place=before.place,
        now=now,
        **values,
    )
    return changed == 1


# ---- which row a record became -------------------------------------------------------------------

_here = (import_map.c.run_id == param("run_id"), import_map.c.kind == param("kind"))
_MAP = Statement(insert(import_map).values({c.name: param(c.name) for c in import_map.c}))
_FIND_ROWS = Statement(
    select(import_map.c.archive_id, import_map.c.row_id).where(
        *_here, any_of(import_map.c.archive_id, "archive_ids")
    )
)
_ROWS_AFTER = Statement(
    select(import_map.c.archive_id, import_map.c.row_id)
    .where(*_here, import_map.c.archive_id > param("after"))
    .order_by(import_map.c.archive_id)
    .limit(param("limit"))
)
_some = (
    select(import_map.c.kind, import_map.c.archive_id)
    .where(import_map.c.run_id == param("run_id"))
    .limit(param("limit"))
)
_FORGET_MAP = Statement(
    delete(import_map).where(
        import_map.c.run_id == param("run_id"),
        tuple_(import_map.c.kind, import_map.c.archive_id).in_(_some),
    )
)


def map_rows(conn: Connection, run_id: int, kind: str, rows: dict[int, int]) -> None:
    """Remember the row of each archive id."""
    conn.run_many(
        _MAP,
        (
            {"run_id": run_id, "kind": kind, "archive_id": archive_id, "row_id": row_id}
            for archive_id, row_id in rows.items()
        ),
    )


def find_rows(
    conn: Connection, run_id: int, kind: str, archive_ids: Iterable[int]
) -> dict[int, int]:
    """The rows of those archive ids that have one."""
    wanted = sorted(set(archive_ids))
    if not wanted:
        return {}
    rows = conn.all(_FIND_ROWS, run_id=run_id, kind=kind, archive_ids=wanted)
    return dict(rows)


def rows_after(
    conn: Connection, run_id: int, kind: str, after: int, limit: int
) -> list[tuple[int, int]]:
    """The next (archive id, row id) in the order of the archive's ids."""
    return conn.all(_ROWS_AFTER, run_id=run_id, kind=kind, after=after, limit=limit)


def forget_map(conn: Connection, run_id: int, limit: int) -> int:
    """Forget some of it; tells how many there were."""
    return conn.run(_FORGET_MAP, run_id=run_id, limit=limit)


# ---- servers, people, communities ----------------------------------------------------------------

_ADD_INSTANCE = insert_or_ignore(instance, {"domain": param("domain"), "created_at": param("now")})
_INSTANCES = Statement(
    select(instance.c.domain, instance.c.id).where(any_of(instance.c.domain, "domains"))
)


def instances_of(conn: Connection, domains: Iterable[str], now: Time) -> dict[str, InstanceId]:
    """The servers of these names, those that were unknown added."""
    wanted = sorted(set(domains))
    if not wanted:
        return {}
    found: dict[str, InstanceId] = dict(conn.all(_INSTANCES, domains=wanted))
    missing = [domain for domain in wanted if domain not in found]
    if missing:
        conn.run_many(_ADD_INSTANCE, ({"domain": each, "now": now} for each in missing))
        found = dict(conn.all(_INSTANCES, domains=wanted))
    return found


@functools.lru_cache(maxsize=4)
def _add(table: Table, names: tuple[str, ...]) -> Statement:
    values = {name: param(name) for name in names}
    return both_inserts(
        lambda new: new(table).values(values).on_conflict_do_nothing().returning(table.c.id)
    )


def _by_name(table: Table) -> Statement:
    return Statement(
        select(table.c.id).where(
            table.c.instance_id == param("instance_id"), table.c.name_key == param("name_key")
        )
    )


_PERSON_BY_NAME = _by_name(person)
_COMMUNITY_BY_NAME = _by_name(community)


def find_person_of(conn: Connection, instance_id: InstanceId, name: str) -> PersonId | None:
    """Who has this name on that server."""
    found: PersonId | None = conn.value(
        _PERSON_BY_NAME, instance_id=instance_id, name_key=name.lower()
    )
    return found


def find_community_of(conn: Connection, instance_id: InstanceId, name: str) -> CommunityId | None:
    """The community of this name on that server."""
    found: CommunityId | None = conn.value(
        _COMMUNITY_BY_NAME, instance_id=instance_id, name_key=name.lower()
    )
    return found


def add_person(conn: Connection, name: str, **values: Any) -> PersonId | None:
    """A person as a row; None if the name or the address is taken."""
    values |= {"name": name, "name_key": name.lower()}
    found: PersonId | None = conn.value(_add(person, tuple(sorted(values))), **values)
    return found


_APPOINT = insert_or_ignore(
    community_moderator,
    {
        "community_id": param("community_id"),
        "person_id": param("person_id"),
        "created_at": param("created_at"),
    },
)


def appoint(conn: Connection, community_id: int, person_id: int, created_at: Time) -> bool:
    """Make somebody a moderator; False if they are one."""
    return (
        conn.run(_APPOINT, community_id=community_id, person_id=person_id, created_at=created_at)
        > 0
    )


# ---- posts, comments, votes ----------------------------------------------------------------------


class CommentedPost(NamedTuple):
    """A post that is commented, as its comments need it."""

    id: int
    community_id: int
    in_local: bool


class Parent(NamedTuple):
    """A comment that is answered."""

    id: int
    post_id: int
    path: str


_LOCAL_PEOPLE = Statement(
    select(person.c.id).where(any_of(person.c.id, "ids"), person.c.local.is_(True))
)
_LOCAL_COMMUNITIES = Statement(
    select(community.c.id).where(any_of(community.c.id, "ids"), community.c.local.is_(True))
)
_COMMENTED_POSTS = Statement(
    select(post.c.id, post.c.community_id, post.c.in_local).where(any_of(post.c.id, "ids"))
)
_PARENTS = Statement(
    select(comment.c.id, comment.c.post_id, comment.c.path).where(any_of(comment.c.id, "ids"))
)
_COMMUNITIES_OF = {
    "post": Statement(select(post.c.id, post.c.community_id).where(any_of(post.c.id, "ids"))),
    "comment": Statement(
        select(comment.c.id, comment.c.community_id).where(any_of(comment.c.id, "ids"))
    ),
}


def local_people(conn: Connection, ids: Iterable[int]) -> set[int]:
    """Those who are of this server."""
    return {row[0] for row in conn.all(_LOCAL_PEOPLE, ids=list(ids))}


def local_communities(conn: Connection, ids: Iterable[int]) -> set[int]:
    """Those that are of this server."""
    return {row[0] for row in conn.all(_LOCAL_COMMUNITIES, ids=list(ids))}


def commented_posts(conn: Connection, post_ids: Iterable[int]) -> dict[int, CommentedPost]:
    """Posts that are commented."""
    return {
        row[0]: CommentedPost._make(row) for row in conn.all(_COMMENTED_POSTS, ids=list(post_ids))
    }


def parents_of(conn: Connection, comment_ids: Iterable[int]) -> dict[int, Parent]:
    """Comments that are answered."""
    return {row[0]: Parent._make(row) for row in conn.all(_PARENTS, ids=list(comment_ids))}


def communities_of(conn: Connection, kind: str, ids: Iterable[int]) -> dict[int, int]:
    """The community of each post or comment."""
    return dict(conn.all(_COMMUNITIES_OF[kind], ids=list(ids)))


_TABLES = {"post": post, "comment": comment}
_BY_ADDRESS = {
    kind: Statement(select(table.c.ap_id, table.c.id).where(any_of(table.c.ap_id, "ap_ids")))
    for kind, table in (*_TABLES.items(), ("person", person), ("community", community))
}


def rows_by_address(conn: Connection, kind: str, ap_ids: Iterable[str | None]) -> dict[str, int]:
    """Remote things that are here already, by their address."""
    wanted = sorted({ap_id for ap_id in ap_ids if ap_id is not None})
    if not wanted:
        return {}
    return dict(conn.all(_BY_ADDRESS[kind], ap_ids=wanted))


@functools.lru_cache(maxsize=4)
def _insert(kind: str, names: tuple[str, ...]) -> Statement:
    return Statement(insert(_TABLES[kind]).values({name: param(name) for name in names}))


def add_rows(conn: Connection, kind: str, rows: Sequence[dict[str, Any]]) -> None:
    """Posts or comments; all rows name the same columns, their ids too."""
    if rows:
        conn.run_many(_insert(kind, tuple(rows[0])), rows)


_VOTES = {"post": (post_vote, "post_id"), "comment": (comment_vote, "comment_id")}
_ADD_VOTE = {
    kind: insert_or_ignore(
        table,
        {
            subject: param("subject_id"),
            "person_id": param("person_id"),
            "score": param("score"),
            "created_at": param("created_at"),
        },
    )
    for kind, (table, subject) in _VOTES.items()
}


def add_vote(
    conn: Connection, kind: str, subject_id: int, person_id: int, score: int, created_at: Time
) -> bool:
    """A vote on a post or comment; False if that person has voted there."""
    added = conn.run(
        _ADD_VOTE[kind],
        subject_id=subject_id,
        person_id=person_id,
        score=score,
        created_at=created_at,
    )
    return added > 0


def _later_activity(new: Any) -> Any:
    row = new(community_activity).values(
        community_id=param("community_id"), person_id=param("person_id"), last_at=param("last_at")
    )
    latest = case(
        (row.excluded.last_at > community_activity.c.last_at, row.excluded.last_at),
        else_=community_activity.c.last_at,
    )
    return row.on_conflict_do_update(
        index_elements=["community_id", "person_id"], set_={"last_at": latest}
    )


_NOTE_ACTIVITY = both_inserts(_later_activity)
_ACTIVE_HERE = Statement(
    update(person)
    .where(
        person.c.id == param("person_id"),
        person.c.local.is_(True),
        or_(person.c.last_active_at.is_(None), person.c.last_active_at < param("last_at")),
    )
    .values(last_active_at=param("last_at"))
)


def note_activities(conn: Connection, latest: dict[tuple[int, int], Time]) -> None:
    """When people, by (community, person), last wrote or voted; never moved back."""
    conn.run_many(
        _NOTE_ACTIVITY,
        (
            {"community_id": community_id, "person_id": person_id, "last_at": last_at}
            for (community_id, person_id), last_at in sorted(latest.items())
        ),
    )
    anywhere: dict[int, Time] = {}
    for (_, person_id), last_at in latest.items():
        anywhere[person_id] = max(last_at, anywhere.get(person_id, last_at))
    conn.run_many(
        _ACTIVE_HERE,
        (
            {"person_id": person_id, "last_at": last_at}
            for person_id, last_at in sorted(anywhere.items())
        ),
    )
