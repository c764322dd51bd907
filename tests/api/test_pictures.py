"""The picture routes, by whole requests: uploads, their forms, their ends, and what is refused."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from moothall.actions.media import note_remote_picture
from moothall.forum import Forum
from moothall.lib.http_client import Rules
from moothall.lib.shared_buckets import SharedBuckets
from moothall.media import forms
from moothall.reads.media import find_upload
from moothall.storage.site import update_site
from tests.support import pictures as samples
from tests.support.builders import a_signed_in_person
from tests.support.media import (
    LIMITS,
    MediaClient,
    do_media_jobs,
    files_below,
    media_client,
    tools_in,
)
from tests.support.origin import Origin, Reply


@pytest.fixture
def media_folder(tmp_path: Path) -> Path:
    return tmp_path / "media"


@pytest.fixture
def client(forum: Forum, media_folder: Path) -> Iterator[MediaClient]:
    with media_client(forum, tools_in(media_folder)) as opened:
        yield opened


@pytest.fixture
def token(forum: Forum) -> str:
    return a_signed_in_person(forum, "ann")[1]


def delete_path(forum: Forum, name: str) -> str:
    upload = forum.read_now(find_upload, name)
    return f"/pictrs/image/delete/{upload.delete_token}/{name}"


# --- upload


def test_an_upload_is_answered_and_served_as_clients_expect(
    client: MediaClient, token: str, media_folder: Path
) -> None:
    answer = client.upload(token, samples.photo_of_a_phone(), "IMG 1.HEIC")
    assert answer.status_code == 201
    body = answer.json()
    assert body["msg"] == "ok"
    [file] = body["files"]
    assert set(file) == {"file", "delete_token", "details"}
    details = file["details"]
    assert (details["width"], details["height"], details["content_type"]) == (40, 60, "image/jpeg")
    assert details["created_at"].endswith("Z")
    assert file["file"].endswith(".jpg")

    served = client.get(f"/pictrs/image/{file['file']}")
    assert served.status_code == 200
    assert samples.SECRET.encode() not in served.content
    with samples.opened(served.content) as picture:
        assert picture.size == (40, 60)
    headers = served.headers
    assert headers["content-type"] == "image/jpeg"
    assert headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in headers["content-security-policy"]
    assert "max-age=2592000" in headers["cache-control"]
    assert int(headers["content-length"]) == len(served.content)
    [kept] = files_below(media_folder)
    assert kept.startswith("uploads/")


@pytest.mark.parametrize("form", ["apng", "avif", "gif", "jpg", "jxl", "png", "webp"])
def test_a_picture_comes_in_the_format_asked_for(
    client: MediaClient, token: str, form: str
) -> None:
    name = client.uploaded(token, samples.photo(400, 200))
    answer = client.get(f"/pictrs/image/{name}?format={form}&thumbnail=96")
    shown = {"jpg": "jpeg", "jxl": "webp"}.get(form, form)
    assert answer.headers["content-type"] == f"image/{shown}"
    with samples.opened(answer.content) as picture:
        assert picture.size == (96, 48)
    whole = client.get(f"/pictrs/image/{name}?format={form}")
    with samples.opened(whole.content) as picture:
        assert picture.size == (400, 200)


@pytest.mark.parametrize(
    "query, size",
    [("thumbnail=100", 96), ("thumbnail=96", 96), ("thumbnail=1", 32), ("thumbnail=99999", 400)],
)
def test_a_thumbnail_is_of_the_next_smaller_size(
    client: MediaClient, token: str, query: str, size: int
) -> None:
    name = client.uploaded(token, samples.photo(400, 200))
    answer = client.get(f"/pictrs/image/{name}?{query}")
    assert answer.headers["content-type"] == "image/jpeg"
    with samples.opened(answer.content) as picture:
        assert max(picture.size) == size


@pytest.mark.parametrize(
    "query", ["format=svg", "format=html", "thumbnail=0", "thumbnail=-1", "thumbnail=x"]
)
def test_a_form_that_there_is_none_of_is_refused(
    client: MediaClient, token: str, query: str
) -> None:
    name = client.uploaded(token, samples.photo())
    assert client.get(f"/pictrs/image/{name}?{query}").status_code == 400


def test_a_thumbnail_is_made_once(client: MediaClient, token: str, media_folder: Path) -> None:
    name = client.uploaded(token, samples.photo(400, 200))
    first = client.get(f"/pictrs/image/{name}?thumbnail=96&format=webp")
    again = client.get(f"/pictrs/image/{name}?thumbnail=100&format=webp")
    assert first.content == again.content
    assert first.headers["etag"] == again.headers["etag"]
    kept = [path for path in files_below(media_folder) if path.startswith("thumbnails/")]
    assert len(kept) == 1


@pytest.mark.parametrize("name", ["nothing.png", "..%2F..%2Fetc%2Fpasswd", "%00.png", "é.png"])
def test_what_is_not_there_is_not_found(client: MediaClient, token: str, name: str) -> None:
    for query in ("", "?thumbnail=96", "?format=webp"):
        answer = client.get(f"/pictrs/image/{name}{query}")
        assert answer.status_code == 404, (name, query)
    assert client.get(f"/pictrs/image/delete/x/{name}", token).status_code == 404


def test_a_video_is_served_in_parts(client: MediaClient, token: str) -> None:
    data = samples.mp4()
    name = client.uploaded(token, data)
    assert name.endswith(".mp4")
    path = f"/pictrs/image/{name}"
    whole = client.get(path)
    assert (whole.headers["content-type"], whole.content) == ("video/mp4", data)
    part = client.get(path, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, data[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(data)}"
    end = client.get(path, headers={"Range": "bytes=-5"})
    assert (end.status_code, end.content) == (206, data[-5:])
    beyond = client.get(path, headers={"Range": f"bytes={len(data)}-"})
    assert beyond.status_code == 416
    for odd in ("bytes=5-2", "bytes=0-1,3-4", "lines=1-2", "bytes=-"):
        assert client.get(path, headers={"Range": odd}).content == data
    head = client.request("HEAD", path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(data))
    known = client.get(path, headers={"If-None-Match": whole.headers["etag"]})
    assert known.status_code == 304
    assert client.get(f"{path}?thumbnail=96").status_code == 404


# --- what is not taken


def refusal(answer: Any) -> tuple[int, str]:
    assert answer.json()["msg"]
    return answer.status_code, answer.json()["error"]


@pytest.mark.parametrize(
    "data, status",
    [
        (b"<html><script>alert(1)</script></html>", 400),
        (samples.SVG, 400),
        (samples.photo(300, 300, "PNG")[:400], 400),
        (samples.bomb(), 413),
        (samples.mp4(seconds=121), 413),
        (samples.mp4(fragments=True), 400),
        (b"\xff\xd8\xff" + b"x" * (LIMITS.max_upload_bytes + 1), 413),
    ],
    ids=["html", "svg", "truncated", "bomb", "long video", "fragments", "too large"],
)
def test_what_is_not_taken_gets_a_clear_code_and_leaves_nothing(
    client: MediaClient, token: str, media_folder: Path, data: bytes, status: int
) -> None:
    code = {400: "not_an_image_type", 413: "too_large"}[status]
    assert refusal(client.upload(token, data, "photo.jpg")) == (status, code)
    assert files_below(media_folder) == []


def test_what_hides_behind_a_picture_is_cut_off(client: MediaClient, token: str) -> None:
    name = client.uploaded(token, samples.png_with_texts())
    assert b"script" not in client.get(f"/pictrs/image/{name}").content


def test_nobody_uploads_without_an_account(client: MediaClient, media_folder: Path) -> None:
    assert refusal(client.upload(None, samples.photo())) == (401, "incorrect_login")
    assert refusal(client.upload("made up", samples.photo())) == (401, "incorrect_login")
    assert files_below(media_folder) == []


def test_a_body_that_is_no_such_form_is_refused(client: MediaClient, token: str) -> None:
    for rest in (
        {"content": b"hello"},
        {"content": b"{}", "headers": {"Content-Type": "application/json"}},
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}},
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data; boundary=y"}},
    ):
        answer = client.request("POST", "/pictrs/image", token, **rest)
        assert answer.status_code == 400, answer.text
    assert client.upload(token, samples.photo(), field="file").status_code == 400


def test_four_gigabytes_are_refused_when_they_are_announced(
    client: MediaClient, token: str, media_folder: Path
) -> None:
    headers = {
        "Content-Type": "multipart/form-data; boundary=x",
        "Content-Length": str(4 * 1024**3),
    }
    answer = client.request("POST", "/pictrs/image", token, content=b"--x", headers=headers)
    assert refusal(answer) == (413, "too_large")
    assert files_below(media_folder) == []


def test_the_quota_is_that_of_the_account(client: MediaClient, token: str, forum: Forum) -> None:
    video = samples.mp4() + b"\0\0\x00\x08free" * 230_000
    assert client.upload(token, video).status_code == 201
    assert client.upload(token, video).status_code == 201
    assert refusal(client.upload(token, video)) == (413, "too_large")
    other = a_signed_in_person(forum, "bob")[1]
    assert client.upload(other, samples.photo()).status_code == 201


def test_the_limit_of_pictures_holds(forum: Forum, media_folder: Path, token: str) -> None:
    forum.act_now(lambda tx: update_site(tx.conn, rate_image=1, rate_image_s=3600))
    tools = tools_in(media_folder)
    with media_client(forum, tools, limiter=SharedBuckets()) as client:
        assert client.upload(token, samples.photo()).status_code == 201
        assert refusal(client.upload(token, samples.photo())) == (400, "rate_limit_error")


def test_what_must_be_made_is_counted_for_who_asks(
    forum: Forum, media_folder: Path, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "_MADE", 2)
    with media_client(forum, tools_in(media_folder), limiter=SharedBuckets()) as client:
        path = f"/pictrs/image/{client.uploaded(token, samples.photo(400, 200))}"
        for side in (64, 96, 96, 64):
            assert client.get(f"{path}?thumbnail={side}").status_code == 200
        refused = client.get(f"{path}?thumbnail=32")
        assert (refused.status_code, refused.json()["error"]) == (400, "rate_limit_error")
        assert client.get(f"{path}?thumbnail=64").status_code == 200
        assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    "method, path",
    [("PUT", "/pictrs/image"), ("POST", "/pictrs/image/a.png"), ("GET", "/pictrs/image")],
)
def test_other_methods_are_told_so(client: MediaClient, method: str, path: str) -> None:
    assert client.request(method, path).status_code == 405


def test_what_is_no_route_is_not_found(client: MediaClient) -> None:
    assert client.get("/pictrs/other").status_code == 404
    assert client.get("/pictrs/healthz").status_code == 200
    assert client.request("OPTIONS", "/pictrs/image").headers["access-control-allow-origin"] == "*"


# --- the end of an upload


def test_deleting_is_for_the_owner_and_admins(
    client: MediaClient, token: str, forum: Forum
) -> None:
    admin = a_signed_in_person(forum, "boss", admin=True)[1]
    other = a_signed_in_person(forum, "bob")[1]
    for deleter in (token, admin):
        name = client.uploaded(token, samples.photo())
        path = delete_path(forum, name)
        assert client.get(path).status_code == 401
        assert client.get(path, other).status_code == 404
        assert client.get(f"/pictrs/image/delete/any/{name}", deleter).status_code == 404
        assert client.get(f"/pictrs/image/{name}").status_code == 200
        answer = client.get(path, deleter)
        assert (answer.status_code, answer.content) == (204, b"")
        assert client.get(f"/pictrs/image/{name}").status_code == 404


def test_an_address_in_a_text_deletes_nothing(client: MediaClient, token: str) -> None:
    """A front end that keeps its session in a cookie shows it as a picture, to the owner too."""
    name = client.uploaded(token, samples.photo())
    as_a_picture = {"Cookie": f"jwt={token}", "Sec-Fetch-Dest": "image"}
    answer = client.get(f"/pictrs/image/delete/x/{name}", headers=as_a_picture)
    assert answer.status_code == 404
    assert client.get(f"/pictrs/image/{name}").status_code == 200


def test_nothing_is_left_of_a_deleted_picture(
    client: MediaClient, token: str, forum: Forum, media_folder: Path
) -> None:
    name = client.uploaded(token, samples.photo(400, 200))
    client.get(f"/pictrs/image/{name}?thumbnail=96")
    client.get(delete_path(forum, name), token)
    assert do_media_jobs(client) == 1
    assert files_below(media_folder) == []
    assert client.get(f"/pictrs/image/{name}?thumbnail=96").status_code == 404


def test_one_content_is_kept_once_and_goes_with_its_last_upload(
    client: MediaClient, token: str, forum: Forum, media_folder: Path
) -> None:
    bobs_token = a_signed_in_person(forum, "bob")[1]
    names = [client.uploaded(token, samples.photo()), client.uploaded(bobs_token, samples.photo())]
    assert len(files_below(media_folder)) == 1
    client.get(delete_path(forum, names[0]), token)
    do_media_jobs(client)
    assert client.get(f"/pictrs/image/{names[1]}").status_code == 200
    client.get(delete_path(forum, names[1]), bobs_token)
    do_media_jobs(client)
    assert files_below(media_folder) == []


def test_a_content_that_is_deleted_while_it_comes_again_stays(
    client: MediaClient, token: str, forum: Forum
) -> None:
    first = client.uploaded(token, samples.photo())
    client.get(delete_path(forum, first), token)
    second = client.uploaded(token, samples.photo())
    assert do_media_jobs(client) == 1
    assert client.get(f"/pictrs/image/{second}").status_code == 200


# --- lists


def test_uploads_are_listed_for_their_owner_and_all_for_admins(
    client: MediaClient, token: str, forum: Forum
) -> None:
    admin = a_signed_in_person(forum, "boss", admin=True)[1]
    names = [client.uploaded(token, samples.photo()) for _ in range(3)]
    mine = client.get("/api/v3/account/list_media?limit=2", token).json()["images"]
    assert [each["local_image"]["pictrs_alias"] for each in mine] == [names[2], names[1]]
    assert mine[0]["person"]["name"] == "ann"
    assert set(mine[0]["local_image"]) == {
        "local_user_id",
        "pictrs_alias",
        "pictrs_delete_token",
        "published",
    }
    rest = client.get("/api/v3/account/list_media?limit=2&page=2", token).json()["images"]
    assert [each["local_image"]["pictrs_alias"] for each in rest] == [names[0]]
    assert client.get("/api/v3/account/list_media", admin).json() == {"images": []}
    assert len(client.get("/api/v3/admin/list_all_media", admin).json()["images"]) == 3
    assert client.get("/api/v3/admin/list_all_media", token).status_code == 400
    assert client.get("/api/v3/account/list_media").status_code == 401


# --- pictures of other servers


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as server:
        yield server


def note(forum: Forum, url: str) -> None:
    forum.act_now(note_remote_picture, url)


def proxied(client: MediaClient, url: str, **query: Any) -> Any:
    return client.get("/api/v3/image_proxy", params={"url": url, **query})


def test_a_noted_picture_is_passed_on_and_kept_for_a_while(
    client: MediaClient, origin: Origin
) -> None:
    url = f"{origin.base_url}/a.jpg?size=1"
    origin.replies["/a.jpg"] = Reply(samples.photo(400, 200))
    note(client.forum, url)
    answer = proxied(client, url)
    assert answer.status_code == 200
    assert (answer.headers["content-type"], answer.content) == (
        "image/jpeg",
        samples.photo(400, 200),
    )
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    small = proxied(client, url, thumbnail=96, format="webp")
    with samples.opened(small.content) as picture:
        assert (picture.format, picture.size) == ("WEBP", (96, 48))
    assert len(origin.seen) == 1
    assert origin.seen[0].path == "/a.jpg?size=1"


def test_a_picture_that_nothing_shows_is_not_asked_for(client: MediaClient, origin: Origin) -> None:
    origin.replies["/a.jpg"] = Reply(samples.photo())
    assert proxied(client, f"{origin.base_url}/a.jpg").status_code == 404
    assert origin.seen == []


@pytest.mark.parametrize(
    "reply",
    [
        Reply(samples.SVG, {"Content-Type": "image/svg+xml"}),
        Reply(b"<script>alert(1)</script>", {"Content-Type": "image/png"}),
        Reply(samples.photo(), status=404),
        Reply(b"\xff\xd8\xff" + b"x" * 600_000),
        Reply(status=302, headers={"Location": "file:///etc/passwd"}),
    ],
    ids=["svg", "html", "gone", "too large", "redirect"],
)
def test_what_is_no_picture_is_not_passed_on_nor_asked_for_again(
    client: MediaClient, origin: Origin, media_folder: Path, reply: Reply
) -> None:
    url = f"{origin.base_url}/a.jpg"
    origin.replies["/a.jpg"] = reply
    note(client.forum, url)
    assert proxied(client, url).status_code == 404
    assert proxied(client, url, thumbnail=64).status_code == 404
    assert len(origin.seen) == 1
    assert files_below(media_folder) == []


def test_a_damaged_picture_is_not_made_smaller(client: MediaClient, origin: Origin) -> None:
    url = f"{origin.base_url}/a.jpg"
    origin.replies["/a.jpg"] = Reply(samples.photo(300, 300)[:700])
    note(client.forum, url)
    assert proxied(client, url, thumbnail=64).status_code == 404


def test_inside_addresses_are_not_asked(forum: Forum, media_folder: Path, origin: Origin) -> None:
    with media_client(forum, tools_in(media_folder, rules=Rules())) as client:
        for url in (f"{origin.base_url}/a.jpg", "https://127.0.0.1/a.jpg", "https://localhost/a"):
            note(forum, url)
            assert proxied(client, url).status_code == 404
    assert origin.seen == []


def test_many_who_ask_at_once_cost_one_request(client: MediaClient, origin: Origin) -> None:
    url = f"{origin.base_url}/a.jpg"
    origin.replies["/a.jpg"] = Reply(samples.photo(), pause_s=0.3)
    note(client.forum, url)

    async def ask() -> list[int]:
        answers = await asyncio.gather(
            *[client._client.get("/api/v3/image_proxy", params={"url": url}) for _ in range(10)]
        )
        return [answer.status_code for answer in answers]

    assert client.run(ask()) == [200] * 10
    assert len(origin.seen) == 1
