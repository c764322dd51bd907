"""The table of the bench says what was met, and only that."""

import argparse
from dataclasses import replace

import pytest

from bench import report
from bench.load import Result

_FAST = Result(per_second=100_000, p50_ms=0.1, p99_ms=0.2, errors=0)
_NAMES = {
    *(name for row in report._RATIOS for name in row[1:3]),
    *(row[1] for row in report._WRITES),
    *(name for row in report._SLOWEST for name in row[1]),
}
_FACTS = {row[1]: 0.1 for row in report._FACTS}
_GIVEN = argparse.Namespace(size=20_000, workers=2, seconds=5)


def _missed(failing: str) -> int:
    results = dict.fromkeys(_NAMES, _FAST)
    if failing:
        results[failing] = replace(_FAST, errors=3)
    return report.table(results, _FACTS, _GIVEN).count("**missed**")


def test_fast_answers_meet_all() -> None:
    assert _missed("") == 0


@pytest.mark.parametrize(
    ("failing", "rows"), [("votes", 1), ("api posts", 3), ("html thread 200", 2)]
)
def test_what_fails_meets_nothing(failing: str, rows: int) -> None:
    assert _missed(failing) == rows
