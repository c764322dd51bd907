"""What writers know of their own writes, and whether a database agrees with them and with itself."""

import random
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

Rows = list[tuple[Any, ...]]
Query = Callable[[str], Rows]

SQLITE_FILE = "moothall.sqlite"

# Each finds what does not add up; so each must find nothing.
RECOUNTS = {
    "votes of a post": """
        SELECT post.id FROM post
        LEFT JOIN (SELECT post_id, SUM(CASE WHEN score > 0 THEN 1 ELSE 0 END) AS up,
                          SUM(CASE WHEN score < 0 THEN 1 ELSE 0 END) AS down
                   FROM post_vote GROUP BY post_id) AS v ON v.post_id = post.id
        WHERE post.upvotes <> COALESCE(up, 0) OR post.downvotes <> COALESCE(down, 0)
           OR post.score <> COALESCE(up, 0) - COALESCE(down, 0)""",
    "votes of a comment": """
        SELECT comment.id FROM comment
        LEFT JOIN (SELECT comment_id, SUM(CASE WHEN score > 0 THEN 1 ELSE 0 END) AS up,
                          SUM(CASE WHEN score < 0 THEN 1 ELSE 0 END) AS down
                   FROM comment_vote GROUP BY comment_id) AS v ON v.comment_id = comment.id
        WHERE comment.upvotes <> COALESCE(up, 0) OR comment.downvotes <> COALESCE(down, 0)
           OR comment.score <> COALESCE(up, 0) - COALESCE(down, 0)""",
    "comments of a post": """
        SELECT post.id FROM post WHERE comments <> (
          SELECT COUNT(*) FROM comment WHERE post_id = post.id AND NOT deleted AND NOT removed)""",
    "answers below a comment": """
        SELECT c.id FROM comment AS c WHERE child_count <> (
          SELECT COUNT(*) FROM comment AS d
          WHERE d.post_id = c.post_id AND d.path LIKE c.path || '.%')""",
    "a community's posts": """
        SELECT id FROM community AS c WHERE posts <> (
          SELECT COUNT(*) FROM post WHERE community_id = c.id AND NOT deleted AND NOT removed)""",
    "a community's comments": """
        SELECT id FROM community AS c WHERE comments <> (
          SELECT COUNT(*) FROM comment WHERE community_id = c.id AND NOT deleted AND NOT removed)""",
    "followers": """
        SELECT id FROM community AS c WHERE subscribers <> (
          SELECT COUNT(*) FROM community_follow WHERE community_id = c.id AND NOT pending)""",
    "what a person wrote": """
        SELECT id FROM person AS p
        WHERE post_count <> (SELECT COUNT(*) FROM post
                             WHERE creator_id = p.id AND NOT deleted AND NOT removed)
           OR comment_count <> (SELECT COUNT(*) FROM comment
                                WHERE creator_id = p.id AND NOT deleted AND NOT removed)""",
    "the site's figures": """
        SELECT id FROM site
        WHERE (SELECT SUM(posts) FROM site_total)
              <> (SELECT COUNT(*) FROM post WHERE NOT deleted AND NOT removed)
           OR (SELECT SUM(comments) FROM site_total)
              <> (SELECT COUNT(*) FROM comment WHERE NOT deleted AND NOT removed)
           OR communities <> (SELECT COUNT(*) FROM community WHERE NOT deleted AND NOT removed)
           OR users <> (SELECT COUNT(*) FROM account)""",
    "the events of posts and comments": """
        SELECT 'posts' WHERE (SELECT COUNT(*) FROM event WHERE kind = 'post_created')
                             <> (SELECT COUNT(*) FROM post)
        UNION ALL
        SELECT 'comments' WHERE (SELECT COUNT(*) FROM event WHERE kind = 'comment_created')
                             <> (SELECT COUNT(*) FROM comment)""",
    "the index of words": """
        SELECT 'posts' WHERE (SELECT COUNT(*) FROM post_search) <> (SELECT COUNT(*) FROM post)
        UNION ALL
        SELECT 'comments' WHERE (SELECT COUNT(*) FROM comment_search)
                             <> (SELECT COUNT(*) FROM comment)""",
}


