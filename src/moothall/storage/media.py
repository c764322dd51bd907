"""Uploads, where they are used, the contents behind them; and the remote pictures shown here."""

from collections.abc import Sequence

from sqlalchemy import delete, exists, func, insert, select, update

from moothall.domain.ids import AccountId, PersonId, UploadId
from moothall.domain.media import Upload, UploadView
from moothall.domain.time import Time
from moothall.domain.user import Person

from . import columns
from .connection import Connection
from .dialects import insert_or_ignore
from .statements import Statement, any_of, param
from .tables import account, blob, person, remote_image, upload, upload_use

_UPLOAD = columns.of(upload, Upload._fields)

_ADD_BLOB = insert_or_ignore(
    blob,
    {
        "sha256": param("sha256"),
        "size_bytes": param("size_bytes"),
        "created_at": param("now"),
    },
)
_blob = select(blob.c.erasing).where(blob.c.sha256 == param("sha256"))
_LOCK_BLOB = Statement(_blob, postgresql=_blob.with_for_update())
_ADD = Statement(
    insert(upload)
    .values(
        alias=param("alias"),
        delete_token=param("delete_token"),
        sha256=param("sha256"),
        content_type=param("content_type"),
        width=param("width"),
        height=param("height"),
        size_bytes=param("size_bytes"),
        account_id=param("account_id"),
        created_at=param("created_at"),
    )
    .returning(upload.c.id)
)


def hold_blob(conn: Connection, sha256: str, size_bytes: int, now: Time) -> bool:
    """Note that a content is kept; nobody begins to erase it before this is committed.

    False where somebody is just erasing it.
    """
    conn.run(_ADD_BLOB, sha256=sha256, size_bytes=size_bytes, now=now)
    return conn.value(_LOCK_BLOB, sha256=sha256) is False


def add_upload(conn: Connection, row: Upload) -> UploadId:
    """A new upload; the id of `row` does not matter."""
    values = row._asdict()
    del values["id"]
    return UploadId(conn.value(_ADD, **values))


_BY_ALIAS = Statement(select(*_UPLOAD).where(upload.c.alias == param("alias")))


def find_upload(conn: Connection, alias: str) -> Upload | None:
    """The upload of this name."""
    row = conn.one(_BY_ALIAS, alias=alias)
    return None if row is None else Upload._make(row)


_USED_BYTES = Statement(
    select(func.coalesce(func.sum(upload.c.size_bytes), 0)).where(
        upload.c.account_id == param("account_id")
    )
)


_LOCK_ACCOUNT = Statement(
    select(account.c.id)
    .where(account.c.id == param("account_id"))
    # Rows that refer to the account may still be added.
    .with_for_update(key_share=True)
)


def lock_uploads_of(conn: Connection, account_id: AccountId) -> None:
    """Nobody else adds an upload of this account before the transaction ends."""
    conn.one(_LOCK_ACCOUNT, account_id=account_id)


def bytes_of(conn: Connection, account_id: AccountId) -> int:
    """How much an account keeps here."""
    return int(conn.value(_USED_BYTES, account_id=account_id))


_VIEW = (
    select(*_UPLOAD, *columns.person(person))
    .join(account, account.c.id == upload.c.account_id)
    .join(person, person.c.id == account.c.person_id)
    .order_by(upload.c.created_at.desc(), upload.c.id.desc())
    .limit(param("limit"))
    .offset(param("offset"))
)
_OF_ACCOUNT = Statement(_VIEW.where(upload.c.account_id == param("account_id")))
_OF_ALL = Statement(_VIEW)


def list_uploads(
    conn: Connection, account_id: AccountId | None, *, limit: int, offset: int
) -> list[UploadView]:
    """The newest uploads first, of one account or of all."""
    if account_id is None:
        rows = conn.all(_OF_ALL, limit=limit, offset=offset)
    else:
        rows = conn.all(_OF_ACCOUNT, account_id=account_id, limit=limit, offset=offset)
    width = len(Upload._fields)
    return [UploadView(Upload._make(row[:width]), Person._make(row[width:])) for row in rows]


_DELETE = Statement(delete(upload).where(any_of(upload.c.id, "ids")).returning(upload.c.sha256))
_IDS_OF_ACCOUNT = Statement(
    select(upload.c.id).where(upload.c.account_id == param("account_id")).limit(param("limit"))
)


def delete_uploads(conn: Connection, ids: Sequence[UploadId]) -> list[str]:
    """Erase uploads; returns the contents that they had, each once."""
    return sorted({row[0] for row in conn.all(_DELETE, ids=list(ids))}) if ids else []


