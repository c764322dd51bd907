"""Where contents are kept by their hash: a folder, or an S3-compatible store.

A blob never changes: its key is the SHA-256 of what it holds, in hex. Everything here may wait for
a disk or a network, so it is called away from the event loop.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

CHUNK = 256 * 1024
# A step of a walk over all: blobs whose keys begin alike.
PREFIXES = tuple(f"{number:02x}" for number in range(256))


# In the name of a file that is not whole yet: it is no key, so a sweep finds what a crash left.
_UNFINISHED = "-unfinished-"


class Stored(NamedTuple):
    """A blob in a listing; `stored_at` in seconds since 1970."""

    key: str
    stored_at: float


class Blobs(Protocol):
    """What each kind of store offers. What cannot be reached raises OSError or BlobsAway."""

    def put(self, key: str, source: Path) -> None:
        """Keep a file's content, on disk before this returns; again changes nothing."""

    def has(self, key: str) -> bool:
        """Whether this blob is kept."""

    def path(self, key: str) -> Path | None:
        """Where it lies as a file on this machine, if it does. Only to be read."""

    def chunks(self, key: str, start: int, length: int) -> Iterator[bytes]:
        """A part of a blob. Raises FileNotFoundError, before the first chunk, if there is none."""

    def delete(self, key: str) -> None:
        """Forget a blob; it does not matter if it is gone already."""

    def listed(self, prefix: str) -> Iterator[Stored]:
        """What is kept under keys that begin with one of PREFIXES."""


class BlobsAway(Exception):
    """The store does not answer, or refuses us."""


class FileBlobs:
    """Blobs as files, in one folder for each two first digits."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, source: Path) -> None:
        """See Blobs."""
        target = self._place(key)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f"{key[:2]}{_UNFINISHED}", dir=target.parent)
        try:
            with os.fdopen(handle, "wb") as copy, source.open("rb") as original:
                shutil.copyfileobj(original, copy, CHUNK)
                copy.flush()
                os.fsync(copy.fileno())
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)
        _sync_folder(self._folder)

    def has(self, key: str) -> bool:
        """See Blobs."""
        return self._place(key).exists()

    def path(self, key: str) -> Path | None:
        """See Blobs."""
        return self._place(key)

    def chunks(self, key: str, start: int, length: int) -> Iterator[bytes]:
        """See Blobs."""
        with self._place(key).open("rb") as file:
            file.seek(start)
            while length > 0:
                chunk = file.read(min(CHUNK, length))
                if not chunk:
                    return
                length -= len(chunk)
                yield chunk

    def delete(self, key: str) -> None:
        """See Blobs."""
        path = self._place(key)
        path.unlink(missing_ok=True)
        with suppress(FileNotFoundError):
            _sync_folder(path.parent)

    def listed(self, prefix: str) -> Iterator[Stored]:
        """See Blobs."""
        with suppress(FileNotFoundError), os.scandir(self._folder / prefix) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    yield Stored(entry.name, entry.stat().st_mtime)

    def _place(self, key: str) -> Path:
        return self._folder / key[:2] / key


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@dataclass(frozen=True, slots=True)
class S3Address:
    """Which bucket, where, and who we are there. `prefix` stands before every key."""

    bucket: str
    endpoint: str
    region: str
    access_key: str
    secret_key: str
    prefix: str = ""


class S3Blobs:
    """Blobs as objects of an S3-compatible store."""

    def __init__(self, address: S3Address) -> None:
        self._address = address
        self._made: Any = None

    def put(self, key: str, source: Path) -> None:
        """See Blobs."""
        with source.open("rb") as body:
            self._call("put_object", Key=self._name(key), Body=body)

    def has(self, key: str) -> bool:
        """See Blobs."""
        try:
            self._call("head_object", Key=self._name(key))
        except FileNotFoundError:
            return False
        return True

    def path(self, key: str) -> Path | None:  # noqa: ARG002 — none is here
        """See Blobs."""
        return None

    def chunks(self, key: str, start: int, length: int) -> Iterator[bytes]:
        """See Blobs."""
        if length <= 0:
            return
        part = f"bytes={start}-{start + length - 1}"
        body = self._call("get_object", Key=self._name(key), Range=part)["Body"]
        try:
            while chunk := body.read(CHUNK):
                yield chunk
        finally:
            body.close()

    def delete(self, key: str) -> None:
        """See Blobs."""
        self._call("delete_object", Key=self._name(key))

    def listed(self, prefix: str) -> Iterator[Stored]:
        """See Blobs."""
        start = self._address.prefix
        more: dict[str, Any] = {}
        while True:
            page = self._call("list_objects_v2", Prefix=start + prefix, **more)
            for each in page.get("Contents", ()):
                yield Stored(each["Key"].removeprefix(start), each["LastModified"].timestamp())
            if not page.get("IsTruncated"):
                return
            more = {"ContinuationToken": page["NextContinuationToken"]}

    def _name(self, key: str) -> str:
        return self._address.prefix + key

    def _call(self, operation: str, **arguments: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self._client(), operation)(Bucket=self._address.bucket, **arguments)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            if code in ("404", "NoSuchKey", "NotFound"):
                raise FileNotFoundError(arguments.get("Key", "")) from None
            raise BlobsAway(f"{operation}: {code}") from error
        except BotoCoreError as error:
            raise BlobsAway(f"{operation}: {type(error).__name__}") from error

    def _client(self) -> Any:
        # Made when first used: it takes a second and 30 MB, and belongs to one process.
        if self._made is None:
            import botocore.config
            import botocore.session

            address = self._address
            self._made = botocore.session.get_session().create_client(
                "s3",
                endpoint_url=address.endpoint or None,
                region_name=address.region,
                aws_access_key_id=address.access_key,
                aws_secret_access_key=address.secret_key,
                config=botocore.config.Config(
                    connect_timeout=5,
                    read_timeout=30,
                    retries={"max_attempts": 3, "mode": "standard"},
                    # Most stores that are not Amazon's know nothing else.
                    request_checksum_calculation="when_required",
                    response_checksum_validation="when_required",
                    s3={"addressing_style": "path" if address.endpoint else "auto"},
                ),
            )
        return self._made
