"""What only the SQLite database does: copying its log into the file beside those who write."""

from pathlib import Path

from sqlalchemy import text

from moothall.storage.sqlite import _COPY_AFTER_ROWS, SqliteDatabase
from moothall.storage.statements import Statement

_MAKE = "CREATE TABLE note (body TEXT)"
_ADD = Statement(text("INSERT INTO note (body) VALUES (:body)"))


def test_log_is_copied_into_the_file_while_the_database_is_open(tmp_path: Path) -> None:
    path = tmp_path / "moothall.sqlite"
    database = SqliteDatabase(path)
    database.open()
    try:
        database.write_now(lambda conn: conn.script(_MAKE))
        before = path.stat().st_size
        rows = [{"body": "x" * 100}] * (_COPY_AFTER_ROWS - 10)
        database.write_now(lambda conn: conn.run_many(_ADD, rows))
        assert path.stat().st_size == before

        database.write_now(lambda conn: conn.run_many(_ADD, rows))
        # The copy follows the answer; the next write waits for it.
        database.write_now(lambda conn: conn.run(_ADD, body=""))
        assert path.stat().st_size > before + 50_000
    finally:
        database.close()