@dataclass
class Ledger:
    """One writer's books. What was sent and not answered may be so or not."""

    person_id: int
    votes: dict[tuple[str, int], int] = field(default_factory=dict)
    comments: dict[int, str] = field(default_factory=dict)
    places: dict[int, int] = field(default_factory=dict)
    posts: dict[int, str] = field(default_factory=dict)
    deleted: set[int] = field(default_factory=set)
    unsure_votes: dict[tuple[str, int], set[int]] = field(default_factory=dict)
    unsure_texts: dict[int, set[str]] = field(default_factory=dict)
    unsure_deletions: set[int] = field(default_factory=set)
    lost_titles: set[str] = field(default_factory=set)
    lost_comments: set[str] = field(default_factory=set)
    acknowledged: int = 0
    refusals: list[str] = field(default_factory=list)

    def alive(self) -> list[int]:
        """The writer's comments that are certainly there, oldest first."""
        return sorted(self.comments.keys() - self.deleted - self.unsure_deletions)


class Writer:
    """Writes as fast as it is answered, and keeps books; connections may break at any moment."""

    def __init__(self, client: httpx.Client, ledger: Ledger, places: list[int], seed: int) -> None:
        self._thread = threading.Thread(target=self._run, name=f"writer-{ledger.person_id}")
        self._client = client
        self._ledger = ledger
        self._places = places
        self._chance = random.Random(seed)
        self._seed = seed
        self._count = 0
        self._stop_asked = threading.Event()

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Let the present request be the last."""
        self._stop_asked.set()

    def join(self) -> None:
        """Wait for the last request."""
        self._thread.join(30)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        acts = (self._vote, self._vote, self._comment, self._edit, self._delete, self._post)
        with self._client:
            while not self._stop_asked.is_set():
                self._count += 1
                try:
                    self._chance.choice(acts)()
                except httpx.TransportError:
                    time.sleep(0.02)
                except httpx.HTTPStatusError as error:
                    self._ledger.refusals.append(f"{error.request.url} {error.response.text}")

    def _send(self, method: str, path: str, **body: Any) -> Any:
        answer = self._client.request(method, path, json=body)
        answer.raise_for_status()
        self._ledger.acknowledged += 1
        return answer.json()

    def _vote(self) -> None:
        books, score = self._ledger, self._chance.choice((1, -1, 0))
        kind = self._chance.choice(("post", "comment"))
        targets = self._places if kind == "post" else books.alive()
        if not targets:
            return
        target = kind, self._chance.choice(targets)
        may_be = books.unsure_votes.setdefault(target, {books.votes.get(target, 0)})
        may_be.add(score)
        self._send("POST", f"/{kind}/like", **{f"{kind}_id": target[1], "score": score})
        books.votes[target] = score
        del books.unsure_votes[target]

    def _comment(self) -> None:
        books, text = self._ledger, f"words {self._seed} {self._count}"
        parent = self._chance.choice([*books.alive()[-3:], None])
        place = self._chance.choice(self._places) if parent is None else books.places[parent]
        books.lost_comments.add(text)
        answer = self._send("POST", "/comment", post_id=place, content=text, parent_id=parent)
        books.lost_comments.remove(text)
        comment_id = answer["comment_view"]["comment"]["id"]
        books.comments[comment_id] = text
        books.places[comment_id] = place
        books.votes["comment", comment_id] = 1

    def _edit(self) -> None:
        books = self._ledger
        alive = books.alive()
        if not alive:
            return
        comment_id, text = self._chance.choice(alive), f"new words {self._seed} {self._count}"
        may_be = books.unsure_texts.setdefault(comment_id, {books.comments[comment_id]})
        may_be.add(text)
        self._send("PUT", "/comment", comment_id=comment_id, content=text)
        books.comments[comment_id] = text
        del books.unsure_texts[comment_id]

    def _delete(self) -> None:
        books = self._ledger
        alive = books.alive()
        if len(alive) < 5:
            return
        comment_id = self._chance.choice(alive)
        books.unsure_deletions.add(comment_id)
        self._send("POST", "/comment/delete", comment_id=comment_id, deleted=True)
        books.unsure_deletions.remove(comment_id)
        books.deleted.add(comment_id)

    def _post(self) -> None:
        books, title = self._ledger, f"A post {self._seed} {self._count}"
        books.lost_titles.add(title)
        answer = self._send("POST", "/post", name=title, community_id=1)
        books.lost_titles.remove(title)
        post_id = answer["post_view"]["post"]["id"]
        books.posts[post_id] = title
        books.votes["post", post_id] = 1


def disagreements(query: Query, ledger: Ledger) -> list[str]:
    """Where a database says something else than its writer was told."""
    return [
        *_wrong_votes(query, ledger),
        *_wrong_comments(query, ledger),
        *_wrong_posts(query, ledger),
    ]


def _wrong_votes(query: Query, ledger: Ledger) -> list[str]:
    stored: dict[tuple[str, int], int] = {}
    for kind in ("post", "comment"):
        sql = f"SELECT {kind}_id, score FROM {kind}_vote WHERE person_id = {ledger.person_id}"
        stored |= {(kind, target): score for target, score in query(sql)}
    wrong = []
    for target, score in ledger.votes.items():
        allowed = ledger.unsure_votes.get(target, {score})
        if stored.get(target, 0) not in allowed:
            wrong.append(f"vote on {target}: {stored.get(target, 0)}, acknowledged {allowed}")
    return wrong


def _wrong_comments(query: Query, ledger: Ledger) -> list[str]:
    sql = f"SELECT id, content, deleted FROM comment WHERE creator_id = {ledger.person_id}"
    stored = {comment_id: (text, bool(deleted)) for comment_id, text, deleted in query(sql)}
    wrong = []
    for comment_id, text in ledger.comments.items():
        if comment_id not in stored:
            wrong.append(f"comment {comment_id} is missing")
            continue
        found, is_deleted = stored[comment_id]
        if found not in ledger.unsure_texts.get(comment_id, {text}):
            wrong.append(f"comment {comment_id}: {found!r}, acknowledged {text!r}")
        if comment_id not in ledger.unsure_deletions and is_deleted != (
            comment_id in ledger.deleted
        ):
            wrong.append(f"comment {comment_id} deleted: {is_deleted}")
    more = [text for each, (text, _) in stored.items() if each not in ledger.comments]
    return wrong + _never_sent(more, ledger.lost_comments)


def _wrong_posts(query: Query, ledger: Ledger) -> list[str]:
    stored: dict[int, str] = dict(
        query(f"SELECT id, name FROM post WHERE creator_id = {ledger.person_id}")
    )
    wrong = [
        f"post {post_id}: {stored.get(post_id)!r}, acknowledged {title!r}"
        for post_id, title in ledger.posts.items()
        if stored.get(post_id) != title
    ]
    more = [title for each, title in stored.items() if each not in ledger.posts]
    return wrong + _never_sent(more, ledger.lost_titles)


def _never_sent(found: list[str], sent: set[str]) -> list[str]:
    """Whatever is stored twice, or was not even on its way when the connection broke."""
    strange = set(found) - sent
    twice = {text for text in found if found.count(text) > 1}
    return [f"nobody sent {text!r}" for text in strange] + [f"twice: {text!r}" for text in twice]


def contradictions(query: Query) -> dict[str, Rows]:
    """Where a database does not agree with itself."""
    return {name: rows for name, sql in RECOUNTS.items() if (rows := query(sql))}


def sqlite_query(data_dir: Path) -> Query:
    """Ask the file of a stopped server, after SQLite has checked it."""

    def query(sql: str) -> Rows:
        with closing(sqlite3.connect(data_dir / SQLITE_FILE)) as connection:
            return connection.execute(sql).fetchall()

    return query


def check_sqlite_file(data_dir: Path) -> None:
    """Let SQLite look for damage: pages and indexes, references, the index of words."""
    with closing(sqlite3.connect(data_dir / SQLITE_FILE)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        for table in ("post_search", "comment_search"):
            connection.execute(f"INSERT INTO {table}({table}) VALUES ('integrity-check')")


def postgresql_query(url: str) -> Query:
    """Ask a database on a PostgreSQL server."""

    def query(sql: str) -> Rows:
        with psycopg.connect(url) as connection:
            return connection.execute(sql).fetchall()

    return query
