"""Storing what an archive holds: a few records of one kind at a time, each wrong one refused alone.

What is here already, by name and host or by address, is not changed: later records then refer to
it. Nobody is told of anything (no event, no notification): it all happened long ago.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from moothall.domain.archive import (
    CommentRecord,
    CommunityRecord,
    FollowRecord,
    ModeratorRecord,
    Numbered,
    PersonRecord,
    PostRecord,
    Problem,
    Record,
    VoteRecord,
    check_record,
)
from moothall.domain.errors import ForumError, Invalid
from moothall.domain.ids import CommunityId, InstanceId, PersonId
from moothall.domain.languages import LANGUAGES
from moothall.domain.text import storable
from moothall.domain.time import YEAR, Time
from moothall.lib import urls
from moothall.storage import archive as rows
from moothall.storage import community as communities
from moothall.storage import membership, search
from moothall.storage.archive import CommentedPost, Parent
from moothall.storage.site import get_site
from moothall.storage.transaction import Transaction

from .comment import MAX_PARENT_DEPTH
from .text import prepare_url, render

R = TypeVar("R", bound=Record)
_LANGUAGE_IDS = {language.code: language.id for language in LANGUAGES}
# Older than the longest window of "active users".
_FORGOTTEN = YEAR // 2


@dataclass(slots=True)
class Batch:
    """Records of one kind that are being stored, and what is wrong with some of them."""

    tx: Transaction
    run_id: int
    problems: list[Problem] = field(default_factory=list)
    stored: int = 0

    def rows(self, kind: str, ids: Sequence[int | None]) -> dict[int, int]:
        """The rows that records of this kind became."""
        wanted = [each for each in ids if each is not None]
        return rows.find_rows(self.tx.conn, self.run_id, kind, wanted)


def store(tx: Transaction, run_id: int, records: Sequence[Numbered]) -> Batch:
    """Store records of one kind; the batch tells which were not."""
    batch = Batch(tx, run_id)
    if records:
        good = _each(batch, records, lambda record: check_record(record, tx.now))
        _STORE[type(records[0].record)](batch, good)
    return batch


def _each(
    batch: Batch, records: Sequence[Numbered], work: Callable[[Any], object]
) -> list[Numbered]:
    """Do something with each record; those that it refuses are problems, the others returned."""
    good = []
    for numbered in records:
        try:
            work(numbered.record)
        except ForumError as error:
            batch.problems.append(Problem(numbered.line, error.message or error.code))
        else:
            good.append(numbered)
    return good


def _refuse(reason: str) -> ForumError:
    return Invalid("bad_line", reason)


def _need(found: dict[int, int], kind: str, wanted: int) -> int:
    row_id = found.get(wanted)
    if row_id is None:
        raise _refuse(f"there is no {kind} {wanted} before this line")
    return row_id


# ---- people and communities ----------------------------------------------------------------------


def _store_people(batch: Batch, records: Sequence[Numbered]) -> None:
    servers = _servers(batch, records)
    _store_actors(batch, "person", records, lambda record: _add_person(batch.tx, servers, record))


def _store_communities(batch: Batch, records: Sequence[Numbered]) -> None:
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
        _refuse_duplicate(kind, record.id, known, new)
        new[record.id] = add(record)

    batch.stored += len(_each(batch, records, work))
    rows.map_rows(batch.tx.conn, batch.run_id, kind, new)


def _refuse_duplicate(kind: str, archive_id: int, *known: dict[int, Any]) -> None:
    if any(archive_id in each for each in known):
        raise _refuse(f"{kind} {archive_id} stands in an earlier line")


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
    bio = _text(record.bio)
    person_id = rows.add_person(
        tx.conn,
        record.name,
        instance_id=servers[host],
        local=host is None,
        ap_id=_address(host is None, record.ap_id),
        display_name=_text(record.display_name),
        bio=bio,
        bio_html=bio and render(tx, bio),
        avatar=_picture(record.avatar),
        banner=_picture(record.banner),
        matrix_user_id=_text(record.matrix_user_id),
        bot=record.bot,
        deleted=record.deleted,
        banned=record.banned,
        ban_expires_at=record.ban_expires,
        created_at=record.created,
        updated_at=record.updated,
    ) or rows.find_person_of(tx.conn, servers[host], record.name)
    if person_id is None:
        raise _refuse("ap_id: it belongs to somebody else here")
    return person_id


def _add_community(
    tx: Transaction, servers: dict[str | None, InstanceId], record: CommunityRecord
) -> CommunityId:
    host = _host(tx, record.host)
    description = _text(record.description)
    community_id = communities.add_community(
        tx.conn,
        record.name,
        instance_id=servers[host],
        local=host is None,
        ap_id=_address(host is None, record.ap_id),
        title=_text(record.title),
        description=description,
        description_html=description and render(tx, description),
        icon=_picture(record.icon),
        banner=_picture(record.banner),
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
        languages = sorted({_LANGUAGE_IDS[code] for code in record.languages})
        communities.set_community_languages(tx.conn, community_id, languages)
        return community_id
    found = rows.find_community_of(tx.conn, servers[host], record.name)
    if found is None:
        raise _refuse("ap_id: it belongs to another community here")
    return found


def _text(text: str | None) -> str | None:
    return None if text is None else storable(text)


def _address(local: bool, ap_id: str | None) -> str | None:
    """What is local has no address of its own: it follows from the name or the id."""
    if local:
        return None
    if ap_id is None:
        raise _refuse("ap_id: what is of another server needs its address")
    return _web_address("ap_id", ap_id)


def _picture(url: str | None) -> str | None:
    return None if url is None else _web_address("picture", url)


def _web_address(name: str, url: str) -> str:
    try:
        normal = urls.normalise_url(url)
    except urls.UrlError:
        normal = ""
    if not normal.startswith("http"):
        raise _refuse(f"{name}: no http or https address")
    return url


# ---- who belongs to a community ------------------------------------------------------------------


def _store_moderators(batch: Batch, records: Sequence[Numbered]) -> None:
    def add(record: ModeratorRecord, community_id: int, person_id: int) -> bool:
        return rows.appoint(batch.tx.conn, community_id, person_id, record.created)

    _store_ties(batch, records, add)


def _store_follows(batch: Batch, records: Sequence[Numbered]) -> None:
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
    people = batch.rows("person", [each.record.person for each in records])  # type: ignore[union-attr]
    places = batch.rows("community", [each.record.community for each in records])  # type: ignore[union-attr]

    def work(record: ModeratorRecord | FollowRecord) -> None:
        community_id = _need(places, "community", record.community)
        if not add(record, community_id, _need(people, "person", record.person)):
            raise _refuse("it is so already")

    batch.stored += len(_each(batch, records, work))


# ---- posts and comments --------------------------------------------------------------------------


class _Writings:
    """Posts or comments of one batch: what was here before, and what is being added."""

    def __init__(self, batch: Batch, kind: str, records: Sequence[Numbered]) -> None:
        conn = batch.tx.conn
        self._batch = batch
        self._kind = kind
        self._known = batch.rows(kind, [each.record.id for each in records])  # type: ignore[union-attr]
        self._people = batch.rows("person", [each.record.creator for each in records])  # type: ignore[union-attr]
        self._local = rows.local_people(conn, set(self._people.values()))
        addresses = [each.record.ap_id for each in records]  # type: ignore[union-attr]
        self._present = rows.rows_by_address(conn, kind, addresses)
        self._added: set[str] = set()
        self._ids = rows.reserve_ids(conn, kind, len(records))[::-1]
        self._new: list[dict[str, Any]] = []
        self._rows: dict[int, int] = {}
        self._latest: dict[tuple[int, int], Time] = {}

    def creator(self, record: PostRecord | CommentRecord) -> tuple[int, str | None]:
        """The author, and the address that the record then has.

        Refuses a number or an address that an earlier record had.
        """
        _refuse_duplicate(self._kind, record.id, self._known, self._rows)
        creator_id = _need(self._people, "person", record.creator)
        address = _address(creator_id in self._local, record.ap_id)
        if address in self._added:
            raise _refuse("ap_id: it stands in an earlier line")
        return creator_id, address

    def present(self, archive_id: int, address: str | None) -> int | None:
        """The row of this very thing, if it is here already: that is what the record stands for."""
        found = self._present.get(address or "")
        if found is not None:
            self._rows[archive_id] = found
        return found

    def present_rows(self) -> list[int]:
        """All rows that records of this batch may turn out to stand for."""
        return list(self._present.values())

    def add(self, archive_id: int, row: dict[str, Any]) -> int:
        """Take a row into the batch, under a new id."""
        row["id"] = self._ids.pop()
        self._new.append(row)
        self._rows[archive_id] = row["id"]
        if row["ap_id"] is not None:
            self._added.add(row["ap_id"])
        _remember(self._latest, row["community_id"], row["creator_id"], row["created_at"])
        return int(row["id"])

    def is_local(self, person_id: int) -> bool:
        """Whether an author is of this server."""
        return person_id in self._local

    def save(self) -> list[int]:
        """Store all that was added."""
        tx = self._batch.tx
        rows.add_rows(tx.conn, self._kind, self._new)
        rows.map_rows(tx.conn, self._batch.run_id, self._kind, self._rows)
        _note_activities(tx, self._latest)
        return [row["id"] for row in self._new]


def _remember(
    latest: dict[tuple[int, int], Time], community_id: int, person_id: int, created: Time
) -> None:
    key = (community_id, person_id)
    latest[key] = max(created, latest.get(key, created))


def _note_activities(tx: Transaction, latest: dict[tuple[int, int], Time]) -> None:
    since = tx.now - _FORGOTTEN
    rows.note_activities(tx.conn, {key: at for key, at in latest.items() if at > since})


def _store_posts(batch: Batch, records: Sequence[Numbered]) -> None:
    places = batch.rows("community", [each.record.community for each in records])  # type: ignore[union-attr]
    ours = rows.local_communities(batch.tx.conn, set(places.values()))
    posts = _Writings(batch, "post", records)

    def work(record: PostRecord) -> None:
        creator_id, address = posts.creator(record)
        community_id = _need(places, "community", record.community)
        if posts.present(record.id, address) is None:
            row = _post_row(batch.tx, record)
            row |= {
                "community_id": community_id,
                "creator_id": creator_id,
                "local": posts.is_local(creator_id),
                "in_local": community_id in ours,
                "ap_id": address,
            }
            posts.add(record.id, row)

    batch.stored += len(_each(batch, records, work))
    search.index_posts(batch.tx.conn, posts.save())


def _post_row(tx: Transaction, record: PostRecord) -> dict[str, Any]:
    """What does not depend on other rows; counters and ranks come with the recount."""
    body = _text(record.body)
    return {
        "name": storable(record.name),
        "url": None if record.url is None else _post_url(tx, record.url),
        "body": body,
        "body_html": body and render(tx, body),
        "alt_text": _text(record.alt_text),
        "language_id": _LANGUAGE_IDS[record.language],
        "nsfw": record.nsfw,
        "deleted": record.deleted,
        "removed": record.removed,
        "locked": record.locked,
        "featured_community": record.featured_community,
        "featured_local": record.featured_local,
        "thumbnail_url": _picture(record.thumbnail_url),
        "embed_title": _text(record.embed_title),
        "embed_description": _text(record.embed_description),
        "embed_video_url": _picture(record.embed_video_url),
        "url_content_type": _text(record.url_content_type),
        "image_width": record.image_width,
        "image_height": record.image_height,
        "newest_comment_at": record.created,
        "newest_comment_necro_at": record.created,
        "created_at": record.created,
        "updated_at": record.updated,
    }


def _post_url(tx: Transaction, url: str) -> str:
    try:
        return prepare_url(tx, url, check_blocked=False)
    except Invalid:
        raise _refuse("url: no http, https or magnet address") from None


def _store_comments(batch: Batch, records: Sequence[Numbered]) -> None:
    conn = batch.tx.conn
    posts = batch.rows("post", [each.record.post for each in records])  # type: ignore[union-attr]
    commented = rows.commented_posts(conn, set(posts.values()))
    parents = _Parents(batch, records)
    comments = _Writings(batch, "comment", records)
    present = rows.parents_of(conn, comments.present_rows())

    def work(record: CommentRecord) -> None:
        creator_id, address = comments.creator(record)
        post = commented[_need(posts, "post", record.post)]
        found = comments.present(record.id, address)
        if found is not None:
            parents.add(record.id, present[found])
            return
        parent = parents.of(record, post)
        row = _comment_row(batch.tx, record, post, parent)
        row |= {
            "creator_id": creator_id,
            "local": comments.is_local(creator_id),
            "ap_id": address,
            "path": "",
        }
        row_id = comments.add(record.id, row)
        row["path"] = f"{parent.path}.{row_id}"
        parents.add(record.id, Parent(row_id, post.id, row["path"]))

    batch.stored += len(_each(batch, records, work))
    search.index_comments(conn, comments.save())


class _Parents:
    """The comments that others of this batch answer: stored ones, and those of the batch itself."""

    def __init__(self, batch: Batch, records: Sequence[Numbered]) -> None:
        wanted = [each.record.parent for each in records]  # type: ignore[union-attr]
        found = batch.rows("comment", wanted)
        stored = rows.parents_of(batch.tx.conn, set(found.values()))
        self._found = {archive_id: stored[row_id] for archive_id, row_id in found.items()}

    def add(self, archive_id: int, comment: Parent) -> None:
        """Let later ones answer it."""
        self._found[archive_id] = comment

    def of(self, record: CommentRecord, post: CommentedPost) -> Parent:
        """What a comment answers; the post itself stands as path 0."""
        if record.parent is None:
            return Parent(0, post.id, "0")
        parent = self._found.get(record.parent)
        if parent is None:
            raise _refuse(f"there is no comment {record.parent} before this line")
        if parent.post_id != post.id:
            raise _refuse(f"comment {record.parent} belongs to another post")
        # Each level lengthens the path of all below it.
        if parent.path.count(".") > MAX_PARENT_DEPTH:
            raise _refuse("it stands too deep in its thread")
        return parent


def _comment_row(
    tx: Transaction, record: CommentRecord, post: CommentedPost, parent: Parent
) -> dict[str, Any]:
    content = storable(record.content)
    return {
        "post_id": post.id,
        "community_id": post.community_id,
        "in_local": post.in_local,
        "parent_id": parent.id or None,
        "depth": parent.path.count(".") + 1,
        "content": content,
        "content_html": render(tx, content),
        "language_id": _LANGUAGE_IDS[record.language],
        "deleted": record.deleted,
        "removed": record.removed,
        "distinguished": record.distinguished,
        "created_at": record.created,
        "updated_at": record.updated,
    }


# ---- votes ---------------------------------------------------------------------------------------


def _store_votes(batch: Batch, records: Sequence[Numbered]) -> None:
    conn = batch.tx.conn
    people = batch.rows("person", [each.record.person for each in records])  # type: ignore[union-attr]
    subjects = {
        kind: batch.rows(kind, [getattr(each.record, kind) for each in records])
        for kind in ("post", "comment")
    }
    communities_of = {
        kind: rows.communities_of(conn, kind, set(found.values()))
        for kind, found in subjects.items()
        if found
    }
    latest: dict[tuple[int, int], Time] = {}

    def work(record: VoteRecord) -> None:
        kind, wanted = _subject(record)
        subject_id = _need(subjects[kind], kind, wanted)
        person_id = _need(people, "person", record.person)
        if not rows.add_vote(conn, kind, subject_id, person_id, record.score, record.created):
            raise _refuse("this person has voted there already")
        _remember(latest, communities_of[kind][subject_id], person_id, record.created)

    batch.stored += len(_each(batch, records, work))
    _note_activities(batch.tx, latest)


def _subject(record: VoteRecord) -> tuple[str, int]:
    if record.post is not None:
        return "post", record.post
    # One of the two is given: `check_record` has seen to it.
    return "comment", record.comment or 0


_STORE: dict[type[Record], Callable[[Batch, Sequence[Numbered]], None]] = {
    PersonRecord: _store_people,
    CommunityRecord: _store_communities,
    ModeratorRecord: _store_moderators,
    FollowRecord: _store_follows,
    PostRecord: _store_posts,
    CommentRecord: _store_comments,
    VoteRecord: _store_votes,
}
