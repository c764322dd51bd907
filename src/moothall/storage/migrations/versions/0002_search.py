"""What search looks into; see `storage.search`.

Texts of posts and comments are indexed as stems that the program computes, names as they stand.
"""

from alembic import op

revision = "0002"
down_revision = "0001"

_NAMES = {"person": ("name", "display_name"), "community": ("name", "title")}


def upgrade() -> None:
    """Create the indexes; texts are added by whoever stores them."""
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _sqlite() -> None:
    # Without the texts themselves, which would be there twice. `ascii` takes our stems apart at
    # their spaces and leaves all other characters alone.
    op.execute(
        "CREATE VIRTUAL TABLE post_search USING fts5(title, body, content='', tokenize='ascii')"
    )
    op.execute(
        "CREATE VIRTUAL TABLE comment_search USING fts5(content, content='', tokenize='ascii')"
    )
    for index in ("post_search", "comment_search"):
        # Merging half as often as usual halves the cost of a write; searches hardly notice.
        op.execute(f"INSERT INTO {index}({index}, rank) VALUES ('automerge', 8)")
    for table, columns in _NAMES.items():
        _sqlite_names(table, ", ".join(columns))


def _sqlite_names(table: str, columns: str) -> None:
    index = f"{table}_search"
    new, old = (
        ", ".join(f"{row}.{name}" for name in columns.split(", ")) for row in ("new", "old")
    )
    add = f"INSERT INTO {index}(rowid, {columns}) VALUES (new.id, {new});"
    remove = f"INSERT INTO {index}({index}, rowid, {columns}) VALUES ('delete', old.id, {old});"
    op.execute(
        f"CREATE VIRTUAL TABLE {index} USING fts5({columns}, content='{table}',"
        " content_rowid='id', columnsize=0, tokenize='trigram')"
    )
    for event, steps in (
        ("INSERT", add),
        (f"UPDATE OF {columns}", remove + add),
        ("DELETE", remove),
    ):
        name = f"{index}_{event.split()[0].lower()}"
        op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {steps} END")
    op.execute(f"INSERT INTO {index}({index}) VALUES ('rebuild')")


def _postgresql() -> None:
    # Comes with PostgreSQL; the owner of a database may add it.
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for table in ("post", "comment"):
        op.execute(
            f"CREATE TABLE {table}_search ("
            f" id integer PRIMARY KEY REFERENCES {table} (id) ON DELETE CASCADE,"
            " terms tsvector NOT NULL)"
        )
        op.execute(f"CREATE INDEX ix_{table}_search_terms ON {table}_search USING gin (terms)")
    for table, columns in _NAMES.items():
        # Lower case by Unicode's rules, in whichever locale the database was made.
        names = f"""name_key || ' ' || lower(coalesce({columns[1]}, '') COLLATE "und-x-icu")"""
        op.execute(f"CREATE INDEX ix_{table}_search ON {table} USING gin (({names}) gin_trgm_ops)")
