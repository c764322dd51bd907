"""A forum, written to an archive, read into an empty one and written again: the same bytes."""

import gzip
import random
import stat
from pathlib import Path

import pytest

from moothall.archive.importing import import_file
from moothall.archive.reading import ArchiveError
from moothall.archive.writing import export_file
from moothall.domain.errors import ForumError
from moothall.forum import Forum
from tests.support.archives import a_small_archive, write_archive
from tests.support.random_town import RandomTown


def _same_again(forum: Forum, other_forum: Forum, folder: Path) -> bytes:
    first, second = folder / "first.jsonl.gz", folder / "second.jsonl.gz"
    written = export_file(forum, first)
    # What is ahead of the clock is refused.
    other_forum.clock = forum.clock
    summary = import_file(other_forum, first)
    assert summary.bad_lines == 0
    assert sum(summary.stored.values()) == written
    export_file(other_forum, second)
    assert first.read_bytes() == second.read_bytes()
    return gzip.decompress(first.read_bytes())


def test_an_archive_of_everything(forum: Forum, other_forum: Forum, tmp_path: Path) -> None:
    import_file(forum, write_archive(tmp_path / "a.jsonl", a_small_archive()))
    text = _same_again(forum, other_forum, tmp_path)
    assert len(text.splitlines()) == len(a_small_archive())
    for word in (
        b'"languages":["de","en"]',
        b'"pending":true',
        b'"removed":true',
        b'"locked":true',
    ):
        assert word in text


@pytest.mark.parametrize("seed", range(3))
def test_a_forum_where_people_did_all_sorts_of_things(
    forum: Forum, other_forum: Forum, tmp_path: Path, seed: int
) -> None:
    town = RandomTown(forum, random.Random(seed))
    done = 0
    for _ in range(150):
        try:
            town.something_happens()
            done += 1
        except ForumError:
            continue
    assert done > 75
    text = _same_again(forum, other_forum, tmp_path)
    assert b"password" not in text
    assert b"argon2" not in text


def test_an_empty_forum(forum: Forum, other_forum: Forum, tmp_path: Path) -> None:
    assert _same_again(forum, other_forum, tmp_path) == b'{"type":"archive","version":1}\n'


def test_the_file_is_for_its_owner_only_and_plain_without_gz(forum: Forum, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("an older export")
    export_file(forum, path)
    assert path.read_bytes() == b'{"type":"archive","version":1}\n'
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.glob(".*.part")) == []


def test_a_folder_that_is_not_there(forum: Forum, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="No such file"):
        export_file(forum, tmp_path / "none" / "a.jsonl")
