"""The flattened tree of comments."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.web.thread import Step, steps
from tests.support.views import a_comment_view


def _written(walked: list[Step]) -> str:
    """`1(2(3) 4)` for comment 1 with the answers 2 (answered by 3) and 4; `+n` for missing ones."""
    text = ""
    for step in walked:
        if step.enters:
            text += f" {step.view.comment.id}("
        else:
            text += (f"+{step.missing}" if step.missing else "") + ")"
    return text.replace("( ", "(").replace("()", "").strip()


@pytest.mark.parametrize(
    "paths, expected",
    [
        ([], ""),
        (["0.1"], "1"),
        (["0.1", "0.2"], "1 2"),
        (["0.2", "0.1"], "2 1"),
        (["0.1", "0.5", "0.1.3", "0.1.2", "0.1.3.4"], "1(3(4) 2) 5"),
        # The parent was not loaded (a focused thread): the answer stands at the top.
        (["0.1.2", "0.1.2.3"], "2(3)"),
        # Nor was that of 4 (somebody blocked): it stands below what both answer.
        (["0.1", "0.1.3", "0.1.2.4"], "1(3 4)"),
    ],
)
def test_answers_stand_inside_of_what_they_answer(paths: list[str], expected: str) -> None:
    assert _written(steps(map(a_comment_view, paths))) == expected


def test_what_was_not_loaded_is_counted_where_it_is_missing() -> None:
    views = [
        a_comment_view("0.1", child_count=7),
        a_comment_view("0.1.2", child_count=3),
        a_comment_view("0.1.3", child_count=0),
    ]
    # Of seven below 1: two are here, three are below 2 and not loaded, two more answer 1.
    assert _written(steps(views)) == "1(2(+3) 3+2)"


def test_a_count_that_lags_behind_misses_nothing() -> None:
    assert _written(steps([a_comment_view("0.1"), a_comment_view("0.1.2")])) == "1(2)"


@given(st.lists(st.integers(0, 30), max_size=60))
def test_every_comment_is_entered_and_left_once(parents: list[int]) -> None:
    paths: list[str] = []
    for number, parent in enumerate(parents, start=1):
        above = paths[parent % len(paths)] if paths and parent else "0"
        paths.append(f"{above}.{number}")
    walked = steps(map(a_comment_view, paths))
    open_paths: list[str] = []
    seen = set()
    for step in walked:
        path = step.view.comment.path
        if step.enters:
            assert path.rpartition(".")[0] == (open_paths[-1] if open_paths else "0")
            open_paths.append(path)
            seen.add(path)
        else:
            assert open_paths.pop() == path
    assert seen == set(paths)
    assert open_paths == []


def test_a_very_deep_tree_does_not_overflow() -> None:
    paths = ["0." + ".".join(map(str, range(1, depth))) for depth in range(2, 2000)]
    assert len(steps(map(a_comment_view, paths))) == 2 * len(paths)
