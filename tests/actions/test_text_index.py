"""After an upgrade that computes other stems, everything is found again, and the index is whole."""

from typing import Any

import pytest

from moothall.actions import text_index
from moothall.actions.comment import edit_comment
from moothall.actions.erasure import erase_content
from moothall.actions.text_index import JOB, continue_indexing, is_index_current, renew_index
from moothall.domain.search import SearchQuery
from moothall.domain.user import Viewer
from moothall.forum import Forum
from moothall.lib import stems
from moothall.reads.search import search
from moothall.storage import portion
from moothall.storage.transaction import Transaction
from tests.support.builders import a_comment, a_community, a_person, a_post
from tests.support.mailbox import jobs


class Scene:
    """Ann wrote five posts and three comments."""

    def __init__(self, forum: Forum) -> None:
        self.forum = forum
        self.ann: Viewer = a_person(forum, "ann")
        self.place = a_community(forum, self.ann, "kitchen")
        self.posts = [a_post(forum, self.ann, self.place, "Loaf", body="bread") for _ in range(5)]
        self.comments = [a_comment(forum, self.ann, self.posts[0], content="crust")]
        self.comments += [a_comment(forum, self.ann, self.posts[0], content="bread")]
        self.comments += [a_comment(forum, self.ann, self.posts[1], content="bread")]

    def found(self, words: str) -> tuple[int, int]:
        """How many posts and comments a search finds."""
        results = self.forum.read_now(search, None, SearchQuery(words))
        return len(results.posts), len(results.comments)

    def do_jobs(self) -> int:
        """Do the jobs until no new one comes; return how many there were."""
        done = 0
        while len(payloads := jobs(self.forum, JOB)) > done:
            self.forum.act_now(continue_indexing, payloads[done])
            done += 1
        return done

    def check(self) -> None:
        """Let SQLite compare what its index says in different places."""

        def work(tx: Transaction) -> None:
            if tx.conn.dialect == "sqlite":
                for table in ("post_search", "comment_search"):
                    tx.conn.script(f"INSERT INTO {table}({table}) VALUES ('integrity-check')")

        self.forum.act_now(work)


@pytest.fixture
def scene(forum: Forum) -> Scene:
    return Scene(forum)


class _OtherStems:
    """Finds another stem for each word than before."""

    def __init__(self, _: str) -> None:
        pass

    def stemWords(self, words: list[str]) -> list[str]:  # noqa: N802 — as Snowball's
        return [f"{word[::-1]}q" for word in words]


@pytest.fixture
def upgrade(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make other stems the right ones from now on."""
    return lambda: monkeypatch.setattr(stems, "_stemmer", _OtherStems)


def test_a_new_database_has_the_stems_of_now(forum: Forum) -> None:
    assert forum.read_now(is_index_current)
    forum.act_now(renew_index)
    assert jobs(forum, JOB) == []


def test_other_stems_are_indexed_anew(
    scene: Scene, upgrade: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    forum = scene.forum
    monkeypatch.setattr(text_index, "BATCH", 2)
    assert scene.found("bread") == (5, 2)
    upgrade()
    assert not forum.read_now(is_index_current)
    forum.act_now(renew_index)
    assert forum.read_now(is_index_current)
    assert scene.found("bread") == (0, 0)
    # Who writes meanwhile is found at once, and not twice afterwards.
    a_post(forum, scene.ann, scene.place, "Loaf", body="bread")
    forum.act_now(edit_comment, scene.ann.doer, scene.comments[0], "bread")
    assert scene.found("bread") == (1, 1)
    assert scene.do_jobs() == (3 + 1) + (2 + 1)
    assert scene.found("bread") == (6, 3)
    scene.check()


def test_what_is_forgotten_afterwards_is_found_no_more(scene: Scene, upgrade: Any) -> None:
    """SQLite would keep it, spoilt, had it been indexed with other stems."""
    forum = scene.forum
    upgrade()
    forum.act_now(renew_index)
    scene.do_jobs()
    forum.act_now(erase_content, scene.ann.person_id)
    assert scene.found("bread") == scene.found("loaf") == scene.found("crust") == (0, 0)
    scene.check()


def test_a_job_that_is_done_twice_indexes_nothing_twice(scene: Scene, upgrade: Any) -> None:
    upgrade()
    scene.forum.act_now(renew_index)
    for _ in range(2):
        scene.do_jobs()
    scene.check()
    assert scene.found("bread") == (5, 2)


def test_much_text_goes_in_more_steps(
    scene: Scene, upgrade: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portion, "MAX_CHARS", len("bread") * 2)
    upgrade()
    scene.forum.act_now(renew_index)
    assert scene.do_jobs() == (3 + 1) + (2 + 1)
    assert scene.found("bread") == (5, 2)


def test_one_text_is_taken_on_however_long_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portion, "MAX_CHARS", 10)
    for chars, taken in (
        ([], ([], False)),
        ([11], ([11], False)),
        ([11, 1], ([11], True)),
        ([4, 6], ([4, 6], False)),
        ([4, 6, 1], ([4, 6], True)),
        ([1, 1, 1, 1], ([1, 1, 1, 1], True)),
    ):
        assert portion.portion(chars, 4, int) == taken
