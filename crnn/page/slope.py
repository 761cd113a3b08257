"""How far a page is turned: seen along its lines, text and rules fill few rows and leave others.

Rows are told apart by y - slope * x, so nothing is resampled: a page turned by a few degrees is
read where it stands.
"""

from __future__ import annotations

import numpy as np

from crnn.arrays import F64, I64, Bool

STEEPEST = 0.12
"""Slopes looked for, about 7 degrees to each side."""
_MOST = 40_000
_BIN = 2.0
_GAIN = 1.02
"""How much sharper the rows must stand than on the page as it is; else it counts as straight."""


def slope_of(mask_HW: Bool) -> float:
    """Rows fall by so many pixels a pixel to the right; 0 where no slope is clearly better."""
    y, x = np.nonzero(mask_HW)
    if y.size == 0:
        return 0.0
    every = -(-y.size // _MOST)
    y, x = y[::every], x[::every] - mask_HW.shape[1] / 2
    coarse = _sharpest(y, x, np.linspace(-STEEPEST, STEEPEST, 61))
    fine = _sharpest(y, x, coarse + np.linspace(-0.004, 0.004, 9))
    return fine if _sharpness(y, x, fine) > _GAIN * _sharpness(y, x, 0.0) else 0.0


def _sharpest(y: I64, x: F64, slopes: F64) -> float:
    scores = [_sharpness(y, x, float(slope)) for slope in slopes]
    return float(slopes[int(np.argmax(scores))])


def _sharpness(y: I64, x: F64, slope: float) -> float:
    """Sum of squares of the ink in each row: largest where it stands in few rows."""
    rows = (y - slope * x) / _BIN
    low = rows.min()
    counts = np.bincount((rows - low).astype(np.int64)).astype(np.float64)
    return float((counts**2).sum())
