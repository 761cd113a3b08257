"""Maps: feature maps as the fast convolutions pass them on: columns in four phases, samples inside.

A Winograd tile is 6 columns wide and tiles start every 4 columns, so column j of all tiles of a row
is every fourth column of the image. Stored (H, F, W, N, C), where padded column u stands at phase
F = u % 4, place W = u // 4, that is one long run of memory instead of many short ones far apart,
and each step of the transform becomes a small matrix product over long rows. Samples stand inside
for the same reason. One row and one column of zeros come before the picture, and enough after it
to fill the last tile, so a convolution needs no case for its edges.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from crnn import arrays
from crnn.arrays import Bool, Real

TILE = 4
"""Output pixels a Winograd tile has each way."""


class Maps(NamedTuple):
    """x_HFWNC, and the size of the picture within. Row r stands at H = r + 1; column c at padded
    column u = c + 1, that is F = u % 4, W = u // 4."""

    x_HFWNC: Real
    rows: int
    columns: int

    def fourth(self, first: int) -> Real:
        """A view (rows, columns, N, C) of columns first, first + 4, first + 8, ..."""
        start, count = (first + 1) // TILE, -(-(self.columns - first) // TILE)
        return self.x_HFWNC[1 : self.rows + 1, (first + 1) % TILE, start : start + count]

    def to_nchw(self) -> Real:
        """The picture alone, as a fresh x_NCHW."""
        n, c = self.x_HFWNC.shape[3:]
        x_NCHW: Real = arrays.empty((n, c, self.rows, self.columns), self.x_HFWNC.dtype)
        for first in range(min(TILE, self.columns)):
            x_NCHW[:, :, :, first::TILE] = self.fourth(first).transpose(2, 3, 0, 1)
        return x_NCHW

    def to_frames(self) -> Real:
        """x_TND: frame t is column t, its features C x H, channel by channel."""
        n, c = self.x_HFWNC.shape[3:]
        x_TNCH: Real = arrays.empty((self.columns, n, c, self.rows), self.x_HFWNC.dtype)
        for first, row in np.ndindex(min(TILE, self.columns), self.rows):
            x_TNCH[first::TILE, :, :, row] = self.fourth(first)[row]  # long runs are read
        return x_TNCH.reshape(self.columns, n, c * self.rows)

    def zero_beyond(self, keep_NW: Bool) -> None:
        """Zero, in place, the columns that `keep_NW` does not mark as the sample's own."""
        for first in range(min(TILE, self.columns)):
            self.fourth(first)[:, ~keep_NW[:, first::TILE].T] = 0  # touches nothing else


def empty(rows: int, columns: int, n: int, c: int, dtype: DTypeLike) -> Maps:
    """Maps whose picture is still to be written; everything around it is 0."""
    x_HFWNC: Real = arrays.empty((padded(rows) + 2, TILE, padded(columns) // TILE + 1, n, c), dtype)
    x_HFWNC[0] = 0
    x_HFWNC[rows + 1 :] = 0
    x_HFWNC[:, 0, 0] = 0
    for first in range(TILE):
        start = (first + 1) // TILE
        count = max(0, -(-(columns - first) // TILE))
        x_HFWNC[:, (first + 1) % TILE, start + count :] = 0
    return Maps(x_HFWNC, rows, columns)


def from_frames(x_TND: Real, rows: int) -> Maps:
    """What `to_frames` undoes."""
    columns, n, d = x_TND.shape
    x_TNCH = x_TND.reshape(columns, n, d // rows, rows)
    maps = empty(rows, columns, n, d // rows, x_TND.dtype)
    for first in range(min(TILE, columns)):
        maps.fourth(first)[...] = x_TNCH[first::TILE].transpose(3, 0, 1, 2)
    return maps


def padded(size: int) -> int:
    """Rounded up to whole tiles."""
    return -(-size // TILE) * TILE
