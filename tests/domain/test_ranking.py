"""Ranks at their edges: the values of the Lemmy API's formulas, and what they put above what."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moothall.domain.ranking import (
    NECRO_WINDOW,
    NEW,
    controversy_rank,
    counts_for_active,
    hot_rank,
    scaled_rank,
)
from moothall.domain.time import DAY, HOUR, MINUTE, WEEK, YEAR, Time

NOW = Time(1_772_366_400_000_000)


@pytest.mark.parametrize(
    ("score", "age", "rank"),
    [
        pytest.param(0, 0, math.log10(2) / 2**1.8, id="new and without votes"),
        pytest.param(1, 0, math.log10(3) / 2**1.8, id="new"),
        pytest.param(1, 1, math.log10(3) / 2**1.8, id="a microsecond old"),
        pytest.param(1, HOUR, math.log10(3) / 3**1.8, id="an hour old"),
        pytest.param(8, 8 * HOUR, 1 / 10**1.8, id="eight hours old"),
        pytest.param(98, 0, 2 / 2**1.8, id="much liked"),
        pytest.param(-1, 0, math.log10(2) / 2**1.8, id="one vote against"),
        pytest.param(-1_000, 0, math.log10(2) / 2**1.8, id="much disliked"),
        pytest.param(2**31 - 1, 0, math.log10(2**31 + 1) / 2**1.8, id="as many as there can be"),
        pytest.param(8, WEEK - 1, 1 / 170**1.8, id="just under seven days"),
        pytest.param(8, WEEK, 0, id="seven days"),
        pytest.param(10**6, YEAR, 0, id="a year"),
        pytest.param(10**6, -1, 0, id="a microsecond in the future"),
        pytest.param(10**6, -YEAR, 0, id="a year in the future"),
    ],
)
def test_hot(score: int, age: int, rank: float) -> None:
    assert hot_rank(score, Time(NOW - age), NOW) == pytest.approx(rank, abs=1e-9)


ages = st.integers(0, WEEK - 1)
scores = st.integers(-(2**31), 2**31 - 1)


@given(scores, ages, ages)
def test_hot_falls_with_age(score: int, one: int, other: int) -> None:
    younger, older = sorted((one, other))
    fresh, stale = (hot_rank(score, Time(NOW - age), NOW) for age in (younger, older))
    assert fresh >= stale > 0


@given(scores, scores, ages)
def test_hot_never_falls_with_the_score(one: int, other: int, age: int) -> None:
    lower, higher = sorted((one, other))
    moment = Time(NOW - age)
    assert hot_rank(lower, moment, NOW) <= hot_rank(higher, moment, NOW)


def test_what_is_new_stands_above_what_nobody_looked_at() -> None:
    assert hot_rank(0, Time(NOW - WEEK + MINUTE), NOW) < NEW < hot_rank(0, Time(NOW - DAY), NOW)


@pytest.mark.parametrize(
    ("hot", "active", "rank"),
    [
        pytest.param(1.0, 0, 1 / math.log10(2), id="nobody is active"),
        pytest.param(1.0, 8, 1.0, id="eight people"),
        pytest.param(1.0, 98, 0.5, id="a hundred"),
        pytest.param(0.0, 0, 0.0, id="nothing to lift"),
        pytest.param(1.0, -5, 1 / math.log10(2), id="a count gone wrong"),
    ],
)
def test_scaled(hot: float, active: int, rank: float) -> None:
    assert scaled_rank(hot, active) == pytest.approx(rank)


@pytest.mark.parametrize(
    ("up", "down", "rank"),
    [
        pytest.param(0, 0, 0, id="no votes"),
        pytest.param(9, 0, 0, id="all for it"),
        pytest.param(0, 9, 0, id="all against it"),
        pytest.param(1, 1, 2, id="one each"),
        pytest.param(50, 50, 100, id="evenly split"),
        pytest.param(3, 1, 4 ** (1 / 3), id="three to one"),
        pytest.param(1, 3, 4 ** (1 / 3), id="one to three"),
        pytest.param(-1, 4, 0, id="a count gone wrong"),
    ],
)
def test_controversy(up: int, down: int, rank: float) -> None:
    assert controversy_rank(up, down) == pytest.approx(rank)


@pytest.mark.parametrize(
    ("author", "after", "counts"),
    [
        pytest.param(2, 0, True, id="at once"),
        pytest.param(2, NECRO_WINDOW, True, id="two days later"),
        pytest.param(2, NECRO_WINDOW + 1, False, id="a microsecond too late"),
        pytest.param(2, YEAR, False, id="years later"),
        pytest.param(1, 0, False, id="the post's own author"),
    ],
)
def test_which_comments_lift_a_post(author: int, after: int, counts: bool) -> None:
    found = counts_for_active(
        comment_author=author, post_author=1, commented=Time(NOW + after), posted=NOW
    )
    assert found is counts
