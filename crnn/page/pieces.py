"""Pieces: the connected parts of a mask, by runs of rows joined where they touch.

A run is a stretch of set pixels in one row. Runs of neighbouring rows that touch, also across a
corner, belong to one piece; the piece of a run is found by handing the smallest number on until
nothing changes, with jumps over what is already known, so that long pieces take few rounds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crnn.arrays import I64, Bool


@dataclass(frozen=True, slots=True)
class Pieces:
    """Connected parts of a mask. `label_R` is the piece of each run; columns are [start, stop).

    x, y, right, bottom, area: one number a piece; right and bottom are exclusive.
    """

    row_R: I64
    start_R: I64
    stop_R: I64
    label_R: I64
    x: I64
    y: I64
    right: I64
    bottom: I64
    area: I64

    def __len__(self) -> int:
        return len(self.x)

    @property
    def width(self) -> I64:
        return self.right - self.x

    @property
    def height(self) -> I64:
        return self.bottom - self.y

    def only(self, kept: Bool) -> Pieces:
        """These pieces alone, numbered anew."""
        number = np.cumsum(kept) - 1
        is_kept_R = kept[self.label_R]
        return Pieces(
            self.row_R[is_kept_R],
            self.start_R[is_kept_R],
            self.stop_R[is_kept_R],
            number[self.label_R[is_kept_R]],
            *(part[kept] for part in (self.x, self.y, self.right, self.bottom, self.area)),
        )

    def label_map(self, shape_HW: tuple[int, int]) -> I64:
        """label_HW: the piece of each pixel, -1 on paper."""
        label_HW = np.full(shape_HW, -1, np.int64)
        lengths = self.stop_R - self.start_R
        before = np.cumsum(lengths) - lengths
        columns = np.arange(int(lengths.sum())) - np.repeat(before - self.start_R, lengths)
        label_HW[np.repeat(self.row_R, lengths), columns] = np.repeat(self.label_R, lengths)
        return label_HW


def pieces(mask_HW: Bool) -> Pieces:
    """The 8-connected pieces of a mask, from top to bottom by their first pixels."""
    row_R, start_R, stop_R = runs(mask_HW)
    label_R = _joined(row_R, start_R, stop_R)
    _, label_R = np.unique(label_R, return_inverse=True)
    n = int(label_R.max()) + 1 if label_R.size else 0
    edges = [np.full(n, np.iinfo(np.int64).max) for _ in range(2)] + [np.zeros(n, np.int64)] * 2
    x, y, right, bottom = (edge.copy() for edge in edges)
    np.minimum.at(x, label_R, start_R)
    np.minimum.at(y, label_R, row_R)
    np.maximum.at(right, label_R, stop_R)
    np.maximum.at(bottom, label_R, row_R + 1)
    area = np.bincount(label_R, stop_R - start_R, n).astype(np.int64)
    return Pieces(row_R, start_R, stop_R, label_R, x, y, right, bottom, area)


def runs(mask_HW: Bool) -> tuple[I64, I64, I64]:
    """(row, start, stop) of every run, row by row."""
    edge = np.diff(np.pad(mask_HW, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    row_R, start_R = np.nonzero(edge == 1)
    _, stop_R = np.nonzero(edge == -1)
    return row_R, start_R, stop_R


def _joined(row_R: I64, start_R: I64, stop_R: I64) -> I64:
    """The smallest run number of each run's piece."""
    upper, lower = _touching(row_R, start_R, stop_R)
    label_R = np.arange(len(row_R))
    while True:
        before = label_R.copy()
        least = np.minimum(label_R[upper], label_R[lower])
        for end in (upper, lower):
            np.minimum.at(label_R, label_R[end], least)
            np.minimum.at(label_R, end, least)
        label_R = label_R[label_R]
        if np.array_equal(before, label_R):
            return label_R


def _touching(row_R: I64, start_R: I64, stop_R: I64) -> tuple[I64, I64]:
    """Pairs of run numbers (upper, lower) in neighbouring rows that share a side or a corner."""
    wide = int(stop_R.max()) + 2 if stop_R.size else 1
    # Rows laid end to end: a run of the row above lies `wide` before its neighbours.
    begin, end = row_R * wide + start_R, row_R * wide + stop_R
    first = np.searchsorted(end, begin - wide, side="left")
    last = np.searchsorted(begin, end - wide, side="right")
    count = np.maximum(0, last - first)
    lower = np.repeat(np.arange(len(row_R)), count)
    before = np.cumsum(count) - count
    upper = np.arange(int(count.sum())) - np.repeat(before - first, count)
    return upper, lower
