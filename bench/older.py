"""An older forum: copies of all posts, each one span of time further back, made by SQL.

The newest span stays the imported forum as it is. A copy keeps a post's texts, counters and score;
it has the vote of its author and one comment, so that the file does not grow out of all measure,
and no entry in the search index. Indexes of what is copied are made anew afterwards, which takes
a tenth of the time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Table

from moothall.domain.post import QUARTER
from moothall.domain.time import Time
from moothall.storage.tables import comment, comment_vote, post, post_vote

Run = Callable[[str], list[tuple[Any, ...]]]

_INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master"
    " WHERE type = 'index' AND tbl_name = '{table}' AND sql IS NOT NULL",
    # Those of primary keys carry no prefix of ours.
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes"
    " WHERE tablename = '{table}' AND indexname LIKE 'ix%'",
}
_DECAYED = ("hot_rank", "active_rank", "scaled_rank")
_PINNED = ("featured_local", "featured_community")


def make_older(data_dir: Path, database_url: str, copies: int, span: Time) -> None:
    """Add so many copies of every post, each `span` microseconds older than the one before."""
    dialect = "postgresql" if database_url else "sqlite"
    with _opened(data_dir, database_url) as run:
        posts, comments = (run(f"SELECT max(id) FROM {name}")[0][0] for name in ("post", "comment"))
        dropped = [
            row for table in (post, comment) for row in run(_INDEXES[dialect].format(table=table))
        ]
        # Needed to find the first comment of each post.
        dropped = [row for row in dropped if row[0] != "ix_comment_path"]
        for name, _ in dropped:
            run(f"DROP INDEX {name}")
        for number in range(1, copies + 1):
            shift = (posts * number, comments * number, span * number)
            run(_copy_posts(*shift, last=posts))
            run(_copy_comments(*shift, last=posts))
        run(_votes(post_vote, "post", after=posts))
        run(_votes(comment_vote, "comment", after=comments))
        for _, made in dropped:
            run(made)
        run("ANALYZE")


def _copy_posts(posts: int, _comments: int, shift: int, *, last: int) -> str:
    changed = {
        "id": f"id + {posts}",
        "ap_id": f"ap_id || '?{posts}'",
        "quarter": f"(created_at - {shift}) / {QUARTER}",
        **dict.fromkeys(_DECAYED, "0"),
        **dict.fromkeys(_PINNED, "false"),
    }
    return _copy(post, changed, shift, f"id <= {last}")


def _copy_comments(posts: int, comments: int, shift: int, *, last: int) -> str:
    changed = {
        "id": f"id + {comments}",
        "post_id": f"post_id + {posts}",
        "path": f"'0.' || (id + {comments})",
        "ap_id": f"ap_id || '?{posts}'",
        "hot_rank": "0",
        "child_count": "0",
    }
    first = f"SELECT min(id) FROM comment WHERE post_id <= {last} AND depth = 1 GROUP BY post_id"
    return _copy(comment, changed, shift, f"id IN ({first})")


def _copy(table: Table, changed: dict[str, str], shift: int, which: str) -> str:
    names = [column.name for column in table.c]
    times = {name: f"{name} - {shift}" for name in names if name.endswith("_at")}
    values = times | changed
    chosen = ", ".join(values.get(name, name) for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {table} WHERE {which}"


def _votes(table: Table, subject: str, *, after: int) -> str:
    return (
        f"INSERT INTO {table} ({subject}_id, person_id, score, created_at)"
        f" SELECT id, creator_id, 1, created_at FROM {subject} WHERE id > {after}"
    )


@contextmanager
def _opened(data_dir: Path, database_url: str) -> Iterator[Run]:
    if database_url:
        import psycopg

        with psycopg.connect(database_url) as raw:
            yield lambda sql: _rows(raw.execute(sql))
            raw.commit()
            raw.autocommit = True
            # Lists are answered from indexes alone once the rows are known to be settled.
            raw.execute("VACUUM")
        return
    from moothall.storage.sqlite import connect

    path = data_dir / "moothall.sqlite"
    file = connect(path, synchronous="normal")
    try:
        file.execute("PRAGMA foreign_keys=OFF")
        file.execute("BEGIN")
        yield lambda sql: file.execute(sql).fetchall()
        file.execute("COMMIT")
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        file.close()


def _rows(cursor: Any) -> list[tuple[Any, ...]]:
    return list(cursor.fetchall()) if cursor.description else []
