"""Previews of links: fetched after the post is written, by a job, from real servers on loopback."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from moothall.actions.erasure import erase_content
from moothall.actions.post import edit_post
from moothall.background import media_jobs
from moothall.domain.ids import CommunityId, PostId
from moothall.domain.post import PostEdit
from moothall.domain.time import Time
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.lib.http_client import Rules, Unreachable
from moothall.lib.media_tools import MediaTools
from moothall.reads.media import require_remote_image
from moothall.storage import jobs
from moothall.storage.post import get_post
from moothall.storage.transaction import Transaction
from tests.support import pictures as samples
from tests.support.builders import a_community, a_person, a_post, a_signed_in_person
from tests.support.media import files_below, media_client, tools_in
from tests.support.origin import Origin, Reply

HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGE = b"""<html><head><title>plain</title>
<meta property="og:title" content="A story">
<meta property="og:description" content="What happened">
<meta property="og:image" content="/a.jpg">
<meta property="og:video" content="https://video.example/v.mp4"></head>"""


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as server:
        server.replies["/story"] = Reply(PAGE, HTML)
        server.replies["/a.jpg"] = Reply(samples.photo_of_a_phone(), {"Content-Type": "image/jpeg"})
        yield server


@pytest.fixture
def tools(tmp_path: Path) -> MediaTools:
    return tools_in(tmp_path / "media")


@pytest.fixture
def ann(forum: Forum) -> Viewer:
    return a_person(forum, "ann")


@pytest.fixture
def place(forum: Forum, ann: Viewer) -> CommunityId:
    return a_community(forum, ann, "town")


def do_previews(forum: Forum, tools: MediaTools) -> int:
    work = media_jobs(forum, tools)
    done = 0
    while job := forum.act_now(_claim):
        work[job.kind](job)
        forum.act_now(_finish, job)
        done += 1
    return done


def _claim(tx: Transaction) -> jobs.Job | None:
    return jobs.claim(tx.conn, jobs.Lane.PREVIEW, tx.now, Time(tx.now + 1))


def _finish(tx: Transaction, job: jobs.Job) -> None:
    jobs.finish(tx.conn, job)


def preview_of(forum: Forum, post_id: PostId) -> dict[str, Any]:
    post = forum.read_now(lambda tx: get_post(tx.conn, post_id))
    assert post is not None
    names = [
        "embed_title",
        "embed_description",
        "embed_video_url",
        "thumbnail_url",
        "url_content_type",
        "image_width",
        "image_height",
    ]
    return {name: getattr(post, name) for name in names if getattr(post, name) is not None}


def test_a_page_is_previewed_after_the_post_is_written(
    forum: Forum, tools: MediaTools, ann: Viewer, place: CommunityId, origin: Origin
) -> None:
    post_id = a_post(forum, ann, place, url=f"{origin.base_url}/story")
    assert preview_of(forum, post_id) == {}
    assert origin.seen == []
    assert do_previews(forum, tools) == 1
    assert preview_of(forum, post_id) == {
        "embed_title": "A story",
        "embed_description": "What happened",
        "embed_video_url": "https://video.example/v.mp4",
        "thumbnail_url": f"{origin.base_url}/a.jpg",
        "url_content_type": "text/html",
    }
    forum.read_now(require_remote_image, f"{origin.base_url}/a.jpg")


def test_a_picture_is_its_own_preview(
    forum: Forum, tools: MediaTools, ann: Viewer, place: CommunityId, origin: Origin, tmp_path: Path
) -> None:
    url = f"{origin.base_url}/a.jpg"
    post_id = a_post(forum, ann, place, url=url, custom_thumbnail="https://b.example/x.png")
    do_previews(forum, tools)
    assert preview_of(forum, post_id) == {
        "thumbnail_url": url,
        "url_content_type": "image/jpeg",
        "image_width": 40,
        "image_height": 60,
    }
    assert files_below(tmp_path / "media") == []


def test_a_chosen_thumbnail_goes_before_that_of_the_page(
    forum: Forum, tools: MediaTools, ann: Viewer, place: CommunityId, origin: Origin
) -> None:
    chosen = "https://b.example/x.png"
    url = f"{origin.base_url}/story"
    post_id = a_post(forum, ann, place, url=url, custom_thumbnail=chosen)
    do_previews(forum, tools)
    assert preview_of(forum, post_id)["thumbnail_url"] == chosen


def test_an_upload_is_known_at_once(
    forum: Forum, tools: MediaTools, ann: Viewer, place: CommunityId
) -> None:
    token = a_signed_in_person(forum, "bob")[1]
    with media_client(forum, tools) as client:
        name = client.uploaded(token, samples.photo(60, 40))
    url = f"https://forum.example/pictrs/image/{name}"
    post_id = a_post(forum, ann, place, url=url)
    assert preview_of(forum, post_id) == {
        "thumbnail_url": url,
        "url_content_type": "image/jpeg",
        "image_width": 60,
        "image_height": 40,
    }
    assert do_previews(forum, tools) == 0


def test_a_new_link_gets_a_new_preview(
    forum: Forum, tools: MediaTools, ann: Viewer, place: CommunityId, origin: Origin
) -> None:
    post_id = a_post(forum, ann, place, url=f"{origin.base_url}/story")
    other = PostEdit(url=f"{origin.base_url}/a.jpg")
    forum.act_now(edit_post, ann.doer, post_id, other)
    # The first job finds another link than it was sent for.
    assert do_previews(forum, tools) == 2
    assert preview_of(forum, post_id)["url_content_type"] == "image/jpeg"
    forum.act_now(edit_post, ann.doer, post_id, PostEdit(name="Another title"))
    forum.act_now(edit_post, ann.doer, post_id, other)
    assert do_previews(forum, tools) == 0
    forum.act_now(edit_post, ann.doer, post_id, PostEdit(url=""))
    assert preview_of(forum, post_id) == {}


def test_what_was_erased_meanwhile_stays_so(
    forum: Forum, tools: MediaTools, ann: Viewer, place: CommunityId, origin: Origin
) -> None:
    post_id = a_post(forum, ann, place, url=f"{origin.base_url}/story")
    forum.act_now(erase_content, ann.person_id)
    do_previews(forum, tools)
    assert preview_of(forum, post_id) == {}


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"gone", HTML, status=404),
        Reply(b"", {"Content-Type": "text/html"}),
        Reply(samples.SVG, {"Content-Type": "image/svg+xml"}),
        Reply(b"\xff" * 100, {"Content-Type": "image/png"}),
        Reply(status=302, headers={"Location": "file:///etc/passwd"}),
    ],
)
def test_what_says_nothing_leaves_the_post_as_it_is(
    forum: Forum,
    tools: MediaTools,
    ann: Viewer,
    place: CommunityId,
    origin: Origin,
    reply: Reply,
) -> None:
    origin.replies["/odd"] = reply
    post_id = a_post(forum, ann, place, url=f"{origin.base_url}/odd")
    do_previews(forum, tools)
    assert set(preview_of(forum, post_id)) <= {"url_content_type"}


def test_only_the_beginning_of_a_page_is_read(
    forum: Forum, tools: MediaTools, ann: Viewer, place: CommunityId, origin: Origin
) -> None:
    origin.replies["/long"] = Reply(PAGE + b"x" * 1_000_000, HTML, repeat=20)
    post_id = a_post(forum, ann, place, url=f"{origin.base_url}/long")
    do_previews(forum, tools)
    assert preview_of(forum, post_id)["embed_title"] == "A story"


def test_a_server_that_is_away_is_tried_again_and_then_left(
    forum: Forum, tools: MediaTools, ann: Viewer, place: CommunityId
) -> None:
    with Origin() as closed:
        url = f"{closed.base_url}/"
    post_id = a_post(forum, ann, place, url=url)
    job = forum.act_now(_claim)
    assert job is not None
    work = media_jobs(forum, tools)[job.kind]
    for attempts in (0, 1):
        with pytest.raises(Unreachable):
            work(job._replace(attempts=attempts))
    work(job._replace(attempts=2))
    assert preview_of(forum, post_id) == {}


def test_inside_addresses_are_not_looked_at(
    forum: Forum, ann: Viewer, place: CommunityId, origin: Origin, tmp_path: Path
) -> None:
    tools = tools_in(tmp_path / "media", rules=Rules())
    for url in (f"{origin.base_url}/story", "https://127.0.0.1/", "https://localhost/"):
        a_post(forum, ann, place, url=url)
    assert do_previews(forum, tools) == 3
    assert origin.seen == []


def test_og_image_does_not_lead_inside(
    forum: Forum, ann: Viewer, place: CommunityId, origin: Origin, tmp_path: Path
) -> None:
    """A page outside names a picture inside; the proxy is asked for it and refuses."""
    rules = Rules(static_hosts={"news.example": origin.base_url})
    inside = f"{origin.base_url}/secret.jpg"
    origin.replies["/secret.jpg"] = Reply(samples.photo())
    origin.replies["/story"] = Reply(PAGE.replace(b"/a.jpg", inside.encode()), HTML)
    tools = tools_in(tmp_path / "media", rules=rules)
    post_id = a_post(forum, ann, place, url="https://news.example/story")
    do_previews(forum, tools)
    assert preview_of(forum, post_id)["thumbnail_url"] == inside
    with media_client(forum, tools) as client:
        answer = client.get("/api/v3/image_proxy", params={"url": inside})
        assert answer.status_code == 404
    assert [seen.path for seen in origin.seen] == ["/story"]


# --- GET /post/site_metadata


def test_clients_ask_what_stands_at_a_link(forum: Forum, tools: MediaTools, origin: Origin) -> None:
    token = a_signed_in_person(forum, "bob")[1]
    with media_client(forum, tools) as client:

        def ask(url: str, token: str | None = token) -> tuple[int, Any]:
            answer = client.get("/api/v3/post/site_metadata", token, params={"url": url})
            return answer.status_code, answer.json()

        assert ask(f"{origin.base_url}/story") == (
            200,
            {
                "metadata": {
                    "title": "A story",
                    "description": "What happened",
                    "image": f"{origin.base_url}/a.jpg",
                    "embed_video_url": "https://video.example/v.mp4",
                    "content_type": "text/html",
                }
            },
        )
        assert ask(f"{origin.base_url}/a.jpg")[1] == {"metadata": {"content_type": "image/jpeg"}}
        assert ask("file:///etc/passwd") == (
            400,
            {
                "error": "invalid_url",
                "message": "not an address on the web, or one with a name and password",
            },
        )
        with Origin() as closed:
            away = closed.base_url
        assert ask(away)[0] == 400
        seen = len(origin.seen)
        assert ask(f"{origin.base_url}/story", None)[0] == 401
        assert len(origin.seen) == seen
