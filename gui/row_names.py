"""Names of rows in the gutter, right-aligned 10 px from the axis."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter

from gui.look import Look

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
BESIDE = 10


def paint_name(painter: QPainter, place: QRect, text: str, role: str, look: Look) -> None:
    """One name, in a colour role."""
    painter.setFont(look.font("header"))
    painter.setPen(look.color(role))
    painter.drawText(place.adjusted(0, 0, -BESIDE, 0), RIGHT, text)


def paint_names(painter: QPainter, place: QRect, name: str, channel: str, look: Look) -> None:
    """Block over channel where there is height, else side by side, else the block alone."""
    line, gap = look.px(14), look.px(6)
    painter.setFont(look.font("header"))
    long = painter.fontMetrics().horizontalAdvance(name)
    painter.setFont(look.font("mono_small"))
    short = painter.fontMetrics().horizontalAdvance(channel)
    below = QRect(place)
    if name and place.height() >= 2 * line - 2:
        above = QRect(0, place.center().y() - line + 1, place.width(), line)
        below = above.translated(0, line)
        paint_name(painter, above, name, "t1", look)
    elif name and long + gap + short + BESIDE > place.width():
        paint_name(painter, place, name, "t1", look)
        return
    elif name:
        paint_name(painter, place.adjusted(0, 0, -short - gap, 0), name, "t1", look)
    painter.setFont(look.font("mono_small"))
    painter.setPen(look.color("t3"))
    painter.drawText(below.adjusted(0, 0, -BESIDE, 0), RIGHT, channel)
