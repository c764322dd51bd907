"""Moving and backing up as the documentation says."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.support.documents import example
from tests.support.server import Server


def _write(server: Server, admin: str, title: str) -> int:
    answer = server.post("/post", admin, name=title, community_id=1)
    post_id: int = answer["post_view"]["post"]["id"]
    return post_id


def _titles(server: Server, token: str) -> list[str]:
    posts = server.get("/post/list", token, community_id=1, sort="Old")["posts"]
    return [each["post"]["name"] for each in posts]


def _moved(server: Server, folder: Path) -> Server:
    """The same forum elsewhere: another folder and port, the same domain."""
    return Server(folder, domain=server.settings["domain"])


def test_a_copied_folder_is_the_whole_forum(tmp_path: Path) -> None:
    with Server(tmp_path / "old") as old:
        admin = old.log_in()
        old.post("/community", admin, name="moves", title="Moves")
        _write(old, admin, "Written before")
        assert old.stop() == 0
        shutil.copytree(tmp_path / "old" / "data", tmp_path / "new" / "data")
        with _moved(old, tmp_path / "new") as new:
            # Sessions move too: nobody has to sign in again.
            assert _titles(new, admin) == ["Written before"]
            _write(new, admin, "Written after")
            found = new.get("/search", admin, q="written", type_="Posts", listing_type="All")
            assert len(found["posts"]) == 2
            assert new.stop() == 0


def test_a_backup_of_a_running_forum_is_restored(tmp_path: Path) -> None:
    with Server(tmp_path / "old") as old:
        admin = old.log_in()
        old.post("/community", admin, name="moves", title="Moves")
        _write(old, admin, "Saved")
        backup = tmp_path / "moothall.sqlite"
        _run_documented_backup(tmp_path / "old" / "data" / "moothall.sqlite", backup)
        _write(old, admin, "Too late")
        new = _moved(old, tmp_path / "new")
        (tmp_path / "new" / "data").mkdir()
        shutil.copy(backup, tmp_path / "new" / "data")
        with new:
            assert _titles(new, admin) == ["Saved"]


def _run_documented_backup(database: Path, copy: Path) -> None:
    """What `.backup` of the sqlite3 program does, which need not be installed here."""
    line = example("move.md", "sh", "sqlite3 ")
    assert re.fullmatch(r'sqlite3 \S+/moothall\.sqlite "\.backup \S+/moothall\.sqlite"\n', line)
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
