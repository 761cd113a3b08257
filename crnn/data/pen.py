"""From the way of a pen to ink: a dab at every half pixel or so, the darkest dab wins.

A dab is a disc with an edge one pixel soft: coverage = clip(radius + 1/2 - distance, 0, 1). All
dabs of a word are drawn in one operation.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from crnn.arrays import F32, I64
from crnn.data.writing import Path

THINNEST = np.float32(0.35)
"""Radius in pixels below which a line would vanish between pixel centres."""


def ink(path: Path, em: float, margin: tuple[int, int, int, int]) -> F32:
    """ink_HW, 0 to 1, of `path` with `em` pixels a syllable height.

    `margin` (left, top, right, bottom) is the paper left round the ink, in pixels; where negative,
    the ink is cut off there.
    """
    x, y, radius = _dabs(path, em)
    thickest = float(radius.max())
    reach = int(thickest + 1.0)
    left, top, right, bottom = margin
    x_low, y_low = np.floor(x.min() - thickest) - left, np.floor(y.min() - thickest) - top
    columns = max(2, int(np.ceil(x.max() + thickest) + right - x_low))
    rows = max(2, int(np.ceil(y.max() + thickest) + bottom - y_low))
    # A frame of cut-off pixels all round takes the dabs that a negative margin leaves outside.
    frame = reach + max(0, -min(margin)) + 1
    stride = columns + 2 * frame
    x += np.float32(frame - x_low)
    y += np.float32(frame - y_low)
    column, row = x.astype(np.intp), y.astype(np.intp)
    x -= column.astype(np.float32)
    y -= row.astype(np.float32)
    down, across = _disc(reach, math.ceil(20 * thickest) / 20)
    # Dabs come last in memory: there are hundreds of them, and an inner loop should be long.
    middle = np.arange(-reach, reach + 1, dtype=np.float32)[:, None] + np.float32(0.5)
    x_gap, y_gap = middle - x, middle - y
    x_gap *= x_gap
    y_gap *= y_gap
    cover = y_gap[down]
    cover += x_gap[across]
    np.sqrt(cover, out=cover)
    np.subtract(radius + np.float32(0.5), cover, out=cover)
    row *= stride
    row += column
    at = row + ((down - reach) * stride + (across - reach))[:, None]
    page = np.zeros((rows + 2 * frame) * stride, np.float32)
    np.maximum.at(page, at.ravel(), cover.ravel())
    np.minimum(page, 1, out=page)
    return page.reshape(-1, stride)[frame : frame + rows, frame : frame + columns]


@lru_cache(maxsize=1024)
def _disc(reach: int, radius: float) -> tuple[I64, I64]:
    """Rows and columns, from 0 to 2 `reach`, of the pixels that a dab in the middle one may touch,
    wherever in that pixel it is."""
    rows, columns = np.indices((2 * reach + 1, 2 * reach + 1)) - reach
    apart = np.hypot(np.maximum(abs(rows) - 0.5, 0), np.maximum(abs(columns) - 0.5, 0))
    touched = (apart < radius + 0.5).nonzero()
    return touched[0], touched[1]


def _dabs(path: Path, em: float) -> tuple[F32, F32, F32]:
    """x, y and radius in pixels of dabs along the drawn way."""
    z = np.ascontiguousarray(path.xy).view(np.complex128).ravel() * em
    step = abs(np.diff(z))
    step *= path.is_down[1:]
    gap = max(0.55, 0.25 * float(path.width.mean()) * em)
    # Where the pen is lifted the way stands still; a hair of length tells the two ends apart.
    way = np.zeros(len(z))
    np.cumsum(step + 1e-9, out=way[1:])
    at = np.arange(0, way[-1] + gap, gap)
    place = np.interp(at, way, z)
    radius = np.interp(at, way, path.width * (0.5 * em)).astype(np.float32)
    np.maximum(radius, THINNEST, out=radius)
    return place.real.astype(np.float32), place.imag.astype(np.float32), radius
