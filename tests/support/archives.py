"""Archives for tests: written line by line, and read back."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from moothall.domain.archive import Problem

Line = dict[str, Any]
HEADER: Line = {"type": "archive", "version": 1}
WHEN = "2026-02-20T10:00:00Z"
LATER = "2026-02-21T10:00:00Z"


def a_person_line(number: int, name: str, **fields: Any) -> Line:
    """A person."""
    return {"type": "person", "id": number, "name": name, "created": WHEN, **fields}


def a_community_line(number: int, name: str, **fields: Any) -> Line:
    """A community."""
    line = {"type": "community", "id": number, "name": name, "title": name.title()}
    return {**line, "created": WHEN, **fields}


def a_post_line(number: int, **fields: Any) -> Line:
    """A post, by the first person in the first community unless said otherwise."""
    line = {"type": "post", "id": number, "community": 1, "creator": 1, "name": f"Post {number}"}
    return {**line, "created": WHEN, **fields}


def a_comment_line(number: int, **fields: Any) -> Line:
    """A comment under the first post."""
    line = {"type": "comment", "id": number, "post": 1, "creator": 1, "content": f"No. {number}"}
    return {**line, "created": LATER, **fields}


def a_vote_line(person: int, score: int = 1, **fields: Any) -> Line:
    """A vote."""
    return {"type": "vote", "person": person, "score": score, "created": LATER, **fields}


def a_small_archive() -> list[Line]:
    """Something of every kind, without a mistake."""
    return [
        HEADER,
        a_person_line(1, "ann", bio="I *bake*.", display_name="Ann"),
        a_person_line(2, "bob", host="other.example", ap_id="https://other.example/u/bob"),
        a_person_line(3, "cid", bot=True),
        a_community_line(1, "bread", description="Flour.", languages=["en", "de"]),
        a_community_line(
            2, "pies", host="other.example", ap_id="https://other.example/c/pies", nsfw=True
        ),
        {"type": "moderator", "community": 1, "person": 1, "created": WHEN},
        {"type": "follow", "community": 1, "person": 2, "created": WHEN},
        {"type": "follow", "community": 2, "person": 1, "created": WHEN, "pending": True},
        a_post_line(1, body="**Hello**", language="de"),
        a_post_line(2, creator=2, community=2, ap_id="https://other.example/post/7", locked=True),
        a_comment_line(1, content="A *reply*"),
        a_comment_line(2, parent=1, creator=2, ap_id="https://other.example/comment/9"),
        a_comment_line(3, parent=2, removed=True),
        a_vote_line(1, post=1),
        a_vote_line(2, post=1),
        a_vote_line(3, -1, post=1),
        a_vote_line(2, comment=1),
    ]


def write_archive(path: Path, lines: Sequence[Line | str | bytes]) -> Path:
    """Write lines as they are, or as JSON."""
    texts = [_bytes(line) for line in lines]
    content = b"".join(text + b"\n" for text in texts)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def _bytes(line: Line | str | bytes) -> bytes:
    if isinstance(line, bytes):
        return line
    return (line if isinstance(line, str) else json.dumps(line)).encode()


class Heard:
    """A progress that remembers what it was told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def show(self, what: str, done: int, total: int) -> None:
        """Nothing."""

    def say(self, text: str) -> None:
        """Remember."""
        self.said.append(text)

    @property
    def problems(self) -> list[Problem]:
        """What was wrong with which line."""
        split = [text.removeprefix("line ").split(": ", 1) for text in self.said]
        return [Problem(int(number), reason) for number, reason in split]
