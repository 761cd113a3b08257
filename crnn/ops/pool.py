"""Max-pool without argmax: one boolean a window cell says who won.

On flat background all cells of a window tie; as in PyTorch the first in row-major order wins, so
exactly one cell of each window gets the gradient. `np.where` and masked copies cost 20 times a
multiply, hence comparisons forward and multiplies backward.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from crnn.arrays import Bool, Params, Real, require
from crnn.errors import ShapeError


class PoolCache(NamedTuple):
    """winners[i * width + j] is true where cell (i, j) of the window is the one passed on."""

    winners: tuple[Bool, ...]


@dataclass(frozen=True, slots=True)
class MaxPool:
    """The largest of each height x width window; windows do not overlap."""

    height: int
    width: int

    def forward(self, params: Params, x_NCHW: Real) -> tuple[Real, PoolCache]:
        """Raises ShapeError where the windows do not tile the input."""
        require(x_NCHW, "N C H W")
        if x_NCHW.shape[2] % self.height or x_NCHW.shape[3] % self.width:
            raise ShapeError(
                f"windows of {self.height} x {self.width} do not tile an input of shape "
                f"{x_NCHW.shape}; pad it"
            )
        cells = self._cells(x_NCHW)
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
        for dcell, won in zip(self._cells(dx_NCHW), cache.winners, strict=True):
            np.multiply(dy_NCHW, won, out=dcell)
        return dx_NCHW, {}

    def _cells(self, x_NCHW: Real) -> list[Real]:
        """Views: cell (i, j) of every window, in row-major order."""
        return [
            x_NCHW[:, :, i :: self.height, j :: self.width]
            for i in range(self.height)
            for j in range(self.width)
        ]
