"""An import that is killed goes on where it was, and nothing is lost or doubled."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from moothall.actions.site import ensure_site
from moothall.archive.importing import import_file
from moothall.archive.writing import export_file
from moothall.domain.errors import Conflict
from moothall.forum import Forum
from moothall.storage.migrations import migrate
from moothall.storage.transaction import Transaction
from tests.support.archives import (
    HEADER,
    Line,
    a_comment_line,
    a_community_line,
    a_person_line,
    a_post_line,
    a_vote_line,
    write_archive,
)
from tests.support.forums import open_forum

_SECONDS = 60
_PEOPLE, _POSTS, _COMMENTS = 40, 300, 1500
# Where to kill: so many lines, or in this phase.
_POINTS: list[int | str] = [1, 900, 3000, "comments", "posts", "map"]
_BAD = {"type": "vote", "person": 1}


def _lines() -> list[Line]:
    lines: list[Line] = [HEADER]
    lines += [a_person_line(n, f"person{n}") for n in range(1, _PEOPLE + 1)]
    lines += [a_community_line(n, f"place{n}") for n in range(1, 6)]
    for n in range(1, _POSTS + 1):
        fields = {"creator": n % _PEOPLE + 1, "community": n % 5 + 1}
        lines.append(a_post_line(n, body=f"Text *{n}*", **fields))
    lines.append(_BAD)
    for n in range(1, _COMMENTS + 1):
        fields = {"post": n % _POSTS + 1, "creator": n % _PEOPLE + 1}
        parent = {"parent": n - _POSTS} if n > _POSTS else {}
        lines.append(a_comment_line(n, **fields, **parent))
    lines.append(_BAD)
    lines += [a_vote_line(n % _PEOPLE + 1, post=n // _PEOPLE + 1) for n in range(2500)]
    return lines


def _run(tx: Transaction) -> tuple[int, str]:
    conn: Any = tx.conn
    row = conn._driver.execute("SELECT line, phase FROM import_run").fetchone()
    return (0, "records") if row is None else (row[0], row[1])


def _has_reached(forum: Forum, point: int | str) -> bool:
    line, phase = forum.read_now(_run)
    if phase == "done":
        return True
    return phase == point if isinstance(point, str) else line >= point or phase != "records"


def _start(archive: Path, url: str, data_dir: Path) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "MOOTHALL_DATA_DIR": str(data_dir),
        "MOOTHALL_DATABASE_URL": url,
        "MOOTHALL_DOMAIN": "forum.example",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "moothall.cli", "import", str(archive)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _kill_at(process: subprocess.Popen[str], forum: Forum, point: int | str) -> bool:
    """Kill it when it is there; False if it came to its end before."""
    deadline = time.monotonic() + _SECONDS
    while process.poll() is None and not _has_reached(forum, point):
        assert time.monotonic() < deadline, f"the import never came to {point}"
        time.sleep(0.002)
    if process.poll() is not None:
        process.communicate()
        return False
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return True


def test_kill_and_go_on(fresh_database_url: str, tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "a.jsonl.gz", _lines())
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    killed.mkdir()
    whole.mkdir()
    migrate(fresh_database_url, killed)
    with open_forum(fresh_database_url, killed) as forum:
        forum.act_now(ensure_site)
        kills = [
            _kill_at(_start(archive, fresh_database_url, killed), forum, point) for point in _POINTS
        ]
        last = _start(archive, fresh_database_url, killed)
        output, _ = last.communicate(timeout=_SECONDS)
        assert last.returncode == 0, output
        export_file(forum, tmp_path / "killed.jsonl")
        counted = forum.read_now(_figures)
    # Some phases are over in a moment; but most kills must have met it at work.
    assert sum(kills) >= 3
    assert "Bad lines: 2." in output
    migrate("", whole)
    with open_forum("", whole) as forum:
        forum.act_now(ensure_site)
        import_file(forum, archive)
        export_file(forum, tmp_path / "whole.jsonl")
        assert forum.read_now(_figures) == counted
    assert (tmp_path / "killed.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


_FIGURES = """
SELECT (SELECT sum(score) FROM post), (SELECT sum(comments) FROM post),
    (SELECT sum(child_count) FROM comment), (SELECT sum(score) FROM comment),
    (SELECT sum(post_score) FROM person), (SELECT sum(comment_count) FROM person),
    (SELECT sum(comments) FROM community), (SELECT sum(posts) FROM site_total)
"""


def _figures(tx: Transaction) -> list[Any]:
    conn: Any = tx.conn
    return list(conn._driver.execute(_FIGURES).fetchone())


def test_a_failure_in_the_middle_of_a_batch_leaves_nothing_of_it(
    forum: Forum, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last thing that a step does is to note how far it has come."""
    path = write_archive(tmp_path / "a.jsonl", [HEADER, a_person_line(1, "ann")])
    monkeypatch.setattr("moothall.storage.archive.advance_run", lambda *_: False)
    with pytest.raises(Conflict):
        import_file(forum, path)
    monkeypatch.undo()
    assert json.loads(path.read_text().splitlines()[1])["name"] == "ann"
    summary = import_file(forum, path)
    assert (summary.stored, summary.resumed) == ({"person": 1}, False)
