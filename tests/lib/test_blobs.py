"""Blobs in a folder and in an S3-compatible store: the same promises."""

import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path

import botocore.session
import pytest
from moto.server import ThreadedMotoServer

from moothall.lib.blobs import Blobs, BlobsAway, FileBlobs, S3Address, S3Blobs


@pytest.fixture(scope="module")
def s3_server() -> Iterator[str]:
    logging.getLogger("werkzeug").disabled = True
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    client = botocore.session.get_session().create_client(
        "s3",
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id="id",
        aws_secret_access_key="key",
    )
    client.create_bucket(Bucket="pictures")
    yield address
    client.close()
    server.stop()


def s3_address(endpoint: str, bucket: str = "pictures", prefix: str = "") -> S3Address:
    return S3Address(bucket, endpoint, "us-east-1", "id", "key", prefix)


@pytest.fixture(params=["folder", "s3"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "folder":
        return FileBlobs(tmp_path / "blobs")
    endpoint = request.getfixturevalue("s3_server")
    return S3Blobs(s3_address(endpoint, prefix=f"{tmp_path.name}/"))


def put(blobs: Blobs, tmp_path: Path, content: bytes) -> str:
    source = tmp_path / "source"
    source.write_bytes(content)
    key = hashlib.sha256(content).hexdigest()
    blobs.put(key, source)
    return key


def test_what_is_put_is_given_back_in_parts(blobs: Blobs, tmp_path: Path) -> None:
    content = bytes(range(256)) * 4000
    key = put(blobs, tmp_path, content)
    put(blobs, tmp_path, content)
    assert blobs.has(key)
    assert b"".join(blobs.chunks(key, 0, len(content))) == content
    assert b"".join(blobs.chunks(key, 1000, 500)) == content[1000:1500]
    assert b"".join(blobs.chunks(key, 0, 0)) == b""


def test_what_is_deleted_is_gone(blobs: Blobs, tmp_path: Path) -> None:
    key = put(blobs, tmp_path, b"hello")
    blobs.delete(key)
    blobs.delete(key)
    assert not blobs.has(key)
    with pytest.raises(FileNotFoundError):
        next(blobs.chunks(key, 0, 5))


def test_what_is_kept_is_listed(blobs: Blobs, tmp_path: Path) -> None:
    key = put(blobs, tmp_path, b"hello")
    [found] = blobs.listed(key[:2])
    assert found.key == key
    assert found.stored_at > 1_700_000_000
    assert list(blobs.listed("00")) == []


def test_what_a_crash_left_is_listed_and_can_be_deleted(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path)
    key = put(blobs, tmp_path, b"hello")
    left = tmp_path / key[:2] / f"{key[:2]}-unfinished-abc"
    left.write_bytes(b"half")
    names = {each.key for each in blobs.listed(key[:2])}
    assert names == {key, left.name}
    blobs.delete(left.name)
    assert not left.exists()


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    blobs = FileBlobs(tmp_path / "blobs")
    with pytest.raises(FileNotFoundError):
        blobs.put("ab" * 32, tmp_path / "nothing")
    assert list(blobs.listed("ab")) == []


def test_a_store_that_refuses_or_is_away_is_told_from_an_absent_blob(s3_server: str) -> None:
    for address in (s3_address(s3_server, bucket="other"), s3_address("http://127.0.0.1:9")):
        with pytest.raises(BlobsAway):
            list(S3Blobs(address).listed("ab"))
