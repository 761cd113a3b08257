"""Drawings: the strokes of a mouse or pen as a picture, as large as training pictures are.

The picture then goes through `prepare` like every other, so that what is drawn is read as what is
trained on.
"""

from __future__ import annotations

import numpy as np

from crnn.arrays import F64, U8, frozen
from crnn.data.pen import ink
from crnn.data.writing import Path

HEIGHT = 48.0
"""Pixels of the ink's height; training pictures have syllables of 36 to 54."""
FLATTEST = 0.25
"""Height against width at least: a single level stroke is not blown up to a whole syllable."""
MARGIN = 5
THINNEST = 1.5
WIDEST = 12.0
"""Width against height of a picture at most; more is a long stroke, and gets paper round it."""
_INK, _PAPER = 40.0, 245.0


Stroke = tuple[tuple[float, float, float], ...]
"""The way of the pen from where it is set down to where it is lifted: (x, y, width of the line) in
any unit, y down."""


def picture(strokes: tuple[Stroke, ...]) -> U8:
    """gray_HW of the strokes, read-only; blank paper where there are none."""
    drawn = [stroke for stroke in strokes if stroke]
    if not drawn:
        return frozen(np.full((round(HEIGHT), round(HEIGHT)), _PAPER, np.uint8))
    points: F64 = np.array([point for stroke in drawn for point in stroke], np.float64)
    first = np.cumsum([0, *(len(stroke) for stroke in drawn[:-1])])
    is_down = np.ones(len(points), np.bool_)
    is_down[first] = False
    wide, high = np.ptp(points[:, 0]), np.ptp(points[:, 1])
    scale = HEIGHT / max(high, FLATTEST * wide, 4 * float(points[:, 2].max()))
    points = points * scale
    points[:, 2] = np.maximum(points[:, 2], THINNEST)
    ink_HW = ink(Path(points[:, :2], points[:, 2], is_down), 1.0, (MARGIN,) * 4)
    missing = max(0, round(ink_HW.shape[1] / WIDEST) - ink_HW.shape[0])
    ink_HW = np.pad(ink_HW, ((missing // 2, missing - missing // 2), (0, 0)))
    return frozen(np.rint(_PAPER + (_INK - _PAPER) * ink_HW).astype(np.uint8))
