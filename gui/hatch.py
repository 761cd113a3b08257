"""Hatch: how a number that is none is drawn over a heat map: 45 degree lines in the error colour.

The mask is scaled up with nearest neighbour like the map below it, so a cell and its hatch have the
same edges.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QBrush, QImage, QPainter

from gui.look import Look


def paint_nan(painter: QPainter, target: QRect, nan_HW: NDArray[np.bool_], look: Look) -> None:
    """Hatch the cells of a heat map drawn in `target` whose value is NaN; nothing where none is."""
    if not nan_HW.any():
        return
    height, width = nan_HW.shape
    bits = np.where(nan_HW, np.uint32(0xFF000000), np.uint32(0))
    cells = QImage(bits.data, width, height, width * 4, QImage.Format.Format_ARGB32_Premultiplied)
    hatch = cells.scaled(target.size())
    stencil = QPainter(hatch)
    stencil.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceAtop)
    stencil.fillRect(hatch.rect(), look.color("canvas"))
    stencil.fillRect(hatch.rect(), QBrush(look.color("err"), Qt.BrushStyle.BDiagPattern))
    stencil.end()
    painter.drawImage(target.topLeft(), hatch)
