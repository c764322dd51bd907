"""Reading the demo's texts: people one a line, and a file for each community.

A community's file begins with `title:` and `moderators:`, then comes its description. Each post
begins with `## ` and its title; the next lines may name its author (`by:`), address (`url:`), what
the admin does to it (`act:`) and whether it is for adults (`nsfw:`); then comes its text, and after
a line `---` the comments: `- name: text`, two spaces deeper for each level, further lines of a text
indented like its first.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from typing import NamedTuple

_COMMENT = re.compile(r"(?P<indent> *)- (?P<author>\w+): (?P<text>.*)")
_FIELD = re.compile(r"(?P<name>by|url|act|nsfw): (?P<value>.*)")


class Person(NamedTuple):
    """Somebody who lives in the demo."""

    name: str
    display_name: str
    bio: str


@dataclass(slots=True)
class Comment:
    """An answer; `parent` is its place among the post's comments."""

    author: str
    lines: list[str]
    indent: int
    parent: int | None

    @property
    def content(self) -> str:
        """The text without the space around it."""
        return "\n".join(self.lines).strip()


@dataclass(slots=True)
class Post:
    """A post with its comments in the order of the thread."""

    title: str
    fields: dict[str, str] = field(default_factory=dict)
    body: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)


@dataclass(slots=True)
class Community:
    """A community with its posts."""

    name: str
    title: str
    moderators: list[str]
    description: str
    posts: list[Post]


def people() -> list[Person]:
    """Everybody, in the order of the file."""
    text = files(__package__).joinpath("people.txt").read_text("utf-8")
    rows = [line.split("|") for line in text.splitlines() if line]
    return [Person(*(part.strip() for part in row)) for row in rows]


def communities() -> Iterator[Community]:
    """Every community, by name."""
    folder = files(__package__).joinpath("communities")
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        yield parse(file.name.removesuffix(".txt"), file.read_text("utf-8"))


def parse(name: str, text: str) -> Community:
    """Read one community's file."""
    about, *posts = re.split(r"^## ", text, flags=re.MULTILINE)
    title, moderators, description = about.split("\n", 2)
    return Community(
        name,
        title.removeprefix("title: "),
        moderators.removeprefix("moderators: ").split(", "),
        description.strip(),
        [_post(each) for each in posts],
    )


def _post(text: str) -> Post:
    head, _, comments = text.partition("\n---\n")
    title, *lines = head.split("\n")
    post = Post(title)
    while lines and (found := _FIELD.fullmatch(lines[0])):
        post.fields[found["name"]] = found["value"]
        lines.pop(0)
    post.body = lines
    for line in comments.split("\n"):
        _take_line(post.comments, line)
    return post


def _take_line(comments: list[Comment], line: str) -> None:
    found = _COMMENT.fullmatch(line)
    if found is None:
        if comments:
            # A further line stands below the text of its comment's first.
            comments[-1].lines.append(line.removeprefix(" " * (comments[-1].indent + 2)))
        return
    indent = len(found["indent"])
    above = [place for place, each in enumerate(comments) if each.indent < indent]
    # The nearest one above that stands further left.
    parent = above[-1] if above and indent else None
    comments.append(Comment(found["author"], [found["text"]], indent, parent))
