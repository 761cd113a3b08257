"""Rules: the printed lines of tables and ruled paper, taken off a mask where no pen crosses them.

A rule is a stretch far longer than any stroke and thin all along. The page is sheared by its slope
first, whole pixels a column, so that a rule of a turned page is one stretch of one row or two.
"""

from __future__ import annotations

import numpy as np

from crnn.arrays import I64, Bool
from crnn.page.pieces import runs

THICKEST = 9
"""Pixels across a rule at most."""
_GAP = 3
"""Pixels that may be missing in a rule."""


def without_rules(mask_HW: Bool, slope: float, longest: int) -> Bool:
    """The mask without rules. `longest`: pixels that a stroke of the pen may be long."""
    flat = sheared(mask_HW, -slope)
    flat = flat & ~_rules(flat, longest)
    flat = sheared(flat, slope)
    upright = sheared(flat.T, slope)
    upright = upright & ~_rules(upright, longest)
    return np.ascontiguousarray(sheared(upright, -slope).T)


def sheared(mask_HW: Bool, slope: float) -> Bool:
    """Every column moved down by slope * x, rounded; what leaves the page comes in on the other
    side, so that shearing back gives the page again."""
    height, width = mask_HW.shape
    if slope == 0:
        return mask_HW
    rows = (np.arange(height)[:, None] - shifts(width, slope)[None, :]) % height
    return np.asarray(np.take_along_axis(mask_HW, rows, axis=0), np.bool_)


def shifts(width: int, slope: float) -> I64:
    """Whole pixels that each column of a page of this width is moved down by."""
    return np.asarray(np.rint(slope * (np.arange(width) - width // 2)), np.int64)


def _rules(mask_HW: Bool, longest: int) -> Bool:
    """Pixels of long level stretches, but for those where the ink goes on above or below."""
    long_HW = _long_runs(_closed(mask_HW), longest)
    # A row of a rule may be broken where its neighbour is whole: the rule is what lies in either.
    near_HW = long_HW.copy()
    near_HW[1:] |= long_HW[:-1]
    near_HW[:-1] |= long_HW[1:]
    near_HW &= mask_HW
    return near_HW & (_depth(mask_HW) <= THICKEST)


def _closed(mask_HW: Bool) -> Bool:
    """The mask with gaps of up to _GAP pixels in a row filled."""
    row, start, stop = runs(~mask_HW)
    is_gap = (stop - start <= _GAP) & (start > 0) & (stop < mask_HW.shape[1])
    return mask_HW | _painted(mask_HW.shape, row[is_gap], start[is_gap], stop[is_gap])


def _long_runs(mask_HW: Bool, longest: int) -> Bool:
    row, start, stop = runs(mask_HW)
    is_long = stop - start > longest
    return _painted(mask_HW.shape, row[is_long], start[is_long], stop[is_long])


def _painted(shape: tuple[int, ...], row: I64, start: I64, stop: I64) -> Bool:
    edge = np.zeros((shape[0], shape[1] + 1), np.int64)
    np.add.at(edge, (row, start), 1)
    np.add.at(edge, (row, stop), -1)
    return np.asarray(np.cumsum(edge, axis=1)[:, :-1] > 0)


def _depth(mask_HW: Bool) -> I64:
    """Height of the upright stretch that each pixel lies in; 0 on paper."""
    column, start, stop = runs(mask_HW.T)
    edge = np.zeros((mask_HW.shape[1], mask_HW.shape[0] + 1), np.int64)
    np.add.at(edge, (column, start), stop - start)
    np.add.at(edge, (column, stop), start - stop)
    return np.cumsum(edge, axis=1)[:, :-1].T