def ids_of(conn: Connection, account_id: AccountId, limit: int) -> list[UploadId]:
    """Some of the uploads of an account."""
    return [row[0] for row in conn.all(_IDS_OF_ACCOUNT, account_id=account_id, limit=limit)]


_HAS_UPLOAD = Statement(select(upload.c.id).where(upload.c.sha256 == param("sha256")).limit(1))
_MARK_ERASING = Statement(update(blob).where(blob.c.sha256 == param("sha256")).values(erasing=True))
_FORGET_BLOB = Statement(
    delete(blob).where(blob.c.sha256 == param("sha256"), blob.c.erasing.is_(True))
)


def mark_erasing(conn: Connection, sha256: str, now: Time) -> bool:
    """Note that a content is being erased, also one of which we know nothing.

    False where an upload has it.
    """
    conn.run(_ADD_BLOB, sha256=sha256, size_bytes=0, now=now)
    conn.one(_LOCK_BLOB, sha256=sha256)
    if conn.one(_HAS_UPLOAD, sha256=sha256) is not None:
        return False
    conn.run(_MARK_ERASING, sha256=sha256)
    return True


def forget_blob(conn: Connection, sha256: str) -> None:
    """Note that a content is erased."""
    conn.run(_FORGET_BLOB, sha256=sha256)


_ERASING = Statement(select(blob.c.sha256).where(blob.c.erasing.is_(True)).limit(param("limit")))


def contents_being_erased(conn: Connection, limit: int) -> list[str]:
    """Some contents whose erasure has begun and not come to its end."""
    return [row[0] for row in conn.all(_ERASING, limit=limit)]


_WANTED = Statement(select(blob.c.sha256).where(any_of(blob.c.sha256, "keys")))


def wanted_among(conn: Connection, keys: Sequence[str]) -> set[str]:
    """Which of these contents are noted as kept."""
    return {row[0] for row in conn.all(_WANTED, keys=list(keys))}


# --- where uploads are used

_OWN_BY_ALIAS = Statement(
    select(upload.c.id)
    .join(account, account.c.id == upload.c.account_id)
    .where(any_of(upload.c.alias, "aliases"), account.c.person_id == param("person_id"))
)
_ADD_USE = insert_or_ignore(
    upload_use,
    {
        "upload_id": param("upload_id"),
        "subject": param("subject"),
        "subject_id": param("subject_id"),
    },
)
_USES = Statement(
    select(upload.c.id, upload.c.alias)
    .join(upload_use, upload_use.c.upload_id == upload.c.id)
    .where(upload_use.c.subject == param("subject"), upload_use.c.subject_id == param("subject_id"))
)
_END_USES = Statement(
    delete(upload_use).where(
        any_of(upload_use.c.upload_id, "ids"),
        upload_use.c.subject == param("subject"),
        upload_use.c.subject_id == param("subject_id"),
    )
)
_UNUSED = Statement(
    select(upload.c.id).where(
        any_of(upload.c.id, "ids"), ~exists().where(upload_use.c.upload_id == upload.c.id)
    )
)


def add_uses(
    conn: Connection, subject: str, subject_id: int, person_id: PersonId, aliases: list[str]
) -> None:
    """Note that a thing shows these uploads, as far as they are this person's."""
    for (upload_id,) in conn.all(_OWN_BY_ALIAS, aliases=aliases, person_id=person_id):
        conn.run(_ADD_USE, upload_id=upload_id, subject=subject, subject_id=subject_id)


def end_other_uses(
    conn: Connection, subject: str, subject_id: int, aliases: list[str]
) -> list[UploadId]:
    """Note that a thing shows none but these uploads; returns those that it did show."""
    uses = conn.all(_USES, subject=subject, subject_id=subject_id)
    ended = [UploadId(upload_id) for upload_id, alias in uses if alias not in aliases]
    if ended:
        conn.run(_END_USES, ids=ended, subject=subject, subject_id=subject_id)
    return ended


def unused_among(conn: Connection, ids: Sequence[UploadId]) -> list[UploadId]:
    """Which of these uploads nothing shows."""
    return [UploadId(row[0]) for row in conn.all(_UNUSED, ids=list(ids))]


# --- pictures of other servers

_ADD_REMOTE = insert_or_ignore(remote_image, {"url": param("url"), "created_at": param("now")})
_IS_REMOTE = Statement(select(remote_image.c.url).where(remote_image.c.url == param("url")))


def add_remote_image(conn: Connection, url: str, now: Time) -> None:
    """Note that something here shows this picture of another server."""
    conn.run(_ADD_REMOTE, url=url, now=now)


def is_remote_image(conn: Connection, url: str) -> bool:
    """Whether anything here shows, or showed, this picture."""
    return conn.one(_IS_REMOTE, url=url) is not None
