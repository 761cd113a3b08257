"""The heat of the lattice as a picture: a colour a cell, a veil where no legal path passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QPainter

from gui.axis import TimeAxis
from gui.heat import indices, log_indices, nan_mask, picture
from gui.lattice import FLOOR, LatticeRows, is_unreachable_TS, quantity_TS, relative_TS
from gui.look import Look
from gui.overdraw import paint_nan

if TYPE_CHECKING:
    from crnn.debug.trace import CtcTrace, Trace


def paint_heat(
    painter: QPainter,
    look: Look,
    axis: TimeAxis,
    rows: LatticeRows,
    trace: Trace,
    ctc: CtcTrace,
    shown: str,
    delta: float = 0.0,
) -> None:
    """`shown` of `ctc`, which is the trace's lattice or what constraints leave of it; or, of a
    difference of two, from -delta to delta."""
    values_TS = quantity_TS(trace, ctc, shown)
    if delta or shown == "grad":
        high = delta or 1.0
        index_TS, lut = indices(values_TS, -high, high), look.theme.signed.copy()
    else:
        share_TS = values_TS if shown == "gamma" else relative_TS(values_TS)
        index_TS, lut = log_indices(share_TS, FLOOR), look.theme.probability.copy()
    # Colour 0 is free for the veil: no reachable cell uses it.
    index_TS = np.where(is_unreachable_TS(ctc), 0, np.maximum(index_TS, 1)).astype(np.uint8)
    lut[0] = _veil(look)
    states = slice(rows.first, rows.first + rows.count)
    index_ST = np.repeat(index_TS.T[states], np.diff(rows.tops), axis=0)
    place = axis.data_rect(rows.tops[0], rows.tops[-1] - rows.tops[0])
    painter.drawImage(place, picture(index_ST, lut))
    nan_ST = np.repeat(nan_mask(values_TS).T[states], np.diff(rows.tops), axis=0)
    paint_nan(painter, place, nan_ST, look)


def _veil(look: Look) -> int:
    """4 % of t1 on the canvas, as 0xFFRRGGBB."""
    over, under = look.color("t1"), look.color("canvas")
    pairs = zip(over.getRgb()[:3], under.getRgb()[:3], strict=True)  # type: ignore[index]
    r, g, b = (round(0.04 * a + 0.96 * c) for a, c in pairs)
    return int(0xFF000000 | r << 16 | g << 8 | b)
