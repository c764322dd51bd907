"""Storing the people and communities of an archive, and who belongs to which.

What is here already, by name and host or by address, is not changed: later records then refer to
it.
"""

from collections.abc import Callable, Sequence
from typing import Any

from moothall.domain.archive import (
    CommunityRecord,
    FollowRecord,
    ModeratorRecord,
    Numbered,
    PersonRecord,
)
from moothall.domain.ids import CommunityId, InstanceId, PersonId
from moothall.storage import archive as rows
from moothall.storage import community as communities
from moothall.storage import membership
from moothall.storage.site import get_site
from moothall.storage.transaction import Transaction

from .archive_batch import (
    LANGUAGE_IDS,
    Batch,
    address_of,
    clean,
    each_of,
    need,
    picture,
    refuse,
    refuse_duplicate,
)
from .text import render


def store_people(batch: Batch, records: Sequence[Numbered]) -> None:
    """Store people, local and remote."""
    servers = _servers(batch, records)
    _store_actors(batch, "person", records, lambda record: _add_person(batch.tx, servers, record))


def store_communities(batch: Batch, records: Sequence[Numbered]) -> None:
    """Store communities, local and remote."""
    servers = _servers(batch, records)
    _store_actors(
        batch, "community", records, lambda record: _add_community(batch.tx, servers, record)
    )


def _store_actors(
    batch: Batch, kind: str, records: Sequence[Numbered], add: Callable[[Any], int]
) -> None:
    known = batch.rows(kind, [each.record.id for each in records])  # type: ignore[union-attr]
    new: dict[int, int] = {}

    def work(record: PersonRecord | CommunityRecord) -> None:
        refuse_duplicate(kind, record.id, known, new)
        new[record.id] = add(record)

    batch.stored += len(each_of(batch, records, work))
    rows.map_rows(batch.tx.conn, batch.run_id, kind, new)


def _host(tx: Transaction, host: str | None) -> str | None:
    """A host of another server in its one spelling; None for this one."""
    host = None if host is None else host.lower()
    return None if host == tx.home.domain else host


def _servers(batch: Batch, records: Sequence[Numbered]) -> dict[str | None, InstanceId]:
    tx = batch.tx
    hosts = {_host(tx, each.record.host) for each in records}  # type: ignore[union-attr]
    servers: dict[str | None, InstanceId] = {None: get_site(tx.conn).instance_id}
    servers.update(rows.instances_of(tx.conn, [each for each in hosts if each], tx.now))
    return servers


def _add_person(
    tx: Transaction, servers: dict[str | None, InstanceId], record: PersonRecord
) -> PersonId:
    host = _host(tx, record.host)
    bio = clean(record.bio)
    person_id = rows.add_person(
        tx.conn,
        record.name,
        instance_id=servers[host],
        local=host is None,
        ap_id=address_of(host is None, record.ap_id),
        display_name=clean(record.display_name),
        bio=bio,
        bio_html=bio and render(tx, bio),
        avatar=picture(tx, record.avatar),
        banner=picture(tx, record.banner),
        matrix_user_id=clean(record.matrix_user_id),
        bot=record.bot,
        deleted=record.deleted,
        banned=record.banned,
        ban_expires_at=record.ban_expires,
        created_at=record.created,
        updated_at=record.updated,
    ) or rows.find_person_of(tx.conn, servers[host], record.name)
    if person_id is None:
        raise refuse("ap_id: it belongs to somebody else here")
    return person_id


def _add_community(
    tx: Transaction, servers: dict[str | None, InstanceId], record: CommunityRecord
) -> CommunityId:
    host = _host(tx, record.host)
    description = clean(record.description)
    community_id = communities.add_community(
        tx.conn,
        record.name,
        instance_id=servers[host],
        local=host is None,
        ap_id=address_of(host is None, record.ap_id),
        title=clean(record.title),
        description=description,
        description_html=description and render(tx, description),
        icon=picture(tx, record.icon),
        banner=picture(tx, record.banner),
        nsfw=record.nsfw,
        deleted=record.deleted,
        removed=record.removed,
        hidden=record.hidden,
        posting_restricted_to_mods=record.restricted,
        visibility=record.visibility,
        created_at=record.created,
        updated_at=record.updated,
    )
    if community_id is not None:
        languages = sorted({LANGUAGE_IDS[code] for code in record.languages})
        communities.set_community_languages(tx.conn, community_id, languages)
        return community_id
    found = rows.find_community_of(tx.conn, servers[host], record.name)
    if found is None:
        raise refuse("ap_id: it belongs to another community here")
    return found


def store_moderators(batch: Batch, records: Sequence[Numbered]) -> None:
    """Store who moderates."""

    def add(record: ModeratorRecord, community_id: int, person_id: int) -> bool:
        return rows.appoint(batch.tx.conn, community_id, person_id, record.created)

    _store_ties(batch, records, add)


def store_follows(batch: Batch, records: Sequence[Numbered]) -> None:
    """Store who follows."""

    def add(record: FollowRecord, community_id: int, person_id: int) -> bool:
        return membership.add_follow(
            batch.tx.conn,
            CommunityId(community_id),
            PersonId(person_id),
            record.created,
            pending=record.pending,
        )

    _store_ties(batch, records, add)


def _store_ties(
    batch: Batch, records: Sequence[Numbered], add: Callable[[Any, int, int], bool]
) -> None:
    """Those that exist already are as they should be: no problem, and not counted."""
    people = batch.rows("person", [each.record.person for each in records])  # type: ignore[union-attr]
    places = batch.rows("community", [each.record.community for each in records])  # type: ignore[union-attr]

    def work(record: ModeratorRecord | FollowRecord) -> None:
        community_id = need(places, "community", record.community)
        batch.stored += add(record, community_id, need(people, "person", record.person))

    each_of(batch, records, work)
