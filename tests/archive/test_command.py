"""`moothall import`, `export` and `demo` as an operator uses them."""

import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from moothall import commands
from moothall.app import opened_forum
from moothall.archive.demo import filling, script
from moothall.archive.writing import export_file
from moothall.domain.comment import CommentQuery
from moothall.domain.moderation import ModlogKind, ModlogQuery
from moothall.domain.post import Listing, PostQuery, PostSort
from moothall.domain.time import DAY, system_clock
from moothall.reads.comment import list_comments
from moothall.reads.moderation import modlog
from moothall.reads.post import list_posts
from moothall.reads.site import get_site
from moothall.settings import Settings, load
from tests.support.archives import HEADER, a_person_line, a_small_archive, write_archive
from tests.support.forums import open_forum


def _moothall(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "moothall.cli", *arguments],
        env={**os.environ, "MOOTHALL_DATA_DIR": str(folder / "data")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_import_then_export(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "a.jsonl", [*a_small_archive(), "not a line"])
    done = _moothall(tmp_path, "import", str(archive))
    assert done.returncode == 0
    number = len(a_small_archive()) + 1
    assert f"line {number}: JSON is malformed" in done.stderr
    assert "2 post, 3 comment, 4 vote. Bad lines: 1." in done.stdout
    again = _moothall(tmp_path, "import", str(archive))
    assert again.returncode == 0
    assert again.stdout == "This archive was imported before; nothing to do.\n"
    target = tmp_path / "b.jsonl.gz"
    written = _moothall(tmp_path, "export", str(target))
    assert written.returncode == 0
    assert f"{len(a_small_archive()) - 1} records written" in written.stdout
    assert len(gzip.decompress(target.read_bytes()).splitlines()) == len(a_small_archive())


def _cut_text(content: bytes) -> bytes:
    return content[: content.rindex(b'"score"')]


def _cut_gzip(content: bytes) -> bytes:
    return gzip.compress(content)[:-20]


def _damaged_gzip(content: bytes) -> bytes:
    packed = gzip.compress(content)
    return packed[:-8] + bytes(4) + packed[-4:]  # another checksum


@pytest.mark.parametrize("damage", [_cut_text, _cut_gzip, _damaged_gzip])
def test_an_archive_without_its_end_is_no_success(
    tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    whole = write_archive(tmp_path / "a.jsonl", a_small_archive()).read_bytes()
    path = tmp_path / "damaged"
    path.write_bytes(damage(whole))
    for told in ("Stored: 3 person", "This archive was imported before"):
        done = _moothall(tmp_path, "import", str(path))
        assert done.returncode == 1
        assert done.stdout.startswith(told)
        assert f"{path} is damaged or lacks its end" in done.stderr.splitlines()[-1]
        assert "begin with an empty data_dir" in done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"{}\n", "is no archive", id="no header"),
        pytest.param(b'{"type":"archive","version":9}\n', "has version 9", id="newer"),
        pytest.param(None, "cannot read", id="missing"),
    ],
)
def test_what_is_no_archive_is_refused_with_one_line(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    path = tmp_path / "a.jsonl"
    if content is not None:
        path.write_bytes(content)
    done = _moothall(tmp_path, "import", str(path))
    assert done.returncode == 1
    assert reason in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_export_that_cannot_be_written(tmp_path: Path) -> None:
    done = _moothall(tmp_path, "export", str(tmp_path / "none" / "a.jsonl"))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("moothall: cannot write")


# ---- the demo ------------------------------------------------------------------------------------


def _settings(folder: Path, url: str, **more: str) -> Settings:
    environment = {"MOOTHALL_DATA_DIR": str(folder), "MOOTHALL_DATABASE_URL": url, **more}
    return load(None, environment)


def test_the_demo_is_a_lively_forum(
    fresh_database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = _settings(tmp_path, fresh_database_url)
    commands.fill_demo(settings)
    told = capsys.readouterr().err
    assert "Sign in as admin, password: " in told
    assert "line " not in told
    with open_forum(fresh_database_url, tmp_path) as forum:
        site = forum.read_now(get_site)
        assert site.is_set_up
        assert site.users == 41
        assert 20 < site.users_active_week <= site.users_active_month <= 40
        assert site.communities >= 12
        assert site.posts >= 140
        assert site.comments >= 400
        page = forum.read_now(list_posts, None, PostQuery(Listing.ALL, PostSort.HOT, limit=50))
        assert len(page.posts) == 50
        assert sum(view.post.featured_local for view in page.posts) == 1
        newest = max(view.post.created_at for view in page.posts)
        assert 0 < system_clock() - newest < 2 * DAY
        kinds = {act.entry.kind for act in forum.read_now(modlog, None, ModlogQuery())}
        assert kinds == {ModlogKind.REMOVE_POST, ModlogKind.LOCK_POST, ModlogKind.FEATURE_POST}
        comments = forum.read_now(list_comments, None, CommentQuery(limit=50)).comments
        assert max(view.comment.path.count(".") for view in comments) >= 2
    assert not (tmp_path / "demo.jsonl").exists()


def test_the_demo_leaves_a_forum_alone_that_is_not_empty(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = _settings(tmp_path, "")
    archive = write_archive(tmp_path / "a.jsonl", a_small_archive())
    commands.import_archive(settings, archive)
    commands.fill_demo(settings)
    assert "not empty" in capsys.readouterr().err
    with open_forum("", tmp_path) as forum:
        assert forum.read_now(get_site).posts == 1


def test_the_demo_takes_the_admin_of_the_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chosen = {
        "MOOTHALL_SETUP__ADMIN_USERNAME": "keeper",
        "MOOTHALL_SETUP__ADMIN_PASSWORD": "a good password",
        "MOOTHALL_SETUP__SITE_NAME": "My Place",
    }
    commands.fill_demo(_settings(tmp_path, "", **chosen))
    told = capsys.readouterr().err
    assert "Sign in as keeper, password: the one of [setup]" in told
    assert "a good password" not in told
    with open_forum("", tmp_path) as forum:
        assert forum.read_now(get_site).name == "My Place"


def test_a_demo_that_was_interrupted_is_finished(tmp_path: Path) -> None:
    settings = _settings(tmp_path, "")
    with opened_forum(settings) as forum:
        filling.prepare(tmp_path, forum.clock())
    commands.fill_demo(settings)
    with open_forum("", tmp_path) as forum:
        assert forum.read_now(get_site).posts >= 140


def test_the_same_moment_gives_the_same_demo(tmp_path: Path) -> None:
    now = system_clock()
    (tmp_path / "other").mkdir()
    filling.prepare(tmp_path, now)
    filling.prepare(tmp_path / "other", now)
    assert (tmp_path / "demo.jsonl").read_bytes() == (tmp_path / "other/demo.jsonl").read_bytes()


def test_everybody_in_the_demo_is_introduced() -> None:
    people = {person.name for person in script.people()}
    assert len(people) >= 40
    for community in script.communities():
        assert set(community.moderators) <= people
        for post in community.posts:
            assert post.fields["by"] in people, post.title
            for comment in post.comments:
                assert comment.author in people, comment.content


def test_the_demo_names_no_host_that_could_be_somebody() -> None:
    for community in script.communities():
        for post in community.posts:
            assert ".example/" in post.fields.get("url", "https://x.example/"), post.title


def test_a_community_is_read_from_its_text() -> None:
    text = (
        "title: Bread\nmoderators: ann, bob\nAbout.\n\n## First\nby: ann\nact: lock\nBody\n---\n"
        "- bob: one\n  more\n  - ann: two\n- bob: three\n## Second\nby: bob\n"
    )
    community = script.parse("bread", text)
    assert (community.title, community.moderators) == ("Bread", ["ann", "bob"])
    first, second = community.posts
    assert first.fields == {"by": "ann", "act": "lock"}
    assert [(each.content, each.parent) for each in first.comments] == [
        ("one\nmore", None),
        ("two", 0),
        ("three", None),
    ]
    assert (second.title, second.comments) == ("Second", [])


def test_the_demo_can_be_exported(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "a.jsonl", [HEADER, a_person_line(1, "ann")])
    settings = _settings(tmp_path / "data", "")
    commands.import_archive(settings, archive)
    with open_forum("", tmp_path / "data") as forum:
        assert export_file(forum, tmp_path / "b.jsonl") == 1
