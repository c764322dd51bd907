"""Uploads: adding and deleting them, noting where they are used, and erasing what nothing uses.

An upload belongs to an account. Where it is used is noted only for things of its owner: what others
write, with its address in it, neither keeps it nor takes it away.
"""

import secrets
import uuid
from collections.abc import Sequence
from typing import Any

from moothall.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from moothall.domain.ids import AccountId, PersonId, UploadId
from moothall.domain.media import (
    MAX_REMOTE_URL,
    Allowance,
    NewUpload,
    Upload,
    aliases_in,
    is_alias,
    is_own_url,
)
from moothall.domain.permissions import may_delete_upload, require
from moothall.domain.user import Viewer
from moothall.storage import jobs, media
from moothall.storage.transaction import Transaction

ERASE_JOB = "erase_blob"
ERASE_ALL_JOB = "erase_uploads"
_BATCH = 200


def require_room(tx: Transaction, viewer: Viewer, allowance: Allowance, size_bytes: int) -> None:
    """Raise Invalid `too_large` where an upload would exceed the quota of the account."""
    if media.bytes_of(tx.conn, viewer.account_id) + size_bytes > allowance.quota_bytes:
        limit = allowance.quota_bytes // 1_000_000
        raise Invalid("too_large", f"all your uploads together may have {limit} MB")


def add_upload(tx: Transaction, viewer: Viewer, new: NewUpload, allowance: Allowance) -> Upload:
    """Make a stored content an upload of this account.

    The caller sees to it afterwards that the content is still in the store: until this is
    committed, the last upload of the same content may have been erased. Raises as `require_room`,
    NotAllowed for videos where the site takes none, and Conflict while it is being erased.
    """
    if new.content_type.startswith("video/") and not allowance.videos:
        raise NotAllowed("not_an_image_type", "videos are not taken here")
    # Of two that come at once each would else find the room that is there for one.
    media.lock_uploads_of(tx.conn, viewer.account_id)
    require_room(tx, viewer, allowance, new.size_bytes)
    if not media.hold_blob(tx.conn, new.sha256, new.size_bytes, tx.now):
        raise Conflict("pictrs_response_error", "the same content is being erased just now")
    row = Upload(
        id=UploadId(0),
        alias=f"{uuid.uuid4()}.{new.extension}",
        delete_token=secrets.token_urlsafe(16),
        sha256=new.sha256,
        content_type=new.content_type,
        width=new.width,
        height=new.height,
        size_bytes=new.size_bytes,
        account_id=viewer.account_id,
        created_at=tx.now,
    )
    return row._replace(id=media.add_upload(tx.conn, row))


def delete_upload(tx: Transaction, viewer: Viewer, alias: str, token: str) -> None:
    """Delete one's own upload, or, as an admin, any.

    It takes the token too, which whoever may has: the request is a GET, and an address that
    somebody put into a text as a picture must not delete what its reader has uploaded. Raises
    NotFound by name for what is not there, for others' uploads, and for another token.
    """
    upload = media.find_upload(tx.conn, alias) if is_alias(alias) else None
    if upload is None or not secrets.compare_digest(
        token.encode("utf-8", "replace"), upload.delete_token.encode()
    ):
        raise NotFound("couldnt_find_object", by_name=True)
    require(may_delete_upload(viewer, upload))
    erase_uploads(tx, [upload.id])


def erase_uploads(tx: Transaction, ids: Sequence[UploadId]) -> None:
    """Erase uploads; their contents follow as jobs, unless other uploads have the same."""
    for sha256 in media.delete_uploads(tx.conn, ids):
        jobs.add(tx.conn, ERASE_JOB, {"sha256": sha256}, tx.now, lane=jobs.Lane.MEDIA)


def erase_all_uploads(tx: Transaction, account_id: AccountId) -> None:
    """Erase everything that an account has uploaded; what does not fit goes on as a job."""
    ids = media.ids_of(tx.conn, account_id, _BATCH)
    erase_uploads(tx, ids)
    if len(ids) == _BATCH:
        jobs.add(tx.conn, ERASE_ALL_JOB, {"account_id": account_id}, tx.now)


def continue_erasing(tx: Transaction, payload: dict[str, Any]) -> None:
    """The next batch, as a job asks for it."""
    erase_all_uploads(tx, AccountId(payload["account_id"]))


def free_uploads(tx: Transaction, ids: Sequence[UploadId]) -> None:
    """These uploads have lost a use: erase those that have no other."""
    if ids:
        erase_uploads(tx, media.unused_among(tx.conn, ids))


def begin_erasing(tx: Transaction, sha256: str) -> bool:
    """Whether a content may now be erased from the store; until `end_erasing` nobody uploads it."""
    return media.mark_erasing(tx.conn, sha256, tx.now)


def end_erasing(tx: Transaction, sha256: str) -> None:
    """The content is gone from the store."""
    media.forget_blob(tx.conn, sha256)


def resume_erasing(tx: Transaction) -> None:
    """Try again to erase what an erasure that was interrupted, or given up, has left.

    By jobs, which come one after the other: two that erase the same content at once could take it
    away from whoever uploads it in between.
    """
    for sha256 in media.contents_being_erased(tx.conn, _BATCH):
        jobs.add(tx.conn, ERASE_JOB, {"sha256": sha256}, tx.now, lane=jobs.Lane.MEDIA)


def note_uses(
    tx: Transaction, subject: str, subject_id: int, owner_id: PersonId, *texts: str | None
) -> None:
    """Note which uploads of its author a thing shows: with the thing, they are erased."""
    aliases = aliases_in(*texts)
    if aliases:
        media.add_uses(tx.conn, subject, subject_id, owner_id, aliases)


def replace_uses(
    tx: Transaction, subject: str, subject_id: int, owner_id: PersonId, *texts: str | None
) -> None:
    """Note that a thing shows these uploads and no others: what it showed before goes."""
    note_uses(tx, subject, subject_id, owner_id, *texts)
    free_uploads(tx, media.end_other_uses(tx.conn, subject, subject_id, aliases_in(*texts)))


def note_remote_picture(tx: Transaction, url: str | None) -> None:
    """Note that a picture of another server is shown here: only such are passed on."""
    if url and len(url) <= MAX_REMOTE_URL and not is_own_url(url, tx.home.base_url):
        media.add_remote_image(tx.conn, url, tx.now)
