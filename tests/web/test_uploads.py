"""Pictures through forms: brought without a script, shown from us alone, refused with a word."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pytest

from moothall.actions.preview import store_preview
from moothall.domain.ids import PostId
from moothall.domain.media import LinkFacts
from moothall.forum import Forum
from moothall.lib.shared_buckets import SharedBuckets
from moothall.storage.site import update_site
from tests.support import pictures as samples
from tests.support.builders import PASSWORD, a_community, a_post, a_signed_in_person
from tests.support.media import LIMITS, files_below, tools_in
from tests.support.pages import Browser, Page, PageForm

PICTURE = samples.photo(60, 40)


@dataclass
class Desk:
    """Somebody who is signed in, and the folder of pictures."""

    forum: Forum
    browser: Browser
    folder: Path
    runner: asyncio.Runner
    # Whether empty files are such; else nothing was chosen.
    chooses_empty: bool = False

    def visitor(self, session: str | None = None, **more: object) -> Browser:
        tools = self.browser.media  # type: ignore[attr-defined]
        return Browser(self.forum, session=session, run=self.runner.run, media=tools, **more)  # type: ignore[arg-type]

    def send(
        self,
        form: PageForm,
        files: dict[str, bytes],
        browser: Browser | None = None,
        **fields: str,
    ) -> Page:
        """Send a form with files as a browser does."""
        parts = [
            f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
            for name, text in {**form.fields, **fields}.items()
            if name not in files
        ]
        parts += [
            f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n\r\n'.encode()
            + data
            + b"\r\n"
            for name, data in files.items()
            for filename in ["a.jpg" if data or self.chooses_empty else ""]
        ]
        kind = {"content-type": "multipart/form-data; boundary=x"}
        body = b"".join([*parts, b"--x--\r\n"])
        return (browser or self.browser).send("POST", form.action, body, kind)


@pytest.fixture
def desk(forum: Forum, tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "media"
    tools = tools_in(folder)
    viewer, token = a_signed_in_person(forum, "ann")
    a_community(forum, viewer, "town")
    with asyncio.Runner() as runner:
        browser = Browser(forum, session=token, run=runner.run, media=tools)
        browser.media = tools  # type: ignore[attr-defined]
        yield Desk(forum, browser, folder, runner)
        runner.run(tools.aclose())


def pictures_of(page: Page) -> list[str]:
    return re.findall(r'<img src="(?!/static/)([^"]*)"', page.text)


def new_post(desk: Desk, files: dict[str, bytes], **fields: str) -> Page:
    form = desk.browser.get("/create_post").form("/create_post")
    return desk.send(form, files, **{"title": "A picture", "community": "town", **fields})  # type: ignore[arg-type]


def test_a_picture_becomes_the_link_of_a_post(desk: Desk) -> None:
    answer = new_post(desk, {"file:url": PICTURE}, url="https://a.example/", body="Grüße")
    page = desk.browser.follow(answer)
    [shown] = pictures_of(page)
    assert shown.startswith("/pictrs/image/")
    assert shown.endswith("format=webp&amp;thumbnail=1280")
    assert "Grüße" in page.text
    assert "a.example" not in page.text
    [kept] = files_below(desk.folder)
    assert kept.startswith("uploads/")
    [small] = pictures_of(desk.browser.get("/"))
    assert small.endswith("thumbnail=160")


def test_a_form_without_a_file_is_any_form(desk: Desk) -> None:
    answer = new_post(desk, {"file:url": b""}, url="https://a.example/")
    assert "a.example" in desk.browser.follow(answer).text
    assert files_below(desk.folder) == []


def test_a_picture_is_added_to_a_comment(desk: Desk) -> None:
    post = desk.browser.follow(new_post(desk, {}))
    form = next(form for form in post.forms() if form.action.endswith("/reply"))
    assert "add:content" in form.fields
    answer = desk.send(form, {"add:content": PICTURE}, content="Look:")
    page = desk.browser.follow(answer)
    assert "Look:" in page.text
    [shown] = pictures_of(page)
    assert shown.startswith("https://forum.example/pictrs/image/")


@pytest.mark.parametrize("address", ["/post/1", "/post/1/reply", "/comment/1/reply"])
def test_a_comment_may_be_a_picture_alone(desk: Desk, address: str) -> None:
    post = desk.browser.follow(new_post(desk, {}))
    form = next(form for form in post.forms() if form.action == "/post/1/reply")
    desk.send(form, {}, content="First")
    page = desk.browser.get(address)
    [text] = re.findall(r'<textarea[^>]*name="content"[^>]*>', page.text)
    assert " required" not in text
    form = next(form for form in page.forms() if form.action.endswith("/reply"))
    assert len(pictures_of(desk.browser.follow(desk.send(form, {"add:content": PICTURE})))) == 1
    refused = desk.send(form, {"add:content": b""})
    assert (refused.status, "nothing to read" in refused.text) == (400, True)


def test_an_avatar_is_brought_and_taken_away(desk: Desk) -> None:
    form = desk.browser.get("/settings").form("/settings")
    assert desk.send(form, {"file:avatar": PICTURE, "file:banner": b""}).status == 303
    assert len(pictures_of(desk.browser.get("/u/ann"))) == 1
    form = desk.browser.get("/settings").form("/settings")
    assert desk.send(form, {}).status == 303
    assert len(pictures_of(desk.browser.get("/u/ann"))) == 1
    assert desk.send(form, {}, without_avatar="true").status == 303
    assert pictures_of(desk.browser.get("/u/ann")) == []


def test_a_community_has_a_picture(desk: Desk) -> None:
    form = desk.browser.get("/c/town/edit").form("/c/town/edit")
    assert desk.send(form, {"file:icon": PICTURE}, title="Town").status == 303
    assert len(pictures_of(desk.browser.get("/c/town"))) == 1


@pytest.mark.parametrize(
    "data, words",
    [
        (samples.SVG, "picture"),
        (samples.bomb(), "megapixel"),
        (b"\xff\xd8\xff" + b"x" * (LIMITS.max_upload_bytes + 1), "MB"),
    ],
    ids=["svg", "bomb", "large"],
)
def test_what_is_not_taken_is_said_and_leaves_nothing(desk: Desk, data: bytes, words: str) -> None:
    answer = new_post(desk, {"file:url": data}, body="My long text")
    assert answer.status in (400, 413, 422)
    assert words in answer.text
    assert files_below(desk.folder) == []
    form = answer.form("/create_post")
    assert (form.fields["body"], form.fields["title"]) == ("My long text", "A picture")


def test_a_form_of_more_than_its_text_and_files_may_have_is_refused(desk: Desk) -> None:
    answer = new_post(desk, {"file:url": b"x" * (2 * LIMITS.max_upload_bytes + 2_000_000)})
    assert (answer.status, "a file may have" in answer.text) == (400, True)
    assert files_below(desk.folder) == []


def test_an_empty_file_is_told(desk: Desk) -> None:
    form = desk.browser.get("/create_post").form("/create_post")
    desk.chooses_empty = True
    answer = desk.send(form, {"file:url": b""}, title="A picture", community="town")
    assert (answer.status, "it is empty" in answer.text) == (400, True)
    assert answer.form("/create_post").fields["title"] == "A picture"


@pytest.mark.parametrize("cookie_gone", [True, False])
def test_a_picture_is_asked_for_again_after_the_log_in(desk: Desk, cookie_gone: bool) -> None:
    form = desk.browser.get("/create_post").form("/create_post")
    other = desk.visitor(desk.browser.cookies["session"])
    other.submit(other.get("/").form("/logout"))
    if cookie_gone:
        del desk.browser.cookies["session"]
    page = desk.send(form, {"file:url": PICTURE}, title="A picture", community="town")
    assert files_below(desk.folder) == []
    page = desk.browser.submit(page.form("/login"), name="ann", password=PASSWORD)
    assert 'role="status">You are signed in again' in page.text
    assert "Choose the picture again" in page.text
    assert page.form("/create_post").fields["title"] == "A picture"


def test_a_foreign_form_brings_nothing(desk: Desk) -> None:
    form = desk.browser.get("/create_post").form("/create_post")
    foreign = form._replace(fields={**form.fields, "csrf": "made up"})
    assert desk.send(foreign, {"file:url": PICTURE}, title="A post", community="town").status == 403
    assert files_below(desk.folder) == []


def test_nobody_brings_pictures_without_an_account(desk: Desk) -> None:
    stranger = desk.visitor()
    form = stranger.get("/login").form("/login")
    away = form._replace(action="/create_post")
    answer = desk.send(away, {"file:url": PICTURE}, stranger, title="A post", community="town")
    assert answer.status in (303, 401, 403)
    assert files_below(desk.folder) == []


def test_the_limit_of_pictures_holds_for_forms(desk: Desk) -> None:
    desk.forum.act_now(lambda tx: update_site(tx.conn, rate_image=1, rate_image_s=3600))
    session = desk.browser.cookies["session"]
    limited = desk.visitor(session, limiter=SharedBuckets())
    form = limited.get("/create_post").form("/create_post")
    fields = {"title": "A picture", "community": "town"}
    assert desk.send(form, {"file:url": PICTURE}, limited, **fields).status == 303
    assert desk.send(form, {"file:url": PICTURE}, limited, **fields).status == 429


def test_pictures_of_others_come_through_us(desk: Desk) -> None:
    viewer, _ = a_signed_in_person(desk.forum, "bob")
    place = a_community(desk.forum, viewer, "news")
    url = "https://news.example/story"
    post_id = a_post(desk.forum, viewer, place, url=url, body="![a](https://c.example/in.png)")
    facts = LinkFacts(
        title="A story", image="https://news.example/a b.jpg", content_type="text/html"
    )
    desk.forum.act_now(store_preview, PostId(post_id), url, facts)
    found = pictures_of(desk.browser.get("/c/news")) + pictures_of(
        desk.browser.get(f"/post/{post_id}")
    )
    assert len(found) == 3
    for path in found:
        assert path.startswith(("/api/v3/image_proxy?url=", "https://forum.example/api/v3/image_"))
    assert any("https://c.example/in.png" in unquote(path) for path in found)


def test_what_is_not_for_everybody_is_not_shown_in_lists(desk: Desk) -> None:
    viewer, _ = a_signed_in_person(desk.forum, "bob", show_nsfw=True)
    place = a_community(desk.forum, viewer, "news")
    url = "https://news.example/a.jpg"
    post_id = a_post(desk.forum, viewer, place, url=url, nsfw=True)
    facts = LinkFacts(content_type="image/jpeg", width=10, height=10)
    desk.forum.act_now(store_preview, PostId(post_id), url, facts)
    assert pictures_of(desk.browser.get("/c/news")) == []
    page = desk.browser.get(f"/post/{post_id}")
    assert "Show the picture" in page.text or page.status != 200
