"""Nobody gets to see by acting what they may not see by looking, nor moves anything by it."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from tests.support.rows import all_rows
from tests.visibility import table
from tests.visibility.scene import PEOPLE, WORD, Scene, token

Body = dict[str, Any]


class Probe(NamedTuple):
    """A call that names a thing; `kind` is where its id is found."""

    method: str
    path: str
    kind: str
    body: Callable[[int], Body]


def _probe(method: str, path: str, kind: str, key: str, **rest: Any) -> Probe:
    return Probe(method, path, kind, lambda thing: {key: thing, **rest})


PROBES = [
    _probe("POST", "/post/like", "posts", "post_id", score=1),
    _probe("PUT", "/post/save", "posts", "post_id", save=True),
    _probe("POST", "/post/report", "posts", "post_id", reason="rude"),
    _probe("PUT", "/post", "posts", "post_id", name="A new title"),
    _probe("POST", "/post/delete", "posts", "post_id", deleted=True),
    _probe("POST", "/post/remove", "posts", "post_id", removed=True),
    _probe("POST", "/post/lock", "posts", "post_id", locked=True),
    _probe("POST", "/post/feature", "posts", "post_id", featured=True, feature_type="Community"),
    _probe("POST", "/comment", "posts", "post_id", content="What is it about?"),
    _probe("POST", "/comment/like", "comments", "comment_id", score=1),
    _probe("PUT", "/comment/save", "comments", "comment_id", save=True),
    _probe("POST", "/comment/report", "comments", "comment_id", reason="rude"),
    _probe("PUT", "/comment", "comments", "comment_id", content="Other words"),
    _probe("POST", "/comment/delete", "comments", "comment_id", deleted=True),
    _probe("POST", "/comment/remove", "comments", "comment_id", removed=True),
    _probe("POST", "/comment/distinguish", "comments", "comment_id", distinguished=True),
    _probe("POST", "/community/follow", "communities", "community_id", follow=True),
    _probe("POST", "/community/block", "communities", "community_id", block=True),
    _probe("PUT", "/community", "communities", "community_id", title="Mine"),
    _probe("POST", "/community/delete", "communities", "community_id", deleted=True),
    _probe("POST", "/post", "communities", "community_id", name="A post"),
    _probe("POST", "/private_message/report", "messages", "private_message_id", reason="rude"),
    _probe("PUT", "/private_message", "messages", "private_message_id", content="Other words"),
    _probe("POST", "/private_message/delete", "messages", "private_message_id", deleted=True),
    _probe("POST", "/private_message/mark_as_read", "messages", "private_message_id", read=True),
]


def _closed_to(kind: str, name: str) -> Iterator[str]:
    """Who may not open it, of those who are somebody."""
    if kind == "messages":
        opens = table.MAY_SEE[f"message:{name}"]
    else:
        rows = {
            "posts": table.POSTS,
            "comments": table.COMMENTS,
            "communities": table.COMMUNITIES,
        }[kind]
        opens = rows[name].opens
    # Of a comment that is gone its place is still shown to everybody, without its words.
    if kind == "comments" and name in ("unsaid", "struck"):
        opens = table.EVERYBODY
    yield from (who for who in PEOPLE if who not in opens)


@pytest.mark.parametrize("probe", PROBES, ids=[f"{each.method} {each.path}" for each in PROBES])
def test_what_may_not_be_seen_cannot_be_acted_on(scene: Scene, probe: Probe) -> None:
    before = all_rows(scene.forum)
    wrong = []
    for name, thing in getattr(scene, probe.kind).items():
        for who in _closed_to(probe.kind, name):
            answer = scene.send(who, probe.method, probe.path, **probe.body(thing))
            if answer.status_code not in (400, 401, 404):
                wrong.append(f"{who} {name}: {answer.status_code}")
            leaked = {key for key in scene.found(answer.text) if who not in table.MAY_SEE[key]}
            wrong += [f"{who} {name}: {key} leaks" for key in leaked]
    assert wrong == []
    assert all_rows(scene.forum) == before


def test_marking_what_was_said_about_one_shows_no_more_than_looking(scene: Scene) -> None:
    """The row in the inbox stays when the comment goes; it must not become a window."""
    wrong = []
    for who in ("fan", "former"):
        for mention_id in range(1, 2 * len(scene.comments) + 1):
            answer = scene.send(
                who,
                "POST",
                "/user/mention/mark_as_read",
                person_mention_id=mention_id,
                read=False,
            )
            assert answer.status_code in (200, 400)
            wrong += [
                f"{who} {mention_id}: {key} leaks"
                for key in scene.found(answer.text)
                if who not in table.MAY_SEE[key]
            ]
    assert wrong == []


@pytest.mark.parametrize("path", ["/post/list", "/comment/list", "/search"])
def test_a_name_that_one_may_not_know_is_like_one_that_nobody_has(scene: Scene, path: str) -> None:
    wrong = []
    for name, row in table.COMMUNITIES.items():
        for who in PEOPLE:
            asked = scene.send(who, "GET", path, q=WORD, community_name=token(f"community:{name}"))
            if asked.status_code != (200 if who in row.opens else 404):
                wrong.append(f"{who} {name}: {asked.status_code}")
            nowhere = scene.send(who, "GET", path, q=WORD, community_name="nowhere")
            if who not in row.opens and asked.text != nowhere.text:
                wrong.append(f"{who} {name}: {asked.text}")
    assert wrong == []
