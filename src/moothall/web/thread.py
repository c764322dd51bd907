"""The tree of comments, laid flat for a template: a loop with enter and leave, no recursion."""

from collections.abc import Iterable
from typing import NamedTuple

from moothall.domain.comment import CommentView, above
from moothall.domain.ids import CommentId


class Step(NamedTuple):
    """Entering a comment, or leaving it (`enters` false) after all its answers.

    `missing` counts answers further down that were not loaded; only on leaving.
    """

    view: CommentView
    enters: bool
    missing: int


def steps(views: Iterable[CommentView]) -> list[Step]:
    """Walk a tree whose parents come before their answers; siblings keep the order they have.

    A comment whose parent is not among the views stands below the nearest that is, or at the top.
    """
    answers: dict[CommentId, list[CommentView]] = {}
    roots: list[CommentView] = []
    for view in views:
        siblings = next(
            (answers[each] for each in above(view.comment.path) if each in answers), roots
        )
        siblings.append(view)
        answers[view.comment.id] = []
    return _walk(roots, answers)


def _walk(roots: list[CommentView], answers: dict[CommentId, list[CommentView]]) -> list[Step]:
    walked: list[Step] = []
    # To leave a comment is put under its answers on the stack, so it comes after them.
    waiting = [(view, True) for view in reversed(roots)]
    while waiting:
        view, enters = waiting.pop()
        below = answers[view.comment.id]
        if not enters:
            walked.append(Step(view, enters=False, missing=_missing(view, below)))
            continue
        walked.append(Step(view, enters=True, missing=0))
        waiting.append((view, False))
        waiting.extend((answer, True) for answer in reversed(below))
    return walked


def _missing(view: CommentView, below: list[CommentView]) -> int:
    known = sum(1 + answer.counts.child_count for answer in below)
    return max(0, view.counts.child_count - known)
