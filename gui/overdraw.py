"""Overdraw: what is drawn over a heat map: receptive-field brackets, the hatch of a number that is
none, and that of what has not been computed yet.

Data is never hidden by its marks: brackets stand on the edges of their columns, and the hatch is
scaled up with nearest neighbour like the map below it, so both have the edges of the cells.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QBrush, QImage, QPainter, QPen, QPolygonF

from gui.look import Look

_SERIF = 5


def paint_brackets(painter: QPainter, target: QRect, look: Look) -> None:
    """[ ] in the accent round the columns of `target`."""
    painter.setPen(QPen(look.color("acc"), 1.5))
    top, bottom = target.top() + 1, target.top() + target.height() - 1
    sides = ((target.left(), _SERIF), (target.left() + target.width(), -_SERIF))
    for x, serif in sides:
        corners = [
            QPointF(x + serif, top), QPointF(x, top), QPointF(x, bottom), QPointF(x + serif, bottom)
        ]  # fmt: skip
        painter.drawPolyline(QPolygonF(corners))


def paint_pending(painter: QPainter, target: QRect, look: Look) -> None:
    """Not computed yet where one stands within the step: veiled, and hatched as the future is."""
    painter.fillRect(target, look.color("canvas", 0.86))
    painter.save()
    painter.setClipRect(target, Qt.ClipOperation.IntersectClip)
    painter.setPen(QPen(look.color("line2"), 1))
    for x in range(target.left() - target.height(), target.right() + 1, 6):
        painter.drawLine(x, target.bottom() + 1, x + target.height(), target.top())
    painter.restore()


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
