"""Uploads as they are listed and found, and which remote pictures may be passed on."""

from moothall.domain.errors import NotFound
from moothall.domain.media import Upload, UploadView, is_alias
from moothall.domain.permissions import may_administer, require
from moothall.domain.user import Viewer
from moothall.storage import media
from moothall.storage.transaction import Transaction


def find_upload(tx: Transaction, alias: str) -> Upload:
    """The upload of this name: whoever knows it may see it. Raises NotFound by name."""
    found = media.find_upload(tx.conn, alias) if is_alias(alias) else None
    if found is None:
        raise NotFound("couldnt_find_object", by_name=True)
    return found


def list_own_uploads(
    tx: Transaction, viewer: Viewer, *, limit: int, offset: int
) -> list[UploadView]:
    """What the viewer has uploaded, the newest first."""
    return media.list_uploads(tx.conn, viewer.account_id, limit=limit, offset=offset)


def list_all_uploads(
    tx: Transaction, viewer: Viewer, *, limit: int, offset: int
) -> list[UploadView]:
    """What anybody has uploaded, the newest first. Raises NotAllowed `not_an_admin`."""
    require(may_administer(viewer.doer))
    return media.list_uploads(tx.conn, None, limit=limit, offset=offset)


def require_remote_image(tx: Transaction, url: str) -> None:
    """Raise NotFound by name for a picture that nothing here has ever shown."""
    if not media.is_remote_image(tx.conn, url):
        raise NotFound("couldnt_find_object", by_name=True)


def wanted_contents(tx: Transaction, keys: list[str]) -> set[str]:
    """Which of these contents some upload has, or is about to have."""
    return media.wanted_among(tx.conn, keys)
