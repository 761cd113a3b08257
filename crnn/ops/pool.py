"""Pools over windows that do not overlap: the largest cell of each, or their mean.

Max-pool without argmax: one boolean a window cell says who won. On flat background all cells of a
window tie; as in PyTorch the first in row-major order wins, so exactly one cell of each window gets
the gradient. `np.where` and masked copies cost 20 times a multiply, hence comparisons forward and
multiplies backward.

The rule for sizes that a window does not divide: ShapeError. PyTorch would drop the last rows or
columns without a word, and here they are ink.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from crnn.arrays import Bool, Params, Real, require
from crnn.errors import ShapeError


class PoolCache(NamedTuple):
    """winners[i * width + j] is true where cell (i, j) of the window is the one passed on; empty
    for a mean, where every cell takes part."""

    winners: tuple[Bool, ...]


@dataclass(frozen=True, slots=True)
class MaxPool:
    """The largest of each height x width window; windows do not overlap."""

    height: int
    width: int

    def forward(self, params: Params, x_NCHW: Real) -> tuple[Real, PoolCache]:
        """Raises ShapeError where the windows do not tile the input."""
        cells = _cells(x_NCHW, self.height, self.width)
        y_NCHW = cells[0].copy()
        for cell in cells[1:]:
            np.maximum(y_NCHW, cell, out=y_NCHW)
        winners = [cells[0] == y_NCHW]
        taken = winners[0]
        for cell in cells[1:]:
            is_largest = cell == y_NCHW
            winners.append(is_largest > taken)  # largest, and no earlier cell was
            taken = taken | is_largest
        return y_NCHW, PoolCache(tuple(winners))

    def backward(
        self, params: Params, cache: PoolCache, dy_NCHW: Real
    ) -> tuple[Real, dict[str, Real]]:
        n, c, h, w = dy_NCHW.shape
        dx_NCHW: Real = np.empty((n, c, h * self.height, w * self.width), dy_NCHW.dtype)
        cells = _cells(dx_NCHW, self.height, self.width)
        for dcell, won in zip(cells, cache.winners, strict=True):
            np.multiply(dy_NCHW, won, out=dcell)
        return dx_NCHW, {}


@dataclass(frozen=True, slots=True)
class AvgPool:
    """The mean of each height x width window; windows do not overlap."""

    height: int
    width: int

    def forward(self, params: Params, x_NCHW: Real) -> tuple[Real, PoolCache]:
        """Raises ShapeError where the windows do not tile the input."""
        cells = _cells(x_NCHW, self.height, self.width)
        y_NCHW = cells[0].copy()
        for cell in cells[1:]:
            y_NCHW += cell
        y_NCHW *= 1 / len(cells)
        return y_NCHW, PoolCache(())

    def backward(
        self, params: Params, cache: PoolCache, dy_NCHW: Real
    ) -> tuple[Real, dict[str, Real]]:
        n, c, h, w = dy_NCHW.shape
        dx_NCHW: Real = np.empty((n, c, h * self.height, w * self.width), dy_NCHW.dtype)
        share_NCHW = dy_NCHW * (1 / (self.height * self.width))
        for dcell in _cells(dx_NCHW, self.height, self.width):
            dcell[...] = share_NCHW
        return dx_NCHW, {}


def _cells(x_NCHW: Real, height: int, width: int) -> list[Real]:
    """Views: cell (i, j) of every window, in row-major order."""
    require(x_NCHW, "N C H W")
    if x_NCHW.shape[2] % height or x_NCHW.shape[3] % width:
        raise ShapeError(
            f"windows of {height} x {width} do not tile an input of shape {x_NCHW.shape}; pad it"
        )
    return [x_NCHW[:, :, i::height, j::width] for i in range(height) for j in range(width)]
