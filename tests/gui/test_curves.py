"""Curves: buckets lose no spike, agree with their rows, and hold still as rows come."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gui.curves import (
    BLOCK,
    Curve,
    bucket_width,
    decades,
    extent,
    round_range,
    smooth,
    tick_step,
)


def _curve(rows: np.ndarray) -> Curve:
    curve = Curve()
    curve.take(rows)
    return curve


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(1, 900), width=st.sampled_from([1, 2, 8, 32, 64, 128, 256]), data=st.data()
)  # fmt: skip
def test_every_bucket_is_what_its_rows_say(n: int, width: int, data: st.DataObject) -> None:
    rows = np.random.default_rng(n).normal(size=n)
    start = data.draw(st.integers(0, n - 1))
    stop = data.draw(st.integers(start + 1, n + 50))
    made = _curve(rows).buckets(start, stop, width)
    first = start // width * width
    last = min(n, -(-stop // width) * width)
    pieces = [rows[i : min(i + width, last)] for i in range(first, last, width)]
    assert made.low.tolist() == [piece.min() for piece in pieces]
    assert made.high.tolist() == [piece.max() for piece in pieces]
    assert made.mean == pytest.approx([piece.mean() for piece in pieces])


def test_rows_taken_piece_by_piece_give_the_same_buckets_as_all_at_once() -> None:
    rows = np.random.default_rng(1).random(20_000)
    grown = Curve()
    for n in (1, 2, 63, 64, 65, 200, 4_095, 4_097, 12_345, 20_000):
        grown.take(rows[:n])
    for ours, theirs in zip(
        grown.buckets(0, 20_000, 128), _curve(rows).buckets(0, 20_000, 128), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_a_bucket_that_is_full_never_changes_when_more_rows_come() -> None:
    rows = np.random.default_rng(2).random(1_000)
    before, after = _curve(rows[:500]), _curve(rows)
    old, new = before.buckets(0, 500, 64), after.buckets(0, 1_000, 64)
    np.testing.assert_array_equal(old.low[:7], new.low[:7])
    np.testing.assert_array_equal(old.at[:7], new.at[:7])


def test_one_spike_in_a_million_rows_is_seen() -> None:
    rows = np.zeros(1_000_000)
    rows[777_777] = 9.0
    made = _curve(rows).buckets(0, len(rows), bucket_width(len(rows), 800))
    assert made.high.max() == 9.0
    assert len(made.at) <= 800


def test_a_shorter_column_is_another_run() -> None:
    curve = _curve(np.arange(200.0))
    curve.take(np.array([5.0, 6.0]))
    assert curve.values.tolist() == [5.0, 6.0]
    assert curve.buckets(0, 2, BLOCK).high.tolist() == [6.0]


def test_a_missing_value_is_a_gap_of_the_line_and_not_of_the_band() -> None:
    rows = np.ones(BLOCK * 2)
    rows[3] = np.nan
    made = _curve(rows).buckets(0, len(rows), BLOCK)
    assert made.low.tolist() == [1.0, 1.0]
    assert math.isnan(made.mean[0])
    assert made.mean[1] == 1.0
    assert math.isnan(smooth(np.r_[np.nan, np.ones(20)], 3)[0])


def test_an_empty_curve_has_no_buckets() -> None:
    assert all(len(part) == 0 for part in Curve().buckets(0, 10, 4))


def test_smoothing_keeps_a_level_and_lowers_a_spike() -> None:
    level = np.full(100, 3.0)
    assert smooth(level, 4) == pytest.approx(level)
    level[25] = 30.0
    assert smooth(level, 4)[25] < 12.0


def test_the_axis_ends_at_a_round_number_and_moves_rarely() -> None:
    ends = [extent(head) for head in range(1, 5_001)]
    assert all(end >= head for head, end in enumerate(ends, start=1))
    assert ends[-1] == 5_000
    assert len(set(ends)) < 25


def test_labels_stand_at_whole_1_2_5_steps() -> None:
    assert tick_step(5_000, 10) == 500
    assert tick_step(40, 12) == 5
    assert tick_step(3, 10) == 1


def test_the_range_is_rounded_outward() -> None:
    assert round_range(0.94, 26.7, log=True) == (0.5, 50.0)
    assert round_range(0.3, 26.7, log=False) == (0.0, 50.0)
    low, high = round_range(2.0, 2.1, log=True)
    assert low <= 2.0 <= 2.1 <= high
    assert decades(0.5, 50.0) == [1.0, 10.0]
    assert round_range(math.nan, math.nan, log=True) == (0.1, 10.0)
