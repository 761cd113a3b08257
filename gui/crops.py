"""Crops: a grid of small square cut-outs, one a channel; places are known in both directions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter

Array = NDArray[Any]

GAP = 2
SMALLEST = 9
"""Pixels of a crop below which fewer channels are shown instead of smaller crops."""


@dataclass(frozen=True, slots=True)
class Grid:
    """`lines` of `columns` square crops, `size` px each, GAP px apart."""

    size: int
    columns: int
    lines: int

    @property
    def step(self) -> int:
        """Pixels from one crop to the next."""
        return self.size + GAP

    @property
    def room(self) -> int:
        """How many crops it holds."""
        return self.columns * self.lines

    def rect(self, number: int, left: int, top: int) -> QRect:
        """Crop `number` of a grid whose corner stands at (left, top)."""
        line, column = divmod(number, self.columns)
        return QRect(left + column * self.step, top + line * self.step, self.size, self.size)

    def at(self, dx: int, dy: int) -> int:
        """The crop at this distance from the corner, or -1."""
        column, line = dx // self.step, dy // self.step
        inside = 0 <= column < self.columns and 0 <= line < self.lines
        return line * self.columns + column if inside else -1


def fit_grid(width: int, height: int, n: int) -> Grid:
    """The largest crops of which `n` fit; where they would be too small, as many as fit."""
    lines = 1
    while True:
        size = max(1, (height + GAP) // lines - GAP)
        grid = Grid(size, max(1, (width + GAP) // (size + GAP)), lines)
        if grid.room >= n or (height + GAP) // (lines + 1) - GAP < SMALLEST:
            return grid
        lines += 1


def mosaic(maps_CHW: Array, window: tuple[int, int], grid: Grid) -> Array:
    """The columns [window) of each map as one array, a number a pixel, gaps included.

    Nearest neighbour; columns outside the map are 0. The gap pixels repeat their crop: the caller
    paints over them.
    """
    n, height, width = maps_CHW.shape
    step, lines = grid.step, -(-n // grid.columns)
    place = np.minimum(np.arange(step), grid.size - 1)
    rows = (2 * place + 1) * height // (2 * grid.size)
    columns = window[0] + (2 * place + 1) * (window[1] - window[0]) // (2 * grid.size)
    inside = (columns >= 0) & (columns < width)
    cut = maps_CHW[:, rows][:, :, np.clip(columns, 0, width - 1)] * inside
    tiles = np.zeros((lines * grid.columns, step, step), cut.dtype)
    tiles[:n] = cut
    shape = (lines, grid.columns, step, step)
    return tiles.reshape(shape).transpose(0, 2, 1, 3).reshape(lines * step, grid.columns * step)


def paint_gaps(painter: QPainter, target: QRect, grid: Grid, n: int, color: QColor) -> None:
    """Between the crops of a mosaic of `n` maps drawn in `target`, and after the last."""
    step = grid.step
    for x in range(target.left() + grid.size, target.right() + 1, step):
        painter.fillRect(x, target.top(), GAP, target.height(), color)
    for y in range(target.top() + grid.size, target.bottom() + 1, step):
        painter.fillRect(target.left(), y, target.width(), GAP, color)
    if n % grid.columns:
        free = grid.rect(n, target.left(), target.top())
        painter.fillRect(free.adjusted(0, 0, target.width(), GAP), color)
