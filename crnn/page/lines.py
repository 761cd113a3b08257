"""Lines: which pieces of ink stand in one line of writing.

Ink smeared along the lines makes a ridge of each, and ridges are parted where less than half of
their height is left between them. Since that is judged place by place, lines may bend and need not
be parallel. Every piece belongs to the ridge it lies on, or else to the nearest.
"""

from __future__ import annotations

import numpy as np

from crnn.arrays import F64, I64, Bool
from crnn.page.pieces import Pieces, pieces
from crnn.page.rules import shifts

ALONE, LONE = 2.2, 3.6
"""Sizes below which all the ink is one line: in general, and where it is hardly wider than high."""
CELL = 8
"""Cells a syllable's height in which the smeared ink is held."""


def lines_of(found: Pieces, size: float, slope: float, shape_HW: tuple[int, int]) -> list[I64]:
    """The pieces of each line, lines from top to bottom. `size`: pixels a syllable is high."""
    if len(found) == 0:
        return []
    cell = max(1.0, size / CELL)
    row_R = found.row_R - shifts(shape_HW[1], slope)[(found.start_R + found.stop_R - 1) // 2]
    if _is_one_line(found, row_R, size):
        return [np.arange(len(found))]
    low = int(row_R.min())
    grid = _grid(found, row_R - low, cell, shape_HW[1])
    ridge_HW = _ridges(_smeared(grid))
    line_of = _nearest(found, row_R - low, cell, ridge_HW)
    middle = np.bincount(line_of, _middle(found, row_R)) / np.maximum(1, np.bincount(line_of))
    order = np.argsort(middle[np.unique(line_of)], kind="stable")
    return [np.flatnonzero(line_of == line) for line in np.unique(line_of)[order]]


def _is_one_line(found: Pieces, row_R: I64, size: float) -> bool:
    """Whether all ink is hardly higher than its parts. In a picture of one syllable or two the
    parts may be single letters, a third as high as the syllable."""
    high = int(row_R.max()) - int(row_R.min()) + 1
    wide = int(found.right.max()) - int(found.x.min())
    return bool(high < (LONE if wide < 1.5 * high else ALONE) * size)


def _middle(found: Pieces, row_R: I64) -> F64:
    """Mean row of each piece, straightened."""
    weight = (found.stop_R - found.start_R).astype(np.float64)
    n = len(found)
    return np.bincount(found.label_R, weight * row_R, n) / np.bincount(found.label_R, weight, n)


def _grid(found: Pieces, row_R: I64, cell: float, width: int) -> F64:
    """Ink in each cell. A run counts at its middle: it is seldom longer than a few cells."""
    rows = (row_R / cell).astype(np.int64)
    columns = ((found.start_R + found.stop_R) / (2 * cell)).astype(np.int64)
    grid = np.zeros((int(rows.max()) + 1 + CELL, int(width / cell) + 2))
    np.add.at(grid, (rows, columns), found.stop_R - found.start_R)
    return grid


def _smeared(grid: F64) -> F64:
    """Three box filters each way, near a bell: four syllables along, a third of one across."""
    for _ in range(3):
        grid = _box(_box(grid, 2 * CELL, 1), 1, 0)
    return grid


def _box(x: F64, reach: int, axis: int) -> F64:
    """Sum over `reach` cells to each side along an axis."""
    pad = [(0, 0), (0, 0)]
    pad[axis] = (reach + 1, reach)
    total = np.cumsum(np.pad(x, pad), axis=axis)
    n = x.shape[axis]
    high = np.take(total, np.arange(2 * reach + 1, n + 2 * reach + 1), axis=axis)
    return np.asarray(high - np.take(total, np.arange(n), axis=axis))


def _ridges(smeared: F64) -> I64:
    """Line of each cell, -1 off the ridges."""
    reach = round(0.8 * CELL)
    around = np.pad(smeared, ((reach, reach), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(around, 2 * reach + 1, axis=0)
    highest = windows.max(axis=-1)
    is_ridge: Bool = (smeared > 0.6 * highest) & (smeared > 0.03 * smeared.max())
    parts = pieces(is_ridge)
    return _chained(parts, parts.label_map(is_ridge.shape))


def _chained(parts: Pieces, label_HW: I64) -> I64:
    """Parts of one ridge that wide gaps have parted are one line: those level with each other."""
    middle = (parts.y + parts.bottom) / 2
    line = np.arange(len(parts))
    for right in np.argsort(parts.x, kind="stable"):
        before = parts.right <= parts.x[right]
        off = np.abs(middle - middle[right])
        before &= off < 0.5 * CELL
        if before.any():
            nearest = np.flatnonzero(before)[int(np.argmax(parts.right[before]))]
            line[right] = line[nearest]
    return np.where(label_HW >= 0, line[label_HW], -1)


def _nearest(found: Pieces, row_R: I64, cell: float, ridge_HW: I64) -> I64:
    """The line of each piece: where most of its ink lies, else the nearest in its own columns."""
    rows = (row_R / cell).astype(np.int64)
    columns = ((found.start_R + found.stop_R) / (2 * cell)).astype(np.int64)
    at = ridge_HW[rows, columns]
    n_lines = int(ridge_HW.max()) + 1
    weight = found.stop_R - found.start_R
    votes = np.zeros((len(found), n_lines))
    is_on = at >= 0
    np.add.at(votes, (found.label_R[is_on], at[is_on]), weight[is_on])
    line_of = votes.argmax(axis=1)
    cells = np.argwhere(ridge_HW >= 0)
    for piece in np.flatnonzero(votes.max(axis=1) == 0):
        own = found.label_R == piece
        y, x = float(rows[own].mean()), float(columns[own].mean())
        far = np.abs(cells[:, 0] - y) + 0.25 * np.abs(cells[:, 1] - x)
        line_of[piece] = ridge_HW[tuple(cells[int(far.argmin())])]
    return np.asarray(line_of, np.int64)
