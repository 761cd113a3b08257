"""From the way of a pen to ink: a dab at every half pixel or so, the darkest dab wins.

A dab is a disc with an edge one pixel soft: coverage = clip(radius + 1/2 - distance, 0, 1). All
dabs of a word are drawn in one operation.
"""

from __future__ import annotations

import numpy as np

from crnn.arrays import F32
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
    x, y = x - x_low + frame, y - y_low + frame
    column, row = x.astype(np.int32), y.astype(np.int32)
    offsets = np.arange(-reach, reach + 1, dtype=np.int32)
    middle = offsets.astype(np.float32) + np.float32(0.5)
    # Dabs come last in memory: there are hundreds of them, and an inner loop should be long.
    across = (middle[:, None] - (x - column).astype(np.float32)) ** 2
    down = (middle[:, None] - (y - row).astype(np.float32)) ** 2
    cover = np.sqrt(down[:, None] + across)
    np.subtract(radius + np.float32(0.5), cover, out=cover)
    at = (row * stride + column) + (offsets[:, None] * stride + offsets).reshape(-1, 1)
    page = np.zeros((rows + 2 * frame) * stride, np.float32)
    np.maximum.at(page, at.ravel(), cover.ravel())
    np.minimum(page, 1, out=page)
    return page.reshape(-1, stride)[frame : frame + rows, frame : frame + columns]


def _dabs(path: Path, em: float) -> tuple[F32, F32, F32]:
    """x, y and radius in pixels of dabs along the drawn way."""
    xy = path.xy * em
    step = np.where(path.is_down[1:], np.hypot(*np.diff(xy, axis=0).T), 0)
    gap = max(0.55, 0.25 * float(path.width.mean()) * em)
    # Where the pen is lifted the way stands still; a hair of length tells the two ends apart.
    way = np.concatenate(([0.0], np.cumsum(step + 1e-9)))
    at = np.arange(0, way[-1] + gap, gap)
    x, y, width = (np.interp(at, way, v) for v in (xy[:, 0], xy[:, 1], path.width * em))
    radius = np.maximum(width.astype(np.float32) / 2, THINNEST)
    return x.astype(np.float32), y.astype(np.float32), radius
