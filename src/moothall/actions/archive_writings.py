"""Storing the posts, comments and votes of an archive. What is here already is not changed."""

from collections.abc import Sequence
from typing import Any

from moothall.domain.archive import CommentRecord, Numbered, PostRecord, VoteRecord
from moothall.domain.errors import Invalid
from moothall.domain.post import quarter_of
from moothall.domain.text import storable
from moothall.domain.time import Time
from moothall.storage import archive as rows
from moothall.storage import search
from moothall.storage.archive import CommentedPost, Parent
from moothall.storage.reserved_ids import reserve_ids
from moothall.storage.transaction import Transaction

from .archive_batch import (
    LANGUAGE_IDS,
    Batch,
    address_of,
    clean,
    each_of,
    need,
    note_activities,
    picture,
    refuse,
    refuse_duplicate,
    remember,
    video,
)
from .comment import MAX_PARENT_DEPTH
from .text import prepare_url, render


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
        self._ids = reserve_ids(conn, kind, len(records))[::-1]
        self._new: list[dict[str, Any]] = []
        self._rows: dict[int, int] = {}
        self._latest: dict[tuple[int, int], Time] = {}

    def creator(self, record: PostRecord | CommentRecord) -> tuple[int, str | None]:
        """The author, and the address that the record then has.

        Refuses a number or an address that an earlier record had.
        """
        refuse_duplicate(self._kind, record.id, self._known, self._rows)
        creator_id = need(self._people, "person", record.creator)
        address = address_of(creator_id in self._local, record.ap_id)
        if address in self._added:
            raise refuse("ap_id: it stands in an earlier line")
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
        remember(self._latest, row["community_id"], row["creator_id"], row["created_at"])
        return int(row["id"])

    def is_local(self, person_id: int) -> bool:
        """Whether an author is of this server."""
        return person_id in self._local

    def save(self) -> list[int]:
        """Store all that was added."""
        tx = self._batch.tx
        rows.add_rows(tx.conn, self._kind, self._new)
        rows.map_rows(tx.conn, self._batch.run_id, self._kind, self._rows)
        note_activities(tx, self._latest)
        return [row["id"] for row in self._new]


def store_posts(batch: Batch, records: Sequence[Numbered]) -> None:
    """Store posts, and let them be found."""
    places = batch.rows("community", [each.record.community for each in records])  # type: ignore[union-attr]
    ours = rows.local_communities(batch.tx.conn, set(places.values()))
    posts = _Writings(batch, "post", records)

    def work(record: PostRecord) -> None:
        creator_id, address = posts.creator(record)
        community_id = need(places, "community", record.community)
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

    batch.stored += len(each_of(batch, records, work))
    search.index_posts(batch.tx.conn, posts.save())


def _post_row(tx: Transaction, record: PostRecord) -> dict[str, Any]:
    """What does not depend on other rows; counters and ranks come with the recount."""
    body = clean(record.body)
    return {
        "name": storable(record.name),
        "url": None if record.url is None else _post_url(tx, record.url),
        "body": body,
        "body_html": body and render(tx, body),
        "alt_text": clean(record.alt_text),
        "language_id": LANGUAGE_IDS[record.language],
        "nsfw": record.nsfw,
        "deleted": record.deleted,
        "removed": record.removed,
        "locked": record.locked,
        "featured_community": record.featured_community,
        "featured_local": record.featured_local,
        "thumbnail_url": picture(tx, record.thumbnail_url),
        "embed_title": clean(record.embed_title),
        "embed_description": clean(record.embed_description),
        "embed_video_url": video(record.embed_video_url),
        "url_content_type": clean(record.url_content_type),
        "image_width": record.image_width,
        "image_height": record.image_height,
        "newest_comment_at": record.created,
        "newest_comment_necro_at": record.created,
        "quarter": quarter_of(record.created),
        "created_at": record.created,
        "updated_at": record.updated,
    }


def _post_url(tx: Transaction, url: str) -> str:
    try:
        return prepare_url(tx, url, check_blocked=False)
    except Invalid:
        raise refuse("url: no http, https or magnet address") from None


def store_comments(batch: Batch, records: Sequence[Numbered]) -> None:
    """Store comments, and let them be found."""
    conn = batch.tx.conn
    posts = batch.rows("post", [each.record.post for each in records])  # type: ignore[union-attr]
    commented = rows.commented_posts(conn, set(posts.values()))
    parents = _Parents(batch, records)
    comments = _Writings(batch, "comment", records)
    present = rows.parents_of(conn, comments.present_rows())

    def work(record: CommentRecord) -> None:
        creator_id, address = comments.creator(record)
        post = commented[need(posts, "post", record.post)]
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

    batch.stored += len(each_of(batch, records, work))
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
            raise refuse(f"there is no comment {record.parent} before this line")
        if parent.post_id != post.id:
            raise refuse(f"comment {record.parent} belongs to another post")
        # Each level lengthens the path of all below it.
        if parent.path.count(".") > MAX_PARENT_DEPTH:
            raise refuse("it stands too deep in its thread")
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
        "language_id": LANGUAGE_IDS[record.language],
        "deleted": record.deleted,
        "removed": record.removed,
        "distinguished": record.distinguished,
        "created_at": record.created,
        "updated_at": record.updated,
    }


def store_votes(batch: Batch, records: Sequence[Numbered]) -> None:
    """Store votes; what they sum up to is counted later."""
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
        subject_id = need(subjects[kind], kind, wanted)
        person_id = need(people, "person", record.person)
        if not rows.add_vote(conn, kind, subject_id, person_id, record.score, record.created):
            raise refuse("this person has voted there already")
        remember(latest, communities_of[kind][subject_id], person_id, record.created)

    batch.stored += len(each_of(batch, records, work))
    note_activities(batch.tx, latest)


def _subject(record: VoteRecord) -> tuple[str, int]:
    if record.post is not None:
        return "post", record.post
    # One of the two is given: `check_record` has seen to it.
    return "comment", record.comment or 0
